"""The cells that a rule of the mapping looks at, before they are read as anything: joined, chosen, blanks made unknown.

Nothing of the sheet is changed. A cell is unknown when it is empty, holds only spaces, or says so (`s/d`, `-9` where
the mapping lists it).
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass

import polars as pl

from ayni.roster.amounts import READ_DIGITS, read_numbers
from ayni.roster.mapping import NAME_FIELDS, Comparison, Condition, Mapping, Rule
from ayni.roster.names import code_key
from ayni.roster.sheet import Sheet
from ayni.roster.synonyms import missing_values

SPACES = " \t\r\n\u00a0\u202f\u2007\u200b\ufeff"


@dataclass(frozen=True)
class SourceCells:
    """A field's raw cells. text: null is unknown.     numeric, real_dates: as in `Sheet`, for a single column."""

    text: pl.Series
    numeric: pl.Series | None = None
    real_dates: pl.Series | None = None


def source_cells(sheet: Sheet, rule: Rule, mapping: Mapping) -> SourceCells:
    """The cells of a rule, whatever its source."""
    size = len(sheet)
    if rule.constant is not None:
        cells = SourceCells(pl.Series([rule.constant]).new_from_index(0, size))
    elif rule.when:
        cells = SourceCells(_chosen(sheet, rule, mapping))
    elif len(rule.columns) == 1:
        column = rule.columns[0]
        text = known_text(sheet, rule, mapping.missing_values)
        cells = SourceCells(text, sheet.numeric.get(column), _only_where(sheet.dates.get(column), text.is_not_null()))
    else:
        cells = SourceCells(known_text(sheet, rule, mapping.missing_values))
    if rule.only_if:
        holds = _all_hold(sheet, rule.only_if, mapping, rule).fill_null(value=False)
        text = cells.text.set(~holds, None)
        cells = SourceCells(text, cells.numeric, _only_where(cells.real_dates, holds))
    return cells


def _only_where(series: pl.Series | None, mask: pl.Series) -> pl.Series | None:
    return None if series is None else series.set(~mask, None)


def known_text(sheet: Sheet, rule: Rule, missing: abc.Iterable[str]) -> pl.Series:
    """The text of a rule's columns, joined where there are several; codes that the rule maps are never missing."""
    tokens = _missing_keys(rule, missing)
    parts = [_known(sheet.cells[column], tokens) for column in rule.columns]
    if len(parts) == 1:
        return parts[0]
    frame = pl.DataFrame([part.alias(str(place)) for place, part in enumerate(parts)])
    # A name may lack its second part; a code that lacks a part is no code.
    whole = pl.concat_str(pl.all(), separator=rule.glue, ignore_nulls=rule.field in NAME_FIELDS)
    return frame.select(pl.when(whole != "").then(whole)).to_series()


def _missing_keys(rule: Rule, missing: abc.Iterable[str]) -> frozenset[str]:
    """Cells, by their key, that say that nothing is known."""
    mapped = {_missing_key(code) for code in rule.values}
    given = {_missing_key(token) for token in (*missing, *rule.missing_values)}
    return frozenset((missing_values() | given) - mapped)


def _missing_key(text: str) -> str:
    """Small letters without spaces around; `-9.0` is `-9`."""
    bare = text.strip(SPACES).lower()
    key = code_key(bare)
    return key if key.removeprefix("-").isdecimal() else bare


def _known(cells: pl.Series, missing: frozenset[str]) -> pl.Series:
    """Cells without spaces around them, null where nothing is known."""
    text = cells.str.strip_chars(SPACES)
    lowered = text.str.to_lowercase().str.replace(r"^(-?[0-9]+)[.,]0+$", "${1}")
    unknown = (text == "") | lowered.is_in(list(missing))
    return text.set(unknown.fill_null(value=False), None)


def _chosen(sheet: Sheet, rule: Rule, mapping: Mapping) -> pl.Series:
    """The value of the first rule of `when` that holds; unknown when an undecided one comes before it."""
    names = [str(place) for place in range(len(rule.when))]
    holds = [_all_hold(sheet, item.conditions, mapping, rule) for item in rule.when]
    frame = pl.DataFrame([series.alias(name) for name, series in zip(names, holds, strict=True)])
    value = pl.lit(rule.otherwise, dtype=pl.String)
    for name, item in zip(reversed(names), reversed(rule.when), strict=True):
        holds_here = pl.col(name)
        value = (
            pl.when(holds_here.is_null())
            .then(pl.lit(None, dtype=pl.String))
            .when(holds_here)
            .then(pl.lit(item.then, dtype=pl.String))
            .otherwise(value)
        )
    return frame.select(value.alias("value")).to_series()


def _all_hold(sheet: Sheet, conditions: abc.Iterable[Condition], mapping: Mapping, rule: Rule) -> pl.Series:
    """Whether all conditions hold in a row: true, false, or null where a cell that would decide is unknown."""
    held = [_holds(sheet, item, mapping, rule).alias(str(place)) for place, item in enumerate(conditions)]
    # `and` of three-valued columns: one false is enough, whatever the others are.
    return pl.DataFrame(held).select(pl.all_horizontal(pl.all()).alias("all")).to_series()


def _holds(sheet: Sheet, condition: Condition, mapping: Mapping, rule: Rule) -> pl.Series:
    named = {code_key(value) for value in condition.values if value is not None}
    tokens = frozenset(_missing_keys(rule, mapping.missing_values) - named)
    text = _known(sheet.cells[condition.column], tokens)
    if condition.comparison is not None:
        return _compares(text, sheet.numeric.get(condition.column), condition)
    keys = {cell: code_key(cell) in named for cell in text.unique().drop_nulls()}
    held = text.replace_strict(keys, default=None, return_dtype=pl.Boolean) if keys else text.cast(pl.Boolean)
    return held.fill_null(value=True) if None in condition.values else held


def _compares(text: pl.Series, numeric: pl.Series | None, condition: Condition) -> pl.Series:
    """The comparison of a cell's number; unknown where the cell is empty or no number."""
    assert condition.number is not None
    scaled = read_numbers(text, numeric=numeric).scaled
    bound = int(condition.number.scaleb(READ_DIGITS))
    number = pl.DataFrame({"n": scaled})
    sides = {
        Comparison.AT_LEAST: pl.col("n") >= bound,
        Comparison.AT_MOST: pl.col("n") <= bound,
        Comparison.MORE: pl.col("n") > bound,
        Comparison.LESS: pl.col("n") < bound,
        None: pl.lit(value=None),
    }
    return number.select(sides[condition.comparison]).to_series()
