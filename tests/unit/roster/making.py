"""Small spreadsheets for tests, written as programs write them; no test needs a file that it did not make, but for two
that cannot be made here (an old workbook, one with a password: see `files`)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl
import xlsxwriter

from ayni.roster.fields import FieldSpec, FieldType, Period, Setting, all_fields
from ayni.roster.mapping_file import parse_mapping
from ayni.roster.prepare import Prepared, prepare
from ayni.roster.sheet import Format, Sheet

FILES = Path(__file__).parent / "files"
ON = date(2026, 3, 1)
SETTING = Setting("CR", "CRC", 2, ON, {"cedula": "cr.cpf", "dimex": "cr.cr"})
ARGENTINA = Setting("AR", "ARS", 2, ON, {"cuil": "ar.cuit"})
STATUSES = ("employee", "employer", "own_account_worker", "cooperative_member", "unemployed", "inactive")

INPUTS = (
    FieldSpec("age", FieldType.INTEGER, minimum=Decimal(0), maximum=Decimal(130)),
    FieldSpec("employment_status", FieldType.ENUM, STATUSES),
    FieldSpec("is_full_time", FieldType.BOOLEAN),
    FieldSpec(
        "monthly_earnings",
        FieldType.MONEY,
        words={"en": "monthly pay", "es": "salario mensual"},
        minimum=Decimal(0),
        maximum=Decimal(10**10),
        period=Period.MONTH,
    ),
    FieldSpec("monthly_net_income", FieldType.MONEY, maximum=Decimal(10**10), period=Period.MONTH),
    FieldSpec("months_contributed", FieldType.INTEGER, minimum=Decimal(0), maximum=Decimal(1200)),
    FieldSpec("profit_share", FieldType.RATE, minimum=Decimal(0), maximum=Decimal(1)),
    FieldSpec("care_hours", FieldType.NUMBER, decimals=2),
)
SPECS = all_fields(INPUTS)

Cell = str | int | float | bool | date | None


def sheet_of(
    columns: Mapping[str, Sequence[str | None]],
    *,
    numeric: Iterable[str] = (),
    dates: Mapping[str, Sequence[date | None]] | None = None,
    first_row: int = 2,
) -> Sheet:
    """A sheet as a reader would give it, from its columns; `numeric` names columns whose cells are real numbers."""
    cells = pl.DataFrame({name: pl.Series(values, dtype=pl.String) for name, values in columns.items()})
    return Sheet(
        path="made.xlsx",
        format=Format.XLSX,
        name="Hoja1",
        columns=tuple(columns),
        cells=cells,
        rows=pl.Series("row", range(first_row, first_row + cells.height), dtype=pl.Int64),
        header_row=first_row - 1,
        numeric={name: cells[name].is_not_null() for name in numeric},
        dates={name: pl.Series(values, dtype=pl.Date) for name, values in (dates or {}).items()},
    )


def prepared(columns: Mapping[str, Sequence[str | None]], mapping: str, setting: Setting = SETTING) -> Prepared:
    """What becomes of columns under a mapping, given as the entries below `columns:`."""
    rules = parse_mapping(f"version: 1\ncolumns:\n{mapping}")
    return prepare(sheet_of(columns), rules, SPECS, setting)


def problems_of(result: Prepared) -> list[tuple[str, int | None, str | None]]:
    """Code, row and column of each problem."""
    return [(problem.code, problem.row, problem.column) for problem in result.problems]


def write_xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence[Cell]]], *, hidden: Iterable[str] = ()) -> Path:
    """A workbook with these sheets; dates are real dates."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"})
    book.set_properties({"created": datetime(2026, 1, 1)})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date) and not isinstance(cell, datetime):
                    sheet.write_datetime(number, column, datetime(cell.year, cell.month, cell.day))
                elif cell is not None:
                    sheet.write(number, column, cell)
    book.close()
    return path


_ODS_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in {"office": "office", "table": "table", "text": "text"}.items()
)


def write_ods(path: Path, rows: Sequence[Sequence[Cell]], *, is_encrypted: bool = False) -> Path:
    """The smallest OpenDocument spreadsheet that holds the rows."""
    body = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<office:document-content {_ODS_NAMES} office:version="1.3"><office:body>'
        f'<office:spreadsheet><table:table table:name="Hoja1">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest_names = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    secret = "<manifest:encryption-data/>" if is_encrypted else ""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest {manifest_names}>'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        f'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">{secret}'
        "</manifest:file-entry></manifest:manifest>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


def _ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    text = f"<text:p>{escape(cell)}</text:p>"
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'
