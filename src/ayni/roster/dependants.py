"""Who in a family is covered through whom.

The rules say whether a person is covered as a dependant in a scheme; who the insured person is follows from the
household: a member whom the scheme takes in her or his own name, the head first, then the spouse, then the others in
the order of the roster.
"""

from __future__ import annotations

import polars as pl

from ayni.roster.questions import SchemeQuestion

_RANKS = {"head": 0, "spouse": 1}
_LAST_RANK = 2


def insured_through(
    question: SchemeQuestion, persons: pl.DataFrame, answers: pl.DataFrame, decision: pl.Series
) -> tuple[pl.Series, pl.Series]:
    """`as_dependant` (true, false, null: unknown) and `through`, the position of the insured family member.

    A relative whose household is not known may be covered through somebody: that is unknown, not false.
    """
    size = persons.height
    if question.dependants is None:
        no = pl.Series("as_dependant", [False]).new_from_index(0, size)
        return no, pl.Series("through", [None], dtype=pl.UInt32).new_from_index(0, size)
    covered = answers[question.dependants].alias("as_dependant")
    if "household_id" not in persons.columns:
        return covered, pl.Series("through", [None], dtype=pl.UInt32).new_from_index(0, size)
    household = persons["household_id"]
    if "relationship_to_head" in persons.columns:
        relation = persons["relationship_to_head"]
        is_lost = household.is_null() & relation.is_not_null() & (relation != "head")
        covered = covered.set((is_lost & ~covered).fill_null(value=False), None)
        rank = relation.replace_strict(_RANKS, default=_LAST_RANK, return_dtype=pl.UInt8)
    else:
        rank = pl.Series([_LAST_RANK], dtype=pl.UInt8).new_from_index(0, size)
    frame = pl.DataFrame(
        {"position": persons["position"], "household": household, "rank": rank, "insured": decision == "eligible"}
    )
    candidates = (
        frame.filter(pl.col("insured") & pl.col("household").is_not_null())
        .sort("rank", "position")
        .group_by("household", maintain_order=True)
        .agg(pl.col("position").first().alias("first"), pl.col("position").slice(1, 1).first().alias("second"))
    )
    joined = frame.join(candidates, on="household", how="left", maintain_order="left")
    through = joined.select(
        pl.when(covered)
        .then(pl.when(pl.col("first") == pl.col("position")).then("second").otherwise("first"))
        .alias("through")
    ).to_series()
    return covered, through
