"""Inputs, enumerations and the columns of histories: the vocabulary's, as a pack narrows, words and adds to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ayni.core.errors import Location
from ayni.packs.problems import Problems, Where, corrected, one_of
from ayni.packs.units import typed_unit
from ayni.packs.vocabulary import Vocabulary, VocabularyInput, plain_name, with_bounds, words_for
from ayni.packs.yaml_reader import YamlMap
from ayni.rules.definitions import InputDefinition, Text, UnitSpec

Enums = dict[str, Mapping[str, Text]]


def merge_enums(
    words: Vocabulary, tree: YamlMap, locale: Mapping[str, Any], country: str, where: Where, problems: Problems
) -> Enums:
    """All enumerations a pack may name: the vocabulary's, narrowed where the pack lists `values`, and its own.

    Words come from the pack's locale files, else from the pack, else from the vocabulary.
    """
    enums: dict[str, dict[str, Text]] = {name: dict(values) for name, values in words.enums.items()}
    for name, values in (tree.get("enums") or {}).items():
        vocabulary_values = words.enums.get(name, {}) if name in words.inputs else {}
        for value in values:
            if vocabulary_values and value not in vocabulary_values:
                problems.add(
                    "pack.enum_redefined",
                    f"`{value}` is not a value of the vocabulary's enumeration {name}",
                    where.at("enums", None).at(name, None).at(value, values.line_of(value)),
                    expected=one_of(vocabulary_values),
                    action=corrected(value, vocabulary_values) or f"name the enumeration {country.lower()}_{name}",
                )
        base = enums.get(name, {})
        enums[name] = {value: {**base.get(value, {}), **text} for value, text in values.items()}
    for name, entry in (tree.get("inputs") or {}).items():
        if "values" in entry and name in enums:
            _narrow(name, entry, enums, words, where, problems)
    for name, values in enums.items():
        for value, text in values.items():
            values[value] = {**text, **words_for(locale, "enums", name, value)}
    return dict(enums)


def _narrow(
    name: str, entry: YamlMap, enums: dict[str, dict[str, Text]], words: Vocabulary, where: Where, problems: Problems
) -> None:
    """Keep the values that the pack lists."""
    known = words.enums.get(name, enums[name])
    kept: dict[str, Text] = {}
    for position, value in enumerate(entry["values"]):
        if value in known:
            kept[value] = enums[name].get(value, known[value])
            continue
        problems.add(
            "pack.not_in_list",
            f"`{value}` is not a value of {name}",
            where.at("inputs", None).at(name, None).at("values", entry["values"].line_of(position)),
            found=value,
            expected=one_of(known),
            action=corrected(value, known),
        )
    enums[name] = kept


def read_inputs(
    words: Vocabulary,
    tree: YamlMap,
    locale: Mapping[str, Any],
    enums: Mapping[str, Mapping[str, Text]],
    where: Where,
    problems: Problems,
) -> dict[str, InputDefinition]:
    """All inputs a pack may read: the vocabulary's, with the pack's bounds and words, and its own.

    Texts of the vocabulary (a code of an activity, say) are not inputs of rules and are left out.
    """
    inputs = {
        name: replace(known.definition, words={**known.definition.words, **words_for(locale, "inputs", name)})
        for name, known in words.inputs.items()
        if known.definition.unit.kind != "text"
    }
    prefix = tree["country"].lower() + "_"
    for name, entry in (tree.get("inputs") or {}).items():
        place = where.at("inputs", None).at(name, tree["inputs"].line_of(name))
        known = words.inputs.get(name)
        if known is not None and name in inputs:
            inputs[name] = _adjust(inputs[name], known, entry, enums, place, problems)
            continue
        if not name.startswith(prefix):
            problems.add(
                "pack.input_without_prefix",
                f"`{name}` is neither in the vocabulary nor begins with {prefix}",
                place,
                found=name,
                action=corrected(name, words.inputs) or f"name it {prefix}{name}",
            )
        definition = _read_own(name, entry, locale, enums, place, problems)
        if definition is not None:
            inputs[name] = definition
    return inputs


def _adjust(
    base: InputDefinition,
    known: VocabularyInput,
    entry: YamlMap,
    enums: Mapping[str, Mapping[str, Text]],
    where: Where,
    problems: Problems,
) -> InputDefinition:
    """The vocabulary's input with what the pack says of it; its type cannot change."""
    unit = base.unit
    if "type" in entry or "period" in entry or ("enum" in entry and unit.kind != "enum"):
        written = typed_unit({"period": unit.period, **entry})
        if written is None or (written.kind, written.period) != (unit.kind, unit.period):
            problems.add(
                "pack.input_redefined",
                f"`{base.name}` is in the vocabulary with another type",
                where,
                expected=unit.kind if unit.period is None else f"{unit.kind}/{unit.period}",
                action="remove the type, or name an input of the pack's own",
            )
    elif "enum" in entry:
        unit = UnitSpec("enum", enum=entry["enum"])
        _check_enum(entry["enum"], enums, where.at("enum", entry.line_of("enum")), problems)
    low, high = entry.get("minimum", base.minimum), entry.get("maximum", base.maximum)
    _check_bounds(low, high, where, problems)
    return replace(
        base,
        unit=replace(unit, decimals=entry["decimals"]) if "decimals" in entry else unit,
        words={**base.words, **(entry.get("words") or {})},
        definition={**base.definition, **(entry.get("definition") or {})},
        minimum=low,
        maximum=high,
        ordinary=entry.get("ordinary", base.ordinary),
        location=where.location,
    )


def _read_own(
    name: str,
    entry: YamlMap,
    locale: Mapping[str, Any],
    enums: Mapping[str, Mapping[str, Text]],
    where: Where,
    problems: Problems,
) -> InputDefinition | None:
    unit = typed_unit(entry)
    if unit is None:
        problems.add(
            "pack.missing_key",
            f"`{name}` has no type",
            where,
            expected="a type such as money, boolean or enum",
            action="add `type:`",
        )
        return None
    if unit.kind == "enum":
        if unit.enum is None:
            # An enumeration of the same name is meant.
            unit = UnitSpec("enum", enum=name)
        _check_enum(unit.enum or name, enums, where.at("enum", entry.line_of("enum")), problems)
    low, high = with_bounds(name, unit, entry)
    _check_bounds(low, high, where, problems)
    return InputDefinition(
        name,
        unit,
        {"en": plain_name(name), **words_for(locale, "inputs", name), **(entry.get("words") or {})},
        entry.get("definition") or {},
        low,
        high,
        entry.get("ordinary"),
        where.location,
    )


def _check_enum(name: str, enums: Mapping[str, Mapping[str, Text]], where: Where, problems: Problems) -> None:
    if name not in enums:
        problems.add(
            "pack.unknown_enum",
            f"There is no enumeration `{name}`",
            where,
            found=name,
            action=corrected(name, enums) or "declare it under `enums:` in pack.yaml",
        )


def _check_bounds(low: Any, high: Any, where: Where | Location, problems: Problems) -> None:
    if low is not None and high is not None and low > high:
        problems.add(
            "pack.bounds", "The minimum is above the maximum", where, found=f"{low} and {high}", action="exchange them"
        )


def read_history(
    tree: YamlMap, locale: Mapping[str, Any], enums: Mapping[str, Mapping[str, Text]], where: Where, problems: Problems
) -> dict[str, InputDefinition]:
    """The columns of a person's monthly records."""
    columns = {}
    for name, entry in (tree.get("history") or {}).items():
        place = where.at("history", None).at(name, tree["history"].line_of(name))
        definition = _read_own(name, entry, locale, enums, place, problems)
        if definition is not None:
            columns[name] = definition
    return columns
