"""As whom the server runs, and running commands as that user.

PostgreSQL refuses to run as root. An ordinary user runs the server as herself; when root starts it, it runs as the
owner of the database's folder, or as a system user of its own that is added once. No permission of any folder that
Ayni did not make is ever changed.
"""

from __future__ import annotations

import logging
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ayni.core.postgres import refusals

SYSTEM_USER = "ayni-postgres"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Owner:
    """The user of the operating system as whom PostgreSQL runs; `changes_user` when that is not the caller."""

    name: str
    uid: int
    gid: int
    changes_user: bool

    def process_options(self) -> dict[str, Any]:
        """What `subprocess` needs so that the command runs as this user."""
        if not self.changes_user:
            return {"umask": 0o077}
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "umask": 0o077}


@dataclass(frozen=True)
class Outcome:
    """How a command ended and all that it said, standard output and error together."""

    code: int
    output: str


def owner_of(folder: Path) -> Owner:
    """The user as whom the server of `folder` runs.

    Errors: `postgres.folder_not_writable` when the folder is somebody else's, `postgres.user_unavailable` when root
    starts the server and no other user can be had.
    """
    uid = os.geteuid()
    holder = _holder_of(folder)
    if uid != 0:
        if holder is not None and holder != uid:
            raise refusals.folder_not_writable(folder, f"it belongs to {_name_of(holder)}")
        # PostgreSQL looks its user up by number; containers sometimes run as a number that has no entry.
        entry = _entry_of(uid)
        if entry is None:
            raise refusals.user_unavailable(str(uid), "this number has no entry in the system's list of users")
        return Owner(entry.pw_name, uid, os.getegid(), changes_user=False)
    entry = _entry_of(holder) if holder else None
    if entry is None:
        entry = _system_user(os.environ.get("AYNI_POSTGRES_USER", "").strip() or SYSTEM_USER)
    return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid, changes_user=True)


def _holder_of(folder: Path) -> int | None:
    for place in (folder / "data", folder):
        try:
            return place.stat().st_uid
        except FileNotFoundError:
            continue
        except OSError as error:
            raise refusals.folder_not_writable(folder, error.strerror or str(error)) from error
    return None


def _entry_of(uid: int) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        return None


def _name_of(uid: int) -> str:
    entry = _entry_of(uid)
    return entry.pw_name if entry else f"user number {uid}"


def _system_user(name: str) -> pwd.struct_passwd:
    """The entry of the user `name`, who is added when there is none yet."""
    try:
        return pwd.getpwnam(name)
    except KeyError:
        pass
    if shutil.which("useradd"):
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/sh", name]
    elif shutil.which("adduser"):
        command = ["adduser", "-S", "-D", "-H", name]
    else:
        raise refusals.user_unavailable(name, "it does not exist, and this system has neither useradd nor adduser")
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise refusals.user_unavailable(name, refusals.last_lines(result.stderr) or "it could not be added") from None
    _log.info("added the system user %s, as whom PostgreSQL runs", name)
    return entry


def run_as(owner: Owner, program: Path | str, options: Sequence[str], *, folder: Path, timeout_s: float) -> Outcome:
    """Run a program as `owner` in `folder` and wait for it; a command that takes too long is ended with code 124.

    The command gets a bare environment: neither the caller's PG* variables nor its secrets reach the server, and
    messages are in English, so that they can be recognised. Its words go to a file, not to a pipe, since a server
    that is started may keep a pipe open for ever; and it gets a session of its own, so that Ctrl-C does not reach it.
    """
    with tempfile.TemporaryFile() as words:
        try:
            result = subprocess.run(
                [str(program), *options],
                cwd=folder,
                env=bare_environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                timeout=timeout_s,
                check=False,
                start_new_session=True,
                **owner.process_options(),
            )
            code = result.returncode
        except subprocess.TimeoutExpired:
            code = 124
        except PermissionError as error:
            # Either this user may not enter the folder or run the program, or the system forbids changing user.
            return Outcome(126, str(error))
        words.seek(0)
        return Outcome(code, words.read().decode("utf-8", errors="replace"))


def bare_environment(folder: Path) -> Mapping[str, str]:
    """The few variables a PostgreSQL command needs."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC", "HOME": str(folder)}
