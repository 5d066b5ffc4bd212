"""Where the table stands in a file: its header row, its columns, the rows that hold something.

Today a header is the first row that is not blank, and all below it are persons. Files with two header rows, notes below
or totals at the end are found out here, so that the readers need not know.
"""

from __future__ import annotations

import re
from collections import abc
from dataclasses import dataclass

from ayni.core.errors import AyniError, Location
from ayni.roster import catalogue

SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Header:
    """Names of the columns that are kept, and their positions in the file (from 0)."""

    names: tuple[str, ...]
    positions: tuple[int, ...]


def tidy_name(text: object) -> str:
    """A column's name with line breaks and repeated spaces made single spaces."""
    return SPACES.sub(" ", str(text)).strip()


def letter(position: int) -> str:
    """The letters a spreadsheet shows above a column: 0 is A, 26 is AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def header_from(row: abc.Sequence[str], filled: abc.Callable[[int], bool]) -> Header:
    """Columns with a name, or without one but with content; `filled` says whether a position has any cell below."""
    names: list[str] = []
    positions: list[int] = []
    for position, text in enumerate(row):
        name = tidy_name(text)
        if name or filled(position):
            names.append(name or f"({letter(position)})")
            positions.append(position)
    return Header(tuple(names), tuple(positions))


def repeated_names(header: Header, location: Location, language: str) -> AyniError | None:
    """The refusal of a table in which two columns have the same name: nobody could say which one is meant."""
    places: dict[str, list[str]] = {}
    for name, position in zip(header.names, header.positions, strict=True):
        places.setdefault(name, []).append(letter(position))
    twice = [f"«{name}» ({', '.join(letters)})" for name, letters in places.items() if len(letters) > 1]
    if not twice:
        return None
    return catalogue.refusal("roster.duplicate_columns", language, location, columns="; ".join(twice))
