"""Read a spreadsheet of persons: xlsx, xls, ods, csv, tsv or parquet, in any order of columns.

Reads and never changes a file. What cannot be read is refused with a stable code and the one thing to do.
"""

from __future__ import annotations

from pathlib import Path

from ayni.core.progress import Progress, silent
from ayni.roster.sheet import Format, Limits, Sheet
from ayni.roster.sniff import identify


def read_sheet(
    path: str | Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits | None = None,
    language: str = "en",
    progress: Progress = silent,
) -> Sheet:
    """The table in a file.

    sheet: name of the sheet of a workbook; needed where several hold a table.
    encoding, delimiter: of a text file, where what is detected is wrong.
    language: of the refusals.
    Raises AyniError with a code `roster.…`; see `messages.yaml`.
    """
    limits = limits or Limits()
    source = identify(path, limits, language)
    # Each reader is imported only where it is needed: a text file should not wait for the workbook's libraries.
    if source.format in (Format.CSV, Format.TSV):
        from ayni.roster.delimited import read_delimited

        return read_delimited(
            source, encoding=encoding, delimiter=delimiter, limits=limits, language=language, progress=progress
        )
    if source.format is Format.PARQUET:
        from ayni.roster.parquet import read_parquet

        return read_parquet(source, limits=limits, language=language, progress=progress)
    from ayni.roster.workbook import read_workbook

    return read_workbook(source, sheet=sheet, limits=limits, language=language, progress=progress)
