"""The pages hold together: links lead somewhere, every page can be reached, what they name exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest

from ayni.core.errors import ExitCode
from tests.docs.tree import DOCS, REPOSITORY, anchors, links, name, pages

PAGES = pages()
KINDS = ("tutorials", "how-to", "reference", "explanation")
# `make` and its targets as they are told to a reader: inside code only.
COMMAND = re.compile(r"(?:^|`)make ([a-z][a-z-]*)", re.MULTILINE)


def target_of(page: Path, link: str) -> tuple[Path, str]:
    """The file and the heading that a relative link leads to."""
    path, _, anchor = unquote(link).partition("#")
    return ((page.parent / path).resolve() if path else page), anchor


def is_relative(link: str) -> bool:
    return not re.match(r"[a-z][a-z0-9+.-]*:", link)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for link in filter(is_relative, links(page)):
        path, anchor = target_of(page, link)
        if not path.exists() or (anchor and path.suffix == ".md" and anchor not in anchors(path)):
            lost.append(link)
    assert not lost, f"{name(page)} links to what is not there: {lost}"


def test_every_page_can_be_reached() -> None:
    seen, waiting = set(), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        targets = (target_of(page, link)[0] for link in links(page) if is_relative(link))
        waiting += [path for path in targets if path.suffix == ".md" and path.is_file()]
    unreachable = [name(page) for page in PAGES if page.is_relative_to(DOCS) and page not in seen]
    assert not unreachable, f"link these pages from the index of their folder: {unreachable}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_page_has_one_title(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.startswith("# "), f"{name(page)} begins with its title"
    without_code = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^# ", without_code, re.MULTILINE)) == 1, f"{name(page)} has more than one title"


def test_pages_are_of_one_kind() -> None:
    folders = {page.relative_to(DOCS).parts[0] for page in PAGES if page.is_relative_to(DOCS) and page.parent != DOCS}
    assert folders <= {*KINDS, "adr"}, f"a folder that is no kind of page: {folders - {*KINDS, 'adr'}}"


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {(name(page), target) for page in PAGES for target in COMMAND.findall(page.read_text("utf-8"))}
    missing = {(page, target) for page, target in named if target not in targets and not target.startswith("test-")}
    assert not missing


def test_exit_codes_are_those_of_the_code() -> None:
    page = (DOCS / "reference" / "exit-codes.md").read_text("utf-8")
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)] == sorted(ExitCode)


def test_layers_page_names_every_layer_in_order() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    layers = [
        part for line in next(c for c in contracts if c["type"] == "layers")["layers"] for part in line.split("|")
    ]
    expected = [layer.strip(" ()") for layer in layers]
    page = (DOCS / "reference" / "layers.md").read_text("utf-8")
    rows = re.findall(r"^\| (`.+?) \|", page, re.MULTILINE)
    assert [layer for row in rows for layer in re.findall(r"`(\w+)`", row)] == expected
