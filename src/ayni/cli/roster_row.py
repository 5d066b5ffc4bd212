"""One person of a roster for `ayni explain`: the file is read as `ayni check` reads it, the row found by its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ayni.core.errors import AyniError
from ayni.packs.model import Pack

if TYPE_CHECKING:
    import pyarrow as pa

    from ayni.roster.prepare import Prepared


@dataclass(frozen=True)
class RosterRow:
    """The roster as a table for the rules, the person's position in it, and what was wrong in her row, in words."""

    table: pa.Table
    position: int
    problems: tuple[str, ...]


def read_row(pack: Pack, output: str, path: Path, row: int, mapping: Path | None, on: date, language: str) -> RosterRow:
    """The person in row `row` of a spreadsheet, as the spreadsheet program numbers it.

    Raises AyniError explain.no_row, explain.row_set_aside, and what reading a roster raises.
    """
    from ayni.roster.for_pack import fields_for, setting_for
    from ayni.roster.guess import guess_mapping
    from ayni.roster.mapping_file import load_mapping
    from ayni.roster.prepare import prepare
    from ayni.roster.questions import questions_for
    from ayni.roster.read import read_sheet

    sheet = read_sheet(path, language=language)
    outputs = dict.fromkeys((*questions_for(pack, on, language=language).outputs, output))
    specs, setting = fields_for(pack, tuple(outputs), on), setting_for(pack, on)
    how = load_mapping(mapping, language=language) if mapping else guess_mapping(sheet, specs, setting)
    prepared = prepare(sheet, how, specs, setting, language=language)
    return RosterRow(prepared.table, _position(prepared, row, path), _problems(prepared, row, language))


def _position(prepared: Prepared, row: int, path: Path) -> int:
    from ayni.roster.prepare import ROW

    numbers = prepared.table.column(ROW).to_pylist()
    if row in numbers:
        return numbers.index(row)
    if row in prepared.set_aside:
        reasons = [problem for problem in prepared.problems if problem.row == row]
        raise AyniError(
            "explain.row_set_aside",
            f"Row {row} was set aside, so no rule looks at it",
            found=reasons[0].message["en"] if reasons else prepared.set_aside[row],
            action=reasons[0].action["en"] if reasons else f"run `ayni check {path}` to see why",
        )
    raise AyniError(
        "explain.no_row",
        f"There is no person in row {row}",
        found=f"rows {min(numbers)} to {max(numbers)}" if numbers else "no rows",
        expected="the row number that the spreadsheet program shows; the headings are row 1",
    )


def _problems(prepared: Prepared, row: int, language: str) -> tuple[str, ...]:
    """What was wrong in the row's cells: an unreadable cell counts as unknown."""
    found = [problem for problem in prepared.problems if problem.row == row]
    return tuple(problem.message.get(language, problem.message["en"]) for problem in found)


def with_given(table: pa.Table, position: int, given: Mapping[str, Any]) -> pa.Table:
    """The table with some facts of one person replaced."""
    import pyarrow as pa

    for name, value in given.items():
        known = name in table.column_names
        values = table.column(name).to_pylist() if known else [None] * table.num_rows
        values[position] = value
        column = pa.array(values)
        table = (
            table.set_column(table.column_names.index(name), name, column)
            if known
            else table.append_column(name, column)
        )
    return table
