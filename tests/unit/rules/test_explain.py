"""Explanations: each number comes out again from those under it, and agrees with what `evaluate` says.

For every output of both packs, over persons of all kinds (unknown facts, households, monthly records): the value of
each variable is worked out again by the reference engine from the steps shown beneath it and from nothing else.
"""

from __future__ import annotations

from datetime import date

import pytest

from ayni.rules.explained import ExplainedStep, StepKind
from tests.unit.rules.persons import ON, everybody, pack, people
from tests.unit.rules.recompute import recomputed

PACKS = ("cr", "ar")
# Every output is explained for some of the persons, others for each, so that all of them are met.
EVERY = 3


OUTPUTS = [(country, name) for country in PACKS for name in pack(country).program.variables]


Answers = dict[str, dict[str, list[tuple[object, set[str]]]]]


@pytest.fixture(scope="module")
def answers() -> Answers:
    """What `evaluate` says of everybody, and what it says is missing, by country and output."""
    found: Answers = {}
    for country in PACKS:
        those = everybody(country)
        result = pack(country).evaluate(those.table, on=ON, history=those.history, engine="duckdb")
        found[country] = {
            name: list(zip(result.column(name), map(set, result.missing_inputs(name)), strict=True))
            for name in pack(country).program.variables
        }
    return found


@pytest.mark.parametrize(("country", "output"), OUTPUTS, ids=str)
def test_each_number_comes_out_again(country: str, output: str, answers: Answers) -> None:
    those = everybody(country)
    for row in those.rows()[OUTPUTS.index((country, output)) % EVERY :: EVERY]:
        explained = pack(country).explain(those.table, output, on=ON, row=row, history=those.history)
        assert (explained.value, set(explained.missing)) == answers[country][output][row], f"row {row}"
        for step in explained.step.walk():
            comes_out_again(country, step, ON, f"row {row}")


@pytest.mark.parametrize("day", [date(2020, 4, 1), date(2024, 8, 1), date(2027, 6, 30)], ids=str)
@pytest.mark.parametrize("country", PACKS)
def test_so_it_does_on_other_days(country: str, day: date) -> None:
    those = people(pack(country), 4, seed=2, with_history=False)
    for output in list(pack(country).program.variables)[::4]:
        for row in those.rows():
            for step in pack(country).explain(those.table, output, on=day, row=row).step.walk():
                comes_out_again(country, step, day, f"{output}, row {row}")


SEEN: set[tuple[object, ...]] = set()


def comes_out_again(country: str, step: ExplainedStep, day: date, where: str) -> None:
    """Work a step out again; one that looks just like one before it is not worked out twice."""
    parts = tuple((part.kind, part.name, part.value, part.row, _members(part)) for part in step.parts)
    looks = (country, day, step.name, step.value, parts)
    if step.kind is not StepKind.VARIABLE or step.value is None or looks in SEEN:
        return
    columns = everybody(country).table.column_names
    assert recomputed(pack(country).program, step, day, columns=columns) == step.value, f"{where}: {step.name}"
    SEEN.add(looks)


def _members(step: ExplainedStep) -> tuple[object, ...]:
    return tuple(child.value for child in step.children if child.kind is StepKind.MEMBER)
