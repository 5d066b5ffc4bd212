"""Explanations: each number comes out again from those under it, and agrees with what `evaluate` says.

For every output of both packs, over persons of all kinds (unknown facts, households, monthly records): the value of
each variable is worked out again by the reference engine from the steps shown beneath it and from nothing else.
"""

from __future__ import annotations

from functools import cache

import pytest

from ayni.packs.loader import load_pack
from ayni.packs.model import Pack
from ayni.rules.explained import ExplainedStep, StepKind
from tests.unit.rules.persons import ON, People, people
from tests.unit.rules.recompute import recomputed

PEOPLE = 24
PACKS = ("cr", "ar")


@cache
def pack(country: str) -> Pack:
    return load_pack(country)


@cache
def everybody(country: str) -> People:
    return people(pack(country), PEOPLE)


OUTPUTS = [(country, name) for country in PACKS for name in pack(country).program.variables]


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, list[object]]]:
    """What `evaluate` says of everybody, by country and output."""
    found = {}
    for country in PACKS:
        those = everybody(country)
        result = pack(country).evaluate(those.table, on=ON, history=those.history, masks=False, engine="reference")
        found[country] = {name: result.column(name) for name in pack(country).program.variables}
    return found


@pytest.mark.parametrize(("country", "output"), OUTPUTS, ids=lambda part: str(part))
def test_each_number_comes_out_again(country: str, output: str, answers: dict[str, dict[str, list[object]]]) -> None:
    those = everybody(country)
    for row in those.rows():
        explained = pack(country).explain(those.table, output, on=ON, row=row, history=those.history)
        assert explained.value == answers[country][output][row], f"row {row}"
        for step in explained.step.walk():
            comes_out_again(country, step, f"row {row}")


SEEN: set[tuple[object, ...]] = set()


def comes_out_again(country: str, step: ExplainedStep, where: str) -> None:
    """Work a step out again; one that looks just like one before it is not worked out twice."""
    looks = (country, step.name, step.value, *((part.kind, part.name, part.value, part.row) for part in step.parts))
    if step.kind is not StepKind.VARIABLE or step.value is None or looks in SEEN:
        return
    columns = everybody(country).table.column_names
    assert recomputed(pack(country).program, step, ON, columns=columns) == step.value, f"{where}: {step.name}"
    SEEN.add(looks)
