"""What commands write: results to stdout, words about them to stderr, colour only for a person at a terminal."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, TextIO

_STYLES = {"red": "31", "yellow": "33", "green": "32", "dim": "2", "bold": "1"}


def print_json(value: Any) -> None:
    """One JSON value to stdout, as a program reads it."""
    print(json.dumps(value, ensure_ascii=False))


def wants_colour(stream: TextIO) -> bool:
    """True for a terminal, unless NO_COLOR is set or the terminal is dumb."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def styled(text: str, style: str, stream: TextIO | None = None) -> str:
    """The text in a colour or weight where the stream shows it."""
    target = sys.stdout if stream is None else stream
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if wants_colour(target) else text
