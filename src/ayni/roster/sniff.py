"""What a file really holds, whatever its name says: looked up from its first bytes and, in a container, from its parts.

An extension that does not fit the content is refused: a clerk who sent the wrong file learns it here, and not from a
table of nonsense.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ayni.core.errors import AyniError, Location
from ayni.roster import catalogue
from ayni.roster.sheet import Format, Limits

HEAD_BYTES = 4096
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

EXTENSIONS = {
    ".xlsx": Format.XLSX,
    ".xlsm": Format.XLSX,
    ".xls": Format.XLS,
    ".ods": Format.ODS,
    ".csv": Format.CSV,
    ".txt": Format.CSV,
    ".tsv": Format.TSV,
    ".tab": Format.TSV,
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
}


class Content(StrEnum):
    """What the bytes are."""

    EMPTY = "empty"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    PARQUET = "parquet"
    TEXT = "text"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    PDF = "pdf"
    HTML = "html"
    XML = "xml"
    ZIP = "zip"
    DOCUMENT = "document"
    BINARY = "binary"


_FITTING = {
    Format.XLSX: Content.XLSX,
    Format.XLS: Content.XLS,
    Format.ODS: Content.ODS,
    Format.CSV: Content.TEXT,
    Format.TSV: Content.TEXT,
    Format.PARQUET: Content.PARQUET,
}
_EXTENSION_OF = {Content.XLSX: ".xlsx", Content.XLS: ".xls", Content.ODS: ".ods", Content.TEXT: ".csv"}
_EXTENSION_OF |= {Content.PARQUET: ".parquet"}
_CONTAINERS = {Format.XLSX, Format.XLS, Format.ODS, Format.PARQUET}


@dataclass(frozen=True)
class Source:
    """A file that may be read: where it is, as the user gave it, and what kind it is."""

    path: Path
    given: str
    format: Format


def identify(given: str | Path, limits: Limits, language: str) -> Source:
    """Find the file and its kind, or refuse it with the one thing to do.

    Raises AyniError: roster.not_found, not_a_file, not_readable, unknown_type, empty_file, too_large, encrypted,
    broken_workbook, wrong_type.
    """
    path, shown = Path(given), str(given)
    location = Location(shown)
    try:
        if not path.exists():
            raise catalogue.refusal("roster.not_found", language, location, path=shown)
        if not path.is_file():
            raise catalogue.refusal("roster.not_a_file", language, location, path=shown)
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError as error:
        reason = error.strerror or str(error)
        raise catalogue.refusal("roster.not_readable", language, location, path=shown, reason=reason) from error
    format_ = EXTENSIONS.get(path.suffix.lower())
    if format_ is None:
        suffix = path.suffix or "–"
        raise catalogue.refusal("roster.unknown_type", language, location, suffix=suffix, known=_known_extensions())
    if size > limits.bytes:
        found, limit = f"{size / 2**20:,.0f} MiB", f"{limits.bytes / 2**20:,.0f} MiB"
        raise catalogue.refusal("roster.too_large", language, location, found=found, limit=limit)
    content = content_of(path, head, format_)
    if content is not _FITTING[format_]:
        raise _identify_refusal(content, path, format_, location, language)
    if content in (Content.XLSX, Content.ODS):
        _identify_unpacked_size(path, limits, location, language)
    return Source(path, shown, format_)


def content_of(path: Path, head: bytes, expected: Format) -> Content:
    """The kind of the bytes; `expected` only tells a broken container from text."""
    if not head:
        return Content.EMPTY
    if head.startswith(b"PK\x03\x04"):
        return _content_of_zip(path)
    if head.startswith(OLE_MAGIC):
        return _content_of_ole(path)
    if head.startswith(b"PAR1"):
        return Content.PARQUET
    if head.startswith(b"%PDF"):
        return Content.PDF
    return _content_of_text(head, expected)


def _content_of_text(head: bytes, expected: Format) -> Content:
    """Text, or what looks like a page or a document saved under another name."""
    if looks_like_utf16(head) or head.startswith(BOMS):
        return Content.TEXT
    if b"\x00" in head:
        return Content.BROKEN if expected in _CONTAINERS else Content.BINARY
    start = head.lstrip().lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        return Content.HTML
    if start.startswith(b"<?xml"):
        return Content.XML
    if not head.strip():
        return Content.EMPTY
    return Content.TEXT


def looks_like_utf16(head: bytes) -> str | None:
    """`utf-16-le` or `utf-16-be` when every other byte is mostly zero, as in Western text without a mark."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    even, odd = head[: pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    if odd > 0.6 * pairs and even == 0:
        return "utf-16-le"
    if even > 0.6 * pairs and odd == 0:
        return "utf-16-be"
    return None


def _content_of_zip(path: Path) -> Content:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return Content.XLSX
            if "mimetype" in names and b"opendocument.spreadsheet" in archive.open("mimetype").read(200):
                manifest = (
                    archive.open("META-INF/manifest.xml").read(1 << 20) if "META-INF/manifest.xml" in names else b""
                )
                return Content.ENCRYPTED if b"encryption-data" in manifest else Content.ODS
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, ValueError):
        return Content.BROKEN
    if "[Content_Types].xml" in names or "mimetype" in names:
        return Content.DOCUMENT
    return Content.ZIP


def _content_of_ole(path: Path) -> Content:
    """An old Excel workbook, or the envelope around an encrypted one; stream names stand in it as UTF-16."""
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Content.ENCRYPTED
    if "Workbook".encode("utf-16-le") in data or "Book\0".encode("utf-16-le") in data:
        return Content.XLS
    return Content.DOCUMENT


def _identify_refusal(content: Content, path: Path, format_: Format, location: Location, language: str) -> AyniError:
    suffix = path.suffix.lower()
    if content in (Content.EMPTY, Content.ENCRYPTED):
        code = "roster.empty_file" if content is Content.EMPTY else "roster.encrypted"
        return catalogue.refusal(code, language, location)
    if content is Content.BROKEN or (content is Content.TEXT and format_ is Format.PARQUET):
        return catalogue.refusal("roster.broken_workbook", language, location, suffix=suffix, reason=content.value)
    kind = catalogue.sentence("remarks", f"content_{content.value}", language, {})
    if content in _EXTENSION_OF:
        action = catalogue.sentence("remarks", "rename", language, {"name": path.stem + _EXTENSION_OF[content]})
    else:
        action = catalogue.sentence("remarks", "save_as", language, {})
    return catalogue.refusal("roster.wrong_type", language, location, suffix=suffix, kind=kind, do=action)


def _identify_unpacked_size(path: Path, limits: Limits, location: Location, language: str) -> None:
    with zipfile.ZipFile(path) as archive:
        size = sum(item.file_size for item in archive.infolist())
    if size > limits.unpacked_bytes:
        found, limit = f"{size / 2**30:,.1f} GiB", f"{limits.unpacked_bytes / 2**30:,.1f} GiB"
        raise catalogue.refusal("roster.too_large", language, location, found=found, limit=limit)


def _known_extensions() -> str:
    return ", ".join(EXTENSIONS)
