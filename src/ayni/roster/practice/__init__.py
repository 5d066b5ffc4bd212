"""Practice lists: cooperatives that do not exist, with members, households, incomes, cover and a clerk's mistakes.

For trying Ayni out, for teaching, and for tests that need to know the truth. The same country, size and seed give the
same list on every machine. No person, surname or identity number in them is anybody's (see `names`, `identifiers`);
nothing measured may be read from them.

    from ayni.roster.practice import practice_roster
    roster = practice_roster("CR", members=480, seed=2026)
    roster.table      # headers and rows, mistakes included
    roster.broken     # what was spoilt, row by row
    roster.people     # the people before the mistakes
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ayni.core.errors import AyniError
from ayni.roster.mapping import Mapping, Rule
from ayni.roster.practice import argentina, costa_rica
from ayni.roster.practice.columns import Table, table_of
from ayni.roster.practice.dice import Dice
from ayni.roster.practice.mistakes import Broken, break_table
from ayni.roster.practice.population import Person, draw_population

SETTINGS = {"AR": (argentina.SETTING, argentina.COLUMNS), "CR": (costa_rica.SETTING, costa_rica.COLUMNS)}
_UNIT_FACTS = {"AR": argentina.UNIT_FACTS, "CR": costa_rica.UNIT_FACTS}

# The day on which the shipped lists were drawn up; ages are of that day. Checks of these lists ask for a day after it.
LIST_DAY = date(2026, 2, 15)
MEMBERS_LIMIT = 1_000_000


@dataclass(frozen=True)
class PracticeRoster:
    """A list, what is wrong in it on purpose, and the people as they were before."""

    country: str
    table: Table
    broken: tuple[Broken, ...]
    people: tuple[Person, ...]


def practice_roster(
    country: str,
    members: int,
    seed: int,
    mistakes: Decimal | str = "0.02",
    language: str = "es",
    *,
    on: date = LIST_DAY,
) -> PracticeRoster:
    """An invented cooperative with `members` members and those who live with them.

    country: CR (coffee growers) or AR (garment workers at home). mistakes: share of the rows that are spoilt, 0 to 0.5.
    on: the day of the list. Raises AyniError for a country without a setting, a size or a share out of bounds, a
    language without words.
    """
    share = Decimal(mistakes)
    if country not in SETTINGS:
        raise AyniError(
            "practice.unknown_country",
            "There is no practice cooperative for this country",
            found=country,
            expected=" or ".join(SETTINGS),
            action="Give one of these country codes.",
        )
    if not 1 <= members <= MEMBERS_LIMIT or not 0 <= share <= Decimal("0.5"):
        raise AyniError(
            "practice.out_of_bounds",
            "This size or share of mistakes is out of bounds",
            found=f"{members} members, {share} of the rows spoilt",
            expected=f"1 to {MEMBERS_LIMIT} members, a share from 0 to 0.5",
            action="Give a number of members and a share inside these bounds.",
        )
    setting, columns = SETTINGS[country]
    people = draw_population(setting, members, seed, on)
    clean = table_of(people, columns, language)
    table, broken = break_table(clean, share, Dice(f"{country}/{members}/{seed}/mistakes"), on)
    return PracticeRoster(country=country, table=table, broken=broken, people=people)


def practice_mapping(roster: PracticeRoster) -> Mapping:
    """The mapping of a practice list: every column that is a field, and what is true of the whole cooperative."""
    named = list(zip(roster.table.columns, roster.table.headers, strict=True))
    rules = {column.key: Rule(column.key, columns=(header,)) for column, header in named if column.is_field}
    members = str(sum(person.is_member for person in roster.people))
    constants = {**_UNIT_FACTS[roster.country], **({"members_count": members} if roster.country == "AR" else {})}
    rules |= {name: Rule(name, constant=value) for name, value in constants.items()}
    return Mapping(rules, ignore=tuple(header for column, header in named if not column.is_field))
