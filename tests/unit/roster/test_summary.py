"""The numbers of a check, against a count by hand of the few people of `examined`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ayni.roster.costs import chosen_rows
from ayni.roster.missing import OpenQuestion
from ayni.roster.obstacles import rank_wanted
from ayni.roster.questions import BRANCHES
from ayni.roster.summary import PayerSum, Share, Wanted, together
from tests.unit.roster.examined import Examined, examine, pack_of


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Examined:
    return examine(tmp_path_factory.mktemp("summary") / "roster.csv")


def test_people_are_counted_once(people: Examined) -> None:
    found = people.summary.people
    assert (found.own_name, found.dependant, found.undecided, found.none, found.outside) == (4, 2, 1, 1, 1)
    assert found.total == 9 == found.own_name + found.dependant + found.undecided + found.none + found.outside
    # Ana and Rosa can join and have no cover; of the family, Luis.
    assert (found.own_name_uncovered, found.dependant_uncovered) == (2, 1)


def test_each_branch_counts_everybody_once(people: Examined) -> None:
    branches = {branch.branch: branch for branch in people.summary.branches}
    assert tuple(branches) == BRANCHES
    for branch in branches.values():
        assert branch.own_name + branch.dependant + branch.undecided + branch.none + branch.outside == 9, branch.branch
    care, old_age = branches["medical_care"], branches["old_age"]
    # Ana, Bruno and Félix; Luis, Eva and old Rosa through Ana; nobody knows of Dora; Elsa cannot pay; Carla is abroad.
    assert (care.own_name, care.dependant, care.undecided, care.none, care.outside) == (3, 3, 1, 1, 1)
    # Rosa has a right to the pension that asks for no contributions.
    assert old_age.own_name == 4
    assert old_age.dependant == 0, "family is covered for benefits in kind only"
    assert branches["unemployment"].schemes == ()
    assert branches["unemployment"].none == 8


def test_the_sum_takes_one_scheme_a_branch(people: Examined) -> None:
    rows = chosen_rows(people.screening)
    taken = {row: set(rows.filter(rows["row"] == row + 1)["scheme"]) for row in (1, 4, 5)}
    assert taken[1] == {"ccss_independent"}
    assert taken[4] == {"ccss_rnc"}
    assert taken[5] == {"ccss_sem_salaried", "ccss_ivm_salaried", "payroll_other_charges"}


def test_costs_add_up_and_leave_the_unknown_out(people: Examined) -> None:
    cost = people.summary.cost
    ana, felix = people.decision(1, "ccss_independent"), people.decision(9, "ccss_independent")
    total = sum(int(str(row["insured"])) for row in (ana, felix))
    assert cost.payers["insured"] == PayerSum(total, people=2, unknown=1), "Bruno's pay is not known"
    assert (cost.contributions_minor, cost.incomes_minor, cost.income_people) == (total, 70_000_000, 2)
    assert cost.people == 4
    assert cost.uncovered_people == 2
    assert cost.uncovered_payers is not None
    assert cost.uncovered_payers["insured"].total_minor == ana["insured"]
    assert "unit" not in cost.payers, "nothing is asked of the unit"


def test_an_average_is_rounded_halves_up() -> None:
    assert PayerSum(7, people=2, unknown=0).average_minor == 4
    assert PayerSum(0, people=0, unknown=3).average_minor is None


def test_groups_outside_the_pack_are_told_apart(people: Examined) -> None:
    (abroad,) = people.summary.outside
    assert (abroad.group, abroad.people, abroad.dependants) == ("abroad", 1, 0)


def test_the_gap_is_measured_against_todays_cover(people: Examined) -> None:
    (care,) = people.summary.cover
    assert care.branch == "medical_care"
    assert (care.covered, care.uncovered, care.unknown) == (3, 5, 1)
    assert care.kinds == {"family": 1, "employee": 1, "private": 1}
    # Ana; Luis and Rosa through her; Dora; Elsa.
    assert (care.own_name, care.dependant, care.undecided, care.none, care.outside) == (1, 2, 1, 1, 0)


def test_without_a_column_of_cover_no_gap_is_claimed(tmp_path: Path) -> None:
    header = "row,employment_status,monthly_net_income,cr_is_in_costa_rica"
    found = examine(tmp_path / "roster.csv", "1,own_account_worker,500000,true\n", header)
    assert found.summary.cover == ()
    assert found.summary.people.own_name_uncovered is None
    assert found.summary.cost.uncovered_payers is None


def test_barriers_count_those_whom_no_scheme_takes(people: Examined) -> None:
    barriers = people.summary.barriers
    assert barriers, "Elsa is refused by every scheme"
    assert [barrier.blocked for barrier in barriers] == sorted((b.blocked for b in barriers), reverse=True)
    means = next(barrier for barrier in barriers if barrier.kind == "financial")
    assert means.schemes == ("ccss_voluntary",)
    # Elsa has nobody; Luis is kept from the voluntary insurance too, though covered through Ana. Rosa's only obstacle
    # there is the same.
    assert (means.blocked, means.only) == (1, 3)
    legal = [barrier for barrier in barriers if barrier.kind == "legal"]
    assert all(barrier.only == 0 for barrier in legal), "whom a scheme is not for is no obstacle of hers"


def test_the_most_wanted_column_is_the_one_that_settles_most() -> None:
    """Three columns that only together settle an answer are found one after the other and shown together."""
    questions = (
        OpenQuestion((frozenset({"is_student"}),), people=3, without_any=1),
        OpenQuestion((frozenset({"age", "sex", "birth_date"}),), people=10, without_any=10),
        OpenQuestion((frozenset({"is_student"}), frozenset({"age"})), people=2, without_any=0),
    )
    wanted = rank_wanted(questions, pack_of("cr"), {}, in_roster={"age"})
    assert {item.name for item in wanted} == {"is_student", "age", "sex", "birth_date"}
    groups = together(wanted)
    assert sum(group.gain for group in groups) == 15
    assert sum(group.gain_first for group in groups) == 11
    student = next(item for item in wanted if item.name == "is_student")
    assert (student.alone, student.people, student.in_roster) == (5, 5, False)
    largest = max(groups, key=lambda group: group.gain)
    assert {item.name for item in largest.inputs} >= {"sex", "birth_date"}


def test_what_settles_nothing_is_not_shown() -> None:
    def item(name: str, settled: int) -> Wanted:
        return Wanted(name, {}, in_roster=False, people=1, alone=0, settled=settled, settled_first=0)

    groups = together((item("a", 0), item("b", 4), item("c", 4), item("d", 4)))
    assert [[wanted.name for wanted in group.inputs] for group in groups] == [["a", "b"]]


def test_a_share_has_both_its_numbers() -> None:
    assert Share(1, 3).to_dict() == {"numerator": 1, "denominator": 3, "percent": "33.3"}
    assert Share(0, 0).to_dict()["percent"] is None


def test_the_summary_is_plain_for_programs(people: Examined) -> None:
    plain = people.summary.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["people"]["shares"]["own_name"] == {"numerator": 4, "denominator": 9, "percent": "44.4"}
    assert plain["provenance"]["on"] == "2026-03-01"
    assert len(plain["provenance"]["inputs_sha256"]) == 64
