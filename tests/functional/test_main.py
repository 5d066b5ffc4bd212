"""The command line itself: help without commands imported, the version, and bugs that keep their traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ayni import __version__
from ayni.cli import main as command_line
from ayni.core.errors import AyniError, AyniErrors, ExitCode, Location


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_help_lists_every_command_without_importing_one() -> None:
    code = (
        "import sys; from ayni.cli.main import main; code = main(['--help']); "
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('duckdb', 'polars', 'pyarrow', 'yaml', 'sqlglot')"
        " or m.startswith(('ayni.packs', 'ayni.rules', 'ayni.roster'))), code)"
    )
    done = python(code)
    assert done.stdout.splitlines()[-1] == "[] 0"
    for name in command_line.COMMANDS:
        assert f"  {name} " in done.stdout


def test_importing_ayni_imports_no_engine() -> None:
    done = python(
        "import sys, ayni; print(sorted(m for m in sys.modules if m.startswith(('ayni.', 'duckdb', 'polars'))))"
    )
    assert done.stdout == "[]\n"
    assert python("import ayni; print(ayni.load_pack('cr').country)").stdout == "CR\n"


def test_a_name_that_ayni_does_not_have() -> None:
    assert "has no attribute 'nothing'" in python("import ayni; ayni.nothing").stderr


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["--version"]) == 0
    assert capsys.readouterr().out == f"ayni {__version__}\n"


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main([]) == 2
    captured = capsys.readouterr()
    assert "Usage: ayni" in captured.out + captured.err


def test_a_command_that_is_absent(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(command_line.COMMANDS, "absent", ("ayni.cli.absent", "Is not here."))
    assert command_line.main(["absent"]) == 2
    assert "cli.command_absent" in capsys.readouterr().err


def test_several_errors_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    one = AyniError("a.b", "First", found="x", location=Location("f.yaml", 3, "key"))
    two = AyniError("a.c", "Second", action="y")
    command_line.show_error(AyniErrors([one, two]), as_json=False)
    assert capsys.readouterr().err.splitlines() == [
        "Error: f.yaml:3 (key): First",
        "  found: x",
        "  code: a.b",
        "Error: Second",
        "  do: y",
        "  code: a.c",
        "2 problems were found.",
    ]


def test_the_exit_code_is_that_of_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AyniError("a.b", "No", exit_code=ExitCode.NOT_PERMITTED)

    monkeypatch.setattr(command_line, "app", refuse)
    assert command_line.main([]) == 12


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(command_line, "app", fail)
    with pytest.raises(ZeroDivisionError):
        command_line.main([])
    done = python("import ayni.cli.main as m; m.app = lambda **_: 1 / 0; m.run()")
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
