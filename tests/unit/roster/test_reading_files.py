"""Every kind of file gives the same table; what cannot be read is refused with a code and the one thing to do."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from ayni.core.errors import AyniError
from ayni.roster.read import read_sheet
from ayni.roster.sheet import Format, Limits
from ayni.roster.workbook_trial import REFUSED, read_all
from tests.unit.roster.making import FILES, write_ods, write_xlsx

HEADER = ["Cédula", "Fecha de nacimiento", "Salario"]
ROWS = [HEADER, ["1-0613-0584", date(1980, 3, 4), 1234.5], ["2-0345-0678", None, 350000]]


def read(path: Path, **options: object) -> dict[str, list[str | None]]:
    """The cells of a file by column."""
    return read_sheet(path, **options).cells.to_dict(as_series=False)  # type: ignore[arg-type]


CELLS = {
    "Cédula": ["1-0613-0584", "2-0345-0678"],
    "Fecha de nacimiento": ["1980-03-04", None],
    "Salario": ["1234.5", "350000"],
}


def test_xlsx(tmp_path: Path) -> None:
    sheet = read_sheet(write_xlsx(tmp_path / "socios.xlsx", {"Socios": ROWS}))
    assert sheet.cells.to_dict(as_series=False) == CELLS
    assert (sheet.format, sheet.name, sheet.header_row) == (Format.XLSX, "Socios", 1)
    assert sheet.rows.to_list() == [2, 3]
    assert sheet.dates["Fecha de nacimiento"].to_list() == [date(1980, 3, 4), None]
    assert sheet.numeric["Salario"].to_list() == [True, True]
    assert "Cédula" not in sheet.numeric


def test_ods(tmp_path: Path) -> None:
    sheet = read_sheet(write_ods(tmp_path / "socios.ods", ROWS))
    assert sheet.cells.to_dict(as_series=False) == CELLS
    assert sheet.dates["Fecha de nacimiento"].to_list() == [date(1980, 3, 4), None]


def test_xls() -> None:
    sheet = read_sheet(FILES / "old.xls")
    assert sheet.format is Format.XLS
    assert sheet.cells.to_dict(as_series=False) == {name: cells[:1] for name, cells in CELLS.items()}
    assert sheet.dates["Fecha de nacimiento"].to_list() == [date(1980, 3, 4)]


def test_parquet(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "name": ["Ana", None],
            "born": [date(1980, 3, 4), None],
            "pay": pl.Series(["1234.50", None]).cast(pl.Decimal(12, 2)),
            "months": [3, 4],
            "share": [0.1, float("nan")],
            "tags": [["a"], []],
        }
    )
    frame.write_parquet(tmp_path / "m.parquet")
    sheet = read_sheet(tmp_path / "m.parquet")
    assert sheet.cells.to_dict(as_series=False) == {
        "name": ["Ana", None],
        "born": ["1980-03-04", None],
        "pay": ["1234.50", None],
        "months": ["3", "4"],
        "share": ["0.1", None],
    }
    assert sheet.rows.to_list() == [2, 3]
    assert [remark.code for remark in sheet.remarks] == ["nested_columns"]


@pytest.mark.parametrize(
    ("ending", "delimiter"), [(".csv", ","), (".csv", ";"), (".tsv", "\t"), (".txt", "|"), (".csv", "\t")]
)
def test_text_with_any_delimiter(tmp_path: Path, ending: str, delimiter: str) -> None:
    path = tmp_path / f"socios{ending}"
    rows = [delimiter.join(row) for row in (HEADER, ["1-0613-0584", "04/03/1980", "1234.5"])]
    path.write_text("\r\n".join(rows), encoding="utf-8")
    sheet = read_sheet(path)
    assert (sheet.columns, sheet.delimiter, sheet.encoding) == (tuple(HEADER), delimiter, "utf-8")
    assert sheet.cells.row(0) == ("1-0613-0584", "04/03/1980", "1234.5")


# --- where the rows are ---------------------------------------------------------------------------------------------


def test_row_numbers_are_those_of_the_spreadsheet(tmp_path: Path) -> None:
    rows = [[], ["", "Nombre", "Edad"], ["", "Ana", 30], [], ["", "  ", None], ["", "Luis", 0]]
    sheet = read_sheet(write_xlsx(tmp_path / "m.xlsx", {"A": rows}))
    assert sheet.header_row == 2
    assert sheet.rows.to_list() == [3, 6]
    assert sheet.cells.to_dict(as_series=False) == {"Nombre": ["Ana", "Luis"], "Edad": ["30", "0"]}
    assert sheet.remarks[0].text("es") == "Se omitieron 2 filas en blanco."


def test_a_cell_with_line_breaks_is_one_row_and_a_blank_line_is_a_row(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text('name,note\nAna,"one\ntwo"\n\n,\nLuis,x\n\n\n', encoding="utf-8")
    sheet = read_sheet(path)
    assert sheet.rows.to_list() == [2, 5]
    assert sheet.cells["note"].to_list() == ["one\ntwo", "x"]


def test_the_line_that_names_the_separator_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("sep=|\r\nname|pay\r\nAna|1;2\r\n", encoding="utf-8")
    sheet = read_sheet(path)
    assert (sheet.delimiter, sheet.rows.to_list(), sheet.cells.row(0)) == ("|", [2], ("Ana", "1;2"))


def test_a_column_without_a_name_is_called_by_its_letter(tmp_path: Path) -> None:
    sheet = read_sheet(write_xlsx(tmp_path / "m.xlsx", {"A": [["", "Nombre", "", ""], ["", "Ana", "x", ""]]}))
    assert sheet.columns == ("Nombre", "(C)")


def test_line_breaks_in_a_header_are_spaces(tmp_path: Path) -> None:
    sheet = read_sheet(write_xlsx(tmp_path / "m.xlsx", {"A": [["Fecha  de\nnacimiento ", "b"], ["x", "y"]]}))
    assert sheet.columns == ("Fecha de nacimiento", "b")


def test_a_short_row_has_empty_cells_and_a_long_one_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("name,pay\nAna\nLuis,1\nEva,1.234,56\nRosa,2,\n" + "Mia,3\n" * 6, encoding="utf-8")
    sheet = read_sheet(path)
    assert sheet.cells.head(3).rows() == [("Ana", None), ("Luis", "1"), ("Eva", "1.234")]
    assert sheet.misfits == {4: 3}


def test_values_of_a_workbook_are_plain_text(tmp_path: Path) -> None:
    cells = [0.1 + 0.2, 1e21, 1e-7, True, -0.0, 123456789012345, 1e15]
    sheet = read_sheet(write_xlsx(tmp_path / "m.xlsx", {"A": [["x", "y"], *([cell, "z"] for cell in cells)]}))
    assert sheet.cells["x"].to_list() == [
        "0.3",
        "1000000000000000000000",
        "0.0000001",
        "true",
        "0",
        "123456789012345",
        "1000000000000000",
    ]
    assert sheet.numeric["x"].to_list() == [True, True, True, False, True, True, True]


def test_a_column_of_every_kind_of_cell(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "m.xlsx")
    sheet = book.add_worksheet()
    shown = {
        name: book.add_format({"num_format": name}) for name in ("dd/mm/yyyy", "dd/mm/yyyy hh:mm", "hh:mm", "[h]:mm")
    }
    sheet.write_row(0, 0, ["x", "y"])
    sheet.write(1, 0, 29284, shown["dd/mm/yyyy"])
    sheet.write(2, 0, 29284.5, shown["dd/mm/yyyy hh:mm"])
    sheet.write(3, 0, 0.5, shown["hh:mm"])
    sheet.write(4, 0, 1.5, shown["[h]:mm"])
    sheet.write_column(5, 0, [False, 12.5, "text"])
    sheet.write_formula(8, 0, "=1/0", None, "#DIV/0!")
    sheet.write_column(1, 1, ["a"] * 8)
    book.close()
    read_ = read_sheet(tmp_path / "m.xlsx")
    day = date(1980, 3, 4)
    assert read_.cells["x"].to_list() == [
        *("1980-03-04", "1980-03-04T12:00:00", "12:00:00", "1 day, 12:00:00", "false", "12.5", "text"),
        None,
    ]
    assert read_.dates["x"].to_list() == [day, day, *[None] * 6]
    assert read_.numeric["x"].to_list() == [False] * 5 + [True, False, False]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_batches_are_put_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    monkeypatch.setattr("ayni.roster.delimited.BATCH_ROWS", 3)
    monkeypatch.setattr("ayni.roster.workbook.BATCH_ROWS", 3)
    rows = [["name", "pay", "born"], *([f"p{place}", place or "", None] for place in range(10))]
    rows[5][2] = date(1980, 3, 4)
    path = tmp_path / f"m.{ending}"
    if ending == "csv":
        path.write_text("\n".join(",".join(str(cell or "") for cell in row) for row in rows), encoding="utf-8")
    else:
        write_xlsx(path, {"A": rows})
    steps: list[tuple[str, int]] = []
    sheet = read_sheet(path, progress=lambda step, done, total=None: steps.append((step, done)))
    assert sheet.rows.to_list() == list(range(2, 12))
    assert sheet.cells["pay"].to_list() == [None, *map(str, range(1, 10))]
    assert sheet.cells["born"].to_list() == [None] * 4 + ["1980-03-04"] + [None] * 5
    assert ("reading", 10 if ending == "csv" else 11) in steps
    if ending == "xlsx":
        assert sheet.numeric["pay"].to_list() == [False] + [True] * 9
        assert sheet.dates["born"].null_count() == 9


def test_the_trial_of_a_workbook(tmp_path: Path) -> None:
    assert read_all(str(write_xlsx(tmp_path / "m.xlsx", {"A": ROWS})), None) == 0
    assert read_all(str(tmp_path / "m.xlsx"), "A") == 0
    assert read_all(str(FILES / "password.xlsx"), None) == REFUSED


def test_only_the_visible_sheet_with_a_table_counts(tmp_path: Path) -> None:
    sheets = {"Léame": [["Practice"]], "Socios": ROWS, "Listas": ROWS, "Vacía": []}
    sheet = read_sheet(write_xlsx(tmp_path / "m.xlsx", sheets, hidden=["Listas"]))
    assert sheet.name == "Socios"
    assert [remark.code for remark in sheet.remarks] == ["other_sheets"]
    assert read_sheet(tmp_path / "m.xlsx", sheet="Listas").name == "Listas"


# --- refusals -------------------------------------------------------------------------------------------------------


def refusal(path: str | Path, **options: object) -> AyniError:
    with pytest.raises(AyniError) as caught:
        read_sheet(path, **options)  # type: ignore[arg-type]
    error = caught.value
    assert error.found
    assert error.expected
    assert error.action
    assert error.location is not None
    return error


REFUSED_BYTES = [
    ("empty.csv", b"", "roster.empty_file"),
    ("blank.csv", b" \n ,, \n", "roster.empty_file"),
    ("empty.xlsx", b"", "roster.empty_file"),
    ("header.csv", b"name,pay\n", "roster.header_only"),
    ("header.csv", b"name,pay\n,\n \n", "roster.header_only"),
    ("text.xlsx", b"name,pay\nAna,1\n", "roster.wrong_type"),
    ("page.xls", b"<html><table><tr><td>1</td></tr></table></html>", "roster.wrong_type"),
    ("book.csv", b"%PDF-1.7 ...", "roster.wrong_type"),
    ("book.csv", b"\x00\x01\x02\x03binary", "roster.wrong_type"),
    ("cut.xlsx", b"PK\x03\x04 cut off here", "roster.broken_workbook"),
    ("cut.parquet", b"PAR1 cut off here", "roster.broken_workbook"),
    ("photo.jpg", b"\xff\xd8\xff", "roster.unknown_type"),
    ("noending", b"a,b\n1,2\n", "roster.unknown_type"),
    ("twice.csv", b"name,pay,name\nAna,1,Eva\n", "roster.duplicate_columns"),
    ("quote.csv", b'name,pay\n"Ana,1\nLuis,2\n', "roster.unclosed_quote"),
    ("quotes.csv", b'name,pay,x\n"Ana,1,2\nLuis,2,2\nEva",3,4\n', "roster.unclosed_quote"),
    ("decimals.csv", b"name,pay\nAna,1,50\nLuis,2,50\nEva,3,50\n", "roster.ragged"),
]


@pytest.mark.parametrize(("name", "content", "code"), REFUSED_BYTES)
def test_bytes_that_are_no_roster(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path / name).code == code


def test_what_is_not_there_or_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nothing.xlsx").code == "roster.not_found"
    assert refusal(tmp_path).code == "roster.not_a_file"


def test_passwords(tmp_path: Path) -> None:
    assert refusal(FILES / "password.xlsx").code == "roster.encrypted"
    assert refusal(write_ods(tmp_path / "m.ods", ROWS, is_encrypted=True)).code == "roster.encrypted"


def test_a_workbook_under_another_name_is_told_its_own(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "m.xlsx", {"A": ROWS}).rename(tmp_path / "m.csv")
    error = refusal(tmp_path / "m.csv")
    assert error.code == "roster.wrong_type"
    assert "m.xlsx" in str(error.action)


def test_a_document_of_another_kind(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "letter.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(tmp_path / "letter.xlsx").code == "roster.wrong_type"
    with zipfile.ZipFile(tmp_path / "all.xlsx", "w") as archive:
        archive.writestr("members.csv", "a,b")
    assert refusal(tmp_path / "all.xlsx").code == "roster.wrong_type"


def test_several_sheets_are_asked_about_with_the_flag(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "m.xlsx", {"Enero": ROWS, "Febrero": ROWS})
    error = refusal(path, language="es")
    assert error.code == "roster.several_sheets"
    assert "«Enero» (2), «Febrero» (2)" in str(error.found)
    assert "--sheet" in str(error.action)
    assert read_sheet(path, sheet="Febrero").name == "Febrero"
    assert refusal(path, sheet="Marzo").code == "roster.unknown_sheet"


def test_a_stray_value_in_the_last_cell_ends_no_process(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "m.xlsx")
    sheet = book.add_worksheet()
    for row, column, value in ((0, 0, "name"), (1, 0, "Ana"), (1_048_575, 16_383, "x")):
        sheet.write(row, column, value)
    book.close()
    error = refusal(tmp_path / "m.xlsx")
    assert error.code == "roster.reaches_too_far"
    assert "Ctrl+End" in str(error.action)


def test_empty_workbooks(tmp_path: Path) -> None:
    assert refusal(write_xlsx(tmp_path / "a.xlsx", {"A": []})).code == "roster.empty_file"
    assert refusal(write_xlsx(tmp_path / "b.xlsx", {"A": [HEADER]})).code == "roster.header_only"
    assert refusal(write_xlsx(tmp_path / "c.xlsx", {"A": [["a", "a"], [1, 2]]})).code == "roster.duplicate_columns"


@pytest.mark.parametrize("limits", [Limits(rows=1), Limits(columns=2), Limits(bytes=10), Limits(unpacked_bytes=100)])
def test_too_large(tmp_path: Path, limits: Limits) -> None:
    path = write_xlsx(tmp_path / "m.xlsx", {"A": ROWS})
    assert refusal(path, limits=limits).code == "roster.too_large"
    if limits.unpacked_bytes == 100:
        return
    text = tmp_path / "m.csv"
    text.write_text("a,b,c\n1,2,3\n4,5,6\n")
    assert refusal(text, limits=limits).code == "roster.too_large"
    if limits.bytes > 10:
        pl.DataFrame({"a": [1, 2], "b": [1, 2], "c": [1, 2]}).write_parquet(tmp_path / "m.parquet")
        assert refusal(tmp_path / "m.parquet", limits=limits).code == "roster.too_large"


def test_parquet_without_rows_or_columns(tmp_path: Path) -> None:
    pl.DataFrame({"a": []}, schema={"a": pl.String}).write_parquet(tmp_path / "m.parquet")
    assert refusal(tmp_path / "m.parquet").code == "roster.header_only"


def test_refusals_speak_spanish(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_bytes(b"")
    assert refusal(tmp_path / "m.csv", language="es-CR").title == "El archivo está vacío."
    assert refusal(tmp_path / "m.csv", language="xx").title == "The file is empty."
