"""YAML is read exactly and without trust: what it may hold, and what is refused with which line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ayni.core.errors import AyniError
from ayni.packs.yaml_reader import Limits, parse_yaml, plain, read_yaml

SMALL = Limits(file_bytes=200, nodes=20, depth=4, digits=10)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.0433", Decimal("0.0433")),
        ("367108.55", Decimal("367108.55")),
        ("0.10", Decimal("0.10")),
        ("-2.5", Decimal("-2.5")),
        ("346789", 346789),
        ("-7", -7),
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-01", "2026-01"),
        ("2026.11.1", "2026.11.1"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("1e5", "1e5"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("007", "007"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ('"0.05"', "0.05"),
        ("'2026-01-31'", "2026-01-31"),
        ("12:30:00", "12:30:00"),
    ],
)
def test_scalars_are_exact_or_text(text: str, value: object) -> None:
    found = parse_yaml(f"key: {text}", "f.yaml")["key"]
    assert (found, type(found)) == (value, type(value))
    assert not isinstance(found, float)


def test_lines_are_kept() -> None:
    tree = parse_yaml("a: 1\nb:\n  - x\n  - y: {z: 2}\n2026-01-01: c\n", "f.yaml")
    assert tree.line_of("b") == 2
    assert tree["b"].line_of(1) == 4
    assert tree["b"][1]["y"].line_of("z") == 4
    assert tree.line_of(date(2026, 1, 1)) == 5


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\na: 2", "pack.duplicate_key", 2),
        ("2026-01-01: 1\nb: 1\n2026-01-01: 2", "pack.duplicate_key", 3),
        ("a: &x [1]\nb: *x", "pack.yaml_alias", 1),
        ("a: *x", "pack.yaml_alias", 1),
        ("a: !!python/object/apply:os.system [ls]", "pack.yaml_tag", 1),
        ("a: !!float 1", "pack.yaml_tag", 1),
        ("a: 2026-02-30", "pack.bad_value", 1),
        ("a: 12345678901", "pack.bad_value", 1),
        ("a: 1\n---\nb: 2", "pack.yaml_documents", 2),
        ("a: [[[[[1]]]]]", "pack.yaml_too_deep", 1),
        ("a: [" + "1, " * 30 + "1]", "pack.yaml_too_many_nodes", 1),
        ("a: [1, 2\nb: 3", "pack.yaml_syntax", 2),
        ("a: 1\n\tb: 2", "pack.yaml_syntax", 2),
        ("a: b: c", "pack.yaml_syntax", 1),
        ("? [1, 2]\n: x", "pack.yaml_key", 1),
        ("a: \x01", "pack.yaml_syntax", None),
    ],
)
def test_what_is_refused(text: str, code: str, line: int | None) -> None:
    with pytest.raises(AyniError) as caught:
        parse_yaml(text, "f.yaml", SMALL)
    assert caught.value.code == code
    assert caught.value.location is not None
    assert caught.value.location.line == line
    assert caught.value.exit_code == 11
    assert caught.value.action


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefg", "bcdefgh", strict=True))
    with pytest.raises(AyniError, match="anchor &a"):
        parse_yaml(bomb, "f.yaml")


def test_tabs_and_colons_are_explained() -> None:
    with pytest.raises(AyniError) as tabs:
        parse_yaml("a:\n\tb: 2", "f.yaml")
    assert tabs.value.action == "replace the tabs by spaces"
    with pytest.raises(AyniError) as colon:
        parse_yaml("a: see art. 5: it says so", "f.yaml")
    assert colon.value.action is not None
    assert "quotes" in colon.value.action


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("a: 1\nb: región".encode("latin-1"))
    (tmp_path / "large.yaml").write_text("a: " + "x" * 300)
    codes = {}
    for name in ("latin.yaml", "large.yaml", "absent.yaml"):
        with pytest.raises(AyniError) as caught:
            read_yaml(tmp_path / name, name, SMALL)
        codes[name] = (caught.value.code, str(caught.value.location))
    assert codes == {
        "latin.yaml": ("pack.encoding", "latin.yaml:2"),
        "large.yaml": ("pack.file_too_large", "large.yaml"),
        "absent.yaml": ("pack.file_unreadable", "absent.yaml"),
    }


def test_deep_nesting_does_not_need_recursion() -> None:
    with pytest.raises(AyniError) as caught:
        parse_yaml("[" * 100_000, "f.yaml")
    assert caught.value.code in ("pack.yaml_too_deep", "pack.yaml_syntax")


def test_plain_is_what_json_would_hold() -> None:
    tree = parse_yaml("2026-01-01: {value: 0.05, note: null}\nlist: [1, 2026-02-01]", "f.yaml")
    assert plain(tree) == {"2026-01-01": {"value": 0.05, "note": None}, "list": [1, "2026-02-01"]}
