"""How many people: by where they stand, by scheme, by branch, and against the cover that they have today."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from ayni.roster.columns_by_scheme import ByScheme
from ayni.roster.questions import BRANCHES, SchemeQuestion
from ayni.roster.screen import (
    AS_DEPENDANT,
    ELIGIBLE,
    IN_OWN_NAME,
    NO_RULES,
    NO_SCHEME,
    OPEN,
    UNDECIDED,
    Screening,
)
from ayni.roster.summary import BranchSummary, CoverSummary, OutsideCount, People

NO_COVER = "none"
_GROUPS = {
    "own_name": IN_OWN_NAME,
    "dependant": AS_DEPENDANT,
    "undecided": OPEN,
    "none": NO_SCHEME,
    "outside": NO_RULES,
}


def uncovered(persons: pl.DataFrame) -> pl.Series | None:
    """Who has no cover for health care today; None where the roster does not say of anybody."""
    if "current_cover" not in persons.columns or persons["current_cover"].null_count() == persons.height:
        return None
    return (persons["current_cover"] == NO_COVER).fill_null(value=False)


def count_people(persons: pl.DataFrame) -> People:
    """Where people stand."""
    counts = dict(persons["status"].value_counts().iter_rows())
    without = uncovered(persons)
    groups = {name: int(counts.get(status, 0)) for name, status in _GROUPS.items()}
    if without is None:
        return People(persons.height, **groups)
    bare = {status: int(((persons["status"] == status) & without).sum()) for status in (IN_OWN_NAME, AS_DEPENDANT)}
    return People(
        persons.height,
        **groups,
        own_name_uncovered=bare[IN_OWN_NAME],
        dependant_uncovered=bare[AS_DEPENDANT],
    )


def count_members(persons: pl.DataFrame) -> People | None:
    """The same of those who have a number as members, where the roster tells them from their families."""
    if "member_number" not in persons.columns:
        return None
    is_member = persons["member_number"].is_not_null()
    if is_member.all() or not is_member.any():
        return None
    return count_people(persons.filter(is_member))


def count_outside(screening: Screening) -> tuple[OutsideCount, ...]:
    """People by the group outside the pack, the largest first."""
    counted = (
        screening.persons.filter(pl.col("outside").is_not_null())
        .group_by("outside", maintain_order=True)
        .agg(pl.len(), (pl.col("status") == AS_DEPENDANT).sum().alias("dependants"))
        .sort("len", descending=True, maintain_order=True)
    )
    groups = screening.pack.outside
    return tuple(
        OutsideCount(group, groups[group].words, people, family) for group, people, family in counted.iter_rows()
    )


def branch_states(table: ByScheme, branch: str) -> pl.Series:
    """Where each person stands in one branch: a status as in `screen.STATUSES`."""
    persons = table.screening.persons
    direct = [question for question in table.protecting if branch in question.branches]
    family = [question for question in table.protecting if branch in question.family_branches]
    own, through, is_open = table.nobody(), table.nobody(), table.nobody()
    for question in direct:
        own |= table.decision_is(question, ELIGIBLE)
        is_open |= table.decision_is(question, UNDECIDED)
    for question in family:
        covered = table.column(question, "as_dependant")
        through |= covered.fill_null(value=False)
        is_open |= covered.is_null()
    if direct:
        is_open |= persons["outside_is_open"]
    frame = pl.DataFrame({"own": own, "through": through, "open": is_open, "outside": persons["outside"].is_not_null()})
    return frame.select(
        pl.when("own")
        .then(pl.lit(IN_OWN_NAME))
        .when("through")
        .then(pl.lit(AS_DEPENDANT))
        .when("outside")
        .then(pl.lit(NO_RULES))
        .when("open")
        .then(pl.lit(OPEN))
        .otherwise(pl.lit(NO_SCHEME))
        .alias("state")
    ).to_series()


def count_branches(table: ByScheme, states: Mapping[str, pl.Series]) -> tuple[BranchSummary, ...]:
    """The nine branches. states: of `branch_states`, by branch."""
    summaries = []
    for branch in BRANCHES:
        counts = dict(states[branch].value_counts().iter_rows())
        rights, is_open = table.nobody(), table.nobody()
        for question in table.protecting:
            rights |= _has_right(table, question, branch, "rights")
            is_open |= _has_right(table, question, branch, "rights_open")
        summaries.append(
            BranchSummary(
                branch,
                schemes=tuple(question.name for question in table.protecting if branch in question.branches),
                **{name: int(counts.get(status, 0)) for name, status in _GROUPS.items()},
                rights=int(rights.sum()),
                rights_undecided=int((is_open & ~rights).sum()),
            )
        )
    return tuple(summaries)


def _has_right(table: ByScheme, question: SchemeQuestion, branch: str, column: str) -> pl.Series:
    """Who meets the conditions of a benefit of the branch today (`rights`), or for whom it is undecided."""
    places = [place for place, item in enumerate(question.benefits) if item.benefit.branch == branch]
    bits = sum(1 << place for place in places)
    return (table.column(question, column) & bits) != 0 if bits else table.nobody()


def cover_today(screening: Screening, states: Mapping[str, pl.Series]) -> tuple[CoverSummary, ...]:
    """The gap against today's cover, for health care and for pensions, as far as the roster tells it."""
    persons = screening.persons
    found = []
    if "current_cover" in persons.columns and persons["current_cover"].is_not_null().any():
        cover = persons["current_cover"]
        kinds = dict(cover.filter(cover != NO_COVER).value_counts(sort=True).iter_rows())
        found.append(_gap("medical_care", cover == NO_COVER, states["medical_care"], kinds))
    if "current_pension_cover" in persons.columns and persons["current_pension_cover"].is_not_null().any():
        found.append(_gap("old_age", ~persons["current_pension_cover"], states["old_age"], {}))
    return tuple(found)


def _gap(branch: str, without: pl.Series, state: pl.Series, kinds: Mapping[str, int]) -> CoverSummary:
    """without: has no cover today (null: the roster does not say)."""
    bare = state.filter(without.fill_null(value=False))
    counts = dict(bare.value_counts().iter_rows())
    return CoverSummary(
        branch,
        covered=int((~without).fill_null(value=False).sum()),
        kinds=kinds,
        uncovered=len(bare),
        **{name: int(counts.get(status, 0)) for name, status in _GROUPS.items()},
        unknown=int(without.null_count()),
    )
