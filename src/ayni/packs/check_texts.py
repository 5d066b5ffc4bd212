"""Texts of a pack that are not written in all of its languages."""

from __future__ import annotations

from collections.abc import Iterator

from ayni.core.errors import AyniError, Location
from ayni.packs.model import Item, Pack, Scheme
from ayni.packs.read_schemes import NO_LANGUAGE
from ayni.rules.definitions import Text

Texts = Iterator[tuple[str, Text, Location | None]]


def missing_texts(pack: Pack) -> Iterator[tuple[str, list[str], Location | None]]:
    """What lacks words, in which languages, and where."""
    for what, text, location in _all_texts(pack):
        missing = [language for language in pack.languages if not text.get(language, "").strip()]
        if missing and NO_LANGUAGE not in text:
            yield what, missing, location


def _all_texts(pack: Pack) -> Texts:
    top = Location(f"{pack.folder.name}/pack.yaml")
    yield "The name of the country", pack.name, top
    for institution in pack.institutions.values():
        yield f"The name of the institution {institution.key}", institution.name, top
    for identifier in pack.identifiers.values():
        yield f"The identifier {identifier.key}", identifier.words, top
    for scheme in pack.schemes.values():
        yield from _scheme_texts(scheme)
    book = pack.rulebook
    for parameter in book.parameters.values():
        yield f"The parameter {parameter.name}", parameter.words, parameter.location
    for table in book.tables.values():
        yield f"The table {table.name}", table.words, table.location
    for variable in book.variables.values():
        if variable.name == "eligible":
            yield (
                f"`eligible` (write it under `outputs:` of a locale file), for {variable.scheme}",
                variable.words,
                None,
            )
            continue
        yield f"The rule {variable.qualified_name}", variable.words, variable.location
        for exception in variable.exceptions:
            yield f"The exception {exception.label} of {variable.qualified_name}", exception.words, exception.location
    for column in book.history.values():
        yield f"The column {column.name} of the history", column.words, column.location
    yield from _input_texts(pack)


def _scheme_texts(scheme: Scheme) -> Texts:
    place = scheme.location
    yield f"The name of {scheme.id}", scheme.name, place
    yield f"For whom {scheme.id} is", scheme.for_whom, place
    if scheme.not_covered:
        yield f"What {scheme.id} does not cover", scheme.not_covered, place
    for condition in scheme.conditions.values():
        yield f"The condition {condition.name}", condition.words, condition.location
        for what, text in (("reason", condition.unmet), ("remedy", condition.remedy)):
            if text:
                yield f"The {what} of the condition {condition.name}", text, condition.location
    for contribution in scheme.contributions:
        if contribution.words:
            yield f"The contribution {contribution.variable}", contribution.words, contribution.location
    for benefit in scheme.benefits:
        yield f"The benefit {benefit.branch}", benefit.words, benefit.location
    for link in scheme.links:
        yield f"The title of the link {link.url}", link.title, place
    for item in _items(scheme):
        yield "This entry", item.words, item.location


def _items(scheme: Scheme) -> Iterator[Item]:
    yield from scheme.documents
    yield from scheme.penalties
    yield from scheme.steps.individual
    yield from scheme.steps.unit
    yield from (item for item in (scheme.dependants, scheme.unit_role) if item is not None)


def _input_texts(pack: Pack) -> Texts:
    """Words of the inputs that rules read, and of the values of their enumerations."""
    try:
        program = pack.program
    except AyniError:
        return
    used = {name for variable in program.variables.values() for name in variable.names if name in program.inputs}
    for name in sorted(used):
        definition = pack.rulebook.inputs[name]
        yield f"The input {name}", definition.words, definition.location
        enum = definition.unit.enum
        for value, text in pack.rulebook.enums.get(enum or "", {}).items():
            yield f"The value {value} of {enum}", text, definition.location
