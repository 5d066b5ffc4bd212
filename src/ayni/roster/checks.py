"""Checks that compare columns or rows: impossible births, ages, households, and the same person twice.

What was decided about identity numbers that occur twice:
- the same person again (same birth date, or same name, or nothing that tells them apart): the first row goes on, the
  others are set aside, so that nobody is counted twice;
- different persons under one number (names and dates differ): all go on, and the number is unknown for each of them,
  since nobody can say whose it is.
The same name and birth date under different numbers is a warning: it may be one person, and a human decides.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from ayni.roster.problems import ProblemLog
from ayni.roster.typed_columns import Typed, code_where

AGE_MAX = 120
AGE_TOLERANCE = 1


@dataclass
class Roster:
    """The typed columns while they are being checked. set_aside: rows (by position) that do not go on."""

    columns: dict[str, Typed]
    shown: abc.Mapping[str, str | None]
    texts: abc.Mapping[str, pl.Series]
    rows: pl.Series
    log: ProblemLog
    on: date
    set_aside: pl.Series = field(init=False)

    def __post_init__(self) -> None:
        self.set_aside = pl.Series([False]).new_from_index(0, len(self.rows))

    def set_misfits_aside(self, mask: pl.Series) -> None:
        """Rows whose cells are not believed; they take part in no comparison with other rows."""
        self.set_aside = mask
        self.columns = {name: typed.without(mask) for name, typed in self.columns.items()}

    def values(self, name: str) -> pl.Series | None:
        typed = self.columns.get(name)
        return None if typed is None else typed.values

    def tell(self, mask: pl.Series, code: str, name: str, detail: pl.Series | str | None = None) -> None:
        """A problem in a field's cells where the mask is true."""
        self.log.add_cells(
            code_where(mask, code), column=self.shown.get(name), field=name, value=self.texts.get(name), detail=detail
        )

    def refuse(self, mask: pl.Series, code: str, name: str, detail: pl.Series | str | None = None) -> None:
        """A problem that leaves the cells unknown."""
        known = mask.fill_null(value=False)
        if known.any():
            self.tell(known, code, name, detail)
            self.columns[name] = self.columns[name].without(known)


def check_rows(roster: Roster) -> None:
    """All checks between columns and rows, in an order in which none sees a value that an earlier one refused."""
    check_births(roster)
    check_ages(roster)
    check_duplicates(roster)
    check_households(roster)


def check_births(roster: Roster) -> None:
    """Nobody is born after the day of the check or more than 120 years before it."""
    births = roster.values("birth_date")
    if births is None:
        return
    day = roster.on
    oldest = date(day.year - AGE_MAX, day.month, min(day.day, 28))
    roster.refuse(births > day, "roster.birth_in_future", "birth_date", day.isoformat())
    roster.refuse(births < oldest, "roster.birth_too_old", "birth_date", str(AGE_MAX))


def check_ages(roster: Roster) -> None:
    """An age and a birth date that differ by more than a year: one of them is wrong, or old."""
    births, ages = roster.values("birth_date"), roster.values("age")
    if births is None or ages is None:
        return
    day = roster.on
    had_birthday = (births.dt.month() < day.month) | ((births.dt.month() == day.month) & (births.dt.day() <= day.day))
    completed = (day.year - births.dt.year()) - (~had_birthday).cast(pl.Int32)
    differs = (completed.cast(pl.Int64) - ages).abs() > AGE_TOLERANCE
    roster.tell(differs.fill_null(value=False), "roster.age_differs", "age", completed.cast(pl.String))


def name_key(columns: abc.Mapping[str, Typed]) -> pl.Series | None:
    """The words of a person's name without accents and capitals, in alphabetical order."""
    parts = [columns[name].values for name in ("full_name",) if name in columns]
    parts = parts or [columns[name].values for name in ("surname", "given_names") if name in columns]
    if not parts:
        return None
    frame = pl.DataFrame([part.alias(str(place)) for place, part in enumerate(parts)])
    words = (
        pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)
        .str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.to_lowercase()
        .str.extract_all(r"[\p{L}\d]+")
        .list.sort()
        .list.join(" ")
    )
    key = frame.select(words.alias("key")).to_series()
    return key.set(key == "", None)


def check_duplicates(roster: Roster) -> None:
    """The same person twice; see the head of this module for what happens to whom."""
    size = len(roster.rows)
    names = name_key(roster.columns)
    births = roster.values("birth_date")
    frame = pl.DataFrame(
        {
            "row": roster.rows,
            "name": names if names is not None else pl.Series([None], dtype=pl.String).new_from_index(0, size),
            "birth": births if births is not None else pl.Series([None], dtype=pl.Date).new_from_index(0, size),
        }
    )
    if "national_id" in roster.columns:
        _check_same_number(roster, frame.with_columns(number=roster.columns["national_id"].values))
    if "member_number" in roster.columns:
        members = frame.with_columns(number=roster.columns["member_number"].values)
        later, first_row = _later(members.filter(~roster.set_aside), ["number"], roster)
        roster.tell(later, "roster.same_member_number", "member_number", first_row)
    if names is not None and births is not None:
        later, first_row = _later(frame.filter(~roster.set_aside), ["name", "birth"], roster)
        shown = (
            "full_name"
            if "full_name" in roster.columns
            else "surname"
            if "surname" in roster.columns
            else "given_names"
        )
        roster.tell(later, "roster.same_name_and_birth", shown, first_row)


def _check_same_number(roster: Roster, frame: pl.DataFrame) -> None:
    """Rows that share an identity number: the same person again, or different persons."""
    shared = frame.filter(frame["number"].is_duplicated() & frame["number"].is_not_null())
    if shared.is_empty():
        return
    first = [pl.col(name).first().over("number").alias(f"first_{name}") for name in ("row", "name", "birth")]
    same_name, same_birth = pl.col("name") == pl.col("first_name"), pl.col("birth") == pl.col("first_birth")
    differs = (~same_name).fill_null(value=False) | (~same_birth).fill_null(value=False)
    is_same = same_name.fill_null(value=False) | same_birth.fill_null(value=False) | ~differs
    is_later = pl.col("row") != pl.col("first_row")
    again, other = pl.col("again"), pl.col("other")
    shared = (
        shared.with_columns(*first)
        .with_columns((is_later & is_same).alias("again"), (is_later & ~is_same).alias("other"))
        .with_columns(
            (other.any().over("number") & ~again).alias("contested"),
            pl.col("row").filter(~again).cast(pl.String).str.join(", ").over("number").alias("rows"),
        )
        .select("row", pl.col("first_row").cast(pl.String), "again", "contested", "rows")
    )
    found = pl.DataFrame({"row": roster.rows}).join(shared, on="row", how="left", maintain_order="left")
    is_again = found["again"].fill_null(value=False)
    roster.tell(is_again, "roster.duplicate_person", "national_id", found["first_row"])
    roster.set_aside |= is_again
    roster.refuse(found["contested"], "roster.shared_number", "national_id", found["rows"])


def _later(frame: pl.DataFrame, keys: list[str], roster: Roster) -> tuple[pl.Series, pl.Series]:
    """Rows that repeat the keys of an earlier row, and the number of that row, for all rows of the roster."""
    known = frame.filter(pl.all_horizontal(pl.col(key).is_not_null() for key in keys))
    found = known.select("row", pl.col("row").first().over(keys).alias("first")).filter(
        pl.col("row") != pl.col("first")
    )
    joined = pl.DataFrame({"row": roster.rows}).join(found, on="row", how="left", maintain_order="left")
    return joined["first"].is_not_null(), joined["first"].cast(pl.String)


def check_households(roster: Roster) -> None:
    """A household has one head, and its head's children are younger than the head."""
    households, relations = roster.values("household_id"), roster.values("relationship_to_head")
    if households is None or relations is None:
        return
    is_head = (relations == "head") & ~roster.set_aside
    frame = pl.DataFrame({"row": roster.rows, "household": households, "head": is_head})
    known = pl.col("household").is_not_null() & pl.col("head")
    counted = frame.select(
        (known & (pl.col("head").sum().over("household") > 1)).alias("several"),
        pl.col("row").filter(pl.col("head")).cast(pl.String).str.join(", ").over("household").alias("rows"),
    )
    roster.refuse(counted["several"], "roster.several_heads", "relationship_to_head", counted["rows"])
    births = roster.values("birth_date")
    if births is not None:
        _check_children(roster, households, roster.columns["relationship_to_head"].values, births)


def _check_children(roster: Roster, households: pl.Series, relations: pl.Series, births: pl.Series) -> None:
    frame = pl.DataFrame({"household": households, "relation": relations, "birth": births})
    heads = pl.col("birth").filter(pl.col("relation") == "head").first().over("household")
    older = (
        (pl.col("relation") == "child")
        & pl.col("household").is_not_null()
        & (pl.col("birth") <= heads)
        & ~pl.lit(roster.set_aside)
    )
    roster.tell(
        frame.select(older.fill_null(value=False).alias("older")).to_series(),
        "roster.child_older_than_head",
        "birth_date",
        households,
    )
