"""Compares two tables of results row by row and column by column; an unknown equals an unknown and nothing else."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROWS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Difference:
    """One column that differs: in how many rows, and the first few as (key, left, right)."""

    column: str
    rows: int
    examples: tuple[tuple[object, ...], ...]


@dataclass(frozen=True)
class Comparison:
    """What came out: rows and columns compared, columns that only one side has, and the differences."""

    rows: int
    columns: int
    only_left: tuple[str, ...]
    only_right: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """True when every row of every column of the left side is the same on the right."""
        return not self.differences and not self.only_left and self.rows > 0

    def report(self) -> str:
        """The outcome as lines to print."""
        if self.agrees:
            return f"equal    {self.rows:,} rows, {self.columns} columns, unknowns included"
        lines = [f"DIFFERENT in {len(self.differences)} of {self.columns} columns, {self.rows:,} rows compared"]
        lines += [f"  only on the left: {name}" for name in self.only_left]
        for difference in self.differences:
            lines.append(f"  {difference.column}: {difference.rows:,} rows")
            lines += [f"    person {key}: {left!r} and {right!r}" for key, left, right in difference.examples]
        return "\n".join(lines)


def compare(left: Path, right: Path, key: str = "person_id") -> Comparison:
    """Compare two Parquet files, or folders of them, that hold each key once; columns of `left` are looked for."""
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW lefts AS SELECT * FROM read_parquet('{files_of(left)}')")
    connection.execute(f"CREATE VIEW rights AS SELECT * FROM read_parquet('{files_of(right)}')")
    lefts, rights = (_columns(connection, name) for name in ("lefts", "rights"))
    common = [name for name in lefts if name in rights and name != key]
    counts = dict.fromkeys(common, 0)
    total, low = 0, 0
    first, last = connection.execute(f'SELECT min("{key}"), max("{key}") FROM lefts').fetchall()[0]
    for low in range(first, last + 1, ROWS_AT_ONCE):
        joined = _joined(key, low, low + ROWS_AT_ONCE)
        sums = ", ".join(f'count(*) FILTER (l."{name}" IS DISTINCT FROM r."{name}")' for name in common)
        row = connection.execute(f"SELECT count(*), {sums} FROM {joined}").fetchall()[0]
        total += row[0]
        for name, number in zip(common, row[1:], strict=True):
            counts[name] += number
    wrong = [name for name in common if counts[name]]
    return Comparison(
        total,
        len(common),
        tuple(name for name in lefts if name not in rights),
        tuple(name for name in rights if name not in lefts),
        tuple(Difference(name, counts[name], _examples(connection, key, name)) for name in wrong),
    )


def files_of(path: Path) -> str:
    """What DuckDB reads for a file or a folder of files."""
    return str(path / "**" / "*.parquet") if path.is_dir() else str(path)


def _columns(connection: duckdb.DuckDBPyConnection, view: str) -> list[str]:
    return [row[0] for row in connection.execute(f"DESCRIBE {view}").fetchall()]


def _joined(key: str, low: int, high: int) -> str:
    bounds = f'"{key}" >= {low} AND "{key}" < {high}'
    return (
        f"(SELECT * FROM lefts WHERE {bounds}) AS l FULL JOIN (SELECT * FROM rights WHERE {bounds}) AS r "
        f'ON l."{key}" = r."{key}"'
    )


def _examples(connection: duckdb.DuckDBPyConnection, key: str, name: str) -> tuple[tuple[object, ...], ...]:
    query = f"""
    SELECT coalesce(l."{key}", r."{key}"), l."{name}", r."{name}"
    FROM lefts AS l FULL JOIN rights AS r ON l."{key}" = r."{key}"
    WHERE l."{name}" IS DISTINCT FROM r."{name}" ORDER BY 1 LIMIT 3
    """
    return tuple(connection.execute(query).fetchall())


def main() -> None:
    """Compare two results from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("left", type=Path)
    parser.add_argument("right", type=Path)
    arguments = parser.parse_args()
    comparison = compare(arguments.left, arguments.right)
    print(comparison.report())
    raise SystemExit(0 if comparison.agrees else 1)


if __name__ == "__main__":
    main()
