"""What a pack asks of a roster: its inputs as fields with their words, and the setting for the checks of cells.

Only the inputs that the answers of a check rest on are fields; the vocabulary of all countries is much longer, and a
column should not be taken for a field that no rule reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from ayni.packs.model import Pack
from ayni.roster.fields import FieldSpec, FieldType, Period, Setting, all_fields
from ayni.roster.identifiers import PATTERN
from ayni.rules.definitions import InputDefinition, Scalar
from ayni.rules.evaluate import plan_for

# Inputs that the rules of a country read but a roster does not give: they are made from the household.
_TYPES = {
    "money": FieldType.MONEY,
    "rate": FieldType.RATE,
    "number": FieldType.NUMBER,
    "integer": FieldType.INTEGER,
    "boolean": FieldType.BOOLEAN,
    "date": FieldType.DATE,
    "enum": FieldType.ENUM,
    "text": FieldType.TEXT,
}


def fields_for(pack: Pack, outputs: tuple[str, ...], on: date) -> dict[str, FieldSpec]:
    """Every field that a roster for these outputs may have: who a person is, and the inputs that the outputs read.

    A variable that stands for an input of the vocabulary (an age worked out from a birth date) is a field too: what the
    roster says wins over the rule.
    """
    plan = plan_for(pack.program, (), on=on, outputs=outputs, known_on=None)
    read = [*plan.inputs, *(name for name in plan.variables if name in pack.rulebook.inputs)]
    found = {name: _field(pack, pack.rulebook.inputs[name]) for name in read if name in pack.rulebook.inputs}
    return all_fields(spec for spec in found.values() if spec is not None)


def setting_for(pack: Pack, on: date) -> Setting:
    """The country, its currency, its identity numbers and the day."""
    identifiers = {
        key: identifier.stdnum or f"{PATTERN}{identifier.pattern}"
        for key, identifier in pack.identifiers.items()
        if identifier.stdnum or identifier.pattern
    }
    return Setting(pack.country, pack.currency, pack.currency_decimals, on, identifiers)


def _field(pack: Pack, definition: InputDefinition) -> FieldSpec | None:
    """The field of an input; None for a kind of value that a cell cannot hold."""
    unit = definition.unit
    if unit.kind not in _TYPES:
        return None
    values: Mapping[str, Mapping[str, str]] = pack.rulebook.enums[unit.enum] if unit.enum else {}
    return FieldSpec(
        definition.name,
        _TYPES[unit.kind],
        enum_values=tuple(values),
        words=definition.words,
        value_words=values,
        minimum=_bound(definition.minimum),
        maximum=_bound(definition.maximum),
        decimals=unit.decimals,
        period=Period(unit.period) if unit.period else None,
    )


def _bound(value: Scalar) -> Decimal | None:
    return Decimal(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else None
