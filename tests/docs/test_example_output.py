"""What the pages show is what comes out: each `ayni explain` of a page is run, and so is its Python."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ayni.cli.main import main
from tests.docs.tree import REPOSITORY, name, pages

SHOWN = re.compile(r"^```sh\n(ayni explain [^`]+?)```\n\n```text\n(.*?)\n```", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)```", re.MULTILINE | re.DOTALL)
EXAMPLES = [(page, *found) for page in pages() for found in SHOWN.findall(page.read_text("utf-8"))]


def comparable(text: str) -> str:
    """Without the hash of the pack, which every edit changes, and with plain spaces in numbers."""
    return re.sub(r"(\d{4}\.\d+\.\d+)\+[0-9a-f]+", r"\1", text).replace("\u00a0", " ").rstrip("\n")


@pytest.mark.parametrize(("page", "command", "shown"), EXAMPLES, ids=[name(page) for page, *_ in EXAMPLES])
def test_commands_print_what_the_page_shows(
    page: Path, command: str, shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(REPOSITORY)
    assert main(shlex.split(command.replace("\\\n", " "))[1:]) == 0
    assert comparable(capsys.readouterr().out) == shown, f"{name(page)}: {command}"


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3


def test_python_of_the_page_on_explanations_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = PYTHON.findall((REPOSITORY / "docs/how-to/explain-a-result.md").read_text("utf-8"))
    exec(code, {})
    assert capsys.readouterr().out.startswith("Cuota de la persona afiliada al Seguro de Salud (sem_insured)")
