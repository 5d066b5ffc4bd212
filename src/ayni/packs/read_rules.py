"""From trees that have the right form to the kernel's definitions: parameters, tables and variables.

What a form cannot see is checked here: that a figure is of its unit, that a row is as wide as its table, that names of
enumerations and sources exist. Whether a rule makes sense is the kernel's question.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from ayni.packs.files import PackFiles
from ayni.packs.forms import name_of
from ayni.packs.model import Review
from ayni.packs.problems import Problems, Where, corrected, one_of, suggest
from ayni.packs.units import parse_unit
from ayni.packs.yaml_reader import YamlMap, resolve_scalar
from ayni.rules.definitions import (
    DatedValue,
    Evidence,
    ExceptionDefinition,
    ParameterDefinition,
    Scalar,
    TableDefinition,
    TableKey,
    TableVersion,
    Text,
    UnitSpec,
    VariableDefinition,
)

MOST_ROWS = 100_000
_BAND = re.compile(r"(any|(<=|<)\s*-?\d+(\.\d+)?)\Z")
_EXPECTED = {
    "money": "an amount such as 346789.00",
    "rate": "a rate such as 0.0433",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "date": "a day like 2026-01-31",
    "month": "the first day of a month like 2026-01-01",
}


@dataclass
class Reader:
    """What the readers share: files, the pack's enumerations and sources, the units of known outputs, the problems
    met.
    """

    files: PackFiles
    problems: Problems
    enums: Mapping[str, Mapping[str, Text]]
    sources: Mapping[str, Any]
    output_units: Mapping[str, UnitSpec]

    def unit(self, written: Any, where: Where) -> UnitSpec:
        """The unit that was written, whose enumeration must exist."""
        unit = parse_unit(written)
        assert unit is not None, "the form has checked it"
        if unit.kind == "enum" and unit.enum not in self.enums:
            self.problems.add(
                "pack.unknown_enum",
                f"There is no enumeration `{unit.enum}`",
                where,
                found=str(unit.enum),
                action=corrected(str(unit.enum), self.enums) or "declare it under `enums:` in pack.yaml",
            )
        return unit

    def evidence(self, entry: Mapping[str, Any], where: Where, *fallbacks: Mapping[str, Any]) -> Evidence:
        """Source, confidence, article, note and reviewer of an entry; what it leaves out stands in what it belongs
        to.
        """

        def given(key: str) -> Any:
            return next((part[key] for part in (entry, *fallbacks) if part.get(key) is not None), None)

        sources = tuple(given("source") or ())
        lines = entry.get("source")
        for position, key in enumerate(lines if lines is not None else ()):
            if key not in self.sources:
                self.problems.add(
                    "pack.unknown_source",
                    f"There is no source `{key}` in sources.yaml",
                    where.at("source", getattr(lines, "line_of", lambda _: where.line)(position)),
                    found=key,
                    action=corrected(key, self.sources) or "add it to sources.yaml",
                )
        confidence = given("confidence") or "low"
        return Evidence(sources, confidence, given("article"), given("note"), given("checked_by"))


def read_parameter(reader: Reader, name: str, entry: YamlMap, where: Where) -> ParameterDefinition:
    """A parameter with its dated values, oldest first."""
    unit = reader.unit(entry["unit"], where.at("unit", entry.line_of("unit")))
    values = []
    for day, dated in sorted(entry["values"].items()):
        place = where.at("values", None).at(day, entry["values"].line_of(day))
        check_scalar(reader, dated["value"], unit, place.at("value", dated.line_of("value")))
        evidence = reader.evidence(dated, place, entry)
        values.append(DatedValue(day, dated["value"], evidence, dated.get("known_from")))
    return ParameterDefinition(
        name, unit, tuple(values), entry["words"], entry.get("article"), entry.get("checked_by"), where.location
    )


def read_review(entry: YamlMap) -> Review:
    """When figures were looked at and are to be looked at again."""
    return Review(entry.get("reviewed"), entry.get("next_review"), entry.get("note"))


def check_scalar(reader: Reader, value: Scalar, unit: UnitSpec, where: Where) -> None:
    """Note a problem when a figure is not of its unit; null is unknown and always allowed."""
    if value is None:
        return
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    fits = {
        "money": is_number,
        "rate": is_number,
        "number": is_number,
        "integer": is_number and value == int(value),  # type: ignore[arg-type]
        "boolean": isinstance(value, bool),
        "date": isinstance(value, date),
        "month": isinstance(value, date) and value.day == 1,
        "text": isinstance(value, str),
    }
    if unit.kind == "enum":
        allowed = reader.enums.get(unit.enum or "", {})
        if allowed and value not in allowed:
            reader.problems.add(
                "pack.not_in_list",
                f"The value is not one of the enumeration {unit.enum}",
                where,
                found=name_of(value),
                expected=one_of(allowed),
                action=corrected(str(value), allowed),
            )
    elif not fits[unit.kind]:
        hint = "remove the quotes" if isinstance(value, str) and fits_as_text(value) else None
        reader.problems.add(
            "pack.wrong_figure",
            "The figure is not of its unit",
            where,
            found=name_of(value),
            expected=_EXPECTED.get(unit.kind, unit.kind),
            action=hint,
        )


def fits_as_text(value: str) -> bool:
    """True where a text would be a number or a day without its quotes."""
    try:
        return not isinstance(resolve_scalar(value), str)
    except ValueError:
        return False


def read_table(reader: Reader, name: str, entry: YamlMap, path: PurePosixPath, where: Where) -> TableDefinition:
    """A table with its versions, oldest first; rows come from the file itself or from a CSV beside it."""
    keys = tuple(_read_key(reader, key, spec, where.at("keys", None)) for key, spec in entry["keys"].items())
    columns = {
        column: reader.unit(unit, where.at("columns", entry["columns"].line_of(column)))
        for column, unit in entry["columns"].items()
    }
    versions = []
    for day, version in sorted(entry["versions"].items()):
        place = where.at("versions", None).at(day, entry["versions"].line_of(day))
        if "rows_file" in version:
            rows = _rows_from_file(reader, version["rows_file"], path, keys, columns, place)
        else:
            rows = tuple(tuple(row) for row in version["rows"])
            _check_rows(reader, version["rows"], keys, columns, place)
        versions.append(TableVersion(day, rows, reader.evidence(version, place, entry), version.get("known_from")))
    otherwise = entry.get("otherwise")
    if otherwise is not None:
        _check_otherwise(reader, otherwise, columns, where.at("otherwise", entry.line_of("otherwise")))
    return TableDefinition(
        name,
        keys,
        columns,
        tuple(versions),
        otherwise,
        entry["words"],
        entry.get("article"),
        entry.get("checked_by"),
        where.location,
    )


def _read_key(reader: Reader, name: str, spec: YamlMap, where: Where) -> TableKey:
    place = where.at(name, spec.line)
    written = {"enum": spec["enum"]} if "enum" in spec else spec["unit"]
    return TableKey(name, reader.unit(written, place), spec.get("band", False))


def _check_otherwise(reader: Reader, row: YamlMap, columns: Mapping[str, UnitSpec], where: Where) -> None:
    for column, value in row.items():
        place = where.at(column, row.line_of(column))
        if column in columns:
            check_scalar(reader, value, columns[column], place)
        else:
            reader.problems.add(
                "pack.unknown_column",
                f"The table has no column `{column}`",
                place,
                expected=one_of(columns),
                action=corrected(column, columns),
            )
    missing = [column for column in columns if column not in row]
    if missing:
        reader.problems.add(
            "pack.missing_key",
            "`otherwise` leaves columns out",
            where,
            found=one_of(row),
            action=f"add {one_of(missing)}",
        )


def _check_rows(
    reader: Reader, rows: Any, keys: Sequence[TableKey], columns: Mapping[str, UnitSpec], where: Where
) -> None:
    names = [key.name for key in keys] + list(columns)
    units = [None if key.band else key.unit for key in keys] + list(columns.values())
    for number, row in enumerate(rows, 1):
        place = where.at(f"row {number}", rows.line_of(number - 1) if hasattr(rows, "line_of") else where.line)
        if len(row) != len(names):
            reader.problems.add(
                "pack.row_width",
                "The row is not as wide as the table",
                place,
                found=f"{len(row)} cells",
                expected=f"{len(names)}: {', '.join(names)}",
                action="add or remove cells",
            )
            continue
        for position, (cell, unit) in enumerate(zip(row, units, strict=True)):
            cell_place = place.at(names[position], None)
            if unit is None:
                if not isinstance(cell, str) or not _BAND.match(cell.strip()):
                    reader.problems.add(
                        "pack.bad_band",
                        "A band is written as a text with its upper edge",
                        cell_place,
                        found=name_of(cell),
                        expected='"<= 2", "< 4" or "any"',
                        action=None if isinstance(cell, str) else f'write "<= {cell}" or "< {cell}"',
                    )
            elif position < len(keys) and cell is None:
                reader.problems.add(
                    "pack.bad_key", "A key of a table is never unknown", cell_place, action="write its value"
                )
            else:
                check_scalar(reader, cell, unit, cell_place)


def _rows_from_file(
    reader: Reader,
    named: str,
    path: PurePosixPath,
    keys: Sequence[TableKey],
    columns: Mapping[str, UnitSpec],
    where: Where,
) -> tuple[tuple[Scalar, ...], ...]:
    """The rows of a CSV file: a header with the names of keys and columns, then one line a row, empty for unknown."""
    target = reader.files.beside(path, named, where.at("rows_file", None), reader.problems)
    if target is None:
        return ()
    shown = reader.files.name(target)
    lines = list(csv.reader(io.StringIO(reader.files.table_text(target))))
    expected = [key.name for key in keys] + list(columns)
    if not lines or [name.strip() for name in lines[0]] != expected:
        reader.problems.add(
            "pack.table_header",
            "The header does not name the keys and columns of the table",
            Where(shown, 1),
            found=", ".join(lines[0]) if lines else "an empty file",
            expected=", ".join(expected),
            action="write the header as expected",
        )
        return ()
    if len(lines) > MOST_ROWS:
        reader.problems.add("pack.too_many_rows", f"The table has more than {MOST_ROWS} rows", Where(shown, MOST_ROWS))
        return ()
    rows = []
    bands = [key.band for key in keys] + [False] * len(columns)
    texts = [key.band or key.unit.kind == "enum" for key in keys] + [unit.kind == "enum" for unit in columns.values()]
    for number, line in enumerate(lines[1:], 2):
        if not line:
            continue
        try:
            row = [
                cell.strip() if is_text and (cell.strip() or is_band) else resolve_scalar(cell.strip())
                for cell, is_text, is_band in zip(line, texts, bands, strict=False)
            ]
        except ValueError as error:
            reader.problems.add("pack.bad_value", str(error), Where(shown, number), action="correct the cell")
            continue
        # A line that is too short or too long is caught here, with the number of the line.
        full = row if len(line) == len(expected) else [*row, *([None] * (len(line) - len(row)))]
        _check_rows(reader, [full], keys, columns, Where(shown, number))
        rows.append(tuple(full))
    return tuple(rows)


def read_variable(
    reader: Reader, name: str, entry: YamlMap, where: Where, scheme: str | None = None
) -> VariableDefinition:
    """A rule; its unit is the one written, else that of the vocabulary's output or input of the same name."""
    unit = reader.unit(entry["type"], where.at("type", entry.line_of("type"))) if "type" in entry else None
    if "formulas" in entry:
        formulas = tuple((day, formula_text(text)) for day, text in sorted(entry["formulas"].items()))
    else:
        formulas = ((date.min, formula_text(entry["formula"])),)
    exceptions = entry.get("exceptions") or YamlMap(entry.line)
    return VariableDefinition(
        name,
        formulas,
        scheme,
        unit or reader.output_units.get(name),
        tuple(_read_exception(reader, label, exceptions, where) for label in exceptions),
        entry.get("words") or {},
        reader.evidence(entry, where),
        where.at("formulas" if "formulas" in entry else "formula", formula_line(entry)).location,
    )


def formula_line(entry: YamlMap) -> int:
    """The line on which the formula of an entry starts."""
    return entry.line_of("formulas" if "formulas" in entry else "formula")


def formula_text(value: Scalar) -> str:
    """A formula as text: YAML reads `true` and `0.05` as values, which are formulas too."""
    if isinstance(value, bool):
        return "True" if value else "False"
    return str(value).strip()


def _read_exception(reader: Reader, label: str, exceptions: YamlMap, where: Where) -> ExceptionDefinition:
    entry = exceptions[label]
    place = where.at("exceptions", None).at(label, exceptions.line_of(label))
    evidence = reader.evidence(entry, place)
    overrides = tuple(entry.get("overrides") or ())
    for other in overrides:
        if other not in exceptions or other == label:
            near = suggest(other, [known for known in exceptions if known != label])
            reader.problems.add(
                "pack.unknown_exception",
                f"There is no other exception `{other}` to override",
                place.at("overrides", None),
                found=other,
                action=f"write `{near}`" if near else "remove it",
            )
    return ExceptionDefinition(
        label,
        formula_text(entry["when"]),
        formula_text(entry["formula"]),
        overrides,
        entry.get("words") or {},
        entry.get("article"),
        place.location,
        evidence,
    )
