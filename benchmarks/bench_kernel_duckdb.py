"""Is the kernel on DuckDB as fast as SQL written by hand, for the whole pack of Costa Rica, and does it say the same?

Both sides read the same Parquet file of synthetic persons and write the same columns as Parquet, in turns, each in a
process of its own. Then the two results are compared row by row, unknowns included. Budgets: 1.25 times the time of
the SQL by hand, 1.6 times with the masks of deciding inputs, and 4 GiB of memory.
"""

from __future__ import annotations

import argparse
import shutil
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from compare import compare
from machine import cores, describe
from measure import Measurement, alternate, timed
from population import population_of

HERE = Path(__file__).resolve().parent
BY_HAND = HERE / "handwritten" / "cr_2026.duckdb.sql"
DAY = date(2026, 3, 1)
BUDGET, BUDGET_WITH_MASKS, BUDGET_GIB = 1.25, 1.6, 4.0


def by_hand(people: str, output: str, threads: int) -> dict[str, Any]:
    """The SQL written by hand, from Parquet to Parquet."""
    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads}")
    connection.execute("SET memory_limit = '3GB'")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"CREATE VIEW people AS SELECT * FROM read_parquet('{people}')")
    query = BY_HAND.read_text(encoding="utf-8")
    return timed(lambda: connection.execute(f"COPY ({query}) TO '{output}' (FORMAT parquet)"))


def by_kernel(people: str, output: str, masks: bool, outputs: list[str]) -> dict[str, Any]:
    """The kernel, from Parquet to Parquet; loading the pack is timed apart, compiling the plan is not."""
    import ayni

    begin = time.perf_counter()
    pack = ayni.load_pack("cr")
    load_s = time.perf_counter() - begin
    return timed(
        lambda: pack.evaluate(people, on=DAY, engine="duckdb", outputs=outputs, masks=masks, output=output),
        {"load_s": load_s},
    )


def columns_by_hand(people: Path) -> list[str]:
    """The outputs that the SQL by hand gives, key left out."""
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW people AS SELECT * FROM read_parquet('{people}')")
    rows = connection.execute(f"DESCRIBE ({BY_HAND.read_text(encoding='utf-8')})").fetchall()
    return [row[0] for row in rows if row[0] != "person_id"]


def kernel_is_there() -> bool:
    """False while there is no kernel to compare with; then the side by hand runs alone."""
    try:
        import ayni
        import ayni.rules.evaluate

        return hasattr(ayni, "load_pack")
    except ImportError:
        return False


def main() -> int:
    """Measure all sides, compare them, and say whether the budgets are kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=cores(), help="of the side by hand; the kernel takes all cores")
    parser.add_argument("--folder", type=Path, default=HERE.parent / "build" / "benchmarks")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    people = population_of(arguments.persons, folder)
    print(describe())
    print(f"question whole pack of Costa Rica, {arguments.persons:,} persons, {arguments.threads} threads, on Parquet")
    results = {name: folder / f"result_{name}.parquet" for name in ("hand", "kernel", "masks")}
    for path in results.values():
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    columns = columns_by_hand(people)
    sides: list[tuple[str, list[Any]]] = [
        ("bench_kernel_duckdb:by_hand", [str(people), str(results["hand"]), arguments.threads])
    ]
    if kernel_is_there():
        for name, masks in (("kernel", False), ("masks", True)):
            sides.append(("bench_kernel_duckdb:by_kernel", [str(people), str(results[name]), masks, columns]))
    measured = alternate(arguments.runs, *sides)
    hand, kernel = measured[0], measured[1] if len(measured) > 1 else None
    assert hand is not None, "the side by hand has to run"
    for name, side in zip(("by hand", "kernel", "with masks"), measured, strict=False):
        print_line(name, side, hand, arguments.persons)
    if kernel is None:
        print("kernel   nothing to compare")
        return 1
    print(f"pack loaded in {kernel.result['load_s']:.2f} s (not counted above)")
    comparison = compare(results["hand"], results["kernel"])
    print(comparison.report())
    within = is_within_budgets(hand, kernel, measured[2])
    outcome = "kept" if within else "EXCEEDED"
    print(f"budget   {BUDGET} and {BUDGET_WITH_MASKS} times by hand, {BUDGET_GIB:.0f} GiB: {outcome}")
    return 0 if within and comparison.agrees else 1


def is_within_budgets(hand: Measurement, kernel: Measurement, masks: Measurement | None) -> bool:
    """Both ratios of time and the memory of both."""
    return (
        masks is not None
        and kernel.best_s <= BUDGET * hand.best_s
        and masks.best_s <= BUDGET_WITH_MASKS * hand.best_s
        and max(kernel.peak_gib, masks.peak_gib) <= BUDGET_GIB
    )


def print_line(name: str, side: Measurement | None, hand: Measurement, persons: int) -> None:
    """One side: seconds, processor seconds, persons a second, memory, and the ratios to the side by hand."""
    if side is None:
        print(f"{name:<11}did not come to its end")
        return
    print(
        f"{name:<11}{side.best_s:8.2f} s {side.cpu_s:8.2f} s cpu {persons / side.best_s / 1e6:7.2f} M persons/s "
        f"{side.peak_gib:6.2f} GiB {side.best_s / hand.best_s:6.2f} x {side.cpu_s / hand.cpu_s:6.2f} x cpu"
    )


if __name__ == "__main__":
    raise SystemExit(main())
