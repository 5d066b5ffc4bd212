"""Are the kernel's aggregates over monthly histories as fast as SQL written by hand, on DuckDB, and right?

Some 200 monthly records a person; the figures that the pack of Costa Rica takes from them. Both sides read the same
Parquet files and write the same columns as Parquet, in turns. Budget: 1.25 times the time of the SQL by hand.
"""

from __future__ import annotations

import argparse
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from compare import compare
from machine import cores, describe
from measure import alternate, timed
from population import histories_of

HERE = Path(__file__).resolve().parent
BY_HAND = HERE / "handwritten" / "cr_2026_history.duckdb.sql"
DAY = date(2026, 3, 1)
BUDGET = 1.25


def by_hand(people: str, records: str, output: str, threads: int) -> dict[str, Any]:
    """The SQL written by hand, from Parquet to Parquet."""
    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads}")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"CREATE VIEW people AS SELECT * FROM read_parquet('{people}')")
    connection.execute(f"CREATE VIEW records AS SELECT * FROM read_parquet('{records}')")
    query = BY_HAND.read_text(encoding="utf-8")
    return timed(lambda: connection.execute(f"COPY ({query}) TO '{output}' (FORMAT parquet)"))


def by_kernel(people: str, records: str, output: str, outputs: list[str]) -> dict[str, Any]:
    """The kernel, from Parquet to Parquet; loading the pack is timed apart, compiling the plan is not."""
    import ayni

    begin = time.perf_counter()
    pack = ayni.load_pack("cr")
    load_s = time.perf_counter() - begin
    return timed(
        lambda: pack.evaluate(
            people, on=DAY, engine="duckdb", outputs=outputs, masks=False, history=records, output=output
        ),
        {"load_s": load_s},
    )


def columns_by_hand(people: Path, records: Path) -> list[str]:
    """The outputs that the SQL by hand gives, key left out."""
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW people AS SELECT * FROM read_parquet('{people}')")
    connection.execute(f"CREATE VIEW records AS SELECT * FROM read_parquet('{records}')")
    rows = connection.execute(f"DESCRIBE ({BY_HAND.read_text(encoding='utf-8')})").fetchall()
    return [row[0] for row in rows if row[0] != "person_id"]


def main() -> int:
    """Measure both sides, compare them, and say whether the budget is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=HERE.parent / "build" / "benchmarks")
    arguments = parser.parse_args()
    people, records = histories_of(arguments.persons, arguments.folder)
    number = duckdb.execute(f"SELECT count(*) FROM '{records}'").fetchall()[0][0]
    print(describe())
    print(f"question histories of {arguments.persons:,} persons, {number:,} monthly records, on Parquet")
    results = [arguments.folder / f"result_history_{name}.parquet" for name in ("hand", "kernel")]
    columns = columns_by_hand(people, records)
    hand, kernel = alternate(
        arguments.runs,
        ("bench_history_duckdb:by_hand", [str(people), str(records), str(results[0]), cores()]),
        ("bench_history_duckdb:by_kernel", [str(people), str(records), str(results[1]), columns]),
    )
    assert hand is not None and kernel is not None, "a side did not come to its end"
    for name, side in (("by hand", hand), ("kernel", kernel)):
        print(
            f"{name:<11}{side.best_s:8.2f} s {side.cpu_s:8.2f} s cpu {number / side.best_s / 1e6:7.2f} M records/s "
            f"{side.peak_gib:6.2f} GiB {side.best_s / hand.best_s:6.2f} x {side.cpu_s / hand.cpu_s:6.2f} x cpu"
        )
    comparison = compare(*results)
    print(comparison.report())
    within = kernel.best_s <= BUDGET * hand.best_s
    print(f"budget   {BUDGET} times by hand: {'kept' if within else 'EXCEEDED'}")
    return 0 if within and comparison.agrees else 1


if __name__ == "__main__":
    raise SystemExit(main())
