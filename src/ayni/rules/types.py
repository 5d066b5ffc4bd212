"""Types, dimensions and bounds of rule values.

Every value is a 64-bit integer (with a scale), a boolean or an enumeration. Money counts 10**-scale of its currency, a
date is a day number (0 is 1970-01-01), a month is `year * 12 + month - 1`. A `Shape` is what is known of a value
before running: its type, the lowest and highest integer it can be, and whether it can be unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

INT64_MAX = 2**63 - 1
# The widest integer that every engine has: Spark's DECIMAL(38, 0).
INT128_MAX = 10**38 - 1
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
DAY_MIN = date(1, 1, 1).toordinal() - EPOCH_ORDINAL
DAY_MAX = date(9999, 12, 31).toordinal() - EPOCH_ORDINAL
MONTH_MIN = 12
MONTH_MAX = 9999 * 12 + 11
ANY_PERIOD = "*"


class Kind(StrEnum):
    """What a value is."""

    MONEY = "money"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    MONTH = "month"
    ENUM = "enumeration"
    ANY = "unknown"  # the literal `unknown`, before it takes the type of what stands beside it


@dataclass(frozen=True)
class Type:
    """kind; scale: decimals carried (money and numbers); period of money (None: a lump sum, "*": a literal that
    takes any); values: the closed list of an enumeration.
    """

    kind: Kind
    scale: int = 0
    currency: str | None = None
    period: str | None = None
    values: tuple[str, ...] = ()
    name: str | None = None

    @property
    def is_integral(self) -> bool:
        """True where the engines hold an integer."""
        return self.kind in (Kind.MONEY, Kind.NUMBER, Kind.DATE, Kind.MONTH)

    def __str__(self) -> str:
        if self.kind is Kind.MONEY:
            period = "" if self.period in (None, ANY_PERIOD) else f" per {self.period}"
            return f"money in {self.currency}{period}"
        if self.kind is Kind.NUMBER:
            return "a whole number" if self.scale == 0 else f"a number with {self.scale} decimals"
        if self.kind is Kind.ENUM:
            return f"one of {', '.join(self.values[:8])}{' …' if len(self.values) > 8 else ''}"
        return {Kind.BOOLEAN: "true or false", Kind.DATE: "a date", Kind.MONTH: "a month"}.get(self.kind, "unknown")


BOOLEAN = Type(Kind.BOOLEAN)
DATE = Type(Kind.DATE)
MONTH = Type(Kind.MONTH)
INTEGER = Type(Kind.NUMBER)
ANY = Type(Kind.ANY)


def number(scale: int) -> Type:
    """The type of a number with `scale` decimals."""
    return Type(Kind.NUMBER, scale)


def enumeration(values: tuple[str, ...], name: str | None = None) -> Type:
    """The type of one of a closed list of values; `name` where the pack declares it."""
    return Type(Kind.ENUM, values=values, name=name)


@dataclass(frozen=True)
class Shape:
    """Type, bounds (both inclusive, in the type's own units; None for booleans and enumerations), and `nullable`.

    trusted: the bounds also hold for a value that is unknown. They do for inputs, whose bounds are checked; they
    do not for a figure that the pack does not have.
    """

    type: Type
    low: int | None = None
    high: int | None = None
    nullable: bool = True
    trusted: bool = True

    @property
    def magnitude(self) -> int:
        """The largest absolute value it can take."""
        return max(abs(self.low or 0), abs(self.high or 0))

    @property
    def is_wide(self) -> bool:
        """True if 64 bits do not surely hold it."""
        return self.magnitude > INT64_MAX

    def with_type(self, new: Type) -> Shape:
        return replace(self, type=new)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH_ORDINAL


def date_of(number_of_day: int) -> date:
    """The date of a day number. Raises ValueError or OverflowError outside the calendar."""
    return date.fromordinal(number_of_day + EPOCH_ORDINAL)


def month_number(day: date) -> int:
    """The month index of a date: `year * 12 + month - 1`."""
    return day.year * 12 + day.month - 1
