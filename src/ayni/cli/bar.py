"""The progress bar of long work. It waits a second before it appears, so that short work shows none."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any

from ayni.roster.texts import Texts

WAIT_SECONDS = 1.0
# The words that long functions use → the texts that a person reads.
STEPS = {
    "read": "read",
    "opening": "read",
    "reading": "read",
    "evaluate": "evaluate",
    "decide": "decide",
    "write": "write",
}


class Bar:
    """A `Progress` that draws."""

    def __init__(self, console: Any, texts: Texts) -> None:
        self.console = console
        self.texts = texts
        self.started = time.monotonic()
        self.progress: Any = None
        self.task: Any = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.progress is not None:
            self.progress.stop()

    def __call__(self, step: str, done: int, total: int | None = None) -> None:
        if self.progress is None:
            if time.monotonic() - self.started < WAIT_SECONDS:
                return
            self._appear()
        name = STEPS.get(step.split(maxsplit=1)[0], "check")
        self.progress.update(self.task, description=self.texts(f"terminal.step_{name}"), completed=done, total=total)

    def _appear(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=self.console, transient=True)
        self.progress.start()
        self.task = self.progress.add_task("", total=None)
