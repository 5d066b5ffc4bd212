"""What undecided answers lack: all inputs that can still matter, and the least that could settle the answer.

Rows that lack the same inputs for the same scheme are one pattern and are looked at once, on the first such person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa

from ayni.roster.questions import Questions
from ayni.rules.deciding import Decider
from ayni.rules.engines.base import mask_names, mask_words
from ayni.rules.engines.reference import Row
from ayni.rules.plan import HISTORY, MASK_WORD_BITS, PACK_FIGURE, Plan
from ayni.rules.result import Result

# Patterns of one scheme for which the smallest deciding set is looked for, the most frequent first.
WORKED_OUT_MAX = 20
# What can be missing although no column of a roster could give it.
NO_COLUMN = frozenset({PACK_FIGURE, HISTORY})


@dataclass(frozen=True)
class Pattern:
    """Undecided answers of one scheme that lack the same.

    names: all that can still matter. deciding: the smallest set seen to settle it with some values; empty where the
    search was not made or found none. people: how many answers are like this.
    """

    key: int
    scheme: str
    names: tuple[str, ...]
    deciding: tuple[str, ...]
    people: int


@dataclass(frozen=True)
class OpenQuestion:
    """Persons whose open answers lack the same.

    answers: for each open scheme all that it lacks; where no scheme is open, what family cover or a group outside the
    pack lacks. people: how many persons. without_any: those among them whom no scheme takes, in their own name or as
    family, as far as is known.
    """

    answers: tuple[frozenset[str], ...]
    people: int
    without_any: int


@dataclass(frozen=True, eq=False)
class MissingInputs:
    """patterns by key; patterns_of: scheme → the key of each person's pattern (null unless undecided)."""

    patterns: tuple[Pattern, ...]
    patterns_of: dict[str, pl.Series] = field(repr=False)
    open_questions: tuple[OpenQuestion, ...]


def missing_inputs(
    result: Result, questions: Questions, answers: pl.DataFrame, inputs: pa.Table, persons: pl.DataFrame
) -> MissingInputs:
    """All patterns of a result. answers: the result's columns. inputs: the canonical table that it was made from."""
    names = result.plan.missable()
    words = mask_words(result.plan)
    inside = persons["outside"].is_null()
    patterns: list[Pattern] = []
    patterns_of: dict[str, pl.Series] = {}
    finder = _Finder(result.plan, inputs)
    for question in questions.schemes:
        masks = mask_names(question.eligible, words)
        is_open = answers[question.eligible].is_null() & inside
        keyed = _keyed(answers.select(masks), is_open, len(patterns))
        patterns_of[question.name] = keyed.keys
        for place, (mask, row, count) in enumerate(keyed.found):
            lacking = decoded(names, mask)
            # All that is lacking decides for sure; if that is one thing, nothing smaller has to be looked for.
            deciding: tuple[str, ...] = lacking if len(lacking) == 1 else ()
            if len(lacking) > 1 and place < WORKED_OUT_MAX:
                deciding = finder.smallest(question.eligible, row)
            patterns.append(Pattern(len(patterns), question.name, lacking, deciding, count))
    found = _open_questions(result.plan, questions, answers, persons, patterns, patterns_of)
    return MissingInputs(tuple(patterns), patterns_of, found)


def decoded(names: Sequence[str], mask: Sequence[int]) -> tuple[str, ...]:
    """The names that the bits of a mask stand for."""
    return tuple(
        names[word * MASK_WORD_BITS + bit]
        for word, value in enumerate(mask)
        for bit in range(MASK_WORD_BITS)
        if value >> bit & 1
    )


@dataclass(frozen=True)
class _Keyed:
    """keys: for each row the key of its mask, or null. found: mask, first row and count of each, the most frequent
    first."""

    keys: pl.Series
    found: tuple[tuple[tuple[int, ...], int, int], ...]


def _keyed(masks: pl.DataFrame, chosen: pl.Series, first_key: int) -> _Keyed:
    columns = masks.columns
    frame = masks.with_row_index("at")
    groups = (
        frame.filter(chosen)
        .group_by(columns, maintain_order=True)
        .agg(pl.col("at").first(), pl.len().alias("count"))
        .sort("count", descending=True, maintain_order=True)
        .with_row_index("key", offset=first_key)
    )
    joined = frame.join(groups.select(*columns, "key"), on=columns, how="left", maintain_order="left", nulls_equal=True)
    keys = pl.DataFrame({"key": joined["key"], "chosen": chosen}).select(pl.when("chosen").then("key").alias("pattern"))
    found = tuple((tuple(row[:-3]), row[-2], row[-1]) for row in groups.select(*columns, "key", "at", "count").rows())
    return _Keyed(keys.to_series(), found)


class _Finder:
    """Asks the reference engine, for one person of a pattern, what would settle an answer."""

    def __init__(self, plan: Plan, inputs: pa.Table) -> None:
        self.decider = Decider(plan)
        self.inputs = inputs
        found = pl.from_arrow(inputs.column("household")) if plan.uses_household else None
        assert found is None or isinstance(found, pl.Series)
        self.households = found

    def smallest(self, output: str, row: int) -> tuple[str, ...]:
        person = self.inputs.slice(row, 1).to_pylist()[0]
        return self.decider.inputs_for(output, person, self._others(row))

    def _others(self, row: int) -> list[Row]:
        if self.households is None:
            return []
        together = (self.households == self.households[row]).arg_true()
        others = together.filter(together != row)
        rows: list[Row] = self.inputs.take(others.to_arrow()).to_pylist()
        return rows


def _open_questions(
    plan: Plan,
    questions: Questions,
    answers: pl.DataFrame,
    persons: pl.DataFrame,
    patterns: Sequence[Pattern],
    patterns_of: dict[str, pl.Series],
) -> tuple[OpenQuestion, ...]:
    """Persons with open answers, grouped by what these lack."""
    words = mask_words(plan)
    protecting = [question for question in questions.schemes if question.protects]
    families = [question.dependants for question in protecting if question.dependants is not None]
    inside = pl.lit(persons["outside"].is_null())
    without = inside & ~_any_true(answers, [q.eligible for q in protecting]) & ~_any_true(answers, families)
    keys = [f"key {question.name}" for question in protecting]
    others = [f"word {word}" for word in range(words)]
    frame = persons.select(
        without.alias("without"),
        *(pl.lit(patterns_of[question.name]).alias(key) for question, key in zip(protecting, keys, strict=True)),
    )
    is_alone = pl.col("without") & pl.all_horizontal(pl.col(key).is_null() for key in keys)
    for word, name in enumerate(others):
        union = pl.lit(0, pl.Int64)
        for output in (*families, *questions.outside.values()):
            union = union | pl.lit(answers[mask_names(output, words)[word]])
        frame = frame.with_columns(pl.when(is_alone).then(union).otherwise(0).alias(name))
    is_open = pl.any_horizontal(*(pl.col(key).is_not_null() for key in keys), *(pl.col(name) != 0 for name in others))
    grouped = (
        frame.filter(is_open)
        .group_by([*keys, *others], maintain_order=True)
        .agg(pl.len().alias("people"), pl.col("without").sum().alias("without_any"))
    )
    return tuple(_question(row, len(keys), words, plan.missable(), patterns) for row in grouped.rows())


def _any_true(answers: pl.DataFrame, columns: Sequence[str]) -> pl.Expr:
    known = (pl.lit(answers[name]).fill_null(value=False) for name in columns)
    return pl.any_horizontal(pl.lit(value=False), *known)


def _question(
    row: tuple[int, ...], schemes: int, words: int, names: Sequence[str], patterns: Sequence[Pattern]
) -> OpenQuestion:
    """The group of persons that a row of pattern keys and mask words stands for."""
    lacking = tuple(frozenset(patterns[key].names) for key in row[:schemes] if key is not None)
    other = frozenset(decoded(names, row[schemes : schemes + words]))
    return OpenQuestion(lacking or (other,), row[-2], row[-1])
