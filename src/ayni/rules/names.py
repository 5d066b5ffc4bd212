"""What things of a rulebook may be called, so that no engine takes one for another.

DuckDB does not tell `Fee` from `fee`, PostgreSQL cuts names at 63 bytes, and the tables that engines read have columns
of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ayni.core.errors import AyniError, Location
from ayni.rules.definitions import Rulebook
from ayni.rules.grammar import rule_error

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
NAME_LENGTH_MAX = 60
# Columns of the tables that engines read, and words of the language.
RESERVED = frozenset({
    "row", "person", "person_id", "household", "household_id", "day", "history", "history_from", "history_until",
    "evaluation_date", "evaluation_month", "unknown",
})  # fmt: skip
RESERVED_IN_RECORDS = frozenset(
    {"row", "person", "person_id", "month", "evaluation_date", "evaluation_month", "unknown"}
)
# `scheme.missing` would be taken for the mask of a shared variable that is called as the scheme is.
MASK = re.compile(r"missing[0-9]*\Z")


def check_names(rulebook: Rulebook) -> list[AyniError]:
    """Everything that is called what it must not be."""
    problems = [*_refused("input", rulebook.inputs, RESERVED), *_refused("parameter", rulebook.parameters, RESERVED)]
    problems += _refused("history column", rulebook.history, RESERVED_IN_RECORDS)
    problems += _refused("table", rulebook.tables, frozenset())
    for qualified, definition in rulebook.variables.items():
        owner, _, name = qualified.rpartition(".")
        found = [*_refused("scheme", [owner] if owner else [], frozenset(), definition.location)]
        found += _refused("variable", [name], RESERVED if not owner else frozenset(), definition.location)
        if owner and MASK.match(name):
            found.append(_problem("variable", name, "is a name of the kernel's own", definition.location))
        problems += found
    return problems


def _refused(
    what: str, names: Iterable[str], reserved: frozenset[str], location: Location | None = None
) -> Iterator[AyniError]:
    for name in names:
        if not NAME.match(name):
            yield _problem(what, name, "is not written in lower case: letters a to z, digits, underscores", location)
        elif len(name) > NAME_LENGTH_MAX:
            yield _problem(what, name, f"has more than {NAME_LENGTH_MAX} letters", location)
        elif name in reserved:
            yield _problem(what, name, "is a name of the kernel's own", location)


def _problem(what: str, name: str, why: str, location: Location | None) -> AyniError:
    shown = name[:NAME_LENGTH_MAX]
    return rule_error("name", f"The {what} `{shown}` {why}", found=shown, location=location, action="rename it")
