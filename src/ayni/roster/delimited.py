"""Text files: comma, semicolon, tab or bar between the cells, in the encodings that spreadsheets write.

Rows are numbered as a spreadsheet numbers them when it opens the file: a cell with line breaks is one row, a blank line
is a row, the first line `sep=;` is none. A row with more cells than the header has been cut wrongly (a comma inside an
amount, say), so its number is kept and its cells are not believed.
"""

from __future__ import annotations

import csv
import io
import re
from collections import abc
from dataclasses import dataclass, field

import polars as pl

from ayni.core.errors import Location
from ayni.core.progress import Progress
from ayni.roster import catalogue
from ayni.roster.layout import Header, header_from, repeated_names
from ayni.roster.sheet import Format, Limits, Remark, Sheet
from ayni.roster.sniff import Source
from ayni.roster.text_encoding import SAMPLE_BYTES, detect_delimiter, detect_encoding

BATCH_ROWS = 65_536
MISFITS_SHARE_MAX = 0.2
_SEPARATOR_LINE = re.compile(r"^\ufeff?sep=(.)\r?\n", re.IGNORECASE)
_END = "\x00end of file\x00"


@dataclass
class _Rows:
    """What has been collected so far: columns in batches, and the row number of each row."""

    batches: list[pl.DataFrame] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    misfits: dict[int, int] = field(default_factory=dict)
    blank: int = 0


def read_delimited(
    source: Source, *, encoding: str | None, delimiter: str | None, limits: Limits, language: str, progress: Progress
) -> Sheet:
    """Read a text file. Raises AyniError: roster.encoding, empty_file, header_only, duplicate_columns, unclosed_quote,
    ragged, too_large."""
    text, encoding = _decode(source, encoding, language)
    separator = _SEPARATOR_LINE.match(text)
    if separator:
        text = text[separator.end() :]
        delimiter = delimiter or separator.group(1)
    text = text.removeprefix("\ufeff")
    if delimiter is None:
        delimiter = "\t" if source.format is Format.TSV else detect_delimiter(text[:SAMPLE_BYTES])
    header_row, first, rows = _open_rows(source, text, delimiter or ",", language)
    collected = _collect(source, first, rows, header_row, delimiter or ",", limits, language, progress)
    frame, header = _columns(source, first, collected, language)
    remarks = [Remark("blank_rows", {"count": collected.blank})] if collected.blank else []
    if "\ufffd" in text:
        remarks.append(Remark("lost_letters", {"count": text.count("\ufffd")}))
    return Sheet(
        path=source.given,
        format=source.format,
        name=None,
        columns=header.names,
        cells=frame,
        rows=pl.Series("row", collected.numbers, dtype=pl.Int64),
        header_row=header_row,
        misfits=collected.misfits,
        encoding=encoding,
        delimiter=delimiter,
        remarks=tuple(remarks),
    )


def _decode(source: Source, encoding: str | None, language: str) -> tuple[str, str]:
    data = source.path.read_bytes()
    name = encoding or detect_encoding(data)
    try:
        return data.decode(name), name
    except (UnicodeDecodeError, LookupError) as error:
        location = Location(source.given)
        raise catalogue.refusal("roster.encoding", language, location, encoding=name, reason=str(error)) from error


def _open_rows(
    source: Source, text: str, delimiter: str, language: str
) -> tuple[int, list[str], abc.Iterator[list[str]]]:
    """The header's row number, the header and the rows below it."""

    # The sentinel tells a file that ends inside an open quotation mark from one that ends well.
    whole = text + ("" if text.endswith(("\r", "\n")) else "\n") + _END
    rows = csv.reader(io.StringIO(whole, newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate(rows, start=1):
            if row == [_END]:
                break
            if any(cell.strip() for cell in row):
                return number, row, rows
    except csv.Error as error:
        raise catalogue.refusal("roster.unclosed_quote", language, Location(source.given), row=1) from error
    raise catalogue.refusal("roster.empty_file", language, Location(source.given))


def _collect(
    source: Source,
    first: list[str],
    rows: abc.Iterator[list[str]],
    header_row: int,
    delimiter: str,
    limits: Limits,
    language: str,
    progress: Progress,
) -> _Rows:
    """All rows below the header, in batches of columns."""
    location = Location(source.given)
    width = _width(first)
    if width > limits.columns:
        raise catalogue.refusal("roster.too_large", language, location, found=f"{width:,}", limit=f"{limits.columns:,}")
    collected, batch, number = _Rows(), [], header_row
    try:
        for row in rows:
            number += 1
            if row == [_END]:
                break
            fitted = _fit(row, width, number, collected)
            if fitted is None:
                collected.blank += 1
                continue
            if _swallowed_rows(fitted, width, delimiter):
                raise catalogue.refusal("roster.unclosed_quote", language, location, row=number)
            batch.append(fitted)
            collected.numbers.append(number)
            if len(batch) == BATCH_ROWS:
                collected.batches.append(_frame(batch, width))
                batch = []
                progress("reading", number)
            if len(collected.numbers) > limits.rows:
                more, limit = f"> {limits.rows:,}", f"{limits.rows:,}"
                raise catalogue.refusal("roster.too_large", language, location, found=more, limit=limit)
        else:
            # The sentinel was eaten by a quote that never closes.
            raise catalogue.refusal("roster.unclosed_quote", language, location, row=number)
    except csv.Error as error:
        raise catalogue.refusal("roster.unclosed_quote", language, location, row=number + 1) from error
    if not collected.numbers:
        raise catalogue.refusal("roster.header_only", language, location, row=header_row)
    # Blank lines at the end are no rows of anybody.
    collected.blank = max(0, collected.numbers[-1] - header_row - len(collected.numbers))
    collected.batches.append(_frame(batch, width))
    if len(collected.misfits) > max(1, MISFITS_SHARE_MAX * len(collected.numbers)):
        at, cells = next(iter(collected.misfits.items()))
        found = {"count": len(collected.misfits), "row": at, "cells": cells, "width": width, "delimiter": delimiter}
        raise catalogue.refusal("roster.ragged", language, location, **found)
    return collected


def _width(row: abc.Sequence[str]) -> int:
    """Cells up to the last one that is not blank."""
    width = len(row)
    while width and not row[width - 1].strip():
        width -= 1
    return width


def _fit(row: list[str], width: int, number: int, collected: _Rows) -> list[str] | None:
    """The row with exactly `width` cells; None for a blank one. Cells too many are noted."""
    length = len(row)
    if length != width:
        if length > width:
            used = _width(row)
            if used > width:
                collected.misfits[number] = used
            row = row[:width]
        else:
            row = row + [""] * (width - length)
    return row if any(row) and "".join(row).strip() else None


def _swallowed_rows(row: list[str], width: int, delimiter: str) -> bool:
    """Whether a cell holds whole rows: the sign of a quotation mark that was closed by the next one far below."""
    if width < 2:
        return False
    return any(
        "\n" in cell and any(line.count(delimiter) >= width - 1 for line in cell.split("\n")[1:]) for cell in row
    )


def _frame(batch: list[list[str]], width: int) -> pl.DataFrame:
    columns = list(zip(*batch, strict=True)) if batch else [()] * width
    series = [pl.Series(str(position), values, dtype=pl.String) for position, values in enumerate(columns)]
    return pl.DataFrame(series)


def _columns(source: Source, first: list[str], collected: _Rows, language: str) -> tuple[pl.DataFrame, Header]:
    """The batches as one table under the names of the header; columns without name and content are left out."""
    frame = pl.concat(collected.batches, rechunk=True)
    frame = frame.select(pl.when(pl.all() != "").then(pl.all()))
    header = header_from(first[: frame.width], lambda position: frame[:, position].null_count() < frame.height)
    error = repeated_names(header, Location(source.given), language)
    if error is not None:
        raise error
    frame = frame.select(
        pl.col(str(position)).alias(name) for name, position in zip(header.names, header.positions, strict=True)
    )
    return frame, header
