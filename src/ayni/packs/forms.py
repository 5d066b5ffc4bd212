"""Forms: what a file of a pack must look like, said once and used twice.

A form checks a tree that `yaml_reader` read, noting each problem with its line and the word that was probably
meant; and it gives the JSON Schema that editors use. What a form cannot say (that a name exists elsewhere) is
checked by the loader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from ayni.packs.problems import Problems, Where, corrected, one_of
from ayni.packs.units import UNIT_WORDS, parse_unit
from ayni.packs.yaml_reader import YamlList, YamlMap

Schema = dict[str, Any]


class Form(Protocol):
    """Anything that can check a value and describe itself as JSON Schema."""

    def check(self, value: Any, where: Where, problems: Problems) -> None: ...

    def schema(self) -> Schema: ...


def name_of(value: object) -> str:
    """What was found, for a message: `the text "x"`, `a list`, …"""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'the text "{value if len(value) <= 60 else value[:57] + "…"}"'
    if isinstance(value, dict):
        return "a mapping (keys with values)"
    if isinstance(value, list):
        return "a list"
    return f"the day {value.isoformat()}" if isinstance(value, date) else f"the number {value}"


_KINDS: dict[str, tuple[str, Callable[[Any], bool], Schema]] = {
    "text": ("a text", lambda v: isinstance(v, str), {"type": "string"}),
    "integer": ("a whole number", lambda v: isinstance(v, int) and not isinstance(v, bool), {"type": "integer"}),
    "number": ("a number", lambda v: isinstance(v, int | Decimal) and not isinstance(v, bool), {"type": "number"}),
    "boolean": ("true or false", lambda v: isinstance(v, bool), {"type": "boolean"}),
    "date": (
        "a day like 2026-01-31",
        lambda v: isinstance(v, date),
        {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    ),
    "null": ("null", lambda v: v is None, {"type": "null"}),
}


@dataclass(frozen=True)
class Value:
    """One scalar of the kinds named, with a pattern or a closed list for texts.

    hint: what to do when it is wrong, in words. what: how the expected value is named; by default the kinds are.
    """

    kinds: tuple[str, ...]
    pattern: str | None = None
    choices: tuple[str, ...] = ()
    what: str | None = None
    hint: str | None = None
    nonempty: bool = True

    def check(self, value: Any, where: Where, problems: Problems) -> None:
        if not any(_KINDS[kind][1](value) for kind in self.kinds):
            self._wrong(value, where, problems)
        elif not isinstance(value, str):
            return
        elif self.choices and value not in self.choices:
            problems.add(
                "pack.not_in_list",
                "The value is not one of those allowed",
                where,
                found=name_of(value),
                expected=one_of(self.choices),
                action=corrected(value, self.choices) or "write one of them",
            )
        elif self.pattern and not re.search(self.pattern, value):
            problems.add(
                "pack.bad_text",
                "The text does not have the form expected",
                where,
                found=name_of(value),
                expected=self.what or self.pattern,
                action=self.hint,
            )
        elif self.nonempty and not value.strip():
            problems.add(
                "pack.empty_text", "The text is empty", where, expected="words", action="write it, or remove the key"
            )

    def _wrong(self, value: Any, where: Where, problems: Problems) -> None:
        hint = self.hint
        if hint is None and "text" in self.kinds and not isinstance(value, dict | list) and value is not None:
            hint = f'put quotes around it: "{value}"'
        elif hint is None and isinstance(value, str) and ("number" in self.kinds or "date" in self.kinds):
            hint = "write it without quotes, with a point for decimals and without separators of thousands"
        problems.add(
            "pack.wrong_type",
            "The value is not of the kind expected",
            where,
            found=name_of(value),
            expected=self.what or one_of([_KINDS[kind][0] for kind in self.kinds]),
            action=hint,
        )

    def schema(self) -> Schema:
        choices: list[Schema] = []
        for kind in self.kinds:
            part = dict(_KINDS[kind][2])
            if kind == "text":
                if self.choices:
                    part["enum"] = list(self.choices)
                elif self.pattern:
                    part["pattern"] = self.pattern
                elif self.nonempty:
                    part["minLength"] = 1
            choices.append(part)
        return choices[0] if len(choices) == 1 else {"anyOf": choices}


@dataclass(frozen=True)
class ListOf:
    """A list of one form; `least` is the smallest number of items."""

    item: Form
    least: int = 0

    def check(self, value: Any, where: Where, problems: Problems) -> None:
        if not isinstance(value, YamlList):
            problems.add(
                "pack.wrong_type",
                "A list is expected",
                where,
                found=name_of(value),
                expected="a list",
                action="write [ ] around it",
            )
            return
        if len(value) < self.least:
            problems.add(
                "pack.too_few",
                "The list is too short",
                where,
                found=f"{len(value)}",
                expected=f"at least {self.least}",
                action="add what is missing",
            )
        for index, item in enumerate(value):
            self.item.check(item, where.at(index + 1, value.line_of(index)), problems)

    def schema(self) -> Schema:
        return {"type": "array", "items": self.item.schema(), **({"minItems": self.least} if self.least else {})}


_KEY_PATTERNS = {
    "name": (r"^[a-z][a-z0-9_]*$", "a name in lower case: letters, digits and underscores"),
    "source": (r"^[A-Za-z][A-Za-z0-9_.-]*$", "a short key such as S1"),
    "language": (r"^[a-z]{2,3}$", "a language code such as en"),
    "date": (r"^\d{4}-\d{2}-\d{2}$", "a day like 2026-01-01"),
    "output": (r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$", "a variable, or scheme.variable"),
    "any": (r"^.+$", "a key"),
}


@dataclass(frozen=True)
class MapOf:
    """A mapping whose keys all have one form and whose values have another; `key` is `name`, `date`, `language`,
    `any`.
    """

    key: str
    value: Form
    least: int = 0

    def check(self, value: Any, where: Where, problems: Problems) -> None:
        if not isinstance(value, YamlMap):
            _not_a_mapping(value, where, problems)
            return
        if len(value) < self.least:
            problems.add(
                "pack.too_few",
                "The mapping is too short",
                where,
                found=f"{len(value)}",
                expected=f"at least {self.least}",
                action="add what is missing",
            )
        for key, item in value.items():
            place = where.at(key, value.line_of(key))
            if not self._is_right(key):
                self._refuse_key(key, item, place, problems)
                continue
            self.value.check(item, place, problems)

    def _is_right(self, key: Any) -> bool:
        if self.key == "date":
            return isinstance(key, date)
        return self.key == "any" or (isinstance(key, str) and re.search(_KEY_PATTERNS[self.key][0], key) is not None)

    def _refuse_key(self, key: Any, item: Any, where: Where, problems: Problems) -> None:
        action = "put quotes around it" if isinstance(key, bool) else None
        if isinstance(key, str) and item is None and " " in key:
            # `{en: one, two}` is read as two keys.
            action = "put quotes around the text before it: it holds a comma"
        problems.add(
            "pack.bad_key",
            "The key does not have the form expected",
            where,
            found=name_of(key),
            expected=_KEY_PATTERNS[self.key][1],
            action=action,
        )

    def schema(self) -> Schema:
        form: Schema = {
            "type": "object",
            "patternProperties": {_KEY_PATTERNS[self.key][0]: self.value.schema()},
            "additionalProperties": False,
        }
        return {**form, **({"minProperties": self.least} if self.least else {})}


def _not_a_mapping(value: Any, where: Where, problems: Problems) -> None:
    problems.add(
        "pack.wrong_type",
        "Keys with values are expected",
        where,
        found=name_of(value),
        expected="a mapping: one `key: value` a line",
        action="check the indentation of the lines below",
    )


@dataclass(frozen=True)
class Field:
    """One key of a record: its form, whether it must be there, and what it means (shown by editors)."""

    form: Form
    required: bool = False
    about: str = ""


@dataclass(frozen=True)
class Record:
    """A mapping with known keys. `exactly_one`: of these keys one and only one must stand."""

    fields: Mapping[str, Field]
    what: str = "this mapping"
    exactly_one: tuple[str, ...] = ()

    def check(self, value: Any, where: Where, problems: Problems) -> None:
        if not isinstance(value, YamlMap):
            _not_a_mapping(value, where, problems)
            return
        for key, item in value.items():
            place = where.at(key, value.line_of(key))
            if key not in self.fields:
                problems.add(
                    "pack.unknown_key",
                    f"`{key}` is not a key of {self.what}",
                    place,
                    found=f"the key `{key}`",
                    expected=one_of(self.fields),
                    action=corrected(str(key), self.fields) or "remove it",
                )
            else:
                self.fields[key].form.check(item, place, problems)
        for key, known in self.fields.items():
            if known.required and key not in value:
                problems.add(
                    "pack.missing_key",
                    f"`{key}` is missing in {self.what}",
                    where,
                    expected=known.about or f"the key `{key}`",
                    action=f"add `{key}:`",
                )
        standing = [key for key in self.exactly_one if key in value]
        if self.exactly_one and len(standing) != 1:
            problems.add(
                "pack.exactly_one_key",
                f"Exactly one of {one_of(self.exactly_one)} must stand in {self.what}",
                where,
                found=one_of(standing) if standing else "none of them",
                action="keep one",
            )

    def schema(self) -> Schema:
        properties: Schema = {}
        for key, known in self.fields.items():
            properties[key] = {**known.form.schema(), **({"description": known.about} if known.about else {})}
        form: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        required = [key for key, known in self.fields.items() if known.required]
        if required:
            form["required"] = required
        if self.exactly_one:
            form["oneOf"] = [{"required": [key]} for key in self.exactly_one]
        return form


@dataclass(frozen=True)
class EitherOf:
    """One of several forms, told apart by kind: a mapping, a list, or a scalar."""

    mapping: Form | None = None
    sequence: Form | None = None
    scalar: Form | None = None

    def check(self, value: Any, where: Where, problems: Problems) -> None:
        form = (
            self.mapping
            if isinstance(value, YamlMap)
            else self.sequence
            if isinstance(value, YamlList)
            else self.scalar
        )
        (form or self.scalar or self.mapping or self.sequence or Anything()).check(value, where, problems)

    def schema(self) -> Schema:
        return {"anyOf": [form.schema() for form in (self.scalar, self.mapping, self.sequence) if form is not None]}


@dataclass(frozen=True)
class Unit:
    """The declared type of a figure or rule: a word, money with a period, or `{enum: name}`."""

    def check(self, value: Any, where: Where, problems: Problems) -> None:
        if parse_unit(value) is None:
            guess = corrected(value, UNIT_WORDS) if isinstance(value, str) else None
            problems.add(
                "pack.bad_unit",
                "This is not a type that rules know",
                where,
                found=name_of(value),
                expected=one_of([*UNIT_WORDS, "{enum: name}"], most=20),
                action=guess or "write one of them",
            )

    def schema(self) -> Schema:
        record = Record({"enum": Field(Value(("text",), pattern=r"^[a-z][a-z0-9_]*$"), required=True)})
        return {"anyOf": [{"type": "string", "enum": list(UNIT_WORDS)}, record.schema()]}


@dataclass(frozen=True)
class Anything:
    """Whatever stands there; the loader looks at it more closely."""

    def check(self, value: Any, where: Where, problems: Problems) -> None:
        return

    def schema(self) -> Schema:
        return {}


@dataclass(frozen=True)
class Document:
    """A whole file: its form, the name of its published schema and what it is for."""

    name: str
    title: str
    form: Form

    def json_schema(self) -> Schema:
        """The JSON Schema (draft 2020-12) that is published for editors."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:ayni:pack-schema:{self.name}",
            "title": self.title,
            **self.form.schema(),
        }
