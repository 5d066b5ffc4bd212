"""Rulebooks that no engine could be trusted with are refused: names, bounds, sizes, tables, exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from ayni.core.errors import AyniError
from ayni.rules.definitions import Rulebook, VariableDefinition
from ayni.rules.engines.base import Engine
from ayni.rules.engines.duckdb import DuckDBEngine
from ayni.rules.engines.reference import ReferenceEngine
from ayni.rules.evaluate import evaluate
from ayni.rules.program import HOUSEHOLD_DEPTH_MAX, VARIABLE_DEPTH_MAX, build_program
from tests.spec.short_rules import read_rulebook

ON = date(2026, 3, 1)


def refused(rules: str | Rulebook) -> AyniError:
    with pytest.raises(AyniError) as caught:
        build_program(read_rulebook(rules) if isinstance(rules, str) else rules)
    return caught.value


def with_variables(rules: str, formulas: dict[str, str]) -> Rulebook:
    variables = {name: VariableDefinition(name, ((date.min, text),)) for name, text in formulas.items()}
    return replace(read_rulebook(rules), variables=variables)


NAMES = {
    "capitals, which DuckDB does not tell apart": "{inputs: {X: integer}, variables: {y: X}}",
    "letters beyond a to z": "{inputs: {año: integer}, variables: {y: año}}",
    "a name too long": f"{{inputs: {{{'x' * 61}: integer}}, variables: {{y: '1'}}}}",
    "an input called as a column of the engines": "{inputs: {household: integer}, variables: {y: '1'}}",
    "a shared variable called so": "{inputs: {x: integer}, variables: {person: x}}",
    "a column of records called so": "{history: {month: integer}, variables: {y: history.sum(month)}}",
    "a parameter called as the history": "{parameters: {history: {unit: rate, values: {2025-01-01: 1}}}}",
    "a variable called as the mask of another": "{inputs: {x: integer}, variables: {a: x, a.missing: x}}",
}


@pytest.mark.parametrize("rules", NAMES.values(), ids=NAMES)
def test_names_that_an_engine_could_mistake(rules: str) -> None:
    assert refused(rules).code == "rule.name"


BOUNDS = {
    "too large for 64 bits": ("{inputs: {x: {type: money, maximum: 1000000000000000000}}}", "rule.overflow"),
    "upside down": ("{inputs: {x: {type: integer, minimum: 5, maximum: 1}}}", "rule.bounds"),
    "finer than the input": ("{inputs: {x: {type: integer, minimum: 0.5}}}", "rule.bounds"),
    "of records": ("{history: {x: {type: integer, minimum: 5, maximum: 1}}}", "rule.bounds"),
}


@pytest.mark.parametrize(("rules", "code"), BOUNDS.values(), ids=BOUNDS)
def test_bounds_that_cannot_be(rules: str, code: str) -> None:
    assert refused(rules).code == code


def test_rules_do_not_stand_on_each_other_without_end() -> None:
    chain = {"v0": "x"} | {f"v{i}": f"clip(v{i - 1} + v{i - 1}, 0, {i})" for i in range(1, VARIABLE_DEPTH_MAX + 1)}
    assert refused(with_variables("{inputs: {x: integer}}", chain)).code == "rule.limit"
    del chain[f"v{VARIABLE_DEPTH_MAX}"]
    build_program(with_variables("{inputs: {x: integer}}", chain))


def test_household_aggregates_do_not_stand_on_each_other_without_end() -> None:
    chain = {"v0": "x"} | {f"v{i}": f"household.max(v{i - 1})" for i in range(1, HOUSEHOLD_DEPTH_MAX + 2)}
    assert refused(with_variables("{inputs: {x: integer}}", chain)).code == "rule.limit"
    del chain[f"v{HOUSEHOLD_DEPTH_MAX + 1}"]
    build_program(with_variables("{inputs: {x: integer}}", chain))


def test_exceptions_that_may_all_hold_at_once_are_few() -> None:
    exceptions = ", ".join(f"e{i}: {{when: b{i}, formula: '{i}'}}" for i in range(20))
    inputs = ", ".join(f"b{i}: boolean" for i in range(20))
    rules = f"{{inputs: {{{inputs}}}, variables: {{y: {{formula: '99', exceptions: {{{exceptions}}}}}}}}}"
    assert refused(rules).code == "rule.limit"


def test_exceptions_that_override_each_other_in_a_circle() -> None:
    rules = """{inputs: {p: boolean, q: boolean, r: boolean}, variables: {y: {formula: '0', exceptions: {
        a: {when: p, formula: '1', overrides: [b]}, b: {when: q, formula: '2', overrides: [c]},
        c: {when: r, formula: '3', overrides: [a]}}}}}"""
    problem = refused(rules)
    assert problem.code == "rule.exceptions"
    assert "`a` and `b` and `c`" in problem.title


def test_many_exceptions_in_one_order() -> None:
    labels = [f"e{i}" for i in range(40)]
    exceptions = ", ".join(
        f"{label}: {{when: x > {i}, formula: '{i}', overrides: [{', '.join(labels[i + 1 :])}]}}"
        for i, label in enumerate(labels)
    )
    rules = f"{{inputs: {{x: integer}}, variables: {{y: {{formula: '99', exceptions: {{{exceptions}}}}}}}}}"
    result = evaluate(build_program(read_rulebook(rules)), [{"x": 0}, {"x": 1}, {"x": 40}], on=ON)
    assert result.column("y") == [99, 0, 0]


# A key that the band `<= 1` has no row for would match the row of the next band.
SPARSE = """{{inputs: {{x: integer, k: integer}}, variables: {{y: "lookup(t, {arguments})"}}, tables: {{t: {{
    keys: {{{keys}}}, columns: {{v: integer}}, otherwise: {{v: -1}},
    rows: {rows}}}}}}}"""


def test_a_band_with_a_gap_before_another_band() -> None:
    rules = SPARSE.format(
        arguments="x, k",
        keys="x: {unit: integer, band: true}, k: integer",
        rows='[["<= 1", 7, 100], ["<= 2", 8, 200], [any, 7, 300]]',
    )
    problem = refused(rules)
    assert problem.code == "rule.table_gap"
    assert "make the band key the last one" in str(problem)
    two_bands = SPARSE.format(
        arguments="x, k",
        keys="x: {unit: integer, band: true}, k: {unit: integer, band: true}",
        rows='[["<= 1", "<= 5", 100], [any, "<= 9", 200]]',
    )
    assert refused(two_bands).code == "rule.table_gap"


def test_the_band_key_last() -> None:
    rules = SPARSE.format(
        arguments="k, x",
        keys="k: integer, x: {unit: integer, band: true}",
        rows='[[7, "<= 1", 100], [7, any, 300], [8, "<= 2", 200]]',
    )
    asked = [{"x": 1, "k": 8}, {"x": 2, "k": 7}, {"x": 3, "k": 8}, {"x": 1, "k": 9}]
    assert evaluate(build_program(read_rulebook(rules)), asked, on=ON).column("y") == [200, 300, -1, -1]


def test_a_table_without_rows() -> None:
    rules = """{inputs: {x: money}, variables: {y: "marginal(t, x)"}, tables: {t: {
        keys: {x: {unit: money, band: true}}, columns: {r: rate}, otherwise: {r: 0.5}, rows: []}}}"""
    assert refused(rules).code == "rule.table_row"


SLICES = """{{inputs: {{x: {{type: integer, minimum: -100, maximum: 100}}}}, variables: {{y: "marginal(t, x)"}},
    tables: {{t: {{keys: {{x: {{unit: integer, band: true}}}}, columns: {{r: integer}}, {rest}}}}}}}"""
SLICED = {
    "above the last edge stands otherwise": ('otherwise: {r: 5}, rows: [["<= 10", 1], ["< 20", 2]]', 30, 80),
    "below the last edge otherwise does not matter": ('otherwise: {r: 5}, rows: [["<= 10", 1], ["< 20", 2]]', 20, 30),
    "above the last edge nothing is known": ('otherwise: {r: null}, rows: [["<= 10", 1], ["< 20", 2]]', 21, None),
    "up to the last edge all is known": ('otherwise: {r: null}, rows: [["<= 10", 1], ["< 20", 2]]', 20, 30),
    "slices count from zero": ('rows: [["<= -5", 1], ["<= 10", 2], [any, 3]]', 20, 50),
    "nothing below zero": ('rows: [["<= -5", 1], ["<= 10", 2], [any, 3]]', -20, 0),
}


@pytest.mark.parametrize(("rest", "x", "expected"), SLICED.values(), ids=SLICED)
def test_slices(rest: str, x: int, expected: Any, engine: Engine) -> None:
    program = build_program(read_rulebook(SLICES.format(rest=rest)))
    result = evaluate(program, pa.table({"x": pa.array([x]).cast(pa.int64())}), on=ON, engine=engine)
    assert result.column("y") == [expected]


def test_an_input_keeps_its_own_list_of_values() -> None:
    rules = """{enums: {small: [a, b], big: [a, b, c]}, inputs: {s: {enum: small}, t: {enum: big}},
        variables: {z: {type: {enum: big}, formula: t}, y: z == s}}"""
    program = build_program(read_rulebook(rules))
    with pytest.raises(AyniError) as caught:
        evaluate(program, [{"s": "c", "t": "c"}], on=ON)
    assert caught.value.code == "input.value"
    assert evaluate(program, [{"s": "a", "t": "a"}], on=ON).column("y") == [True]


WIDE = {
    "w": "round_to(min(a * b * c, 1000) / 3, 1, down)",
    "x": "abs(min(max(a * b * c, -5), 1000)) % 7",
    "y": "max(min(a * b * c, 1000), 0) // 7",
}


@pytest.fixture(params=["reference", "duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn."""
    if request.param == "postgres":
        from ayni.rules.engines.postgres import PostgresEngine

        postgres = PostgresEngine(request.getfixturevalue("postgres_dsn"))
        yield postgres
        postgres.close()
    else:
        yield ReferenceEngine() if request.param == "reference" else DuckDBEngine()


def test_the_smaller_of_a_wide_and_a_narrow_number_is_narrow(engine: Engine) -> None:
    most = "{type: integer, minimum: 0, maximum: 1000000000000}"
    program = build_program(with_variables(f"{{inputs: {{a: {most}, b: {most}, c: {most}}}}}", WIDE))
    numbers = [{"a": 1, "b": 2, "c": 5}, {"a": 10**12, "b": 10**12, "c": 10**12}, {"a": None, "b": 1, "c": 1}]
    table = evaluate(program, numbers, on=ON, engine=engine, masks=False).table
    assert table is not None
    assert table.to_pydict() == {"w": [3, 333, None], "x": [3, 6, None], "y": [1, 142, None]}
    assert set(table.schema.types) == {pa.int64()}
