"""Every sentence exists in English and Spanish, with the same braces, and every code in use has its sentences."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from ayni.roster import catalogue

LANGUAGES = ("en", "es")
CODE = re.compile(r'"(roster\.[a-z_]+)"')
PROBLEM_VALUES = {"value", "column", "name", "field", "detail", "row", "count", "code"}


def braces(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def texts() -> list[tuple[str, dict[str, str]]]:
    """Every text of the catalogue with its place; the two forms of a task are texts of their own."""
    found: list[tuple[str, dict[str, str]]] = []
    content = catalogue.messages()
    for group in ("refusals", "problems"):
        for code, parts in content[group].items():
            for part, by_language in parts.items():
                if part == "task":
                    forms = {form: {lang: by_language[lang][form] for lang in by_language} for form in ("one", "other")}
                    found += [(f"{code} {form}", text) for form, text in forms.items()]
                elif part != "severity":
                    found.append((f"{code} {part}", by_language))
    for group in ("reasons", "remarks"):
        found += list(content[group].items())
    return found


@pytest.mark.parametrize(("place", "by_language"), texts(), ids=[place for place, _ in texts()])
def test_texts_are_whole(place: str, by_language: dict[str, str]) -> None:
    assert set(by_language) == set(LANGUAGES), place
    assert all(text.strip() for text in by_language.values())
    assert braces(by_language["en"]) == braces(by_language["es"]), place
    if place.startswith("roster.") and place.split()[1] in ("message", "action", "one", "other"):
        assert "problems" not in place
        known = (
            PROBLEM_VALUES
            if place.split(maxsplit=1)[0] in catalogue.messages()["problems"]
            else braces(by_language["en"])
        )
        assert braces(by_language["en"]) <= known, place


def test_parts_of_the_entries() -> None:
    content: Any = catalogue.messages()
    for parts in content["refusals"].values():
        assert set(parts) == {"title", "found", "expected", "action"}
    for parts in content["problems"].values():
        assert set(parts) == {"severity", "message", "action", "task"}
        assert parts["severity"] in ("error", "warning")


def test_codes_in_the_source_and_in_the_catalogue_are_the_same(repository: Path) -> None:
    modules = ("amounts", "checks", "dates", "delimited", "identifiers", "layout", "mapping_check", "mapping_file")
    modules += ("parquet", "prepare", "sniff", "typed_columns", "workbook")
    source = "".join((repository / f"src/ayni/roster/{name}.py").read_text("utf-8") for name in modules)
    assert set(CODE.findall(source)) == set(catalogue.codes())
