"""Practice lists: the same for a seed, valid where meant to be, every mistake written down where it stands."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from ayni.core.errors import AyniError
from ayni.roster.practice import LIST_DAY, PracticeRoster, practice_roster
from ayni.roster.practice.mistakes import FIRST_ROW, KINDS, REPEATED_ROW, Trace

COUNTRIES = ("CR", "AR")


@pytest.fixture(scope="module", params=COUNTRIES)
def roster(request: pytest.FixtureRequest) -> PracticeRoster:
    return practice_roster(request.param, members=300, seed=7, mistakes="0.05")


def test_equal_seeds_give_equal_lists(roster: PracticeRoster) -> None:
    again = practice_roster(roster.country, members=300, seed=7, mistakes="0.05")
    assert (again.table, again.broken, again.people) == (roster.table, roster.broken, roster.people)


def test_another_seed_gives_another_list(roster: PracticeRoster) -> None:
    assert practice_roster(roster.country, members=300, seed=8, mistakes="0.05").table.rows != roster.table.rows


def test_a_list_has_the_members_asked_for_and_their_households(roster: PracticeRoster) -> None:
    assert sum(person.is_member for person in roster.people) == 300
    numbers = [person.member_number for person in roster.people if person.is_member]
    assert numbers == list(range(1, 301))
    heads = Counter(person.household for person in roster.people if person.relation == "head")
    assert set(heads.values()) == {1}
    assert set(heads) == {person.household for person in roster.people}


def test_the_smallest_list_is_one_member(roster: PracticeRoster) -> None:
    one = practice_roster(roster.country, members=1, seed=1)
    assert [person.is_member for person in one.people].count(True) == 1


def test_children_are_younger_than_the_head_and_nobody_is_born_after_the_day(roster: PracticeRoster) -> None:
    ages = {person.household: person.age_on(LIST_DAY) for person in roster.people if person.relation == "head"}
    for person in roster.people:
        age = person.age_on(LIST_DAY)
        assert 0 <= age <= 100
        if person.relation == "child":
            assert age <= ages[person.household] - 15
        if person.relation == "parent":
            assert age >= ages[person.household] + 19


def test_children_do_not_work_and_only_those_who_work_earn(roster: PracticeRoster) -> None:
    for person in roster.people:
        earns = person.work.status in ("employee", "employer", "own_account_worker", "cooperative_member")
        assert bool(person.work.income_by_month) == earns
        assert all(amount > 0 for amount in person.work.income_by_month)
        if person.age_on(LIST_DAY) < 15:
            assert person.work.status == "inactive"


def test_the_log_says_what_stands_in_the_list(roster: PracticeRoster) -> None:
    headers = roster.table.headers
    clean = practice_roster(roster.country, members=300, seed=7, mistakes="0")
    assert clean.broken == ()
    repeated = [entry.row for entry in roster.broken if entry.kind == REPEATED_ROW]
    for entry in roster.broken:
        row = roster.table.rows[entry.row - FIRST_ROW]
        if entry.kind == REPEATED_ROW:
            assert entry.same_as_row is not None
            assert row == roster.table.rows[entry.same_as_row - FIRST_ROW]
            continue
        assert entry.column is not None
        place = headers.index(entry.column)
        assert row[place] == entry.now
        earlier_copies = sum(number < entry.row for number in repeated)
        assert clean.table.rows[entry.row - FIRST_ROW - earlier_copies][place] == entry.was != entry.now


def test_a_stated_share_of_the_rows_is_spoilt_and_the_rest_is_clean(roster: PracticeRoster) -> None:
    clean = practice_roster(roster.country, members=300, seed=7, mistakes="0")
    assert len(roster.broken) == int(len(clean.table.rows) * Decimal("0.05"))
    spoilt = {entry.row for entry in roster.broken}
    kept = [row for number, row in enumerate(roster.table.rows, FIRST_ROW) if number not in spoilt]
    assert set(kept) <= set(clean.table.rows)


def test_every_kind_of_mistake_comes_in_turn(roster: PracticeRoster) -> None:
    assert {entry.kind for entry in roster.broken} == set(KINDS)


def test_future_births_lie_after_the_day_and_absurd_incomes_are_absurd(roster: PracticeRoster) -> None:
    for entry in roster.broken:
        if entry.kind == "future_birth":
            assert isinstance(entry.now, date)
            assert entry.now > LIST_DAY
        if entry.kind == "absurd_income":
            assert isinstance(entry.now, int | Decimal)
            assert isinstance(entry.was, int | Decimal)
            assert entry.now >= entry.was * 100_000


@pytest.mark.parametrize(("country", "traces"), [("CR", {Trace.UNSEEN}), ("AR", {Trace.REPORTED})])
def test_swapped_digits_are_seen_only_where_there_is_a_check_digit(country: str, traces: set[Trace]) -> None:
    roster = practice_roster(country, members=300, seed=7, mistakes="0.05")
    assert {entry.trace for entry in roster.broken if entry.kind == "swapped_digits"} == traces


def test_english_headers_and_words() -> None:
    roster = practice_roster("CR", members=20, seed=1, language="en", mistakes="0")
    assert "Birth date" in roster.table.headers
    status = roster.table.headers.index("Status in employment")
    assert "own account" in {row[status] for row in roster.table.rows}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"country": "XX", "members": 5, "seed": 1}, "practice.unknown_country"),
        ({"country": "CR", "members": 0, "seed": 1}, "practice.out_of_bounds"),
        ({"country": "CR", "members": 5, "seed": 1, "mistakes": "0.6"}, "practice.out_of_bounds"),
        ({"country": "CR", "members": 5, "seed": 1, "language": "qu"}, "practice.unknown_language"),
    ],
)
def test_what_cannot_be_made_is_refused(arguments: dict[str, object], code: str) -> None:
    with pytest.raises(AyniError) as refused:
        practice_roster(**arguments)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert refused.value.action


def test_nobody_is_covered_through_a_family_in_which_nobody_is_insured(roster: PracticeRoster) -> None:
    covers: dict[int, set[str | None]] = {}
    for person in roster.people:
        covers.setdefault(person.household, set()).add(person.cover)
    insured = {"employee", "independent", "voluntary", "pensioner", "health_fund", "private"}
    assert all(found & insured for found in covers.values() if "family" in found)
