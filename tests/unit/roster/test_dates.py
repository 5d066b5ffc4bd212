"""Dates as people type them: the column's own cells decide the order, or nobody does."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ayni.roster.dates import DateOrder, DateReading, read_dates
from tests.unit.roster.making import ON

DECISIVE = "25/12/1999"


def read(*cells: str | None, **options: object) -> DateReading:
    return read_dates(pl.Series(cells, dtype=pl.String), on=ON, **options)  # type: ignore[arg-type]


# one cell                       the day that it means, in a column where days come first
READ = [
    ("1980-03-04", date(1980, 3, 4)),
    ("1980/3/4", date(1980, 3, 4)),
    ("19800304", date(1980, 3, 4)),
    ("04/03/1980", date(1980, 3, 4)),
    ("4.3.1980", date(1980, 3, 4)),
    ("4-3-80", date(1980, 3, 4)),
    (" 04 / 03 / 1980 ", date(1980, 3, 4)),
    ("04031980", date(1980, 3, 4)),
    ("4031980", date(1980, 3, 4)),
    ("4 de marzo de 1980", date(1980, 3, 4)),
    ("04-MAR-1980", date(1980, 3, 4)),
    ("4 mars 1980", date(1980, 3, 4)),
    ("1er mai 1975", date(1975, 5, 1)),
    ("1º de mayo de 1975", date(1975, 5, 1)),
    ("4 de março de 1980", date(1980, 3, 4)),
    ("March 4th, 1980", date(1980, 3, 4)),
    ("04/03/1980 00:00:00", date(1980, 3, 4)),
    ("1980-03-04T12:30:00Z", date(1980, 3, 4)),
    ("29284", date(1980, 3, 4)),
    ("29/02/2024", date(2024, 2, 29)),
    ("05/05/1950", date(1950, 5, 5)),
    ("01/03/26", date(2026, 3, 1)),
    ("02/03/26", date(1926, 3, 2)),
    (None, None),
    ("  ", None),
]


@pytest.mark.parametrize(("cell", "day"), READ)
def test_read(cell: str | None, day: date | None) -> None:
    reading = read(cell, DECISIVE)
    assert reading.days[0] == day
    assert reading.fault.is_null().all()
    assert reading.order is DateOrder.DMY


FAULTS = [
    ("31/02/1980", "roster.no_such_day"),
    ("30/13/1980", "roster.no_such_day"),
    ("1980-13-01", "roster.no_such_day"),
    ("29/02/1900", "roster.no_such_day"),
    ("00/00/1980", "roster.no_such_day"),
    ("1980", "roster.date_partial"),
    ("03/1980", "roster.date_partial"),
    ("marzo de 1980", "roster.date_partial"),
    ("12/03/2567", "roster.date_other_calendar"),
    ("12/03/1398", "roster.date_other_calendar"),
    ("12/03/1780", "roster.not_a_date"),
    ("4 de foobar de 1980", "roster.not_a_date"),
    ("ayer", "roster.not_a_date"),
    ("123456", "roster.not_a_date"),
    ("²", "roster.not_a_date"),
]


@pytest.mark.parametrize(("cell", "code"), FAULTS)
def test_faults(cell: str, code: str) -> None:
    reading = read(cell, DECISIVE)
    assert (reading.days[0], reading.fault[0]) == (None, code)


def test_order_by_evidence() -> None:
    assert read("03/04/1980", "13/04/1980").days[0] == date(1980, 4, 3)
    assert read("03/04/1980", "04/13/1980").days[0] == date(1980, 3, 4)


def test_an_ambiguous_column_waits_for_the_order() -> None:
    reading = read("03/04/1980", "05/06/1990", "07/07/1977", "1980-12-31")
    assert reading.is_ambiguous
    assert reading.order is None
    assert reading.days.to_list() == [None, None, date(1977, 7, 7), date(1980, 12, 31)]
    assert read("03/04/1980", order=DateOrder.MDY).days[0] == date(1980, 3, 4)
    assert read("03/04/1980", order=DateOrder.DMY).days[0] == date(1980, 4, 3)
    assert read("03/04/1980", order=DateOrder.YMD).fault[0] == "roster.not_a_date"


def test_a_column_of_two_habits_reads_what_can_be_read_in_one_way() -> None:
    reading = read("03/04/1980", "25/04/1980", "04/25/1980")
    assert reading.days.to_list() == [None, date(1980, 4, 25), date(1980, 4, 25)]
    assert reading.fault.to_list() == ["roster.date_in_doubt", None, None]


def test_one_slip_in_a_hundred_does_not_make_two_habits() -> None:
    reading = read(*[f"{day}/03/1980" for day in range(13, 32)] * 6, "03/25/1980", "03/04/1980")
    assert reading.order is DateOrder.DMY
    assert reading.fault[-2] == "roster.date_order_differs"
    assert reading.days[-1] == date(1980, 4, 3)


def test_an_order_that_was_given_is_kept() -> None:
    assert read("25/12/1999", order=DateOrder.MDY).fault[0] == "roster.date_order_differs"


def test_real_dates_are_not_read_again() -> None:
    real = pl.Series([date(1980, 3, 4), None])
    reading = read("1980-03-04", "03/04/1980", real=real)
    assert reading.days[0] == date(1980, 3, 4)
    assert reading.fault[1] == "roster.date_ambiguous"


def test_a_spreadsheet_that_swapped_what_it_could() -> None:
    real = [date(1980, month, day) for month, day in ((3, 4), (5, 6), (7, 8), (9, 10), (11, 12))]
    text = ["13/04/1980", "25/04/1980", "31/01/1980", "14/02/1980", "30/06/1980"]
    reading = read(*[day.isoformat() for day in real], *text, real=pl.Series([*real, *[None] * 5], dtype=pl.Date))
    assert reading.is_half_converted
    assert not read(*text, real=pl.Series([None] * 5, dtype=pl.Date)).is_half_converted


def test_counts_of_what_was_interpreted() -> None:
    reading = read("4/3/80", "29284", DECISIVE)
    assert (reading.short_years, reading.serials) == (1, 1)


FORMATS = {
    DateOrder.DMY: ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d%m%Y"],
    DateOrder.MDY: ["%m/%d/%Y", "%m-%d-%Y"],
    DateOrder.YMD: ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"],
}
DAYS = st.dates(date(1905, 1, 1), date(2199, 12, 31))


@given(st.lists(DAYS, min_size=1, max_size=20), st.sampled_from(list(DateOrder)), st.data())
def test_round_trip_with_the_order_given(days: list[date], order: DateOrder, data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(FORMATS[order]))
    reading = read(*(day.strftime(pattern) for day in days), order=order)
    if pattern == "%d%m%Y":
        # Eight digits that are also a date with the year first are read so: 20031912 is no day of the year 1912.
        return
    assert reading.days.to_list() == days


@given(st.lists(DAYS, min_size=1, max_size=20), st.sampled_from([DateOrder.DMY, DateOrder.MDY]))
def test_what_is_read_without_an_order_is_right_or_nothing(days: list[date], order: DateOrder) -> None:
    reading = read(*(day.strftime(FORMATS[order][0]) for day in days))
    for day, found in zip(days, reading.days, strict=True):
        assert found in (day, None)
    if any(day.day > 12 for day in days):
        assert reading.days.to_list() == days


@given(st.lists(st.text(max_size=24), max_size=10))
def test_no_text_breaks_the_reading(cells: list[str]) -> None:
    reading = read(*cells)
    assert len(reading.days) == len(cells)


@given(st.integers(0, 60_000))
def test_day_numbers_of_a_spreadsheet(number: int) -> None:
    day = date(1899, 12, 30) + timedelta(days=number)
    found = read(str(number), DECISIVE).days[0]
    assert found == (day if number >= 10_000 else None)
