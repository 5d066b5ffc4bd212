"""Reading YAML that may be hostile: exact numbers, lines kept, duplicate keys refused, everything limited.

This is a small part of YAML on purpose: mappings, lists and scalars. Anchors, aliases and tags are refused, so
that a file cannot grow in memory beyond its own size and cannot name a Python object. Numbers become `int` or
`Decimal`, never float; `yes`, `no` and `on` stay words (NO is Norway). The events of the parser are read one by
one, without recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import yaml

from ayni.core.errors import AyniError, Location
from ayni.packs.problems import Where, pack_error

Scalar = None | bool | int | Decimal | date | str

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Limits:
    """What one file may hold at most. `digits` is the length of a number, `nodes` counts mappings, lists and
    scalars.
    """

    file_bytes: int = 4 * 1024 * 1024
    nodes: int = 400_000
    depth: int = 24
    digits: int = 34


class YamlMap(dict[Any, Any]):
    """A mapping that knows the line on which it starts and the line of each key."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.key_lines: dict[Any, int] = {}

    def line_of(self, key: object) -> int:
        return self.key_lines.get(key, self.line)


class YamlList(list[Any]):
    """A list that knows the line on which it starts and the line of each item."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.item_lines: list[int] = []

    def line_of(self, index: int) -> int:
        return self.item_lines[index] if index < len(self.item_lines) else self.line


def read_yaml(path: Path, shown: str | None = None, limits: Limits = Limits()) -> Any:
    """The contents of a YAML file; `shown` is the path for messages. Raises AyniError with the line of what is
    refused.
    """
    name = str(path) if shown is None else shown
    return parse_yaml(read_text(path, name, limits.file_bytes), name, limits)


def read_text(path: Path, shown: str, most_bytes: int) -> str:
    """The text of a file in UTF-8, refused when it is larger than `most_bytes`."""
    try:
        size = path.stat().st_size
        if size > most_bytes:
            raise pack_error(
                "pack.file_too_large",
                "The file is too large",
                Location(shown),
                found=f"{size} bytes",
                expected=f"at most {most_bytes} bytes",
                action="split it into several files",
            )
        data = path.read_bytes()
    except OSError as error:
        raise pack_error(
            "pack.file_unreadable",
            "The file cannot be read",
            Location(shown),
            found=error.strerror or str(error),
            action="check that it exists and may be read",
        ) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise pack_error(
            "pack.encoding",
            "The file is not in UTF-8",
            Location(shown, line),
            found=f"the byte {data[error.start]:#04x}",
            action="save it again with the encoding UTF-8",
        ) from error


def parse_yaml(text: str, shown: str, limits: Limits = Limits()) -> Any:
    """The contents of a YAML text; `shown` names it in messages."""
    try:
        return _Builder(shown, limits).build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise pack_error(
            "pack.yaml_syntax",
            "The file is not valid YAML",
            Location(shown, line),
            found=error.problem or str(error),
            action=_syntax_hint(text, line),
        ) from error
    except yaml.YAMLError as error:
        raise pack_error(
            "pack.yaml_syntax",
            "The file is not valid YAML",
            Location(shown),
            found=str(error).splitlines()[0],
            action="remove the characters that are not text",
        ) from error


def _syntax_hint(text: str, line: int | None) -> str:
    lines = text.splitlines()
    around = lines[max(0, line - 2) : line] if line else []
    if any("\t" in part for part in around):
        return "replace the tabs by spaces"
    if any(part.count(": ") > 1 and "{" not in part for part in around):
        return "put quotes around a text that holds a colon"
    return "check the spaces at the start of the line, and quotes and brackets that were opened and not closed"


class _Builder:
    """Builds the tree from the parser's events. `stack` holds the open containers, `keys` the pending key of each
    mapping.
    """

    _NO_KEY = object()

    def __init__(self, shown: str, limits: Limits) -> None:
        self.where = Where(shown)
        self.limits = limits
        self.nodes = 0
        self.stack: list[YamlMap | YamlList] = []
        self.keys: list[Any] = []
        self.key_lines: list[int] = []
        self.path: list[str] = []
        self.result: Any = None
        self.documents = 0

    def build(self, events: Iterator[Any]) -> Any:
        for event in events:
            line = event.start_mark.line + 1
            if isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    raise self._refuse(
                        "pack.yaml_documents", "The file holds more than one document", line, "remove the line `---`"
                    )
            elif isinstance(event, yaml.AliasEvent):
                raise self._refuse(
                    "pack.yaml_alias", f"The alias *{event.anchor} is refused", line, "write the text again in full"
                )
            elif isinstance(event, yaml.NodeEvent):
                self._open(event, line)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.stack.pop()
                self.keys.pop()
                self.key_lines.pop()
                self.path.pop()
        return self.result

    def _open(self, event: Any, line: int) -> None:
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            raise self._refuse(
                "pack.yaml_too_many_nodes", f"The file holds more than {self.limits.nodes} values", line, "split it"
            )
        if event.anchor is not None:
            raise self._refuse(
                "pack.yaml_alias",
                f"The anchor &{event.anchor} is refused",
                line,
                "write the text in full where it is used",
            )
        if event.tag is not None and event.tag != "!":
            raise self._refuse(
                "pack.yaml_tag", f"The tag {event.tag} is refused", line, "remove it; put quotes around a text"
            )
        if isinstance(event, yaml.ScalarEvent):
            self._place(self._scalar(event, line), line)
            return
        container = YamlMap(line) if isinstance(event, yaml.MappingStartEvent) else YamlList(line)
        self.path.append(self._step())
        self._place(container, line)
        self.stack.append(container)
        self.keys.append(self._NO_KEY)
        self.key_lines.append(line)
        if len(self.stack) > self.limits.depth:
            raise self._refuse(
                "pack.yaml_too_deep", f"The file is nested deeper than {self.limits.depth} levels", line, "flatten it"
            )

    def _step(self) -> str:
        """The key or position under which the next value will stand in the innermost container; empty at the top."""
        if not self.stack:
            return ""
        container = self.stack[-1]
        if isinstance(container, YamlList):
            return str(len(container) + 1)
        return "" if self.keys[-1] is self._NO_KEY else str(self.keys[-1])

    def _place(self, value: Any, line: int) -> None:
        """Put a finished value where it belongs: the top, the open list, or the open mapping as key or value."""
        if not self.stack:
            self.result = value
            return
        container = self.stack[-1]
        if isinstance(container, YamlList):
            container.append(value)
            container.item_lines.append(line)
        elif self.keys[-1] is self._NO_KEY:
            if value is None or isinstance(value, YamlMap | YamlList):
                raise self._refuse(
                    "pack.yaml_key", "A key must be a word, a number or a date", line, "put quotes around it"
                )
            if value in container:
                first = container.line_of(value)
                raise self._refuse(
                    "pack.duplicate_key",
                    f"The key `{value}` stands twice",
                    line,
                    f"remove one of them (the first is in line {first})",
                )
            self.keys[-1], self.key_lines[-1] = value, line
        else:
            key = self.keys[-1]
            container[key] = value
            container.key_lines[key] = self.key_lines[-1]
            self.keys[-1] = self._NO_KEY

    def _scalar(self, event: Any, line: int) -> Scalar:
        text = cast(str, event.value)
        # A plain scalar has the style None in one of PyYAML's two parsers and "" in the other.
        if event.style or event.tag == "!":
            return text
        try:
            return resolve_scalar(text, self.limits.digits)
        except ValueError as error:
            raise self._refuse(
                "pack.bad_value", str(error), line, "write a date that exists, or put quotes around a text"
            ) from error

    def _refuse(self, code: str, title: str, line: int, action: str) -> AyniError:
        keys = [step for step in (*self.path, self._step()) if step]
        return pack_error(code, title, Location(self.where.path, line, ".".join(keys) or None), action=action)


def resolve_scalar(text: str, most_digits: int = Limits.digits) -> Scalar:
    """The value of a plain scalar: nothing, true or false, an exact number, a day, or the text itself.

    Raises ValueError for a number of too many digits and for a day that does not exist.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text) or _DECIMAL.match(text):
        if len(text) > most_digits:
            raise ValueError(f"The number {text[:12]}… has more than {most_digits} digits")
        return Decimal(text) if "." in text else int(text)
    if _DATE.match(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"The day {text} does not exist") from None
    return text


def plain(value: Any) -> Any:
    """The tree as JSON would hold it: days as text, exact numbers as numbers. For JSON Schema only, never for
    computing.
    """
    if isinstance(value, dict):
        return {_plain_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _plain_key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)
