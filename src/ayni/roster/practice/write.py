"""Practice lists as files: xlsx and csv, the same bytes for the same list.

A csv is written as spreadsheet programs of the place do it: semicolon and decimal comma for Argentina. UTF-8 with a
byte order mark, which every spreadsheet program opens rightly, unless another encoding is asked for.
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from ayni.core.errors import AyniError
from ayni.roster.practice.columns import Cell, Table

SHEET_NAMES = {"es": ("Padrón", "Léame"), "en": ("Roster", "Read me")}
NOTICE = {
    "es": "DATOS DE PRÁCTICA. Ninguna de estas personas existe; los números de documento no fueron dados a nadie.",
    "en": "PRACTICE DATA. None of these people exists; the identity numbers were given to nobody.",
}
# A fixed day of making keeps the file's bytes the same.
_MADE_ON = datetime(2026, 1, 1)  # noqa: DTZ001 - xlsx keeps no time zone


def write_roster(table: Table, path: Path, *, decimal_comma: bool = False, encoding: str = "utf-8-sig") -> None:
    """Write the list to `path`, whose ending says how. Raises AyniError for any other ending than .xlsx or .csv."""
    ending = path.suffix.lower()
    if ending == ".xlsx":
        _write_xlsx(table, path)
    elif ending == ".csv":
        path.write_bytes(csv_bytes(table, decimal_comma=decimal_comma, encoding=encoding))
    else:
        raise AyniError(
            "practice.unknown_format",
            "A practice list is written as xlsx or csv",
            found=ending or "no ending",
            expected=".xlsx or .csv",
            action=f"Name the file {path.stem}.xlsx or {path.stem}.csv.",
        )


def csv_bytes(table: Table, *, decimal_comma: bool = False, encoding: str = "utf-8-sig") -> bytes:
    """The list as csv; with `decimal_comma`, semicolons stand between the cells, as they do where the comma is
    taken.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if decimal_comma else ",", lineterminator="\r\n")
    writer.writerow(table.headers)
    writer.writerows([_text(cell, decimal_comma) for cell in row] for row in table.rows)
    return out.getvalue().encode(encoding)


def _text(cell: Cell, decimal_comma: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return f"{cell:%d/%m}/{cell.year:04d}"
    if isinstance(cell, Decimal):
        plain = f"{cell:.2f}"
        return plain.replace(".", ",") if decimal_comma else plain
    return str(cell)


def _write_xlsx(table: Table, path: Path) -> None:
    sheet_name, notice_name = SHEET_NAMES[table.language]
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"})
    book.set_properties({"title": NOTICE[table.language], "created": _MADE_ON})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(sheet_name)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, table.headers, bold)
    sheet.autofilter(0, 0, len(table.rows), len(table.headers) - 1)
    for column, header in enumerate(table.headers):
        sheet.set_column(column, column, max(11, len(header) + 3))
    for number, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            _write_cell(sheet, number, column, cell)
    book.add_worksheet(notice_name).write_string(0, 0, NOTICE[table.language])
    book.close()


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell) -> None:
    if cell is None:
        return
    if isinstance(cell, date):
        # A spreadsheet counts days as numbers; the day itself is what a clerk would have typed.
        sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day))  # noqa: DTZ001
    elif isinstance(cell, int | Decimal):
        sheet.write_number(row, column, cell)
    else:
        sheet.write_string(row, column, cell)
