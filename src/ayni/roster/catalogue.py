"""The sentences that people read, by code and language; the texts stand in `messages.yaml`.

A code that has no text is a bug and fails at once; a language that has none falls back to English.
"""

from __future__ import annotations

from collections import abc
from functools import cache
from typing import Any

from ayni.core.errors import AyniError, Location
from ayni.roster.yaml_text import read_package_yaml

FALLBACK = "en"


@cache
def messages() -> abc.Mapping[str, Any]:
    """All texts: `refusals`, `problems`, `reasons`, `remarks`."""
    content: abc.Mapping[str, Any] = read_package_yaml("messages.yaml")
    return content


def codes() -> tuple[str, ...]:
    """Every code of a refusal or a problem, for the reference pages."""
    return (*messages()["refusals"], *messages()["problems"])


def in_language(texts: abc.Mapping[str, Any], language: str) -> Any:
    """The entry of a language, or of its parent (es-AR → es), or English."""
    for candidate in (language, language.split("-", maxsplit=1)[0], FALLBACK):
        if candidate in texts:
            return texts[candidate]
    return next(iter(texts.values()))


def refusal(code: str, language: str, location: Location | None = None, **values: object) -> AyniError:
    """The error that stops the work: its title, what was found, what was expected and what to do."""
    texts = messages()["refusals"][code]
    parts = {part: in_language(texts[part], language).format_map(values) for part in texts}
    return AyniError(code, parts.pop("title"), **parts, location=location)


def problem_text(code: str, part: str, language: str, values: abc.Mapping[str, object]) -> str:
    """The `message` or `action` of a problem in a cell, a column or a row."""
    text: str = in_language(messages()["problems"][code][part], language)
    return text.format_map(values)


def task_text(code: str, count: int, language: str, values: abc.Mapping[str, object]) -> str:
    """One line of the list of things to do, in the singular or the plural."""
    forms = in_language(messages()["problems"][code]["task"], language)
    text: str = forms["one" if count == 1 else "other"]
    return text.format_map({**values, "count": count})


def severity_of(code: str) -> str:
    """`error` or `warning`."""
    severity: str = messages()["problems"][code]["severity"]
    return severity


def sentence(group: str, code: str, language: str, values: abc.Mapping[str, object]) -> str:
    """A text of `reasons` or `remarks`."""
    text: str = in_language(messages()[group][code], language)
    return text.format_map(values)
