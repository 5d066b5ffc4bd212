"""Workbooks: xlsx, xls and ods, read cell by cell with the type that each cell has.

What a workbook holds as a number or a date is taken as such and never guessed again from its looks. A formula counts as
the value that was last computed; an error value (#N/A) is read as an empty cell.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice

import polars as pl
import python_calamine as calamine

from ayni.core.errors import AyniError, Location
from ayni.core.progress import Progress
from ayni.roster import catalogue
from ayni.roster.layout import header_from, repeated_names
from ayni.roster.sheet import Limits, Remark, Sheet
from ayni.roster.sniff import Source
from ayni.roster.workbook_trial import survives

BATCH_ROWS = 65_536
# Calamine gives these; a cell without content is "".
Cell = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True)
class _Column:
    """A column, or a batch of one: its text, which cells are numbers, and its real dates (None where it has none)."""

    text: pl.Series
    numeric: pl.Series | None
    dates: pl.Series | None


def read_workbook(source: Source, *, sheet: str | None, limits: Limits, language: str, progress: Progress) -> Sheet:
    """Read one sheet of a workbook. Raises AyniError: roster.encrypted, broken_workbook, reaches_too_far, empty_file,
    header_only, several_sheets, unknown_sheet, duplicate_columns, too_large."""
    location = Location(source.given)
    progress("opening", 0)
    if not survives(str(source.path), sheet):
        raise catalogue.refusal("roster.reaches_too_far", language, location, suffix=source.path.suffix)
    try:
        with calamine.CalamineWorkbook.from_path(str(source.path)) as book:
            chosen, remarks = _choose(book, sheet, location, language)
            return _read(source, chosen, remarks, limits, language, progress)
    except calamine.PasswordError as error:
        raise catalogue.refusal("roster.encrypted", language, location) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise _broken(source, location, language, str(error)) from error


def _broken(source: Source, location: Location, language: str, reason: str) -> AyniError:
    return catalogue.refusal("roster.broken_workbook", language, location, suffix=source.path.suffix, reason=reason)


def _choose(
    book: calamine.CalamineWorkbook, wanted: str | None, location: Location, language: str
) -> tuple[calamine.CalamineSheet, list[Remark]]:
    """The sheet that was asked for, or the only visible one that holds a table."""
    tables = [item for item in book.sheets_metadata if item.typ == calamine.SheetTypeEnum.WorkSheet]
    if wanted is not None:
        for item in tables:
            if item.name.strip() == wanted.strip():
                return book.get_sheet_by_name(item.name), []
        names = ", ".join(f"«{item.name}»" for item in tables)
        raise catalogue.refusal("roster.unknown_sheet", language, location, wanted=wanted, names=names)
    visible = [item.name for item in tables if item.visible == calamine.SheetVisibleEnum.Visible]
    filled = [opened for opened in map(book.get_sheet_by_name, visible) if opened.start is not None]
    if not filled:
        raise catalogue.refusal("roster.empty_file", language, location)
    # A sheet with one row is a title or a note, unless there is nothing else.
    filled = [opened for opened in filled if opened.height > 1] or filled
    if len(filled) > 1:
        names = ", ".join(f"«{item.name}» ({item.height - 1})" for item in filled)
        example = f'--sheet "{filled[0].name}"'
        raise catalogue.refusal("roster.several_sheets", language, location, names=names, example=example)
    others = [item.name for item in tables if item.name != filled[0].name]
    remark = Remark("other_sheets", {"names": ", ".join(f"«{name}»" for name in others)})
    return filled[0], [remark] if others else []


def _read(
    source: Source,
    sheet: calamine.CalamineSheet,
    remarks: list[Remark],
    limits: Limits,
    language: str,
    progress: Progress,
) -> Sheet:
    location = Location(source.given, key=sheet.name)
    if sheet.start is None:
        raise catalogue.refusal("roster.empty_file", language, location)
    if sheet.height - 1 > limits.rows or sheet.width > limits.columns:
        found = f"{sheet.height - 1:,} × {sheet.width:,}"
        limit = f"{limits.rows:,} × {limits.columns:,}"
        raise catalogue.refusal("roster.too_large", language, location, found=found, limit=limit)
    offset = sheet.start[1]
    rows = iter(sheet.iter_rows())
    header_row, first = _first_row(rows)
    if first is None:
        raise catalogue.refusal("roster.empty_file", language, location)
    names = [_text(cell) for cell in first]
    batches: list[list[_Column]] = []
    numbers: list[int] = []
    number = header_row
    while batch := list(islice(rows, BATCH_ROWS)):
        kept = [(number + place, row) for place, row in enumerate(batch, start=1) if _is_filled(row)]
        number += len(batch)
        numbers.extend(place for place, _ in kept)
        columns = zip(*(row for _, row in kept), strict=True) if kept else [()] * len(names)
        batches.append([_column(values) for values in columns])
        progress("reading", number, sheet.total_height)
    if not numbers:
        raise catalogue.refusal("roster.header_only", language, location, row=header_row)
    blank = numbers[-1] - header_row - len(numbers)
    if blank:
        remarks = [*remarks, Remark("blank_rows", {"count": blank})]
    return _sheet(source, sheet.name, names, offset, batches, numbers, header_row, remarks, language)


def _first_row(rows: abc.Iterator[list[Cell]]) -> tuple[int, list[Cell] | None]:
    """The first row that is not blank, with its number."""
    number = 0
    for number, row in enumerate(rows, start=1):
        if _is_filled(row):
            return number, row
    return number, None


def _is_filled(row: abc.Sequence[Cell]) -> bool:
    """Whether a row has a cell that is not blank. The first cell with something in it settles nearly every row."""
    first = next(filter(None, row), "")
    if type(first) is str and not first.strip():
        return any(type(cell) is not str or cell.strip() for cell in row)
    return True


def _sheet(
    source: Source,
    name: str,
    names: list[str],
    offset: int,
    batches: list[list[_Column]],
    numbers: list[int],
    header_row: int,
    remarks: list[Remark],
    language: str,
) -> Sheet:
    """The batches put together under the names of the header."""
    columns = [_joined([batch[place] for batch in batches]) for place in range(len(names))]
    # The sheet may start right of column A; letters are those of the spreadsheet.
    padding = [""] * offset
    header = header_from(
        padding + names,
        lambda place: place >= offset and columns[place - offset].text.null_count() < len(numbers),
    )
    error = repeated_names(header, Location(source.given, key=name), language)
    if error is not None:
        raise error
    kept = {title: columns[place - offset] for title, place in zip(header.names, header.positions, strict=True)}
    return Sheet(
        path=source.given,
        format=source.format,
        name=name,
        columns=header.names,
        cells=pl.DataFrame([column.text.alias(title) for title, column in kept.items()]),
        rows=pl.Series("row", numbers, dtype=pl.Int64),
        header_row=header_row,
        numeric={title: column.numeric for title, column in kept.items() if column.numeric is not None},
        dates={title: column.dates for title, column in kept.items() if column.dates is not None},
        remarks=tuple(remarks),
    )


def _joined(parts: list[_Column]) -> _Column:
    """The batches of one column as one; a batch without numbers or dates counts as having none."""

    def whole(series: list[pl.Series | None], blank: pl.Series) -> pl.Series | None:
        if all(part is None for part in series):
            return None
        sizes = [len(part.text) for part in parts]
        filled = [blank.new_from_index(0, n) if part is None else part for part, n in zip(series, sizes, strict=True)]
        return pl.concat(filled, rechunk=True)

    return _Column(
        pl.concat([part.text for part in parts], rechunk=True),
        whole([part.numeric for part in parts], pl.Series([False])),
        whole([part.dates for part in parts], pl.Series([None], dtype=pl.Date)),
    )


def _column(values: abc.Sequence[Cell]) -> _Column:
    """A batch of cells. The common cases, all text and all numbers, do not look at cells one by one."""
    kinds = set(map(type, values))
    if kinds <= {str}:
        text = pl.Series(values, dtype=pl.String)
        return _Column(_without_empty(text), None, None)
    if kinds <= {float}:
        numbers = pl.Series(values, dtype=pl.Float64)
        return _Column(decimal_text(numbers), pl.Series([True]).new_from_index(0, len(values)), None)
    if kinds <= {date, str}:
        return _column_of_dates(values)
    numeric = dates = None
    text = pl.Series([cell if type(cell) is str else _text_unless_float(cell) for cell in values], dtype=pl.String)
    if kinds & {float, int}:
        numbers = pl.Series([_number(cell) for cell in values], dtype=pl.Float64)
        numeric = numbers.is_not_null()
        text = decimal_text(numbers).zip_with(numeric, text)
    if kinds & {date, datetime}:
        dates = pl.Series([_day(cell) for cell in values], dtype=pl.Date)
    return _Column(_without_empty(text), numeric, dates)


def _column_of_dates(values: abc.Sequence[Cell]) -> _Column:
    """Real dates, perhaps with empty cells and text among them."""
    dates = pl.Series([cell if type(cell) is date else None for cell in values], dtype=pl.Date)
    text = pl.Series([cell if type(cell) is str else None for cell in values], dtype=pl.String)
    return _Column(_without_empty(dates.dt.strftime("%Y-%m-%d").zip_with(dates.is_not_null(), text)), None, dates)


def _without_empty(text: pl.Series) -> pl.Series:
    return text.set(text == "", None)


def _day(cell: Cell) -> date | None:
    """The date of a cell; the time of day, where there is one, is dropped."""
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else None


def _number(cell: Cell) -> float | None:
    """The number in a cell; true and false are none."""
    return float(cell) if isinstance(cell, (float, int)) and not isinstance(cell, bool) else None


def _text_unless_float(cell: Cell) -> str | None:
    return None if type(cell) in (float, int) else _text(cell)


def _text(cell: Cell) -> str:
    """A cell as text: ISO for dates, plain digits for numbers, `true` and `false`."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float)):
        return plain_number(float(cell))
    if isinstance(cell, datetime) and cell.time() == time(0):
        return cell.date().isoformat()
    if isinstance(cell, (date, datetime, time)):
        return cell.isoformat()
    return str(cell)


def decimal_text(numbers: pl.Series) -> pl.Series:
    """Floating-point cells as plain decimal text with the fifteen digits that a spreadsheet keeps."""
    whole = (numbers == numbers.round(0)) & (numbers.abs() < 1e15)
    integers = numbers.set(~whole, None).cast(pl.Int64, strict=False).cast(pl.String)
    if (whole | numbers.is_null()).all():
        return integers
    others = [None if number is None else plain_number(number) for number in numbers.set(whole, None)]
    return integers.zip_with(whole.fill_null(value=True), pl.Series(others, dtype=pl.String))


def plain_number(number: float) -> str:
    """One number without an exponent: 0.1 + 0.2 is 0.3, as the spreadsheet shows it."""
    text = f"{number:.15g}"
    return format(Decimal(text), "f") if "e" in text else text
