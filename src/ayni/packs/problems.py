"""Problems of a pack, collected with their place before any is shown; and the guess at what was meant.

Nothing here decides whether something is a problem: readers and checks do, and add it here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from ayni.core.errors import AyniError, ExitCode, Location, raise_all

# More problems than this are cut off: a file that is wrong in every line is wrong for one reason.
MOST_PROBLEMS = 500


@dataclass(frozen=True)
class Where:
    """A place in a file: `path` as shown, `line` from 1, `keys` the way down from the top of the file."""

    path: str
    line: int | None = None
    keys: tuple[str, ...] = ()

    def at(self, key: object, line: int | None) -> Where:
        """The place one step further down; keeps its own line when the step has none."""
        return Where(self.path, self.line if line is None else line, (*self.keys, str(key)))

    @property
    def location(self) -> Location:
        return Location(self.path, self.line, ".".join(self.keys) or None)


@dataclass
class Problems:
    """A growing list of problems, in the order in which they were met."""

    errors: list[AyniError] = field(default_factory=list)

    def add(
        self,
        code: str,
        title: str,
        where: Where | Location | None,
        *,
        found: str | None = None,
        expected: str | None = None,
        action: str | None = None,
    ) -> None:
        """Note one problem; `where` is where a person mends it."""
        if len(self.errors) < MOST_PROBLEMS:
            location = where.location if isinstance(where, Where) else where
            self.errors.append(pack_error(code, title, location, found=found, expected=expected, action=action))

    def raise_if_any(self) -> None:
        """Raise all that was collected together; return when there is nothing."""
        raise_all(self.errors)


def pack_error(
    code: str,
    title: str,
    location: Location | None = None,
    *,
    found: str | None = None,
    expected: str | None = None,
    action: str | None = None,
) -> AyniError:
    """A problem of a pack, which ends the command line with the exit code for invalid packs."""
    return AyniError(
        code, title, found=found, expected=expected, action=action, location=location, exit_code=ExitCode.INVALID_PACK
    )


def suggest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant, or None when nothing is near."""
    matches = get_close_matches(word.lower(), list(candidates), n=1, cutoff=0.7)
    return matches[0] if matches else None


def one_of(candidates: Iterable[str], most: int = 12) -> str:
    """`a, b or c` for a message; a long list is cut with the number of the others."""
    names = list(candidates)
    if len(names) > most:
        return ", ".join(names[:most]) + f" or one of {len(names) - most} others"
    return " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def corrected(word: str, candidates: Iterable[str]) -> str | None:
    """What to write instead of a mistyped word, as an action; None when nothing is near."""
    guess = suggest(word, candidates)
    return None if guess is None else f"write `{guess}`"
