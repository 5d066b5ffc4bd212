"""People who do not exist, in households: who lives with whom, ages, work, incomes by month, the cover they have today.

This module draws households in general; what is particular to a country and its cooperative (occupations, incomes,
seasons, cover, columns) is a `Setting`, in a module of its own. Nothing here is broken on purpose: mistakes come
later (`mistakes`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ayni.roster.practice.dice import Dice
from ayni.roster.practice.names import GIVEN_NAMES, PLACES, SURNAMES

MONTHS_OF_YEAR = 12
ADULT_AGE = 18
WORKING_AGE = 15

# A fact of a person that only one country's list asks for; None is "the list does not say".
Fact = str | int | bool | None


@dataclass(frozen=True)
class Work:
    """What a person lives from. Amounts are whole major units of the currency, January first.

    status: a value of `employment_status` in the vocabulary; situation: a finer word for the same (homemaker,
    student, pensioner …).
    income_by_month: gross pay of an employee, net income of anybody else who earns; empty for who earns nothing.
    turnover_by_month: receipts before costs, of those who sell on their own account.
    """

    status: str
    situation: str
    occupation: str = ""
    is_full_time: bool | None = None
    sector: str | None = None
    income_by_month: tuple[int, ...] = ()
    turnover_by_month: tuple[int, ...] = ()

    @property
    def income_of_year(self) -> int:
        """The sum of the twelve months; 0 for who earns nothing."""
        return sum(self.income_by_month)

    @property
    def turnover_of_year(self) -> int:
        """Receipts of the twelve months; 0 for who sells nothing."""
        return sum(self.turnover_by_month)


@dataclass(frozen=True)
class Draft:
    """A person before work, cover and papers are drawn: the place in the household, sex and age on the day of the
    list.
    """

    relation: str
    is_member: bool
    sex: str
    age: int


@dataclass(frozen=True)
class Person:
    """One invented person. `number` counts from 1 in the order of the list; `cover` is a code of the setting, None
    when not known.
    """

    number: int
    household: int
    relation: str
    member_number: int | None
    identifier: str
    identifier_kind: str
    given_names: str
    surnames: str
    sex: str
    birth_date: date
    place: str
    work: Work
    cover: str | None
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def is_member(self) -> bool:
        """Whether the person is a member of the cooperative, and not only lives with one."""
        return self.member_number is not None

    def age_on(self, day: date) -> int:
        """Completed years on a day; someone born on 29 February has her birthday on 1 March of a common year."""
        return day.year - self.birth_date.year - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day))


@dataclass(frozen=True)
class Setting:
    """What makes a country's practice list: shares of a hundred, and functions that draw what depends on the country.

    member_ages: (lowest, highest) → weight. children: number of children at home → weight, of a household of
    childbearing age. insured_cover: covers through which a relative may be covered; where nobody at home has one,
    `family` becomes one of `cover_without_insured`. work, cover, facts, identifier: asked once a person; `facts` is
    also given the cover and the income a head of the household per month.
    """

    country: str
    female_member_percent: int
    member_ages: Mapping[tuple[int, int], int]
    spouse_percent: int
    spouse_is_member_percent: int
    children: Mapping[int, int]
    elder_percent: int
    other_relative_percent: int
    work: Callable[[Dice, Draft], Work]
    cover: Callable[[Dice, Draft, Work], str | None]
    insured_cover: frozenset[str]
    cover_without_insured: Mapping[str, int]
    facts: Callable[[Dice, Draft, Work, str | None, int], Mapping[str, Fact]]
    identifier: Callable[[Dice, Draft, set[str]], tuple[str, str]]


def draw_population(setting: Setting, members: int, seed: int, on: date) -> tuple[Person, ...]:
    """As many households as it takes for `members` members, on the list's day; the same for a seed on every machine."""
    census = _Census(setting, f"{setting.country}/{members}/{seed}", on)
    while census.members < members:
        census.add_household(_draw_household(setting, census.dice, members - census.members))
    return tuple(census.people)


def _draw_household(setting: Setting, dice: Dice, members_left: int) -> list[Draft]:
    """A member, who is the head, and those at home with her or him; at most `members_left` members."""
    low, high = dice.weighted(setting.member_ages)
    head_age = dice.between(low, high)
    head_sex = "female" if dice.chance(setting.female_member_percent) else "male"
    drafts = [Draft("head", True, head_sex, head_age)]
    if dice.chance(setting.spouse_percent) and head_age < 80:
        spouse_is_member = members_left > 1 and dice.chance(setting.spouse_is_member_percent)
        other_sex = "male" if head_sex == "female" else "female"
        drafts.append(Draft("spouse", spouse_is_member, other_sex, max(ADULT_AGE, head_age + dice.between(-7, 4))))
    if head_age >= 22:
        drafts += _draw_children(setting, dice, min(draft.age for draft in drafts))
    if head_age < 66 and dice.chance(setting.elder_percent):
        drafts.append(
            Draft("parent", False, dice.weighted({"female": 7, "male": 3}), min(96, head_age + dice.between(19, 32)))
        )
    if dice.chance(setting.other_relative_percent):
        grandchild = head_age >= 50
        age = dice.between(0, head_age - 38) if grandchild else dice.between(14, max(16, head_age - 2))
        drafts.append(Draft("grandchild" if grandchild else "sibling", False, dice.pick(("female", "male")), age))
    return drafts


def _draw_children(setting: Setting, dice: Dice, parent_age: int) -> list[Draft]:
    """Children still at home, eldest first; ages fit the younger of the parents, and a grown child leaves at 27 at
    the latest.
    """
    youngest, eldest = max(0, parent_age - 44), min(26, parent_age - 17)
    if youngest > eldest:
        return []
    ages = sorted((dice.between(youngest, eldest) for _ in range(dice.weighted(setting.children))), reverse=True)
    return [Draft("child", False, dice.pick(("female", "male")), age) for age in ages]


class _Census:
    """The list as it grows: the people so far and the streams of chance they are drawn from."""

    def __init__(self, setting: Setting, name: str, on: date) -> None:
        # Separate streams: a change in how names are drawn leaves ages, work and incomes as they were.
        self.dice, self.naming = Dice(f"{name}/households"), Dice(f"{name}/names")
        self.people: list[Person] = []
        self.members = 0
        self._setting, self._on = setting, on
        self._households = 0
        self._taken: set[str] = set()

    def add_household(self, drafts: Sequence[Draft]) -> None:
        """Give each of a household work, papers, a name and cover; a child has a surname of each parent."""
        self._households += 1
        country = self._setting.country
        works = [self._setting.work(self.dice, draft) for draft in drafts]
        covers = self._covers_of(drafts, works)
        income_per_head = sum(work.income_of_year for work in works) // MONTHS_OF_YEAR // len(drafts)
        family = [self.naming.pick(SURNAMES[country]) for _ in range(4)]
        place = self.naming.pick(PLACES[country])
        for draft, work, cover in zip(drafts, works, covers, strict=True):
            self.members += draft.is_member
            kind, identifier = self._setting.identifier(self.dice, draft, self._taken)
            self.people.append(
                Person(
                    number=len(self.people) + 1,
                    household=self._households,
                    relation=draft.relation,
                    member_number=self.members if draft.is_member else None,
                    identifier=identifier,
                    identifier_kind=kind,
                    given_names=self.naming.pick(GIVEN_NAMES[country][draft.sex]),
                    surnames=" ".join(_surnames_of(self.naming, draft.relation, family, country)),
                    sex=draft.sex,
                    birth_date=_birth_date(self.dice, draft.age, self._on),
                    place=place,
                    work=work,
                    cover=cover,
                    facts=self._setting.facts(self.dice, draft, work, cover, income_per_head),
                )
            )

    def _covers_of(self, drafts: Sequence[Draft], works: Sequence[Work]) -> list[str | None]:
        """The cover of each; nobody is covered through a family in which nobody is insured."""
        setting, dice = self._setting, self.dice
        covers = [setting.cover(dice, draft, work) for draft, work in zip(drafts, works, strict=True)]
        if setting.insured_cover.intersection(covers):
            return covers
        return [dice.weighted(setting.cover_without_insured) if cover == "family" else cover for cover in covers]


def _surnames_of(naming: Dice, relation: str, family: list[str], country: str) -> tuple[str, str]:
    """Two surnames after the Spanish custom: the first of each parent."""
    head_first, head_second, spouse_first, spouse_second = family
    if relation == "spouse":
        return spouse_first, spouse_second
    if relation == "child":
        return head_first, spouse_first
    if relation == "parent":
        return head_second, naming.pick(SURNAMES[country])
    if relation == "grandchild":
        return naming.pick(SURNAMES[country]), head_first
    return head_first, head_second


def _birth_date(dice: Dice, age: int, on: date) -> date:
    """A birth date with which the person has `age` completed years on the day."""
    # The window is 364 days wide, so that no leap year can push the age to the next year or the one before.
    return date(on.year - age, on.month, min(on.day, 28)) - timedelta(days=dice.below(364))
