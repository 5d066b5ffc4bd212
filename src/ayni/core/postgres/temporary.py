"""A server for tests and benchmarks: in a folder of its own, fast because it may forget, gone afterwards.

A watcher process stops the server and removes the folder even when the process that asked for it is killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ayni.core.errors import AyniError
from ayni.core.postgres.cluster import prepare_folder
from ayni.core.postgres.owner import Owner, bare_environment, owner_of
from ayni.core.postgres.server import SHORT_PLACE, EmbeddedServer

# Only for data that may be lost: after a crash of the machine such a database is rubbish.
FAST_SETTINGS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}

# It waits for the end of its input, which comes when the asking process closes the pipe or dies in whatever way.
# Then it ends the server at once and removes its folder, and that of its socket when it is elsewhere.
_WATCHER = """
cat > /dev/null
pid=$(sed -n 1p data/postmaster.pid 2> /dev/null)
socket=$(sed -n 5p data/postmaster.pid 2> /dev/null)
if [ -n "$pid" ]; then
    kill -QUIT "$pid" 2> /dev/null
    for step in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ -e data/postmaster.pid ] || break
        sleep 0.25
    done
    [ -e data/postmaster.pid ] && kill -KILL "$pid" 2> /dev/null
fi
cd /
case "$socket" in */ayni-*-*) rm -rf "$socket" ;; esac
rm -rf "$1" 2> /dev/null || { sleep 2; rm -rf "$1"; }
"""


@contextlib.contextmanager
def temporary_server(
    settings: Mapping[str, str] | None = None, *, parent: Path | str | None = None
) -> Iterator[EmbeddedServer]:
    """A running server in a new folder (under `parent`, or the system's folder for such things); gone at the end.

    settings: further ones, over `FAST_SETTINGS`. Errors: those of `EmbeddedServer.start`.
    """
    base = Path(parent) if parent is not None else _temporary_place()
    folder = Path(tempfile.mkdtemp(prefix="ayni-test-", dir=base)).resolve()
    try:
        server = EmbeddedServer(folder, settings={**FAST_SETTINGS, **(settings or {})}, durable=False)
        owner = owner_of(folder)
        prepare_folder(folder, owner)
        with _watched(folder, owner):
            server.start()
            try:
                yield server
            finally:
                # Whatever hinders a clean stop, the watcher ends it.
                with contextlib.suppress(AyniError):
                    server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _watched(folder: Path, owner: Owner) -> Iterator[None]:
    watcher = subprocess.Popen(
        ["/bin/sh", "-c", _WATCHER, "sh", str(folder)],
        cwd=folder,
        env=dict(bare_environment(folder)),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **owner.process_options(),
    )
    try:
        yield
    finally:
        assert watcher.stdin is not None
        watcher.stdin.close()
        watcher.wait(timeout=60)


def _temporary_place() -> Path:
    """The system's temporary folder; not a private one when root asks, since the server is another user then."""
    place = Path(tempfile.gettempdir())
    if os.geteuid() != 0:
        return place
    return place if all(folder.stat().st_mode & 0o001 for folder in (place, *place.parents)) else SHORT_PLACE
