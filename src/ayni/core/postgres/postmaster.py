"""What `postmaster.pid` says, and whether it is true.

PostgreSQL itself believes the file whenever a process of that number exists, even a zombie nobody has buried, or an
unrelated process that got the number after a restart of the machine. Here a process counts only if it works in the
data folder, where every process of a server stands. In a container root may not ask where other users' processes
work; then the mark counts that each process of a server started by Ayni shows in its command line.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

_MARK = re.compile(r"ayni-[0-9a-f]{12}")


@dataclass(frozen=True)
class Postmaster:
    """The contents of the file: process number, folder of the socket, port, and the server's own word on its state."""

    pid: int
    socket_folder: Path | None
    port: int | None
    state: str


def read_postmaster(data: Path) -> Postmaster | None:
    """The file as it is, or None when there is none or it is not written far enough to say who runs."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    cells = [line.strip() for line in lines] + [""] * 8
    return Postmaster(
        pid=int(cells[0]),
        socket_folder=Path(cells[4]) if cells[4] else None,
        port=int(cells[3]) if cells[3].isdigit() else None,
        state=cells[7],
    )


def mark_of(data: Path) -> str:
    """The name that the server of this data folder gives to its cluster, and so shows in its processes' titles."""
    return f"ayni-{hashlib.sha256(os.fsencode(os.path.realpath(data))).hexdigest()[:12]}"


def is_alive(postmaster: Postmaster, data: Path) -> bool:
    """True when the process of that number lives and works in `data`."""
    return _works_in(postmaster.pid, data)


def processes_in(data: Path) -> list[int]:
    """All living processes that work in `data`: of a healthy server, or what is left of a killed one."""
    import psutil

    return [pid for pid in psutil.pids() if _works_in(pid, data)]


def wait_until_gone(data: Path, timeout_s: float) -> bool:
    """Wait until no process works in `data`; False when some still do after that time."""
    deadline = time.monotonic() + timeout_s
    while processes_in(data):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def remove_socket_lock(postmaster: Postmaster) -> None:
    """Remove the lock beside the socket of a dead server, which PostgreSQL believes as it believes the pid file."""
    if postmaster.socket_folder is None:
        return
    lock = postmaster.socket_folder / f".s.PGSQL.{postmaster.port}.lock"
    try:
        if lock.read_text(encoding="ascii").split("\n")[0].strip() == str(postmaster.pid):
            lock.unlink()
    except FileNotFoundError:
        pass


def _works_in(pid: int, data: Path) -> bool:
    """A zombie works nowhere, and the processes of a third user are not ours."""
    import psutil

    try:
        process = psutil.Process(pid)
        try:
            return bool(process.cwd() == os.path.realpath(data))
        except psutil.AccessDenied:
            if process.uids().effective != data.stat().st_uid:
                return False
            words = " ".join(process.cmdline())
            mark = _MARK.search(words)
            return mark[0] == mark_of(data) if mark else "postgres" in words
    except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
        return False
