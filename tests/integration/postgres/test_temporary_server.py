"""Servers for tests: fast, apart from one another, and gone however the tests end."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from ayni.core.postgres import connect, temporary_server
from tests.fixtures_postgres import require_postgres
from tests.integration.postgres.test_embedded_server import run_python

pytestmark = pytest.mark.postgres


def test_it_is_gone_afterwards() -> None:
    require_postgres()
    with temporary_server() as server:
        folder = server.folder
        with connect(server.dsn()) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("off",)
    assert not folder.exists()


def test_it_is_gone_when_its_process_is_killed() -> None:
    require_postgres()
    code = """
import time
from ayni.core.postgres import temporary_server
with temporary_server() as server:
    print(server.folder, server.status().pid, flush=True)
    time.sleep(60)
"""
    process = run_python(code)
    assert process.stdout is not None
    folder, pid = process.stdout.readline().split()
    assert Path(folder).exists()
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 20
    while Path(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(folder).exists()
    assert not is_living(int(pid))


def is_living(pid: int) -> bool:
    import psutil

    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_it_is_gone_when_its_server_was_killed_before() -> None:
    require_postgres()
    with temporary_server() as server:
        folder = server.folder
        pid = server.status().pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    assert not folder.exists()


def test_the_database_of_a_worker_is_its_own(postgres_dsn: str) -> None:
    with connect(postgres_dsn) as connection:
        name = connection.execute("SELECT current_database()").fetchone()
    assert name is not None
    assert os.environ.get("PYTEST_XDIST_WORKER", "main") in name[0]


def test_a_schema_lasts_as_long_as_its_test(postgres_schema: str) -> None:
    with connect(postgres_schema) as connection:
        connection.execute("CREATE TABLE here (one int)")
        assert connection.execute("SELECT current_schema() LIKE 'test_%'").fetchone() == (True,)
