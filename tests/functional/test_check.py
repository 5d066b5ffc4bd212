"""`ayni check` as it is typed: exit codes, words, files that other programs open, numbers that are counted again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from ayni.cli.main import main
from tests.functional import count_by_hand as by_hand

COFFEE = Path("examples", "cr_coffee_growers")
GARMENTS = Path("examples", "ar_garment_workers")
HEADER = "Nombre completo;Fecha de nacimiento;Situación laboral;Ingreso mensual neto;Vive en Costa Rica\n"
GOOD = "Ana Rojas;01/05/1980;cuenta propia;500000;sí\nLuis Mora;13/01/1979;asalariado;;sí\n"
FILES = {"report.html", "members.xlsx", "results.parquet", "mapping.yaml"}


def ayni(*arguments: str | Path, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ayni", *map(str, arguments)],
        capture_output=True, text=True, cwd=cwd, env={**os.environ, "LANG": "C.UTF-8", **settings}, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def coffee(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """The coffee growers with the mapping that ships beside them: the summary for programs, and the folder."""
    folder = tmp_path_factory.mktemp("coffee")
    roster, mapping = (repository / COFFEE / name for name in ("roster.xlsx", "mapping.yaml"))
    command = ("check", roster, "--country", "CR", "--on", "2026-03-01", "--mapping", mapping, "--out", "out", "--json")
    done = ayni(*command, cwd=folder)
    assert done.returncode == 14, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout), folder / "out"


@pytest.fixture(scope="module")
def garments(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("garments")
    roster, mapping = (repository / GARMENTS / name for name in ("roster.csv", "mapping.yaml"))
    command = ("check", roster, "--country", "ar", "--on", "2026-03-01", "--mapping", mapping, "--out", "out", "--json")
    done = ayni(*command, "--language", "es", cwd=folder)
    assert done.returncode == 14, done.stderr
    return json.loads(done.stdout), folder / "out"


def scheme_of(summary: dict[str, Any], name: str) -> dict[str, Any]:
    return next(scheme for scheme in summary["schemes"] if scheme["scheme"] == name)


def test_people_of_costa_rica_are_those_counted_by_hand(coffee: tuple[dict[str, Any], Path], repository: Path) -> None:
    summary, _ = coffee
    rows = by_hand.of_costa_rica(repository / COFFEE / "roster.xlsx")
    assert summary["people"]["total"] == summary["rows"]["used"] == len(rows)
    independent = by_hand.independent(rows)
    assert scheme_of(summary, "ccss_independent")["eligible"] == len(independent)
    assert scheme_of(summary, "ccss_convenio")["eligible"] == sum(row["Es asociado"] == "sí" for row in independent)
    assert scheme_of(summary, "ccss_sem_salaried")["eligible"] == len(by_hand.employed(rows))
    voluntary = scheme_of(summary, "ccss_voluntary")
    assert voluntary["eligible"] == len(by_hand.voluntary(rows, "sí"))
    assert voluntary["undecided"] == len(by_hand.voluntary(rows, None))
    assert summary["outside"][0]["people"] == sum(not by_hand.lives_here(row) for row in rows)


def test_the_sum_of_contributions_is_the_one_worked_out_by_hand(
    coffee: tuple[dict[str, Any], Path], repository: Path
) -> None:
    summary, _ = coffee
    rows = by_hand.of_costa_rica(repository / COFFEE / "roster.xlsx")
    due = [by_hand.due_by_independent(row) for row in by_hand.independent(rows)]
    known = [amount for amount in due if amount is not None]
    insured = scheme_of(summary, "ccss_independent")["payers"]["insured"]
    assert Decimal(insured["total_minor"]).scaleb(-2) == sum(known)
    assert (insured["people"], insured["unknown"]) == (len(known), len(due) - len(known))


def test_people_of_argentina_are_those_counted_by_hand(garments: tuple[dict[str, Any], Path], repository: Path) -> None:
    summary, _ = garments
    rows = by_hand.of_argentina(repository / GARMENTS / "roster.csv")
    assert summary["people"]["total"] == len(rows)
    inside = [row for row in rows if not by_hand.is_outside_argentina(row)]
    answers = Counter(by_hand.monotributo(row) for row in inside)
    found = scheme_of(summary, "monotributo")
    assert found["outside"] == len(rows) - len(inside)
    for key, answer in (("eligible", True), ("not_eligible", False), ("undecided", None)):
        assert found[key] == answers[answer], key
    assert sum(group["people"] for group in summary["outside"]) == len(rows) - len(inside)


@pytest.mark.parametrize("country", ["coffee", "garments"])
def test_everybody_is_counted_once(country: str, request: pytest.FixtureRequest) -> None:
    summary, _ = request.getfixturevalue(country)
    total = summary["people"]["total"]
    groups = ("own_name", "dependant", "undecided", "none", "outside")
    assert sum(summary["people"][group] for group in groups) == total
    assert len(summary["branches"]) == 9
    for branch in summary["branches"]:
        assert sum(branch[group] for group in groups) == total, branch["branch"]
    for scheme in summary["schemes"]:
        assert sum(scheme[key] for key in ("eligible", "undecided", "not_eligible", "outside")) == total


@pytest.mark.parametrize("country", ["coffee", "garments"])
def test_the_files_agree_with_the_summary(country: str, request: pytest.FixtureRequest) -> None:
    summary, folder = request.getfixturevalue(country)
    assert {path.name for path in folder.iterdir()} == FILES
    table = pq.read_table(folder / "results.parquet").to_pylist()
    counted = Counter((row["scheme"], row["decision"]) for row in table)
    book = openpyxl.load_workbook(folder / "members.xlsx", read_only=True)
    lines = list(book.worksheets[0].iter_rows(values_only=True))
    book.close()
    assert len(lines) - 1 == len(table) == summary["people"]["total"] * len(summary["schemes"])
    for scheme in summary["schemes"]:
        for decision in ("eligible", "undecided", "not_eligible", "outside"):
            assert counted[scheme["id"], decision] == scheme[decision]
        paid = sum(row["insured_minor"] or 0 for row in table if row["scheme"] == scheme["id"])
        assert paid == scheme["payers"].get("insured", {"total_minor": 0})["total_minor"]


class Text(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def __str__(self) -> str:
        return " ".join(" ".join(self.parts).split())


def test_the_report_tells_the_same_in_its_language(garments: tuple[dict[str, Any], Path]) -> None:
    summary, folder = garments
    page = (folder / "report.html").read_text(encoding="utf-8")
    people = summary["people"]
    assert '<html lang="es"' in page
    assert len(page.encode()) <= 300_000
    assert f"{people['own_name'] + people['dependant']} de {people['total']} personas" in str(Text(page))
    assert "ley del 1 de marzo de 2026" in page
    assert "Ningún jurista ha revisado todavía este paquete" in page


def test_a_person_reads_a_summary(repository: Path, tmp_path: Path) -> None:
    """Without a mapping, in Spanish by the settings of the terminal: results to stdout, talk to stderr."""
    roster = shutil.copy(repository / COFFEE / "roster.xlsx", tmp_path / "socios.xlsx")
    done = ayni(
        "check", roster, "--country", "CR", "--on", "2026-03-01", cwd=tmp_path, LANG="es_CR.UTF-8", COLUMNS="100"
    )
    assert done.returncode == 14
    assert "Quiénes pueden asegurarse: Costa Rica, ley del 1 de marzo de 2026" in done.stdout
    assert "Lo que cuesta al mes" in done.stdout
    assert "Ningún jurista ha revisado todavía este paquete" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr, "no colour where no person reads"
    assert "«Condición laboral»" in done.stderr
    assert "Escrito en socios-check" in done.stderr
    assert {path.name for path in (tmp_path / "socios-check").iterdir()} == FILES


def check(folder: Path, text: str | bytes, *more: str, name: str = "roster.csv", country: str = "CR") -> int:
    """Write a roster and check it, in this process."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    out = str(folder / "out")
    return main(
        ["check", str(path), "--country", country, "--on", "2026-03-01", "--out", out, "--language", "en", *more]
    )


def test_a_good_roster_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, HEADER + GOOD) == 0
    shown = capsys.readouterr()
    assert "2 of 2 people (100 %) can be insured now" in shown.out.replace("\u202f", " ")
    assert "Nothing to correct in the roster." in shown.out


@pytest.mark.parametrize(
    ("text", "name", "more", "code", "exit_code"),
    [
        ("", "roster.csv", (), "roster.empty_file", 10),
        (HEADER, "roster.csv", (), "roster.header_only", 10),
        (HEADER + GOOD, "roster.pdf", (), "roster.unknown_type", 10),
        (b"%PDF-1.7 not a sheet", "roster.xlsx", (), "roster.wrong_type", 10),
        ("a;b\n1;2\n", "roster.csv", (), "check.nothing_mapped", 10),
        (HEADER + GOOD, "roster.csv", ("--on", "2018-09-30"), "check.date_before_pack", 10),
        (HEADER + GOOD, "roster.csv", ("--on", "1.3.2026"), "cli.date", 2),
        (HEADER + GOOD, "roster.csv", ("--language", "xx"), "check.unknown_language", 2),
        (HEADER + GOOD, "roster.csv", ("--engine", "abacus"), "engine.unknown", 2),
        (HEADER + GOOD, "roster.csv", ("--mapping", "nowhere.yaml"), "roster.mapping_not_found", 10),
        (HEADER + GOOD, "roster.csv", ("--sheet", "Hoja 1", "--country", "ZZ"), "pack.unknown_country", 10),
    ],
)
def test_bad_input_is_refused_with_what_to_do(
    text: str | bytes, name: str, more: tuple[str, ...], code: str, exit_code: int,
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert check(tmp_path, text, *more, name=name) == exit_code
    shown = capsys.readouterr()
    assert shown.out == ""
    for label in ("found:", "expected:", "do:", f"code: {code}"):
        assert label in shown.err, shown.err
    assert not (tmp_path / "out").exists(), "nothing is written"


def test_an_unknown_country_names_the_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, HEADER + GOOD, country="ZZ") != 0
    shown = capsys.readouterr().err
    assert "AR" in shown
    assert "CR" in shown


def test_a_code_that_nobody_explained_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        'version: "1"\ncolumns:\n  sex: {column: Sexo, values: {"1": male, "2": female}}\n', encoding="utf-8"
    )
    assert check(tmp_path, "Sexo;Nombre\n1;Ana\n3;Luis\n", "--mapping", str(mapping)) == 10
    assert "roster.unmapped_codes" in capsys.readouterr().err


def test_rows_with_mistakes_do_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A person twice, an absurd income and a word that nobody knows: 14, and each is a thing to do."""
    header = "Cédula;" + HEADER
    lines = (
        "1-9990-0011;Ana Rojas;13/05/1980;cuenta propia;500000;sí\n"
        "1-9990-0011;Ana Rojas;13/05/1980;cuenta propia;500000;sí\n"
        "1-9990-0022;Luis Mora;14/01/1979;cuenta propia;99999999999999;sí\n"
        "1-9990-0033;Eva Mora;15/01/1979;malabarista;300000;sí\n"
    )
    assert check(tmp_path, header + lines, "--json") == 14
    plain = json.loads(capsys.readouterr().out)
    assert (plain["rows"]["read"], plain["rows"]["used"], plain["rows"]["set_aside"]) == (4, 3, 1)
    assert {task["code"] for task in plain["tasks"]} == {
        *("roster.duplicate_person", "roster.above_maximum", "roster.unmapped_code"),
    }
    assert plain["exit_code"] == 14
    assert scheme_of(plain, "ccss_independent")["payers"]["insured"] == {
        "total_minor": 4_990_000,
        "people": 1,
        "unknown": 1,
    }


def test_a_mapping_is_saved_and_used_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "mine.yaml"
    assert check(tmp_path, HEADER + GOOD, "--save-mapping", str(saved)) == 0
    assert saved.read_text("utf-8") == (tmp_path / "out" / "mapping.yaml").read_text("utf-8")
    first = pq.read_table(tmp_path / "out" / "results.parquet")
    assert check(tmp_path, HEADER + GOOD, "--mapping", str(saved)) == 0
    assert pq.read_table(tmp_path / "out" / "results.parquet").equals(first)
    assert f"as {saved} says" in " ".join(capsys.readouterr().err.split())


def test_a_corrected_mapping_is_not_lost(tmp_path: Path) -> None:
    """What a person wrote into the mapping of an earlier check stays, whether she gives it or forgets to."""
    assert check(tmp_path, HEADER + GOOD) == 0
    mapping = tmp_path / "out" / "mapping.yaml"
    corrected = "# mine\n" + mapping.read_text("utf-8")
    mapping.write_text(corrected, encoding="utf-8")
    assert check(tmp_path, HEADER + GOOD, "--mapping", str(mapping)) == 0
    assert mapping.read_text("utf-8") == corrected
    assert check(tmp_path, HEADER + GOOD) == 0
    assert (tmp_path / "out" / "mapping.previous.yaml").read_text("utf-8") == corrected


def test_the_roster_itself_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    roster = out / "results.parquet"
    roster.write_bytes(b"PAR1")
    assert main(["check", str(roster), "--country", "CR", "--out", str(out)]) == 2
    assert "check.out_is_roster" in capsys.readouterr().err
    assert roster.read_bytes() == b"PAR1"


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    assert check(tmp_path, HEADER + GOOD) == 2
    assert "check.out_is_a_file" in capsys.readouterr().err
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_json_writes_nothing_unless_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(HEADER + GOOD, encoding="utf-8")
    assert main(["check", str(roster), "--country", "CR", "--on", "2026-03-01", "--json"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["files"] == []
    assert shown.err == ""
    assert [path.name for path in tmp_path.iterdir()] == ["roster.csv"]


def test_errors_for_programs_are_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, "", "--json") == 10
    shown = capsys.readouterr()
    assert json.loads(shown.err)["error"]["code"] == "roster.empty_file"


def test_what_was_known_may_be_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, HEADER + GOOD, "--known-on", "2026-02-01", "--json") == 0
    assert json.loads(capsys.readouterr().out)["provenance"]["known_on"] == "2026-02-01"
