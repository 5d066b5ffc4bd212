"""The Argentine rules on the surveyed persons, against decisions worked out by hand (`law`), on every engine that is
there.

The table is made here in plain Python, so that a difference can only come from the rules. In the second run each
person is given what the survey does not tell, the same plain case for all: then the decisions fall, and their
number is known too.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import ayni
from tests.realdata import law
from tests.realdata.survey import SurveyPerson, read_survey

pytestmark = pytest.mark.realdata

ENGINES = ("reference", "duckdb")

# One activity, services, nothing owned, no other work: what the survey does not tell, set to the plain case.
PLAIN_CASE: dict[str, str | int | bool] = {
    "activity_type": "services",
    "ar_activities_count": 1,
    "ar_imports_for_resale": False,
    "ar_has_fixed_premises": False,
    "ar_is_only_income_source": True,
    "ar_operations_per_client_annual": 1,
    "ar_pays_wealth_tax": False,
    "ar_is_university_graduate": False,
    "is_pensioner": False,
    "ar_real_estate_count": 0,
    "ar_registrable_movables_count": 0,
    "ar_is_practising_professional": False,
    "ar_is_partner_in_company": False,
    "registration_unit": "individual",
    "ar_has_employee_job": False,
}


@pytest.fixture(scope="module")
def persons(survey_path: Path) -> tuple[SurveyPerson, ...]:
    return read_survey(survey_path)


def survey_table(persons: tuple[SurveyPerson, ...]) -> pa.Table:
    """What the survey tells, under the names of the vocabulary."""
    return pa.table(
        {
            "person_id": pa.array(range(len(persons)), pa.int64()),
            "employment_status": pa.array([person.status for person in persons], pa.string()),
            "age": pa.array([person.age for person in persons], pa.int64()),
            "turnover_last_12_months": pa.array([law.turnover(person) for person in persons], pa.decimal128(18, 2)),
        }
    )


def decisions(table: pa.Table, engine: str) -> dict[str, list[str]]:
    """What the pack says of each row, by scheme, in the words of `law`."""
    pack = ayni.load_pack("ar")
    groups = [group.variable for group in pack.outside.values()]
    outputs = [*groups, *(f"{scheme}.eligible" for scheme in law.SCHEMES)]
    result: Any = pack.evaluate(table, on=law.ON, engine=engine, outputs=outputs)
    columns = {name: result.table.column(name).to_pylist() for name in outputs}
    outside = [any(columns[name][row] for name in groups) for row in range(table.num_rows)]
    words = {True: law.ELIGIBLE, False: law.NOT_ELIGIBLE, None: law.UNDECIDED}
    return {
        scheme: [
            law.OUTSIDE if is_outside else words[value]
            for is_outside, value in zip(outside, columns[f"{scheme}.eligible"], strict=True)
        ]
        for scheme in law.SCHEMES
    }


def as_counts(
    persons: tuple[SurveyPerson, ...], found: dict[str, list[str]]
) -> dict[str, dict[str | None, Counter[str]]]:
    """The decisions counted as `law.counts` does."""
    counted: dict[str, dict[str | None, Counter[str]]] = {}
    for scheme, rows in found.items():
        for person, word in zip(persons, rows, strict=True):
            counted.setdefault(scheme, {}).setdefault(person.status, Counter())[word] += 1
    return counted


@pytest.mark.parametrize("engine", ENGINES)
def test_every_person_is_decided_as_by_hand(persons: tuple[SurveyPerson, ...], engine: str) -> None:
    found = decisions(survey_table(persons), engine)
    for scheme, rows in found.items():
        by_hand = [law.decision(scheme, person) for person in persons]
        differences = Counter(
            (person.status, expected, got)
            for person, expected, got in zip(persons, by_hand, rows, strict=True)
            if expected != got
        )
        assert not differences, f"{scheme}: (status, by hand, by the rules): {dict(differences)}"


@pytest.mark.parametrize("engine", ENGINES)
def test_in_the_plain_case_the_regimes_open(persons: tuple[SurveyPerson, ...], engine: str) -> None:
    table = survey_table(persons)
    for name, value in PLAIN_CASE.items():
        table = table.append_column(name, pa.array([value] * len(persons)))
    assert as_counts(persons, decisions(table, engine)) == law.counts(persons, rest=True)


def test_how_many_are_decided_how(persons: tuple[SurveyPerson, ...]) -> None:
    """The numbers themselves, so that neither the rules nor the hand-made decisions can change unseen."""
    as_surveyed, plain = law.counts(persons), law.counts(persons, rest=True)
    for scheme in law.SCHEMES:
        assert as_surveyed[scheme] == {**OUTSIDE_COUNTS, None: {law.UNDECIDED: 2}, **AS_SURVEYED[scheme]}, scheme
        assert plain[scheme] == {**OUTSIDE_COUNTS, None: {law.UNDECIDED: 2}, **IN_THE_PLAIN_CASE[scheme]}, scheme


OUTSIDE_COUNTS: dict[str | None, dict[str, int]] = {
    "employee": {law.OUTSIDE: 619},
    "contributing_family_worker": {law.OUTSIDE: 3},
    "unemployed": {law.OUTSIDE: 51},
    "inactive": {law.OUTSIDE: 1_127},
}
NOBODY_IN_A_COOPERATIVE: dict[str | None, dict[str, int]] = {
    "employer": {law.NOT_ELIGIBLE: 30},
    "own_account_worker": {law.NOT_ELIGIBLE: 168},
}
AS_SURVEYED: dict[str, dict[str | None, dict[str, int]]] = {
    "monotributo": {"employer": {law.UNDECIDED: 30}, "own_account_worker": {law.UNDECIDED: 168}},
    "monotributo_coop": NOBODY_IN_A_COOPERATIVE,
    "monotributo_social": {
        "employer": {law.NOT_ELIGIBLE: 30},
        "own_account_worker": {law.NOT_ELIGIBLE: 37, law.UNDECIDED: 131},
    },
    "promovido": {
        "employer": {law.NOT_ELIGIBLE: 30},
        "own_account_worker": {law.NOT_ELIGIBLE: 37, law.UNDECIDED: 131},
    },
}
IN_THE_PLAIN_CASE: dict[str, dict[str | None, dict[str, int]]] = {
    "monotributo": {
        "employer": {law.ELIGIBLE: 17, law.UNDECIDED: 13},
        "own_account_worker": {law.ELIGIBLE: 114, law.UNDECIDED: 54},
    },
    "monotributo_coop": NOBODY_IN_A_COOPERATIVE,
    "monotributo_social": {
        "employer": {law.NOT_ELIGIBLE: 30},
        "own_account_worker": {law.ELIGIBLE: 77, law.NOT_ELIGIBLE: 37, law.UNDECIDED: 54},
    },
    "promovido": {
        "employer": {law.NOT_ELIGIBLE: 30},
        "own_account_worker": {law.ELIGIBLE: 77, law.NOT_ELIGIBLE: 37, law.UNDECIDED: 54},
    },
}
