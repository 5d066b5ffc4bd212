"""What is wrong between columns and rows, who is set aside for it, and what stays known."""

from __future__ import annotations

import pytest

from ayni.roster.prepare import Prepared
from tests.unit.roster.making import prepared, problems_of

IDENTITY = "  national_id: id\n  full_name: name\n  birth_date: born\n"
HOUSEHOLD = "  household_id: home\n  relationship_to_head: relation\n  birth_date: born\n"
A, B = "1-0613-0584", "2-0345-0678"


def people(*rows: tuple[str | None, str | None, str | None]) -> Prepared:
    """Persons of identity number, name and birth date."""
    ids, names, days = zip(*rows, strict=True)
    return prepared({"id": ids, "name": names, "born": days}, IDENTITY)


def ids(result: Prepared) -> list[str | None]:
    return result.table["national_id"].to_pylist()  # type: ignore[no-any-return]


# --- births and ages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "code"),
    [
        ("2026-03-01", None),
        ("2026-03-02", "roster.birth_in_future"),
        ("1906-03-01", None),
        ("1906-02-28", "roster.birth_too_old"),
        (None, None),
    ],
)
def test_births(born: str | None, code: str | None) -> None:
    result = prepared({"born": [born]}, "  birth_date: born\n")
    assert problems_of(result) == ([] if code is None else [(code, 2, "born")])
    assert (result.table["birth_date"].to_pylist() == [None]) == (code is not None or born is None)


def test_an_age_may_be_a_year_off() -> None:
    born, ages = ["2000-03-01", "2000-03-02", "2000-03-01", "2000-03-01", None], ["26", "25", "25", "24", "99"]
    result = prepared({"born": born, "age": ages}, "  birth_date: born\n  age: age\n")
    assert problems_of(result) == [("roster.age_differs", 5, "age")]
    assert result.table["age"].to_pylist() == [26, 25, 25, 24, 99]


# --- the same person twice ---------------------------------------------------------------------------------------


def test_the_same_person_again_is_set_aside() -> None:
    result = people((A, "Ana Mora", "1980-01-02"), (B, "Luis Vega", "1970-05-06"), (A, "MORA, Ana", "1980-01-02"))
    assert problems_of(result) == [("roster.duplicate_person", 4, "id")]
    assert result.set_aside == {4: "roster.duplicate_person"}
    assert result.table["row_number"].to_pylist() == [2, 3]
    (problem,) = result.problems
    assert problem.message["en"] == "This person is in row 2 already; this row was set aside."


@pytest.mark.parametrize(
    ("again", "is_same"),
    [
        ((A, "Ana Mora", "1980-02-01"), True),
        ((A, "Anna Mora", "1980-01-02"), True),
        ((A, None, None), True),
        ((A, None, "1990-01-01"), False),
        ((A, "Luis Vega", None), False),
        ((A, "Luis Vega", "1990-01-01"), False),
    ],
)
def test_who_is_the_same(again: tuple[str | None, str | None, str | None], is_same: bool) -> None:
    result = people((A, "Ana Mora", "1980-01-02"), again)
    expected = "roster.duplicate_person" if is_same else "roster.shared_number"
    assert {code for code, _, _ in problems_of(result)} == {expected}


def test_different_persons_under_one_number_go_on_without_it() -> None:
    result = people(
        (A, "Ana Mora", "1980-01-02"),
        (A, "Luis Vega", "1970-05-06"),
        (A, "Ana Mora", "1980-01-02"),
        (B, "Eva Solís", "1990-01-01"),
    )
    assert result.set_aside == {4: "roster.duplicate_person"}
    assert ids(result) == [None, None, "0203450678"]
    assert result.table["person_id"].to_pylist() == ["row 2", "row 3", "0203450678"]
    shared = [problem for problem in result.problems if problem.code == "roster.shared_number"]
    assert [(problem.row, "2, 3" in problem.message["es"]) for problem in shared] == [(2, True), (3, True)]


def test_numbers_are_the_same_however_they_are_written() -> None:
    result = people((A, "Ana Mora", None), ("106130584", "Ana Mora", None), ("01-0613-0584", "Ana Mora", None))
    assert list(result.set_aside) == [3, 4]


def test_same_name_and_birth_date_is_a_warning() -> None:
    result = people((A, "Ana Mora", "1980-01-02"), (B, "Mora Ána", "1980-01-02"), (None, "Ana Mora", None))
    assert problems_of(result) == [("roster.same_name_and_birth", 3, "name")]
    assert result.set_aside == {}


def test_invalid_numbers_are_no_duplicates() -> None:
    assert [code for code, _, _ in problems_of(people(("1", "Ana", None), ("1", "Eva", None)))] == [
        "roster.id_length"
    ] * 2


def test_member_numbers_that_occur_twice() -> None:
    result = prepared({"no": ["7", "8", "7", None, None]}, "  member_number: no\n")
    assert problems_of(result) == [("roster.same_member_number", 4, "no")]
    assert result.table["person_id"].to_pylist() == ["row 2", "8", "row 4", "row 5", "row 6"]


# --- households --------------------------------------------------------------------------------------------------


def household(*rows: tuple[str | None, str | None, str | None]) -> Prepared:
    homes, relations, days = zip(*rows, strict=True)
    return prepared({"home": homes, "relation": relations, "born": days}, HOUSEHOLD)


def test_a_household_has_one_head() -> None:
    result = household(
        ("H1", "jefa", None), ("H1", "jefe", None), ("H2", "jefe", None), (None, "jefe", None), (None, "jefe", None)
    )
    assert problems_of(result) == [("roster.several_heads", 2, "relation"), ("roster.several_heads", 3, "relation")]
    assert result.table["relationship_to_head"].to_pylist() == [None, None, "head", "head", "head"]


def test_children_are_younger_than_the_head() -> None:
    result = household(
        ("H1", "jefa", "1990-01-01"),
        ("H1", "hijo", "1980-01-01"),
        ("H1", "hija", "2010-01-01"),
        ("H1", "madre", "1960-01-01"),
        ("H2", "hija", "1980-01-01"),
    )
    assert problems_of(result) == [("roster.child_older_than_head", 3, "born")]
    assert result.table["birth_date"].null_count == 0
