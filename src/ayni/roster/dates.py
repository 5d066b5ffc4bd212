"""Dates as people type them. Which of day and month comes first is decided by the column, never by a habit of ours.

Real dates of a workbook, ISO dates, dates with the name of a month and eight digits are read as they stand.
`03/04/1980`
says nothing alone: another cell of the column with 25/03 shows that days come first. Where no cell shows it, the column
is ambiguous and those cells stay unknown until somebody gives the order.
"""

from __future__ import annotations

import re
from collections import Counter, abc
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import polars as pl

from ayni.roster.names import fold


class DateOrder(StrEnum):
    """The order of day, month and year in a column of text."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


@dataclass(frozen=True)
class DateReading:
    """A column of dates as read.

    days: the dates; null where the cell is empty, or no date.     fault: code of what is wrong with a cell, else null.
    order: the order that was given or found; None where no cell needed one.
    is_ambiguous: whether cells are left that could be read in two ways and nothing decides.
    short_years, serials: how many cells have a year of two digits, or are a day number of a spreadsheet.
    is_half_converted: part of the column are real dates that a spreadsheet seems to have made with day and month
    swapped.
    """

    days: pl.Series
    fault: pl.Series
    order: DateOrder | None
    is_ambiguous: bool
    short_years: int = 0
    serials: int = 0
    is_half_converted: bool = False


@dataclass(frozen=True)
class _Pair:
    """Two numbers that are day and month in an order not yet known, and the year."""

    first: int
    second: int
    year: int


@dataclass(frozen=True)
class _Cell:
    """One distinct text: a date, a pair, or a fault."""

    day: date | None = None
    pair: _Pair | None = None
    fault: str | None = None
    is_short: bool = False
    is_serial: bool = False


NOT_A_DATE, NO_SUCH_DAY = "roster.not_a_date", "roster.no_such_day"
YEAR_MIN, YEAR_MAX = 1850, 2200
SERIAL_START = date(1899, 12, 30)
SERIAL_MAX = 73_050
# One cell in a hundred that contradicts all others is a slip, more is a column of two habits.
SLIP_SHARE, SLIP_EVIDENCE_MIN = 0.01, 20

_MONTH_NAMES = (
    "january enero janvier janeiro jan ene janv",
    "february febrero fevrier fevereiro feb fev fevr",
    "march marzo mars marco mar",
    "april abril avril apr abr avr",
    "may mayo mai maio",
    "june junio juin junho jun",
    "july julio juillet julho jul juil",
    "august agosto aout aug ago",
    "september septiembre setiembre septembre setembro sep set sept",
    "october octubre octobre outubro oct out",
    "november noviembre novembre novembro nov",
    "december diciembre decembre dezembro dec dic dez",
)
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}

_TIME = re.compile(r"[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?\s?m\.?)?Z?$", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"^(\d{4})\s*[-/.\s]\s*(\d{1,2})\s*[-/.\s]\s*(\d{1,2})\.?$")
_YEAR_LAST = re.compile(r"^(\d{1,2})\s*[-/.,\s]\s*(\d{1,2})\s*[-/.,\s]\s*(\d{4}|\d{2})\.?$")
_NAMED = re.compile(r"^(\d{1,2})(?:ro|er|st|nd|rd|th)?\s+(?:de\s+)?([a-z]+)\s+(?:del?\s+)?(\d{4}|\d{2})$")
_NAMED_FIRST = re.compile(r"^([a-z]+)\s+(\d{1,2})(?:st|nd|rd|th)?\s+(\d{4}|\d{2})$")
_PARTIAL = re.compile(r"^(?:\d{4}|\d{1,2}[-/.]\d{4}|\d{4}[-/.]\d{1,2}|(?:[^\W\d]+\.?\s+(?:de\s+)?)\d{4})$")


def read_dates(
    text: pl.Series, *, on: date, real: pl.Series | None = None, order: DateOrder | None = None
) -> DateReading:
    """Read a column of text cells as dates.

    real: the real dates of the workbook, where it has some.     order: day, month and year, where it is known.
    on: the day of the check; a year of two digits is the last such year that is not after it.
    """
    is_text = text.is_not_null() if real is None else text.is_not_null() & real.is_null()
    counts = dict(text.filter(is_text).value_counts().iter_rows())
    cells = {cell: _read_cell(cell, on) for cell in counts}
    weighted = [(cell, counts[text_]) for text_, cell in cells.items()]
    found, is_mixed = (order, False) if order else _decide_order(weighted)
    read = {text_: _settle(cell, found, is_mixed=is_mixed) for text_, cell in cells.items()}
    days = _mapped(text, {cell: day for cell, (day, _) in read.items()}, pl.Date)
    fault = _mapped(text, {cell: fault for cell, (_, fault) in read.items()}, pl.String)
    if real is not None:
        days = days.zip_with(real.is_null(), real)
        fault = fault.set(real.is_not_null(), None)
    return DateReading(
        days=days,
        fault=fault,
        order=found,
        is_ambiguous=any(fault in ("roster.date_ambiguous", "roster.date_in_doubt") for _, fault in read.values()),
        short_years=sum(count for cell, count in weighted if cell.is_short),
        serials=sum(count for cell, count in weighted if cell.is_serial),
        is_half_converted=_is_half_converted(real, weighted),
    )


def _mapped(text: pl.Series, values: abc.Mapping[str, object], dtype: type[pl.DataType]) -> pl.Series:
    """Each cell's value by its text."""
    if not values:
        return pl.Series([None], dtype=dtype).new_from_index(0, len(text))
    table = pl.DataFrame({"text": list(values), "value": pl.Series(list(values.values()), dtype=dtype)})
    joined = pl.DataFrame({"text": text}).join(table, on="text", how="left", maintain_order="left")
    return joined["value"]


def _read_cell(text: str, on: date) -> _Cell:
    """What one text says by itself."""
    bare = _TIME.sub("", text.strip()).strip()
    if not bare:
        return _Cell()
    if bare.isdecimal():
        return _read_digits(bare)
    if match := _YEAR_FIRST.match(bare):
        year, month, day = map(int, match.groups())
        return _dated(year, month, day)
    if match := _YEAR_LAST.match(bare):
        first, second, year_typed = match.groups()
        return _paired(int(first), int(second), year_typed, on)
    words = fold(bare)
    if match := _NAMED.match(words):
        day_text, month_name, year_text = match.groups()
    elif match := _NAMED_FIRST.match(words):
        month_name, day_text, year_text = match.groups()
    else:
        return _Cell(fault="roster.date_partial" if _PARTIAL.match(bare) else NOT_A_DATE)
    month_number = MONTHS.get(month_name)
    if month_number is None:
        return _Cell(fault=NOT_A_DATE)
    cell = _dated(_full_year(year_text, month_number, int(day_text), on), month_number, int(day_text))
    return _Cell(cell.day, cell.pair, cell.fault, is_short=len(year_text) == 2)


def _read_digits(digits: str) -> _Cell:
    """Digits alone: 19800304, 04031980 (with or without the first zero), a spreadsheet's day number, or a year."""
    number = int(digits)
    if len(digits) == 5 and number <= SERIAL_MAX:
        return _Cell(SERIAL_START + timedelta(days=number), is_serial=True)
    if len(digits) == 8 and YEAR_MIN <= number // 10_000 <= YEAR_MAX:
        cell = _dated(number // 10_000, number // 100 % 100, number % 100)
        if cell.day is not None:
            return cell
    if len(digits) in (7, 8):
        padded = digits.zfill(8)
        return _paired(int(padded[:2]), int(padded[2:4]), padded[4:], None)
    return _Cell(fault="roster.date_partial" if len(digits) == 4 else NOT_A_DATE)


def _dated(year: int, month: int, day: int) -> _Cell:
    """A date of which the parts are known."""
    fault = _year_fault(year)
    if fault:
        return _Cell(fault=fault)
    try:
        return _Cell(date(year, month, day))
    except ValueError:
        return _Cell(fault=NO_SUCH_DAY)


def _year_fault(year: int) -> str | None:
    """Years that no living person has seen: of another calendar where they look like it, else no date."""
    if YEAR_MIN <= year <= YEAR_MAX:
        return None
    return "roster.date_other_calendar" if 1300 <= year <= 1500 or 2400 <= year <= 2700 else NOT_A_DATE


def _paired(first: int, second: int, year_text: str, on: date | None) -> _Cell:
    """Two numbers and a year. They are a date at once when they can be read in one way only and so by any habit."""
    is_short = len(year_text) == 2
    year = int(year_text)
    if is_short and on is not None:
        year = _full_year(year_text, min(second, 12), min(first, 28), on)
    fault = _year_fault(year)
    if fault:
        return _Cell(fault=fault)
    if first == second:
        cell = _dated(year, first, first)
        return _Cell(cell.day, fault=cell.fault, is_short=is_short)
    pair = _Pair(first, second, year)
    if _day_of(pair, DateOrder.DMY) is None and _day_of(pair, DateOrder.MDY) is None:
        return _Cell(fault=NO_SUCH_DAY, is_short=is_short)
    return _Cell(pair=pair, is_short=is_short)


def _full_year(text: str, month: int, day: int, on: date) -> int:
    """The last year with these two digits in which the day is not after `on`."""
    if len(text) == 4:
        return int(text)
    year = on.year // 100 * 100 + int(text)
    return year - 100 if (year, month, day) > (on.year, on.month, on.day) else year


def _day_of(pair: _Pair, order: DateOrder) -> date | None:
    day, month = (pair.second, pair.first) if order is DateOrder.MDY else (pair.first, pair.second)
    try:
        return date(pair.year, month, day)
    except ValueError:
        return None


def _decide_order(weighted: abc.Sequence[tuple[_Cell, int]]) -> tuple[DateOrder | None, bool]:
    """The order that the cells show, and whether they show both."""
    evidence: Counter[DateOrder] = Counter()
    for cell, count in weighted:
        if cell.pair is not None:
            possible = [order for order in (DateOrder.DMY, DateOrder.MDY) if _day_of(cell.pair, order)]
            if len(possible) == 1:
                evidence[possible[0]] += count
    if not evidence:
        return None, False
    (order, most), total = evidence.most_common(1)[0], evidence.total()
    if most == total:
        return order, False
    is_slip = total >= SLIP_EVIDENCE_MIN and total - most <= SLIP_SHARE * total
    return (order, False) if is_slip else (None, True)


def _settle(cell: _Cell, order: DateOrder | None, *, is_mixed: bool) -> tuple[date | None, str | None]:
    """The date of a cell, or its fault, now that the order of the column is known or known to be unknown."""
    if cell.pair is None:
        return cell.day, cell.fault
    if order in (DateOrder.DMY, DateOrder.MDY):
        day = _day_of(cell.pair, order)
        return day, None if day else "roster.date_order_differs"
    if order is DateOrder.YMD:
        return None, NOT_A_DATE
    readings = [day for choice in (DateOrder.DMY, DateOrder.MDY) if (day := _day_of(cell.pair, choice))]
    if len(readings) == 1:
        return readings[0], None
    return None, "roster.date_in_doubt" if is_mixed else "roster.date_ambiguous"


def _is_half_converted(real: pl.Series | None, weighted: abc.Sequence[tuple[_Cell, int]]) -> bool:
    """Text cells that all have a day above 12 beside real dates that all have one below 13: a spreadsheet took for a
    date whatever it could read in the other order, and left the rest as text."""
    if real is None:
        return False
    pairs = sum(count for cell, count in weighted if cell.pair is not None)
    decisive = sum(count for cell, count in weighted if cell.pair and max(cell.pair.first, cell.pair.second) > 12)
    days = real.drop_nulls().dt.day()
    return len(days) >= 5 and pairs >= 5 and pairs == decisive and bool((days <= 12).all())
