"""Parquet files, whose columns have types already. Decimals and whole numbers keep each digit."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ayni.core.errors import Location
from ayni.core.progress import Progress
from ayni.roster import catalogue
from ayni.roster.layout import Header, repeated_names, tidy_name
from ayni.roster.sheet import Limits, Remark, Sheet
from ayni.roster.sniff import Source
from ayni.roster.workbook import decimal_text


def read_parquet(source: Source, *, limits: Limits, language: str, progress: Progress) -> Sheet:
    """Read a Parquet file; the first record is row 2, as below a header. Raises AyniError: roster.broken_workbook,
    empty_file, header_only, duplicate_columns, too_large."""
    location = Location(source.given)
    progress("opening", 0)
    try:
        with pq.ParquetFile(source.path) as file:
            rows, width = file.metadata.num_rows, len(file.schema_arrow.names)
            if rows > limits.rows or width > limits.columns:
                found, limit = f"{rows:,} × {width:,}", f"{limits.rows:,} × {limits.columns:,}"
                raise catalogue.refusal("roster.too_large", language, location, found=found, limit=limit)
            table = file.read()
            table.validate(full=True)
            names = tuple(tidy_name(name) for name in table.column_names)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise catalogue.refusal(
            "roster.broken_workbook", language, location, suffix=".parquet", reason=reason
        ) from error
    if table.num_columns == 0:
        raise catalogue.refusal("roster.empty_file", language, location)
    if table.num_rows == 0:
        raise catalogue.refusal("roster.header_only", language, location, row=1)
    duplicate = repeated_names(Header(names, tuple(range(len(names)))), location, language)
    if duplicate is not None:
        raise duplicate
    nested = [name for name, kind in zip(names, table.schema.types, strict=True) if pa.types.is_nested(kind)]
    kept = table.rename_columns(list(names)).drop_columns(nested)
    if not kept.num_columns:
        raise catalogue.refusal("roster.empty_file", language, location)
    remarks = (Remark("nested_columns", {"names": ", ".join(nested)}),) if nested else ()
    return _sheet(source, pl.DataFrame(kept), remarks)


def _sheet(source: Source, frame: pl.DataFrame, remarks: tuple[Remark, ...]) -> Sheet:
    numeric: dict[str, pl.Series] = {}
    dates: dict[str, pl.Series] = {}
    texts: list[pl.Series] = []
    for column in frame:
        if column.dtype.is_numeric():
            numeric[column.name] = column.is_not_null()
        if column.dtype in (pl.Date, pl.Datetime):
            dates[column.name] = column.cast(pl.Date)
        texts.append(_text(column).alias(column.name))
    return Sheet(
        path=source.given,
        format=source.format,
        name=None,
        columns=tuple(frame.columns),
        cells=pl.DataFrame(texts),
        rows=pl.Series("row", range(2, frame.height + 2), dtype=pl.Int64),
        header_row=1,
        numeric=numeric,
        dates=dates,
        remarks=remarks,
    )


def _text(column: pl.Series) -> pl.Series:
    """The column as text; an empty text is an empty cell."""
    if column.dtype.is_float():
        return decimal_text(column.cast(pl.Float64).fill_nan(None))
    if column.dtype == pl.Datetime:
        days = column.dt.truncate("1d") == column
        return column.dt.strftime("%Y-%m-%d").zip_with(days, column.dt.strftime("%Y-%m-%dT%H:%M:%S"))
    text = column.cast(pl.String, strict=False)
    return text.set(text == "", None)
