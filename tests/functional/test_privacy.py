"""What PRIVACY.md promises of `ayni check`: no connection is opened, and the report loads nothing from elsewhere.

The command runs in a process in which every attempt to look up a host or to connect ends it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ayni.core.errors import ExitCode

ROSTER = Path("examples", "cr_coffee_growers", "roster.xlsx")
OFFLINE = """
import os, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        os.write(2, f"a connection was tried: {event} {arguments}".encode())
        os._exit(99)
sys.addaudithook(refuse)
from ayni.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
# What a browser would fetch by itself. A link that a reader may follow (`<a href>`) is none of these.
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|embed)\b[^>]*\bsrc\s*=\s*["']?(?!data:)[^\s>]+"""
    r"""|<link\b[^>]*\bhref\s*=\s*["']?(?!data:)[^\s>]+|url\(\s*["']?(?:https?:)?//|@import\b""",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def written(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a check of the example roster writes, made without a network."""
    folder = tmp_path_factory.mktemp("check")
    command = ["check", str(repository / ROSTER), "--country", "CR", "--on", "2026-03-01", "--out", str(folder)]
    outcome = subprocess.run(
        [sys.executable, "-c", OFFLINE, *command], capture_output=True, text=True, check=False, cwd=folder
    )
    assert outcome.returncode in {ExitCode.DONE, ExitCode.PARTLY_DONE}, outcome.stderr
    return folder


def test_check_opens_no_connection(written: Path) -> None:
    assert (written / "report.html").is_file()


def test_report_loads_nothing(written: Path) -> None:
    assert not FETCHED.findall((written / "report.html").read_text("utf-8"))


def test_only_the_named_files_are_written(written: Path) -> None:
    privacy = (Path(__file__).parents[2] / "PRIVACY.md").read_text("utf-8")
    unnamed = [file.name for file in written.iterdir() if f"`{file.name}`" not in privacy]
    assert not unnamed, f"PRIVACY.md does not say what these hold: {unnamed}"
