"""`ayni explain` as it is typed: results, exit codes, JSON, and refusals that say what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ayni.cli.main import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
COFFEE = EXAMPLES / "cr_coffee_growers" / "roster.xlsx"
DAY = ["--on", "2026-03-01"]
GROWER = ["--given", "employment_status=own_account_worker", "--given", "monthly_net_income=500000"]
OUTPUT = "cr.ccss_independent.sem_insured"


def test_as_it_is_typed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ayni", "explain", OUTPUT, "--given", "monthly_net_income=500000", *DAY],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "Health contribution of the insured (sem_insured): CRC 21,650.00 a month"
    assert lines[-1].endswith("Not yet checked by a jurist.")
    assert len(lines) <= 20


def test_the_country_may_stand_apart(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["explain", "ccss_independent.sem_insured", "--country", "CR", *GROWER, *DAY, "--language", "es"]
    assert main(arguments) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith(
        "Cuota de la persona afiliada al Seguro de Salud (sem_insured): CRC 21\u00a0650,00 por mes"
    )
    assert captured.err == "Note: no rule of ccss_independent.sem_insured asks for `employment_status`.\n"


@pytest.mark.parametrize("engine", ["reference", "duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_as_json(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", OUTPUT, *GROWER[2:], *DAY, "--known-on", "2026-02-01", "--engine", engine, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["value"], found["on"], found["known_on"], found["engine"]) == (
        "21650.00", "2026-03-01", "2026-02-01", engine,
    )  # fmt: skip
    assert found["explanation"]["children"][0]["name"] == "ccss_independent.sem_base_monthly"


def test_nothing_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", OUTPUT, *DAY]) == 0
    text = capsys.readouterr().out
    assert "Health contribution of the insured (sem_insured): undecided" in text
    assert (
        "Not known, and it can still matter: net income of the month from own-account work (monthly_net_income)."
        in text
    )


def test_facts_of_every_type(capsys: pytest.CaptureFixture[str]) -> None:
    facts = ["birth_date=1990-05-31", "is_student=true", "incapacity_degree=0.5", "dependants_count=2", "sex=unknown"]
    given = [part for fact in facts for part in ("--given", fact)]
    assert main(["explain", "cr.age", *given, *DAY]) == 0
    assert capsys.readouterr().out.startswith("Age (age): 35 years")


def test_a_person_of_a_roster(capsys: pytest.CaptureFixture[str]) -> None:
    """The number is that of the spreadsheet: the headings are row 1, and row 2 is the first person."""
    arguments = ["explain", "cr.ccss_independent.eligible", "--roster", str(COFFEE), "--row", "2", *DAY]
    assert main(arguments) == 0
    assert "status in employment (employment_status): " in capsys.readouterr().out


def test_what_if_a_fact_were_different(capsys: pytest.CaptureFixture[str]) -> None:
    for status, answer in (("own_account_worker", "yes"), ("employee", "no")):
        arguments = ["explain", "cr.ccss_independent.eligible", "--roster", str(COFFEE), "--row", "2", *DAY]
        assert main([*arguments, "--given", f"employment_status={status}"]) == 0
        assert f"(eligible): {answer}" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["zz.scheme.output"], 10, "There is no pack for the country ZZ"),
        (["x.output", "--country", "zz"], 10, "There is no pack for the country ZZ"),
        (["ccss_independent.sem_insured"], 2, "The country is not named"),
        ([OUTPUT, "--country", "ar"], 2, "Two countries are named"),
        (["cr.ccss_independent.sem_insure"], 10, "do: write ccss_independent.sem_insured"),
        (["cr.sem_insured"], 10, "Several schemes have an output sem_insured"),
        (["cr.bmc_sem"], 10, "it is a figure of the pack"),
        ([OUTPUT, "--given", "monthly_net_income=much"], 10, "an amount in CRC a month, such as 1250.50"),
        ([OUTPUT, "--given", "monthly_net_income=1.234"], 10, "has more than 2 decimals"),
        ([OUTPUT, "--given", "monthly_net_income=99999999999"], 10, "is above the highest value allowed"),
        ([OUTPUT, "--given", "sex=both"], 10, "one of female or male"),
        ([OUTPUT, "--given", "is_student=perhaps"], 10, "true or false"),
        ([OUTPUT, "--given", "birth_date=31.5.1990"], 10, "a day, such as 1990-05-31"),
        ([OUTPUT, "--given", "monthly_net_incom=1"], 10, "write `monthly_net_income`"),
        ([OUTPUT, "--given", "monthly_net_income"], 2, "A fact is written as name=value"),
        ([OUTPUT, "--given", "sex=male", "--given", "sex=female"], 2, "`sex` is given twice"),
        ([OUTPUT, "--on", "1990-01-01"], 10, "do: write --on 2018-10-01, or a later day"),
        ([OUTPUT, "--on", "tomorrow"], 2, "This is not a day"),
        ([OUTPUT, "--language", "de"], 10, "is not written in de"),
        ([OUTPUT, "--engine", "oracle"], 2, "There is no engine oracle"),
        ([OUTPUT, "--row", "2"], 2, "--row without --roster"),
        ([OUTPUT, "--roster", "x.csv"], 2, "--roster without --row"),
        ([OUTPUT, "--mapping", "x.yaml"], 2, "--mapping without --roster"),
        ([OUTPUT, "--roster", "nothing.csv", "--row", "2"], 10, "There is no such file"),
        ([OUTPUT, "--roster", str(COFFEE), "--row", "99999"], 10, "There is no person in row 99999"),
    ],
)
def test_refusals(arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *arguments, *([] if "--on" in arguments else DAY)]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err


def test_several_wrong_facts_are_told_together(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--given", "monthly_net_income=much", "--given", "nothing=1"]
    assert main(["explain", OUTPUT, *given, *DAY, "--json"]) == 10
    problem = json.loads(capsys.readouterr().err)["error"]
    assert [error["code"] for error in problem["errors"]] == ["input.type", "input.name"]


def test_long_lines_are_broken_for_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["explain", OUTPUT, *GROWER[2:], *DAY]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
