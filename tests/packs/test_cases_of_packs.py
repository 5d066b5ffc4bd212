"""Every case of every shipped pack, on every engine; and the cases beside the repository, where they are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ayni.packs.case_files import read_case_files
from ayni.packs.cases import Packs, run, run_cases, run_pack_cases
from ayni.packs.files import available_packs
from ayni.packs.loader import load_pack

ENGINES = ["reference", "duckdb", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[Any]:
    """An engine by name; PostgreSQL with the database of this worker."""
    if request.param != "postgres":
        yield request.param
        return
    from ayni.rules.engines.postgres import PostgresEngine

    opened = PostgresEngine(request.getfixturevalue("postgres_dsn"))
    yield opened
    opened.close()


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
@pytest.mark.parametrize("code", available_packs())
def test_every_case_of_a_pack_passes(code: str, engine: Any) -> None:
    report = run_pack_cases(load_pack(code), engine)
    assert report.total > 0
    assert [failure.as_dict() for failure in report.failed] == []


@pytest.mark.realdata
@pytest.mark.parametrize("engine", ENGINES, indirect=True)
@pytest.mark.parametrize("code", available_packs())
def test_every_worked_case_beside_the_repository_passes(code: str, engine: Any, shared: Path) -> None:
    path = shared / "cases" / f"{code.lower()}.csv"
    if not path.is_file():
        pytest.skip(f"realdata: there are no worked cases at {path}")
    assert [failure.as_dict() for failure in run_cases([path], engine).failed] == []


@pytest.mark.parametrize("code", available_packs())
def test_a_pack_has_histories_and_households(code: str) -> None:
    """At least ten histories and five households, each with its reasons, worked out by hand."""
    pack = load_pack(code)
    cases = read_case_files([path for path in pack.case_files if path.suffix == ".yaml"], code)
    with_history = [case for case in cases if any(person.history for person in case.persons)]
    households = [case for case in cases if len({p.key for p in case.persons if p.household is not None}) > 1]
    assert len(with_history) >= 10
    assert len(households) >= 5


@pytest.mark.parametrize("code", available_packs())
def test_rows_at_their_own_day_and_all_at_one_day_agree(code: str) -> None:
    """Cases run with a day for each row; run a day at a time they must give the same."""
    pack = load_pack(code)
    cases = read_case_files(pack.case_files, code)
    days = sorted({case.day for case in cases if case.day is not None})
    for day in days[:: max(1, len(days) // 3)]:
        report = run([case for case in cases if case.day == day], "duckdb", packs=Packs({code: pack}))
        assert report.failed == ()
