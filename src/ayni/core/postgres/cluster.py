"""Making a database cluster, and the settings it is started with. It starts and stops nothing."""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Mapping
from pathlib import Path

from ayni.core.postgres import refusals
from ayni.core.postgres.binaries import Binaries
from ayni.core.postgres.owner import Owner, run_as

SUPERUSER = "postgres"

NEEDED_NEW_MB = 150
NEEDED_START_MB = 20

_OUR_ENTRIES = ("data", "run", "log", "lock")
_UNFINISHED = "unfinished-"

# Text is ordered by code point and upper and lower case follow Unicode, the same on every machine and for ever:
# the order of the operating system changes with its releases and would spoil indexes. Sort keys are Ayni's own.
_INITDB = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth-local=peer",
    "--auth-host=reject",
    f"--username={SUPERUSER}",
    "--no-instructions",
)

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and the details of errors hold personal data, which a log must not.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def prepare_folder(folder: Path, owner: Owner) -> None:
    """Make the folder, private to `owner`, or check the one that is there.

    Errors: `postgres.folder_taken`, `postgres.folder_not_writable`, `postgres.folder_private`,
    `postgres.owned_by_root`.
    """
    try:
        _make_parents(folder)
        try:
            make_private(folder, owner)
        except FileExistsError:
            _check_entries(folder)
            _give_when_empty(folder, owner)
        data = folder / "data"
        if data.exists() and data.stat().st_uid != owner.uid:
            raise refusals.owned_by_root(data, owner.name)
    except OSError as error:
        raise refusals.folder_not_writable(folder, error.strerror or str(error)) from error
    # What lies inside is made by the owner, never by root: root would follow a link that the owner planted there.
    made = run_as(
        owner, "/bin/sh", ["-c", 'cd "$1" && mkdir -p log run', "sh", str(folder)], folder=Path("/"), timeout_s=20
    )
    if made.code != 0 and owner.changes_user:
        raise refusals.folder_private(folder, owner.name)
    if made.code != 0:
        raise refusals.folder_not_writable(folder, refusals.last_lines(made.output, 1))


def _make_parents(folder: Path) -> None:
    """Folders above that are missing are made open to enter, whatever the umask: the server may be another user."""
    missing = [parent for parent in folder.parents if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(exist_ok=True)
        parent.chmod(0o755)


def make_private(folder: Path, owner: Owner) -> None:
    """A new folder that only `owner` can enter. Raises FileExistsError when there is one already."""
    folder.mkdir(mode=0o700)
    if owner.changes_user:
        os.chown(folder, owner.uid, owner.gid, follow_symlinks=False)


def _check_entries(folder: Path) -> None:
    for name in sorted(entry.name for entry in folder.iterdir()):
        if name not in _OUR_ENTRIES and not name.startswith(_UNFINISHED):
            raise refusals.folder_taken(folder, name)


def _give_when_empty(folder: Path, owner: Owner) -> None:
    """An empty folder of root, made by hand beforehand or left by a start that was cut off, goes to the owner."""
    if owner.changes_user and folder.stat().st_uid == 0 and all(entry.name == "lock" for entry in folder.iterdir()):
        os.chown(folder, owner.uid, owner.gid, follow_symlinks=False)
        folder.chmod(0o700)


def check_space(folder: Path, needed_mb: int) -> None:
    """Errors: `postgres.no_space` when less than `needed_mb` megabytes are free."""
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    if free_mb < needed_mb:
        raise refusals.no_space(folder, needed_mb, free_mb)


def check_version(data: Path, binaries: Binaries) -> None:
    """Errors: `postgres.version_differs` when another major version wrote the data."""
    found = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != str(binaries.major):
        raise refusals.version_differs(data, found, binaries.major)


def make_cluster(folder: Path, owner: Owner, binaries: Binaries, *, durable: bool = True) -> None:
    """Make `folder`/data: built under another name and renamed when whole, so that a kill leaves nothing half made.

    durable: False leaves out writing through to the disk, for databases that are thrown away.
    Errors: `postgres.no_space`, `postgres.initdb_failed`.
    """
    check_space(folder, NEEDED_NEW_MB)
    for left in folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)
    unfinished = folder / f"{_UNFINISHED}{os.getpid()}"
    options = [*_INITDB, *([] if durable else ["--no-sync"]), "-D", unfinished.name]
    outcome = run_as(owner, binaries.program("initdb"), options, folder=folder, timeout_s=300)
    if outcome.code != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        if "No space left on device" in outcome.output:
            raise refusals.no_space(folder, NEEDED_NEW_MB, None)
        raise refusals.initdb_failed(folder, outcome.output)
    _write(owner, unfinished / "pg_hba.conf", "local all all peer map=ayni\nlocal replication all peer map=ayni\n")
    _write(owner, unfinished / "postgresql.conf", "include 'ayni.conf'    # written anew by Ayni at each start\n")
    unfinished.rename(folder / "data")
    if durable:
        _sync_folder(folder)


def write_settings(data: Path, owner: Owner, socket_folder: Path, settings: Mapping[str, str]) -> None:
    """Write what the server reads at its start: settings, and which users of the system may log in, as any role.

    Reaching the socket and being one of these users is the proof of identity (`peer`): there is no password that
    could leak. Which role a process logs in as is its own choice; web and worker choose roles without privileges.
    """
    escaped = str(socket_folder).replace('"', '""')
    chosen = {**SETTINGS, **settings, "unix_socket_directories": f'"{escaped}"'}
    lines = [f"{name} = '{_quoted(value)}'" for name, value in chosen.items()]
    _write(owner, data / "ayni.conf", "\n".join(lines) + "\n")
    users = dict.fromkeys((pwd.getpwuid(0).pw_name, owner.name))
    _write(owner, data / "pg_ident.conf", "".join(f'ayni "{user}" all\n' for user in users))


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def _write(owner: Owner, path: Path, text: str) -> None:
    """Write a file whole or not at all, as its owner does it."""
    script = 'printf "%s" "$2" > "$1.new" && mv "$1.new" "$1"'
    outcome = run_as(owner, "/bin/sh", ["-c", script, "sh", path.name, text], folder=path.parent, timeout_s=20)
    if "No space left on device" in outcome.output:
        raise refusals.no_space(path.parent, NEEDED_START_MB, None)
    if outcome.code != 0:
        raise refusals.folder_not_writable(path.parent, refusals.last_lines(outcome.output, 1))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
