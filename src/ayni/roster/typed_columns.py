"""Raw cells of one field made into a typed column; what cannot be read is written down and left unknown.

Each function takes the field's cells and gives its values beside a code for each cell that could not be read. Bounds
are checked here too, since they belong to the type; what compares rows or columns is in `checks`.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pyarrow as pa

from ayni.roster.amounts import decimal_array, read_numbers, to_scale
from ayni.roster.dates import read_dates
from ayni.roster.fields import FieldSpec, FieldType, Setting
from ayni.roster.identifiers import read_identifiers, read_phones
from ayni.roster.mapping import Rule
from ayni.roster.mapping_check import period_ratio
from ayni.roster.names import code_key, nearest
from ayni.roster.problems import ProblemLog
from ayni.roster.sheet import Remark
from ayni.roster.source_cells import SourceCells
from ayni.roster.synonyms import all_currency_signs, currency_signs, value_words

NUMBER_DECIMALS = 6
DECIMAL_PRECISION = 18
# Faults that one answer mends for the whole column; they are told once and not for each cell.
_OF_COLUMN = ("roster.number_ambiguous", "roster.date_ambiguous")


@dataclass(frozen=True, eq=False)
class Typed:
    """A field's values and what was decided about them.

    values: dates, booleans, text, whole numbers; a number with decimals as a whole number of its smallest units.
    kind: the type of the column for the rules.
    """

    values: pl.Series
    kind: pa.DataType
    remarks: tuple[Remark, ...] = ()

    def arrow(self) -> pa.Array:
        """The column for the rules."""
        if pa.types.is_decimal(self.kind):
            return decimal_array(self.values, self.kind.scale)
        return self.values.to_arrow().cast(self.kind)

    def without(self, mask: pl.Series) -> Typed:
        """The same column, unknown where the mask is true."""
        return replace(self, values=self.values.set(mask, None))


@dataclass(frozen=True)
class Place:
    """Where problems of a field are shown."""

    field: str
    column: str | None
    log: ProblemLog

    def cells(self, fault: pl.Series, value: pl.Series, detail: pl.Series | str | None = None) -> None:
        self.log.add_cells(fault, column=self.column, field=self.field, value=value, detail=detail)

    def faults(self, fault: pl.Series, cells: SourceCells, detail: str | None = None) -> None:
        """Faults of cells, those of the whole column said once."""
        of_column = fault.is_in(list(_OF_COLUMN)).fill_null(value=False)
        if of_column.any():
            affected = fault.filter(of_column)
            example = cells.text.filter(of_column)[0]
            self.log.add_column(
                affected[0], column=self.column, field=self.field, value=example, detail=detail, count=len(affected)
            )
        self.cells(fault.set(of_column, None), cells.text, detail)

    def column_warning(self, code: str, count: int, value: str | None = None, detail: str | None = None) -> None:
        if count:
            self.log.add_column(code, column=self.column, field=self.field, value=value, detail=detail, count=count)


def read_typed(cells: SourceCells, rule: Rule, spec: FieldSpec, setting: Setting, place: Place) -> Typed:
    """Read a field's cells by its type."""
    if spec.type is FieldType.DATE:
        return _read_dates(cells, rule, spec, setting, place)
    if spec.type in (FieldType.ENUM, FieldType.BOOLEAN):
        return _read_words(cells, rule, spec, place)
    if spec.type is FieldType.TEXT:
        return _read_text(cells, rule, spec, setting, place)
    return _read_numbers(cells, rule, spec, setting, place)


def _read_dates(cells: SourceCells, rule: Rule, spec: FieldSpec, setting: Setting, place: Place) -> Typed:
    reading = read_dates(cells.text, on=setting.on, real=cells.real_dates, order=rule.date_order)
    place.faults(reading.fault, cells)
    place.column_warning("roster.short_years", reading.short_years, detail=str(setting.on.year))
    place.column_warning("roster.date_serials", reading.serials)
    if reading.is_half_converted:
        place.column_warning("roster.dates_half_converted", int((~reading.days.is_null()).sum()))
    remarks: tuple[Remark, ...] = ()
    if reading.order is not None and rule.date_order is None:
        remarks = (Remark("date_order_found", {"column": place.column, "order": reading.order.value}),)
    return Typed(reading.days, pa.date32(), remarks)


def _read_words(cells: SourceCells, rule: Rule, spec: FieldSpec, place: Place) -> Typed:
    """Enumerations and yes-or-no: the mapping's own codes first, then the words that everybody uses."""
    text = cells.text
    unique = text.drop_nulls().unique(maintain_order=True).to_list()
    words = value_words(spec)
    own = {code_key(code): meaning for code, meaning in rule.values.items() if code}
    meanings: dict[str, str | None] = dict(words.reading(unique))
    meanings |= {cell: own[code_key(cell)] for cell in unique if code_key(cell) in own}
    # A constant or a value of `when` is the field's own value and is not looked up again.
    if not rule.columns:
        meanings |= {cell: cell for cell in unique}
    unread = [cell for cell in unique if cell not in meanings]
    faults = {
        cell: "roster.word_in_doubt" if code_key(cell) in words.undecided else "roster.unmapped_code" for cell in unread
    }
    values = text.replace_strict(meanings, default=None, return_dtype=pl.String)
    if "" in rule.values:
        # `""` says what an empty cell means; the rows that only_if leaves out are not empty cells.
        values = values.set(text.is_null(), rule.values[""]) if not rule.only_if else values
    if faults:
        fault = text.replace_strict(faults, default=None, return_dtype=pl.String)
        hints = {cell: hint for cell in unread[:200] if (hint := _hint(cell, words.known, spec))}
        detail = text.replace_strict(hints, default=None, return_dtype=pl.String) if hints else None
        known = ", ".join(spec.enum_values) or "true, false"
        detail = pl.Series([known]).new_from_index(0, len(text)) if detail is None else detail.fill_null(known)
        place.cells(fault, text, detail)
    if spec.type is FieldType.BOOLEAN:
        return Typed(values == "true", pa.bool_())
    return Typed(values, pa.string())


def _hint(cell: str, known: abc.Mapping[str, str], spec: FieldSpec) -> str | None:
    """`asalariado → employee` for a mistyped word; nothing for codes."""
    near = nearest(cell, known) if len(code_key(cell)) > 3 else None
    return f"{near} → {known[near]}" if near else None


def _read_text(cells: SourceCells, rule: Rule, spec: FieldSpec, setting: Setting, place: Place) -> Typed:
    if spec.name == "national_id":
        reading = read_identifiers(cells.text, setting.identifiers)
        place.cells(reading.fault, cells.text, ", ".join(setting.identifiers))
        return Typed(reading.numbers, pa.string())
    if spec.name == "phone":
        numbers, is_wrong = read_phones(cells.text, setting.country)
        place.cells(code_where(is_wrong, "roster.phone"), cells.text, setting.country)
        return Typed(numbers, pa.string())
    text = cells.text
    if rule.values:
        own = {code_key(code): meaning for code, meaning in rule.values.items()}
        meanings = {cell: own[code_key(cell)] for cell in text.drop_nulls().unique() if code_key(cell) in own}
        text = text.replace_strict(meanings, default=text, return_dtype=pl.String) if meanings else text
    return Typed(text.str.replace_all(r"\s+", " "), pa.string())


def _read_numbers(cells: SourceCells, rule: Rule, spec: FieldSpec, setting: Setting, place: Place) -> Typed:
    is_money, is_whole = spec.type is FieldType.MONEY, spec.type is FieldType.INTEGER
    text = _without_mapped(cells.text, rule)
    signs = currency_signs(setting.currency) if is_money else ()
    reading = read_numbers(
        text,
        numeric=cells.numeric,
        decimal=rule.decimal or (None if rule.columns else "."),
        is_whole=is_whole,
        signs=signs,
        foreign_signs=all_currency_signs() - set(signs) if is_money else (),
        percent=spec.type is FieldType.RATE,
    )
    place.faults(reading.fault, cells, setting.currency if is_money else None)
    digits = setting.currency_decimals if is_money else 0 if is_whole else _decimals(spec)
    factor = Fraction(rule.factor or 1) * period_ratio(rule, spec)
    units, is_rounded = to_scale(reading.scaled, digits, factor)
    too_long = reading.scaled.is_not_null() & (units.is_null() | (units.abs() >= 10**DECIMAL_PRECISION))
    place.cells(code_where(too_long, "roster.number_too_long"), cells.text)
    units = units.set(too_long.fill_null(value=True), None)
    if is_whole:
        place.cells(code_where(is_rounded, "roster.not_whole"), cells.text)
        units = units.set(is_rounded, None)
    elif factor == 1:
        place.column_warning("roster.rounded", int(is_rounded.sum()), detail=str(digits))
    units = _within_bounds(units, digits, spec, cells, place)
    remarks = _number_remarks(rule, spec, place, reading.decimal)
    return Typed(units, pa.int64() if is_whole else pa.decimal128(DECIMAL_PRECISION, digits), remarks)


def _decimals(spec: FieldSpec) -> int:
    return NUMBER_DECIMALS if spec.decimals is None else spec.decimals


def _without_mapped(text: pl.Series, rule: Rule) -> pl.Series:
    """Codes among numbers, e.g. {"9999": null}: a code stands for another number or for nothing known."""
    if not rule.values:
        return text
    own = {code_key(code): meaning for code, meaning in rule.values.items() if code}
    meanings = {cell: own[code_key(cell)] for cell in text.drop_nulls().unique() if code_key(cell) in own}
    return text.replace_strict(meanings, default=text, return_dtype=pl.String) if meanings else text


def _within_bounds(units: pl.Series, digits: int, spec: FieldSpec, cells: SourceCells, place: Place) -> pl.Series:
    """Numbers outside the bounds of the field are told and left unknown."""
    fault = pl.Series([None], dtype=pl.String).new_from_index(0, len(units))
    detail: list[str] = []
    if spec.minimum is not None:
        low = units < int(spec.minimum.scaleb(digits))
        code = "roster.negative" if spec.minimum == 0 else "roster.below_minimum"
        fault = fault.set(low.fill_null(value=False), code)
        detail.append(_plain(spec.minimum))
    if spec.maximum is not None:
        high = units > int(spec.maximum.scaleb(digits))
        fault = fault.set(high.fill_null(value=False), "roster.above_maximum")
        detail.append(_plain(spec.maximum))
    place.cells(fault, cells.text, " – ".join(detail))
    return units.set(fault.is_not_null(), None)


def _plain(number: Decimal) -> str:
    """A bound with its thousands apart, as people write it: 10,000,000."""
    return f"{number:,f}"


def _number_remarks(rule: Rule, spec: FieldSpec, place: Place, decimal: str | None) -> tuple[Remark, ...]:
    """What was decided or applied, for the report."""
    remarks: list[Remark] = []
    if decimal is not None and rule.decimal is None and rule.columns:
        remarks.append(Remark("decimal_found", {"column": place.column, "decimal": decimal}))
    if rule.factor is not None:
        values = {"column": place.column, "factor": format(rule.factor, "f"), "because": rule.because}
        remarks.append(Remark("factor_applied", values))
    if rule.period is not None and spec.period is not None and rule.period is not spec.period:
        values = {"column": place.column, "period": rule.period.value, "own": spec.period.value}
        remarks.append(Remark("period_converted", values))
    return tuple(remarks)


def code_where(mask: pl.Series, code: str) -> pl.Series:
    """The code where the mask is true, else null."""
    blank = pl.Series([None], dtype=pl.String).new_from_index(0, len(mask))
    return blank.set(mask.fill_null(value=False), code)
