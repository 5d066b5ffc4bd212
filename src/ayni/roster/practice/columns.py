"""The columns of a practice list: a header a language, and the cell of a person.

A column's `kind` says what may go wrong in it (see `mistakes`); a cell is a text, a number, a day or empty, as a clerk
would have typed it. Words for coded values (sex, relation, work) agree with the person's sex where the language does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ayni.core.errors import AyniError
from ayni.roster.practice.population import Person

Cell = str | int | Decimal | date | None
LANGUAGES = ("es", "en")


@dataclass(frozen=True)
class Column:
    """One column.

    key: the field that the column is, in the words of the vocabulary; `is_field` is False for a column of the
    cooperative's own, which no rule reads. kind: identifier, name, date, sex, code, money, net (an amount that may
    be a loss), number, or text (nothing in it is spoilt).
    """

    key: str
    kind: str
    headers: Mapping[str, str]
    cell: Callable[[Person, str], Cell]
    is_field: bool = True


@dataclass(frozen=True)
class Table:
    """Headers and rows of cells, in the order of the list."""

    columns: tuple[Column, ...]
    language: str
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers in the table's language."""
        return tuple(column.headers[self.language] for column in self.columns)


def table_of(people: Sequence[Person], columns: tuple[Column, ...], language: str) -> Table:
    """The list of the people without any mistake. Raises AyniError for a language it has no words in."""
    if language not in LANGUAGES:
        raise AyniError(
            "practice.unknown_language",
            "There are no practice lists in this language",
            found=language,
            expected=" or ".join(LANGUAGES),
            action="Give one of these as the language.",
        )
    rows = tuple(tuple(column.cell(person, language) for column in columns) for person in people)
    return Table(columns=columns, language=language, rows=rows)


def headers(es: str, en: str) -> Mapping[str, str]:
    """A header in the languages of the practice lists."""
    return {"es": es, "en": en}


def coded(
    words: Mapping[str, Mapping[str, str]], read: Callable[[Person], str | None]
) -> Callable[[Person, str], Cell]:
    """A cell with the word of a code; a word `masculine/feminine` takes the form of the person's sex. No code, empty
    cell.
    """

    def cell(person: Person, language: str) -> Cell:
        code = read(person)
        if code is None:
            return None
        masculine, _, feminine = words[code][language].partition("/")
        return feminine if feminine and person.sex == "female" else masculine

    return cell


def yes_or_no(key: str) -> Callable[[Person, str], Cell]:
    """A cell that says whether a fact holds; empty where the list does not know."""
    words = {"es": ("no", "sí"), "en": ("no", "yes")}

    def cell(person: Person, language: str) -> Cell:
        fact = person.facts.get(key)
        return None if fact is None else words[language][bool(fact)]

    return cell


def fact(key: str) -> Callable[[Person, str], Cell]:
    """A cell with a fact as it is: a number or a text."""

    def cell(person: Person, language: str) -> Cell:
        del language
        return person.facts.get(key)

    return cell


SEX_WORDS = {"female": {"es": "F", "en": "F"}, "male": {"es": "M", "en": "M"}}

RELATION_WORDS = {
    "head": {"es": "jefe de hogar/jefa de hogar", "en": "head"},
    "spouse": {"es": "cónyuge", "en": "spouse"},
    "child": {"es": "hijo/hija", "en": "child"},
    "parent": {"es": "padre/madre", "en": "parent"},
    "grandchild": {"es": "nieto/nieta", "en": "grandchild"},
    "sibling": {"es": "hermano/hermana", "en": "sibling"},
}

# The finer word of a situation; `employment_status` of the vocabulary follows from it (see `Work`).
SITUATION_WORDS = {
    "own_account": {"es": "cuenta propia", "en": "own account"},
    "employer": {"es": "patrono/patrona", "en": "employer"},
    "employee": {"es": "asalariado/asalariada", "en": "employee"},
    "cooperative_member": {"es": "asociado de cooperativa/asociada de cooperativa", "en": "cooperative member"},
    "family_worker": {"es": "familiar sin pago", "en": "unpaid family worker"},
    "unemployed": {"es": "desempleado/desempleada", "en": "unemployed"},
    "homemaker": {"es": "quehaceres del hogar", "en": "homemaker"},
    "student": {"es": "estudiante", "en": "student"},
    "pensioner": {"es": "pensionado/pensionada", "en": "pensioner"},
    "not_working": {"es": "no trabaja", "en": "not working"},
    "child": {"es": "menor de edad", "en": "child"},
}

STATUS_OF_SITUATION = {
    "own_account": "own_account_worker",
    "employer": "employer",
    "employee": "employee",
    "cooperative_member": "cooperative_member",
    "family_worker": "contributing_family_worker",
    "unemployed": "unemployed",
    "homemaker": "inactive",
    "student": "inactive",
    "pensioner": "inactive",
    "not_working": "inactive",
    "child": "inactive",
}
