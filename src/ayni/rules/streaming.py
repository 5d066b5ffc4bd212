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

import duckdb

from ayni.core.errors import AyniError, ExitCode, raise_all
from ayni.core.progress import Progress, silent
from ayni.rules.canonical import HISTORY_FROM, HISTORY_UNTIL, HOUSEHOLD, PERSON, input_error
from ayni.rules.engines.dialect import DUCKDB
from ayni.rules.engines.sql_plan import Statement, compile_plan
from ayni.rules.engines.statement_log import log_statement
from ayni.rules.evaluate import plan_for
from ayni.rules.plan import Plan
from ayni.rules.program import Program
from ayni.rules.result import Result
from ayni.rules.types import Kind, Shape, Type
from ayni.rules.values import to_written

POLL_MILLISECONDS = 250
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


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

    Rows come in no particular order: `person_id` (or `row`, from 0, where the file has none) says whose they are.
    Money columns are decimals in major units or whole numbers in minor units; see `ayni.rules.canonical`. With
    `output` the result goes to that Parquet file, which appears only when it is complete; without, it is read into
    memory. memory_limit: as DuckDB writes it ("4GiB"). metadata: what the file that is written says of itself.
    Raises AyniError / AyniErrors (input.*, rule.exceptions_conflict).
    """
    # What does not fit into memory goes to a folder that is gone afterwards, never to the working directory.
    with tempfile.TemporaryDirectory(prefix="ayni-") as spill, contextlib.closing(duckdb.connect()) as connection:
        _execute(connection, f"SET temp_directory = {text(spill)}")
        _execute(connection, "SET enable_progress_bar = true")
        _execute(connection, "SET enable_progress_bar_print = false")
        if memory_limit:
            _execute(connection, f"SET memory_limit = {text(memory_limit)}")
        # Keeping the order would keep every row in memory where households are joined; `person_id` says whose row it
        # is.
        _execute(connection, "SET preserve_insertion_order = false")
        relation = f"read_parquet({text(str(source))})"
        columns = _columns(connection, relation, source)
        plan = plan_for(
            program, list(columns), on=on, outputs=outputs, known_on=known_on, has_history=history is not None
        )
        progress("check", 0)
        _prepare(connection, plan, relation, columns, on if isinstance(on, str) else None)
        if history is not None and plan.uses_history:
            _prepare_history(connection, plan, f"read_parquet({text(str(history))})", history)
        carry = (PERSON,) if PERSON in columns else ()
        statement = compile_plan(plan, DUCKDB, masks=masks, carry=carry)
        _refuse_conflicts(connection, plan, statement)
        total = _execute(connection, f"SELECT count(*) FROM {relation}").fetchone()
        file = None if output is None else _OutputFile(Path(output), metadata or {})
        return _run(connection, plan, statement, program, progress, total[0] if total else None, file)


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


def column_sql(name: str, kind: str, shape: Shape, currency_decimals: int) -> str:
    """SQL that gives a column its canonical form. Raises AyniError input.type / input.float / input.decimals."""
    column, wanted = quoted(name), shape.type
    if kind in ("NULL", '"NULL"'):
        sql_type = "BOOLEAN" if wanted.kind is Kind.BOOLEAN else "VARCHAR"
        return f"CAST(NULL AS {'BIGINT' if wanted.is_integral else sql_type})"
    if wanted.kind is Kind.BOOLEAN and kind == "BOOLEAN":
        return column
    if wanted.kind is Kind.ENUM and (kind == "VARCHAR" or kind.startswith("ENUM")):
        return column if kind == "VARCHAR" else f"CAST({column} AS VARCHAR)"
    if wanted.kind in (Kind.DATE, Kind.MONTH) and (kind == "DATE" or kind.startswith("TIMESTAMP")):
        day = f"CAST({column} AS DATE)"
        if wanted.kind is Kind.DATE:
            return f"CAST({day} - DATE '1970-01-01' AS BIGINT)"
        return f"CAST(year({day}) * 12 + month({day}) - 1 AS BIGINT)"
    if wanted.kind in (Kind.MONEY, Kind.NUMBER):
        return _number_sql(column, name, kind, wanted, currency_decimals)
    raise input_error("type", f"`{name}` is {wanted}, not {kind}", found=kind, expected=str(wanted))


def _number_sql(column: str, name: str, kind: str, wanted: Type, currency_decimals: int) -> str:
    if kind in _INTEGERS:
        power = wanted.scale - currency_decimals if wanted.kind is Kind.MONEY else wanted.scale
        whole = column if kind == "BIGINT" else f"CAST({column} AS BIGINT)"
        return whole if power == 0 else f"{whole} * {10**power}"
    if kind.startswith("DECIMAL("):
        decimals = int(kind[8:-1].split(",")[1])
        if decimals > wanted.scale:
            raise input_error(
                "decimals",
                f"`{name}` carries {decimals} decimals",
                found=kind,
                expected=f"at most {wanted.scale}",
                action="round the column in the file, as the law says",
            )
        return f"CAST(CAST({column} AS DECIMAL(38, {decimals})) * {10**wanted.scale} AS BIGINT)"
    if kind in ("DOUBLE", "FLOAT"):
        raise input_error(
            "float",
            f"`{name}` holds floating-point numbers, which are not exact",
            found=kind,
            expected="DECIMAL in major units, or BIGINT in minor units",
        )
    raise input_error("type", f"`{name}` is {wanted}, not {kind}", found=kind, expected="DECIMAL or BIGINT")


def _prepare(
    connection: duckdb.DuckDBPyConnection, plan: Plan, relation: str, columns: dict[str, str], day_column: str | None
) -> None:
    """Make the view `persons`, and refuse values out of range or not in their list."""
    decimals = plan.program.rulebook.currency_decimals
    month = Shape(Type(Kind.MONTH), 12, 9999 * 12 + 11)
    problems: list[AyniError] = []
    is_numbered = plan.uses_history or PERSON not in columns
    parts = [("row", "row_number() OVER () - 1" if is_numbered else "CAST(0 AS BIGINT)")]
    checks: list[tuple[str, Shape, str]] = []
    if plan.uses_household:
        parts.append(("household", _household_sql(connection, relation, columns)))
    if plan.uses_history:
        parts.append(("person", f"CAST({quoted(PERSON)} AS VARCHAR)" if PERSON in columns else "CAST(NULL AS VARCHAR)"))
    wanted: dict[str, tuple[str, Shape]] = {}
    if plan.uses_history:
        wanted |= {name: (name, month) for name in (HISTORY_FROM, HISTORY_UNTIL)}
    wanted |= {name: (name, shape) for name, shape in plan.inputs.items() if name not in plan.absent}
    if day_column is not None:
        wanted["day"] = (day_column, Shape(Type(Kind.DATE), *_DAYS))
    for target, (source, shape) in wanted.items():
        if source not in columns:
            parts.append((target, "CAST(NULL AS BIGINT)"))
            continue
        try:
            sql = column_sql(source, columns[source], shape, decimals)
        except AyniError as problem:
            problems.append(problem)
            continue
        parts.append((target, sql))
        checks.append((source, shape, sql))
    raise_all(problems)
    if PERSON in columns and not any(name == PERSON for name, _ in parts):
        parts.append((PERSON, quoted(PERSON)))
    selected = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in parts)
    _execute(connection, f"CREATE VIEW persons AS SELECT {selected} FROM {relation}")
    _check_values(connection, relation, checks)


_DAYS = (date.min.toordinal() - date(1970, 1, 1).toordinal(), date.max.toordinal() - date(1970, 1, 1).toordinal())


def _household_sql(connection: duckdb.DuckDBPyConnection, relation: str, columns: dict[str, str]) -> str:
    """The household's key; a person without one gets a key that nobody else has."""
    if HOUSEHOLD not in columns:
        return "row_number() OVER () - 1"
    column = quoted(HOUSEHOLD)
    nulls = _execute(connection, f"SELECT count(*) - count({column}) FROM {relation}").fetchone()
    if nulls is not None and nulls[0] == 0:
        return column
    return f"coalesce('h' || CAST({column} AS VARCHAR), 'r' || CAST(row_number() OVER () AS VARCHAR))"


def _check_values(connection: duckdb.DuckDBPyConnection, relation: str, checks: list[tuple[str, Shape, str]]) -> None:
    """One pass over the file: for each column the number of values outside its bounds or list."""
    counted = []
    for name, shape, sql in checks:
        if shape.type.is_integral:
            counted.append((name, shape, f"count(*) FILTER (WHERE ({sql}) NOT BETWEEN {shape.low} AND {shape.high})"))
        elif shape.type.kind is Kind.ENUM:
            allowed = ", ".join(text(value) for value in shape.type.values)
            counted.append((name, shape, f"count(*) FILTER (WHERE ({sql}) NOT IN ({allowed}))"))
    if not counted:
        return
    try:
        found = _execute(connection, f"SELECT {', '.join(sql for _, _, sql in counted)} FROM {relation}").fetchone()
    except duckdb.Error as problem:
        raise input_error(
            "range", "A column holds numbers too large for any amount", found=str(problem).splitlines()[0]
        ) from None
    assert found is not None
    problems = []
    for (name, shape, _), count in zip(counted, found, strict=True):
        if not count:
            continue
        if shape.type.is_integral:
            expected = f"from {to_written(shape.low, shape.type)} to {to_written(shape.high, shape.type)}"
        else:
            expected = f"one of {', '.join(shape.type.values)}"
        problems.append(
            input_error(
                "range" if shape.type.is_integral else "value",
                f"`{name}` holds values that it cannot have",
                found=f"{count} rows",
                expected=expected,
            )
        )
    raise_all(problems)


def _prepare_history(connection: duckdb.DuckDBPyConnection, plan: Plan, relation: str, source: str | Path) -> None:
    columns = _columns(connection, relation, source)
    if PERSON not in columns or "month" not in columns:
        raise input_error("history", "The history needs the columns person_id and month", found=", ".join(columns))
    decimals = plan.program.rulebook.currency_decimals
    month = Shape(Type(Kind.MONTH), 12, 9999 * 12 + 11)
    parts = [
        f"CAST({quoted(PERSON)} AS VARCHAR) AS person",
        f"{column_sql('month', columns['month'], month, decimals)} AS month",
    ]
    checks: list[tuple[str, Shape, str]] = []
    for name, shape in plan.history.items():
        sql = column_sql(name, columns.get(name, "NULL"), shape, decimals)
        parts.append(f"{sql} AS {quoted(name)}")
        checks.append((name, shape, sql))
    _check_values(connection, relation, checks)
    _execute(connection, f"CREATE VIEW history AS SELECT {', '.join(parts)} FROM {relation}")
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


def _refuse_conflicts(connection: duckdb.DuckDBPyConnection, plan: Plan, statement: Statement) -> None:
    if not plan.checks:
        return
    sql = DUCKDB.sql(statement.select)
    names = [f"c{position}" for position in range(len(statement.columns))]
    picked = [names[statement.columns.index(f"check.{position}")] for position in range(len(plan.checks))]
    counted = ", ".join(f"count(*) FILTER (WHERE {name})" for name in picked)
    found = _execute(connection, f"SELECT {counted} FROM ({sql}) AS t({', '.join(names)})").fetchone()
    assert found is not None
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


def _run(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    statement: Statement,
    program: Program,
    progress: Progress,
    total: int | None,
    file: _OutputFile | None,
) -> Result:
    """Write or fetch everything but row numbers and checks."""
    inner = [f"c{position}" for position in range(len(statement.columns))]
    kept = [
        f"{short} AS {quoted(name)}"
        for short, name in zip(inner, statement.columns, strict=True)
        if not name.startswith("check.") and (name != "row" or PERSON not in statement.columns)
    ]
    query = f"SELECT {', '.join(kept)} FROM ({DUCKDB.sql(statement.select)}) AS t({', '.join(inner)})"
    rulebook = f"{program.rulebook.name} {program.rulebook.version}"
    if file is None:
        log_statement("duckdb", query)
        table = connection.sql(query).to_arrow_table()
        return Result(plan, "duckdb", rulebook, table)
    target = file.path
    partial = target.with_name(f".{target.name}.partial")
    pairs = ", ".join(f"{text(key)}: {text(value)}" for key, value in file.metadata.items())
    options = f"FORMAT parquet, KV_METADATA {{{pairs}}}" if pairs else "FORMAT parquet"
    _watched(connection, f"COPY ({query}) TO {text(str(partial))} ({options})", progress, total)
    partial.replace(target)
    return Result(plan, "duckdb", rulebook, path=target)


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
