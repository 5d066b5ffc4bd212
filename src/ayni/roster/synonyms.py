"""The words of `synonyms.yaml` and of the caller's fields, ready to be looked up by their folded form."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from ayni.roster.fields import FieldSpec, FieldType
from ayni.roster.names import code_key, fold
from ayni.roster.yaml_text import read_package_yaml


@dataclass(frozen=True)
class ValueWords:
    """Folded word → value, and the words whose meaning the rest of the column decides."""

    known: abc.Mapping[str, str]
    undecided: abc.Mapping[str, abc.Mapping[str, frozenset[str]]]

    def reading(self, words: abc.Iterable[str]) -> dict[str, str]:
        """Each word as found → the value that it means; words that mean nothing, or not surely, are left out."""
        folded = {word: code_key(word) for word in words}
        present = set(folded.values())
        meanings: dict[str, str] = {}
        for word, bare in folded.items():
            value = self._decided(bare, present) if bare in self.undecided else self.known.get(bare)
            if value is not None:
                meanings[word] = value
        return meanings

    def _decided(self, bare: str, present: set[str]) -> str | None:
        """`m` beside `f` is male, beside `h` female (mujer); beside both, or alone, nobody knows."""
        fitting = [value for value, companions in self.undecided[bare].items() if companions & present]
        return fitting[0] if len(fitting) == 1 else None


@cache
def _content() -> abc.Mapping[str, Any]:
    content: abc.Mapping[str, Any] = read_package_yaml("synonyms.yaml")
    return content


def field_names(spec: FieldSpec) -> tuple[str, ...]:
    """All names that a column of this field may have."""
    by_language = _content()["fields"].get(spec.name, {})
    names = chain.from_iterable(by_language.values())
    return tuple(dict.fromkeys((*names, spec.name.replace("_", " "), *spec.words.values(), *spec.aliases)))


def field_parts(name: str) -> tuple[tuple[str, ...], ...]:
    """Sets of columns that together make the field, in order."""
    return tuple(tuple(parts) for parts in _content()["parts"].get(name, ()))


def income_group() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of a column that says an income without saying which, and the fields that it feeds."""
    group = _content()["groups"]["income"]
    return tuple(chain.from_iterable(group["names"].values())), tuple(group["fields"])


def missing_values() -> frozenset[str]:
    """Cells, in small letters, that say that nothing is known."""
    return frozenset(_content()["missing"])


def currency_signs(currency: str) -> tuple[str, ...]:
    """Signs and words that stand beside amounts of a currency, its code included."""
    signs = _content()["currencies"].get(currency, [])
    return tuple(dict.fromkeys((*signs, currency.lower())))


def all_currency_signs() -> frozenset[str]:
    """Every sign that is known for any currency."""
    return frozenset(chain.from_iterable(_content()["currencies"].values()))


def value_words(spec: FieldSpec) -> ValueWords:
    """The words for the values of an enumeration or of a yes and no."""
    if spec.type is FieldType.BOOLEAN:
        pairs = ((word, value) for value, words in _content()["booleans"].items() for word in words)
        return ValueWords({code_key(word): value for word, value in pairs}, {})
    known: dict[str, str] = {}
    for value, words in _content()["values"].get(spec.name, {}).items():
        if value in spec.enum_values:
            known.update({fold(word): value for word in words})
    # What the caller says comes last, so that it wins; a value's own name is always understood.
    for value in spec.enum_values:
        for word in (*spec.value_words.get(value, {}).values(), value.replace("_", " "), value):
            known[code_key(word)] = value
    undecided = {
        word: {value: frozenset(map(fold, companions)) for value, companions in meanings.items()}
        for word, meanings in _content()["undecided"].get(spec.name, {}).items()
    }
    return ValueWords(known, undecided)
