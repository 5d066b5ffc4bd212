"""From the tree of a scheme's file to a `Scheme`, and to the variables that its conditions stand for.

`<scheme>.<condition>` is a variable for each condition, and `<scheme>.eligible` is all of them together: true, false or
undecided. Before a scheme is in force nothing is known of it; from `until` on nobody can join.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ayni.packs.model import Benefit, Condition, Contribution, Item, LegalBasis, Link, Scheme, Steps
from ayni.packs.problems import Where
from ayni.packs.read_rules import Reader, formula_line, read_variable
from ayni.packs.yaml_reader import YamlList, YamlMap
from ayni.rules.definitions import Evidence, Text, UnitSpec, VariableDefinition

# A title that is a name, the same in every language (ISO 639-3: undetermined).
NO_LANGUAGE = "und"
BOOLEAN = UnitSpec("boolean")
ELIGIBLE = "eligible"
# Words of the variable that every scheme has. A pack in another language writes them in its locale file, as an output.
ELIGIBLE_WORDS: Text = {
    "en": "may join the scheme",
    "es": "puede afiliarse al régimen",
    "fr": "peut adhérer au régime",
    "pt": "pode aderir ao regime",
    "ar": "يمكنه الانضمام إلى النظام",
}


def read_scheme(
    reader: Reader, tree: YamlMap, short_name: str, where: Where
) -> tuple[Scheme, list[VariableDefinition]]:
    """A scheme and its variables: its rules, its conditions, and `eligible`."""
    conditions_tree = tree.get("conditions") or {}
    conditions = {
        name: _read_condition(reader, name, entry, _below(where, tree, "conditions", name))
        for name, entry in conditions_tree.items()
    }
    variables = [
        replace(read_variable(reader, name, entry, _below(where, tree, "conditions", name), short_name), unit=BOOLEAN)
        for name, entry in conditions_tree.items()
    ]
    own = tree.get("variables") or {}
    for name, entry in own.items():
        place = _below(where, tree, "variables", name)
        if name in conditions or name == ELIGIBLE:
            reader.problems.add(
                "pack.name_twice",
                f"`{name}` is already the name of a condition" if name in conditions else f"`{name}` is made by Ayni",
                place,
                action="choose another name",
            )
        variables.append(read_variable(reader, name, entry, place, short_name))
    variables.append(_eligible(tree, short_name, tuple(conditions), where))
    scheme = Scheme(
        id=tree["id"],
        short_name=short_name,
        name=tree["name"],
        for_whom=tree["for_whom"],
        type=tree["type"],
        branches=tuple(tree["branches"]),
        in_force=tree["in_force"],
        until=tree.get("until"),
        institution=tree.get("institution"),
        not_covered=tree.get("not_covered") or {},
        legal_basis=tuple(_read_legal_basis(entry) for entry in tree.get("legal_basis") or ()),
        conditions=conditions,
        contributions=_contributions(tree, where),
        benefits=_benefits(reader, tree, where),
        penalties=_items(reader, tree, "penalties", where),
        dependants=_one_item(reader, tree, "dependants", where),
        documents=_items(reader, tree, "documents", where),
        steps=_steps(reader, tree, where),
        unit_role=_one_item(reader, tree, "unit_role", where),
        links=tuple(_read_link(entry) for entry in tree.get("links") or ()),
        ordinary={name: entry["ordinary"] for name, entry in (tree.get("inputs") or {}).items()},
        note=tree.get("note"),
        own_variables=frozenset(variable.name for variable in variables),
        location=where.location,
    )
    return scheme, variables


def _below(where: Where, tree: YamlMap, section: str, name: str) -> Where:
    entries = tree[section]
    return where.at(section, None).at(name, entries.line_of(name))


def _read_condition(reader: Reader, name: str, entry: YamlMap, where: Where) -> Condition:
    return Condition(
        name,
        entry["words"],
        entry.get("unmet") or {},
        entry.get("remedy") or {},
        entry.get("barrier"),
        # The variable of the condition notes unknown sources; a second reader would note them twice.
        quiet_evidence(entry),
        where.at("formula", formula_line(entry)).location,
    )


def quiet_evidence(entry: Mapping[str, Any]) -> Evidence:
    """The evidence of an entry whose sources are checked elsewhere."""
    return Evidence(
        tuple(entry.get("source") or ()),
        entry.get("confidence") or "low",
        entry.get("article"),
        entry.get("note"),
        entry.get("checked_by"),
    )


def _eligible(tree: YamlMap, short_name: str, conditions: tuple[str, ...], where: Where) -> VariableDefinition:
    formulas = [(tree["in_force"], " and ".join(conditions) or "True")]
    if tree.get("until") is not None:
        formulas.append((tree["until"], "False"))
    basis = [quiet_evidence(entry) for entry in (tree.get("conditions") or {}).values()]
    sources = tuple(dict.fromkeys(key for evidence in basis for key in evidence.source))
    ranks = ("low", "medium", "high")
    confidence = min((evidence.confidence for evidence in basis), key=ranks.index, default="high")
    return VariableDefinition(
        ELIGIBLE,
        tuple(formulas),
        short_name,
        BOOLEAN,
        words=ELIGIBLE_WORDS,
        evidence=Evidence(sources, confidence),
        location=where.at("conditions", tree.line_of("conditions")).location,
    )


def _read_legal_basis(entry: YamlMap) -> LegalBasis:
    articles = entry.get("articles")
    return LegalBasis(
        entry["instrument"], None if articles is None else str(articles), entry.get("year"), entry.get("note")
    )


def _read_link(entry: YamlMap) -> Link:
    title = entry["title"]
    return Link({NO_LANGUAGE: title} if isinstance(title, str) else title, entry["url"])


def _contributions(tree: YamlMap, where: Where) -> tuple[Contribution, ...]:
    return tuple(
        Contribution(
            entry["variable"],
            entry["payer"],
            entry["instalment"],
            tuple(entry.get("branches") or ()),
            entry.get("words") or {},
            place.location,
        )
        for entry, place in _each(tree.get("contributions"), where.at("contributions", None))
    )


def _benefits(reader: Reader, tree: YamlMap, where: Where) -> tuple[Benefit, ...]:
    return tuple(
        Benefit(
            entry["branch"],
            entry["words"],
            entry.get("in_kind", False),
            entry.get("qualifies"),
            entry.get("amount"),
            entry.get("duration"),
            reader.evidence(entry, place),
            place.location,
        )
        for entry, place in _each(tree.get("benefits"), where.at("benefits", None))
    )


def _each(entries: YamlList | None, where: Where) -> list[tuple[YamlMap, Where]]:
    if entries is None:
        return []
    return [(entry, where.at(index + 1, entries.line_of(index))) for index, entry in enumerate(entries)]


def _items(reader: Reader, tree: YamlMap, key: str, where: Where) -> tuple[Item, ...]:
    return tuple(_read_item(reader, entry, place) for entry, place in _each(tree.get(key), where.at(key, None)))


def _one_item(reader: Reader, tree: YamlMap, key: str, where: Where) -> Item | None:
    entry = tree.get(key)
    return None if entry is None else _read_item(reader, entry, where.at(key, tree.line_of(key)))


def _read_item(reader: Reader, entry: YamlMap, where: Where) -> Item:
    return Item(
        entry["words"],
        reader.evidence(entry, where),
        entry.get("variable"),
        tuple(entry.get("functions") or ()),
        where.location,
    )


def _steps(reader: Reader, tree: YamlMap, where: Where) -> Steps:
    steps = tree.get("steps") or YamlMap(where.line or 1)
    place = where.at("steps", None)
    return Steps(_items(reader, steps, "individual", place), _items(reader, steps, "unit", place))
