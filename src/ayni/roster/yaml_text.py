"""YAML of which every scalar stays the text that was typed: `no` is not false, `0012` keeps its zeros.

Files written by people are read with `read_text_yaml`: duplicate keys, aliases, tags and deep nesting are refused, so
that a hostile or mistaken file costs nothing. Files of this package are read with `read_package_yaml`, which trusts
them.
"""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

import yaml

DEPTH_MAX = 12
_TEXT, _NULL = "tag:yaml.org,2002:str", "tag:yaml.org,2002:null"
_PLAIN_TAGS = {_TEXT, _NULL, "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"}


class TextYamlError(Exception):
    """What is wrong with a YAML file, and on which line (counted from 1)."""

    def __init__(self, reason: str, line: int | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class _TextLoader(yaml.SafeLoader):
    """A safe loader without numbers, dates or booleans; only `null`, `~` and nothing at all are not text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML wants it on the class
    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        mark = self.peek_event().start_mark
        line = mark.line + 1
        if self.check_event(yaml.AliasEvent):
            raise TextYamlError("an alias (*name) stands where a value is expected", line)
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise TextYamlError(f"it is nested more than {DEPTH_MAX} levels deep", line)
        node = super().compose_node(parent, index)
        self.depth -= 1
        if node is not None and node.tag not in _PLAIN_TAGS:
            raise TextYamlError(f"the tag {node.tag} is not allowed", line)
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise TextYamlError("a key is not a plain word", line)
            if key.value in seen:
                raise TextYamlError(f"the key {key.value!r} occurs twice", line)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


_TextLoader.add_implicit_resolver(_NULL, re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])


def read_text_yaml(text: str) -> Any:
    """The content of a YAML text as dicts, lists, text and None. Raises `TextYamlError`."""
    try:
        loader = _TextLoader(text)
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise TextYamlError(error.problem or "it is not YAML", mark.line + 1 if mark else None) from error
    except yaml.YAMLError as error:
        raise TextYamlError(str(error).splitlines()[0], None) from error


def read_package_yaml(name: str) -> Any:
    """A data file of this package, every scalar as text."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    text = resources.files("ayni.roster").joinpath(name).read_text(encoding="utf-8")
    return loader(text).get_single_data()
