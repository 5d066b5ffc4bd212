"""The columns of Parquet files in canonical form, as SQL of DuckDB: what a cell becomes, and which cells are refused.

The same types are taken and the same cells refused as by `ayni.rules.canonical` for tables in memory. Nothing is
guessed: text that is no number or date, decimals that do not fit, and timestamps with a zone (whose day depends on
where one stands) are refused, never rounded.
"""

from __future__ import annotations

from dataclasses import dataclass

from ayni.core.errors import AyniError
from ayni.rules.canonical import (
    DATE_TEXT,
    DECIMALS_TEXT,
    FLOAT_ACTION,
    MONTH_TEXT,
    NUMBER_TEXT,
    input_error,
    zone_error,
)
from ayni.rules.types import Kind, Shape
from ayni.rules.values import to_written

_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")
# Whole numbers of so many digits fit into 64 bits, whatever the digits are.
_SURE_DIGITS = 18
_NO_ZONE = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True)
class Fault:
    """Cells that are refused: `where` is true of them. The number of cells is told when there are any."""

    where: str
    code: str
    title: str
    expected: str
    action: str | None = None

    def error(self, count: int) -> AyniError:
        return input_error(self.code, self.title, found=f"{count} rows", expected=self.expected, action=self.action)


@dataclass(frozen=True)
class FileColumn:
    """`sql` gives the canonical value of a cell; null for one of the `faults`, which are asked first."""

    sql: str
    faults: tuple[Fault, ...] = ()


def absent_column(shape: Shape) -> FileColumn:
    """A column that is not in the file, or holds nothing: unknown in every row."""
    other = "BOOLEAN" if shape.type.kind is Kind.BOOLEAN else "VARCHAR"
    return FileColumn(f"CAST(NULL AS {'BIGINT' if shape.type.is_integral else other})")


def file_column(name: str, kind: str, shape: Shape, currency_decimals: int) -> FileColumn:
    """A column of the file in canonical form. `kind`: its type as DuckDB names it. Raises AyniError input.type or
    input.float.
    """
    column, wanted = quoted(name), shape.type
    if kind in ("NULL", '"NULL"'):
        return absent_column(shape)
    if wanted.kind is Kind.BOOLEAN and kind == "BOOLEAN":
        return FileColumn(column)
    if wanted.kind is Kind.ENUM and (kind == "VARCHAR" or kind.startswith("ENUM")):
        sql = column if kind == "VARCHAR" else f"CAST({column} AS VARCHAR)"
        allowed = ", ".join(text(value) for value in wanted.values)
        title, expected = f"`{name}` holds values that are not in its list", f"one of {', '.join(wanted.values)}"
        return FileColumn(sql, (Fault(f"{sql} NOT IN ({allowed})", "value", title, expected),))
    if wanted.kind in (Kind.DATE, Kind.MONTH):
        return _with_bounds(_date(column, name, kind, shape), column, name, shape)
    if wanted.kind in (Kind.MONEY, Kind.NUMBER):
        return _with_bounds(_number(column, name, kind, shape, currency_decimals), column, name, shape)
    raise input_error("type", f"`{name}` is {wanted}, not {kind}", found=kind, expected=str(wanted))


def _with_bounds(made: FileColumn, column: str, name: str, shape: Shape) -> FileColumn:
    """With the refusal of what is outside the bounds, or too large for 64 bits (null in `sql`, the cell is not)."""
    # A cell that is refused for its form is not refused once more for its size.
    form = "".join(f" AND NOT coalesce({fault.where}, FALSE)" for fault in made.faults)
    outside = f"coalesce(({made.sql}) NOT BETWEEN {shape.low} AND {shape.high}, TRUE)"
    expected = f"from {to_written(shape.low, shape.type)} to {to_written(shape.high, shape.type)}"
    action = "correct the cells, or leave them empty (unknown)"
    title = f"`{name}` holds values outside its bounds"
    fault = Fault(f"{column} IS NOT NULL AND {outside}{form}", "range", title, expected, action)
    return FileColumn(made.sql, (*made.faults, fault))


def _number(column: str, name: str, kind: str, shape: Shape, currency_decimals: int) -> FileColumn:
    scale, is_money = shape.type.scale, shape.type.kind is Kind.MONEY
    if kind in _INTEGERS:
        power = scale - currency_decimals if is_money else scale
        if power == 0:
            return FileColumn(column if kind == "BIGINT" else f"TRY_CAST({column} AS BIGINT)")
        # 128 bits hold any product of the kind; what 64 bits do not hold is refused by its bounds.
        return FileColumn(f"TRY_CAST(CAST({column} AS HUGEINT) * {10**power} AS BIGINT)")
    if kind.startswith("DECIMAL("):
        width, decimals = (int(part) for part in kind[8:-1].split(","))
        if decimals <= scale and width - decimals + scale <= _SURE_DIGITS:
            return FileColumn(f"CAST(CAST({column} AS DECIMAL(38, {decimals})) * {10**scale} AS BIGINT)")
        return _decimal(column, name, decimals, scale)
    if kind == "VARCHAR":
        cell = f"TRY_CAST({column} AS DECIMAL(38, {scale}))"
        number = f"NOT regexp_full_match({column}, {text(NUMBER_TEXT)})"
        too_fine = f"NOT regexp_full_match({column}, {text(DECIMALS_TEXT.format(scale=scale))})"
        faults = (
            Fault(number, "type", f"`{name}` holds something that is not a number",
                  "digits with a decimal point, such as 1250.50"),
            Fault(f"NOT ({number}) AND {too_fine}", "decimals", f"`{name}` holds more decimals than it can carry",
                  f"at most {scale} decimals"),
        )  # fmt: skip
        return FileColumn(_unscaled(cell, scale), faults)
    if kind in ("DOUBLE", "FLOAT"):
        title = f"`{name}` holds floating-point numbers, which are not exact"
        expected = "decimals (or text) in major units, or whole numbers"
        raise input_error("float", title, found=kind, expected=expected, action=FLOAT_ACTION)
    expected = "decimals, text or whole numbers"
    raise input_error("type", f"`{name}` is {shape.type}, not {kind}", found=kind, expected=expected)


def _unscaled(cell: str, scale: int) -> str:
    """The whole number of a decimal of `scale` decimals; null where 64 bits do not hold it."""
    # The product of a large decimal would be an error and not null, so it is not asked for.
    limit = 10 ** max(0, 19 - scale)
    return f"CASE WHEN {cell} BETWEEN -{limit} AND {limit} THEN TRY_CAST({cell} * {10**scale} AS BIGINT) END"


def _decimal(column: str, name: str, decimals: int, scale: int) -> FileColumn:
    if decimals <= scale:
        return FileColumn(_unscaled(f"CAST({column} AS DECIMAL(38, {decimals}))", scale))
    # The digits as written are the exact whole number at the column's own decimals; those too many must be zeros.
    whole = f"TRY_CAST(replace(CAST({column} AS VARCHAR), '.', '') AS HUGEINT)"
    factor = 10 ** (decimals - scale)
    title = f"`{name}` holds more decimals than it can carry"
    fault = Fault(f"{whole} % {factor} <> 0", "decimals", title, f"at most {scale} decimals")
    return FileColumn(f"TRY_CAST({whole} // {factor} AS BIGINT)", (fault,))


def _date(column: str, name: str, kind: str, shape: Shape) -> FileColumn:
    is_date = shape.type.kind is Kind.DATE
    faults: tuple[Fault, ...] = ()
    if kind == "VARCHAR":
        whole = column if is_date else f"CASE WHEN length({column}) = 7 THEN {column} || '-01' ELSE {column} END"
        day, pattern = f"TRY_CAST({whole} AS DATE)", DATE_TEXT if is_date else MONTH_TEXT
        where = f"{column} IS NOT NULL AND (NOT regexp_full_match({column}, {text(pattern)}) OR {day} IS NULL)"
        expected = f"ISO text such as {'2026-01-31' if is_date else '2026-01'}, or dates"
        faults = (Fault(where, "type", f"`{name}` holds something that is not a date", expected),)
    elif kind == "DATE" or kind in _NO_ZONE:
        day = f"CAST({column} AS DATE)"
    elif kind.startswith("TIMESTAMP"):
        raise zone_error(name, kind)
    else:
        raise input_error("type", f"`{name}` is {shape.type}, not {kind}", found=kind, expected="dates or ISO text")
    if is_date:
        return FileColumn(f"CAST({day} - DATE '1970-01-01' AS BIGINT)", faults)
    return FileColumn(f"CAST(year({day}) * 12 + month({day}) - 1 AS BIGINT)", faults)
