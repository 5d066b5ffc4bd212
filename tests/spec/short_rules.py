"""A rulebook from a few lines of YAML, in the words of packs but short: no sources, no translations.

inputs: {earnings: money/month, children: {type: integer, minimum: 0, maximum: 20}, status: {enum: [employee, other]}}
history: {paid: boolean}
parameters: {rate: {unit: rate, values: {2025-01-01: 0.05, 2026-01-01: {value: 0.06, known_from: 2026-02-01}}}}
tables: {scale: {keys: {x: {unit: money/month, band: true}}, columns: {rate: rate},
  rows: [["<= 10", 0.1], ["any", 0.2]]}}
variables: {due: earnings * rate, "ccss.due": {type: money/month, formula: …, exceptions: {…}}}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from ayni.core.errors import Location
from ayni.rules.definitions import (
    DatedValue,
    Evidence,
    ExceptionDefinition,
    InputDefinition,
    ParameterDefinition,
    Rulebook,
    Scalar,
    TableDefinition,
    TableKey,
    TableVersion,
    UnitSpec,
    VariableDefinition,
)
from ayni.rules.types import Kind

EVIDENCE = Evidence(("S1",), "high")
KIND_OF_UNIT = {
    "money": Kind.MONEY,
    "date": Kind.DATE,
    "month": Kind.MONTH,
    "boolean": Kind.BOOLEAN,
    "enum": Kind.ENUM,
}


class _Reader:
    """Reads one text; enumerations that are written out are named after where they stand."""

    def __init__(self, text: str) -> None:
        # Every scalar is text here: what it means depends on the unit beside it.
        self.data: dict[str, Any] = yaml.BaseLoader(text).get_single_data() or {}
        self.enums: dict[str, tuple[str, ...]] = {}
        for name, values in self.data.get("enums", {}).items():
            self.enums[name] = tuple(values)

    def unit(self, name: str, stated: Any) -> UnitSpec:
        """`money/month`, `number(3)`, `{enum: [a, b]}` or `{enum: name}`."""
        if isinstance(stated, Mapping):
            values = stated["enum"]
            if isinstance(values, list):
                self.enums[name] = tuple(values)
                return UnitSpec("enum", enum=name)
            return UnitSpec("enum", enum=values)
        kind, _, period = stated.partition("/")
        kind, _, decimals = kind.partition("(")
        return UnitSpec(kind, period or None, int(decimals.rstrip(")")) if decimals else None)

    def inputs(self, section: str) -> dict[str, InputDefinition]:
        found = {}
        for name, stated in self.data.get(section, {}).items():
            item = stated if isinstance(stated, Mapping) else {"type": stated}
            unit = self.unit(name, item if "enum" in item else item["type"])
            low, high = (self.scalar(item[key], unit) if key in item else None for key in ("minimum", "maximum"))
            found[name] = InputDefinition(name, unit, minimum=low, maximum=high)
        return found

    def scalar(self, text: str, unit: UnitSpec) -> Scalar:
        return scalar(text, KIND_OF_UNIT.get(unit.kind, Kind.NUMBER))

    def parameters(self) -> dict[str, ParameterDefinition]:
        found = {}
        for name, item in self.data.get("parameters", {}).items():
            unit = self.unit(name, item["unit"])
            values = []
            for day, stated in item["values"].items():
                dated = stated if isinstance(stated, Mapping) else {"value": stated}
                values.append(
                    DatedValue(_day(day), self.scalar(dated["value"], unit), EVIDENCE, _day(dated.get("known_from")))
                )
            found[name] = ParameterDefinition(name, unit, tuple(values))
        return found

    def tables(self) -> dict[str, TableDefinition]:
        found = {}
        for name, item in self.data.get("tables", {}).items():
            keys = tuple(self._key(key, stated) for key, stated in item["keys"].items())
            columns = {column: self.unit(column, stated) for column, stated in item["columns"].items()}
            versions = item.get("versions") or {"0001-01-01": {"rows": item["rows"]}}
            otherwise = {
                column: self.scalar(cell, columns[column]) if column in columns else cell
                for column, cell in item.get("otherwise", {}).items()
            }
            units = (*(key.unit for key in keys), *columns.values())
            found[name] = TableDefinition(
                name,
                keys,
                columns,
                tuple(self._version(day, version, keys, units) for day, version in versions.items()),
                otherwise or None,
            )
        return found

    def _key(self, name: str, stated: Any) -> TableKey:
        item = stated if isinstance(stated, Mapping) else {"unit": stated}
        unit = self.unit(name, item if "enum" in item else item["unit"])
        return TableKey(name, unit, item.get("band") == "true")

    def _version(self, day: str, item: Any, keys: tuple[TableKey, ...], units: tuple[UnitSpec, ...]) -> TableVersion:
        rows = []
        for row in item["rows"]:
            cells: list[Scalar] = []
            for position, cell in enumerate(row):
                is_edge = position < len(keys) and keys[position].band
                cells.append(cell if is_edge or position >= len(units) else self.scalar(cell, units[position]))
            rows.append(tuple(cells))
        start = _day(day)
        assert start is not None
        return TableVersion(start, tuple(rows), EVIDENCE, _day(item.get("known_from")))

    def variables(self) -> dict[str, VariableDefinition]:
        found = {}
        for qualified, stated in self.data.get("variables", {}).items():
            item = stated if isinstance(stated, Mapping) else {"formula": stated}
            scheme, _, name = qualified.rpartition(".")
            formulas = item.get("formulas") or {"0001-01-01": item["formula"]}
            exceptions = [
                ExceptionDefinition(label, one["when"], one["formula"], tuple(one.get("overrides", ())))
                for label, one in item.get("exceptions", {}).items()
            ]
            found[qualified] = VariableDefinition(
                name,
                tuple(sorted((_day(day) or date.min, text) for day, text in formulas.items())),
                scheme or None,
                self.unit(name, item["type"]) if "type" in item else None,
                tuple(exceptions),
                location=Location("rules.yaml", key=qualified),
            )
        return found


def scalar(text: str, kind: Kind) -> Scalar:
    """A cell as the loader of packs would give it; what does not fit its kind stays text, for the checks to find."""
    if text == "null":
        return None
    if kind is Kind.BOOLEAN:
        return {"true": True, "false": False}.get(text, text)
    if kind in (Kind.DATE, Kind.MONTH):
        return date.fromisoformat(text if len(text) > len("2026-01") else f"{text}-01")
    if kind is Kind.ENUM:
        return text
    try:
        return Decimal(text) if "." in text else int(text)
    except (InvalidOperation, ValueError):
        return text


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def read_rulebook(text: str) -> Rulebook:
    """A rulebook of the practice currency with two decimals."""
    reader = _Reader(text)
    inputs, history = reader.inputs("inputs"), reader.inputs("history")
    parameters, tables, variables = reader.parameters(), reader.tables(), reader.variables()
    enums = {name: {value: {} for value in values} for name, values in reader.enums.items()}
    return Rulebook("spec", "1", "XTS", 2, enums, inputs, history, parameters, tables, variables)
