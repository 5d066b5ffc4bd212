"""`ayni pack`: check, test, explain and start country packs, and run tables of cases."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ayni.cli.output import print_json, styled
from ayni.core.errors import AyniError, ExitCode

if TYPE_CHECKING:
    from ayni.packs.cases import CaseReport
    from ayni.packs.check import Finding

app = typer.Typer(
    help="Check, test, explain and start country packs; run tables of cases.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
Engine = Annotated[str, typer.Option("--engine", help="reference, duckdb or postgres.")]
Country = Annotated[str, typer.Argument(metavar="CC", help="Two letters of a country, or the folder of a pack.")]
FAILURES_SHOWN = 200


@app.command()
def check(
    countries: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CC]...", help="Countries or folders; all that ship when none is named."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show notes too: what is unconfirmed or unchecked.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check packs: schema, types, bounds, sources, dates, translations, cases for each output.

    Exit code 0 without errors (warnings and notes are allowed), 11 with errors.
    """
    from ayni.packs.check import Severity, check_folder
    from ayni.packs.files import available_packs

    found = {country: check_folder(country, date.today()) for country in countries or available_packs()}
    has_errors = any(finding.severity is Severity.ERROR for findings in found.values() for finding in findings)
    if as_json:
        print_json({country: [finding.as_dict() for finding in findings] for country, findings in found.items()})
    else:
        for country, findings in found.items():
            _print_findings(country, findings, everything)
    raise typer.Exit(ExitCode.INVALID_PACK if has_errors else ExitCode.DONE)


def _print_findings(country: str, findings: list[Finding], everything: bool) -> None:
    from ayni.packs.check import Severity

    colours = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "dim"}
    for finding in findings:
        if everything or finding.severity is not Severity.INFO:
            severity, _, rest = str(finding).partition(":")
            print(f"{styled(severity, colours[finding.severity])}:{rest}")
    counts = {severity: sum(finding.severity is severity for finding in findings) for severity in Severity}
    errors, warnings, notes = counts[Severity.ERROR], counts[Severity.WARNING], counts[Severity.INFO]
    hidden = " (shown with --all)" if notes and not everything else ""
    state = styled("not ready", "red") if errors else styled("good", "green")
    print(f"{country}: {state}: {errors} errors, {warnings} warnings, {notes} notes{hidden}")


@app.command("test")
def run_tests(
    country: Country,
    engine: Annotated[str, typer.Option("--engine", help="reference, duckdb, postgres, or all.")] = "duckdb",
    as_json: AsJson = False,
) -> None:
    """Run the pack's own cases. Exit code 0 if all pass on every engine, else 10."""
    from ayni.cli.engines import chosen_engines, opened_engine
    from ayni.packs.cases import run_pack_cases
    from ayni.packs.loader import load_pack

    names = chosen_engines(engine)
    pack = load_pack(country)
    reports: dict[str, CaseReport] = {}
    for name in names:
        with opened_engine(name) as opened:
            reports[name] = run_pack_cases(pack, opened)
        if not as_json:
            _print_report(reports[name], name)
    if as_json:
        print_json({name: report.as_dict() for name, report in reports.items()})
    is_good = all(report.all_passed and report.total for report in reports.values())
    raise typer.Exit(ExitCode.DONE if is_good else ExitCode.INVALID_INPUT)


@app.command()
def cases(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Tables (.csv) or files (.yaml) of cases.")],
    engine: Engine = "duckdb",
    as_json: AsJson = False,
) -> None:
    """Run tables of cases: columns country, scheme, date, inputs, output, expected (id and tolerance if present).

    Exit code 0 if all pass, else 10.
    """
    from ayni.cli.engines import ALL, chosen_engines, opened_engine
    from ayni.packs.cases import run_cases

    if engine == ALL:
        raise AyniError(
            "cases.one_engine",
            "Tables of cases run on one engine at a time",
            found="--engine all",
            action="name one, or use `ayni pack test`",
            exit_code=ExitCode.USAGE,
        )
    (name,) = chosen_engines(engine)
    with opened_engine(name) as opened:
        report = run_cases(files, opened)
    if as_json:
        print_json(report.as_dict())
    else:
        _print_report(report, name)
    raise typer.Exit(ExitCode.DONE if report.all_passed else ExitCode.INVALID_INPUT)


def _print_report(report: CaseReport, engine: str) -> None:
    """Each failure with what was got and what was expected, then the totals."""
    for failure in report.failed[:FAILURES_SHOWN]:
        got = "nothing" if failure.got is None else failure.got
        print(f"{styled('failed', 'red')} {failure.id}: {failure.scheme} {failure.output}")
        print(f"  expected: {failure.expected}")
        print(f"  got:      {got}")
        if failure.reason:
            print(f"  because:  {failure.reason}")
    if len(report.failed) > FAILURES_SHOWN:
        print(f"… and {len(report.failed) - FAILURES_SHOWN} more; --json lists them all")
    colour = "green" if report.all_passed else "red"
    totals = f"{report.total} cases: {report.passed} passed, {len(report.failed)} failed"
    print(f"{styled(totals, colour)} ({engine})")


@app.command()
def explain(
    scheme: Annotated[str, typer.Argument(metavar="SCHEME", help="A scheme, such as cr.ccss_independent.")],
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The day, YYYY-MM-DD; today otherwise.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="A language of the pack, such as es; its first one otherwise.")
    ] = None,
    folder: Annotated[Path | None, typer.Option("--pack", help="The folder of a pack that does not ship.")] = None,
) -> None:
    """Print a scheme as a page that a jurist reads: rules in words, articles, figures in force and before."""
    from ayni.packs.loader import load_pack
    from ayni.packs.page import scheme_page

    country, _, name = scheme.partition(".")
    if not name and folder is None:
        raise AyniError(
            "pack.scheme_name",
            "The scheme is named with its country",
            found=scheme,
            expected="country.scheme, such as cr.ccss_independent",
            action=f"write cc.{scheme}",
            exit_code=ExitCode.USAGE,
        )
    pack = load_pack(folder if folder is not None else country)
    day = read_day(on) if on is not None else date.today()
    typer.echo(scheme_page(pack, name or scheme, day, language))


def read_day(text: str) -> date:
    """A day given on the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise AyniError(
            "cli.date",
            "This is not a day",
            found=text,
            expected="YYYY-MM-DD, such as 2026-03-01",
            action="write the day in that form",
            exit_code=ExitCode.USAGE,
        ) from None


@app.command()
def new(
    country: Annotated[str, typer.Argument(metavar="CC", help="Two letters of the country (ISO 3166-1).")],
    folder: Annotated[Path | None, typer.Option("--folder", help="Where to put it; ./cc otherwise.")] = None,
    languages: Annotated[
        list[str] | None, typer.Option("--language", help="A language of the texts; may be repeated.")
    ] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="ISO 4217; that of the country otherwise.")] = None,
) -> None:
    """Start a pack: a folder with one small scheme that already checks and tests, to be replaced by the law."""
    from ayni.packs.new import write_skeleton

    written = write_skeleton(country, folder, tuple(languages or ("en",)), currency, date.today())
    for path in written.files:
        print(path)
    typer.echo(f"Next: edit {written.folder}/schemes, then run `ayni pack check {written.folder}`.", err=True)
