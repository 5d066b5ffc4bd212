"""Errors for people: what was found, what was expected, what to do next, and a stable code.

A user error is an `AyniError`; several problems of one input travel together as `AyniErrors`.
Anything else that is raised is a bug and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """Exit codes of the command line, by kind of outcome."""

    DONE = 0
    BUG = 1
    USAGE = 2
    INVALID_INPUT = 10
    INVALID_PACK = 11
    NOT_PERMITTED = 12
    NOT_BALANCED = 13
    PARTLY_DONE = 14


@dataclass(frozen=True)
class Location:
    """Where in a file a problem stands; `line` counts from 1, `path` is as the user gave it."""

    path: str
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return place if self.key is None else f"{place} ({self.key})"


class AyniError(Exception):
    """One problem that a person can mend.

    code: stable, dotted, lower case (`roster.empty_file`); it has an entry in docs/reference/errors.
    title: the problem in one sentence. found / expected / action: as STYLE §8 asks.
    exit_code: what the command line ends with when this problem stops it.
    """

    def __init__(
        self,
        code: str,
        title: str,
        *,
        found: str | None = None,
        expected: str | None = None,
        action: str | None = None,
        location: Location | None = None,
        exit_code: ExitCode = ExitCode.INVALID_INPUT,
    ) -> None:
        super().__init__(title)
        self.code = code
        self.title = title
        self.found = found
        self.expected = expected
        self.action = action
        self.location = location
        self.exit_code = exit_code

    def __str__(self) -> str:
        lines = [self.title if self.location is None else f"{self.location}: {self.title}"]
        lines += [
            f"  {label}: {text}"
            for label, text in (("found", self.found), ("expected", self.expected), ("do", self.action))
            if text
        ]
        return "\n".join([*lines, f"  code: {self.code}"])

    def as_dict(self) -> dict[str, Any]:
        """The error as plain values, for `--json`."""
        return {
            "code": self.code,
            "title": self.title,
            "found": self.found,
            "expected": self.expected,
            "action": self.action,
            "location": None if self.location is None else str(self.location),
        }


class AyniErrors(AyniError):
    """Several problems of one input, shown together; `errors` is never empty."""

    def __init__(self, errors: Iterable[AyniError]) -> None:
        self.errors: Sequence[AyniError] = tuple(errors)
        assert self.errors, "AyniErrors needs at least one error"
        first = self.errors[0]
        title = first.title if len(self.errors) == 1 else f"{len(self.errors)} problems were found"
        super().__init__(first.code, title, exit_code=first.exit_code)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "title": self.title, "errors": [error.as_dict() for error in self.errors]}


def raise_all(errors: Iterable[AyniError]) -> None:
    """Raise nothing for no errors, the one error itself, or all of them together."""
    collected = list(errors)
    if len(collected) == 1:
        raise collected[0]
    if collected:
        raise AyniErrors(collected)
