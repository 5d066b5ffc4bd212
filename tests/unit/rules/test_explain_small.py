"""Explanations of rules made for the purpose: what was known when, slices of a scale, chains too long for a stack."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from ayni.rules.definitions import (
    DatedValue,
    Evidence,
    InputDefinition,
    ParameterDefinition,
    Rulebook,
    TableDefinition,
    TableKey,
    TableVersion,
    UnitSpec,
    VariableDefinition,
)
from ayni.rules.explain import Explainer
from ayni.rules.explained import DEPTH_MAX, StepKind, as_dict
from ayni.rules.program import VARIABLE_DEPTH_MAX, build_program

ON = date(2026, 3, 1)
SURE = Evidence(("S1",), "high")
MONEY, RATE = UnitSpec("money", "month"), UnitSpec("rate")
ALLOWANCE = ParameterDefinition(
    "allowance",
    MONEY,
    (
        DatedValue(date(2025, 1, 1), Decimal(40), SURE),
        DatedValue(date(2026, 1, 1), Decimal(50), SURE, known_from=date(2026, 2, 10)),
    ),
)
SCALE = TableDefinition(
    "scale",
    (TableKey("income", MONEY, band=True),),
    {"rate": RATE},
    (
        TableVersion(
            date(2025, 1, 1),
            (("<= 100", Decimal("0.1")), ("<= 200", Decimal("0.2")), ("any", Decimal("0.3"))),
            SURE,
        ),
    ),
)


def explainer(**formulas: str) -> Explainer:
    variables = {name: VariableDefinition(name, ((date.min, text),)) for name, text in formulas.items()}
    income = InputDefinition("income", MONEY, minimum=Decimal(0), maximum=Decimal(10_000))
    book = Rulebook(
        "test", "1", "CRC", 2, {}, {"income": income}, {}, {"allowance": ALLOWANCE}, {"scale": SCALE}, variables
    )
    return Explainer(build_program(book))


def test_a_figure_counts_from_the_day_on_which_it_was_known() -> None:
    known = explainer(left="income - allowance")
    facts: dict[str, Any] = {"income": Decimal(100)}
    now = known.explain(facts, "left", on=ON)
    then = known.explain(facts, "left", on=ON, known_on=date(2026, 2, 9))
    assert (now.value, then.value) == (50, 60)
    figures = [next(s for s in e.step.walk() if s.kind is StepKind.PARAMETER) for e in (now, then)]
    assert [(step.value, step.since) for step in figures] == [(50, date(2026, 1, 1)), (40, date(2025, 1, 1))]


def test_slices_without_anything_in_them_are_left_out() -> None:
    tax = explainer(tax='round_to(marginal(scale, income, column="rate"), 0.01, half_up)')
    explained = tax.explain({"income": Decimal(150)}, "tax", on=ON)
    assert explained.value == Decimal("20.00")
    slices = [step.row for step in explained.step.children if step.kind is StepKind.TABLE]
    assert slices == [("<= 100",), ("<= 200",)]


def test_both_branches_that_agree_are_the_reason_while_the_condition_is_open() -> None:
    same = explainer(half="allowance", due="half if income > amount(5) else half")
    explained = same.explain({}, "due", on=ON)
    assert (explained.value, [step.name for step in explained.step.children]) == (50, ["half"])


def test_bounds_that_decide_need_no_value() -> None:
    """What is never negative is at least zero, known or not: the explanation says so as the result does."""
    decided = explainer(fine="income >= 0", due="allowance if fine else unknown")
    explained = decided.explain({}, "due", on=ON)
    assert (explained.value, explained.missing) == (50, ())


def test_a_long_chain_of_rules_is_explained() -> None:
    links = VARIABLE_DEPTH_MAX
    chain = {"v0": "income"} | {f"v{place}": f"v{place - 1}" for place in range(1, links)}
    explained = explainer(**chain).explain({"income": Decimal(7)}, f"v{links - 1}", on=ON)
    assert (explained.value, sum(1 for _ in explained.step.walk())) == (7, links + 1)
    deepest, level = as_dict(explained.step), 0
    while deepest.get("children"):
        deepest, level = deepest["children"][0], level + 1
    assert (level, deepest["repeated"]) == (DEPTH_MAX, True)
