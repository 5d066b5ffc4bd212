"""Identity numbers and telephone numbers: which are well formed, and how they are written when nobody types them.

Identity numbers are checked by python-stdnum where it has the country, and by a pattern where the caller gives one. A
check digit finds a slip of the pen; it does not prove that the number belongs to the person.
"""

from __future__ import annotations

import re
from collections import abc
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

import polars as pl

PATTERN = "pattern:"
STDNUM_MODULE = re.compile(r"^[a-z]{2}\.[a-z_0-9]+$")
_SHORTENED = re.compile(r"^\d+(?:[.,]\d+)?[eE][+-]?\d+$")
_DECIMALS = re.compile(r"[.,]0+$")
# How near to right a refused number was, the nearest first: what is said of a number that no kind accepts.
_FAULTS = ("InvalidChecksum", "InvalidComponent", "InvalidLength", "InvalidFormat")
_CODES = {
    "InvalidChecksum": "roster.id_check_digit",
    "InvalidComponent": "roster.id_not_valid",
    "InvalidLength": "roster.id_length",
    "InvalidFormat": "roster.id_not_valid",
}


@dataclass(frozen=True)
class IdentifierReading:
    """A column of identity numbers: written in the usual way, its kind, and what is wrong with a cell."""

    numbers: pl.Series
    kinds: pl.Series
    fault: pl.Series


class UnknownCheckError(ValueError):
    """The caller names a check that does not exist: a mistake of a pack or of a program."""


@lru_cache(maxsize=64)
def _checker(check: str) -> Any:
    """A module of python-stdnum."""
    if not STDNUM_MODULE.match(check):
        raise UnknownCheckError(f"{check!r} is neither a module of python-stdnum, like cr.cpf, nor pattern:…")
    try:
        return import_module(f"stdnum.{check}")
    except ModuleNotFoundError as error:
        raise UnknownCheckError(f"python-stdnum has no {check!r}") from error


def read_identifiers(text: pl.Series, kinds: abc.Mapping[str, str]) -> IdentifierReading:
    """Check a column of identity numbers. A number that fits one of the kinds is good; without kinds, none is bad.

    Raises UnknownCheckError for a check that does not exist.
    """
    unique = text.drop_nulls().unique(maintain_order=True).to_list()
    read = [_read(number, kinds) for number in unique]
    table = pl.DataFrame(
        {"text": unique, "number": [r[0] for r in read], "kind": [r[1] for r in read], "fault": [r[2] for r in read]},
        schema={"text": pl.String, "number": pl.String, "kind": pl.String, "fault": pl.String},
    )
    joined = pl.DataFrame({"text": text}).join(table, on="text", how="left", maintain_order="left")
    return IdentifierReading(joined["number"], joined["kind"], joined["fault"])


def _read(text: str, kinds: abc.Mapping[str, str]) -> tuple[str | None, str | None, str | None]:
    """The number as usually written, its kind, its fault."""
    bare = _DECIMALS.sub("", text.strip())
    if _SHORTENED.match(bare):
        return None, None, "roster.id_shortened"
    if not kinds:
        return plain_identifier(bare), None, None
    faults: list[str] = []
    for kind, check in kinds.items():
        number, fault = _check(bare, check)
        if fault is None:
            return number, kind, None
        faults.append(fault)
    return None, None, _CODES[min(faults, key=_FAULTS.index)]


def _check(bare: str, check: str) -> tuple[str | None, str | None]:
    """The number in the form of this kind and None, or None and the name of what is wrong."""
    if check.startswith(PATTERN):
        plain = plain_identifier(bare)
        return (plain, None) if re.fullmatch(check.removeprefix(PATTERN), plain) else (None, "InvalidFormat")
    from stdnum.exceptions import ValidationError

    module = _checker(check)
    try:
        return str(module.validate(bare)), None
    except ValidationError as error:
        # Subclasses of the four names count as the first of them that they are.
        names = [kind.__name__ for kind in type(error).__mro__]
        return None, next((name for name in names if name in _FAULTS), "InvalidFormat")


def plain_identifier(text: str) -> str:
    """Letters in capitals and digits, nothing else."""
    return "".join(char for char in text.upper() if char.isalnum())


def read_phones(text: pl.Series, country: str) -> tuple[pl.Series, pl.Series]:
    """Telephone numbers as +506 … in one run of digits, and whether each cell holds none that is possible.

    The pattern of the country's numbers is that of libphonenumber; a number with another country's code is believed.
    """
    code, pattern = _phone_plan(country)
    # Of two numbers in a cell the first counts.
    first = pl.col("t").str.replace(r"^([^/;,]*[0-9]{4}[^/;,]*)[/;,].*$", "${1}")
    digits = first.str.replace_all(r"[\s().\-/]", "").str.replace(r"^00", "+")
    frame = pl.DataFrame({"t": text}).with_columns(digits.alias("d"))
    prefix = f"+{code}" if code else ""
    local = pl.col("d").str.strip_prefix(prefix)
    without_code = pl.col("d").str.strip_prefix(code)
    trunk = pl.col("d").str.strip_prefix("0")
    fits = rf"^(?:{pattern})$"
    number = (
        pl.when(pl.col("d").str.contains(r"^\+[1-9][0-9]{6,14}$") & ~pl.col("d").str.starts_with(prefix or "0"))
        .then(pl.col("d"))
        .when(local.str.contains(fits))
        .then(pl.lit(prefix) + local)
        .when(without_code.str.contains(fits))
        .then(pl.lit(prefix) + without_code)
        .when(trunk.str.contains(fits))
        .then(pl.lit(prefix) + trunk)
    )
    read = frame.select(number.alias("n"), pl.col("t").is_not_null().alias("given"))
    return read["n"], read.select(pl.col("given") & pl.col("n").is_null()).to_series()


@lru_cache(maxsize=8)
def _phone_plan(country: str) -> tuple[str, str]:
    """The country's code and the pattern of its numbers without it."""
    from phonenumbers import PhoneMetadata, country_code_for_region

    plan = PhoneMetadata.metadata_for_region(country.upper(), None)
    code = country_code_for_region(country.upper())
    pattern = plan.general_desc.national_number_pattern if plan is not None and plan.general_desc is not None else None
    return (str(code), pattern) if code and pattern else ("", "[0-9]{6,14}")
