"""The files of the repository, and the Markdown pages among them, as the tests of this folder see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DOCS = REPOSITORY / "docs"

_PARTS = ("src", "tests", "docs", "benchmarks", "examples", "requirements")
_TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".csv", ".json", ".html", ".j2", ".css", ".sql", ".js", ""}
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def name(path: Path) -> str:
    """The path as it is written in the repository."""
    return path.relative_to(REPOSITORY).as_posix()


def _is_built(path: Path) -> bool:
    return any(part == "__pycache__" or part.endswith(".egg-info") for part in path.parts)


def python_files() -> list[Path]:
    """All Python files that are kept."""
    return sorted(path for part in _PARTS for path in (REPOSITORY / part).rglob("*.py") if not _is_built(path))


def text_files() -> list[Path]:
    """All text files that are kept, those at the top included."""
    inside = (path for part in _PARTS for path in (REPOSITORY / part).rglob("*") if not _is_built(path))
    top = (path for path in REPOSITORY.iterdir() if path.suffix in {".md", ".yml", ".toml"} or path.name == "Makefile")
    ci = (REPOSITORY / ".ci").glob("*")
    return sorted(path for path in (*inside, *top, *ci) if path.is_file() and path.suffix in _TEXT)


def pages() -> list[Path]:
    """The Markdown pages: those of docs/ and the papers at the top."""
    return sorted([*REPOSITORY.glob("*.md"), *DOCS.rglob("*.md")])


def prose(page: Path) -> str:
    """The text of a page without its code."""
    return _SPAN.sub("", _FENCE.sub("", page.read_text("utf-8")))


def links(page: Path) -> Iterator[str]:
    """Targets of the links of a page."""
    yield from _LINK.findall(_SPAN.sub(lambda span: "x" * len(span[0]), _FENCE.sub("", page.read_text("utf-8"))))


def anchors(page: Path) -> set[str]:
    """Names of the headings of a page, as links spell them."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
