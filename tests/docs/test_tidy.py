"""Rules of style that no linter knows: sizes, docstrings, names, and what must never be left in a file."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TypeGuard

import pytest

from tests.docs.tree import REPOSITORY, name, python_files, text_files

LINES_MAX = 600
FUNCTION_LINES_MAX = 70

# File, or file::function, that may be longer: how long, since when, and why. Keep it short.
LONGER: dict[str, tuple[int, str, str]] = {}
# file::function that may make a float although money is computed nearby, and why.
FLOATS: dict[str, str] = {
    "src/ayni/packs/yaml_reader.py::plain": "what JSON Schema reads; nothing is computed with it",
}

VAGUE_NAMES = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py", "legacy.py"}
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|farm|home|root|Users)/\w|[A-Z]:\\Users\\|[.]library/")

PYTHON = python_files()
EXACT = [path for path in PYTHON if name(path).startswith(("src/ayni/rules/", "src/ayni/packs/", "src/ayni/ledger/"))]


def named(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=name)


def limit(key: str, usual: int) -> int:
    return LONGER[key][0] if key in LONGER else usual


@named(PYTHON)
def test_module_is_short_enough(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= limit(name(path), LINES_MAX), f"{name(path)} has {lines} lines: split it by what its parts are for"


@named(PYTHON)
def test_functions_are_short_enough(path: Path) -> None:
    too_long = {
        node.name: length
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1)
        > limit(f"{name(path)}::{node.name}", FUNCTION_LINES_MAX)
    }
    assert not too_long, f"functions of more than {FUNCTION_LINES_MAX} lines in {name(path)}: {too_long}"


@named(PYTHON)
def test_module_says_what_it_is_for(path: Path) -> None:
    assert (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").strip(), f"{name(path)} has no docstring"


@named(PYTHON)
def test_module_has_a_telling_name(path: Path) -> None:
    assert path.name not in VAGUE_NAMES, f"{name(path)}: name it after what it holds"


@named(EXACT)
def test_no_float_where_money_is_computed(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    allowed = {id(part) for node in ast.walk(tree) if _may_use_floats(path, node) for part in ast.walk(node)}
    found = [node.lineno for node in ast.walk(tree) if _makes_float(node) and id(node) not in allowed]
    assert not found, f"{name(path)} makes a float in lines {found}; use an integer with a scale, or Decimal"


def _makes_float(node: ast.AST) -> TypeGuard[ast.expr]:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "float"
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


def _may_use_floats(path: Path, node: ast.AST) -> bool:
    """How alike two words must be for a hint is no amount; functions are listed above, each with its reason."""
    if isinstance(node, ast.keyword):
        return node.arg == "cutoff"
    return isinstance(node, ast.FunctionDef) and f"{name(path)}::{node.name}" in FLOATS


def test_nothing_is_left_unfinished() -> None:
    assert not _lines_with(UNFINISHED)


def test_no_path_of_a_machine() -> None:
    assert not _lines_with(MACHINE_PATH)


def test_exceptions_are_still_needed() -> None:
    gone = [key for key in (*LONGER, *FLOATS) if not (REPOSITORY / key.split("::")[0]).is_file()]
    assert not gone, f"remove from the list of exceptions: {gone}"


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    """`file:line` of each match, over all text files."""
    return [
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path in text_files()
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]
