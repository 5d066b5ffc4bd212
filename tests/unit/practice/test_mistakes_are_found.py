"""A check finds the mistakes that were made on purpose, reads what can still be read, and complains of nothing else.

The practice list knows what it spoilt. It is written to a file, read back, and checked with the fields of the
country's pack; every column is mapped to the field of its key, so that nothing hangs on guessing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl
import pytest

import ayni
from ayni.roster.for_pack import fields_for, setting_for
from ayni.roster.practice import PracticeRoster, practice_mapping, practice_roster
from ayni.roster.practice.mistakes import REPEATED_ROW, Broken, Trace
from ayni.roster.practice.write import write_roster
from ayni.roster.prepare import ROW, Prepared, prepare
from ayni.roster.questions import questions_for
from ayni.roster.read import read_sheet

ON = date(2026, 3, 1)
ENDINGS = {"CR": "xlsx", "AR": "csv"}


@dataclass(frozen=True)
class Checked:
    """A spoilt list, the clean one of the same seed, and what the check made of the spoilt one."""

    roster: PracticeRoster
    clean: PracticeRoster
    prepared: Prepared
    fields: Mapping[str, str]
    reported: frozenset[tuple[int, str]]


@pytest.fixture(scope="module", params=sorted(ENDINGS))
def checked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    country = request.param
    roster = practice_roster(country, members=200, seed=11, mistakes="0.15")
    path = tmp_path_factory.mktemp("practice") / f"roster.{ENDINGS[country]}"
    write_roster(roster.table, path, decimal_comma=country == "AR")
    pack = ayni.load_pack(country.lower())
    specs = fields_for(pack, questions_for(pack, ON).outputs, ON)
    mapping = practice_mapping(roster)
    fields = {rule.columns[0]: name for name, rule in mapping.rules.items() if rule.columns}
    prepared = prepare(read_sheet(path), mapping, specs, setting_for(pack, ON))
    rows = prepared.problems.frame.select("row", "field").iter_rows()
    clean = practice_roster(country, members=200, seed=11, mistakes="0")
    return Checked(roster, clean, prepared, fields, frozenset(rows))


def field_of(checked: Checked, entry: Broken) -> str:
    assert entry.column is not None
    return checked.fields[entry.column]


def value_of(checked: Checked, entry: Broken) -> object:
    """What the check read in the cell of a mistake."""
    table = pl.DataFrame(checked.prepared.table)
    return table.filter(pl.col(ROW) == entry.row).get_column(field_of(checked, entry)).item()


def test_every_mistake_that_can_be_seen_is_reported(checked: Checked) -> None:
    wanted = {
        (entry.row, field_of(checked, entry))
        for entry in checked.roster.broken
        if entry.trace is Trace.REPORTED and entry.kind != REPEATED_ROW
    }
    assert wanted
    assert wanted - checked.reported == set()


def test_every_repeated_row_is_set_aside(checked: Checked) -> None:
    repeated = {entry.row for entry in checked.roster.broken if entry.kind == REPEATED_ROW}
    assert len(repeated) > 3
    assert set(checked.prepared.set_aside) == repeated


def test_what_was_oddly_written_is_read_as_it_was_meant(checked: Checked) -> None:
    understood = [entry for entry in checked.roster.broken if entry.trace is Trace.UNDERSTOOD]
    assert understood
    meant = {"F": "female", "Mujer": "female", "M": "male", "Varón": "male"}
    for entry in understood:
        assert value_of(checked, entry) == (meant[entry.was] if isinstance(entry.was, str) else entry.was), entry


def test_a_cell_that_says_nothing_is_unknown(checked: Checked) -> None:
    unknown = [entry for entry in checked.roster.broken if entry.trace is Trace.UNKNOWN]
    assert unknown
    assert [value_of(checked, entry) for entry in unknown] == [None] * len(unknown)


def test_nothing_is_reported_where_nothing_is_wrong(checked: Checked) -> None:
    spoilt = {entry.row for entry in checked.roster.broken}
    assert {(row, field) for row, field in checked.reported if row not in spoilt} == set()
