"""From a caller's Arrow table to the canonical one that engines run on; every problem of the input is found before
anything runs.

Money: decimals and text are major units, whole numbers are minor units of the currency; floats are refused, since
they are not exact. Rates and numbers: decimals or text; whole numbers count as such. Dates: dates, timestamps or ISO
text; months: dates or `YYYY-MM`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ayni.core.errors import AyniError, raise_all
from ayni.rules.engines.base import arrow_type
from ayni.rules.making import HISTORY_MONTHS_MAX, HOUSEHOLD_SIZE_MAX
from ayni.rules.plan import Plan
from ayni.rules.types import DATE, DAY_MAX, DAY_MIN, INT64_MAX, MONTH, Kind, Shape
from ayni.rules.values import to_written

PERSON, HOUSEHOLD = "person_id", "household_id"
HISTORY_FROM, HISTORY_UNTIL = "history_from", "history_until"
ROWS_SHOWN = 5
# What text may be a number, how many decimals it may carry (zeros at the end aside), a date, a month.
NUMBER_TEXT = r"[ \t\r\n]*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[ \t\r\n]*"
DECIMALS_TEXT = r"[^.]*(\.[0-9]{{0,{scale}}}0*)?[ \t\r\n]*"
DATE_TEXT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
MONTH_TEXT = r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?"
FLOAT_ACTION = "cast it: polars `.cast(pl.Decimal(18, 2))`, pandas `.round(2).astype(str)`"


def input_error(
    code: str, title: str, *, found: str, expected: str | None = None, action: str | None = None
) -> AyniError:
    """A problem of the table handed in, with a code `input.…`."""
    return AyniError(f"input.{code}", title, found=found, expected=expected, action=action)


def zone_error(name: str, kind: str) -> AyniError:
    """The day of a timestamp with a zone depends on where one stands, so nobody is asked to guess it."""
    return input_error(
        "type",
        f"`{name}` holds timestamps with a time zone, whose day depends on where one stands",
        found=kind,
        expected="dates, or timestamps without a zone",
        action="turn them into dates in the zone that counts",
    )


def too_large_error(name: str, found: str) -> AyniError:
    """Numbers that 64 bits do not hold."""
    return input_error("range", f"`{name}` holds numbers too large for any amount", found=found)


def household_error(members: int) -> AyniError:
    """The bounds of sums and counts rest on this limit."""
    return input_error(
        "household",
        "A household has more members than any can have",
        found=f"{members} persons with one {HOUSEHOLD}",
        expected=f"at most {HOUSEHOLD_SIZE_MAX}",
        action=f"leave {HOUSEHOLD} empty where a person belongs to no household",
    )


def span_error(found: str) -> AyniError:
    """The bounds of sums and counts rest on this limit."""
    return input_error(
        "history",
        "A history is longer than any can be",
        found=found,
        expected=f"at most {HISTORY_MONTHS_MAX} months from {HISTORY_FROM} to {HISTORY_UNTIL}",
        action="correct these two columns",
    )


def spans_differ_error(found: str) -> AyniError:
    """On one day all rows of a person look at the same records."""
    return input_error(
        "history",
        "The rows of one person state different times for which the history is complete",
        found=found,
        expected=f"the same {HISTORY_FROM} and {HISTORY_UNTIL} in all rows of a person",
    )


def record_error(found: str) -> AyniError:
    """A record that cannot be laid to anybody, or to any month."""
    return input_error(
        "history",
        "A record has no person or no month",
        found=found,
        expected=f"{PERSON} and month in every record",
    )


def outside_error(found: str) -> AyniError:
    """A history that is complete until a month holds nothing of later ones."""
    return input_error(
        "history",
        "Records lie outside the time for which the history is stated to be complete",
        found=found,
        expected=f"months from {HISTORY_FROM} (inclusive) until {HISTORY_UNTIL} (exclusive)",
        action="widen these two columns of the persons, or leave the records out",
    )


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
    values = [_scaled(text, name, scale) for text in encoded.dictionary.to_pylist()]
    return pa.chunked_array([pa.array(values, pa.int64()).take(encoded.indices)])


def _scaled(text: str, name: str, scale: int) -> int:
    """The whole number that a text stands for. Raises AyniError input.type, input.decimals or input.range."""
    if re.fullmatch(NUMBER_TEXT, text) is None:
        raise input_error(
            "type",
            f"`{name}` holds something that is not a number",
            found=repr(text[:40]),
            expected="digits with a decimal point, such as 1250.50",
        )
    if re.fullmatch(DECIMALS_TEXT.format(scale=scale), text) is None:
        raise input_error(
            "decimals",
            f"`{name}` holds more decimals than it can carry",
            found=repr(text[:40]),
            expected=f"at most {scale} decimals",
        )
    with localcontext(prec=len(text) + scale + 1):
        scaled = Decimal(text.strip()).scaleb(scale)
    if abs(scaled) > INT64_MAX:
        raise too_large_error(name, repr(text[:40]))
    return int(scaled)


def _numbers(column: pa.ChunkedArray, name: str, shape: Shape, currency_decimals: int) -> pa.ChunkedArray:
    """Whole numbers at the shape's scale."""
    kind, scale = column.type, shape.type.scale
    if pa.types.is_floating(kind):
        raise input_error(
            "float",
            f"`{name}` holds floating-point numbers, which are not exact",
            found=str(kind),
            expected="decimals (or text) in major units, or whole numbers",
            action=FLOAT_ACTION,
        )
    if pa.types.is_integer(kind):
        power = scale - currency_decimals if shape.type.kind is Kind.MONEY else scale
        try:
            whole = column.cast(pa.int64())
            return whole if power == 0 else pc.multiply_checked(whole, 10**power)
        except pa.ArrowInvalid as problem:
            raise too_large_error(name, str(problem)) from None
    if pa.types.is_decimal(kind):
        return _decimals(column, name, scale)
    if _is_text(kind):
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
        raise too_large_error(name, str(column.type)) from None
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
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        raise zone_error(name, str(kind))
    if _is_text(kind):
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


def _is_text(kind: pa.DataType) -> bool:
    return kind in (pa.string(), pa.large_string(), pa.string_view())


def canonical_column(column: pa.ChunkedArray, name: str, shape: Shape, currency_decimals: int) -> pa.ChunkedArray:
    """One column in canonical form. Raises AyniError input.type, input.float, input.decimals, input.range or
    input.value.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
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
    if not _is_text(column.type):
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
    _refuse_names_twice(table)
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
    if plan.uses_household and HOUSEHOLD in table.column_names:
        members = pa.table({"household": columns["household"]}).group_by("household").aggregate([([], "count_all")])
        largest = pc.max(members["count_all"]).as_py() or 0
        if largest > HOUSEHOLD_SIZE_MAX:
            problems.append(household_error(largest))
    if not problems:
        months = pc.subtract(columns[HISTORY_UNTIL], columns[HISTORY_FROM])
        too_long = pc.fill_null(pc.greater(months, HISTORY_MONTHS_MAX), False)
        if pc.any(too_long).as_py():
            problems.append(span_error(_rows(too_long)))
    raise_all(problems)
    return pa.table(columns)


def _refuse_names_twice(table: pa.Table) -> None:
    twice = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
    if twice:
        raise input_error(
            "columns",
            f"Two columns have the same name: {', '.join(twice)}",
            found=f"{len(table.column_names)} columns",
            expected="every name once",
        )


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
    _refuse_names_twice(table)
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
    _check_records(records, persons, has_one_day=plan.day is not None)
    return records


def _check_records(records: pa.Table, persons: pa.Table, *, has_one_day: bool) -> None:
    empty = pc.or_(records["person"].is_null(), records["month"].is_null())
    if pc.any(empty).as_py():
        raise record_error(_rows(empty))
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
        .aggregate([(name, edge) for name in (HISTORY_FROM, HISTORY_UNTIL) for edge in ("min", "max")])
    )
    if has_one_day:
        _refuse_different_spans(spans)
    joined = records.select(["person", "month"]).join(spans, "person", join_type="inner")
    outside = pc.or_(
        pc.less(joined["month"], joined[f"{HISTORY_FROM}_min"]),
        pc.greater_equal(joined["month"], joined[f"{HISTORY_UNTIL}_max"]),
    )
    outside = pc.fill_null(outside, False)
    if pc.any(outside).as_py():
        raise outside_error(_rows(outside))


def _refuse_different_spans(spans: pa.Table) -> None:
    """On one day a person's records are looked at once for all of her rows, so these must say the same of them."""
    different = [pc.not_equal(spans[f"{name}_min"], spans[f"{name}_max"]) for name in (HISTORY_FROM, HISTORY_UNTIL)]
    named = pc.and_(pc.is_valid(spans["person"]), pc.fill_null(pc.or_kleene(*different), False))
    if pc.any(named).as_py():
        raise spans_differ_error(f"{pc.sum(named).as_py()} persons")


def _from_rows(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows may leave out what they do not know, the first as well as any other."""
    names = dict.fromkeys(name for row in rows for name in row)
    if not names:
        return pa.table({PERSON: pa.nulls(len(rows), pa.string())})
    return pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})


def as_arrow(table: Any) -> pa.Table:
    """Arrow tables, Polars frames, DuckDB relations, or a list of dictionaries, as an Arrow table."""
    if isinstance(table, pa.Table):
        return table
    if isinstance(table, pa.RecordBatch):
        return pa.Table.from_batches([table])
    if isinstance(table, Sequence) and not isinstance(table, (str, bytes)):
        return _from_rows(list(table))
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
