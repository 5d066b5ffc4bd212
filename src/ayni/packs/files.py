"""The files of a pack: where it lies, what may be read, and the hash of all of it.

A pack cannot make Ayni read outside its own folder: symbolic links are refused, and every path that a file names is
resolved and compared with the folder before it is opened.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ayni.core.errors import AyniError, Location
from ayni.packs.forms import Document
from ayni.packs.problems import Problems, Where, one_of, pack_error, suggest
from ayni.packs.yaml_reader import read_text, read_yaml

PACKS_FOLDER = Path(__file__).parent
MOST_FILES = 2_000
MOST_BYTES = 32 * 1024 * 1024
MOST_YAML_BYTES = 8 * 1024 * 1024
MOST_TABLE_BYTES = 8 * 1024 * 1024
FOLDERS = ("parameters", "variables", "schemes", "cases", "locale")
_COUNTRY = re.compile(r"[A-Za-z]{2}\Z")


def available_packs() -> tuple[str, ...]:
    """The countries that ship with Ayni, as capital letters, sorted."""
    return tuple(sorted(path.parent.name.upper() for path in PACKS_FOLDER.glob("??/pack.yaml")))


def find_pack(country_or_path: str | Path) -> Path:
    """The folder of a pack: two letters name one that ships with Ayni, anything else is a path.

    Raises AyniError for a country without a pack and for a folder that holds none.
    """
    given = str(country_or_path)
    if isinstance(country_or_path, str) and _COUNTRY.match(given):
        folder = PACKS_FOLDER / given.lower()
        if (folder / "pack.yaml").is_file():
            return folder
        if not Path(given, "pack.yaml").is_file():
            raise _unknown_country(given)
    folder = Path(country_or_path)
    if not (folder / "pack.yaml").is_file():
        raise AyniError(
            "pack.not_found",
            "There is no pack here",
            found=given,
            expected="two letters of a country, or a folder that holds pack.yaml",
            action=f"write one of {one_of(available_packs())}, or start a pack with `ayni pack new`",
        )
    return folder


def _unknown_country(given: str) -> AyniError:
    known = available_packs()
    guess = suggest(given, [code.lower() for code in known])
    return AyniError(
        "pack.unknown_country",
        f"There is no pack for the country {given.upper()}",
        found=given,
        expected=one_of(known) or "no pack is installed",
        action=f"write {guess.upper()}" if guess else f"start one with `ayni pack new {given.upper()}`",
    )


@dataclass(frozen=True)
class PackFiles:
    """The files below `root`, each by its path inside it. `shown` is how messages name the folder."""

    root: Path
    shown: str
    paths: tuple[PurePosixPath, ...]

    def name(self, path: PurePosixPath | str) -> str:
        """A path as messages show it."""
        return f"{self.shown}/{path}"

    def below(self, folder: str, suffix: str) -> tuple[PurePosixPath, ...]:
        """Files of a kind directly in a folder of the pack."""
        return tuple(path for path in self.paths if str(path.parent) == folder and path.suffix == suffix)

    def read(self, path: PurePosixPath | str, document: Document, problems: Problems) -> Any:
        """The tree of a file that has the form of `document`; None, with its problems noted, when it has not."""
        try:
            tree = read_yaml(self.root / path, self.name(path))
        except AyniError as error:
            problems.errors.append(error)
            return None
        before = len(problems.errors)
        document.form.check(tree, Where(self.name(path), 1), problems)
        return tree if len(problems.errors) == before else None

    def beside(self, path: PurePosixPath, named: str, where: Where, problems: Problems) -> PurePosixPath | None:
        """A file that `path` names, which must lie in the pack; None, with the problem noted, when it does not."""
        parts = PurePosixPath(named)
        target = path.parent / parts
        if parts.is_absolute() or ".." in parts.parts or "\\" in named:
            problems.add(
                "pack.path_escapes",
                "The file named lies outside the pack",
                where,
                found=named,
                expected="the name of a file beside this one",
                action="move the file into the pack",
            )
        elif target not in self.paths:
            near = suggest(str(target), [str(known) for known in self.paths])
            problems.add(
                "pack.file_missing",
                "The file named is not in the pack",
                where,
                found=named,
                action=f"write `{PurePosixPath(near).name}`" if near else f"add {self.name(target)}",
            )
        else:
            return target
        return None

    def table_text(self, path: PurePosixPath) -> str:
        """The text of a table file."""
        return read_text(self.root / path, self.name(path), MOST_TABLE_BYTES)

    def content_hash(self, *extra: tuple[str, str]) -> str:
        """SHA-256 over the names and contents of all files, sorted, and of the texts given in `extra` as (name,
        text).
        """
        digest = hashlib.sha256()
        for path in self.paths:
            _digest(digest, str(path), (self.root / path).read_bytes())
        for name, text in extra:
            _digest(digest, name, text.encode())
        return digest.hexdigest()


def _digest(digest: Any, name: str, data: bytes) -> None:
    digest.update(f"{name}\0{len(data)}\0".encode())
    digest.update(data)


def scan(root: Path) -> PackFiles:
    """List the files of a pack. Raises AyniError for symbolic links, and for too many or too large files."""
    shown = root.name if root.parent == PACKS_FOLDER else str(root)
    found: list[PurePosixPath] = []
    total = yaml_total = 0
    for path in sorted(root.rglob("*")):
        inside = PurePosixPath(path.relative_to(root).as_posix())
        if path.is_symlink():
            raise pack_error(
                "pack.path_escapes",
                "A symbolic link stands in the pack",
                Location(f"{shown}/{inside}"),
                expected="files and folders only",
                action="replace it by a copy of the file",
            )
        hidden = any(part.startswith(".") or part == "__pycache__" for part in inside.parts)
        if hidden or not path.is_file():
            continue
        found.append(inside)
        size = path.stat().st_size
        total += size
        yaml_total += size if path.suffix == ".yaml" else 0
        if len(found) > MOST_FILES or total > MOST_BYTES or yaml_total > MOST_YAML_BYTES:
            raise pack_error(
                "pack.too_large",
                "The pack is too large",
                Location(shown),
                found=f"{len(found)} files with {total} bytes, {yaml_total} of them YAML, and perhaps more",
                expected=f"at most {MOST_FILES} files with {MOST_BYTES} bytes, {MOST_YAML_BYTES} of them YAML",
            )
    # Sorted as text, so that the order does not depend on the platform's idea of a path.
    return PackFiles(root, shown, tuple(sorted(found, key=str)))
