"""Progress on stderr for a person at a terminal; silence for scripts and files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ayni.core.progress import Progress, silent


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """A bar for as long as the block lasts, where stderr is a terminal; it is gone when the block ends."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None)

        def show(step: str, done: int, total: int | None = None) -> None:
            bars.update(task, description=step, completed=done, total=total)

        yield show
