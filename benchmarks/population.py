"""Makes N synthetic persons of Costa Rica as Parquet, the same on every machine and with every release of DuckDB.

Persons live in households of one to five. Status, pay and the rest follow age and place in the household roughly as in
a labour survey; about 3 cells in 100 are unknown; some amounts stand exactly on, or one cent beside, a threshold of the
law. Money is in céntimos (int64). Nothing here is a real person, and no figure is an estimate of anything.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

SQL = Path(__file__).with_name("population_cr.sql")
HISTORY_SQL = Path(__file__).with_name("population_history_cr.sql")
HISTORY_MONTHS_MAX = 480
UNKNOWN_IN_1000 = 30
PERSONS_PER_BLOCK = 15  # households of 1, 2, 3, 4 and 5 persons
HOUSEHOLDS_PER_BLOCK = 5

# Amounts at which a rule changes in 2026: minimum bases, parts of them, 2 to 8 minimum wages, limits of pensions.
THRESHOLDS_MINOR = (
    34678900,
    32459000,
    17339450,
    8114750,
    16229500,
    24344250,
    12172125,
    20286875,
    28401625,
    74618460,
    149236920,
    223855380,
    111927690,
    186546150,
    298473840,
    16229500,
    176585900,
)


def write_population(path: Path, persons: int) -> None:
    """Write `persons` persons to `path`, in the order of their ids."""
    connection = duckdb.connect()
    macros, query = _persons_sql(persons)
    connection.execute(macros)
    _write(connection, query, path)


def write_histories(people: Path, records: Path, persons: int) -> None:
    """Write `persons` persons with the span of their history, and their monthly records: 200 for each, about."""
    connection = duckdb.connect()
    connection.execute(_persons_sql(persons)[0])
    text = HISTORY_SQL.read_text(encoding="utf-8").format(persons=persons, months=HISTORY_MONTHS_MAX)
    query, of_records = text.split("-- persons\n")[1].split("-- records\n")
    _write(connection, query, people)
    _write(connection, of_records, records)


def _persons_sql(persons: int) -> tuple[str, str]:
    """The macros that both populations draw with, and the query of the persons."""
    thresholds = ", ".join(f"{amount}" for amount in THRESHOLDS_MINOR)
    text = SQL.read_text(encoding="utf-8").format(
        unknown=UNKNOWN_IN_1000,
        thresholds=f"[{thresholds}]",
        count=len(THRESHOLDS_MINOR),
        persons=PERSONS_PER_BLOCK,
        households=HOUSEHOLDS_PER_BLOCK,
        first=0,
        last=persons,
    )
    macros, query = text.split("-- persons\n")
    return macros, query


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """The rows of `query` as Parquet, there when complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    connection.execute(f"COPY ({query}) TO '{unfinished}' (FORMAT parquet, ROW_GROUP_SIZE 122880)")
    unfinished.rename(path)


def population_of(persons: int, folder: Path) -> Path:
    """The file of `persons` persons in `folder`, made now unless it is there."""
    path = folder / f"population_cr_{persons}.parquet"
    if not path.exists():
        print(f"making {persons:,} synthetic persons in {path}", file=sys.stderr)
        write_population(path, persons)
    return path


def histories_of(persons: int, folder: Path) -> tuple[Path, Path]:
    """The files of `persons` persons and of their records in `folder`, made now unless they are there."""
    people, records = folder / f"history_people_cr_{persons}.parquet", folder / f"history_records_cr_{persons}.parquet"
    if not (people.exists() and records.exists()):
        print(f"making the histories of {persons:,} synthetic persons in {folder}", file=sys.stderr)
        write_histories(people, records, persons)
    return people, records


def main() -> None:
    """Make one file from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("persons", type=int)
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    write_population(arguments.file, arguments.persons)


if __name__ == "__main__":
    main()
