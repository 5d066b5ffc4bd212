"""Is the kernel inside PostgreSQL as fast as SQL written by hand, for the whole pack of Costa Rica, and of one mind?

Persons are loaded once into the embedded server; then each side makes a table of the same results by one statement, in
turns and in the same session without parallel workers, so that the processor time of that one backend says it all.
Budget: 1.25 times the time of the SQL by hand.
"""

from __future__ import annotations

import argparse
import io
import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from machine import describe
from population import population_of

import ayni
from ayni.core.postgres import connect, temporary_server
from ayni.rules.canonical import canonical_persons
from ayni.rules.engines.dialect import POSTGRES
from ayni.rules.engines.sql_plan import compile_plan
from ayni.rules.evaluate import plan_for

HERE = Path(__file__).resolve().parent
BY_HAND = HERE / "handwritten" / "cr_2026.postgres.sql"
DAY = date(2026, 3, 1)
BUDGET = 1.25
SETTINGS = {"shared_buffers": "1GB", "work_mem": "512MB", "max_parallel_workers_per_gather": "0", "jit": "off"}
ROWS_OF_A_COPY = 100_000


def main() -> int:
    """Load, measure both sides, compare, and say whether the budget is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=HERE.parent / "build" / "benchmarks")
    arguments = parser.parse_args()
    people = pq.read_table(population_of(arguments.persons, arguments.folder))
    print(describe())
    print(f"question whole pack of Costa Rica, {arguments.persons:,} persons, one statement inside PostgreSQL")
    with temporary_server(SETTINGS) as server, connect(server.dsn(), autocommit=True) as connection:
        columns, query = prepare(connection, people)
        sides = {"hand": ("", BY_HAND.read_text(encoding="utf-8")), "kernel": (columns, query)}
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
        for _ in range(arguments.runs):
            for name, (names, statement) in sides.items():
                times[name].append(one_run(connection, name, names, statement))
        best = {name: min(runs) for name, runs in times.items()}
        cpu = {name: min(run[1] for run in runs) for name, runs in times.items()}
        for name in sides:
            print(
                f"{name:<8} {best[name][0]:8.2f} s {cpu[name]:8.2f} s cpu "
                f"{best[name][0] / best['hand'][0]:6.2f} x {cpu[name] / cpu['hand']:6.2f} x cpu"
            )
        wrong = different(connection)
    for name, number in wrong.items():
        print(f"  DIFFERENT {name}: {number:,} rows")
    if not wrong:
        print(f"equal    {arguments.persons:,} rows, {len(columns_by_hand())} columns, unknowns included")
    within = best["kernel"][0] <= BUDGET * best["hand"][0]
    print(f"budget   {BUDGET} times by hand: {'kept' if within else 'EXCEEDED'}")
    return 0 if within and not wrong else 1


def prepare(connection: psycopg.Connection[Any], people: pa.Table) -> tuple[str, str]:
    """Load the persons as the kernel has them, with a view for the side by hand.

    Returns the kernel's statement and before it the list of its columns, in parentheses.
    """
    pack = ayni.load_pack("cr")
    outputs = columns_by_hand()
    plan = plan_for(pack.program, people.column_names, on=DAY, outputs=outputs, known_on=None, has_history=False)
    persons = canonical_persons(people, plan, None)
    load(connection, "persons", persons)
    columns = [name for name in persons.column_names if name not in ("row", "household", "incapacity_degree")]
    scale = 10 ** (pack.program.inputs["incapacity_degree"].type.scale - 4)
    connection.execute(
        f"CREATE VIEW people AS SELECT row AS person_id, household AS household_id, {', '.join(columns)}, "
        f"incapacity_degree / {scale} AS incapacity_degree FROM persons"
    )
    connection.execute("ANALYZE")
    statement = compile_plan(plan, POSTGRES, masks=False)
    names = ", ".join(f'"{name}"' for name in statement.columns)
    return f"({names})", POSTGRES.sql(statement.select)


def columns_by_hand() -> list[str]:
    """The outputs that the SQL by hand gives: the quoted names, each with a dot."""
    return re.findall(r'AS "([a-z0-9_]+\.[a-z0-9_]+)"', BY_HAND.read_text(encoding="utf-8"))


def load(connection: psycopg.Connection[Any], name: str, table: pa.Table) -> None:
    """Make a table of the same columns and copy the rows into it."""
    kinds = {pa.bool_(): "boolean", pa.int64(): "bigint", pa.string(): "text"}
    columns = ", ".join(f'"{field.name}" {kinds[field.type]}' for field in table.schema)
    connection.execute(f"CREATE UNLOGGED TABLE {name} ({columns})")
    options = pacsv.WriteOptions(include_header=False)
    with connection.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy:
        for batch in table.to_batches(max_chunksize=ROWS_OF_A_COPY):
            buffer = io.BytesIO()
            pacsv.write_csv(batch, buffer, options)
            copy.write(buffer.getvalue())


def one_run(connection: psycopg.Connection[Any], name: str, columns: str, query: str) -> tuple[float, float]:
    """Seconds and processor seconds of the backend for making the table of results."""
    connection.execute(f"DROP TABLE IF EXISTS result_{name}")
    backend = psutil.Process(connection.info.backend_pid)
    begin, before = time.perf_counter(), backend.cpu_times()
    connection.execute(f"CREATE UNLOGGED TABLE result_{name} {columns} AS {query}".encode())
    after = backend.cpu_times()
    return time.perf_counter() - begin, after.user + after.system - before.user - before.system


def different(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Columns in which the two tables differ, unknowns and rows that one lacks included, with the number of rows."""
    names = columns_by_hand()
    counts = ", ".join(f'count(*) FILTER (WHERE h."{name}" IS DISTINCT FROM k."{name}")' for name in names)
    row = connection.execute(
        f"SELECT {counts} FROM result_hand AS h FULL JOIN result_kernel AS k ON h.person_id = k.row".encode()
    ).fetchall()[0]
    return {name: number for name, number in zip(names, row, strict=True) if number}


if __name__ == "__main__":
    raise SystemExit(main())
