"""What a check found, in numbers: frozen, without language, ready for the terminal, the report and `--json`.

Every part of a whole carries both numbers (`Share`). People are counted once for each figure, whatever the number of
schemes that take them. Money is whole minor units of the currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from ayni.rules.definitions import Text


@dataclass(frozen=True)
class Share:
    """`part` of `whole` people."""

    part: int
    whole: int

    def to_dict(self) -> dict[str, Any]:
        percent = None if self.whole == 0 else str(round(Decimal(100 * self.part) / Decimal(self.whole), 1))
        return {"numerator": self.part, "denominator": self.whole, "percent": percent}


@dataclass(frozen=True)
class Provenance:
    """With what the result was made; enough to make it again, bit for bit.

    roster_sha256: of the file; inputs_sha256: of the table that the rules ran on.
    """

    roster: str
    sheet: str | None
    country: str
    country_name: Text
    on: date
    known_on: date | None
    pack_version: str
    pack_hash: str
    engine: str
    ayni_version: str
    roster_sha256: str
    inputs_sha256: str
    currency: str
    currency_decimals: int
    pack_checked_by: str | None


@dataclass(frozen=True)
class Rows:
    """Rows of persons in the file, those that went on, those set aside; cells or rows with errors, and warnings."""

    read: int
    used: int
    set_aside: int
    errors: int
    warnings: int


@dataclass(frozen=True)
class People:
    """Where people stand, each counted once.

    own_name: some scheme takes them. dependant: covered through family and by no scheme in their own name.
    undecided: nobody can yet say. none: no scheme of the pack takes them. outside: the pack has no rules for them.
    own_name_uncovered, dependant_uncovered: those among them without any cover for health care today; None where the
    roster does not say.
    """

    total: int
    own_name: int
    dependant: int
    undecided: int
    none: int
    outside: int
    own_name_uncovered: int | None = None
    dependant_uncovered: int | None = None

    def share(self, name: str) -> Share:
        """One of the groups as a part of all."""
        return Share(getattr(self, name), self.total)


@dataclass(frozen=True)
class OutsideCount:
    """People of a group for which the pack has no rules. dependants: those among them covered through family."""

    group: str
    words: Text
    people: int
    dependants: int


@dataclass(frozen=True)
class PayerSum:
    """What a payer bears in a month. people: with a known amount. unknown: for whom it is due but not known."""

    total_minor: int
    people: int
    unknown: int

    @property
    def average_minor(self) -> int | None:
        """The amount a person, to the nearest unit, halves up; None where no amount is known."""
        return (2 * self.total_minor + self.people) // (2 * self.people) if self.people else None


@dataclass(frozen=True)
class IncomeShare:
    """The contributions of the insured against the income that they are worked out from.

    income_input: its name; income_words: in words. people: those for whom both are known and the income is above zero.
    median: of the persons' own shares, in hundredths of a percent.
    """

    income_input: str
    income_words: Text
    contributions_minor: int
    incomes_minor: int
    people: int
    median: int


@dataclass(frozen=True)
class SchemeSummary:
    """One scheme. uncovered: of the eligible, those without cover for health care today (None: not known).

    dependants: covered through a family member in this scheme. payers: in the order insured, employer, unit, State;
    only those of whom the scheme asks something. unconfirmed: rules and figures below the decision or the amounts.
    """

    scheme: str
    id: str
    words: Text
    type: str
    protects: bool
    branches: tuple[str, ...]
    eligible: int
    undecided: int
    not_eligible: int
    outside: int
    dependants: int
    uncovered: int | None
    payers: Mapping[str, PayerSum]
    income: IncomeShare | None
    unconfirmed: tuple[str, ...]

    @property
    def people(self) -> int:
        return self.eligible + self.undecided + self.not_eligible + self.outside


@dataclass(frozen=True)
class BranchSummary:
    """One branch of Convention 102, each person counted once.

    own_name, dependant, undecided, none, outside: as in `People`, for this branch. rights: of those in their own name,
    who meet the conditions of a benefit already; rights_undecided: of whom that cannot be said. schemes: those that
    open the branch.
    """

    branch: str
    schemes: tuple[str, ...]
    own_name: int
    dependant: int
    undecided: int
    none: int
    outside: int
    rights: int
    rights_undecided: int


@dataclass(frozen=True)
class Cost:
    """What it costs in a month if everybody joins: one scheme a branch for each person.

    payers: as in SchemeSummary. income: over all persons with a known contribution and income.
    uncovered_payers: the same for those without cover for health care today (None: not known).
    """

    people: int
    payers: Mapping[str, PayerSum]
    contributions_minor: int
    incomes_minor: int
    income_people: int
    uncovered_people: int | None
    uncovered_payers: Mapping[str, PayerSum] | None


@dataclass(frozen=True)
class Barrier:
    """Something that stands in the way. kind: legal, administrative, financial or information.

    blocked: people whom no scheme takes and who fail it. only: people for whom it is all that keeps them from a scheme.
    """

    kind: str
    words: Text
    remedy: Text
    article: str | None
    schemes: tuple[str, ...]
    blocked: int
    only: int

    @property
    def people(self) -> int:
        return max(self.blocked, self.only)


@dataclass(frozen=True)
class Wanted:
    """An input that is missing. in_roster: the roster has a column for it, with gaps.

    people: for whom it can still matter. alone: for whom it settles an answer by itself. settled: who have an answer
    more if this one and those before it in the list are filled in; settled_first: those among them who have none yet.
    """

    name: str
    words: Text
    in_roster: bool
    people: int
    alone: int
    settled: int
    settled_first: int


@dataclass(frozen=True)
class WantedTogether:
    """Missing inputs that together settle what none of them settles alone.

    gain: people who have an answer more once they and those before them are filled in; gain_first: those among them for
    whom it is the first.
    """

    inputs: tuple[Wanted, ...]
    gain: int
    gain_first: int

    @property
    def people(self) -> int:
        return max(wanted.people for wanted in self.inputs)


def together(wanted: tuple[Wanted, ...]) -> tuple[WantedTogether, ...]:
    """The list of missing inputs cut where something is settled; what settles nothing is left out."""
    found: list[WantedTogether] = []
    waiting: list[Wanted] = []
    settled, first = 0, 0
    for item in wanted:
        waiting.append(item)
        if item.settled > settled:
            found.append(WantedTogether(tuple(waiting), item.settled - settled, item.settled_first - first))
            waiting, settled, first = [], item.settled, item.settled_first
    return tuple(found)


@dataclass(frozen=True)
class CoverSummary:
    """Cover today against what could be, for one branch.

    covered: today. kinds: the same by the word of the roster. uncovered: today, and of them those who could be insured
    (own_name, dependant), undecided, whom no scheme takes (none), and for whom the pack has no rules (outside).
    unknown: the roster does not say.
    """

    branch: str
    covered: int
    kinds: Mapping[str, int]
    uncovered: int
    own_name: int
    dependant: int
    undecided: int
    none: int
    outside: int
    unknown: int


@dataclass(frozen=True)
class Summary:
    """All that a check found."""

    provenance: Provenance
    rows: Rows
    people: People
    members: People | None
    outside: tuple[OutsideCount, ...]
    schemes: tuple[SchemeSummary, ...]
    branches: tuple[BranchSummary, ...]
    cost: Cost
    barriers: tuple[Barrier, ...]
    wanted: tuple[Wanted, ...]
    pack_figures_missing: int
    history_missing: int
    cover: tuple[CoverSummary, ...]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, for a program."""
        plain: dict[str, Any] = as_plain(self)
        groups = ("own_name", "dependant", "undecided", "none", "outside")
        plain["people"]["shares"] = {name: self.people.share(name).to_dict() for name in groups}
        return plain


def as_plain(value: Any) -> Any:
    """A value as JSON has it: dataclasses and mappings as objects, dates as ISO text, money as whole minor units."""
    if isinstance(value, Share):
        return value.to_dict()
    if is_dataclass(value):
        return {field.name: as_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list, frozenset)):
        return [as_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
