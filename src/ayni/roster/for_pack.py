"""What a pack asks of a roster: its inputs as fields with their words, and the setting for the checks of cells.

Only the inputs that the answers of a check rest on are fields; the vocabulary of all countries is much longer, and a
column should not be taken for a field that no rule reads.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from functools import cache

from ayni.packs.model import Pack
from ayni.roster.fields import FieldSpec, FieldType, Period, Setting, all_fields
from ayni.roster.identifiers import PATTERN
from ayni.roster.yaml_text import read_package_yaml
from ayni.rules.definitions import InputDefinition, Scalar
from ayni.rules.evaluate import plan_for
from ayni.rules.types import Kind, Shape

# The types of a pack's values that a cell can hold.
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


def fields_for(pack: Pack, outputs: tuple[str, ...], on: date, named: Collection[str] = ()) -> dict[str, FieldSpec]:
    """Every field that a roster for these outputs may have: who a person is, and the inputs that the outputs read.

    A variable that stands for an input of the vocabulary (an age worked out from a birth date) is a field too: what the
    roster says wins over the rule. named: further variables of the pack that a mapping names (a contribution as the
    institution worked it out, say); no column is taken for one of them by guess.
    """
    plan = plan_for(pack.program, (), on=on, outputs=outputs, known_on=None)
    read = [*plan.inputs, *(name for name in plan.variables if name in pack.rulebook.inputs)]
    found = {name: _field(pack, pack.rulebook.inputs[name]) for name in read if name in pack.rulebook.inputs}
    for name in named:
        if name not in found and name in plan.variables:
            found[name] = _field_of_variable(pack, name, plan.variables[name].shape)
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
        aliases=_aliases().get(definition.name, ()),
        value_words=values,
        minimum=_bound(definition.minimum),
        maximum=_bound(definition.maximum),
        decimals=unit.decimals,
        period=Period(unit.period) if unit.period else None,
    )


def _field_of_variable(pack: Pack, name: str, shape: Shape) -> FieldSpec | None:
    """The field of a variable that the roster gives in place of the rule."""
    kind = shape.type
    types = {
        Kind.MONEY: FieldType.MONEY,
        Kind.BOOLEAN: FieldType.BOOLEAN,
        Kind.DATE: FieldType.DATE,
        Kind.ENUM: FieldType.ENUM,
    }
    if kind.kind is Kind.NUMBER:
        found = FieldType.NUMBER if kind.scale else FieldType.INTEGER
    elif kind.kind in types:
        found = types[kind.kind]
    else:
        return None
    return FieldSpec(
        name,
        found,
        enum_values=kind.values,
        words=pack.rulebook.variables[name].words,
        decimals=kind.scale if found is FieldType.NUMBER else None,
        period=Period(kind.period) if kind.period in {period.value for period in Period} else None,
    )


@cache
def _aliases() -> Mapping[str, tuple[str, ...]]:
    """Headings by name of input."""
    return {name: tuple(names) for name, names in read_package_yaml("pack_columns.yaml").items()}


def _bound(value: Scalar) -> Decimal | None:
    return Decimal(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else None
