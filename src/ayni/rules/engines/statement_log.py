"""Every statement that an engine sends, on stderr, where AYNI_LOG_SQL=1 asks for it.

Statements hold rules and names of files and columns; what is known of a person travels in tables and is never in them.
"""

from __future__ import annotations

import os
import sys

SETTING = "AYNI_LOG_SQL"


def log_statement(engine: str, sql: str) -> None:
    """Write a statement with the name of its engine; nothing where the setting is absent or 0."""
    if os.environ.get(SETTING, "0") not in ("", "0"):
        sys.stderr.write(f"-- {engine}\n{sql};\n")
