"""The survey as a roster: its mapping file read, its codes understood, every person decided as by hand, weights and
all.

`law` and `survey` read the same file in plain Python; here it goes the way of `ayni check`: sheet, mapping,
checks, screening.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

import ayni
from ayni.packs.model import Pack
from ayni.roster.for_pack import fields_for, setting_for
from ayni.roster.mapping import Rule
from ayni.roster.mapping_file import load_mapping
from ayni.roster.prepare import ROW, Prepared, prepare
from ayni.roster.questions import questions_for
from ayni.roster.read import read_sheet
from ayni.roster.screen import Screening, screen
from tests.realdata import law
from tests.realdata.survey import SurveyPerson, read_survey

pytestmark = pytest.mark.realdata

MAPPING = Path(__file__).parent / "eph_2016_q4.mapping.yaml"
FIRST_ROW = 2
WORDS = {
    "eligible": law.ELIGIBLE,
    "not_eligible": law.NOT_ELIGIBLE,
    "undecided": law.UNDECIDED,
    "outside": law.OUTSIDE,
}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return ayni.load_pack("ar")


@pytest.fixture(scope="module")
def persons(survey_path: Path) -> tuple[SurveyPerson, ...]:
    return read_survey(survey_path)


@pytest.fixture(scope="module")
def prepared(survey_path: Path, pack: Pack) -> Prepared:
    specs = fields_for(pack, questions_for(pack, law.ON).outputs, law.ON)
    return prepare(read_sheet(survey_path), load_mapping(MAPPING), specs, setting_for(pack, law.ON))


@pytest.fixture(scope="module")
def table(prepared: Prepared) -> pl.DataFrame:
    frame = pl.from_arrow(prepared.table)
    assert isinstance(frame, pl.DataFrame)
    return frame


@pytest.fixture(scope="module")
def screening(prepared: Prepared, pack: Pack) -> Screening:
    return screen(prepared, pack, law.ON)


def test_the_run_is_clean(prepared: Prepared) -> None:
    assert prepared.problems.frame.is_empty()
    assert prepared.set_aside == {}
    assert prepared.table.num_rows == 2_000
    assert prepared.mapping.unused(prepared.sheet.columns) == ()


def test_the_factor_is_said(prepared: Prepared) -> None:
    factors = [remark.values for remark in prepared.remarks if remark.code == "factor_applied"]
    assert [Decimal(str(values["factor"])) for values in factors] == [law.INCOME_FACTOR]
    assert "INDEC" in str(factors[0]["because"])


def test_every_cell_is_read_as_in_plain_python(table: pl.DataFrame, persons: tuple[SurveyPerson, ...]) -> None:
    independent = [person.status in law.INDEPENDENT for person in persons]
    assert table[ROW].to_list() == list(range(FIRST_ROW, FIRST_ROW + len(persons)))
    assert table["employment_status"].to_list() == [person.status for person in persons]
    assert table["age"].to_list() == [person.age for person in persons]
    assert table["turnover_last_12_months"].to_list() == [
        law.turnover(person) if is_independent else None
        for person, is_independent in zip(persons, independent, strict=True)
    ]
    assert table["household_id"].to_list() == ["-".join(person.household) for person in persons]
    assert table["member_number"].n_unique() == len(persons)


def weighted(table: pl.DataFrame, status: str, holds: pl.Expr) -> Decimal:
    """The share of a group, in hundredths, by survey weight; who is unknown stays in the whole."""
    group = table.filter(pl.col("employment_status") == status)
    part, whole = (frame["weight"].cast(pl.Int64).sum() for frame in (group.filter(holds), group))
    return Decimal(100 * part) / Decimal(whole)


def test_the_cover_of_the_employed_comes_out_of_the_roster_too(table: pl.DataFrame) -> None:
    expected = {"employer": "72.5", "own_account_worker": "49.5", "employee": "78.5"}
    shares = {status: weighted(table, status, pl.col("current_cover") != "none") for status in expected}
    assert {status: str(round(share, 1)) for status, share in shares.items()} == expected


def test_pension_cover_is_the_deduction_and_what_people_pay_themselves(
    table: pl.DataFrame, survey_path: Path, pack: Pack
) -> None:
    """The published 66.48 counts deductions alone; the mapping counts those who pay a contribution of their own as
    well.
    """
    assert round(weighted(table, "employee", pl.col("current_pension_cover")), 2) == Decimal("69.09")
    specs = fields_for(pack, questions_for(pack, law.ON).outputs, law.ON)
    alone = Rule("current_pension_cover", columns=("PP07H",), values={"1": "true", "2": "false", "0": None})
    mapping = load_mapping(MAPPING).with_rule(alone)
    other = pl.DataFrame(prepare(read_sheet(survey_path), mapping, specs, setting_for(pack, law.ON)).table)
    assert round(weighted(other, "employee", pl.col("current_pension_cover")), 2) == Decimal("66.48")


def test_every_person_is_decided_as_by_hand(screening: Screening, persons: tuple[SurveyPerson, ...]) -> None:
    counted: dict[str, dict[str | None, Counter[str]]] = {}
    for position, scheme, decision in screening.decisions.select("position", "scheme", "decision").iter_rows():
        person = persons[position]
        assert WORDS[decision] == law.decision(scheme, person), f"row {position + FIRST_ROW}, {scheme}"
        counted.setdefault(scheme, {}).setdefault(person.status, Counter())[WORDS[decision]] += 1
    assert counted == law.counts(persons)


def test_undecided_persons_are_told_what_is_missing(screening: Screening) -> None:
    undecided = screening.decisions.filter(pl.col("decision") == "undecided")
    assert undecided["pattern"].null_count() == 0


def test_people_outside_the_pack_are_in_a_group(screening: Screening) -> None:
    groups = dict(screening.persons.group_by("outside").len().iter_rows())
    # Children (under 16) come first, whatever else they are. Of the 200 left, 198 work on their own account or employ
    # others, and the two without an interview stay open.
    assert groups == {
        "children": 484,
        "employees": 619,
        "contributing_family_workers": 3,
        "not_working": 694,
        None: 200,
    }
