"""The vocabulary: what may be known of a person, and what rules may answer, for all countries.

Read from `vocabulary.yaml` and the words in `locale/`. Bounds that the file leaves out are filled in here as its header
says, so that the kernel always has some. Nothing is defaulted into a person's facts: `ordinary` is for tables of cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ayni.core.errors import Location
from ayni.packs.units import vocabulary_unit
from ayni.packs.yaml_reader import YamlMap, read_text, read_yaml
from ayni.rules.definitions import InputDefinition, Scalar, Text, UnitSpec

FOLDER = Path(__file__).parent
VOCABULARY_FILE = FOLDER / "vocabulary.yaml"
LOCALE_FOLDER = FOLDER / "locale"

MOST_MONEY = 10_000_000_000
MOST_COUNT = 1_000_000
MOST_PERIODS = 100_000
MOST_AGE = 130
FIRST_DAY, LAST_DAY = date(1880, 1, 1), date(2199, 12, 31)
_PERIOD_LABELS = ("years", "months", "days", "weeks", "hours", "persons")


@dataclass(frozen=True)
class VocabularyInput:
    """An input with what the kernel does not need: the standard it follows, and the values that each scheme uses."""

    definition: InputDefinition
    standard: str | None = None
    values: tuple[str, ...] = ()
    values_by_scheme: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class OutputDefinition:
    """What a scheme's rules may answer under a name that all countries share."""

    name: str
    unit: UnitSpec
    payer: str | None = None
    words: Text = field(default_factory=dict)
    definition: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Vocabulary:
    """Inputs, outputs and enumerations by name. `enums`: name → value → words."""

    inputs: Mapping[str, VocabularyInput]
    outputs: Mapping[str, OutputDefinition]
    enums: Mapping[str, Mapping[str, Text]]
    text: str = ""


def bounds_for(name: str, unit: UnitSpec) -> tuple[Scalar, Scalar]:
    """Lowest and highest value of an input whose definition states none, in major units."""
    if unit.kind == "money":
        return -MOST_MONEY, MOST_MONEY
    if unit.kind == "rate":
        return 0, 1
    if unit.kind == "date":
        return FIRST_DAY, LAST_DAY
    if unit.kind in ("integer", "number"):
        if unit.label == "years" and (name == "age" or name.startswith("age_") or name.endswith("_age")):
            return 0, MOST_AGE
        return 0, MOST_PERIODS if unit.label in _PERIOD_LABELS else MOST_COUNT
    return None, None


def with_bounds(name: str, unit: UnitSpec, entry: Mapping[str, Any]) -> tuple[Scalar, Scalar]:
    """The bounds that an entry states, filled in where it is silent."""
    low, high = bounds_for(name, unit)
    return entry.get("minimum", low), entry.get("maximum", high)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary that ships with Ayni; read once."""
    return read_vocabulary(VOCABULARY_FILE, LOCALE_FOLDER)


def read_vocabulary(path: Path, locale: Path) -> Vocabulary:
    """Read a vocabulary file and the words beside it."""
    tree = read_yaml(path, path.name)
    words = read_words(locale)
    inputs = {name: _read_input(name, entry, words, tree["inputs"]) for name, entry in tree["inputs"].items()}
    outputs = {name: _read_output(name, entry, words) for name, entry in tree["outputs"].items()}
    enums = {
        name: _enum_words(name, entry["values"], words)
        for name, entry in [*tree["inputs"].items(), *tree["outputs"].items()]
        if entry["type"] == "enum"
    }
    return Vocabulary(inputs, outputs, enums, read_text(path, path.name, 1 << 24))


def read_words(folder: Path) -> dict[str, Any]:
    """Language → the tree of `<language>.yaml`: `inputs`, `outputs`, `enums`."""
    if not folder.is_dir():
        return {}
    return {path.stem: read_yaml(path, f"{folder.name}/{path.name}") or {} for path in sorted(folder.glob("*.yaml"))}


def words_for(words: Mapping[str, Any], *keys: str) -> dict[str, str]:
    """The words under a path of keys, in each language that has them."""
    found: dict[str, str] = {}
    for language, tree in words.items():
        node = tree
        for key in keys:
            node = node.get(key, {}) if isinstance(node, dict) else {}
        if isinstance(node, str):
            found[language] = node
    return found


def plain_name(name: str) -> str:
    """A name as a person would read it where no words were written: `monthly_earnings` → `monthly earnings`."""
    return name.replace("_", " ")


def _read_input(name: str, entry: YamlMap, words: Mapping[str, Any], parent: YamlMap) -> VocabularyInput:
    unit = vocabulary_unit(name, entry, is_input=True)
    low, high = with_bounds(name, unit, entry)
    definition = InputDefinition(
        name,
        unit,
        words={"en": plain_name(name), **words_for(words, "inputs", name)},
        definition={"en": entry["definition"]},
        minimum=low,
        maximum=high,
        ordinary=entry.get("ordinary"),
        location=Location(VOCABULARY_FILE.name, parent.line_of(name), name),
    )
    by_scheme = {scheme: tuple(values) for scheme, values in entry.get("values_by_scheme", {}).items()}
    return VocabularyInput(definition, entry.get("standard"), tuple(entry.get("values", ())), by_scheme)


def _read_output(name: str, entry: YamlMap, words: Mapping[str, Any]) -> OutputDefinition:
    return OutputDefinition(
        name,
        vocabulary_unit(name, entry, is_input=False),
        entry.get("payer"),
        words={"en": plain_name(name), **words_for(words, "outputs", name)},
        definition={"en": entry["definition"]},
    )


def _enum_words(name: str, values: Mapping[str, str], words: Mapping[str, Any]) -> dict[str, Text]:
    return {value: {"en": text, **words_for(words, "enums", name, value)} for value, text in values.items()}
