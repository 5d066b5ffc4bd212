"""What was read: a table of text cells exactly as found, with the spreadsheet's own row numbers.

A `Sheet` is never changed. Numbers of a workbook stand as plain decimal text with a point and are marked in `numeric`;
its real dates stand as ISO text and, typed, in `dates`. An empty cell is null: unknown, not zero.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from ayni.roster import catalogue


class Format(StrEnum):
    """The kinds of file that are read."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"


@dataclass(frozen=True)
class Limits:
    """How large a file may be. Rows do not count the header."""

    rows: int = 1_048_576
    columns: int = 2_000
    bytes: int = 1 << 30
    unpacked_bytes: int = 6 << 30


@dataclass(frozen=True)
class Remark:
    """Something a reader of the file should know that is no problem: rows skipped, sheets left out."""

    code: str
    values: abc.Mapping[str, object] = field(default_factory=dict)

    def text(self, language: str) -> str:
        return catalogue.sentence("remarks", self.code, language, self.values)


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table of persons.

    columns: names in file order, white space collapsed; a column without a name is called by its letter, "(F)".
    cells: one text column for each name; null is an empty cell.
    rows: the row number that a spreadsheet shows, header and blank rows counted; Int64.
    numeric: for columns of a workbook or Parquet file, which cells are numbers.
    dates: for columns that hold real dates, the dates; null where the cell is something else.
    misfits: rows of a text file with more cells than the header has names, with their number of cells.
    """

    path: str
    format: Format
    name: str | None
    columns: tuple[str, ...]
    cells: pl.DataFrame
    rows: pl.Series
    header_row: int
    numeric: abc.Mapping[str, pl.Series] = field(default_factory=dict)
    dates: abc.Mapping[str, pl.Series] = field(default_factory=dict)
    misfits: abc.Mapping[int, int] = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    remarks: tuple[Remark, ...] = ()

    def __len__(self) -> int:
        return self.cells.height
