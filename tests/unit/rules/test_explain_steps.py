"""Which steps an explanation has: those that mattered, and no others; exceptions, households, histories and dates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ayni.core.errors import AyniError
from ayni.packs.explain_text import as_document
from ayni.rules.explain import Explainer
from ayni.rules.explained import Explained, ExplainedStep, StepKind, Window
from tests.unit.rules.persons import ON, everybody, pack

GROWER: dict[str, Any] = {"employment_status": "own_account_worker", "monthly_net_income": Decimal("500000.00")}
TRADER: dict[str, Any] = {
    "employment_status": "own_account_worker",
    "activity_type": "services",
    "turnover_last_12_months": Decimal("9000000.00"),
}


def named(explained: Explained, name: str) -> ExplainedStep:
    return next(step for step in explained.step.walk() if step.name == name)


def names(explained: Explained) -> set[str]:
    return {step.name for step in explained.step.walk()}


def children(explained: Explained, name: str) -> list[str]:
    return [child.name for child in named(explained, name).children]


def test_a_contribution_has_its_band_its_rate_and_its_figure() -> None:
    explained = pack("cr").explain(GROWER, "ccss_independent.sem_insured", on=ON)
    assert explained.value == Decimal("21650.00")
    assert named(explained, "independent_categories.category").row == ("< 746184.60",)
    rate = named(explained, "sem_scale.insured")
    assert (rate.value, rate.row, rate.since) == (Decimal("0.0433"), (2,), date(2018, 10, 1))
    base = named(explained, "bmc_sem")
    assert (base.value, base.since, base.article) == (
        346789,
        date(2026, 1, 1),
        "Reglamento del Seguro de Salud art. 63; JD sesión 8999 art. 30",
    )
    assert base.evidence is not None
    assert base.evidence.source == ("S6",)
    assert [str(rounding) for rounding in explained.step.roundings] == [
        "Rounding(mode='half_up', step=Decimal('0.01'))"
    ]


def test_the_exception_that_does_not_apply_stands_aside() -> None:
    explained = pack("cr").explain(GROWER, "ccss_independent.sem_base_monthly", on=ON)
    assert explained.step.applied is None
    assert [step.name for step in explained.step.children] == ["monthly_net_income", "bmc_sem"]
    assert [step.name for step in explained.step.asides] == ["independent_base_share"]


def test_the_exception_that_applies_takes_the_place_of_the_rule() -> None:
    explained = pack("cr").explain(
        GROWER | {"monthly_net_income": 1}, "ccss_independent.sem_base_monthly", on=date(2020, 4, 1)
    )
    step = explained.step
    assert step.applied is not None
    assert (step.applied.label, step.article) == ("covid_2020", "JD, acuerdo de marzo de 2020")
    assert step.formula is not None
    assert "independent_base_share" in step.formula
    assert step.evidence is not None
    assert (step.evidence.source, step.evidence.confidence) == (("S12",), "medium")


def test_an_unconfirmed_exception_makes_the_result_unconfirmed() -> None:
    paid = TRADER | {"is_pensioner": True, "ar_contributes_in_other_scheme": False, "age": 70}
    explained = pack("ar").explain(paid, "monotributo.pension_insured", on=ON)
    assert explained.step.applied is not None
    assert explained.step.applied.label == "pensioner"
    assert not explained.is_confirmed
    assert "monotributo.pension_insured" in {step.name for step in explained.unconfirmed}


def test_an_undecided_exception_is_named() -> None:
    """Pensioners pay no health contribution, so that is open; for the pension they pay what category A pays anyway."""
    facts = TRADER | {"is_exempt_from_contributions": False}
    explained = pack("ar").explain(facts, "monotributo.health_insured", on=ON)
    assert explained.value is None
    assert explained.step.pending is not None
    assert explained.step.pending.label == "pensioner"
    assert children(explained, "monotributo.health_insured") == ["is_pensioner"]
    alike = pack("ar").explain(facts, "monotributo.pension_insured", on=ON)
    assert (alike.value, alike.step.pending) == (Decimal("15616.17"), None)


def test_the_branch_not_taken_is_absent() -> None:
    facts = {"birth_date": date(1990, 1, 1), "months_contributed": 0}
    young = pack("cr").explain(facts | {"sex": "male"}, "ccss_ivm_salaried.old_age_pension_monthly", on=ON)
    assert young.value == 0
    assert "minimum_pension" not in names(young)
    assert "average_monthly_earnings_best_300_months" not in names(young)


def test_what_settles_a_condition_is_enough() -> None:
    """`age < 15 or (…)`: a child of ten is a dependant whatever else is true; who has work is none, whoever she is."""
    child = pack("cr").explain({"age": 10, "employment_status": "employee"}, "is_dependant", on=ON)
    assert (child.value, children(child, "is_dependant")) == (True, ["age"])
    worker = pack("cr").explain({"age": 40, "employment_status": "employee"}, "is_dependant", on=ON)
    assert (worker.value, children(worker, "is_dependant")) == (False, ["age", "is_directly_insurable"])


def test_every_condition_that_stands_in_the_way_is_shown() -> None:
    facts = TRADER | {"ar_imports_for_resale": True, "ar_activities_count": 5, "ar_has_fixed_premises": False}
    explained = pack("ar").explain(facts, "monotributo.eligible", on=ON)
    assert explained.value is False
    assert children(explained, "monotributo.eligible") == [
        "monotributo.activities_within_limit",
        "monotributo.no_imports_for_resale",
    ]


def test_a_figure_that_is_given_takes_the_place_of_its_rule() -> None:
    explained = pack("cr").explain({"age": 17, "birth_date": date(1950, 1, 1)}, "age", on=ON)
    assert (explained.step.kind, explained.value, explained.step.children) == (StepKind.GIVEN, 17, ())
    unknown = pack("cr").explain({"age": None, "birth_date": date(1950, 1, 1)}, "age", on=ON)
    assert (unknown.step.kind, unknown.value) == (StepKind.VARIABLE, 76)


def test_variants_of_a_rule_say_since_when_they_stand() -> None:
    output = "ccss_independent.may_start_with_health_insurance_only"
    now = pack("cr").explain(GROWER, output, on=ON).step
    before = pack("cr").explain(GROWER, output, on=date(2020, 1, 1)).step
    assert (now.since, before.since) == (date(2023, 5, 23), date(2018, 10, 1))
    assert (before.formula, before.value, before.children) == ("False", False, ())
    none_yet = pack("cr").explain(GROWER, output, on=date(2015, 1, 1)).step
    assert (none_yet.formula, none_yet.value, none_yet.since) == (None, None, date(2018, 10, 1))


HOUSEHOLD = [
    {
        "person_id": "beto",
        "household_id": "h",
        "relationship_to_head": "head",
        "employment_status": "own_account_worker",
    },
    {
        "person_id": "ana",
        "household_id": "x",
        "relationship_to_head": "head",
        "employment_status": "own_account_worker",
    },
    {
        "person_id": "celia",
        "household_id": "h",
        "relationship_to_head": "spouse",
        "employment_status": "inactive",
        "age": 40,
    },
    {"person_id": "dina", "household_id": "h", "relationship_to_head": "child", "employment_status": None, "age": 10},
]


def test_who_in_the_household_decided() -> None:
    explained = pack("cr").explain(HOUSEHOLD, "ccss_independent.covered_as_dependant", on=ON, row=2)
    step = named(explained, "household.any")
    assert (explained.value, step.value, step.members) == (True, True, 3)
    assert [(child.name, child.value) for child in step.children] == [("beto", True)]
    assert "ccss_independent.works_on_own_account" in [child.name for child in step.children[0].children]


def test_where_nobody_decided_everybody_is_shown() -> None:
    idle = [person | {"employment_status": "inactive"} for person in HOUSEHOLD]
    explained = pack("cr").explain(idle, "ccss_independent.covered_as_dependant", on=ON, row=2)
    step = named(explained, "household.any")
    assert explained.value is False
    assert [child.name for child in step.children] == ["beto", "celia", "dina"]


def test_who_leaves_it_open() -> None:
    open_ended = [HOUSEHOLD[0] | {"employment_status": None}, *HOUSEHOLD[1:]]
    explained = pack("cr").explain(open_ended, "ccss_independent.covered_as_dependant", on=ON, row=2)
    assert explained.value is None
    assert [child.name for child in named(explained, "household.any").children] == ["beto"]
    assert "employment_status" in explained.missing


def monthly(*months: tuple[int, int]) -> list[dict[str, Any]]:
    return [
        {"person_id": "a", "month": date(y, m, 1), "contributed": True, "contribution_base": "400000.00"}
        for y, m in months
    ]


def test_a_history_says_its_window_and_its_months() -> None:
    person = [{"person_id": "a", "history_from": date(2020, 1, 1), "history_until": date(2026, 3, 1)}]
    records = [*monthly((2024, 12), (2025, 3), (2025, 7), (2026, 2))]
    records[1]["contributed"] = False
    explained = pack("cr").explain(person, "cr_months_contributed_last_12_months", on=ON, history=records)
    assert explained.value == 2
    assert named(explained, "history.count").window == Window(
        date(2025, 3, 1), date(2026, 3, 1), ("contributed",), records=3, counted=2, last=12
    )


def test_a_history_that_was_not_given_is_missing() -> None:
    explained = pack("cr").explain({}, "cr_months_contributed_last_12_months", on=ON)
    assert (explained.value, explained.missing) == (None, ("history",))
    window = named(explained, "history.count").window
    assert window is not None
    assert (window.since, window.records) == (None, None)


def test_what_would_decide_it() -> None:
    explained = pack("cr").explain({"employment_status": "own_account_worker"}, "ccss_independent.sem_insured", on=ON)
    assert (explained.missing, explained.deciding) == (("monthly_net_income",), ("monthly_net_income",))
    decided = pack("cr").explain(GROWER, "ccss_independent.sem_insured", on=ON)
    assert (decided.missing, decided.deciding) == ((), ())


def test_a_figure_that_the_pack_lacks_is_said_so() -> None:
    explained = pack("cr").explain(GROWER, "ccss_independent.sem_insured", on=date(2028, 1, 1))
    assert (explained.value, explained.missing) == (None, ("figure not in the pack",))
    assert named(explained, "bmc_sem").value is None


ENGINES = ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
def explaining_postgres(postgres_dsn: str) -> Iterator[Any]:
    from ayni.rules.engines.postgres import PostgresEngine

    engine = PostgresEngine(postgres_dsn)
    yield engine
    engine.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_explain_alike(engine: str, request: pytest.FixtureRequest) -> None:
    opened = request.getfixturevalue("explaining_postgres") if engine == "postgres" else engine
    for country in ("cr", "ar"):
        those = everybody(country)
        for output in list(pack(country).program.variables)[::17]:
            for row in (1, 4, 9):
                options: dict[str, Any] = {"on": ON, "row": row, "history": those.history}
                plain = pack(country).explain(those.table, output, **options)
                other = pack(country).explain(those.table, output, engine=opened, **options)
                assert plain.step == other.step, f"{country} {output} row {row}"


def test_the_same_question_has_the_same_answer_to_the_letter() -> None:
    """A cache must not show: a second time, by another explainer, with other columns beside those that matter."""
    output = "ccss_independent.sem_insured"
    first = pack("cr").explain(GROWER, output, on=ON)
    again = Explainer(pack("cr").program).explain([{"shoe_size": 40, **GROWER}], output, on=ON)
    texts = [json.dumps(as_document(pack("cr"), explained)) for explained in (first, again, first)]
    assert texts[0] == texts[1] == texts[2]


def test_an_output_or_a_row_that_does_not_exist() -> None:
    with pytest.raises(AyniError) as unknown:
        pack("cr").explain(GROWER, "ccss_independent.sem_insure", on=ON)
    assert (unknown.value.code, unknown.value.action) == ("input.output", "write ccss_independent.sem_insured")
    with pytest.raises(AyniError) as absent:
        pack("cr").explain([GROWER], "age", on=ON, row=1)
    assert (absent.value.code, absent.value.found) == ("input.row", "1 rows")
