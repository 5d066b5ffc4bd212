"""Random people for a plan: canonical tables with holes, with values at bounds and around the figures of rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter

from ayni.rules.engines.base import arrow_type
from ayni.rules.nodes import Value
from ayni.rules.plan import Plan
from ayni.rules.types import DAY_MAX, DAY_MIN, Kind, Shape, date_of, day_number, month_number
from tests.generative.universe import DAYS

ROWS_MAX = 6
# In the units of the type: ties of rounding, figures of the tables and what lies beside them.
NUMBERS = (0, 1, -1, 5, 12, 18, 65, 50, 100, 1000, 10_050, 2_500_000, 500_000, 929_500, 15)
PERSONS = ("ana", "bo", "chi")


@dataclass(frozen=True)
class Population:
    """Canonical persons and monthly records."""

    persons: pa.Table
    history: pa.Table | None

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:
        printer.text(repr(self))

    def __repr__(self) -> str:
        lines = [str(row) for row in self.persons.to_pylist()]
        lines += [f"record {row}" for row in (self.history.to_pylist() if self.history is not None else [])]
        return "\n".join(["", *lines])


def values_of(shape: Shape) -> st.SearchStrategy[Value]:
    """A value that the shape allows, or unknown."""
    if shape.type.kind is Kind.BOOLEAN:
        return st.sampled_from((True, False, None))
    if not shape.type.is_integral:
        return st.sampled_from((*shape.type.values, None))
    low, high = shape.low, shape.high
    assert low is not None and high is not None
    if shape.type.kind is Kind.DATE:
        usual = [day_number(day) for day in DAYS]
    elif shape.type.kind is Kind.MONTH:
        usual = [month_number(day) + step for day in DAYS for step in (0, -1)]
    else:
        usual = list(NUMBERS)
    inside = [value for value in usual if low <= value <= high]
    near = [low, high, *inside, *(value + step for value in inside for step in (1, -1) if low <= value + step <= high)]
    return st.sampled_from((*dict.fromkeys(near), None, None)) | st.integers(low, high)


@st.composite
def populations(draw: st.DrawFn, plan: Plan) -> Population:
    """Up to six persons in up to three households, with the columns that the plan reads."""
    count = draw(st.integers(1, ROWS_MAX))
    days = [draw(_days()) if plan.day is None else plan.day for _ in range(count)]
    columns: dict[str, Any] = {
        "row": pa.array(range(count), pa.int64()),
        "household": pa.array([draw(st.sampled_from((1, 2, -3))) for _ in range(count)], pa.int64()),
        "person": pa.array([draw(st.sampled_from((*PERSONS, None))) for _ in range(count)], pa.string()),
    }
    if plan.day is None:
        columns["day"] = pa.array(days, pa.int64())
    if plan.uses_history:
        months = [month_number(date_of(day)) for day in days]
        spans = [draw(_spans(month)) for month in months]
        columns["history_from"] = pa.array([start for start, _ in spans], pa.int64())
        columns["history_until"] = pa.array([end for _, end in spans], pa.int64())
    else:
        columns["history_from"] = columns["history_until"] = pa.nulls(count, pa.int64())
    for name, shape in plan.inputs.items():
        if name not in plan.absent:
            columns[name] = pa.array([draw(values_of(shape)) for _ in range(count)], arrow_type(shape))
    history = draw(_records(plan, [month_number(date_of(day)) for day in days])) if plan.uses_history else None
    return Population(pa.table(columns), history)


def _days() -> st.SearchStrategy[int]:
    near = [day_number(day) + step for day in DAYS for step in (0, -1, 1)]
    return st.sampled_from([day for day in near if DAY_MIN <= day <= DAY_MAX])


@st.composite
def _spans(draw: st.DrawFn, month: int) -> tuple[int | None, int | None]:
    """From when until when the history is complete; None where the person has none."""
    start = draw(st.sampled_from((month - 12, month - 3, month - 1, month, month - 40, None)))
    if start is None:
        return draw(st.sampled_from(((None, None), (month - 3, None), (None, month))))
    return start, draw(st.sampled_from((month, month + 1, month - 1, start, start + 2)))


@st.composite
def _records(draw: st.DrawFn, plan: Plan, months: list[int]) -> pa.Table:
    """Monthly records around the evaluation months, a person's month at most once."""
    near = sorted(
        {month - ago for month in months for ago in (1, 2, 3, 4, 0, -1, 12, 13) if 12 <= month - ago <= 119_987}
    )
    keys = draw(st.lists(st.tuples(st.sampled_from(PERSONS), st.sampled_from(near)), max_size=10, unique=True))
    columns: dict[str, Any] = {
        "person": pa.array([person for person, _ in keys], pa.string()),
        "month": pa.array([month for _, month in keys], pa.int64()),
    }
    for name, shape in plan.history.items():
        columns[name] = pa.array([draw(values_of(shape)) for _ in keys], arrow_type(shape))
    return pa.table(columns)
