"""The shipped lists are what their README says: made by its command, cell for cell, and of the size it states."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import openpyxl
import pytest

from ayni.roster.practice.__main__ import main

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


def remake(folder: str, path: Path) -> None:
    """Run the command that the README of the example gives, with other files to write."""
    text = (EXAMPLES / folder / "README.md").read_text(encoding="utf-8").replace("\\\n", " ")
    commands = re.findall(r"^python -m ayni\.roster\.practice (.*)$", text, flags=re.MULTILINE)
    assert len(commands) == 1, f"the README of {folder} gives {len(commands)} commands"
    words = [
        str(path.parent / Path(word).name) if word.startswith(f"examples/{folder}/") else word
        for word in shlex.split(commands[0])
    ]
    assert str(path) in words
    assert main(words) == 0
    mapping = path.parent / "mapping.yaml"
    assert mapping.read_text(encoding="utf-8") == (EXAMPLES / folder / "mapping.yaml").read_text(encoding="utf-8")


def test_the_csv_is_made_again_byte_for_byte(tmp_path: Path) -> None:
    remake("ar_garment_workers", tmp_path / "roster.csv")
    assert (tmp_path / "roster.csv").read_bytes() == (EXAMPLES / "ar_garment_workers" / "roster.csv").read_bytes()


def test_the_xlsx_is_made_again_cell_for_cell(tmp_path: Path) -> None:
    remake("cr_coffee_growers", tmp_path / "roster.xlsx")
    made, shipped = (
        [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in openpyxl.load_workbook(path).worksheets]
        for path in (tmp_path / "roster.xlsx", EXAMPLES / "cr_coffee_growers" / "roster.xlsx")
    )
    assert made == shipped


@pytest.mark.parametrize(("folder", "name", "members"), [("cr_coffee_growers", "roster.xlsx", 480)])
def test_the_sheet_holds_as_many_members_as_the_readme_says(folder: str, name: str, members: int) -> None:
    rows = list(openpyxl.load_workbook(EXAMPLES / folder / name).worksheets[0].iter_rows(values_only=True))
    place = rows[0].index("N.° asociado")
    assert len({row[place] for row in rows[1:] if row[place] is not None}) == members
    assert 300 <= len(rows) - 1 <= 1_200
