"""Values of cases: from what is written to what a table holds, and from a result to what is written; compared
exactly.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ayni.packs.problems import one_of
from ayni.rules.types import Kind, Shape, Type
from ayni.rules.values import to_written

MOST_DIGITS = 36


def read_number(written: Any) -> Decimal:
    """An exact number from a text or a number. Raises ValueError in words."""
    if isinstance(written, bool) or not isinstance(written, str | int | Decimal):
        raise ValueError(f"{shown(written)} is not a number")
    try:
        number = Decimal(written.strip() if isinstance(written, str) else written)
    except InvalidOperation:
        raise ValueError(f"{shown(written)} is not a number") from None
    if not number.is_finite() or len(number.as_tuple().digits) > MOST_DIGITS or abs(number.adjusted()) > MOST_DIGITS:
        raise ValueError(f"{shown(written)} is not a number that can be computed with")
    return number


def shown(written: Any) -> str:
    """A value as a message shows it, cut when it is long."""
    text = f'"{written}"' if isinstance(written, str) else str(written)
    return text if len(text) <= 60 else text[:57] + "…"


def read_value(written: Any, shape: Shape) -> Any:
    """A value as a table column of its type holds it; None stays unknown. Raises ValueError in words.

    Money and numbers become Decimal in major units, whole numbers int, days `date`, months the first day.
    """
    if written is None:
        return None
    kind = shape.type
    if kind.kind is Kind.BOOLEAN:
        return _read_boolean(written)
    if kind.kind is Kind.ENUM:
        if written not in kind.values:
            raise ValueError(f"{shown(written)} is not one of {one_of(kind.values)}")
        return str(written)
    if kind.kind in (Kind.DATE, Kind.MONTH):
        return _read_day(written, kind)
    number = read_number(written)
    scaled = number.scaleb(kind.scale)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{number} has more than {kind.scale} decimals")
    if shape.low is not None and scaled < shape.low:
        raise ValueError(f"{number} is below the lowest value allowed, {to_written(shape.low, kind)}")
    if shape.high is not None and scaled > shape.high:
        raise ValueError(f"{number} is above the highest value allowed, {to_written(shape.high, kind)}")
    return int(number) if kind.kind is Kind.NUMBER and kind.scale == 0 else number


def _read_boolean(written: Any) -> bool:
    if isinstance(written, bool):
        return written
    if written in ("true", "false"):
        return bool(written == "true")
    raise ValueError(f"{shown(written)} is not true or false")


def _read_day(written: Any, kind: Type) -> date:
    text = written.isoformat() if isinstance(written, date) else str(written)
    if kind.kind is Kind.MONTH and len(text) == len("2026-01"):
        text += "-01"
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{shown(written)} is not a day like 2026-01-31") from None
    return day.replace(day=1) if kind.kind is Kind.MONTH else day


def write_value(value: Any, kind: Type) -> str | None:
    """A result as case tables write it; None when it is undecided."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    written = to_written(value, kind)
    return written.isoformat() if isinstance(written, date) else str(written)


def agrees(expected: str, got: str, kind: Type, tolerance: Decimal) -> bool:
    """True where the result is what was expected: numbers within the tolerance, all else exactly. Raises ValueError."""
    if kind.kind in (Kind.MONEY, Kind.NUMBER):
        return abs(read_number(expected) - Decimal(got)) <= tolerance
    if kind.kind is Kind.BOOLEAN:
        return _read_boolean(expected.lower()) is (got == "true")
    if kind.kind in (Kind.DATE, Kind.MONTH):
        return _read_day(expected, kind).isoformat() == got
    return expected == got
