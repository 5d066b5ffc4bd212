"""Amounts and other numbers as people type them, read exactly: no float, no guess.

A cell of a workbook that is a number is taken as it is. In text, a point or a comma may part decimals or thousands; the
column's own cells decide: `1.234,50` shows both, `12,5` and `1.234.567` show one. Where no cell decides and some could
be read either way (`1.234`), the column is ambiguous and those cells stay unknown until somebody says which it is.
"""

from __future__ import annotations

import re
from collections import abc
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

# A value is kept as an integer of 10^-9 while it is read; what is finer than that is cut off.
READ_DIGITS = 9
INTEGER_DIGITS_MAX = 15

_SPACES = "[\\s\u00a0\u202f\u2007\u2009]"
_BODY = r"^[0-9.,]*[0-9][0-9.,]*$"


@dataclass(frozen=True)
class Reading:
    """A column of numbers as read.

    scaled: integers (128 bits) of 10^-9; null where the cell is empty, or no number.
    fault: code of what is wrong with a cell, else null.
    decimal: the decimal sign of the text cells, when it was given or found; None where no text cell needed one.
    is_ambiguous: whether the column as a whole could be read in two ways.
    """

    scaled: pl.Series
    fault: pl.Series
    decimal: str | None
    is_ambiguous: bool


def read_numbers(
    text: pl.Series,
    *,
    numeric: pl.Series | None = None,
    decimal: str | None = None,
    is_whole: bool = False,
    signs: abc.Iterable[str] = (),
    foreign_signs: abc.Iterable[str] = (),
    percent: bool = False,
) -> Reading:
    """Read a column of text cells as numbers.

    numeric: which cells are numbers of the workbook.     decimal: `,` or `.` where it is known.
    is_whole: the field holds whole numbers, so that 1.234 can only be 1234.
    signs: currency signs that may stand beside an amount; foreign_signs: those of other currencies (a fault).
    percent: `5 %` is 0.05.
    """
    frame = pl.DataFrame({"text": text, "number": _or_false(numeric, len(text))})
    frame = _tidied(frame, signs, foreign_signs, percent)
    frame = frame.with_columns(_shape().alias("shape"))
    commas, points, doubtful = _evidence(frame)
    chosen = decimal or ("," if commas and not points else "." if points and not commas else None)
    is_mixed = decimal is None and bool(commas and points)
    frame = frame.with_columns(_canonical(chosen, is_whole=is_whole).alias("plain"))
    frame = frame.with_columns(_fault(is_mixed=is_mixed).alias("fault"))
    scaled = frame.select(
        pl.when(pl.col("fault").is_null()).then(_scaled() // pl.when(pl.col("percent")).then(100).otherwise(1))
    ).to_series()
    ambiguous = bool(doubtful) and chosen is None and not is_whole
    return Reading(scaled, frame["fault"], chosen, ambiguous)


def _or_false(mask: pl.Series | None, size: int) -> pl.Series:
    return pl.Series([False]).new_from_index(0, size) if mask is None else mask


def _sign_pattern(signs: abc.Iterable[str]) -> str:
    """A pattern that finds any of the signs; the longest come first, so that US$ is not read as $."""
    return "|".join(re.escape(sign) for sign in sorted(set(signs), key=len, reverse=True))


def _tidied(
    frame: pl.DataFrame, signs: abc.Iterable[str], foreign_signs: abc.Iterable[str], percent: bool
) -> pl.DataFrame:
    """Split each cell into `body` (digits, points and commas), `minus`, `percent` and `foreign`."""
    own = _sign_pattern(signs)
    others = _sign_pattern(set(foreign_signs) - set(signs))
    frame = frame.with_columns(
        pl.col("text")
        .str.to_lowercase()
        .str.replace_all("[\u2212\u2013\u2014]", "-")
        .str.strip_chars()
        .str.replace(r"^\((.*)\)$", "-${1}")
        # 350.000,- has no centavos; the stroke is no sign of a debt.
        .str.replace(r"[.,]--?$", "")
        .alias("body")
    )
    frame = frame.with_columns(
        pl.col("body").str.contains(rf"^-|-$|^(?:{own or '-'})\s*-").fill_null(value=False).alias("minus"),
        pl.lit(value=False).alias("foreign") if not others else _beside(others).alias("foreign"),
        (pl.col("body").str.ends_with("%") if percent else pl.lit(value=False)).fill_null(value=False).alias("percent"),
    )
    is_doubled = pl.col("body").str.count_matches("-", literal=True) > 1
    body = pl.when(is_doubled).then(pl.col("body")).otherwise(pl.col("body").str.replace_all(r"^-|-$", ""))
    if own:
        body = body.str.replace(rf"^\s*(?:{own})\.?\s*", "").str.replace(rf"\s*(?:{own})\.?\s*$", "")
    body = pl.when(is_doubled).then(body).otherwise(body.str.replace(r"^[-+]\s*", "").str.strip_chars())
    if percent:
        body = body.str.replace(r"\s*%$", "")
    # Thousands set apart by a space or an apostrophe are never decimals.
    grouped = body.str.contains(rf"^[0-9]{{1,3}}(?:(?:{_SPACES}|['’])[0-9]{{3}})+(?:[.,][0-9]*)?$")
    body = pl.when(grouped).then(body.str.replace_all(rf"(?:{_SPACES}|['’])", "")).otherwise(body)
    return frame.with_columns(body.str.replace(r"[.,]$", "").alias("body"))


def _beside(signs: str) -> pl.Expr:
    """Whether one of the signs stands before or after the digits."""
    return (
        pl.col("body")
        .str.contains(rf"^-?\s*(?:{signs})\.?\s*-?\s*[0-9]|[0-9]\s*(?:{signs})\.?$")
        .fill_null(value=False)
    )


def _shape() -> pl.Expr:
    """What the signs of a cell show: `both,` `both.` (which is the decimal one), `many,` `many.` (thousands), `one,`
    `one.` (decimals for sure), `doubt,` `doubt.`, `whole`, `number` (of the workbook), `bad`; null for an empty
    cell."""
    body = pl.col("body")
    commas, points = body.str.count_matches(",", literal=True), body.str.count_matches(".", literal=True)

    def grouped(separator: str, rest: str = "") -> pl.Expr:
        return body.str.contains(rf"^[1-9][0-9]{{0,2}}(?:{separator}[0-9]{{3}})+{rest}$")

    return (
        pl.when(pl.col("text").is_null() | (body == ""))
        .then(None)
        .when(pl.col("number"))
        .then(pl.lit("number"))
        .when(~body.str.contains(_BODY))
        .then(pl.lit("bad"))
        .when((commas == 0) & (points == 0))
        .then(pl.lit("whole"))
        .when((commas > 0) & (points > 0))
        .then(
            pl.when(grouped(r"\.", ",[0-9]+"))
            .then(pl.lit("both,"))
            .when(grouped(",", r"\.[0-9]+"))
            .then(pl.lit("both."))
            .otherwise(pl.lit("bad"))
        )
        .when(commas > 1)
        .then(pl.when(grouped(",")).then(pl.lit("many,")).otherwise(pl.lit("bad")))
        .when(points > 1)
        .then(pl.when(grouped(r"\.")).then(pl.lit("many.")).otherwise(pl.lit("bad")))
        .when(commas == 1)
        .then(pl.when(grouped(",")).then(pl.lit("doubt,")).otherwise(pl.lit("one,")))
        .otherwise(pl.when(grouped(r"\.")).then(pl.lit("doubt.")).otherwise(pl.lit("one.")))
    )


def _evidence(frame: pl.DataFrame) -> tuple[int, int, int]:
    """How many cells show a decimal comma, how many a decimal point, how many could be either."""
    counts = dict(frame["shape"].value_counts().iter_rows())
    commas = sum(counts.get(shape, 0) for shape in ("both,", "one,", "many."))
    points = sum(counts.get(shape, 0) for shape in ("both.", "one.", "many,"))
    return commas, points, counts.get("doubt,", 0) + counts.get("doubt.", 0)


def _canonical(decimal: str | None, *, is_whole: bool) -> pl.Expr:
    """The cell as `1234.50`, or null where it cannot be said. A cell that shows the other sign than the column's, or
    none in a column that is mixed, is read by what it shows itself."""
    body, shape = pl.col("body"), pl.col("shape")
    by_comma = body.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    by_point = body.str.replace_all(",", "", literal=True)
    doubt = pl.lit(None, dtype=pl.String)
    if decimal is not None:
        doubt = by_comma if decimal == "," else by_point
    elif is_whole:
        doubt = body.str.replace_all(r"[.,]", "")
    return (
        pl.when(shape.is_in(["whole", "number"]))
        .then(body)
        .when(shape.is_in(["both,", "one,", "many."]))
        .then(by_comma)
        .when(shape.is_in(["both.", "one.", "many,"]))
        .then(by_point)
        .when(shape.is_in(["doubt,", "doubt."]))
        .then(doubt)
    )


def _fault(*, is_mixed: bool) -> pl.Expr:
    """The code of what is wrong with a cell."""
    shape = pl.col("shape")
    doubt = "roster.number_in_doubt" if is_mixed else "roster.number_ambiguous"
    return (
        pl.when(shape.is_null())
        .then(None)
        .when(pl.col("foreign"))
        .then(pl.lit("roster.other_currency"))
        .when((shape == "bad") & pl.col("body").str.contains(r"^[0-9]+(?:[.,][0-9]+)?e[+-]?[0-9]+$"))
        .then(pl.lit("roster.number_shortened"))
        .when(shape == "bad")
        .then(pl.lit("roster.not_a_number"))
        .when(shape.is_in(["doubt,", "doubt."]) & pl.col("plain").is_null())
        .then(pl.lit(doubt))
        .when(pl.col("plain").str.replace(r"^0+", "").str.find(r"(?:\.|$)") > INTEGER_DIGITS_MAX)
        .then(pl.lit("roster.number_too_long"))
    )


def _scaled() -> pl.Expr:
    """The plain text as an integer of 10^-9, with its sign."""
    plain = pl.col("plain")
    whole = plain.str.extract(r"^([0-9]*)", 1)
    fraction = plain.str.extract(r"\.([0-9]+)$", 1).fill_null("").str.slice(0, READ_DIGITS)
    minus = pl.when(pl.col("minus")).then(pl.lit("-")).otherwise(pl.lit(""))
    return (minus + whole + fraction.str.pad_end(READ_DIGITS, "0")).cast(pl.Int128, strict=False)


def to_scale(scaled: pl.Series, digits: int, factor: Fraction = Fraction(1)) -> tuple[pl.Series, pl.Series]:
    """Integers of 10^-digits, rounded half away from zero after multiplying by `factor`; and which were rounded.

    `factor` must have at most nine digits above and below, so that 128 bits hold all products.
    """
    top, bottom = factor.numerator * 10**digits, factor.denominator * 10**READ_DIGITS
    product = pl.col("n").abs() * top
    frame = pl.DataFrame({"n": scaled}).select(
        ((product * 2 + bottom) // (2 * bottom)).alias("size"),
        (product % bottom != 0).alias("rounded"),
        (pl.col("n") < 0).alias("minus"),
    )
    size = pl.col("size").cast(pl.Int64, strict=False)
    values = frame.select(pl.when(pl.col("minus")).then(-size).otherwise(size)).to_series()
    return values, frame["rounded"].fill_null(value=False)


def decimal_array(units: pl.Series, digits: int) -> pa.Array:
    """Integers of 10^-digits as decimal128(18, digits), exactly."""
    step = pa.scalar(Decimal(1).scaleb(-digits), pa.decimal128(digits + 1, digits))
    exact = pc.multiply(units.to_arrow().cast(pa.decimal128(19, 0)), step)
    return exact.cast(pa.decimal128(18, digits))
