"""Writing several files into a folder so that it never holds half a file: all are made beside it first, then moved in.

Each move replaces the old file in one step. A process that is killed leaves the old files, or some new and some old
ones, each of them whole; what it had begun lies in a hidden folder that the next run removes.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ayni.roster.texts import refusal

PREFIX = ".ayni-unfinished-"


@contextmanager
def written_together(folder: Path, *, language: str = "en") -> Iterator[Path]:
    """A place to write files to, which are moved into `folder` when the block ends well and thrown away otherwise.

    Raises AyniError check.out_is_a_file, check.cannot_write.
    """
    if folder.exists() and not folder.is_dir():
        raise refusal("check.out_is_a_file", language, path=folder)
    made: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(folder)
        made = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=folder))
        yield made
        for path in sorted(made.iterdir()):
            _flush(path)
        for path in sorted(made.iterdir()):
            path.replace(folder / path.name)
    except OSError as error:
        reason = error.strerror or str(error)
        raise refusal("check.cannot_write", language, path=error.filename or folder, reason=reason) from error
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)


def _flush(path: Path) -> None:
    """On the disk before it gets its name: after a power cut the name never stands for an empty file."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _remove_leftovers(folder: Path) -> None:
    """Folders of processes that are no more."""
    for path in folder.glob(f"{PREFIX}*"):
        process = path.name.removeprefix(PREFIX).partition("-")[0]
        if process.isdigit() and not _is_running(int(process)):
            shutil.rmtree(path, ignore_errors=True)


def _is_running(process: int) -> bool:
    if os.name == "nt":
        return False  # there a running process holds its files open, and they cannot be removed
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
