"""The files of a check: whole or not there, readable by other programs, the same every time."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from ayni.core.errors import AyniError
from ayni.roster.folder import PREFIX, written_together
from ayni.roster.mapping_file import dump_mapping
from ayni.roster.members import write_members
from ayni.roster.results import read_metadata, write_results
from tests.unit.roster.examined import HEADER, Examined, examine


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Examined:
    return examine(tmp_path_factory.mktemp("files") / "roster.csv")


def rows_of(path: Path, sheet: int) -> list[dict[str, object]]:
    """The rows of a sheet by the words of its header."""
    values = openpyxl.load_workbook(path).worksheets[sheet].iter_rows(values_only=True)
    header = [str(cell) for cell in next(values)]
    return [dict(zip(header, row, strict=True)) for row in values]


def test_the_workbook_has_a_row_a_person_and_scheme(people: Examined, tmp_path: Path) -> None:
    path = tmp_path / "members.xlsx"
    write_members(path, people.prepared, people.screening, people.texts("en"))
    rows = rows_of(path, 0)
    assert len(rows) == 9 * 7
    ana = next(row for row in rows if row["Name"] == "Ana Rojas" and row["Decision"] == "can join")
    assert ana["Insured person, CRC a month"] == 49_900
    assert ana["Insured pays, of income"] == 0.0998
    assert ana["Employer, CRC a month"] == "not applicable"
    assert "medical care" in str(ana["Branches opened"])
    bruno = next(row for row in rows if row["Name"] == "Bruno Paz" and row["Decision"] == "can join")
    assert bruno["Insured person, CRC a month"] == "unknown"
    luis = next(row for row in rows if row["Name"] == "Luis Mora" and row["Covered through family"] == "yes")
    assert luis["Through whom"] == "Ana Rojas"
    carla = next(row for row in rows if row["Name"] == "Carla Sol")
    assert carla["Decision"] == "no rules for this group in the pack"
    assert "Costa Rica" in str(carla["Reasons"])


def test_the_workbook_is_made_for_reading(people: Examined, tmp_path: Path) -> None:
    path = tmp_path / "members.xlsx"
    write_members(path, people.prepared, people.screening, people.texts("es"))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Personas", "Definiciones", "Problemas", "Regímenes"]
    first = book.worksheets[0]
    assert first.freeze_panes == "C2"
    assert first.auto_filter.ref is not None
    amounts = [cell for cell in first[2] if "CRC al mes" in str(first.cell(1, cell.column).value)]
    assert amounts
    money = next(cell for row in first.iter_rows(min_row=2) for cell in row if isinstance(cell.value, (int, float)) and
                 "CRC al mes" in str(first.cell(1, cell.column).value))  # fmt: skip
    assert money.number_format == '#,##0.00" CRC"'
    assert all(sheet.column_dimensions["A"].width for sheet in book.worksheets)


def test_text_of_the_roster_stays_text(tmp_path: Path) -> None:
    """A name that begins like a formula or an address is neither in the workbook."""
    header = "row,full_name,employment_status,monthly_net_income,cr_is_in_costa_rica"
    lines = (
        '1,"=HYPERLINK(""http://example.org"")",own_account_worker,500000,true\n2,http://example.org,employee,1,true\n'
    )
    found = examine(tmp_path / "roster.csv", lines, header)
    path = tmp_path / "members.xlsx"
    write_members(path, found.prepared, found.screening, found.texts("en"))
    sheet = openpyxl.load_workbook(path).worksheets[0]
    names = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in names} == {"s"}
    assert all(cell.hyperlink is None for cell in names)


def test_problems_stand_by_the_spreadsheets_row(tmp_path: Path) -> None:
    lines = (
        "1,H1,head,Ana,1980-13-40,own_account_worker,500000,,true,,,,\n2,H2,head,Eva,1980-01-01,employee,,-5,true,,,,\n"
    )
    found = examine(tmp_path / "roster.csv", lines, HEADER)
    path = tmp_path / "members.xlsx"
    write_members(path, found.prepared, found.screening, found.texts("en"))
    problems = rows_of(path, 2)
    assert [(row["Row in the roster"], row["Column"]) for row in problems] == [
        (2, "birth_date"),
        (3, "monthly_earnings"),
    ]
    assert all(row["What is wrong"] and row["What to do"] for row in problems)


def write(people: Examined, path: Path) -> None:
    write_results(path, people.screening, people.summary.provenance, dump_mapping(people.prepared.mapping))


def test_results_are_typed_and_say_with_what_they_were_made(people: Examined, tmp_path: Path) -> None:
    path = tmp_path / "results.parquet"
    write(people, path)
    table = pq.read_table(path)
    assert table.num_rows == 9 * 7
    kinds = {field.name: str(field.type) for field in table.schema}
    assert kinds["insured_minor"] == kinds["share_of_income"] == kinds["row_number"] == "int64"
    assert kinds["as_dependant"] == "bool"
    assert kinds["missing_inputs"] == "list<element: string>"
    assert set(table["scheme"].to_pylist()) >= {"cr.ccss_independent", "cr.ccss_rnc"}
    ana = next(
        row for row in table.to_pylist() if row["name"] == "Ana Rojas" and row["scheme"] == "cr.ccss_independent"
    )
    assert ana["insured_minor"] == 4_990_000
    assert ana["branches_opened"] == [
        *("medical_care", "sickness", "old_age", "maternity", "invalidity", "survivors"),
    ]
    made = read_metadata(path)
    assert made["pack_version"] == people.pack.version
    assert made["pack_hash"] == people.pack.content_hash
    assert made["on"] == "2026-03-01"
    assert made["engine"] == "duckdb"
    assert made["known_on"] is None
    assert {"inputs_sha256", "roster_sha256", "ayni_version", "mapping", "currency"} <= made.keys()


def test_the_same_check_gives_the_same_bytes(people: Examined, tmp_path: Path) -> None:
    again = examine(tmp_path / "roster.csv")
    for number, found in enumerate((people, again)):
        write(found, tmp_path / f"{number}.parquet")
        write_members(tmp_path / f"{number}.xlsx", found.prepared, found.screening, found.texts("en"))
    for kind in ("parquet", "xlsx"):
        assert (tmp_path / f"0.{kind}").read_bytes() == (tmp_path / f"1.{kind}").read_bytes()


def test_nothing_is_replaced_when_something_fails(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "report.html").write_text("old", encoding="utf-8")

    def write_half() -> None:
        with written_together(folder) as place:
            (place / "report.html").write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert [path.name for path in folder.iterdir()] == ["report.html"]
    assert (folder / "report.html").read_text(encoding="utf-8") == "old"


def test_files_are_moved_in_whole(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "out"
    with written_together(folder) as place:
        (place / "a").write_text("1", encoding="utf-8")
        assert not (folder / "a").exists()
        (place / "b").write_text("2", encoding="utf-8")
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b"]


def test_what_a_killed_run_left_is_removed_and_a_running_one_is_not(tmp_path: Path) -> None:
    gone, running = tmp_path / f"{PREFIX}999999999-x", tmp_path / f"{PREFIX}{os.getpid()}-y"
    for left in (gone, running):
        left.mkdir()
    with written_together(tmp_path):
        pass
    assert not gone.exists()
    assert running.exists()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    taken = tmp_path / "out"
    taken.write_text("x", encoding="utf-8")
    with pytest.raises(AyniError, match="is a file"), written_together(taken):
        pass
    assert taken.read_text(encoding="utf-8") == "x"
