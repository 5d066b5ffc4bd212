"""What a roster can hold: who a person is, and every input that the rules of a country read.

The fields of identity are the same everywhere and stand here; the inputs are given by the caller. Where both name the
same field (`sex`, `birth_date`), what the caller says about type and bounds holds.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum


class FieldType(StrEnum):
    """What a cell of a field holds."""

    MONEY = "money"
    RATE = "rate"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    ENUM = "enum"
    TEXT = "text"


class Period(StrEnum):
    """The time that an amount is for."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


NUMERIC_TYPES = frozenset({FieldType.MONEY, FieldType.RATE, FieldType.NUMBER, FieldType.INTEGER})


@dataclass(frozen=True)
class FieldSpec:
    """One field.

    enum_values: the values of an enumeration, in the caller's spelling.
    words: its name for people by language; a list of columns is searched for these words too.
    aliases: further names that a column may have, in any language.
    value_words: by value, by language, the words of an enumeration.
    minimum, maximum: both allowed; of money in major units.
    decimals: digits after the point of a number (6 where it is not said); money has those of the currency.
    period: of money, the time it is for.
    """

    name: str
    type: FieldType
    enum_values: tuple[str, ...] = ()
    words: abc.Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    value_words: abc.Mapping[str, abc.Mapping[str, str]] = field(default_factory=dict)
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int | None = None
    period: Period | None = None

    def word(self, language: str) -> str:
        """The name for people, in the language or its nearest."""
        for candidate in (language, language.split("-", maxsplit=1)[0], "en"):
            if candidate in self.words:
                return self.words[candidate]
        return self.name.replace("_", " ")


@dataclass(frozen=True)
class Setting:
    """What the checks need to know of the country and the day.

    country: ISO 3166-1 alpha-2, for telephone numbers.
    identifiers: kind of identity number → how it is checked: a module of python-stdnum (`cr.cpf`) or `pattern:` and a
    regular expression. The first kind that fits a number counts.
    on: the day of the check; nothing reads a clock.
    """

    country: str
    currency: str
    currency_decimals: int
    on: date
    identifiers: abc.Mapping[str, str] = field(default_factory=dict)


def _text(name: str, en: str, es: str) -> FieldSpec:
    return FieldSpec(name, FieldType.TEXT, words={"en": en, "es": es})


RELATIONSHIPS = (
    *("head", "spouse", "child", "child_in_law", "grandchild", "parent", "parent_in_law", "sibling"),
    *("other_relative", "domestic_worker", "non_relative"),
)
# How a person is covered for health care today, as far as rosters tell it. `insured` is insured on an unknown ground.
COVERS = ("none", "employee", "independent", "voluntary", "pensioner", "insured", "family", "state", "private")

IDENTITY_FIELDS: tuple[FieldSpec, ...] = (
    _text("national_id", "identity number", "número de identificación"),
    _text("member_number", "member number", "número de socio"),
    _text("surname", "surname", "apellidos"),
    _text("given_names", "given names", "nombre"),
    _text("full_name", "full name", "nombre completo"),
    FieldSpec("birth_date", FieldType.DATE, words={"en": "birth date", "es": "fecha de nacimiento"}),
    FieldSpec("sex", FieldType.ENUM, ("female", "male"), words={"en": "sex", "es": "sexo"}),
    _text("household_id", "household", "hogar"),
    FieldSpec(
        "relationship_to_head",
        FieldType.ENUM,
        RELATIONSHIPS,
        words={"en": "relation to the head of the household", "es": "parentesco con la jefatura del hogar"},
    ),
    _text("phone", "telephone", "teléfono"),
    _text("place", "place", "lugar"),
    _text("occupation", "occupation", "ocupación"),
    FieldSpec("current_cover", FieldType.ENUM, COVERS, words={"en": "cover today", "es": "seguro actual"}),
    FieldSpec(
        "current_pension_cover",
        FieldType.BOOLEAN,
        words={"en": "pays into a pension today", "es": "cotiza hoy para pensión"},
    ),
    FieldSpec("weight", FieldType.NUMBER, words={"en": "survey weight", "es": "ponderador"}, minimum=Decimal(0)),
)
IDENTITY_NAMES = frozenset(spec.name for spec in IDENTITY_FIELDS)


def all_fields(inputs: abc.Iterable[FieldSpec]) -> dict[str, FieldSpec]:
    """Identity fields and inputs by name; an input of the same name replaces a field of identity but keeps its
    words."""
    specs = {spec.name: spec for spec in IDENTITY_FIELDS}
    for given in inputs:
        own = specs.get(given.name)
        specs[given.name] = given if own is None else replace(given, words={**own.words, **given.words})
    return specs
