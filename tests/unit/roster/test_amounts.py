"""Numbers as people type them: read to the last digit, or said to be doubtful; never guessed."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ayni.roster.amounts import READ_DIGITS, Reading, decimal_array, read_numbers, to_scale

COLON = ("₡", "crc", "colones")
OTHERS = ("us$", "usd", "$", "€", "eur")


def read(*cells: str | None, **options: object) -> Reading:
    return read_numbers(pl.Series(cells, dtype=pl.String), **options)  # type: ignore[arg-type]


def values(reading: Reading) -> list[Decimal | None]:
    """The numbers as decimals, for comparison."""
    return [None if n is None else Decimal(n).scaleb(-READ_DIGITS).normalize() for n in reading.scaled]


def decimals(*texts: str | None) -> list[Decimal | None]:
    return [None if text is None else Decimal(text).normalize() for text in texts]


# column                                                       values                            decimal sign
COLUMNS = [
    (["350000", "0", None, "007"], ["350000", "0", None, "7"], None),
    (["1.234,50", "350.000", "12"], ["1234.50", "350000", "12"], ","),
    (["1,234.50", "350,000"], ["1234.50", "350000"], "."),
    (["12,5", "1.234"], ["12.5", "1234"], ","),
    (["12.5", "1.234"], ["12.5", "1.234"], "."),
    (["1.234.567", "1.234"], ["1234567", "1234"], ","),
    (["1,234,567", "1,234"], ["1234567", "1234"], "."),
    (["0.125", "1.234"], ["0.125", "1.234"], "."),
    (["1234,567", "1.234"], ["1234.567", "1234"], ","),
    (["1 234,50", "1\u00a0234\u00a0567,5", "1\u202f234"], ["1234.50", "1234567.5", "1234"], ","),
    (["1'234.50", "1’234"], ["1234.50", "1234"], "."),
    ([".5", "0.25"], ["0.5", "0.25"], "."),
    (["-5", "5-", "(5)", "\u22125", "- 5", "+5"], ["-5", "-5", "-5", "-5", "-5", "5"], None),
    (["350.000,-", "1.000.000"], ["350000", "1000000"], ","),
    (["  7 ", "\t8"], ["7", "8"], None),
]


@pytest.mark.parametrize(("cells", "expected", "decimal"), COLUMNS)
def test_a_column_decides_for_itself(cells: list[str | None], expected: list[str | None], decimal: str | None) -> None:
    reading = read(*cells)
    assert values(reading) == decimals(*expected)
    assert reading.decimal == decimal
    assert not reading.is_ambiguous
    assert reading.fault.is_null().all()


def test_an_ambiguous_column_is_said_to_be_so_until_somebody_decides() -> None:
    reading = read("1.234", "350.000", "7")
    assert reading.is_ambiguous
    assert values(reading) == decimals(None, None, "7")
    assert reading.fault.to_list() == ["roster.number_ambiguous", "roster.number_ambiguous", None]
    assert values(read("1.234", "350.000", decimal=",")) == decimals("1234", "350000")
    assert values(read("1.234", "350.000", decimal=".")) == decimals("1.234", "350")


def test_whole_numbers_have_no_decimals_to_confuse() -> None:
    assert values(read("1.234", "1,234", is_whole=True)) == decimals("1234", "1234")


def test_a_column_of_two_habits_leaves_only_the_doubtful_cells() -> None:
    reading = read("12,5", "12.75", "1.234")
    assert values(reading) == decimals("12.5", "12.75", None)
    assert reading.fault[2] == "roster.number_in_doubt"


FAULTS = [
    ("abc", "roster.not_a_number"),
    ("12abc", "roster.not_a_number"),
    ("1.23.456", "roster.not_a_number"),
    ("1.234,56.78", "roster.not_a_number"),
    ("12..5", "roster.not_a_number"),
    ("--5", "roster.not_a_number"),
    ("5 %", "roster.not_a_number"),
    ("3.5E+05", "roster.number_shortened"),
    ("3,5e5", "roster.number_shortened"),
    ("1234567890123456", "roster.number_too_long"),
    ("US$ 300", "roster.other_currency"),
    ("$300", "roster.other_currency"),
    ("300 EUR", "roster.other_currency"),
]


@pytest.mark.parametrize(("cell", "code"), FAULTS)
def test_faults(cell: str, code: str) -> None:
    reading = read(cell, "1", signs=COLON, foreign_signs=OTHERS)
    assert reading.fault.to_list() == [code, None]
    assert reading.scaled[0] is None


@pytest.mark.parametrize("cell", ["₡300", "₡ 300", "300 colones", "CRC 300", "₡300.00", "crc.300"])
def test_signs_of_the_own_currency(cell: str) -> None:
    assert values(read(cell, signs=COLON, foreign_signs=OTHERS)) == decimals("300")


@pytest.mark.parametrize("cell", ["-₡300", "₡-300", "₡ -300", "(₡300)", "- 300 colones"])
def test_negative_amounts_of_the_own_currency(cell: str) -> None:
    assert values(read(cell, signs=COLON)) == decimals("-300")


def test_percent() -> None:
    assert values(read("5%", "5 %", "0.05", "-2.5%", percent=True)) == decimals("0.05", "0.05", "0.05", "-0.025")


def test_numbers_of_a_workbook_are_not_read_again() -> None:
    numeric = pl.Series([True, True, False])
    assert values(read("1.234", "350.5", "12,5", numeric=numeric)) == decimals("1.234", "350.5", "12.5")


def test_scaling_rounds_halves_away_from_zero() -> None:
    scaled = read("0.005", "-0.005", "0.004", "1.125", "-1.125", None).scaled
    units, rounded = to_scale(scaled, 2)
    assert units.to_list() == [1, -1, 0, 113, -113, None]
    assert rounded.to_list() == [True, True, True, True, True, False]


def test_a_year_into_months_is_exact() -> None:
    units, _ = to_scale(read("100", "1200000.06", "-100").scaled, 2, Fraction(1, 12))
    assert units.to_list() == [833, 10000001, -833]


def test_decimal_arrays() -> None:
    assert decimal_array(pl.Series([123450, None, -5]), 2).to_pylist() == [Decimal("1234.50"), None, Decimal("-0.05")]
    assert decimal_array(pl.Series([7]), 0).to_pylist() == [Decimal(7)]


# --- whatever is written in a way that shows its signs is read back the same ------------------------------------------

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False, allow_infinity=False)


def written(amount: Decimal, thousands: str, decimal: str) -> str:
    """`-1.234,50` for the signs `.` and `,`."""
    return f"{amount:,.2f}".replace(",", "\0").replace(".", decimal).replace("\0", thousands)


@given(
    st.lists(AMOUNTS, min_size=1, max_size=20),
    st.sampled_from([(".", ","), (",", "."), (" ", ","), ("'", "."), ("", ",")]),
)
def test_round_trip(amounts: list[Decimal], signs: tuple[str, str]) -> None:
    reading = read(*(written(amount, *signs) for amount in amounts))
    assert values(reading) == [amount.normalize() for amount in amounts]
    assert reading.decimal == signs[1]


@given(st.lists(st.integers(-(10**14), 10**14), min_size=1, max_size=20), st.sampled_from([".", ","]))
def test_round_trip_of_whole_numbers_with_thousands(numbers: list[int], thousands: str) -> None:
    cells = [f"{number:,}".replace(",", thousands) for number in numbers]
    assert values(read(*cells, is_whole=True)) == [Decimal(number).normalize() for number in numbers]


@given(AMOUNTS, st.decimals("0.01", "999", places=3))
def test_factors_are_exact(amount: Decimal, factor: Decimal) -> None:
    assume(abs(amount) < 10**9)
    units, _ = to_scale(read(f"{amount:f}", decimal=".").scaled, 2, Fraction(factor))
    exact = (amount * factor).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(units[0]).scaleb(-2) == exact


@given(st.lists(st.text(max_size=20), max_size=10))
def test_no_text_breaks_the_reading(cells: list[str]) -> None:
    reading = read(*cells, signs=COLON, foreign_signs=OTHERS, percent=True)
    for text, number, fault in zip(cells, reading.scaled, reading.fault, strict=True):
        assert (number is None) or (fault is None)
        assert number is not None or fault is not None or not text.strip(" \t\r\n()-+%₡") or not text.strip()
