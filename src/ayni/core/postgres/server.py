"""The embedded server: made on the first start, shared by all processes that name the same folder, safe to kill.

A folder holds `data` (the cluster), `log`, `run` (the socket) and `lock`. Starting is attaching when a server runs
already. The server outlives the process that started it until somebody stops it. It refuses the network altogether.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import logging
import os
import signal
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from ayni.core.postgres import cluster, refusals
from ayni.core.postgres.binaries import Binaries, find_binaries, runnable_by
from ayni.core.postgres.owner import Owner, owner_of, run_as
from ayni.core.postgres.postmaster import (
    Postmaster,
    is_alive,
    mark_of,
    processes_in,
    read_postmaster,
    remove_socket_lock,
    wait_until_gone,
)

# The shortest limit among the systems for the path of a socket is 103 bytes and a zero; the file's name is fixed.
_SOCKET_PATH_BYTES_MAX = 103
_PORT = 5432
# A folder in it is made private and checked to be ours before use, see `_prepare_socket_folder`.
SHORT_PLACE = Path("/tmp")  # noqa: S108
_LOCK_WAIT_S = 90.0
_RETRY_S = 15.0
_LOG_BYTES_MAX = 10_000_000

_log = logging.getLogger(__name__)


class ServerState(Enum):
    """What is true of the server of a folder now."""

    ABSENT = "absent"
    STOPPED = "stopped"
    CRASHED = "crashed"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


@dataclass(frozen=True)
class ServerStatus:
    """State, process number and socket folder (both None unless a server lives), and the folder of the data."""

    state: ServerState
    folder: Path
    pid: int | None = None
    socket_folder: Path | None = None


class EmbeddedServer:
    """The PostgreSQL of one folder.

    folder: where the database lives; made on the first start. settings: further lines of configuration.
    durable: False for databases that are thrown away; `settings` then say what else is given up for speed.
    start_timeout_s: how long a start may take, the repair after a crash included.
    As a context manager it starts or attaches, and stops at the end only what it started itself.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        settings: Mapping[str, str] | None = None,
        durable: bool = True,
        start_timeout_s: float = 120.0,
    ) -> None:
        if sys.platform == "win32":
            raise refusals.platform_unsupported(sys.platform)
        self.folder = Path(folder).expanduser().resolve()
        self.data = self.folder / "data"
        self.settings = dict(settings or {})
        self.durable = durable
        self.start_timeout_s = start_timeout_s
        self._started_here = False

    def __enter__(self) -> EmbeddedServer:
        self._started_here = self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._started_here:
            self.stop()

    @property
    def log_file(self) -> Path:
        """Where the server writes its log."""
        return self.folder / "log" / "postgres.log"

    def status(self) -> ServerStatus:
        """What is true now, found out without changing or locking anything."""
        postmaster = read_postmaster(self.data)
        if postmaster is None:
            made = (self.data / "PG_VERSION").exists()
            return ServerStatus(ServerState.STOPPED if made else ServerState.ABSENT, self.folder)
        if not is_alive(postmaster, self.data):
            return ServerStatus(ServerState.CRASHED, self.folder)
        states = {"ready": ServerState.RUNNING, "stopping": ServerState.STOPPING}
        state = states.get(postmaster.state, ServerState.STARTING)
        return ServerStatus(state, self.folder, postmaster.pid, postmaster.socket_folder)

    def dsn(self, database: str = cluster.SUPERUSER, user: str = cluster.SUPERUSER) -> str:
        """The address of a database of the running server, as `DATABASE_URL` would hold it.

        Errors: `postgres.not_running`.
        """
        status = self.status()
        if status.state is not ServerState.RUNNING or status.socket_folder is None:
            raise refusals.not_running(self.folder)
        return f"postgresql://{quote(user, '')}@/{quote(database, '')}?host={quote(str(status.socket_folder), '')}"

    def start(self) -> bool:
        """Start the server, or attach to the one that runs. True when this call started it.

        Errors: `postgres.wheel_missing`, `postgres.user_unavailable`, `postgres.folder_*`, `postgres.version_differs`,
        `postgres.no_space`, `postgres.busy`, `postgres.start_failed`, `postgres.start_slow`.
        """
        binaries = find_binaries()
        owner = owner_of(self.folder)
        cluster.prepare_folder(self.folder, owner)
        with self._lock():
            if self._attach():
                cluster.check_version(self.data, binaries)
                return False
            binaries = runnable_by(owner, binaries)
            if not (self.data / "PG_VERSION").exists():
                cluster.make_cluster(self.folder, owner, binaries, durable=self.durable)
            cluster.check_version(self.data, binaries)
            cluster.check_space(self.folder, cluster.NEEDED_START_MB)
            self._start(owner, binaries)
        return True

    def stop(self, timeout_s: float = 60.0) -> bool:
        """Stop the server for everybody: open transactions are rolled back, nothing committed is lost.

        True when a server was stopped, False when none ran. What a killed server left is cleared away too.
        Errors: `postgres.stop_failed`, `postgres.busy`.
        """
        if read_postmaster(self.data) is None:
            return False
        owner = owner_of(self.folder)
        binaries = runnable_by(owner, find_binaries())
        with self._lock():
            status = self.status()
            if status.pid is None:
                self._clear_remains()
                return False
            output = self._stop(owner, binaries, "fast", timeout_s)
            if output is not None:
                output = self._stop(owner, binaries, "immediate", timeout_s)
            if output is not None or not wait_until_gone(self.data, timeout_s=10.0):
                raise refusals.stop_failed(self.folder, output or "some of its processes are left")
            self._remove_socket_folder(status.socket_folder)
        return True

    def _stop(self, owner: Owner, binaries: Binaries, mode: str, timeout_s: float) -> str | None:
        """None when the server has stopped, else what was said."""
        options = ["stop", "-D", "data", "-m", mode, "-w", "-t", str(int(timeout_s))]
        outcome = run_as(owner, binaries.program("pg_ctl"), options, folder=self.folder, timeout_s=timeout_s + 10)
        return None if outcome.code == 0 or self.status().pid is None else outcome.output

    def _attach(self) -> bool:
        """True when a server runs; one that another program is starting or stopping is waited for."""
        deadline = time.monotonic() + self.start_timeout_s
        while True:
            state = self.status().state
            if state is ServerState.RUNNING:
                return True
            if state not in (ServerState.STARTING, ServerState.STOPPING):
                return False
            if time.monotonic() > deadline:
                raise refusals.start_slow(self.folder, self.start_timeout_s)
            time.sleep(0.05)

    def _start(self, owner: Owner, binaries: Binaries) -> None:
        self._rotate_log()
        deadline = time.monotonic() + _RETRY_S
        candidates = _socket_folders(self.folder, owner)
        while True:
            self._clear_remains()
            log = self._start_once(owner, binaries, candidates[0])
            if log is None:
                return
            if refusals.is_without_socket(log) and len(candidates) > 1:
                candidates = candidates[1:]
            elif refusals.is_still_going_away(log) and time.monotonic() < deadline:
                time.sleep(0.1)
            elif "No space left on device" in log:
                raise refusals.no_space(self.folder, cluster.NEEDED_START_MB, None)
            elif self.status().state is ServerState.STARTING:
                raise refusals.start_slow(self.folder, self.start_timeout_s)
            else:
                raise refusals.start_failed(self.folder, log)

    def _start_once(self, owner: Owner, binaries: Binaries, socket_folder: Path) -> str | None:
        """None when the server runs, else what the log says about this attempt."""
        _prepare_socket_folder(socket_folder, owner)
        cluster.write_settings(self.data, owner, socket_folder, self.settings)
        written = self.log_file.stat().st_size if self.log_file.exists() else 0
        # Paths are relative, since pg_ctl hands them to a shell: a project's own name must not matter there.
        options = ["start", "-D", "data", "-l", "log/postgres.log", "-s", "-w"]
        options += ["-t", str(int(self.start_timeout_s)), "-o", f"-c cluster_name={mark_of(self.data)}"]
        outcome = run_as(
            owner, binaries.program("pg_ctl"), options, folder=self.folder, timeout_s=self.start_timeout_s + 10
        )
        if outcome.code == 0 and self.status().state is ServerState.RUNNING:
            _log.info("PostgreSQL started in %s", self.folder)
            return None
        with contextlib.suppress(OSError), self.log_file.open("rb") as file:
            file.seek(written)
            return outcome.output + file.read().decode("utf-8", errors="replace")
        return outcome.output

    def _clear_remains(self) -> None:
        """Remove the pid file and socket of a dead server, once nothing of that server lives any more.

        PostgreSQL would refuse to start for as long as a zombie keeps the number, which in a container without an
        init process is for ever, or when another process got the number after a restart.
        """
        postmaster = read_postmaster(self.data)
        if postmaster is None or is_alive(postmaster, self.data):
            return
        if not wait_until_gone(self.data, timeout_s=5.0):
            # Orphans of a killed postmaster end by themselves; what does not, hangs, and nobody can reach it any more.
            for pid in processes_in(self.data):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            wait_until_gone(self.data, timeout_s=5.0)
        current: Postmaster | None = read_postmaster(self.data)
        if current != postmaster or processes_in(self.data):
            return
        remove_socket_lock(postmaster)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _rotate_log(self) -> None:
        """One older log is kept, so that logs cannot fill the disk."""
        with contextlib.suppress(OSError):
            if self.log_file.stat().st_size > _LOG_BYTES_MAX:
                self.log_file.replace(self.log_file.with_suffix(".log.1"))

    def _remove_socket_folder(self, socket_folder: Path | None) -> None:
        if socket_folder is not None and socket_folder.parent != self.folder:
            with contextlib.suppress(OSError):
                socket_folder.rmdir()

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """Only one process at a time starts or stops a server; the system frees the lock of a process that died."""
        try:
            handle = _open_lock(self.folder / "lock")
        except OSError as error:
            raise refusals.folder_not_writable(self.folder, error.strerror or str(error)) from error
        try:
            deadline = time.monotonic() + _LOCK_WAIT_S
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError as error:
                    if error.errno not in (errno.EAGAIN, errno.EACCES):
                        raise
                if time.monotonic() > deadline:
                    raise refusals.busy(self.folder, _LOCK_WAIT_S)
                time.sleep(0.02)
            yield
        finally:
            os.close(handle)


def _open_lock(path: Path) -> int:
    """The lock can be opened by whoever can enter the folder: root may have made it and the owner come later."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    os.fchmod(handle, 0o666)
    return handle


def _socket_folders(folder: Path, owner: Owner) -> list[Path]:
    """Where the socket may be, best first: in the folder itself, or under a short private name.

    The path may be too long for a socket, and a comma in it would part two hosts in an address.
    """
    name = f"ayni-{owner.uid}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"
    candidates = [folder / "run", SHORT_PLACE / name, Path(tempfile.gettempdir()) / name]
    return [
        candidate
        for candidate in dict.fromkeys(candidates)
        if len(os.fsencode(candidate / f".s.PGSQL.{_PORT}")) <= _SOCKET_PATH_BYTES_MAX and "," not in str(candidate)
    ]


def _prepare_socket_folder(socket_folder: Path, owner: Owner) -> None:
    """Make it, or make sure that nobody else made it before us to listen in our stead."""
    try:
        cluster.make_private(socket_folder, owner)
        return
    except FileExistsError:
        facts = socket_folder.lstat()
    except OSError as error:
        raise refusals.socket_folder_unsafe(socket_folder, error.strerror or str(error)) from error
    if not stat.S_ISDIR(facts.st_mode):
        raise refusals.socket_folder_unsafe(socket_folder, "not a folder")
    if facts.st_uid != owner.uid or facts.st_mode & 0o077:
        raise refusals.socket_folder_unsafe(socket_folder, "it belongs to or is open to other users")
