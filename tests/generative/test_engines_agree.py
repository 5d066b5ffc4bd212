"""Random rules over random people: every engine gives what the reference gives, to the last unit, masks and checks too.

AYNI_GENERATIVE_EXAMPLES says how many are tried: a few by default, the same ones every time; a night tries many, new
ones.
"""

from __future__ import annotations

import pyarrow as pa
from hypothesis import HealthCheck, given, settings

from ayni.rules.engines.base import Engine
from ayni.rules.engines.reference import ReferenceEngine
from tests.generative.conftest import EXAMPLES
from tests.generative.scenarios import Scenario, scenarios

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)


def differences(expected: pa.Table, found: pa.Table) -> list[str]:
    """`column, row: expected, found` for each cell that differs."""
    if expected.column_names != found.column_names:
        return [f"columns {expected.column_names}, found {found.column_names}"]
    lines = [
        f"{name}, type: {expected.schema.field(name).type}, found {found.schema.field(name).type}"
        for name in expected.column_names
        if expected.schema.field(name).type != found.schema.field(name).type
    ]
    for name in expected.column_names:
        pairs = zip(expected.column(name).to_pylist(), found.column(name).to_pylist(), strict=True)
        lines += [f"{name}, row {row}: {want!r}, found {got!r}" for row, (want, got) in enumerate(pairs) if want != got]
    return lines


@settings(EXAMPLES, suppress_health_check=SLOW)
@given(scenario=scenarios())
def test_engines_agree_with_the_reference(scenario: Scenario, engines: list[Engine]) -> None:
    plan, people = scenario.plan, scenario.population
    expected = ReferenceEngine().run(plan, people.persons, people.history, masks=True)
    for engine in engines:
        found = engine.run(plan, people.persons, people.history, masks=True)
        assert not differences(expected, found), f"{engine.name}"
