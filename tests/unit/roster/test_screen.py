"""What the rules say of a handful of people, against what the law says of each of them, worked out by hand.

The figures are those of Costa Rica on 1 March 2026: 500,000 colones are the second category of the scale of independent
workers (4.33 % for health and 5.65 % for pensions), 200,000 lie under the minimum bases of 346,789 and 324,590 in the
first (2.89 % and 4.16 % or what the scale says; the test asks only that the floor and not the income counts).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ayni.core.errors import AyniError
from ayni.roster.questions import questions_for
from tests.unit.roster.examined import HEADER, Examined, examine, pack_of


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Examined:
    return examine(tmp_path_factory.mktemp("screen") / "roster.csv")


def test_each_person_stands_somewhere_once(people: Examined) -> None:
    expected = [
        "own_name",
        "dependant",
        "dependant",
        "own_name",
        "own_name",
        "outside",
        "undecided",
        "none",
        "own_name",
    ]
    assert [people.status(row) for row in range(1, 10)] == expected


def test_a_contribution_is_exact_and_a_share_of_a_stated_income(people: Examined) -> None:
    ana = people.decision(1, "ccss_independent")
    assert ana["decision"] == "eligible"
    assert ana["insured"] == 2_165_000 + 2_825_000
    assert ana["insured_state"] == "amount"
    assert (ana["income"], ana["income_input"], ana["share"]) == (50_000_000, "monthly_net_income", 998)


def test_zero_unknown_and_not_applicable_are_three_things(people: Examined) -> None:
    ana, bruno = people.decision(1, "ccss_independent"), people.decision(5, "ccss_sem_salaried")
    assert (ana["employer"], ana["employer_state"]) == (None, "not_applicable"), "nobody employs her"
    assert bruno["decision"] == "eligible"
    assert (bruno["insured"], bruno["insured_state"]) == (None, "unknown"), "his pay is not known"
    elsewhere = people.decision(1, "ccss_sem_salaried")
    assert (elsewhere["insured"], elsewhere["insured_state"]) == (None, "not_applicable"), "she is no employee"
    dora = people.decision(7, "ccss_independent")
    assert (dora["decision"], dora["insured_state"]) == ("undecided", "unknown")


def test_the_share_of_an_income_below_the_floor_is_of_the_income(people: Examined) -> None:
    felix = people.decision(9, "ccss_independent")
    assert isinstance(felix["insured"], int)
    assert felix["share"] == (20_000 * felix["insured"] + 20_000_000) // (2 * 20_000_000)
    assert felix["share"] > 998, "the minimum base weighs more on a small income"


def test_family_is_covered_through_a_named_person(people: Examined) -> None:
    positions = dict(people.screening.persons.select("position", "name").iter_rows())
    for row in (2, 3):
        found = people.decision(row, "ccss_independent")
        assert found["decision"] == "not_eligible"
        assert found["as_dependant"] is True
        assert positions[found["through"]] == "Ana Rojas"
    assert people.decision(8, "ccss_independent")["as_dependant"] is False


def test_reasons_are_the_conditions_that_are_false(people: Examined) -> None:
    elsa = people.decision(8, "ccss_voluntary")
    names = list(people.pack.schemes["ccss_voluntary"].conditions)
    assert [name for place, name in enumerate(names) if int(str(elsa["unmet"])) >> place & 1] == ["can_pay"]


def test_an_undecided_answer_says_what_it_lacks(people: Examined) -> None:
    dora = people.decision(7, "ccss_independent")
    pattern = people.screening.missing.patterns[int(str(dora["pattern"]))]
    assert pattern.scheme == "ccss_independent"
    assert set(pattern.names) == {"employment_status", "cr_is_on_cooperative_payroll"}
    assert pattern.deciding == ("employment_status",)
    assert people.decision(1, "ccss_independent")["pattern"] is None


def test_nobody_outside_is_called_not_eligible(people: Examined) -> None:
    frame = people.screening.decisions
    carla = frame.filter(frame["row"] == 7)
    assert set(carla["decision"]) == {"outside"}
    assert set(carla["outside"]) == {"abroad"}
    assert (
        not carla.select(pl.col("insured_state", "employer_state", "state_state") != "not_applicable").to_series().any()
    )


def test_a_relative_of_an_unknown_household_is_not_said_to_be_uncovered(tmp_path: Path) -> None:
    lost = "1,,spouse,Ida Luz,1990-01-01,inactive,,,true,false,false,false,\n"
    found = examine(tmp_path / "roster.csv", lost)
    assert found.decision(1, "ccss_independent")["as_dependant"] is None
    assert found.status(1) == "undecided"


def test_engines_say_the_same(people: Examined, tmp_path: Path) -> None:
    judge = examine(tmp_path / "roster.csv", engine="reference")
    assert judge.screening.decisions.equals(people.screening.decisions, null_equal=True)
    assert judge.summary.to_dict() | {"provenance": None} == people.summary.to_dict() | {"provenance": None}


def test_a_figure_of_the_institution_wins(tmp_path: Path) -> None:
    """A column for a variable of the rules stands in its place where it is filled in."""
    header = HEADER + ",ccss_independent.sem_insured"
    lines = (
        "1,H1,head,Ana Rojas,1980-05-01,own_account_worker,500000,,true,,false,,none,20000\n"
        "2,H2,head,Eva Mora,1980-05-01,own_account_worker,500000,,true,,false,,none,\n"
    )
    found = examine(tmp_path / "roster.csv", lines, header)
    assert found.decision(1, "ccss_independent")["insured"] == 2_000_000 + 2_825_000
    assert found.decision(2, "ccss_independent")["insured"] == 2_165_000 + 2_825_000


def test_what_rests_on_unconfirmed_figures_says_so(people: Examined) -> None:
    schemes = {scheme.scheme: scheme for scheme in people.summary.schemes}
    frame = people.screening.decisions
    for name, scheme in schemes.items():
        rows = frame.filter((frame["scheme"] == name) & (frame["decision"] == "eligible"))
        marked = (rows["is_unconfirmed"] | rows["amounts_unconfirmed"]).any()
        assert not marked or scheme.unconfirmed, name
    assert any(scheme.unconfirmed for scheme in schemes.values()), "the pack has figures of low confidence"


def test_a_day_before_the_pack_is_refused() -> None:
    with pytest.raises(AyniError) as caught:
        questions_for(pack_of("cr"), date(2018, 9, 30), language="es")
    assert caught.value.code == "check.date_before_pack"
    assert "2018-10-01" in str(caught.value)
    assert questions_for(pack_of("cr"), date(2018, 10, 1)).schemes, "the first day works"


def test_only_schemes_of_the_day_are_asked() -> None:
    before = {question.name for question in questions_for(pack_of("cr"), date(2019, 5, 31)).schemes}
    after = {question.name for question in questions_for(pack_of("cr"), date(2019, 6, 1)).schemes}
    assert after - before == {"ccss_rnc"}
