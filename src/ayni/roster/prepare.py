"""A sheet and a mapping made into a table for the rules, with everything that is wrong collected on the way.

The table has a row for each person who goes on. A cell that could not be read is unknown there; a row goes on without
it. Rows are set aside only when they repeat a person or were cut wrongly. Nothing that was read is changed, and a row
keeps the number that the spreadsheet shows.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from ayni.core.progress import Progress, silent
from ayni.roster.checks import Roster, check_rows
from ayni.roster.fields import FieldSpec, Setting
from ayni.roster.mapping import Mapping
from ayni.roster.mapping_check import fit_mapping
from ayni.roster.problems import ProblemLog, Problems
from ayni.roster.sheet import Remark, Sheet
from ayni.roster.source_cells import source_cells
from ayni.roster.typed_columns import Place, Typed, code_where, read_typed

# Columns of the table that come before the fields.
ROW, PERSON, NAME = "row_number", "person_id", "display_name"


@dataclass(frozen=True, eq=False)
class Prepared:
    """What the rules and the report need.

    table: row_number (int64), person_id and display_name (text), then a column for each field of the mapping: money
      decimal128(18, decimals of the currency), other numbers decimal128(18, 6) or int64, dates date32, booleans, text
      for the rest. Fields without a column are not there; a null household_id is an unknown household, not one of its
      own.
    fields: names of the fields in the table, in the order of `specs`.
    set_aside: row number → code of why the row does not go on.
    remarks: what was decided about columns: order of dates, decimal sign, factors.
    """

    table: pa.Table
    sheet: Sheet
    mapping: Mapping
    specs: abc.Mapping[str, FieldSpec]
    fields: tuple[str, ...]
    problems: Problems
    set_aside: abc.Mapping[int, str]
    remarks: tuple[Remark, ...]


def prepare(
    sheet: Sheet,
    mapping: Mapping,
    specs: abc.Mapping[str, FieldSpec],
    setting: Setting,
    *,
    language: str = "en",
    progress: Progress = silent,
) -> Prepared:
    """Read every cell that the mapping names.

    specs: as `fields.all_fields` gives them.     language: of the refusal of a mapping that does not fit.
    Raises AyniError or AyniErrors where the mapping does not fit the sheet or the fields (see `fit_mapping`).
    """
    fitted = fit_mapping(mapping, sheet, specs, language=language)
    log = ProblemLog(sheet.rows, {name: spec.words for name, spec in specs.items()})
    misfits = _log_misfits(sheet, log)
    columns: dict[str, Typed] = {}
    texts: dict[str, pl.Series] = {}
    shown = {name: rule.shown_column for name, rule in fitted.rules.items()}
    named = [name for name in specs if name in fitted.rules]
    for place, name in enumerate(named):
        progress(f"checking {name}", place, len(named))
        cells = source_cells(sheet, fitted.rules[name], fitted)
        where = Place(name, shown[name], log)
        columns[name] = read_typed(cells, fitted.rules[name], specs[name], setting, where)
        texts[name] = cells.text
    roster = Roster(columns, shown, texts, sheet.rows, log, setting.on)
    if misfits is not None:
        roster.set_misfits_aside(misfits)
    check_rows(roster)
    progress("checking", len(named), len(named))
    repeated = sheet.rows.filter(roster.set_aside)
    set_aside = {row: "roster.row_too_long" if row in sheet.misfits else "roster.duplicate_person" for row in repeated}
    return Prepared(
        table=_table(sheet, roster),
        sheet=sheet,
        mapping=fitted,
        specs=specs,
        fields=tuple(columns),
        problems=log.finish(),
        set_aside=set_aside,
        remarks=tuple(remark for typed in columns.values() for remark in typed.remarks),
    )


def _log_misfits(sheet: Sheet, log: ProblemLog) -> pl.Series | None:
    """Rows with more cells than the header: nobody knows which cell belongs to which column, so that nothing else is
    said of them."""
    if not sheet.misfits:
        return None
    mask = sheet.rows.is_in(list(sheet.misfits))
    detail = sheet.rows.replace_strict(dict(sheet.misfits), default=None, return_dtype=pl.Int64).cast(pl.String)
    log.add_cells(code_where(mask, "roster.row_too_long"), column=None, field=None, detail=detail)
    log.leave_out(mask)
    return mask


def _table(sheet: Sheet, roster: Roster) -> pa.Table:
    """The columns of those who go on."""
    arrays: dict[str, pa.Array] = {
        ROW: sheet.rows.to_arrow(),
        PERSON: _person_ids(sheet, roster.columns).to_arrow().cast(pa.string()),
        NAME: _display_names(sheet, roster.columns).to_arrow().cast(pa.string()),
    }
    arrays |= {name: typed.arrow() for name, typed in roster.columns.items()}
    table = pa.table(arrays)
    goes_on = (~roster.set_aside).to_arrow()
    return table if not roster.set_aside.any() else table.filter(goes_on)


def _person_ids(sheet: Sheet, columns: abc.Mapping[str, Typed]) -> pl.Series:
    """One name for each row: the identity number, or else the member's number where no other row has it, or else
    `row 17`."""
    rows = pl.DataFrame({"row": sheet.rows}).select(pl.format("row {}", "row").alias("id")).to_series()
    for name in ("national_id", "member_number"):
        if name in columns:
            numbers = columns[name].values
            repeated = numbers.is_duplicated() & numbers.is_not_null()
            usable = numbers.is_not_null() & ~repeated if name == "member_number" else numbers.is_not_null()
            return numbers.zip_with(usable, rows)
    return rows


def _display_names(sheet: Sheet, columns: abc.Mapping[str, Typed]) -> pl.Series:
    """The name by which a person finds herself in a report: the full name, or given names and surname."""
    for names in (("full_name",), ("given_names", "surname")):
        parts = [columns[name].values.alias(name) for name in names if name in columns]
        if parts:
            joined = pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True).alias("name"))
            text = joined.to_series()
            return text.set(text == "", None)
    return pl.Series([None], dtype=pl.String).new_from_index(0, len(sheet))
