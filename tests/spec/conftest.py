"""The engines that every spec case runs on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ayni.rules.engines.base import Engine
from ayni.rules.engines.duckdb import DuckDBEngine
from ayni.rules.engines.reference import ReferenceEngine


@pytest.fixture(scope="session")
def duckdb_engine() -> Engine:
    """One DuckDB in process."""
    return DuckDBEngine()


@pytest.fixture(scope="session")
def postgres_engine(postgres_dsn: str) -> Iterator[Engine]:
    """A session in the database of this worker."""
    from ayni.rules.engines.postgres import PostgresEngine

    engine = PostgresEngine(postgres_dsn)
    yield engine
    engine.close()


@pytest.fixture(params=["reference", "duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    if request.param == "reference":
        return ReferenceEngine()
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found
