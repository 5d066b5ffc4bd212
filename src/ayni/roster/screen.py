"""Applying the rules of a pack to a roster: a row a person and scheme, with the decision and what it rests on.

`screen` runs the rules once for all persons and schemes and derives everything else from that one result, whole
columns at a time. It decides nothing by itself: a condition is true, false or undecided as the rules say, and nothing
that is unknown is filled in. The tables are without language; words are made where they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import pyarrow as pa

from ayni.core.progress import Progress, silent
from ayni.packs.model import Pack
from ayni.roster.amounts_due import amount_columns, benefit_amounts, benefit_columns
from ayni.roster.certainty import Certainty
from ayni.roster.dependants import insured_through
from ayni.roster.missing import MissingInputs, missing_inputs
from ayni.roster.prepare import NAME, PERSON, ROW, Prepared
from ayni.roster.questions import PAYERS, Questions, SchemeQuestion, questions_for
from ayni.rules.canonical import canonical_persons
from ayni.rules.result import Result

ELIGIBLE, NOT_ELIGIBLE, UNDECIDED, OUTSIDE = "eligible", "not_eligible", "undecided", "outside"
DECISIONS = (ELIGIBLE, UNDECIDED, NOT_ELIGIBLE, OUTSIDE)
# Where a person stands, all schemes taken together; the first that fits counts.
IN_OWN_NAME, AS_DEPENDANT, OPEN, NO_RULES, NO_SCHEME = "own_name", "dependant", "undecided", "outside", "none"
STATUSES = (IN_OWN_NAME, AS_DEPENDANT, OPEN, NO_SCHEME, NO_RULES)
_OF_THE_ELIGIBLE = ("income", "income_input", "share")
_SHOWN = (
    *("household_id", "national_id", "member_number", "relationship_to_head", "current_cover", "current_pension_cover"),
)


@dataclass(frozen=True, eq=False)
class Screening:
    """What the rules say of a roster.

    persons: a row a person, in the order of the roster: `position`, `row` (the spreadsheet's), `person_id`, `name`,
      the fields of identity that the roster has, `outside` (the group, or null), `status` (one of STATUSES).
    decisions: a row a person and scheme, by person and then in the pack's order of schemes; see `decision_table`.
    inputs: the canonical inputs on which the rules ran.     missing: what undecided answers lack.
    unconfirmed: scheme → names of unconfirmed rules and figures below its decision; `contributions` likewise.
    """

    pack: Pack
    on: date
    known_on: date | None
    engine: str
    questions: Questions
    persons: pl.DataFrame
    decisions: pl.DataFrame
    inputs: pa.Table
    missing: MissingInputs
    unconfirmed: dict[str, frozenset[str]]
    unconfirmed_contributions: dict[str, frozenset[str]]


def screen(
    prepared: Prepared,
    pack: Pack,
    on: date,
    *,
    engine: Any = "duckdb",
    known_on: date | None = None,
    questions: Questions | None = None,
    progress: Progress = silent,
) -> Screening:
    """Ask the rules about everybody in a roster.

    engine: a name, or an engine ready to run. known_on: only law that was known on that day.
    Raises AyniError check.date_before_pack, and what `pack.evaluate` raises.
    """
    questions = questions or questions_for(pack, on)
    result = pack.evaluate(
        prepared.table, on=on, engine=engine, outputs=questions.outputs, known_on=known_on, progress=progress
    )
    assert result.table is not None
    answers = pl.from_arrow(result.table.drop_columns([PERSON]))
    assert isinstance(answers, pl.DataFrame)
    inputs = canonical_persons(prepared.table, result.plan, None)
    persons = _persons(prepared, questions, answers)
    known = [name for name in result.plan.given if prepared.table.column(name).null_count == 0]
    certainty = Certainty(result.plan, frozenset(known))
    progress("decide", 0, persons.height)
    missing = missing_inputs(result, questions, answers, inputs, persons)
    decisions = decision_table(questions, persons, answers, missing, result, inputs, certainty)
    return Screening(
        pack=pack,
        on=on,
        known_on=known_on,
        engine=result.engine,
        questions=questions,
        persons=_with_status(persons, decisions),
        decisions=decisions,
        inputs=inputs,
        missing=missing,
        unconfirmed={
            question.name: certainty.unconfirmed(question.conditions.values()) for question in questions.schemes
        },
        unconfirmed_contributions={
            question.name: certainty.unconfirmed(name for _, name in question.contributions)
            for question in questions.schemes
        },
    )


def _persons(prepared: Prepared, questions: Questions, answers: pl.DataFrame) -> pl.DataFrame:
    """Who the rows are, and the first group outside the pack that each belongs to."""
    columns = [ROW, PERSON, NAME, *(name for name in _SHOWN if name in prepared.fields)]
    shown = pl.from_arrow(prepared.table.select(columns))
    assert isinstance(shown, pl.DataFrame)
    outside = pl.coalesce(
        *(pl.when(answers[column]).then(pl.lit(group)) for group, column in questions.outside.items()),
        pl.lit(None, pl.String),
    )
    is_open = pl.any_horizontal(
        pl.lit(value=False), *(pl.lit(answers[column].is_null()) for column in questions.outside.values())
    )
    return (
        shown.rename({ROW: "row", NAME: "name"})
        .with_row_index("position")
        .with_columns(outside.alias("outside"), is_open.alias("outside_is_open"))
    )


def decision_table(
    questions: Questions,
    persons: pl.DataFrame,
    answers: pl.DataFrame,
    missing: MissingInputs,
    result: Result,
    inputs: pa.Table,
    certainty: Certainty,
) -> pl.DataFrame:
    """A row a person and scheme.

    position, row, person_id; scheme, scheme_order; decision; outside (the group);
    unmet: bit set of the conditions that are false, in the scheme's order (0 unless not eligible);
    pattern: key into `missing.patterns` (null unless undecided);
    as_dependant (true, false, null: unknown), through (position of the insured family member);
    insured, employer, unit, state: minor units a month; `<payer>_state`: amount, unknown or not_applicable;
    income, income_input, share (of income, in hundredths of a percent);
    rights: bit set of the scheme's benefits whose conditions are met; rights_open: those that are undecided;
    benefit.<branch>.<period>: minor units of a benefit whose conditions are met, where the amount is known;
    is_unconfirmed: the decision rests on something unconfirmed; amounts_unconfirmed: a contribution does.
    """
    frames = []
    benefits = benefit_columns(questions, result)
    for order, question in enumerate(questions.schemes):
        decision = _decision(persons["outside"], answers[question.eligible])
        frame = persons.select("position", "row", "person_id", "outside").with_columns(
            pl.lit(question.name).alias("scheme"),
            pl.lit(order, pl.UInt16).alias("scheme_order"),
            decision.alias("decision"),
            missing.patterns_of[question.name].alias("pattern"),
        )
        frame = frame.with_columns(_unmet(question, answers, certainty), *_rights(question, answers))
        frame = frame.with_columns(*insured_through(question, persons, answers, decision))
        frame = frame.with_columns(*amount_columns(question, answers, result, inputs, decision, certainty))
        frame = frame.with_columns(*benefit_amounts(question, answers, result, benefits))
        frames.append(_blanked(frame, benefits))
    return pl.concat(frames).sort("position", "scheme_order")


def _decision(outside: pl.Series, eligible: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"outside": outside, "eligible": eligible})
    decided = (
        pl.when(pl.col("outside").is_not_null())
        .then(pl.lit(OUTSIDE))
        .when(pl.col("eligible"))
        .then(pl.lit(ELIGIBLE))
        .when(~pl.col("eligible"))
        .then(pl.lit(NOT_ELIGIBLE))
        .otherwise(pl.lit(UNDECIDED))
    )
    return frame.select(decided.alias("decision")).to_series()


def _unmet(question: SchemeQuestion, answers: pl.DataFrame, certainty: Certainty) -> pl.Expr:
    """The false conditions as a bit set, with whether the decision rests on something unconfirmed.

    A refusal is confirmed as soon as one false condition is; an acceptance only if all conditions are.
    """
    bits, doubtful, confirmed_false = pl.lit(0, pl.Int64), False, pl.lit(value=False)
    for place, column in enumerate(question.conditions.values()):
        is_false = pl.lit(~answers[column]).fill_null(value=False)
        bits = bits + is_false.cast(pl.Int64) * (1 << place)
        if certainty.unconfirmed([column]):
            doubtful = True
        else:
            confirmed_false = confirmed_false | is_false
    unsure = (
        pl.when(pl.col("decision") == ELIGIBLE)
        .then(pl.lit(doubtful))
        .when(pl.col("decision") == NOT_ELIGIBLE)
        .then(~confirmed_false)
        .otherwise(pl.lit(value=False))
    )
    return pl.struct(bits.alias("unmet"), unsure.alias("is_unconfirmed")).alias("unmet_struct")


def _rights(question: SchemeQuestion, answers: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    """Bit sets of the benefits whose conditions are met today, and of those that are undecided."""
    met, undecided = pl.lit(0, pl.Int64), pl.lit(0, pl.Int64)
    for place, item in enumerate(question.benefits):
        if item.qualifies is not None:
            known = pl.lit(answers[item.qualifies])
            met = met + known.fill_null(value=False).cast(pl.Int64) * (1 << place)
            undecided = undecided + known.is_null().cast(pl.Int64) * (1 << place)
    return met.alias("rights"), undecided.alias("rights_open")


def _blanked(frame: pl.DataFrame, benefits: tuple[str, ...]) -> pl.DataFrame:
    """What does not apply is empty: rights and amounts of those who are not eligible, reasons of those who are."""
    is_eligible = pl.col("decision") == ELIGIBLE
    return frame.unnest("unmet_struct").with_columns(
        pl.when(pl.col("decision") == NOT_ELIGIBLE).then("unmet").otherwise(0).alias("unmet"),
        pl.when(pl.col("decision") == UNDECIDED).then("pattern").alias("pattern"),
        *(pl.when(is_eligible).then(name).otherwise(0).alias(name) for name in ("rights", "rights_open")),
        *(
            pl.when(is_eligible).then(name).alias(name)
            for name in (*PAYERS, "income", "income_input", "share", *benefits)
        ),
    )


def _with_status(persons: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Where each person stands, all schemes that protect taken together."""
    protecting = decisions.filter(pl.col("protects"))
    grouped = protecting.group_by("position").agg(
        (pl.col("decision") == ELIGIBLE).any().alias("some_eligible"),
        pl.col("as_dependant").any(ignore_nulls=True).alias("some_dependant"),
        ((pl.col("decision") == UNDECIDED) | pl.col("as_dependant").is_null()).any().alias("some_open"),
    )
    status = (
        pl.when(pl.col("some_eligible"))
        .then(pl.lit(IN_OWN_NAME))
        .when(pl.col("some_dependant"))
        .then(pl.lit(AS_DEPENDANT))
        .when(pl.col("outside").is_not_null())
        .then(pl.lit(NO_RULES))
        .when(pl.col("some_open") | pl.col("outside_is_open"))
        .then(pl.lit(OPEN))
        .otherwise(pl.lit(NO_SCHEME))
    )
    return (
        persons.join(grouped, on="position", how="left", maintain_order="left")
        .with_columns(status.alias("status"))
        .drop("some_eligible", "some_dependant", "some_open")
    )
