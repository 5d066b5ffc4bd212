"""Decisions are one page each, in one form, numbered without gaps, and listed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.tree import DOCS, links, prose

DECISIONS = sorted((DOCS / "adr").glob("[0-9]*.md"))
WORDS_MAX = 700


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_decision_has_its_three_headings(page: Path) -> None:
    assert re.findall(r"^## (.+)$", page.read_text("utf-8"), re.MULTILINE) == ["Context", "Decision", "Consequences"]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_decision_is_one_page(page: Path) -> None:
    assert len(prose(page).split()) <= WORDS_MAX


def test_decisions_are_numbered_and_listed() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for page in DECISIONS:
        assert page.read_text("utf-8").startswith(f"# ADR {int(page.name[:4])}: ")
    assert list(links(DOCS / "adr" / "index.md")) == [page.name for page in DECISIONS]
