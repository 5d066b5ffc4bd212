"""Practice lists as files: what a spreadsheet program would have written, and the same bytes each time."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from ayni.core.errors import AyniError
from ayni.roster.practice import practice_roster
from ayni.roster.practice.__main__ import main
from ayni.roster.practice.write import NOTICE, csv_bytes, write_roster


def test_csv_has_decimal_commas_and_semicolons() -> None:
    table = practice_roster("AR", members=30, seed=5, mistakes="0").table
    rows = list(csv.reader(io.StringIO(csv_bytes(table, decimal_comma=True).decode("utf-8-sig")), delimiter=";"))
    assert tuple(rows[0]) == table.headers
    assert len(rows) == len(table.rows) + 1
    place = table.headers.index("Facturación últimos 12 meses")
    sums = [row[place] for row in rows[1:] if row[place]]
    assert sums
    assert all("," in text and "." not in text for text in sums)
    birth = rows[1][table.headers.index("Fecha de nacimiento")]
    assert datetime.strptime(birth, "%d/%m/%Y").date() == table.rows[0][table.headers.index("Fecha de nacimiento")]


def test_csv_in_the_encoding_of_older_programs() -> None:
    table = practice_roster("AR", members=30, seed=5).table
    assert csv_bytes(table, encoding="cp1252").decode("cp1252") == csv_bytes(table).decode("utf-8-sig")


def test_xlsx_keeps_days_as_days_and_numbers_as_numbers(tmp_path: Path) -> None:
    table = practice_roster("CR", members=40, seed=5).table
    write_roster(table, tmp_path / "roster.xlsx")
    book = openpyxl.load_workbook(tmp_path / "roster.xlsx")
    assert book.worksheets[1].cell(1, 1).value == NOTICE["es"]
    read = list(book.worksheets[0].iter_rows(values_only=True))
    assert read[0] == table.headers
    for row, cells in zip(read[1:], table.rows, strict=True):
        days = tuple(cell.date() if isinstance(cell, datetime) else cell for cell in row)
        assert days == cells
    assert any(isinstance(cell, date) for cell in table.rows[0])


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_command_writes_the_same_bytes_again(
    tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        assert main(["AR", "--members", "12", "--seed", "9", "--out", str(tmp_path / f"{name}.{ending}")]) == 0
    assert (tmp_path / f"one.{ending}").read_bytes() == (tmp_path / f"two.{ending}").read_bytes()
    assert "12 of them members" in capsys.readouterr().out


def test_another_ending_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AyniError) as refused:
        write_roster(practice_roster("CR", members=2, seed=1).table, tmp_path / "roster.doc")
    assert refused.value.code == "practice.unknown_format"
    assert main(["CR", "--members", "2", "--out", str(tmp_path / "roster.doc")]) == 10
    assert "roster.xlsx" in capsys.readouterr().err
