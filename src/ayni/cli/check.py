"""`ayni check`: a roster read, mapped, checked, held against the rules of a country, and reported.

The summary goes to stdout (or JSON with `--json`); how the columns were read, progress and hints go to stderr. Nothing
is written before everything is ready.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ayni.core.errors import AyniError, ExitCode
from ayni.core.progress import Progress, silent

if TYPE_CHECKING:
    from ayni.packs.model import Pack
    from ayni.roster.mapping import Mapping
    from ayni.roster.prepare import Prepared
    from ayni.roster.questions import Questions
    from ayni.roster.screen import Screening
    from ayni.roster.sheet import Sheet
    from ayni.roster.summary import Summary
    from ayni.roster.texts import Texts

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

REPORT, MEMBERS, RESULTS, MAPPING = "report.html", "members.xlsx", "results.parquet", "mapping.yaml"
PREVIOUS_MAPPING = "mapping.previous.yaml"


def _option(flag: str, metavar: str, text: str) -> Any:
    """A flag with a value."""
    return typer.Option(flag, metavar=metavar, help=text)


Roster = Annotated[Path, typer.Argument(metavar="ROSTER", help="A spreadsheet: xlsx, xls, ods, csv, tsv or parquet.")]
Country = Annotated[str, _option("--country", "CC", "Two letters of a country, or the folder of a pack.")]
On = Annotated[str | None, _option("--on", "DATE", "The law of this day, YYYY-MM-DD; today when left out.")]
MappingFile = Annotated[Path | None, _option("--mapping", "FILE", "Which column is what; guessed when left out.")]
SaveMapping = Annotated[Path | None, _option("--save-mapping", "FILE", "Save the mapping there, too.")]
SheetName = Annotated[str | None, _option("--sheet", "NAME", "The sheet of a workbook.")]
Encoding = Annotated[str | None, _option("--encoding", "NAME", "Of a text file; detected when left out.")]
Delimiter = Annotated[str | None, _option("--delimiter", "SIGN", "Of a text file; detected when left out.")]
Language = Annotated[str | None, _option("--language", "L", "en or es; your system's when left out.")]
Out = Annotated[Path | None, _option("--out", "FOLDER", "For the results; ROSTER-check here when left out.")]
EngineName = Annotated[str, _option("--engine", "E", "duckdb, postgres or reference.")]
KnownOn = Annotated[str | None, _option("--known-on", "DATE", "Only law that was known on this day.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program; files are written only with --out.")]
NoInput = Annotated[bool, typer.Option("--no-input", help="Ask nothing.")]


@app.command()
def check(
    roster: Roster,
    country: Country,
    on: On = None,
    mapping: MappingFile = None,
    save_mapping: SaveMapping = None,
    sheet: SheetName = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    language: Language = None,
    out: Out = None,
    engine: EngineName = "duckdb",
    known_on: KnownOn = None,
    as_json: AsJson = False,
    no_input: NoInput = False,
) -> None:
    """Who of a roster can be insured, by which scheme, at what cost, and what is missing.

    Examples:

      ayni check members.xlsx --country CR

      ayni check members.csv --country AR --on 2026-03-01 --mapping mapping.yaml --out march

    Writes report.html, members.xlsx, results.parquet and mapping.yaml. Ends with 0 when all is done, 14 when some rows
    or cells need correcting and the others went on, 10 when nothing could be done, 2 when the command was mistyped.
    """
    from ayni.cli.pack import read_day
    from ayni.packs.loader import load_pack
    from ayni.roster.questions import questions_for
    from ayni.roster.texts import Texts, language_of

    day = read_day(on) if on is not None else date.today()
    known = read_day(known_on) if known_on is not None else None
    pack = load_pack(country)
    tongue = language_of(language, pack.languages)
    texts = Texts(tongue, pack.country, pack.currency, pack.currency_decimals)
    questions = questions_for(pack, day, language=tongue)
    run = Run(
        pack, questions, day, known, texts, may_ask=not (no_input or as_json) and _is_at_terminal(), as_json=as_json
    )
    folder = out if out is not None else None if as_json else Path(f"{roster.stem}-check")
    if folder is not None:
        refuse_overwriting(roster, folder, tongue)
    with progress_on(sys.stderr, texts, wanted=not as_json) as progress:
        read = run.read(roster, sheet, encoding, delimiter, progress)
        prepared = run.prepare(read, mapping, progress)
        screening = run.screen(prepared, engine, progress)
        summary = run.summarise(prepared, screening)
        files = write_files(folder, prepared, screening, summary, texts, progress) if folder is not None else []
    if save_mapping is not None:
        write_mapping(prepared, save_mapping, tongue)
    code = ExitCode.PARTLY_DONE if summary.rows.errors or summary.rows.set_aside else ExitCode.DONE
    if as_json:
        print_machine(prepared, summary, files, code, tongue)
    else:
        print_person(prepared, summary, files, texts)
    raise typer.Exit(code)


@dataclass(frozen=True, eq=False)
class Run:
    """One check, step by step."""

    pack: Pack
    questions: Questions
    on: date
    known_on: date | None
    texts: Texts
    may_ask: bool
    as_json: bool

    def read(
        self, roster: Path, sheet: str | None, encoding: str | None, delimiter: str | None, progress: Progress
    ) -> Sheet:
        """The sheet; a person is asked which one where several hold a table."""
        from ayni.roster.read import read_sheet

        language = self.texts.language
        options: dict[str, Any] = {"encoding": encoding, "delimiter": delimiter, "language": language}
        try:
            return read_sheet(roster, sheet=sheet, progress=progress, **options)
        except AyniError as error:
            if error.code != "roster.several_sheets" or not self.may_ask:
                raise
            from ayni.cli.ask import sheet_among

            return read_sheet(roster, sheet=sheet_among(error, self.texts), progress=progress, **options)

    def prepare(self, sheet: Sheet, path: Path | None, progress: Progress) -> Prepared:
        """The table for the rules. Raises AyniError where no column is known or no row can go on."""
        from ayni.roster.for_pack import fields_for, setting_for
        from ayni.roster.mapping_file import load_mapping
        from ayni.roster.prepare import prepare
        from ayni.roster.texts import refusal

        language = self.texts.language
        given = load_mapping(path, language=language) if path is not None else None
        named = tuple(given.rules) if given is not None else ()
        specs = fields_for(self.pack, self.questions.outputs, self.on, named)
        setting = setting_for(self.pack, self.on)
        mapping = given if given is not None else self._guessed(sheet, specs, setting)
        if not mapping.rules:
            columns = self.texts.listed([f"«{name}»" for name in sheet.columns])
            raise refusal("check.nothing_mapped", language, columns=columns)
        prepared = prepare(sheet, mapping, specs, setting, language=language, progress=progress)
        if self.may_ask:
            from ayni.cli.ask import answered_dates

            answered = answered_dates(prepared, self.texts)
            if answered is not None:
                prepared = prepare(sheet, answered, specs, setting, language=language, progress=progress)
        if not self.as_json:
            self._show_mapping(prepared)
        if prepared.table.num_rows == 0:
            for task in prepared.problems.tasks(language):
                print(task.text, file=sys.stderr)
            raise refusal("check.nobody_goes_on", language, read=self.texts.number(len(sheet)))
        return prepared

    def _guessed(self, sheet: Sheet, specs: Any, setting: Any) -> Mapping:
        from ayni.roster.guess import guess_mapping

        return guess_mapping(sheet, specs, setting)

    def _show_mapping(self, prepared: Prepared) -> None:
        from ayni.roster.terminal import show_mapping

        show_mapping(console_for(sys.stderr), prepared, self.texts)

    def screen(self, prepared: Prepared, engine: str, progress: Progress) -> Screening:
        from ayni.cli.engines import chosen_engine, opened_engine
        from ayni.roster.screen import screen

        with opened_engine(chosen_engine(engine)) as opened:
            return screen(
                prepared,
                self.pack,
                self.on,
                engine=opened,
                known_on=self.known_on,
                questions=self.questions,
                progress=progress,
            )

    def summarise(self, prepared: Prepared, screening: Screening) -> Summary:
        from ayni.roster.summarise import summarise

        return summarise(prepared, screening)


def refuse_overwriting(roster: Path, folder: Path, language: str) -> None:
    """A roster that is called like a result and lies where the results go is not to be lost. Raises AyniError."""
    from ayni.roster.texts import refusal

    for name in (REPORT, MEMBERS, RESULTS):
        target = folder / name
        if target.exists() and roster.exists() and target.samefile(roster):
            raise refusal("check.out_is_roster", language, path=target)


def write_files(
    folder: Path, prepared: Prepared, screening: Screening, summary: Summary, texts: Texts, progress: Progress
) -> list[Path]:
    """Make all files, then put them into the folder together. Raises AyniError where that cannot be done."""
    from ayni.roster.folder import written_together
    from ayni.roster.mapping_file import dump_mapping
    from ayni.roster.members import write_members
    from ayni.roster.report.page import write_report
    from ayni.roster.results import write_results

    text = dump_mapping(prepared.mapping, language=texts.language)
    target = folder / MAPPING
    with written_together(folder, language=texts.language) as place:
        write_report(place / REPORT, prepared, screening, summary, texts)
        write_results(place / RESULTS, screening, summary.provenance, text)
        write_members(place / MEMBERS, prepared, screening, texts, progress)
        # The mapping that a person has written stays as it is; what an earlier guess became by correcting is kept.
        given = prepared.mapping.path
        is_given = given is not None and target.exists() and target.samefile(given)
        if not is_given:
            (place / MAPPING).write_text(text, encoding="utf-8", newline="\n")
            if target.is_file() and target.read_text(encoding="utf-8", errors="replace") != text:
                (place / PREVIOUS_MAPPING).write_bytes(target.read_bytes())
    return [folder / name for name in (REPORT, MEMBERS, RESULTS, MAPPING)]


def write_mapping(prepared: Prepared, path: Path, language: str) -> None:
    """Save the mapping, in one step, at a place that the person named."""
    import os
    import tempfile

    from ayni.roster.mapping_file import save_mapping
    from ayni.roster.texts import refusal

    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        os.close(handle)
        save_mapping(prepared.mapping, name, language=language)
        Path(name).replace(path)
    except OSError as error:
        raise refusal("check.cannot_write", language, path=path, reason=error.strerror or str(error)) from error


def print_person(prepared: Prepared, summary: Summary, files: list[Path], texts: Texts) -> None:
    """The summary to stdout; where the files lie to stderr."""
    from ayni.roster.terminal import show_summary

    show_summary(console_for(sys.stdout), prepared, summary, texts)
    console = console_for(sys.stderr)

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False)

    say("")
    if summary.rows.errors:
        say(texts("terminal.errors_went_on", count=summary.rows.errors))
    say(texts("terminal.written", folder=files[0].parent))
    for path, key in zip(files, ("report", "members", "results", "mapping"), strict=True):
        say(f"  {path.name:<16} {texts(f'terminal.file_{key}')}")


def print_machine(prepared: Prepared, summary: Summary, files: list[Path], code: ExitCode, language: str) -> None:
    """Everything as one JSON object."""
    from ayni.cli.output import print_json

    columns = {
        name: {
            "columns": list(rule.sources),
            "constant": rule.constant,
            "confidence": str(rule.confidence),
            "guessed": rule.reason is not None,
            "factor": None if rule.factor is None else format(rule.factor, "f"),
            "because": rule.because,
        }
        for name, rule in prepared.mapping.rules.items()
    }
    tasks = [
        {
            "code": task.code,
            "severity": task.severity.value,
            "field": task.field,
            "column": task.column,
            "count": task.count,
            "text": task.text,
            "action": task.action,
            "rows": list(task.rows),
        }
        for task in prepared.problems.tasks(language)
    ]
    plain = {**summary.to_dict(), "mapping": columns, "tasks": tasks}
    print_json({**plain, "files": [str(path) for path in files], "exit_code": int(code)})


def console_for(stream: Any) -> Any:
    """A console that colours only for a person at a terminal."""
    from rich.console import Console

    from ayni.cli.output import wants_colour

    return Console(file=stream, no_color=not wants_colour(stream), soft_wrap=False)


def _is_at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


@contextmanager
def progress_on(stream: Any, texts: Texts, *, wanted: bool) -> Iterator[Progress]:
    """A bar for long work, for a person at a terminal only; it appears after a second."""
    if not wanted or not stream.isatty():
        yield silent
        return
    from ayni.cli.bar import Bar

    with Bar(console_for(stream), texts) as bar:
        yield bar
