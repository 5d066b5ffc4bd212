"""The checks that come with the survey data, reproduced, and how many persons have each status in employment.

Found by trying: the published shares of health cover come out when every kind of cover counts, public programmes too
(codes 3, 12, 13, 123 …), and the unknown (9) stay in the whole. Without public programmes the own-account workers
have 49.3, not 49.5.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from tests.realdata.survey import SurveyPerson, read_survey, weighted_share

pytestmark = pytest.mark.realdata

HAS_NO_COVER = 4
COVER_UNKNOWN = 9
PENSION_DEDUCTED = 1


@pytest.fixture(scope="module")
def persons(survey_path: Path) -> tuple[SurveyPerson, ...]:
    return read_survey(survey_path)


def test_two_thirds_of_the_employees_have_a_pension_deduction(persons: tuple[SurveyPerson, ...]) -> None:
    employees = [person for person in persons if person.status == "employee"]
    assert len(employees) == 619
    share = weighted_share((person, person.pension_deduction == PENSION_DEDUCTED) for person in employees)
    assert round(share, 2) == Decimal("66.48")


@pytest.mark.parametrize(
    ("status", "expected"), [("employer", "72.5"), ("own_account_worker", "49.5"), ("employee", "78.5")]
)
def test_health_cover_of_the_employed(persons: tuple[SurveyPerson, ...], status: str, expected: str) -> None:
    group = [person for person in persons if person.status == status]
    share = weighted_share((person, person.health_cover not in (HAS_NO_COVER, COVER_UNKNOWN)) for person in group)
    assert round(share, 1) == Decimal(expected)


def test_without_public_programmes_the_share_of_own_account_workers_is_another(
    persons: tuple[SurveyPerson, ...],
) -> None:
    group = [person for person in persons if person.status == "own_account_worker"]
    share = weighted_share((person, person.health_cover in (1, 2, 12)) for person in group)
    assert round(share, 1) == Decimal("49.3")


def test_how_many_persons_have_each_status(persons: tuple[SurveyPerson, ...]) -> None:
    assert Counter(person.status for person in persons) == {
        "employee": 619,
        "employer": 30,
        "own_account_worker": 168,
        "contributing_family_worker": 3,
        "unemployed": 51,
        "inactive": 856 + 271,
        None: 2,
    }


def test_persons_were_drawn_one_by_one_and_are_told_apart_by_three_columns(persons: tuple[SurveyPerson, ...]) -> None:
    assert len({person.household for person in persons}) == 1_894
    assert len({(person.household, person.component) for person in persons}) == len(persons) == 2_000
