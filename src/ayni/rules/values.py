"""From declared units and written figures to types and exact integers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from ayni.rules.definitions import Rulebook, Scalar, UnitSpec
from ayni.rules.nodes import Value
from ayni.rules.types import (
    BOOLEAN,
    DATE,
    DAY_MAX,
    DAY_MIN,
    MONTH,
    MONTH_MAX,
    MONTH_MIN,
    Kind,
    Shape,
    Type,
    day_number,
    enumeration,
    month_number,
    number,
)

RATE_DECIMALS = 6
# What an input may be where neither the pack nor the vocabulary says: major units, both inclusive.
MONEY_MAX = 10**10
COUNT_MAX = 10**6
_SIMPLE = {"boolean": BOOLEAN, "date": DATE, "month": MONTH}


def decimals_of(values: Iterable[Scalar]) -> int:
    """The most decimals any of the figures is written with."""
    found = [-int(v.as_tuple().exponent) for v in values if isinstance(v, Decimal) and v.is_finite()]
    return max([0, *found])


def type_of(unit: UnitSpec, rulebook: Rulebook, figures: Iterable[Scalar] = ()) -> Type:
    """The type a unit declares; a scale that is not stated is that of the widest figure (money: at least the
    currency's).
    """
    written = decimals_of(figures)
    if unit.kind in _SIMPLE:
        return _SIMPLE[unit.kind]
    if unit.kind == "enum":
        assert unit.enum is not None
        return enumeration(tuple(rulebook.enums[unit.enum]), unit.enum)
    if unit.kind == "money":
        scale = max(unit.decimals or 0, rulebook.currency_decimals, written)
        return Type(Kind.MONEY, scale, rulebook.currency, unit.period)
    if unit.kind == "integer":
        return number(0)
    assert unit.kind in ("rate", "number"), f"unhandled: {unit.kind}"
    return number(unit.decimals if unit.decimals is not None else written)


def input_type(unit: UnitSpec, rulebook: Rulebook) -> Type:
    """As `type_of`; a rate or number without stated decimals carries six."""
    if unit.kind in ("rate", "number") and unit.decimals is None:
        return number(RATE_DECIMALS)
    return type_of(unit, rulebook)


def input_shape(unit: UnitSpec, rulebook: Rulebook, minimum: Scalar, maximum: Scalar) -> Shape:
    """Type and bounds of an input; what is not stated is bounded by the ceilings above."""
    kind = input_type(unit, rulebook)
    if kind.kind is Kind.DATE:
        low, high = DAY_MIN, DAY_MAX
    elif kind.kind is Kind.MONTH:
        low, high = MONTH_MIN, MONTH_MAX
    elif kind.is_integral:
        ceiling = MONEY_MAX if kind.kind is Kind.MONEY else COUNT_MAX
        low, high = -ceiling * 10**kind.scale, ceiling * 10**kind.scale
        if unit.kind == "rate":
            low, high = 0, 10**kind.scale
    else:
        return Shape(kind)
    if minimum is not None:
        low = max(low, to_units(minimum, kind))
    if maximum is not None:
        stated = to_units(maximum, kind)
        high = stated if kind.kind is not Kind.DATE else min(high, stated)
    return Shape(kind, low, high)


def to_units(value: Scalar, kind: Type) -> int:
    """A written figure as the integer of its type. Raises ValueError if it has more decimals than the type carries."""
    result = convert(value, kind)
    assert isinstance(result, int)
    return result


def convert(value: Scalar, kind: Type) -> Value:
    """A written value as the kernel holds it. Raises ValueError where it does not fit the type."""
    if value is None:
        return None
    if kind.kind is Kind.BOOLEAN:
        if not isinstance(value, bool):
            raise ValueError(f"{value} is not true or false")
        return value
    if kind.kind is Kind.ENUM:
        if value not in kind.values:
            raise ValueError(f"{value} is not one of {', '.join(kind.values)}")
        return str(value)
    if isinstance(value, date):
        if kind.kind is Kind.DATE:
            return day_number(value)
        if kind.kind is Kind.MONTH:
            return month_number(value)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool) and kind.kind in (Kind.MONEY, Kind.NUMBER):
        scaled = Decimal(value).scaleb(kind.scale)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {kind.scale} decimals")
        return int(scaled)
    raise ValueError(f"{value} is not {kind}")


def to_written(value: Value, kind: Type) -> Scalar:
    """The opposite of `convert`: Decimal for money and numbers with decimals, int, bool, text or date; months as
    the first day.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if kind.kind is Kind.DATE:
        return date.fromordinal(value + date(1970, 1, 1).toordinal())
    if kind.kind is Kind.MONTH:
        return date(value // 12, value % 12 + 1, 1)
    if kind.scale == 0 and kind.kind is Kind.NUMBER:
        return value
    return Decimal(value).scaleb(-kind.scale)
