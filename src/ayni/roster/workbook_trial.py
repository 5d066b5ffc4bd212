"""A workbook is opened by a child process first, because a damaged one can end the process that reads it.

The library lays a sheet out as one block from its first to its last cell. A stray value in the last cell of a sheet, or
a damaged file that claims one, asks for hundreds of gigabytes, which no `except` can catch. The child reads exactly
what will be read afterwards; what it survives, the reader survives. It costs the start of an interpreter, and a large
workbook is read twice.

This file is also the program of the child, so it imports nothing but the standard library at its head.
"""

from __future__ import annotations

import sys

MEMORY_MAX = 16 << 30
SECONDS_MAX = 600
# The library refused the workbook in an orderly way; the reader will see the same refusal and put it into words.
REFUSED = 3


def survives(path: str, sheet: str | None) -> bool:
    """Whether the sheets that would be read of this workbook can be read without harm."""
    import subprocess

    if getattr(sys, "frozen", False):
        # A packaged program has no interpreter to start.
        return True
    command = [sys.executable, "-I", __file__, path, *([] if sheet is None else [sheet])]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS_MAX, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode in (0, REFUSED)


def read_all(path: str, wanted: str | None) -> int:
    """Read the sheet that is wanted, or all that can be seen; the exit code of the child."""
    import python_calamine as calamine

    try:
        with calamine.CalamineWorkbook.from_path(path) as book:
            for item in book.sheets_metadata:
                is_seen = item.visible == calamine.SheetVisibleEnum.Visible
                is_wanted = is_seen if wanted is None else item.name.strip() == wanted.strip()
                if is_wanted and item.typ == calamine.SheetTypeEnum.WorkSheet:
                    for _ in book.get_sheet_by_name(item.name).iter_rows():
                        pass
    except (calamine.CalamineError, OSError, ValueError):
        return REFUSED
    return 0


def limit_memory() -> None:
    """Let the child end, and not the machine, when a block is too large; where the system can say so."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))


if __name__ == "__main__":
    limit_memory()
    sys.exit(read_all(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))
