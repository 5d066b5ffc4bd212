"""What joining costs in a month, by payer: for each scheme, and for everybody together.

Schemes that cover the same branch stand beside each other, and nobody joins both. The sum over everybody therefore
takes one scheme a branch for each person, in a stated order: contributory schemes that are compulsory or subsidised,
then those financed by taxes, then voluntary ones; among equals the one with more branches, then the one that costs the
insured less, then the pack's order. Charges are added, since they are due with the others.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from ayni.roster.columns_by_scheme import ByScheme
from ayni.roster.questions import BRANCHES, CHARGES, PAYERS, SchemeQuestion
from ayni.roster.screen import ELIGIBLE, Screening
from ayni.roster.summary import Cost, IncomeShare, PayerSum

_RANKS = {"contributory_mandatory": 0, "subsidized": 0, "tax_financed": 1, "contributory_voluntary": 2, CHARGES: 3}


def payer_sums(rows: pl.DataFrame) -> dict[str, PayerSum]:
    """What each payer bears, over rows of the table of decisions; payers of whom nothing is asked are left out."""
    sums = {}
    for payer in PAYERS:
        states = rows[f"{payer}_state"]
        known, unknown = int((states == "amount").sum()), int((states == "unknown").sum())
        if known or unknown:
            # Several schemes may ask something of one person, who is counted once.
            people = rows.filter(states == "amount")["position"].n_unique()
            lost = rows.filter(states == "unknown")["position"].n_unique()
            sums[payer] = PayerSum(int(rows.filter(states == "amount")[payer].sum()), people, lost)
    return sums


def scheme_costs(table: ByScheme, question: SchemeQuestion) -> tuple[dict[str, PayerSum], IncomeShare | None]:
    """The payers of one scheme, and the contribution of the insured as a share of income, over the eligible."""
    decisions = table.screening.decisions
    rows = decisions.filter((pl.col("scheme") == question.name) & (pl.col("decision") == ELIGIBLE))
    return payer_sums(rows), _income_share(table.screening, rows)


def _income_share(screening: Screening, rows: pl.DataFrame) -> IncomeShare | None:
    known = rows.filter(pl.col("share").is_not_null())
    if known.is_empty():
        return None
    name = known["income_input"][0]
    definition = screening.pack.rulebook.inputs.get(name)
    return IncomeShare(
        name,
        definition.words if definition is not None else {},
        int(known["insured"].sum()),
        int(known["income"].sum()),
        known.height,
        int(known["share"].median() or 0),  # type: ignore[arg-type]
    )


def chosen_rows(screening: Screening) -> pl.DataFrame:
    """The rows of the schemes that each person is counted in; see the head of this module."""
    order = {question.name: place for place, question in enumerate(screening.questions.schemes)}
    known = [(q.name, _RANKS[q.scheme.type], -len(q.branches), _bits(q)) for q in screening.questions.schemes]
    facts = pl.DataFrame(known, schema=["scheme", "rank", "width", "bits"], orient="row")
    rows = (
        screening.decisions.filter(pl.col("decision") == ELIGIBLE)
        .join(facts, on="scheme", how="left", maintain_order="left")
        .sort("position", "rank", "width", "insured", "scheme_order", nulls_last=True)
        .with_columns(pl.int_range(pl.len()).over("position").alias("turn"))
    )
    taken = rows.select("position").unique(maintain_order=True).with_columns(pl.lit(0, pl.Int64).alias("taken"))
    chosen = []
    for turn in range(len(order)):
        now = rows.filter(pl.col("turn") == turn).join(taken, on="position", how="left", maintain_order="left")
        if now.is_empty():
            break
        fits = now.filter((pl.col("bits") & pl.col("taken")) == 0)
        chosen.append(fits.drop("taken"))
        taken = (
            taken.join(fits.select("position", "bits"), on="position", how="left", maintain_order="left")
            .with_columns(taken=pl.col("taken") | pl.col("bits").fill_null(0))
            .drop("bits")
        )
    return pl.concat(chosen) if chosen else rows


def _bits(question: SchemeQuestion) -> int:
    return sum(1 << place for place, branch in enumerate(BRANCHES) if branch in question.branches)


def total_cost(screening: Screening, without_cover: pl.Series | None) -> Cost:
    """The cost if everybody joins. without_cover: who has no cover for health care today."""
    rows = chosen_rows(screening)
    people = rows.group_by("position").agg(
        pl.col("insured").sum().alias("insured"),
        ((pl.col("insured_state") == "unknown") | ((pl.col("insured_state") == "amount") & pl.col("income").is_null()))
        .any()
        .alias("unknown"),
        pl.col("income").max().alias("income"),
    )
    known = people.filter(~pl.col("unknown") & (pl.col("income") > 0))
    bare: Mapping[str, PayerSum] | None = None
    bare_people: int | None = None
    if without_cover is not None:
        positions = screening.persons.filter(without_cover)["position"]
        some = rows.filter(pl.col("position").is_in(positions.implode()))
        bare, bare_people = payer_sums(some), some["position"].n_unique()
    return Cost(
        people=people.height,
        payers=payer_sums(rows),
        contributions_minor=int(known["insured"].sum()),
        incomes_minor=int(known["income"].sum()),
        income_people=known.height,
        uncovered_people=bare_people,
        uncovered_payers=bare,
    )
