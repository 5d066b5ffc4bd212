"""Parquet in, Parquet out, with DuckDB: the same plan and the same refusals, and memory that does not grow with the
rows.

The files are read through a view that gives them the canonical form; ranges and lists are checked by one query before
the rules run.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ayni.core.errors import AyniError, ExitCode, raise_all
from ayni.core.progress import Progress, silent
from ayni.rules.canonical import (
    HISTORY_FROM,
    HISTORY_UNTIL,
    HOUSEHOLD,
    PERSON,
    household_error,
    input_error,
    outside_error,
    record_error,
    span_error,
    spans_differ_error,
)
from ayni.rules.engines.dialect import DUCKDB
from ayni.rules.engines.sql_plan import Statement, compile_plan
from ayni.rules.engines.statement_log import log_statement
from ayni.rules.evaluate import field_for, plan_for
from ayni.rules.making import HISTORY_MONTHS_MAX, HOUSEHOLD_SIZE_MAX
from ayni.rules.parquet_columns import Fault, FileColumn, absent_column, file_column, quoted, text
from ayni.rules.plan import Plan
from ayni.rules.program import Program
from ayni.rules.result import Result
from ayni.rules.types import DATE, DAY_MAX, DAY_MIN, MONTH, MONTH_MAX, MONTH_MIN, Shape

POLL_MILLISECONDS = 250


@dataclass(frozen=True)
class _OutputFile:
    """The Parquet file to write, and what it says of itself."""

    path: Path
    metadata: Mapping[str, str]


def _execute(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyConnection:
    """Run a statement, and show it where that was asked for."""
    log_statement("duckdb", sql)
    return connection.execute(sql)


def evaluate_files(
    program: Program,
    source: str | Path,
    *,
    on: date | str,
    outputs: Sequence[str] | None = None,
    known_on: date | None = None,
    masks: bool = True,
    history: str | Path | None = None,
    progress: Progress = silent,
    output: str | Path | None = None,
    memory_limit: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Result:
    """Evaluate the rows of Parquet file(s) (a path or a pattern such as `persons/*.parquet`).

    With `output` the result goes to that Parquet file, which appears only when it is complete, its rows in no
    particular order: `person_id` says whose they are, and `row` (from 0) where the file has none, or where each row
    has a day of its own. Without `output` it is read into memory, in the order of the file. memory_limit: as DuckDB
    writes it ("4GiB"). metadata: what the file that is written says of itself. Columns: see `ayni.rules.canonical`.
    Raises AyniError / AyniErrors (input.*, rule.exceptions_conflict).
    """
    # What does not fit into memory goes to a folder that is gone afterwards, never to the working directory.
    with tempfile.TemporaryDirectory(prefix="ayni-") as spill, contextlib.closing(duckdb.connect()) as connection:
        _execute(connection, f"SET temp_directory = {text(spill)}")
        _execute(connection, "SET enable_progress_bar = true")
        _execute(connection, "SET enable_progress_bar_print = false")
        if memory_limit:
            _execute(connection, f"SET memory_limit = {text(memory_limit)}")
        if output is not None:
            # Keeping the order would keep every row in memory where households are joined.
            _execute(connection, "SET preserve_insertion_order = false")
        relation = f"read_parquet({text(str(source))})"
        columns = _columns(connection, relation, source)
        plan = plan_for(
            program, list(columns), on=on, outputs=outputs, known_on=known_on, has_history=history is not None
        )
        progress("check", 0)
        day_column = on if isinstance(on, str) else None
        is_numbered = plan.uses_history or output is None or day_column is not None or PERSON not in columns
        _Persons(connection, plan, relation, columns, day_column).prepare(is_numbered)
        if history is not None and plan.uses_history:
            _prepare_history(connection, plan, f"read_parquet({text(str(history))})", history)
        carry = (PERSON,) if PERSON in columns else ()
        statement = compile_plan(plan, DUCKDB, masks=masks, carry=carry)
        _refuse_conflicts(connection, plan, statement)
        rulebook = f"{program.rulebook.name} {program.rulebook.version}"
        if output is None:
            return Result(plan, "duckdb", rulebook, _fetched(connection, plan, statement))
        (total,) = _one(connection, f"SELECT count(*) FROM {relation}")
        keeps_row = day_column is not None or PERSON not in columns
        query = _results(statement, keeps_row)
        _write(connection, query, _OutputFile(Path(output), metadata or {}), progress, total)
        return Result(plan, "duckdb", rulebook, path=Path(output))


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    """The only row of an answer, read to its end: what is left of one stands in the way of the next statement."""
    (row,) = _execute(connection, sql).fetchall()
    return tuple(row)


def _columns(connection: duckdb.DuckDBPyConnection, relation: str, source: str | Path) -> dict[str, str]:
    try:
        rows = _execute(connection, f"DESCRIBE SELECT * FROM {relation}").fetchall()
    except duckdb.Error as problem:
        raise input_error(
            "file",
            "The file cannot be read as Parquet",
            found=f"{source}: {str(problem).splitlines()[0]}",
            expected="the path of a Parquet file, or a pattern of several",
        ) from None
    return {name: kind for name, kind, *_ in rows}


@dataclass(frozen=True)
class _Persons:
    """The persons in the file(s), on their way to the view `persons`; `day_column` where each row has its own day."""

    connection: duckdb.DuckDBPyConnection
    plan: Plan
    relation: str
    columns: Mapping[str, str]
    day_column: str | None

    def prepare(self, is_numbered: bool) -> None:
        """Make the view, and refuse every cell that cannot be what it should be. is_numbered: rows get a number."""
        parts = {"row": "row_number() OVER () - 1" if is_numbered else "CAST(0 AS BIGINT)"}
        if self.plan.uses_household:
            parts["household"] = self._household()
        if self.plan.uses_history:
            parts["person"] = f"CAST({quoted(PERSON) if PERSON in self.columns else 'NULL'} AS VARCHAR)"
        made = _canonical(self._wanted(), self.columns, self.plan.program.rulebook.currency_decimals)
        parts |= {target: column.sql for target, column in made.items()}
        if PERSON in self.columns:
            parts.setdefault(PERSON, quoted(PERSON))
        selected = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in parts.items())
        _execute(self.connection, f"CREATE VIEW persons AS SELECT {selected} FROM {self.relation}")
        faults = [fault for column in made.values() for fault in column.faults]
        if self.day_column is not None:
            faults.append(_no_day(self.day_column, made["day"].sql))
        _refuse_faults(self.connection, self.relation, faults)
        self._refuse_sizes()

    def _wanted(self) -> dict[str, tuple[str, Shape]]:
        """For each column of the view, the column of the file and its shape."""
        wanted: dict[str, tuple[str, Shape]] = {}
        if self.plan.uses_history:
            wanted |= {name: (name, _MONTHS) for name in (HISTORY_FROM, HISTORY_UNTIL)}
        wanted |= {name: (name, shape) for name, shape in self.plan.inputs.items() if name not in self.plan.absent}
        if self.day_column is not None:
            wanted["day"] = (self.day_column, Shape(DATE, DAY_MIN, DAY_MAX))
        return wanted

    def _household(self) -> str:
        """The household's key; a person without one gets a key that nobody else has."""
        if HOUSEHOLD not in self.columns:
            return "row_number() OVER () - 1"
        column = quoted(HOUSEHOLD)
        (nulls,) = _one(self.connection, f"SELECT count(*) - count({column}) FROM {self.relation}")
        if nulls == 0:
            return column
        return f"coalesce('h' || CAST({column} AS VARCHAR), 'r' || CAST(row_number() OVER () AS VARCHAR))"

    def _refuse_sizes(self) -> None:
        """Bounds rest on how many members a household has at most, and how many months a history."""
        if self.plan.uses_household and HOUSEHOLD in self.columns:
            counted = f"SELECT count(*) AS members FROM {self.relation} WHERE {quoted(HOUSEHOLD)} IS NOT NULL"
            (largest,) = _one(self.connection, f"SELECT max(members) FROM ({counted} GROUP BY {quoted(HOUSEHOLD)})")
            if (largest or 0) > HOUSEHOLD_SIZE_MAX:
                raise household_error(largest)
        if self.plan.uses_history:
            months = f"{HISTORY_UNTIL} - {HISTORY_FROM} > {HISTORY_MONTHS_MAX}"
            (count,) = _one(self.connection, f"SELECT count(*) FILTER (WHERE {months}) FROM persons")
            if count:
                raise span_error(f"{count} rows")


_MONTHS = Shape(MONTH, MONTH_MIN, MONTH_MAX)


def _canonical(
    wanted: Mapping[str, tuple[str, Shape]], columns: Mapping[str, str], currency_decimals: int
) -> dict[str, FileColumn]:
    """Each wanted column in canonical form. Raises all problems of types at once."""
    made: dict[str, FileColumn] = {}
    problems: list[AyniError] = []
    for target, (source, shape) in wanted.items():
        try:
            kind = columns.get(source)
            made[target] = absent_column(shape) if kind is None else file_column(source, kind, shape, currency_decimals)
        except AyniError as problem:
            problems.append(problem)
    raise_all(problems)
    return made


def _no_day(name: str, sql: str) -> Fault:
    expected, action = "a date in every row", "give each row the day for which the rules are asked"
    return Fault(f"({sql}) IS NULL", "date_missing", f"`{name}` is empty in some rows", expected, action)


def _refuse_faults(connection: duckdb.DuckDBPyConnection, relation: str, faults: Sequence[Fault]) -> None:
    """One pass over the file that counts the cells with each fault. Raises all that there are at once."""
    if not faults:
        return
    counted = ", ".join(f"count(*) FILTER (WHERE {fault.where})" for fault in faults)
    counts = _one(connection, f"SELECT {counted} FROM {relation}")
    raise_all([fault.error(count) for fault, count in zip(faults, counts, strict=True) if count])


def _prepare_history(connection: duckdb.DuckDBPyConnection, plan: Plan, relation: str, source: str | Path) -> None:
    columns = _columns(connection, relation, source)
    if PERSON not in columns or "month" not in columns:
        raise input_error("history", "The history needs the columns person_id and month", found=", ".join(columns))
    wanted = {name: (name, shape) for name, shape in {"month": _MONTHS, **plan.history}.items()}
    made = _canonical(wanted, columns, plan.program.rulebook.currency_decimals)
    _refuse_faults(connection, relation, [fault for column in made.values() for fault in column.faults])
    parts = [f"CAST({quoted(PERSON)} AS VARCHAR) AS person"]
    parts += [f"{column.sql} AS {quoted(name)}" for name, column in made.items()]
    _execute(connection, f"CREATE VIEW history AS SELECT {', '.join(parts)} FROM {relation}")
    (empty,) = _one(connection, "SELECT count(*) FILTER (WHERE person IS NULL OR month IS NULL) FROM history")
    if empty:
        raise record_error(f"{empty} rows")
    twice = _execute(
        connection, "SELECT person, count(*) FROM history GROUP BY person, month HAVING count(*) > 1 LIMIT 5"
    ).fetchall()
    if twice:
        raise input_error(
            "history",
            "A person has two records for one month",
            found=", ".join(str(row[0]) for row in twice),
            expected="one record a person and month",
        )
    _refuse_spans(connection, plan)


def _refuse_spans(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """Records outside the time for which a history is complete; and rows of one person that differ about that time."""
    pairs = [(name, edge) for name in (HISTORY_FROM, HISTORY_UNTIL) for edge in ("min", "max")]
    edges = ", ".join(f"{edge}({name}) AS {name}_{edge}" for name, edge in pairs)
    spans = f"SELECT person, {edges} FROM persons WHERE person IS NOT NULL GROUP BY person"
    if plan.day is not None:
        different = " OR ".join(f"{name}_min <> {name}_max" for name in (HISTORY_FROM, HISTORY_UNTIL))
        (count,) = _one(connection, f"SELECT count(*) FILTER (WHERE {different}) FROM ({spans})")
        if count:
            raise spans_differ_error(f"{count} persons")
    outside = f"month < {HISTORY_FROM}_min OR month >= {HISTORY_UNTIL}_max"
    (count,) = _one(connection, f"SELECT count(*) FILTER (WHERE {outside}) FROM history JOIN ({spans}) USING (person)")
    if count:
        raise outside_error(f"{count} rows")


def _refuse_conflicts(connection: duckdb.DuckDBPyConnection, plan: Plan, statement: Statement) -> None:
    if not plan.checks:
        return
    sql = DUCKDB.sql(statement.select)
    names = [f"c{position}" for position in range(len(statement.columns))]
    picked = [names[statement.columns.index(f"check.{position}")] for position in range(len(plan.checks))]
    counted = ", ".join(f"count(*) FILTER (WHERE {name})" for name in picked)
    found = _one(connection, f"SELECT {counted} FROM ({sql}) AS t({', '.join(names)})")
    for check, count in zip(plan.checks, found, strict=True):
        if count:
            raise AyniError(
                "rule.exceptions_conflict",
                f"Two exceptions of {check.variable} apply at once: {check.labels[0]} and {check.labels[1]}",
                found=f"{count} rows",
                expected="at most one for each person",
                action="write `overrides:` in the exception that wins",
                exit_code=ExitCode.INVALID_PACK,
            )


def _results(statement: Statement, keeps_row: bool) -> str:
    """The statement without its checks, under the real names of its columns."""
    inner = [f"c{position}" for position in range(len(statement.columns))]
    kept = [
        f"{short} AS {quoted(name)}"
        for short, name in zip(inner, statement.columns, strict=True)
        if not name.startswith("check.") and (name != "row" or keeps_row)
    ]
    return f"SELECT {', '.join(kept)} FROM ({DUCKDB.sql(statement.select)}) AS t({', '.join(inner)})"


def _fetched(connection: duckdb.DuckDBPyConnection, plan: Plan, statement: Statement) -> pa.Table:
    """The results in memory, in the order of the file, with their units."""
    query = f"SELECT * FROM ({_results(statement, keeps_row=True)}) ORDER BY row"
    log_statement("duckdb", query)
    table: pa.Table = connection.sql(query).to_arrow_table()
    table = table.drop_columns(["row"])
    shapes = {name: plan.variables[name].shape for name in plan.outputs}
    fields = [field_for(f.name, f.type, shapes[f.name].type) if f.name in shapes else f for f in table.schema]
    return table.cast(pa.schema(fields))


def _write(
    connection: duckdb.DuckDBPyConnection, query: str, file: _OutputFile, progress: Progress, total: int
) -> None:
    """Write the results to the file, which appears when it is complete."""
    target = file.path
    partial = target.with_name(f".{target.name}.partial")
    pairs = ", ".join(f"{text(key)}: {text(value)}" for key, value in file.metadata.items())
    options = f"FORMAT parquet, KV_METADATA {{{pairs}}}" if pairs else "FORMAT parquet"
    _watched(connection, f"COPY ({query}) TO {text(str(partial))} ({options})", progress, total)
    partial.replace(target)


def _watched(connection: duckdb.DuckDBPyConnection, sql: str, progress: Progress, total: int | None) -> None:
    """Run a statement in a thread and tell how far it is; an interrupt stops it."""
    failure: list[BaseException] = []

    def work() -> None:
        try:
            _execute(connection, sql)
        except duckdb.Error as problem:
            failure.append(problem)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        while worker.is_alive():
            worker.join(POLL_MILLISECONDS / 1000)
            share = connection.query_progress()
            progress("evaluate", int((total or 0) * max(share, 0) / 100), total)
    except KeyboardInterrupt:
        connection.interrupt()
        worker.join()
        raise
    if failure:
        raise failure[0]
    progress("evaluate", total or 0, total)
