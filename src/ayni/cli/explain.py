"""`ayni explain`: why one result of one person is what it is, step by step, from the law that says so."""

from __future__ import annotations

import shutil
import sys
import textwrap
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ayni.cli.output import print_json
from ayni.cli.pack import read_day
from ayni.core.errors import AyniError, ExitCode

if TYPE_CHECKING:
    from ayni.packs.model import Pack

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
WIDTH_MIN = 40
HELP = """Explain one result of one person, step by step, with the articles.

\b
Examples:
  ayni explain cr.ccss_independent.sem_insured --given monthly_net_income=500000
  ayni explain ccss_independent.eligible --country cr --roster members.xlsx --row 17 --language es
"""


@app.command(help=HELP)
def explain(
    output: Annotated[str, typer.Argument(metavar="OUTPUT", help="A result, such as cr.ccss_independent.sem_insured.")],
    country: Annotated[
        str | None, typer.Option("--country", metavar="CC", help="Two letters, or the folder of a pack.")
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option("--given", metavar="NAME=VALUE", help="A fact of the person, in major units; may be repeated."),
    ] = None,
    roster: Annotated[Path | None, typer.Option("--roster", metavar="FILE", help="A spreadsheet of persons.")] = None,
    row: Annotated[
        int | None, typer.Option("--row", metavar="N", help="The person's row, as the spreadsheet numbers it.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE", help="What the columns are; guessed otherwise.")
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The day, YYYY-MM-DD; today otherwise.")
    ] = None,
    known_on: Annotated[
        str | None, typer.Option("--known-on", metavar="DATE", help="Only law that was known on that day.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="A language of the pack, such as es; its first one otherwise.")
    ] = None,
    engine: Annotated[str, typer.Option("--engine", help="reference, duckdb or postgres.")] = "reference",
    as_json: Annotated[bool, typer.Option("--json", help="Print every step as JSON for a program to read.")] = False,
) -> None:
    """Explain one result of one person."""
    from ayni.cli.engines import chosen_engine, opened_engine
    from ayni.packs.asking import find_output, read_given, refuse_early_day, split_country
    from ayni.packs.explain_text import as_document, chosen_language, explanation_text
    from ayni.packs.loader import load_pack

    _check_options(roster, row, mapping)
    day = read_day(on) if on is not None else date.today()
    known = read_day(known_on) if known_on is not None else None
    name = chosen_engine(engine)
    country, named = split_country(output, country)
    pack = load_pack(country)
    chosen = chosen_language(pack, language)
    found = find_output(pack, named)
    facts = read_given(pack, given or ())
    refuse_early_day(pack, day)
    _note_idle_facts(pack, found, facts)
    table: Any = facts
    position = 0
    if roster is not None:
        assert row is not None
        table, position = _from_roster(pack, found, roster, row, mapping, day, chosen, facts)
    with opened_engine(name) as opened:
        explained = pack.explain(table, found, on=day, row=position, known_on=known, engine=opened)
    if as_json:
        print_json(as_document(pack, explained))
    else:
        sys.stdout.write(_wrapped(explanation_text(pack, explained, chosen)))


def _check_options(roster: Path | None, row: int | None, mapping: Path | None) -> None:
    """A roster comes with a row, and a mapping with a roster."""
    if roster is not None:
        found = None if row is not None else "--roster without --row"
    else:
        found = "--row without --roster" if row is not None else "--mapping without --roster" if mapping else None
    if found is None:
        return
    raise AyniError(
        "cli.roster_row",
        "A person of a roster is named by file and row",
        found=found,
        action="write --roster FILE --row N, or give the facts with --given",
        exit_code=ExitCode.USAGE,
    )


def _note_idle_facts(pack: Pack, output: str, facts: dict[str, Any]) -> None:
    """Facts that the result never asks for are probably meant for another name."""
    variables = pack.program.variables
    asked = {name for needed in pack.program.closure([output]) for name in (needed, *variables[needed].names)}
    for name in facts:
        if name not in asked:
            typer.echo(f"Note: no rule of {output} asks for `{name}`.", err=True)


def _from_roster(
    pack: Pack,
    output: str,
    roster: Path,
    row: int,
    mapping: Path | None,
    day: date,
    language: str,
    facts: dict[str, Any],
) -> tuple[Any, int]:
    from ayni.cli.roster_row import read_row, with_given

    person = read_row(pack, output, roster, row, mapping, day, language)
    for problem in person.problems:
        typer.echo(f"Note: {problem}", err=True)
    return with_given(person.table, person.position, facts), person.position


def _wrapped(text: str) -> str:
    """Long lines broken at the width of a terminal, under their own indent; as they are for anything else."""
    if not sys.stdout.isatty():
        return text
    width = max(shutil.get_terminal_size().columns, WIDTH_MIN)
    lines: list[str] = []
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()) + 4)
        lines += textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False) or [""]
    return "\n".join(lines) + "\n"
