"""The declared types that packs and the vocabulary write, as `UnitSpec`.

A unit is one word (`rate`, `days`), money with a period (`money/month`), or an enumeration (`{enum: name}`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ayni.rules.definitions import UnitSpec

PERIODS = ("month", "year", "quarter", "day")
LABELLED = ("days", "months", "years", "persons", "hours", "weeks")
PLAIN = ("money", "rate", "number", "integer", "boolean", "date", "month", "text")
UNIT_WORDS = (*PLAIN, *LABELLED, *(f"money/{period}" for period in PERIODS))

# A rate of the vocabulary carries up to six decimals (0.000001); packs may write more in their own parameters.
RATE_DECIMALS = 6

# How the vocabulary writes the unit of money → period. What is not here is an amount without a period.
_VOCABULARY_PERIODS = {
    "per month": "month",
    "for the month": "month",
    "per month and person": "month",
    "per year": "year",
    "per year and person": "year",
    "last 12 months": "year",
    "so far in the year": "year",
    "per day": "day",
    "per quarter": "quarter",
}


def parse_unit(value: object) -> UnitSpec | None:
    """The unit a pack wrote; None when it is not one.

    `money/month` and the like, `rate`, `integer`, a labelled integer (`days`), `{enum: name}`, or a mapping
    `{type: money, period: month, decimals: 4}`.
    """
    if isinstance(value, str):
        return _parse_unit_word(value)
    if not isinstance(value, Mapping):
        return None
    if set(value) == {"enum"} and isinstance(value["enum"], str):
        return UnitSpec("enum", enum=value["enum"])
    return None


def _parse_unit_word(word: str) -> UnitSpec | None:
    kind, _, period = word.partition("/")
    if kind == "money" and (not period or period in PERIODS):
        return UnitSpec("money", period=period or None)
    if word in LABELLED:
        return UnitSpec("integer", label=word)
    return UnitSpec(word) if word in PLAIN else None


def typed_unit(entry: Mapping[str, Any]) -> UnitSpec | None:
    """The unit of an input or history column: `{type: money, period: month, decimals: 4, enum: name, unit: days}`."""
    written = entry.get("type")
    if written == "enum" or ("enum" in entry and written is None):
        return UnitSpec("enum", enum=entry.get("enum"))
    unit = parse_unit(written)
    if unit is None:
        return None
    label = entry.get("unit")
    return UnitSpec(
        unit.kind,
        period=entry.get("period", unit.period),
        decimals=entry.get("decimals", RATE_DECIMALS if unit.kind == "rate" else None),
        label=label if unit.kind == "integer" and label in LABELLED else unit.label,
    )


def vocabulary_unit(name: str, entry: Mapping[str, Any], *, is_input: bool) -> UnitSpec:
    """The unit of an entry of the vocabulary; an enumeration is named like the entry itself.

    A rate that is given carries six decimals; one that is computed carries what its rule gives it.
    """
    kind = entry["type"]
    words = entry.get("unit")
    if kind == "enum":
        return UnitSpec("enum", enum=name)
    if kind == "money":
        return UnitSpec("money", period=_VOCABULARY_PERIODS.get(words or ""), decimals=entry.get("decimals"))
    if kind == "rate":
        return UnitSpec("rate", decimals=RATE_DECIMALS if is_input else None)
    if kind == "number":
        return UnitSpec("number", decimals=entry.get("decimals"))
    return UnitSpec(kind, label=words if kind == "integer" else None)
