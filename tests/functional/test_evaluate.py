"""`ayni evaluate` as it is typed: Parquet in, Parquet out, exit codes, and refusals that say what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ayni.cli.main import main

DAY = ["--on", "2026-03-01"]
SEM, ELIGIBLE = "ccss_independent.sem_insured", "ccss_independent.eligible"
NAMES = ("person_id", "employment_status", "monthly_net_income", "day")
PERSONS: list[dict[str, Any]] = [
    dict(zip(NAMES, values, strict=True))
    for values in (
        ("a", "own_account_worker", Decimal("500000.00"), date(2026, 3, 1)),
        ("b", "employee", None, date(2026, 3, 1)),
        ("c", None, Decimal("100.00"), date(2025, 3, 1)),
    )
]
ENGINES = ["duckdb", "reference", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
def persons(tmp_path: Path) -> Path:
    path = tmp_path / "persons.parquet"
    pq.write_table(pa.Table.from_pylist(PERSONS), path)
    return path


def rows(path: Path, *names: str) -> list[tuple[Any, ...]]:
    found = pq.read_table(path).sort_by("person_id").to_pylist()
    return [tuple(row[name] for name in ("person_id", *names)) for row in found]


def test_as_it_is_typed(persons: Path) -> None:
    target = persons.with_name("results.parquet")
    done = subprocess.run(
        [sys.executable, "-m", "ayni", "evaluate", "--pack", "cr", "--input", persons, "--output", target, *DAY],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.startswith(f"Wrote {target}: 3 rows, ")
    assert done.stderr.startswith("Next: `ayni explain cr.")
    assert rows(target, SEM, ELIGIBLE) == [("a", 2165000, True), ("b", None, False), ("c", 1002220, None)]
    assert not list(persons.parent.glob(".*"))


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_write_alike(engine: str, persons: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = persons.with_name("results.parquet")
    asked = ["--outputs", f"{SEM}, {ELIGIBLE}", "--engine", engine, "--json"]
    assert main(["evaluate", "--pack", "cr", "--input", str(persons), "--output", str(target), *DAY, *asked]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["rows"], said["results"], said["on"], said["engine"]) == (3, [SEM, ELIGIBLE], "2026-03-01", engine)
    schema = pq.read_schema(target)
    assert set(schema.names) - {"row"} == {"person_id", SEM, f"{SEM}.missing", ELIGIBLE, f"{ELIGIBLE}.missing"}
    assert rows(target, SEM) == [("a", 2165000), ("b", None), ("c", 1002220)]
    kept = {key.decode(): value.decode() for key, value in schema.metadata.items()}
    assert kept["ayni.pack"].startswith("CR 20")
    assert json.loads(kept["ayni.units"])[SEM] == {"type": "money", "scale": 2, "currency": "CRC", "period": "month"}
    missing = json.loads(kept["ayni.missing"])
    masks = {row[0]: row[1] for row in rows(target, f"{SEM}.missing")}
    assert [name for bit, name in enumerate(missing) if masks["b"] >> bit & 1] == ["monthly_net_income"]


@pytest.mark.parametrize("engine", ENGINES)
def test_each_row_on_its_own_day(engine: str, persons: Path) -> None:
    target = persons.with_name("results.parquet")
    asked = ["--on-column", "day", "--outputs", "ccss_independent.sem_base_monthly", "--no-masks", "--engine", engine]
    assert main(["evaluate", "--pack", "cr", "--input", str(persons), "--output", str(target), *asked]) == 0
    assert set(pq.read_schema(target).names) - {"row"} == {"person_id", "ccss_independent.sem_base_monthly"}
    assert rows(target, "ccss_independent.sem_base_monthly") == [("a", 50000000), ("b", None), ("c", 34122700)]


@pytest.mark.parametrize("engine", ENGINES[:2])
def test_without_an_id_the_row_says_whose_it_is(engine: str, persons: Path) -> None:
    pq.write_table(pq.read_table(persons).drop_columns(["person_id"]), persons)
    target = persons.with_name("results.parquet")
    asked = ["--outputs", SEM, "--no-masks", "--engine", engine]
    assert main(["evaluate", "--pack", "cr", "--input", str(persons), "--output", str(target), *DAY, *asked]) == 0
    assert pq.read_table(target).sort_by("row").to_pylist() == [
        {"row": 0, SEM: 2165000},
        {"row": 1, SEM: None},
        {"row": 2, SEM: 1002220},
    ]


@pytest.mark.parametrize("engine", ENGINES[:2])
def test_with_monthly_records(engine: str, persons: Path) -> None:
    known = [row | {"history_from": date(2025, 1, 1), "history_until": date(2026, 3, 1)} for row in PERSONS]
    pq.write_table(pa.Table.from_pylist(known), persons)
    records = persons.with_name("records.parquet")
    months = [{"person_id": "a", "month": date(2025, 5 + month, 1), "contributed": True} for month in range(4)]
    pq.write_table(pa.Table.from_pylist(months), records)
    target, output = persons.with_name("results.parquet"), "cr_months_contributed_last_12_months"
    asked = ["--history", str(records), "--outputs", output, "--engine", engine]
    assert main(["evaluate", "--pack", "cr", "--input", str(persons), "--output", str(target), *DAY, *asked]) == 0
    assert rows(target, output) == [("a", 4), ("b", 0), ("c", 0)]


def test_several_files_by_a_pattern(persons: Path) -> None:
    pq.write_table(pa.Table.from_pylist([PERSONS[0] | {"person_id": "d"}]), persons.with_name("persons2.parquet"))
    target = persons.with_name("results.parquet")
    pattern = str(persons.with_name("persons*.parquet"))
    asked = ["--outputs", SEM, "--memory-limit", "1GiB"]
    assert main(["evaluate", "--pack", "cr", "--input", pattern, "--output", str(target), *DAY, *asked]) == 0
    assert [row[0] for row in rows(target)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_the_plan_is_shown_and_nothing_is_run(engine: str, persons: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--outputs", SEM, "--explain-plan", "--engine", engine]
    assert main(["evaluate", "--pack", "cr", "--input", str(persons), *DAY, *asked]) == 0
    assert capsys.readouterr().out.startswith("WITH layer_0 AS")


def test_every_statement_is_shown_on_request(
    persons: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AYNI_LOG_SQL", "1")
    target = persons.with_name("results.parquet")
    arguments = ["evaluate", "--pack", "cr", "--input", str(persons), "--output", str(target), "--outputs", SEM, *DAY]
    assert main(arguments) == 0
    shown = capsys.readouterr().err
    assert "-- duckdb\nCREATE VIEW persons AS SELECT " in shown
    assert "500000" not in shown, "what is known of a person stays in the tables"


def test_a_column_that_is_probably_misspelt(persons: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["person_id", "employment_status", "monthly_net_incom", "day"]
    pq.write_table(pq.read_table(persons).rename_columns(names), persons)
    target = persons.with_name("results.parquet")
    arguments = ["evaluate", "--pack", "cr", "--input", str(persons), "--output", str(target), "--outputs", SEM, *DAY]
    assert main(arguments) == 0
    assert "the column `monthly_net_incom` is not read. Is it `monthly_net_income`?" in capsys.readouterr().err


REFUSALS: list[tuple[list[str], int, str]] = [
    (["--pack", "zz"], 10, "There is no pack for the country ZZ"),
    (["--outputs", "ccss_independent.sem_insure"], 10, "do: write ccss_independent.sem_insured"),
    (["--on", "1990-01-01"], 10, "do: write --on 2018-10-01, or a later day"),
    (["--on", "yesterday"], 2, "This is not a day"),
    (["--on", "2026-03-01", "--on-column", "day"], 2, "The day is given twice"),
    (["--on-column", "nothing"], 10, "There is no column nothing"),
    (["--engine", "all"], 2, "One engine at a time"),
    (["--input", "nothing.parquet"], 10, "There is no such file"),
    (["--input", __file__], 10, "The file cannot be read as Parquet"),
    (["--history", "nothing.parquet"], 10, "There is no such file"),
    (["--output", "no/such/folder/x.parquet"], 2, "make the folder, or name another"),
    (["--explain-plan", "--engine", "reference"], 2, "runs no SQL"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), REFUSALS, ids=str)
def test_refusals(
    arguments: list[str], code: int, said: str, persons: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = {"--pack": "cr", "--input": str(persons), "--output": str(persons.with_name("results.parquet"))}
    left = [part for name, value in usual.items() if name not in arguments for part in (name, value)]
    assert main(["evaluate", *left, *arguments]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert not persons.with_name("results.parquet").exists()


def test_the_file_to_write(persons: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = persons.read_bytes()
    assert main(["evaluate", "--pack", "cr", "--input", str(persons), *DAY]) == 2
    assert "no --output" in capsys.readouterr().err
    assert main(["evaluate", "--pack", "cr", "--input", str(persons), "--output", str(persons), *DAY]) == 2
    assert "which is the input" in capsys.readouterr().err
    assert persons.read_bytes() == before


TABLES: list[tuple[dict[str, list[Any]], str]] = [
    ({"a": [1], "b": ["x"]}, "The rules of CR know none of the columns"),
    ({"monthly_net_income": [1.5]}, "floating-point numbers, which are not exact"),
    ({"monthly_net_income": [True]}, "`monthly_net_income` is money in CRC per month"),
    ({"employment_status": ["boss"]}, "`employment_status` holds values that"),
    ({"monthly_net_income": [10**15]}, "`monthly_net_income` holds values"),
]


@pytest.mark.parametrize("engine", ENGINES[:2])
@pytest.mark.parametrize(("columns", "said"), TABLES, ids=str)
def test_tables_that_do_not_fit(
    columns: dict[str, list[Any]], said: str, engine: str, persons: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pq.write_table(pa.table(columns), persons)
    target = persons.with_name("results.parquet")
    asked = ["--outputs", f"{SEM},{ELIGIBLE}", "--engine", engine]
    assert main(["evaluate", "--pack", "cr", "--input", str(persons), "--output", str(target), *DAY, *asked]) == 10
    assert said in capsys.readouterr().err
    assert not target.exists()
