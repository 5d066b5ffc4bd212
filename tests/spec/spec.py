"""Spec cases: a sentence, a few rules in the YAML of packs, and a table of rows with what must come out.

Every case runs on every engine, once as of its day and once with that day as a column, so that each row has its own. The
cells that an engine gives are compared with the table, and its masks with those of the reference. The same cases make
docs/reference/rule-language.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from ayni.core.errors import AyniError, AyniErrors
from ayni.rules.engines.base import Engine, arrow_type, mask_names, mask_words
from ayni.rules.engines.reference import ReferenceEngine
from ayni.rules.nodes import Value
from ayni.rules.plan import MASK_WORD_BITS, Plan, make_plan
from ayni.rules.program import Program, build_program
from ayni.rules.types import MONTH, Kind, Shape, Type, date_of, day_number
from ayni.rules.values import convert, to_written
from tests.spec.short_rules import read_rulebook, scalar

UNKNOWN = "?"
TODAY = "2026-03-01"
_MONTHS = Shape(MONTH, 12, 9999 * 12 + 11)


@dataclass(frozen=True)
class Case:
    """title: a sentence. rules: YAML (see `short_rules`). table: columns of inputs, then of outputs.

    Columns: inputs by name; variables by name are what comes out, `name (given)` hands one in; `name lacks` lists what
    could still decide it; `person`, `household`; `history` is `from until` (months); `on` gives each row its own day.
    history: table of monthly records. on: the day for all rows, or None where the table has `on`.
    """

    title: str
    rules: str
    table: str
    history: str | None = None
    on: str | None = TODAY
    known_on: str | None = None
    # Some things are known only from one date for all rows (see "One day for all, or each row its own").
    as_of_only: bool = False

    def __str__(self) -> str:
        return self.title


@dataclass(frozen=True)
class Refusal:
    """A rulebook that is refused: with which code, in which words, and what to do instead."""

    title: str
    rules: str
    code: str
    says: str
    do: str | None = None

    def __str__(self) -> str:
        return self.title


@dataclass(frozen=True)
class Topic:
    """A section of the reference: what it is about, and its cases."""

    title: str
    text: str
    cases: Sequence[Case] = ()
    refusals: Sequence[Refusal] = ()


@dataclass(frozen=True)
class Table:
    """Rows of text cells under column names."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]


def read_table(text: str) -> Table:
    """`a | b` lines; the first names the columns."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines() if line.strip()]
    columns = tuple(lines[0])
    assert all(len(line) == len(columns) for line in lines), f"rows of different length in {text}"
    return Table(columns, tuple(dict(zip(columns, line, strict=True)) for line in lines[1:]))


def cases_test(topic: Topic) -> Callable[..., None]:
    """The test of a topic's cases, for a module to hold under the name of a test."""

    @pytest.mark.parametrize("case", topic.cases, ids=str)
    def test(case: Case, engine: Engine) -> None:
        check(case, engine)

    return test


def refusals_test(topic: Topic) -> Callable[..., None]:
    """The test of a topic's refusals."""

    @pytest.mark.parametrize("refusal", topic.refusals, ids=str)
    def test(refusal: Refusal) -> None:
        check_refusal(refusal)

    return test


def check(case: Case, engine: Engine) -> None:
    """Run a case on an engine, as of its day and row by row."""
    table = read_table(case.table)
    program = build_program(read_rulebook(case.rules))
    if case.on is not None:
        _compare(case, table, program, engine, date.fromisoformat(case.on))
    if case.on is None or not case.as_of_only:
        _compare(case, table, program, engine, None)


def check_refusal(refusal: Refusal) -> None:
    """The rulebook is refused with the code, the words and the advice that are stated."""
    with pytest.raises(AyniError) as caught:
        build_program(read_rulebook(refusal.rules))
    problem = caught.value
    assert not isinstance(problem, AyniErrors), f"one problem is expected: {problem}"
    assert problem.code == refusal.code, str(problem)
    assert refusal.says in problem.title, str(problem)
    if refusal.do is not None:
        assert refusal.do in (problem.action or ""), str(problem)


# ── Running


@dataclass(frozen=True)
class _Columns:
    """What the columns of a case's table are for."""

    given: tuple[str, ...]
    expected: tuple[str, ...]
    lacking: tuple[str, ...] = field(default=())


def _sorted_out(table: Table, program: Program) -> _Columns:
    given, expected, lacking = [], [], []
    for column in table.columns:
        if column.endswith(" (given)"):
            given.append(column.removesuffix(" (given)"))
        elif column.endswith(" lacks"):
            lacking.append(column.removesuffix(" lacks"))
        elif column in program.variables:
            expected.append(column)
        elif column in program.inputs:
            given.append(column)
        else:
            assert column in ("person", "household", "history", "on"), f"nothing is called {column}"
    return _Columns(tuple(given), tuple(expected), tuple(lacking))


def _compare(case: Case, table: Table, program: Program, engine: Engine, on: date | None) -> None:
    columns = _sorted_out(table, program)
    outputs = tuple(dict.fromkeys((*columns.expected, *columns.lacking)))
    known_on = None if case.known_on is None else day_number(date.fromisoformat(case.known_on))
    day = None if on is None else day_number(on)
    plan = make_plan(program, outputs, day=day, columns=columns.given, known_on=known_on)
    persons, records = _persons(case, table, plan), _records(case, plan, program)
    found = engine.run(plan, persons, records, masks=True)
    mode = "each row on its day" if on is None else f"as of {on}"
    for name in columns.expected:
        kind = plan.variables[name].shape.type
        got = [_written(value, kind) for value in found.column(name).to_pylist()]
        want = [_written(_value(row[name], kind), kind) for row in table.rows]
        assert got == want, f"{name}, {mode}, {engine.name}: {got}, expected {want}"
    for name in columns.lacking:
        lacks = [", ".join(names) for names in missing(plan, found, name)]
        want = [row[f"{name} lacks"] for row in table.rows]
        assert lacks == want, f"what {name} lacks, {mode}, {engine.name}: {lacks}, expected {want}"
    judged = ReferenceEngine().run(plan, persons, records, masks=True)
    assert found.to_pydict() == judged.to_pydict(), f"{mode}: {engine.name} differs from the reference"


def missing(plan: Plan, answers: pa.Table, output: str) -> list[list[str]]:
    """For each row what the mask of an output names."""
    words = [answers.column(name).to_pylist() for name in mask_names(output, mask_words(plan))]
    masks = [sum(bits << word * MASK_WORD_BITS for word, bits in enumerate(row)) for row in zip(*words, strict=True)]
    return [[name for bit, name in enumerate(plan.missable()) if mask >> bit & 1] for mask in masks]


def _value(text: str, kind: Type) -> Value:
    return None if text == UNKNOWN else convert(scalar(text, kind.kind), kind)


def _written(value: Value, kind: Type) -> str:
    """A value as tables show it."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return str(value).lower()
    written = to_written(value, kind)
    return f"{written:%Y-%m}" if kind.kind is Kind.MONTH and isinstance(written, date) else str(written)


def _month(text: str) -> Value:
    return _value(text, MONTH)


def _persons(case: Case, table: Table, plan: Plan) -> pa.Table:
    """The canonical persons table of `engines.base`."""
    rows = table.rows
    households = {name: number for number, name in enumerate(dict.fromkeys(row.get("household", "") for row in rows))}
    spans = [row.get("history", f"{UNKNOWN} {UNKNOWN}").split() for row in rows]
    columns: dict[str, Any] = {
        "row": pa.array(range(len(rows)), pa.int64()),
        "household": pa.array(
            [households[row["household"]] if "household" in row else -1 - number for number, row in enumerate(rows)],
            pa.int64(),
        ),
        "person": pa.array([row.get("person") for row in rows], pa.string()),
        "history_from": pa.array([_month(start) for start, _ in spans], pa.int64()),
        "history_until": pa.array([_month(end) for _, end in spans], pa.int64()),
    }
    if plan.day is None:
        days = [date.fromisoformat(row.get("on", case.on or "")) for row in rows]
        columns["day"] = pa.array([day_number(day) for day in days], pa.int64())
    for name, shape in plan.inputs.items():
        if name not in plan.absent:
            cells = [row[name] if name in row else row[f"{name} (given)"] for row in rows]
            columns[name] = pa.array([_inside(_value(cell, shape.type), shape) for cell in cells], arrow_type(shape))
    return pa.table(columns)


def _inside(value: Value, shape: Shape) -> Value:
    if isinstance(value, int) and shape.low is not None and shape.high is not None:
        assert shape.low <= value <= shape.high, f"{value} is outside its bounds"
    return value


def _records(case: Case, plan: Plan, program: Program) -> pa.Table | None:
    """The canonical table of monthly records."""
    if not plan.uses_history:
        return None
    rows = read_table(case.history or "person | month").rows
    shapes: Iterable[tuple[str, Shape]] = (("month", _MONTHS), *plan.history.items())
    columns = {"person": pa.array([row["person"] for row in rows], pa.string())}
    for name, shape in shapes:
        columns[name] = pa.array([_value(row[name], shape.type) for row in rows], arrow_type(shape))
    return pa.table(columns)


def day_text(day: int) -> str:
    """A day number as ISO text."""
    return date_of(day).isoformat()
