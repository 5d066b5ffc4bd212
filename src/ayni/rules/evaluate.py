"""Evaluate a program over a table of persons: one plan, one engine, all rows; or stream Parquet to Parquet with
DuckDB.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ayni.core.errors import AyniError, ExitCode
from ayni.core.progress import Progress, silent
from ayni.rules.canonical import as_arrow, canonical_history, canonical_persons, input_error
from ayni.rules.engines.base import Engine, mask_words
from ayni.rules.plan import Plan, make_plan
from ayni.rules.program import Program
from ayni.rules.result import Result
from ayni.rules.types import Type, day_number


def find_engine(engine: str | Engine) -> Engine:
    """An engine by name. `postgres` needs a session: hand in `PostgresEngine(dsn)` instead of the name, or set
    DATABASE_URL.
    """
    if not isinstance(engine, str):
        return engine
    if engine == "duckdb":
        from ayni.rules.engines.duckdb import DuckDBEngine

        return DuckDBEngine()
    if engine == "reference":
        from ayni.rules.engines.reference import ReferenceEngine

        return ReferenceEngine()
    if engine == "postgres":
        import os

        from ayni.rules.engines.postgres import PostgresEngine

        dsn = os.environ.get("DATABASE_URL")
        if dsn:
            return PostgresEngine(dsn)
        raise AyniError(
            "engine.no_database",
            "The engine postgres needs a database",
            found="DATABASE_URL is not set",
            expected="a PostgreSQL 16 or newer",
            action="set DATABASE_URL, or use --engine duckdb",
            exit_code=ExitCode.USAGE,
        )
    raise AyniError(
        "engine.unknown",
        f"There is no engine {engine}",
        found=engine,
        expected="duckdb, postgres or reference",
        exit_code=ExitCode.USAGE,
    )


def refuse_unknown_outputs(program: Program, names: Sequence[str]) -> None:
    """Raise input.output where a name is no variable of the program, with what was probably meant."""
    strange = [name for name in names if name not in program.variables]
    if strange:
        import difflib

        near = difflib.get_close_matches(strange[0], program.variables, n=1)
        raise input_error(
            "output",
            f"There is no output {strange[0]}",
            found=", ".join(strange),
            expected="scheme.variable",
            action=f"write {near[0]}" if near else None,
        )


def plan_for(
    program: Program,
    columns: Sequence[str],
    *,
    on: date | str,
    outputs: Sequence[str] | None,
    known_on: date | None,
    has_history: bool = True,
) -> Plan:
    """The plan for a table with these columns. `outputs` None: every variable of every scheme."""
    names = list(outputs) if outputs is not None else list(program.variables)
    refuse_unknown_outputs(program, names)
    if isinstance(on, str) and on not in columns:
        raise input_error(
            "date_column",
            f"There is no column {on} with the day of each row",
            found=", ".join(columns),
            expected="a date, or the name of a column of dates",
        )
    known = None if known_on is None else day_number(known_on)
    day = day_number(on) if isinstance(on, date) else None
    return make_plan(program, names, day=day, columns=set(columns), known_on=known, has_history=has_history)


def evaluate(
    program: Program,
    table: Any,
    *,
    on: date | str,
    engine: str | Engine = "duckdb",
    outputs: Sequence[str] | None = None,
    known_on: date | None = None,
    masks: bool = True,
    history: Any = None,
    progress: Progress = silent,
    output: str | Path | None = None,
) -> Result:
    """Work out `outputs` for every row of `table`.

    table: Arrow table, Polars frame, DuckDB relation, list of dictionaries, or the path of Parquet file(s) (streamed;
    DuckDB only).
    Columns: `person_id`, `household_id`, inputs and variables by name; `history_from` and `history_until` (months)
    with `history`.
    on: one day for all rows, or the name of a column with the day of each row. known_on: what was known on that day.
    history: table of monthly records (`person_id`, `month`, columns of the pack's `history:`).
    output: a path to write Parquet to (only for paths), else the result is a table in memory.
    Raises AyniError / AyniErrors (input.*) for what the input holds wrong; rule.exceptions_conflict where two
    exceptions hold at once.
    """
    if isinstance(table, (str, Path)):
        from ayni.rules.streaming import evaluate_files

        return evaluate_files(
            program,
            table,
            on=on,
            outputs=outputs,
            known_on=known_on,
            masks=masks,
            history=history,
            progress=progress,
            output=output,
        )
    persons = as_arrow(table)
    plan = plan_for(
        program, persons.column_names, on=on, outputs=outputs, known_on=known_on, has_history=history is not None
    )
    chosen = find_engine(engine)
    progress("read", 0, persons.num_rows)
    canonical = canonical_persons(persons, plan, on if isinstance(on, str) else None)
    records = history_for(plan, history, canonical)
    progress("evaluate", 0, persons.num_rows)
    answers = chosen.run(plan, canonical, records, masks=masks)
    progress("evaluate", persons.num_rows, persons.num_rows)
    refuse_conflicts(plan, answers)
    return Result(
        plan,
        chosen.name,
        f"{program.rulebook.name} {program.rulebook.version}",
        _described(plan, persons, answers, masks),
    )


def history_for(plan: Plan, history: Any, canonical: pa.Table) -> pa.Table | None:
    """The canonical history a plan needs, empty where none is given; None where it needs none."""
    if not plan.uses_history:
        return None
    empty = pa.table({"person_id": pa.array([], pa.string()), "month": pa.array([], pa.string())})
    return canonical_history(empty if history is None else as_arrow(history), plan, canonical)


def refuse_conflicts(plan: Plan, answers: pa.Table) -> None:
    """Raise rule.exceptions_conflict where two exceptions of one rule hold for the same row."""
    for position, check in enumerate(plan.checks):
        column = answers.column(f"check.{position}")
        if pc.any(column, skip_nulls=True).as_py():
            rows = pc.indices_nonzero(pc.fill_null(column, False)).to_pylist()
            raise AyniError(
                "rule.exceptions_conflict",
                f"Two exceptions of {check.variable} apply at once: {check.labels[0]} and {check.labels[1]}",
                found=f"{len(rows)} rows, the first is row {rows[0] + 1}",
                expected="at most one exception for each person",
                action="write `overrides:` in the exception that wins",
                exit_code=ExitCode.INVALID_PACK,
            )


def field_for(name: str, arrow: pa.DataType, kind: Type) -> pa.Field:
    """An output's field, with its unit and scale as metadata."""
    metadata = {"type": str(kind.kind), "scale": str(kind.scale)}
    if kind.currency:
        metadata["currency"] = kind.currency
    if kind.period:
        metadata["period"] = kind.period
    return pa.field(name, arrow, metadata=metadata)


def _described(plan: Plan, persons: pa.Table, answers: pa.Table, masks: bool) -> pa.Table:
    """Outputs and masks, led by the caller's person_id where there is one; checks are done and left out."""
    fields, columns = [], []
    if "person_id" in persons.column_names:
        fields.append(persons.schema.field("person_id"))
        columns.append(persons.column("person_id"))
    for name in plan.outputs:
        column = answers.column(name)
        fields.append(field_for(name, column.type, plan.variables[name].shape.type))
        columns.append(column)
        if masks:
            for word in range(mask_words(plan)):
                mask = f"{name}.missing{'' if word == 0 else word + 1}"
                fields.append(pa.field(mask, pa.int64()))
                columns.append(answers.column(mask))
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))
