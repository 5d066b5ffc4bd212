"""One evaluation for many cases: their persons become rows of one table, their histories rows of another.

Every row is evaluated on its own day, so that the number of dates does not matter. Amounts travel as exact text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from ayni.packs.case_files import Case, History
from ayni.packs.case_values import read_value
from ayni.packs.model import Pack
from ayni.packs.problems import one_of
from ayni.rules.plan import HISTORY, PACK_FIGURE
from ayni.rules.types import Kind, Shape

if TYPE_CHECKING:
    import pyarrow as pa

    from ayni.rules.result import Result

DAY, PERSON, HOUSEHOLD, MONTH = "case_date", "person_id", "household_id", "month"
HISTORY_FROM, HISTORY_UNTIL = "history_from", "history_until"
Row = Mapping[str, Any]


@dataclass
class CaseResults:
    """The results of a run, by column and row; what is missing is worked out only for the columns that are asked."""

    result: Result
    _values: dict[str, list[Any]] = field(default_factory=dict)
    _missing: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)

    def value(self, column: str, row: int) -> Any:
        """The value as the kernel holds it; None is undecided."""
        if column not in self._values:
            assert self.result.table is not None
            self._values[column] = self.result.table.column(column).to_pylist()
        return self._values[column][row]

    def missing(self, column: str, row: int) -> tuple[str, ...]:
        """What is not known and could still decide an undecided result, in words."""
        if column not in self._missing:
            self._missing[column] = self.result.missing_inputs(column)
        return tuple(_missing_words(name) for name in self._missing[column][row])


def _missing_words(name: str) -> str:
    if name == PACK_FIGURE:
        return "a figure that the pack does not have for this date"
    return "the monthly history, as far back as the rule looks" if name == HISTORY else name


def evaluate_cases(
    pack: Pack, cases: Sequence[tuple[Case, Sequence[Row]]], columns: Sequence[str], engine: Any
) -> CaseResults:
    """Work out `columns` for the persons of all cases, in their order. Raises AyniError where the rules stop."""
    import pyarrow as pa

    rows: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    for number, (case, persons) in enumerate(cases):
        for person, values in zip(case.persons, persons, strict=True):
            key = f"{number}:{person.key}"
            household = None if person.household is None else f"{number}:{person.household}"
            row: dict[str, Any] = {**values, DAY: case.day, PERSON: key, HOUSEHOLD: household}
            if person.history is not None:
                row[HISTORY_FROM], row[HISTORY_UNTIL] = _day(person.history.first), _day(person.history.until)
                records += _records(pack, key, person.history)
            rows.append(row)
    table = _table(pa, rows, _shapes(pack, rows))
    history = _table(pa, records, pack.program.history) if records else None
    result = pack.evaluate(table, on=DAY, engine=engine, outputs=columns, history=history)
    return CaseResults(result)


def _day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _records(pack: Pack, key: str, history: History) -> Iterable[dict[str, Any]]:
    shapes = pack.program.history
    for month, columns in sorted(history.months.items()):
        values = {name: read_value(value, shapes[name]) for name, value in columns.items()}
        yield {PERSON: key, MONTH: _day(month), **values}


def check_history(pack: Pack, history: History) -> None:
    """Raises ValueError in words for a record that the pack's history cannot hold."""
    shapes = pack.program.history
    for month, columns in history.months.items():
        for name, value in columns.items():
            if name not in shapes:
                known = one_of(shapes) if shapes else "no column"
                raise ValueError(f"the history of the pack has no column {name}; there is {known}")
            try:
                read_value(value, shapes[name])
            except ValueError as error:
                raise ValueError(f"{name} of {month // 12}-{month % 12 + 1:02d}: {error}") from None


def _shapes(pack: Pack, rows: Iterable[Row]) -> Mapping[str, Shape]:
    program = pack.program
    names = {name for row in rows for name in row}
    shapes = {name: program.inputs[name] for name in names if name in program.inputs}
    return {**shapes, **{name: program.variables[name].node.shape for name in names if name in program.variables}}


def _table(pa: Any, rows: Sequence[Row], shapes: Mapping[str, Shape]) -> pa.Table:
    """An Arrow table with a column for each name in the rows; amounts and numbers as text, so that they stay exact."""
    kinds = {Kind.BOOLEAN: pa.bool_(), Kind.DATE: pa.date32(), Kind.MONTH: pa.date32()}
    own = {DAY: pa.date32(), MONTH: pa.date32(), HISTORY_FROM: pa.date32(), HISTORY_UNTIL: pa.date32()}
    names = sorted({name for row in rows for name in row})
    arrays = {}
    for name in names:
        shape = shapes.get(name)
        kind = own.get(name, pa.string()) if shape is None else kinds.get(shape.type.kind, pa.string())
        values = [row.get(name) for row in rows]
        if kind == pa.string():
            values = [None if value is None else str(value) for value in values]
        arrays[name] = pa.array(values, kind)
    return pa.table(arrays)
