"""The encoding and the delimiter of a text file, found from its bytes.

A mark at the start or valid UTF-8 settle the encoding. Of the old one-byte encodings, which all can read anything, the
one is taken in which the letters with accents stand where letters stand in words.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter

from ayni.roster.sniff import HEAD_BYTES, looks_like_utf16

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_BYTES = 1 << 18
SAMPLE_ROWS = 200
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ONE_BYTE = ("cp1252", "latin-1", "cp850", "mac-roman")
_USUAL = set("áéíóúüñçàâêôèîûëïœãõºª°¿¡€₡«»–—‘’“”…·") | set("ÁÉÍÓÚÜÑÇÀÂÊÔÈÎÛËÏŒÃÕ")


def detect_encoding(data: bytes) -> str:
    """The name of a Python codec that reads these bytes."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    wide = looks_like_utf16(data[:HEAD_BYTES])
    if wide:
        return wide
    try:
        codecs.utf_8_decode(data, "strict", True)
    except UnicodeDecodeError:
        return _detect_one_byte(data)
    return "utf-8"


def _detect_one_byte(data: bytes) -> str:
    sample = b" ".join(_words_with_accents(data))
    scores = {name: _plausibility(sample, name) for name in _ONE_BYTE}
    best = max(_ONE_BYTE, key=lambda name: scores[name])
    if scores[best] > 0:
        return best
    # Nothing Western fits: leave Cyrillic, Arabic or Japanese to a library that knows the letters of many languages.
    from charset_normalizer import from_bytes

    found = from_bytes(data[:SAMPLE_BYTES]).best()
    # Latin-1 knows every byte.
    return found.encoding if found is not None else "latin-1"


def _words_with_accents(data: bytes) -> list[bytes]:
    """Words that hold a byte above ASCII, from all over the file, a few thousand at most."""
    words: list[bytes] = []
    for line in data.splitlines():
        if not line.isascii():
            words.extend(word for word in line.split() if not word.isascii())
            if len(words) > 5000:
                break
    return words


def _plausibility(sample: bytes, encoding: str) -> int:
    """Letters with accents that fit their neighbours count for an encoding, signs inside a word against it."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return -1_000_000
    neighbours = zip(" " + text, text, text[1:] + " ", strict=False)
    return sum(_fits(before, char, after) for before, char, after in neighbours if not char.isascii())


def _fits(before: str, char: str, after: str) -> int:
    """1 for what is usual there; -2 for a rare sign, a capital after a small letter, or a sign inside a word.

    Three letters with accents in a row are no word of a Western language.
    """
    if char not in _USUAL or (before.isalpha() and after.isalpha() and not (before.isascii() or after.isascii())):
        return -2
    if char.isalpha():
        return -2 if char.isupper() and before.isalpha() and before.islower() else 1
    return -2 if before.isalpha() and after.isalpha() and char not in "·’" else 1


def detect_delimiter(text: str) -> str | None:
    """The sign between cells, or None for a file of one column.

    The delimiter wins that cuts the first rows into the most equal number of cells, more than one; the header counts
    for more than the rows below it.
    """
    best: tuple[float, float, int] = (0.0, -1.0, 1)
    chosen: str | None = None
    for delimiter in DELIMITERS:
        widths = _widths(text, delimiter)
        if not widths or widths[0] < 2:
            continue
        agreement = Counter(widths)[widths[0]] / len(widths)
        # "Mora, Ana;350000": a sign before a space separates words rather than cells.
        prose = text.count(delimiter + " ") / text.count(delimiter)
        score = (round(agreement, 1), -round(prose, 1), widths[0])
        if score > best:
            best, chosen = score, delimiter
    return chosen


def _widths(text: str, delimiter: str) -> list[int]:
    """Numbers of cells of the first rows that are not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    widths: list[int] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                widths.append(len(row))
            if len(widths) >= SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    return widths[:-1] if len(widths) > SAMPLE_ROWS // 2 and len(text) >= SAMPLE_BYTES else widths
