"""Words made comparable: accents folded, case and punctuation gone, small words dropped, likeness measured.

Used for names of columns and for words in cells. Two words that fold alike are the same word to a reader; nothing here
decides what a word means.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, abc
from difflib import SequenceMatcher
from functools import lru_cache

_GENDERED = re.compile(r"(?<=\w)\s*(?:\((?:a|o|as|os|e|ne)\)|[/@](?:a|o|as|os|e|ne)\b)", re.IGNORECASE)
_UNWORDLY = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
# Articles and prepositions that people add or leave out. `no` and `sin` are kept: they turn the meaning round.
_SMALL = frozenset(
    (
        *("a", "al", "da", "das", "de", "del", "des", "di", "do", "dos", "du", "e", "el", "en", "et", "in", "l", "la"),
        *(
            "las",
            "le",
            "les",
            "lo",
            "los",
            "of",
            "o",
            "os",
            "per",
            "por",
            "s",
            "su",
            "the",
            "to",
            "un",
            "una",
            "y",
            "d",
            "em",
        ),
    )
)

# The share of letters in the same order from which two names count as one that was mistyped.
MISTYPED_MIN = 0.84
_CODE_NUMBER = re.compile(r"^(-?\d+)(?:[.,]0+)?$")
_NUMBER = dict.fromkeys(("n", "nro", "num", "nr", "numero", "number", "numéro"), "numero")


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """`«Cédula  N.°:»` → `cedula n`; `asociado(a)` and `asociado/a` → `asociado`."""
    bare = _GENDERED.sub("", text.strip())
    decomposed = unicodedata.normalize("NFKD", bare.replace("º", " ").replace("ª", " ").replace("°", " "))
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _UNWORDLY.sub(" ", letters.casefold()).strip()


@lru_cache(maxsize=65_536)
def code_key(text: str) -> str:
    """Two cells with the same key hold the same code: ` 1` and `1.0` (a spreadsheet's number), `Sí` and `si`. The sign
    and the zeros before a number stay: `-9`, `01`."""
    bare = text.strip()
    if match := _CODE_NUMBER.match(bare):
        return match.group(1)
    return fold(bare) or bare


@lru_cache(maxsize=65_536)
def key_words(text: str) -> tuple[str, ...]:
    """The folded words of a column's name without the small ones; `FechaNacimiento` counts as two words."""
    words = [_NUMBER.get(word, word) for word in fold(_CAMEL.sub(" ", text)).split()]
    kept = tuple(word for word in words if word not in _SMALL)
    return kept or tuple(words)


def likeness(name: str, synonym: str) -> float:
    """How well a column's name fits a word for a field, 0 to 1. 1: the same words; 0.95: in another order; below: some
    words more, or typed wrongly."""
    have, want = key_words(name), key_words(synonym)
    if not have or not want:
        return 0.0
    if have == want:
        return 1.0
    if sorted(have) == sorted(want) or "".join(have) == "".join(want):
        return 0.95
    if set(want) < set(have):
        return max(0.5, 0.9 - 0.12 * (len(have) - len(want)))
    return _typed_alike(" ".join(have), " ".join(want))


def _typed_alike(have: str, want: str) -> float:
    """Likeness of a name that may be mistyped. Its letters are counted first, since most pairs of words share too
    few."""
    size = len(have) + len(want)
    if len(want) < 5 or 2 * min(len(have), len(want)) < MISTYPED_MIN * size:
        return 0.0
    if 2 * (_letters(have) & _letters(want)).total() < MISTYPED_MIN * size:
        return 0.0
    ratio = SequenceMatcher(None, have, want).ratio()
    return ratio * 0.9 if ratio >= MISTYPED_MIN else 0.0


@lru_cache(maxsize=65_536)
def _letters(text: str) -> Counter[str]:
    return Counter(text)


def nearest(word: str, known: abc.Iterable[str]) -> str | None:
    """The known word that is most like a mistyped one, or None when none is near."""
    folded = fold(word)
    best, chosen = 0.72, None
    for candidate in known:
        ratio = SequenceMatcher(None, folded, fold(candidate)).ratio()
        if ratio > best:
            best, chosen = ratio, candidate
    return chosen
