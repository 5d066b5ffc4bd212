"""`ayni evaluate`: the rules of a country on a Parquet file of persons, results to another Parquet file.

DuckDB streams, so that the file may be larger than memory; the other engines hold it. Nothing is written until all is
done, and a file that is there already is replaced only then.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ayni.cli.output import print_json
from ayni.cli.pack import read_day
from ayni.core.errors import AyniError, ExitCode

if TYPE_CHECKING:
    import pyarrow as pa

    from ayni.packs.model import Pack
    from ayni.rules.plan import Plan
    from ayni.rules.result import Result

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
NAMES_SHOWN = 8
HELP = """Run the rules of a country on a Parquet file of persons and write the results to another.

\b
Columns are called like the inputs of the pack; money is decimal in major units, or whole numbers in minor
units. Results in money are whole minor units; an empty cell is undecided, and RESULT.missing says what is
not known.

\b
Example:
  ayni evaluate --pack cr --input persons.parquet --output results.parquet --on 2026-03-01
"""


@app.command(help=HELP)
def evaluate(
    country: Annotated[str, typer.Option("--pack", "--country", metavar="CC", help="Two letters, or a folder.")],
    source: Annotated[str, typer.Option("--input", metavar="FILE", help="Parquet; a pattern such as 'in/*.parquet'.")],
    target: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="The Parquet file to write.")] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The day, YYYY-MM-DD; today otherwise.")
    ] = None,
    on_column: Annotated[
        str | None, typer.Option("--on-column", metavar="NAME", help="The column that holds the day of each row.")
    ] = None,
    outputs: Annotated[
        str | None, typer.Option("--outputs", metavar="A,B", help="Results, separated by commas; all otherwise.")
    ] = None,
    known_on: Annotated[
        str | None, typer.Option("--known-on", metavar="DATE", help="Only law that was known on that day.")
    ] = None,
    history: Annotated[
        Path | None, typer.Option("--history", metavar="FILE", help="Parquet with the monthly records.")
    ] = None,
    masks: Annotated[bool, typer.Option("--masks/--no-masks", help="Say what undecided results lack.")] = True,
    engine: Annotated[str, typer.Option("--engine", help="duckdb, postgres or reference.")] = "duckdb",
    memory_limit: Annotated[
        str | None, typer.Option("--memory-limit", metavar="SIZE", help="Of DuckDB, such as 4GiB.")
    ] = None,
    explain_plan: Annotated[bool, typer.Option("--explain-plan", help="Print the SQL and run nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Say what was done as JSON.")] = False,
) -> None:
    """Run the rules on a file."""
    from ayni.cli.engines import chosen_engine
    from ayni.packs.asking import find_output, refuse_early_day
    from ayni.packs.loader import load_pack

    name = chosen_engine(engine)
    day = _day(on, on_column)
    known = read_day(known_on) if known_on is not None else None
    pack = load_pack(country)
    if isinstance(day, date):
        refuse_early_day(pack, day)
    wanted = _listed(outputs)
    names = None if wanted is None else [find_output(pack, output) for output in wanted]
    task = _Task(pack, source, target, day, known, names, history, masks, name, memory_limit)
    _check_columns(pack, task.columns(), day)
    if explain_plan:
        sys.stdout.write(task.sql() + "\n")
        return
    _tell(task, as_json)


def _day(on: str | None, on_column: str | None) -> date | str:
    if on is not None and on_column is not None:
        raise AyniError(
            "cli.two_days",
            "The day is given twice",
            found="--on and --on-column",
            action="leave out one of them",
            exit_code=ExitCode.USAGE,
        )
    if on_column is not None:
        return on_column
    return read_day(on) if on is not None else date.today()


def _listed(outputs: str | None) -> list[str] | None:
    if outputs is None:
        return None
    return [name for part in outputs.split(",") if (name := part.strip())]


def _check_columns(pack: Pack, columns: Sequence[str], day: date | str) -> None:
    """Refuse a file of which the rules know no column; point out columns that are probably misspelt."""
    from ayni.packs.problems import suggest

    program = pack.program
    known = {*program.inputs, *program.variables}
    own = {"person_id", "household_id", "history_from", "history_until", day}
    if not known & set(columns):
        shown = ", ".join(columns[:NAMES_SHOWN]) + (" …" if len(columns) > NAMES_SHOWN else "")
        raise AyniError(
            "input.columns",
            f"The rules of {pack.country} know none of the columns",
            found=shown,
            expected="columns called like the inputs of the pack, such as employment_status",
            action=f"rename them; `ayni pack explain {pack.country.lower()}.SCHEME` lists what a scheme asks",
        )
    for column in columns:
        near = suggest(column, program.inputs) if column not in known and column not in own else None
        if near is not None and near not in columns:
            typer.echo(f"Note: the column `{column}` is not read. Is it `{near}`?", err=True)


@dataclass(frozen=True)
class _Task:
    """What was asked for."""

    pack: Pack
    source: str
    target: Path | None
    day: date | str
    known_on: date | None
    outputs: list[str] | None
    history: Path | None
    masks: bool
    engine: str
    memory_limit: str | None

    def files(self) -> list[Path]:
        """The files of the input, by name or pattern. Raises AyniError input.file where there is none."""
        path = Path(self.source)
        pattern = path.relative_to(path.anchor) if path.anchor else path
        found = [path] if path.is_file() else sorted(Path(path.anchor).glob(str(pattern)))
        if not any(path.is_file() for path in found):
            raise _no_file(self.source)
        if self.history is not None and not self.history.is_file():
            raise _no_file(str(self.history))
        return found

    def columns(self) -> list[str]:
        """The columns of the input."""
        return list(_read_schema(self.files()[0]).names)

    def plan(self) -> Plan:
        from ayni.rules.evaluate import plan_for

        return plan_for(
            self.pack.program,
            self.columns(),
            on=self.day,
            outputs=self.outputs,
            known_on=self.known_on,
            has_history=self.history is not None,
        )

    def sql(self) -> str:
        """The statement that the engine would run. Raises AyniError for the engine that runs none."""
        from ayni.rules.engines.dialect import DUCKDB, POSTGRES
        from ayni.rules.engines.sql_plan import compile_plan

        if self.engine == "reference":
            raise AyniError(
                "engine.no_sql",
                "The engine reference runs no SQL",
                found="--explain-plan with --engine reference",
                action="write --engine duckdb or --engine postgres",
                exit_code=ExitCode.USAGE,
            )
        dialect = DUCKDB if self.engine == "duckdb" else POSTGRES
        return dialect.sql(compile_plan(self.plan(), dialect, masks=self.masks).select, pretty=True)

    def checked_target(self) -> Path:
        """Where the results go. Raises AyniError where that cannot be."""
        if self.target is None:
            raise _bad_target("no --output", "write --output results.parquet")
        if any(self.target.resolve() == path.resolve() for path in (*self.files(), *filter(None, [self.history]))):
            raise _bad_target(f"{self.target}, which is the input", "name another file")
        if not self.target.resolve().parent.is_dir():
            raise _bad_target(f"no folder {self.target.parent}", "make the folder, or name another")
        return self.target

    def run(self, target: Path) -> Result:
        """Evaluate and write; what is written carries with what it was computed."""
        from ayni.cli.engines import opened_engine
        from ayni.cli.progress import shown_progress

        options: dict[str, Any] = {
            "on": self.day,
            "outputs": self.outputs,
            "known_on": self.known_on,
            "masks": self.masks,
        }
        with shown_progress() as progress:
            if self.engine == "duckdb":
                from ayni.rules.streaming import evaluate_files

                return evaluate_files(
                    self.pack.program,
                    self.source,
                    **options,
                    history=self.history,
                    progress=progress,
                    output=target,
                    memory_limit=self.memory_limit,
                    metadata=self.metadata(self.plan()),
                )
            persons = _read_tables(self.files())
            records = None if self.history is None else _read_tables([self.history])
            with opened_engine(self.engine) as opened:
                result = self.pack.evaluate(persons, engine=opened, history=records, progress=progress, **options)
            _write(result, persons.num_rows, target, self.metadata(result.plan))
            return result

    def metadata(self, plan: Plan) -> dict[str, str]:
        """What a file of results says of itself: rules, day, engine, and the unit of each result."""
        from ayni import __version__
        from ayni.rules.explained import unit_of

        units = {name: unit_of(plan.variables[name].shape.type) for name in plan.outputs}
        return {
            "ayni.version": __version__,
            "ayni.pack": f"{self.pack.country} {self.pack.version}",
            "ayni.on": str(self.day),
            "ayni.known_on": "" if self.known_on is None else str(self.known_on),
            "ayni.engine": self.engine,
            "ayni.units": json.dumps(units),
            "ayni.missing": json.dumps(plan.missable()),
        }


def _no_file(path: str) -> AyniError:
    return AyniError(
        "input.file",
        "There is no such file",
        found=path,
        expected="the path of a Parquet file, or a pattern of several",
        action="check the name and the folder",
    )


def _bad_target(found: str, action: str) -> AyniError:
    return AyniError(
        "cli.output", "The results cannot be written there", found=found, action=action, exit_code=ExitCode.USAGE
    )


def _not_parquet(path: Path, problem: Exception) -> AyniError:
    return AyniError(
        "input.file",
        "The file cannot be read as Parquet",
        found=f"{path}: {str(problem).splitlines()[0]}",
        expected="a Parquet file",
        action="save it as Parquet: polars `.write_parquet(…)`; a spreadsheet goes to `ayni check`",
    )


def _read_schema(path: Path) -> pa.Schema:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_schema(path)
    except (pa.ArrowException, OSError) as problem:
        raise _not_parquet(path, problem) from None


def _read_tables(paths: Sequence[Path]) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pa.concat_tables([pq.read_table(path) for path in paths])
    except (pa.ArrowException, OSError) as problem:
        raise _not_parquet(paths[0], problem) from None


def _write(result: Result, rows: int, target: Path, metadata: Mapping[str, str]) -> None:
    """As the streaming engine writes: `row` where nobody has an id, or each row has a day of its own; the file appears
    only when it is complete.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = result.table
    assert table is not None
    if "person_id" not in table.column_names or result.plan.day is None:
        table = table.add_column(0, "row", pa.array(range(rows), pa.int64()))
    partial = target.with_name(f".{target.name}.partial")
    pq.write_table(table.replace_schema_metadata(dict(metadata)), partial)
    partial.replace(target)


def _tell(task: _Task, as_json: bool) -> None:
    """Run, and say what was written and what can be done with it."""
    import pyarrow.parquet as pq

    target = task.checked_target()
    begin = time.monotonic()
    result = task.run(target)
    seconds = time.monotonic() - begin
    rows = pq.ParquetFile(target).metadata.num_rows
    if as_json:
        said = task.metadata(result.plan)
        print_json(
            {
                "output": str(target),
                "rows": rows,
                "results": list(result.plan.outputs),
                "pack": said["ayni.pack"],
                "on": said["ayni.on"],
                "known_on": said["ayni.known_on"] or None,
                "engine": task.engine,
                "seconds": round(seconds, 3),
            }
        )
        return
    when = f"each row on its {task.day}" if isinstance(task.day, str) else f"rules of {task.day}"
    print(f"Wrote {target}: {rows:,} rows, {len(result.plan.outputs)} results.")
    print(f"Pack {task.pack.country} {task.pack.version}, {when}, engine {task.engine}, {seconds:.1f} s.")
    first = next((name for name in result.plan.outputs if name.endswith(".eligible")), result.plan.outputs[0])
    typer.echo(f"Next: `ayni explain {task.pack.country.lower()}.{first} --given NAME=VALUE …` says why.", err=True)
