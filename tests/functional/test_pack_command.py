"""`ayni pack` as it is typed: output, exit codes, JSON, and errors in their shape."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEADER = "id,country,scheme,date,inputs,output,expected,tolerance,note"
GOOD = """x-1,CR,cr.ccss_independent,2026-03-01,"{""monthly_net_income"": ""500000.00""}",ivm_insured,28250.00,,n"""
BAD = """x-2,CR,cr.ccss_independent,2026-03-01,"{""monthly_net_income"": ""500000.00""}",ivm_insured,28250.01,,n"""
STRANGE = "x-3,ZZ,zz.scheme,2026-03-01,{},output,1,,n"


def ayni(*arguments: str | Path, cwd: Path | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ayni", *map(str, arguments)],
        capture_output=True, text=True, cwd=cwd, env={**os.environ, **settings}, check=False,
    )  # fmt: skip


def table(folder: Path, *rows: str) -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return path


def test_cases_that_pass(tmp_path: Path) -> None:
    done = ayni("pack", "cases", table(tmp_path, GOOD))
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 cases: 1 passed, 0 failed (duckdb)\n", "")


def test_cases_that_fail(tmp_path: Path) -> None:
    done = ayni("pack", "cases", table(tmp_path, GOOD, BAD, STRANGE), "--engine", "reference")
    assert done.returncode == 10
    assert done.stdout.splitlines() == [
        "failed x-2: cr.ccss_independent ivm_insured",
        "  expected: 28250.01",
        "  got:      28250.00",
        "failed x-3: zz.scheme output",
        "  expected: 1",
        "  got:      nothing",
        "  because:  there is no pack for the country ZZ; there are AR or CR",
        "3 cases: 1 passed, 2 failed (reference)",
    ]


@pytest.mark.parametrize("engine", ["reference", "duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_cases_as_json(tmp_path: Path, engine: str) -> None:
    done = ayni("pack", "cases", table(tmp_path, GOOD, BAD), "--json", "--engine", engine)
    assert (done.returncode, done.stderr) == (10, "")
    assert json.loads(done.stdout) == {
        "total": 2,
        "passed": 1,
        "failed": [
            {
                "id": "x-2",
                "scheme": "cr.ccss_independent",
                "output": "ivm_insured",
                "expected": "28250.01",
                "got": "28250.00",
            }
        ],
    }


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    done = ayni("pack", "cases", tmp_path / "absent.csv")
    assert (done.returncode, done.stdout) == (10, "")
    assert done.stderr.splitlines() == [
        "Error: The file of cases does not exist",
        f"  found: {tmp_path}/absent.csv",
        "  expected: a .csv or .yaml file",
        "  do: check the path",
        "  code: cases.file_missing",
    ]
    as_json = ayni("pack", "cases", tmp_path / "absent.csv", "--json")
    assert (as_json.returncode, as_json.stdout) == (10, "")
    assert json.loads(as_json.stderr)["error"]["code"] == "cases.file_missing"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["pack", "cases"], 2, "Missing argument 'FILE...'"),
        (["pack", "cases", "x.csv", "--engine", "oracle"], 2, "There is no engine oracle"),
        (["pack", "cases", "x.csv", "--engine", "all"], 2, "one engine at a time"),
        (["pack", "check", "zz"], 10, "There is no pack for the country ZZ"),
        (["pack", "explain", "cr.nothing"], 10, "has no scheme nothing"),
        (["pack", "explain", "ccss_independent"], 2, "named with its country"),
        (["pack", "explain", "cr.ccss_independent", "--on", "tomorrow"], 2, "This is not a day"),
        (["pack", "explain", "cr.ccss_independent", "--language", "de"], 10, "is not written in de"),
        (["pack", "new", "QQ"], 2, "not the code of a country"),
        (["nothing"], 2, "No such command 'nothing'"),
        (["pack", "nothing"], 2, "No such command 'nothing'"),
    ],
)
def test_what_is_mistyped(tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    done = ayni(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_check_of_the_shipped_packs() -> None:
    done = ayni("pack", "check")
    assert done.returncode == 0
    assert "AR: good: 0 errors" in done.stdout
    assert "CR: good: 0 errors" in done.stdout


def test_new_check_test_and_a_typo(tmp_path: Path) -> None:
    new = ayni("pack", "new", "uy", "--language", "es", cwd=tmp_path)
    assert new.returncode == 0
    assert "uy/pack.yaml" in new.stdout.splitlines()
    assert "ayni pack check uy" in new.stderr
    assert ayni("pack", "check", "./uy", cwd=tmp_path).returncode == 0
    assert ayni("pack", "test", "./uy", cwd=tmp_path).stdout == "2 cases: 2 passed, 0 failed (duckdb)\n"
    scheme = tmp_path / "uy/schemes/example.yaml"
    scheme.write_text(scheme.read_text().replace("conditions:", "conditons:"))
    check = ayni("pack", "check", "./uy", cwd=tmp_path)
    assert check.returncode == 11
    assert "uy/schemes/example.yaml:12 (conditons): `conditons` is not a key of a scheme" in check.stdout
    assert "do: write `conditions`" in check.stdout
    as_json = ayni("pack", "check", "./uy", "--json", cwd=tmp_path)
    assert json.loads(as_json.stdout)["./uy"][0]["code"] == "pack.unknown_key"
    stopped = ayni("pack", "test", "./uy", cwd=tmp_path)
    assert stopped.returncode == 11
    assert "do: write `conditions`" in stopped.stderr
    scheme.unlink()
    assert ayni("pack", "test", "./uy", cwd=tmp_path).returncode == 10


def test_a_cycle_names_its_way_round(tmp_path: Path) -> None:
    ayni("pack", "new", "uy", cwd=tmp_path)
    scheme = tmp_path / "uy/schemes/example.yaml"
    scheme.write_text(scheme.read_text().replace('employment_status == "employee"', "pension_insured > amount(0)"))
    scheme.write_text(
        scheme.read_text().replace(
            "round_to(monthly_earnings *", "round_to(monthly_earnings if is_employee else monthly_earnings *"
        )
    )
    check = ayni("pack", "check", "./uy", cwd=tmp_path)
    assert check.returncode == 11
    assert "rule.cycle" in check.stdout


def test_the_page_of_a_scheme() -> None:
    done = ayni("pack", "explain", "cr.ccss_independent", "--on", "2026-03-01", "--language", "es")
    assert done.returncode == 0
    assert done.stdout.startswith("# Aseguramiento contributivo")


def test_tests_on_every_engine_as_json(tmp_path: Path) -> None:
    ayni("pack", "new", "uy", cwd=tmp_path)
    done = ayni("pack", "test", "./uy", "--engine", "all", "--json", cwd=tmp_path)
    assert done.returncode == 0
    reports = json.loads(done.stdout)
    assert {"reference", "duckdb"} <= set(reports)
    assert all(report == {"total": 2, "passed": 2, "failed": []} for report in reports.values())


def test_colour_is_for_terminals_only(tmp_path: Path) -> None:
    done = ayni("pack", "cases", table(tmp_path, BAD))
    assert "\x1b[" not in done.stdout
