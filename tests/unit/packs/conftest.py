"""A small pack that is right, for tests that then break one thing in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ayni.core.errors import AyniError, AyniErrors
from ayni.packs.loader import load_pack
from ayni.packs.new import write_skeleton

TODAY = date(2026, 6, 1)


class PackFolder:
    """The folder of a pack whose files can be changed; `problems` are those that loading it raises."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str) -> PackFolder:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return self

    def change(self, name: str, old: str, new: str) -> PackFolder:
        """Replace a text that must be there."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        return self.write(name, text.replace(old, new))

    def problems(self) -> list[AyniError]:
        try:
            load_pack(self.root)
        except AyniErrors as errors:
            return list(errors.errors)
        except AyniError as error:
            return [error]
        return []

    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems()]


@pytest.fixture
def small_pack(tmp_path: Path) -> PackFolder:
    """The pack that `ayni pack new UY --language en --language es` writes."""
    return PackFolder(write_skeleton("UY", tmp_path / "uy", ("en", "es"), None, TODAY).folder)


@pytest.fixture
def make_cases(tmp_path: Path) -> Callable[..., Path]:
    """Writes a table of cases from rows of (country, scheme, date, inputs, output, expected)."""

    def write(*rows: tuple[str, ...], header: str = "country,scheme,date,inputs,output,expected") -> Path:
        path = tmp_path / "table.csv"
        lines = [header, *(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write
