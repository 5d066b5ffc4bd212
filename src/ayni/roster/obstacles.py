"""What stands in the way: conditions that people fail, and inputs that nobody has filled in.

A legal condition that keeps somebody out of one scheme is no obstacle where another scheme takes her; it only says whom
the scheme is for. So legal conditions count for people whom no scheme takes, and the others (administrative, financial,
of information) also where they alone keep somebody from a scheme.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import polars as pl

from ayni.packs.model import Condition, Pack
from ayni.roster.columns_by_scheme import ByScheme
from ayni.roster.missing import NO_COLUMN, OpenQuestion
from ayni.roster.screen import NO_SCHEME
from ayni.roster.summary import Barrier, Wanted
from ayni.rules.definitions import Text

LEGAL = "legal"
WANTED_MAX = 12


@dataclass
class _Found:
    """People who fail one condition, under whatever scheme it stands."""

    condition: Condition
    blocked: pl.Series
    only: pl.Series
    schemes: list[str] = field(default_factory=list)


def find_barriers(table: ByScheme) -> tuple[Barrier, ...]:
    """Conditions by the people who fail them, the most frequent first."""
    blocked = table.screening.persons["status"] == NO_SCHEME
    found: dict[tuple[str, str], _Found] = {}
    for question in table.protecting:
        unmet = table.column(question, "unmet")
        for place, condition in enumerate(question.scheme.conditions.values()):
            fails = (unmet & (1 << place)) != 0
            kind = condition.barrier or LEGAL
            only = table.nobody() if kind == LEGAL else unmet == 1 << place
            words = condition.unmet or condition.words
            entry = found.setdefault((kind, str(words)), _Found(condition, table.nobody(), table.nobody()))
            entry.blocked |= fails & blocked
            entry.only |= only
            entry.schemes.append(question.name)
    barriers = [_barrier(entry) for entry in found.values()]
    kept = [barrier for barrier in barriers if barrier.people]
    return tuple(sorted(kept, key=lambda barrier: (-barrier.blocked, -barrier.only)))


def _barrier(found: _Found) -> Barrier:
    condition = found.condition
    return Barrier(
        kind=condition.barrier or LEGAL,
        words=condition.unmet or condition.words,
        remedy=condition.remedy,
        article=condition.evidence.article,
        schemes=tuple(dict.fromkeys(found.schemes)),
        blocked=int(found.blocked.sum()),
        only=int(found.only.sum()),
    )


def rank_wanted(
    questions: Collection[OpenQuestion], pack: Pack, words: Mapping[str, Text], in_roster: Collection[str]
) -> tuple[Wanted, ...]:
    """Missing inputs in the order in which filling them in gives the most people an answer more.

    Each step takes the input that brings the open answers nearest to being complete: an answer that lacks n more things
    counts 2 to the power of -n. So three columns that only together decide something are found one after the other.
    """
    names = {name for question in questions for lacking in question.answers for name in lacking} - NO_COLUMN
    chosen: list[str] = []
    wanted: list[Wanted] = []
    while len(chosen) < min(len(names), WANTED_MAX):
        left = sorted(names.difference(chosen))
        best = max(left, key=lambda name: (_closeness(questions, {*chosen, name}), -left.index(name)))
        chosen.append(best)
        settled = [question for question in questions if _is_settled(question, set(chosen))]
        wanted.append(
            Wanted(
                name=best,
                words=words.get(best) or _words(pack, best),
                in_roster=best in in_roster,
                people=sum(question.people for question in questions if any(best in a for a in question.answers)),
                alone=sum(question.people for question in questions if frozenset({best}) in question.answers),
                settled=sum(question.people for question in settled),
                settled_first=sum(question.without_any for question in settled),
            )
        )
    return tuple(wanted)


def _closeness(questions: Collection[OpenQuestion], known: set[str]) -> Fraction:
    return sum(
        (
            Fraction(question.people, 1 << min(len(lacking - known) for lacking in question.answers))
            for question in questions
        ),
        Fraction(0),
    )


def _is_settled(question: OpenQuestion, known: set[str]) -> bool:
    return any(lacking <= known for lacking in question.answers)


def _words(pack: Pack, name: str) -> Text:
    definition = pack.rulebook.inputs.get(name)
    return definition.words if definition is not None and definition.words else {"en": name.replace("_", " ")}


def lacking(questions: Collection[OpenQuestion], what: str) -> int:
    """People for whom something that no column could give is missing: a figure of the pack, or monthly records."""
    return sum(question.people for question in questions if any(what in answer for answer in question.answers))
