"""The `ayni` command: finds the module of a command when it is called, and turns errors into words and exit codes.

Each command lives in its own module with an `app` (a `typer.Typer`); `COMMANDS` says which. The help page is
written from `COMMANDS` alone, so that `ayni --help` imports no command. A user error is shown as what, found,
expected, do and code; anything else is a bug and keeps its traceback.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ayni.core.errors import AyniError, AyniErrors, ExitCode

# Command name → (module that holds `app`, one line of help). The order is that of the help page.
COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("ayni.cli.check", "Read a roster and say who can be insured, what it costs, and what is missing."),
    "explain": ("ayni.cli.explain", "Explain one result of one person, step by step, with the articles."),
    "evaluate": ("ayni.cli.evaluate", "Run the rules of a country on a table and write the results."),
    "pack": ("ayni.cli.pack", "Check, test, explain and start country packs; run tables of cases."),
}


class LazyGroup(TyperGroup):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module_name, summary = COMMANDS[cmd_name]
        try:
            module = import_module(module_name)
        except ModuleNotFoundError as error:
            # Only the command's own module may be absent; a missing library inside it is a bug to be seen.
            if error.name != module_name:
                raise
            raise AyniError(
                "cli.command_absent",
                f"The command `ayni {cmd_name}` is not part of this installation",
                action="install a complete version of Ayni",
                exit_code=ExitCode.USAGE,
            ) from error
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        command.help = command.help or summary
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


def _print_version(wanted: bool) -> None:
    if wanted:
        from ayni import __version__

        typer.echo(f"ayni {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=LazyGroup, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Ayni: who can be insured, by which scheme, at what cost, and why. Works offline, from rules a jurist can read."""


def show_error(error: AyniError, as_json: bool) -> None:
    """Write a user error to stderr: as text, or as one JSON object."""
    if as_json:
        print(json.dumps({"error": error.as_dict()}, ensure_ascii=False), file=sys.stderr)
        return
    problems: Sequence[AyniError] = error.errors if isinstance(error, AyniErrors) else (error,)
    for problem in problems:
        print(f"Error: {problem}", file=sys.stderr)
    if len(problems) > 1:
        print(f"{len(problems)} problems were found.", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code. `arguments` without the program's name; None takes them from the
    process.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(args=given, prog_name="ayni")
    except SystemExit as stop:
        # The parser ends this way: 0 when all went well, 2 when the command was mistyped, what a command asked for
        # otherwise.
        return stop.code if isinstance(stop.code, int) else int(ExitCode.DONE)
    except AyniError as error:
        show_error(error, as_json="--json" in given)
        return int(error.exit_code)
    return int(ExitCode.DONE)


def run() -> None:
    """Entry point of the installed command."""
    sys.exit(main())


if __name__ == "__main__":
    run()
