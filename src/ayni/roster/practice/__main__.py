"""`python -m ayni.roster.practice CR --members 480 --seed 2026 --out roster.xlsx`: write a practice list to a file."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ayni.core.errors import AyniError
from ayni.roster.mapping_file import save_mapping
from ayni.roster.practice import SETTINGS, practice_mapping, practice_roster
from ayni.roster.practice.write import write_roster

# Where spreadsheets have a comma before the decimals and a semicolon between cells.
_DECIMAL_COMMA = frozenset({"AR"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the list and say what is in it; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m ayni.roster.practice", description="Write a practice list of members."
    )
    parser.add_argument("country", choices=sorted(SETTINGS))
    parser.add_argument("--members", type=int, default=480)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--mistakes", default="0.02", help="share of the rows that are spoilt, 0 to 0.5")
    parser.add_argument("--language", default="es")
    parser.add_argument(
        "--encoding", default="utf-8-sig", help="of a csv; cp1252 is what older spreadsheet programs write"
    )
    parser.add_argument("--out", type=Path, required=True, help="a file that ends in .xlsx or .csv")
    parser.add_argument("--mapping-out", type=Path, help="write the mapping of the list's columns to this file too")
    given = parser.parse_args(arguments)
    try:
        roster = practice_roster(given.country, given.members, given.seed, given.mistakes, given.language)
        write_roster(roster.table, given.out, decimal_comma=given.country in _DECIMAL_COMMA, encoding=given.encoding)
        if given.mapping_out is not None:
            save_mapping(practice_mapping(roster), given.mapping_out, language=given.language)
    except AyniError as error:
        sys.stderr.write(f"{error}\n")
        return int(error.exit_code)
    kinds = Counter(entry.kind for entry in roster.broken)
    households = len({person.household for person in roster.people})
    sys.stdout.write(
        f"{given.out}: {len(roster.people)} invented people in {households} households, "
        f"{given.members} of them members; "
        f"{len(roster.table.rows)} rows, {len(roster.broken)} spoilt on purpose "
        f"({', '.join(f'{kind} {count}' for kind, count in sorted(kinds.items()))})\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
