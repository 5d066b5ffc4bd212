"""What a pack says, as plain data: inputs, parameters, tables, variables, schemes. Nothing here is checked or typed
yet.

The packs layer fills these from YAML; `ayni.rules.build` types them. All are frozen; numbers are `Decimal` or `int`,
never float. Texts are mappings language → words. Days are `datetime.date`; a value stands from its date (inclusive)
until the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from ayni.core.errors import Location

Text = Mapping[str, str]
Scalar = Decimal | int | bool | str | date | None


@dataclass(frozen=True)
class Evidence:
    """Where a figure or rule comes from: source keys, confidence (high, medium, low), article, who checked it (or
    nobody).
    """

    source: tuple[str, ...] = ()
    confidence: str = "low"
    article: str | None = None
    note: str | None = None
    checked_by: str | None = None

    @property
    def is_confirmed(self) -> bool:
        """False for low confidence or when it rests on unverified knowledge (MK) only."""
        return self.confidence != "low" and any(key != "MK" for key in self.source)


@dataclass(frozen=True)
class UnitSpec:
    """The declared type of a value: kind is money, rate, number, integer, boolean, date, month or enum.

    period: month, year, quarter, day or None for money. decimals: fraction digits carried. enum: name of the
    enumeration. label: the unit in words for integers (days, months, years).
    """

    kind: str
    period: str | None = None
    decimals: int | None = None
    enum: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class InputDefinition:
    """One thing that may be known of a person: `minimum` and `maximum` in major units, both inclusive."""

    name: str
    unit: UnitSpec
    words: Text = field(default_factory=dict)
    definition: Text = field(default_factory=dict)
    minimum: Scalar = None
    maximum: Scalar = None
    ordinary: Scalar = None
    location: Location | None = None


@dataclass(frozen=True)
class DatedValue:
    """`value` from `valid_from` on (None: announced, or unknown from then); `known_from` the day it could be known."""

    valid_from: date
    value: Scalar
    evidence: Evidence
    known_from: date | None = None


@dataclass(frozen=True)
class ParameterDefinition:
    name: str
    unit: UnitSpec
    values: tuple[DatedValue, ...]
    words: Text = field(default_factory=dict)
    article: str | None = None
    checked_by: str | None = None
    location: Location | None = None


@dataclass(frozen=True)
class TableKey:
    """A key column. `band` keys hold edges ("<= 2", "< 4", "any"), the others hold exact values."""

    name: str
    unit: UnitSpec
    band: bool = False


@dataclass(frozen=True)
class TableVersion:
    """Rows of cells in the order keys, columns; band cells are text, others scalars."""

    valid_from: date
    rows: tuple[tuple[Scalar, ...], ...]
    evidence: Evidence
    known_from: date | None = None


@dataclass(frozen=True)
class TableDefinition:
    name: str
    keys: tuple[TableKey, ...]
    columns: Mapping[str, UnitSpec]
    versions: tuple[TableVersion, ...]
    otherwise: Mapping[str, Scalar] | None = None
    words: Text = field(default_factory=dict)
    article: str | None = None
    checked_by: str | None = None
    location: Location | None = None


@dataclass(frozen=True)
class ExceptionDefinition:
    """Where `when` holds, `formula` stands in place of the base; `overrides` names exceptions that give way to it.

    evidence: of the exception itself; None where nobody has said.
    """

    label: str
    when: str
    formula: str
    overrides: tuple[str, ...] = ()
    words: Text = field(default_factory=dict)
    article: str | None = None
    location: Location | None = None
    evidence: Evidence | None = None


@dataclass(frozen=True)
class VariableDefinition:
    """A rule. `formulas` is sorted by date; a single formula stands from `date.min`. `scheme` is the short name or
    None if shared.
    """

    name: str
    formulas: tuple[tuple[date, str], ...]
    scheme: str | None = None
    unit: UnitSpec | None = None
    exceptions: tuple[ExceptionDefinition, ...] = ()
    words: Text = field(default_factory=dict)
    evidence: Evidence = field(default_factory=Evidence)
    location: Location | None = None

    @property
    def qualified_name(self) -> str:
        """`scheme.name`, or the bare name when the variable is shared by the pack."""
        return self.name if self.scheme is None else f"{self.scheme}.{self.name}"


@dataclass(frozen=True)
class Rulebook:
    """Everything the kernel needs of one pack. `enums`: name → value → words. `variables`: by qualified name."""

    name: str
    version: str
    currency: str
    currency_decimals: int
    enums: Mapping[str, Mapping[str, Text]]
    inputs: Mapping[str, InputDefinition]
    history: Mapping[str, InputDefinition]
    parameters: Mapping[str, ParameterDefinition]
    tables: Mapping[str, TableDefinition]
    variables: Mapping[str, VariableDefinition]
    languages: tuple[str, ...] = ("en",)
    extra: Mapping[str, Any] = field(default_factory=dict)
