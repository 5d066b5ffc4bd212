"""Writes docs/reference/errors.md: every code a user can meet, with its title and what to do, read from the source.

Codes stand in calls (`AyniError`, `rule_error`, `input_error`, `Place.error`, `Problems.add`) and in the catalogues of
texts. `--check` fails where the page is not current.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "errors.md"
SOURCE = ROOT / "src" / "ayni"
PREFIX = {"rule_error": "rule.", "input_error": "input.", "error": "rule.", "_table_error": "rule."}
CALLS = {*PREFIX, "AyniError", "add"}


def text_of(node: ast.expr) -> str | None:
    """A literal text; the filled-in parts of an f-string become dots."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [text_of(node.left), text_of(node.right)]
        return "".join(part or "…" for part in parts)
    return None


def codes_in_python(path: Path) -> list[tuple[str, str, str]]:
    """(code, title, action) of each call in a module."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = [text_of(argument) for argument in node.args]
        shift = 1 if name == "_table_error" else 0
        if name not in CALLS or len(texts) < 2 + shift:
            continue
        code, title = texts[shift], texts[shift + 1]
        prefix = PREFIX.get(name, "")
        if code is None or title is None or (not prefix and "." not in code) or " " in code:
            continue
        given = {keyword.arg: text_of(keyword.value) for keyword in node.keywords}
        action = given.get("action") or (texts[2] if name == "error" and len(texts) > 2 else None)
        found.append((prefix + code, title, action or ""))
    return found


def codes_in_texts() -> list[tuple[str, str, str]]:
    """(code, title, action) of the catalogues of the roster, in English."""
    messages = yaml.safe_load((SOURCE / "roster" / "messages.yaml").read_text("utf-8"))
    found = [(code, entry["title"]["en"], entry["action"]["en"]) for code, entry in messages["refusals"].items()]
    found += [(code, entry["message"]["en"], entry["action"]["en"]) for code, entry in messages["problems"].items()]
    checks = yaml.safe_load((SOURCE / "roster" / "locale" / "en.yaml").read_text("utf-8"))["refusals"]
    return found + [(code, entry["title"], entry["action"]) for code, entry in checks.items()]


def page() -> str:
    """The whole page."""
    entries: dict[str, list[tuple[str, str]]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for code, title, action in codes_in_python(path):
            entries.setdefault(code, []).append((title, action))
    for code, title, action in codes_in_texts():
        entries.setdefault(code, []).append((title, action))
    lines = [
        "# Error codes",
        "",
        "Every error that a person can mend has a stable code. It is shown with what was found, what was expected and",
        "what to do next. Dots stand for what is filled in. This page is written by `docs/writers/errors.py`.",
        "",
    ]
    area = ""
    for code in sorted(entries):
        if code.split(".")[0] != area:
            area = code.split(".")[0]
            lines += [f"## {area}", ""]
        lines += [f"### {code}", ""]
        for title, action in dict.fromkeys(entries[code]):
            lines.append(f"- {title.rstrip('.')}." + (f" *What to do:* {action.rstrip('.')}." if action else ""))
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Write the page, or with --check say whether it is current."""
    text = page()
    if "--check" in sys.argv:
        is_current = PAGE.exists() and PAGE.read_text("utf-8") == text
        print(
            "docs/reference/errors.md is current" if is_current else "docs/reference/errors.md is stale: run make docs"
        )
        return 0 if is_current else 1
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
