"""What a check asks the rules for: for each scheme that exists on the day, its conditions, contributions, benefits and
family cover, and the groups for which the pack has no rules.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ayni.packs.model import Benefit, Contribution, Pack, Scheme, text_in
from ayni.roster.texts import refusal

# The nine branches of ILO Convention 102, in its order.
BRANCHES = (
    "medical_care",
    "sickness",
    "unemployment",
    "old_age",
    "employment_injury",
    "family",
    "maternity",
    "invalidity",
    "survivors",
)
PAYERS = ("insured", "employer", "unit", "state")
# A scheme of this type protects nobody: it is due together with others.
CHARGES = "charges"


@dataclass(frozen=True)
class BenefitQuestion:
    """A benefit, and the result columns that say whether its conditions are met and how much it is."""

    benefit: Benefit
    qualifies: str | None
    amount: str | None


@dataclass(frozen=True)
class SchemeQuestion:
    """The result columns of one scheme. conditions: name → column."""

    scheme: Scheme
    conditions: Mapping[str, str]
    contributions: tuple[tuple[Contribution, str], ...]
    benefits: tuple[BenefitQuestion, ...]
    dependants: str | None

    @property
    def name(self) -> str:
        return self.scheme.short_name

    @property
    def eligible(self) -> str:
        return self.scheme.eligible

    @property
    def protects(self) -> bool:
        """False for charges, which are due with other schemes and cover nobody."""
        return self.scheme.type != CHARGES

    @property
    def branches(self) -> tuple[str, ...]:
        """The branches that joining opens, in the order of the convention."""
        return tuple(branch for branch in BRANCHES if branch in self.scheme.branches)

    @property
    def family_branches(self) -> tuple[str, ...]:
        """The branches in which family members are covered: those with benefits in kind."""
        in_kind = {item.benefit.branch for item in self.benefits if item.benefit.in_kind}
        return tuple(branch for branch in self.branches if branch in in_kind)

    def outputs(self) -> Iterator[str]:
        yield self.eligible
        yield from self.conditions.values()
        yield from (column for _, column in self.contributions)
        for item in self.benefits:
            yield from filter(None, (item.qualifies, item.amount))
        if self.dependants is not None:
            yield self.dependants


@dataclass(frozen=True)
class Questions:
    """All that is asked. outside: group → column; the first group that holds is the one that counts."""

    schemes: tuple[SchemeQuestion, ...]
    outside: Mapping[str, str]

    @property
    def outputs(self) -> tuple[str, ...]:
        """Every result column, each once."""
        asked = [name for question in self.schemes for name in question.outputs()]
        return tuple(dict.fromkeys([*asked, *self.outside.values()]))


def first_day(pack: Pack) -> date:
    """The first day for which the pack has both a scheme and a figure."""
    book = pack.rulebook
    figures = [value.valid_from for parameter in book.parameters.values() for value in parameter.values]
    figures += [version.valid_from for table in book.tables.values() for version in table.versions]
    schemes = [scheme.in_force for scheme in pack.schemes.values()]
    return max(min(figures, default=date.min), min(schemes, default=date.min))


def questions_for(pack: Pack, on: date, *, language: str = "en") -> Questions:
    """What to ask on a day. Raises AyniError check.date_before_pack, check.no_scheme_in_force."""
    first = first_day(pack)
    name = text_in(pack.name, language)
    if on < first:
        raise refusal("check.date_before_pack", language, country=name, found=on, first=first)
    known = pack.program.variables
    schemes = [scheme for scheme in pack.schemes.values() if scheme.exists_on(on)]
    if not schemes:
        raise refusal("check.no_scheme_in_force", language, country=name, found=on, first=first)
    outside = {key: group.variable for key, group in pack.outside.items() if group.variable in known}
    return Questions(tuple(_question(scheme, known) for scheme in schemes), outside)


def _question(scheme: Scheme, known: Container[str]) -> SchemeQuestion:
    """The columns of one scheme; a name that is a parameter and no variable is the same for everybody and left out."""

    def column(name: str | None) -> str | None:
        if name is None:
            return None
        full = scheme.column(name)
        return full if full in known else None

    benefits = tuple(BenefitQuestion(item, column(item.qualifies), column(item.amount)) for item in scheme.benefits)
    named = [(item, column(item.variable)) for item in scheme.contributions]
    return SchemeQuestion(
        scheme,
        conditions={name: f"{scheme.short_name}.{name}" for name in scheme.conditions},
        contributions=tuple((item, name) for item, name in named if name is not None),
        benefits=benefits,
        dependants=column(scheme.dependants.variable) if scheme.dependants is not None else None,
    )
