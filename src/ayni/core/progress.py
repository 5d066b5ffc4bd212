"""Progress of long work: one protocol, several faces (a bar in a terminal, JSON lines for a machine, a job row
later).
"""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What long functions report to. `done` and `total` count rows; `total` is None while it is not known."""

    def __call__(self, step: str, done: int, total: int | None = None) -> None: ...


def silent(step: str, done: int, total: int | None = None) -> None:
    """The progress that tells nobody."""
