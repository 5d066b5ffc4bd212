"""From a caller's Arrow table to the canonical one that engines run on; every problem of the input is found before
anything runs.

Money: decimals and text are major units, whole numbers are minor units of the currency; floats are refused, since
they are not exact. Rates and numbers: decimals or text; whole numbers count as such. Dates: dates, timestamps or ISO
text; months: dates or `YYYY-MM`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ayni.core.errors import AyniError, raise_all
from ayni.rules.engines.base import arrow_type
from ayni.rules.plan import Plan
from ayni.rules.types import DATE, DAY_MAX, DAY_MIN, INT64_MAX, MONTH, Kind, Shape
from ayni.rules.values import to_written

PERSON, HOUSEHOLD = "person_id", "household_id"
HISTORY_FROM, HISTORY_UNTIL = "history_from", "history_until"
ROWS_SHOWN = 5


def input_error(
    code: str, title: str, *, found: str, expected: str | None = None, action: str | None = None
) -> AyniError:
    """A problem of the table handed in, with a code `input.…`."""
    return AyniError(f"input.{code}", title, found=found, expected=expected, action=action)


def _rows(mask: Any) -> str:
    """How many rows, and the first few (counted from 1)."""
    positions = pc.indices_nonzero(mask.combine_chunks() if isinstance(mask, pa.ChunkedArray) else mask).to_pylist()
    shown = ", ".join(str(position + 1) for position in positions[:ROWS_SHOWN])
    return f"{len(positions)} rows ({shown}{', …' if len(positions) > ROWS_SHOWN else ''})"


def _texts_to_decimals(column: pa.ChunkedArray, name: str, scale: int) -> pa.ChunkedArray:
    """Decimal text to scaled integers, by the few distinct values it has."""
    encoded = (
        column.combine_chunks().dictionary_encode()
        if column.num_chunks
        else pa.array([], pa.string()).dictionary_encode()
    )
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    values: list[int | None] = []
    for text in encoded.dictionary.to_pylist():
        try:
            scaled = Decimal(text.strip()).scaleb(scale)
        except InvalidOperation:
            raise input_error(
                "type",
                f"`{name}` holds something that is not a number",
                found=repr(text),
                expected="digits with a decimal point, such as 1250.50",
            ) from None
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise input_error(
                "decimals",
                f"`{name}` holds more decimals than it can carry",
                found=repr(text),
                expected=f"at most {scale} decimals",
            )
        values.append(int(scaled))
    return pa.chunked_array([pa.array(values, pa.int64()).take(encoded.indices)])


def _numbers(column: pa.ChunkedArray, name: str, shape: Shape, currency_decimals: int) -> pa.ChunkedArray:
    """Whole numbers at the shape's scale."""
    kind, scale = column.type, shape.type.scale
    if pa.types.is_floating(kind):
        raise input_error(
            "float",
            f"`{name}` holds floating-point numbers, which are not exact",
            found=str(kind),
            expected="decimals (or text) in major units, or whole numbers",
            action="cast it: polars `.cast(pl.Decimal(18, 2))`, pandas `.round(2).astype(str)`",
        )
    if pa.types.is_integer(kind):
        power = scale - currency_decimals if shape.type.kind is Kind.MONEY else scale
        whole = column.cast(pa.int64())
        return whole if power == 0 else pc.multiply_checked(whole, 10**power)
    if pa.types.is_decimal(kind):
        return _decimals(column, name, scale)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
        return _texts_to_decimals(column.cast(pa.string()), name, scale)
    raise input_error(
        "type", f"`{name}` is {shape.type}, not {kind}", found=str(kind), expected="decimals, text or whole numbers"
    )


def _decimals(column: pa.ChunkedArray, name: str, scale: int) -> pa.ChunkedArray:
    """Decimals as whole numbers of the scale; refused where they carry more decimals or do not fit."""
    fine = max(scale, column.type.scale)
    limit = Decimal(INT64_MAX).scaleb(-fine)
    try:
        wide = column.cast(pa.decimal128(38, fine))
    except pa.ArrowInvalid:
        raise input_error("range", f"`{name}` holds numbers too large for any amount", found=str(column.type)) from None
    top, bottom = (pa.scalar(sign * limit, pa.decimal128(38, fine)) for sign in (1, -1))
    too_large = pc.fill_null(pc.or_(pc.greater(wide, top), pc.less(wide, bottom)), False)
    if pc.any(too_large).as_py():
        raise input_error(
            "range",
            f"`{name}` holds numbers too large for any amount",
            found=_rows(too_large),
            expected=f"less than {limit}",
        )
    if fine > scale:
        coarse = wide.cast(pa.decimal128(38, scale), safe=False)
        kept = pc.fill_null(pc.equal(wide, coarse.cast(pa.decimal128(38, fine), safe=False)), True)
        if not pc.all(kept).as_py():
            raise input_error(
                "decimals",
                f"`{name}` holds more decimals than it can carry",
                found=_rows(pc.invert(kept)),
                expected=f"at most {scale} decimals",
            )
        wide = coarse
    return _unscaled(wide)


def _unscaled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The unscaled integers of a decimal column: its 128-bit words are read directly, since a cast would divide
    first.
    """
    chunks = []
    for chunk in column.chunks:
        words = pa.Array.from_buffers(pa.int64(), 2 * (len(chunk) + chunk.offset), [None, chunk.buffers()[1]])
        low = words.take(pa.array(range(2 * chunk.offset, 2 * (chunk.offset + len(chunk)), 2), pa.int64()))
        chunks.append(pc.if_else(chunk.is_valid(), low, pa.scalar(None, pa.int64())))
    return pa.chunked_array(chunks, pa.int64())


def _dates(column: pa.ChunkedArray, name: str, shape: Shape) -> pa.ChunkedArray:
    """Day numbers or month indices."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        texts = column.cast(pa.string())
        if shape.type.kind is Kind.MONTH:
            texts = pc.if_else(pc.equal(pc.utf8_length(texts), 7), pc.binary_join_element_wise(texts, "-01", ""), texts)
        try:
            column = texts.cast(pa.date32())
        except pa.ArrowInvalid as problem:
            expected = "2026-01-31" if shape.type.kind is Kind.DATE else "2026-01"
            raise input_error(
                "type",
                f"`{name}` holds something that is not a date",
                found=str(problem)[:120],
                expected=f"ISO text such as {expected}, or dates",
            ) from None
    elif not (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        raise input_error(
            "type", f"`{name}` is {shape.type}, not {kind}", found=str(kind), expected="dates or ISO text"
        )
    days = column.cast(pa.date32())
    if shape.type.kind is Kind.DATE:
        return days.cast(pa.int32()).cast(pa.int64())
    months = pc.add(pc.multiply(pc.year(days), 12), pc.subtract(pc.month(days), 1))
    return months.cast(pa.int64())


def canonical_column(column: pa.ChunkedArray, name: str, shape: Shape, currency_decimals: int) -> pa.ChunkedArray:
    """One column in canonical form. Raises AyniError input.type, input.float, input.decimals, input.range or
    input.value.
    """
    if pa.types.is_null(column.type):
        return pa.chunked_array([pa.nulls(len(column), arrow_type(shape))])
    kind = shape.type.kind
    if kind is Kind.BOOLEAN:
        if not pa.types.is_boolean(column.type):
            raise input_error(
                "type", f"`{name}` is true or false, not {column.type}", found=str(column.type), expected="booleans"
            )
        return column
    if kind is Kind.ENUM:
        return _enumeration(column, name, shape)
    result = (
        _dates(column, name, shape)
        if kind in (Kind.DATE, Kind.MONTH)
        else _numbers(column, name, shape, currency_decimals)
    )
    outside = pc.or_(pc.less(result, shape.low), pc.greater(result, shape.high))
    if pc.any(outside, skip_nulls=True).as_py():
        low, high = to_written(shape.low, shape.type), to_written(shape.high, shape.type)
        raise input_error(
            "range",
            f"`{name}` holds values outside its bounds",
            found=_rows(pc.fill_null(outside, False)),
            expected=f"from {low} to {high}",
            action="correct the cells, or leave them empty (unknown)",
        )
    return result


def _enumeration(column: pa.ChunkedArray, name: str, shape: Shape) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        raise input_error(
            "type", f"`{name}` is one of a list, not {column.type}", found=str(column.type), expected="text"
        )
    texts = column.cast(pa.string())
    strange = pc.invert(pc.is_in(texts, pa.array([*shape.type.values, None], pa.string())))
    if pc.any(strange).as_py():
        seen = pc.unique(texts.filter(strange)).to_pylist()
        raise input_error(
            "value",
            f"`{name}` holds values that are not in its list",
            found=f"{', '.join(map(repr, seen[:ROWS_SHOWN]))} in {_rows(strange)}",
            expected=f"one of {', '.join(shape.type.values)}",
        )
    return texts


def canonical_persons(table: pa.Table, plan: Plan, day_column: str | None) -> pa.Table:
    """The persons table of `engines.base`. Raises all problems of all columns at once."""
    problems: list[AyniError] = []
    count = table.num_rows
    columns: dict[str, Any] = {"row": pa.array(range(count), pa.int64()), "household": _households(table)}
    columns["person"] = _texts(table, PERSON)
    month = Shape(MONTH, 12, 9999 * 12 + 11)
    decimals = plan.program.rulebook.currency_decimals
    wanted: dict[str, tuple[str, Shape]] = {name: (name, month) for name in (HISTORY_FROM, HISTORY_UNTIL)}
    wanted |= {name: (name, shape) for name, shape in plan.inputs.items() if name not in plan.absent}
    if day_column is not None:
        wanted["day"] = (day_column, Shape(DATE, DAY_MIN, DAY_MAX))
    for target, (source, shape) in wanted.items():
        if source not in table.column_names:
            columns[target] = pa.nulls(count, pa.int64())
            continue
        try:
            columns[target] = canonical_column(table.column(source), source, shape, decimals)
        except AyniError as problem:
            problems.append(problem)
    if not problems and day_column is not None and columns["day"].null_count:
        problems.append(
            input_error(
                "date_missing",
                f"`{day_column}` is empty in some rows",
                found=_rows(columns["day"].is_null()),
                expected="a date in every row",
                action="give each row the day for which the rules are asked",
            )
        )
    raise_all(problems)
    return pa.table(columns)


def _texts(table: pa.Table, name: str) -> Any:
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    return table.column(name).cast(pa.string())


def _households(table: pa.Table) -> Any:
    """A number for each household; a person without one is alone (a negative number of her own)."""
    alone = pa.array(range(-1, -table.num_rows - 1, -1), pa.int64())
    if HOUSEHOLD not in table.column_names or pa.types.is_null(table.column(HOUSEHOLD).type):
        return alone
    encoded = table.column(HOUSEHOLD).cast(pa.string()).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks) if encoded.num_chunks else pa.array([], pa.string())
    return pc.coalesce(encoded.dictionary_encode().indices.cast(pa.int64()), alone)


def canonical_history(table: pa.Table, plan: Plan, persons: pa.Table) -> pa.Table:
    """The history table of `engines.base`. Raises on a record twice, or outside what its person's history covers."""
    problems: list[AyniError] = []
    absent = [name for name in (PERSON, "month") if name not in table.column_names]
    if absent:
        raise input_error(
            "history",
            f"The history has no column {', '.join(absent)}",
            found=", ".join(table.column_names),
            expected=f"{PERSON}, month and {', '.join(plan.program.history)}",
        )
    decimals = plan.program.rulebook.currency_decimals
    columns: dict[str, Any] = {"person": _texts(table, PERSON)}
    shapes: Mapping[str, Shape] = {"month": Shape(MONTH, 12, 9999 * 12 + 11), **plan.history}
    for name, shape in shapes.items():
        try:
            source = table.column(name) if name in table.column_names else pa.chunked_array([pa.nulls(table.num_rows)])
            columns[name] = canonical_column(source, name, shape, decimals)
        except AyniError as problem:
            problems.append(problem)
    raise_all(problems)
    records = pa.table(columns)
    _check_records(records, persons)
    return records


def _check_records(records: pa.Table, persons: pa.Table) -> None:
    empty = pc.or_(records["person"].is_null(), records["month"].is_null())
    if pc.any(empty).as_py():
        raise input_error(
            "history",
            "A record has no person or no month",
            found=_rows(empty),
            expected=f"{PERSON} and month in every record",
        )
    keys = records.group_by(["person", "month"]).aggregate([([], "count_all")])
    if keys.num_rows < records.num_rows:
        twice = keys.filter(pc.greater(keys["count_all"], 1)).slice(0, ROWS_SHOWN)
        found = ", ".join(
            f"{row['person']} {row['month'] // 12}-{row['month'] % 12 + 1:02}" for row in twice.to_pylist()
        )
        raise input_error(
            "history",
            "A person has two records for one month",
            found=found,
            expected="one record a person and month",
            action="add them up, or keep the right one",
        )
    spans = (
        persons.select(["person", HISTORY_FROM, HISTORY_UNTIL])
        .group_by("person")
        .aggregate([(HISTORY_FROM, "min"), (HISTORY_UNTIL, "max")])
    )
    joined = records.select(["person", "month"]).join(spans, "person", join_type="inner")
    outside = pc.or_(
        pc.less(joined["month"], joined[f"{HISTORY_FROM}_min"]),
        pc.greater_equal(joined["month"], joined[f"{HISTORY_UNTIL}_max"]),
    )
    outside = pc.fill_null(outside, False)
    if pc.any(outside).as_py():
        raise input_error(
            "history",
            "Records lie outside the time for which the history is stated to be complete",
            found=_rows(outside),
            expected=f"months from {HISTORY_FROM} (inclusive) until {HISTORY_UNTIL} (exclusive)",
            action="widen these two columns of the persons, or leave the records out",
        )


def as_arrow(table: Any) -> pa.Table:
    """Arrow tables, Polars frames, DuckDB relations, or a list of dictionaries, as an Arrow table."""
    if isinstance(table, pa.Table):
        return table
    if isinstance(table, pa.RecordBatch):
        return pa.Table.from_batches([table])
    if isinstance(table, Sequence) and not isinstance(table, (str, bytes)):
        return pa.Table.from_pylist(list(table))
    if type(table).__name__ == "LazyFrame":
        table = table.collect()
    for method in ("to_arrow", "to_arrow_table", "read_all"):
        if hasattr(table, method):
            return getattr(table, method)()
    raise input_error(
        "table",
        "This is not a table",
        found=type(table).__name__,
        expected="an Arrow table, a Polars frame, a DuckDB relation, a list of dictionaries or a path of Parquet",
    )
