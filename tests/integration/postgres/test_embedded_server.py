"""The embedded server: made, shared, stopped, and whole again after whatever kills it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ayni.core.postgres import EmbeddedServer, ServerState, connect
from ayni.core.postgres.owner import owner_of
from ayni.core.postgres.postmaster import is_alive, processes_in, read_postmaster
from tests.fixtures_postgres import require_postgres

pytestmark = pytest.mark.postgres

SOURCE = str(Path(__file__).parents[3] / "src")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder to put databases in. pytest's own is private to root, where the server could not enter."""
    with a_place() as folder:
        yield folder


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    """One server for the tests that need no new one; each test finds it in whatever state the one before left."""
    with a_place() as folder:
        yield EmbeddedServer(folder / "db", durable=False)


@contextlib.contextmanager
def a_place() -> Iterator[Path]:
    require_postgres()
    folder = Path(tempfile.mkdtemp(prefix="ayni-t-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    for data in folder.rglob("postmaster.pid"):
        for pid in processes_in(data.parent):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


def run_python(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Another process that runs `code` with Ayni at hand."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": SOURCE},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer_of(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return output.strip()


def kill_postmaster(data: Path) -> None:
    """Kill it as the system would, and wait until it is dead: a signal takes its time."""
    postmaster = read_postmaster(data)
    assert postmaster is not None
    os.kill(postmaster.pid, signal.SIGKILL)
    while is_alive(postmaster, data):
        time.sleep(0.005)


def kill_all(data: Path) -> None:
    kill_postmaster(data)
    for pid in processes_in(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_a_new_server_is_private_and_speaks_utf8(place: Path) -> None:
    with EmbeddedServer(place / "db") as server, connect(server.dsn()) as connection:
        answer = {
            name: connection.execute("SELECT current_setting(%s)", [name]).fetchall()[0][0]
            for name in (
                "server_encoding",
                "listen_addresses",
                "data_checksums",
                "fsync",
                "timezone",
                "log_error_verbosity",
            )
        }
        assert answer == {
            "server_encoding": "UTF8",
            "listen_addresses": "",
            "data_checksums": "on",
            "fsync": "on",
            "timezone": "UTC",
            "log_error_verbosity": "terse",
        }
        row = connection.execute("SELECT upper('ñandú'), 'Z' < 'a', datlocprovider FROM pg_database LIMIT 1").fetchone()
        assert row == ("ÑANDÚ", True, "b")
        socket_folder = server.status().socket_folder
        assert socket_folder is not None
        for folder in (server.folder, server.data, socket_folder):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        listening = psutil.Process(server.status().pid).net_connections(kind="inet")
        assert listening == []


def test_stop_leaves_no_process_and_start_finds_the_data_again(place: Path) -> None:
    server = EmbeddedServer(place / "db", durable=False)
    assert server.status().state is ServerState.ABSENT
    assert server.start()
    with connect(server.dsn()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    assert server.stop()
    assert server.status().state is ServerState.STOPPED
    assert processes_in(server.data) == []
    assert not server.stop()
    assert server.start()
    with connect(server.dsn()) as connection:
        assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
    server.stop()


def test_stop_does_not_wait_for_clients(server: EmbeddedServer) -> None:
    server.start()
    client = connect(server.dsn())
    client.execute("CREATE TABLE unfinished (one int)")
    assert server.stop()
    client.close()
    server.start()
    with connect(server.dsn()) as connection:
        assert connection.execute("SELECT to_regclass('unfinished')").fetchone() == (None,)
    server.stop()


def test_a_second_start_attaches_and_does_not_stop_what_it_did_not_start(place: Path) -> None:
    with EmbeddedServer(place / "db", durable=False) as first:
        pid = first.status().pid
        with EmbeddedServer(place / "db", durable=False) as second:
            assert second.status().pid == pid
            assert second.dsn() == first.dsn()
        assert first.status().pid == pid


def test_two_processes_share_one_server(server: EmbeddedServer) -> None:
    code = """
import sys
from ayni.core.postgres import EmbeddedServer, connect
server = EmbeddedServer(sys.argv[1], durable=False)
print(server.start())
with connect(server.dsn()) as connection:
    connection.execute("INSERT INTO shared VALUES ('from the other process')")
"""
    with server, connect(server.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE shared (line text)")
        assert answer_of(run_python(code, str(server.folder))) == "False"
        assert connection.execute("SELECT line FROM shared").fetchall() == [("from the other process",)]


def test_processes_that_start_at_once_make_one_server(place: Path) -> None:
    code = """
import sys
from ayni.core.postgres import EmbeddedServer
server = EmbeddedServer(sys.argv[1], durable=False)
print(server.start(), server.status().pid)
"""
    starters = [run_python(code, str(place / "db")) for _ in range(4)]
    answers = sorted(answer_of(starter).split() for starter in starters)
    assert [started for started, _ in answers] == ["False", "False", "False", "True"]
    assert len({pid for _, pid in answers}) == 1
    EmbeddedServer(place / "db", durable=False).stop()


@pytest.mark.parametrize("victims", ["postmaster", "everything"])
def test_what_was_acknowledged_survives_kill_9(place: Path, victims: str) -> None:
    """A client commits row after row and says which were acknowledged; the server is killed meanwhile, three times."""
    code = """
import sys
import psycopg
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    while True:
        row = connection.execute("INSERT INTO acts DEFAULT VALUES RETURNING id").fetchone()
        print(row[0], flush=True)
"""
    server = EmbeddedServer(place / "db")
    server.start()
    with connect(server.dsn()) as connection:
        connection.execute("CREATE TABLE acts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)")
    acknowledged: set[int] = set()
    for _ in range(3):
        client = run_python(code, server.dsn())
        time.sleep(0.6)
        kill = kill_postmaster if victims == "postmaster" else kill_all
        kill(server.data)
        try:
            output, _ = client.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            client.kill()
            output, _ = client.communicate()
        acknowledged |= {int(line) for line in output.split()}
        assert server.status().state is ServerState.CRASHED
        assert server.start(), "a killed server is started again, not attached to"
        with connect(server.dsn()) as connection:
            kept = {row[0] for row in connection.execute("SELECT id FROM acts")}
        assert acknowledged <= kept
    assert acknowledged
    server.stop()


def test_a_killed_server_counts_as_stopped(server: EmbeddedServer) -> None:
    server.start()
    kill_all(server.data)
    assert not server.stop()
    assert server.status().state is ServerState.STOPPED
    assert server.start()
    server.stop()


def test_a_pid_file_that_names_another_process_does_not_hinder_a_start(server: EmbeddedServer) -> None:
    """After a restart of the machine or container the number of the old server is often somebody else's."""
    server.start()
    kill_all(server.data)
    for file in (server.data / "postmaster.pid", server.folder / "run" / ".s.PGSQL.5432.lock"):
        lines = file.read_text().splitlines()
        file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert server.status().state is ServerState.CRASHED
    assert server.start()
    server.stop()


def test_what_a_killed_initdb_left_is_cleared_away(place: Path) -> None:
    folder = place / "db"
    owner = owner_of(folder)
    unfinished = folder / "unfinished-4242" / "base"
    unfinished.mkdir(parents=True)
    for path in (folder, unfinished.parent, unfinished):
        os.chown(path, owner.uid, owner.gid)
    with EmbeddedServer(folder, durable=False) as server:
        assert server.status().state is ServerState.RUNNING
    assert sorted(path.name for path in folder.iterdir()) == ["data", "lock", "log", "run"]


@pytest.mark.parametrize(
    "name",
    ["x" * 120, "con espacios", 'it\'s "quoted", $HOME `id`', "ñandú ✓"],
    ids=["long", "spaces", "quotes", "unicode"],
)
def test_any_name_of_a_folder_will_do(place: Path, name: str) -> None:
    server = EmbeddedServer(place / name / "db", durable=False)
    server.start()
    with connect(server.dsn()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    socket_folder = server.status().socket_folder
    server.stop()
    assert socket_folder is not None
    if len(name) > 100 or "," in name:
        assert socket_folder.parent == Path("/tmp")
        assert not socket_folder.exists()
    else:
        assert socket_folder.parent == server.folder


def test_a_role_without_privileges_can_log_in(server: EmbeddedServer) -> None:
    """Web and worker log in as roles for whom row-level security holds."""
    with server:
        with connect(server.dsn()) as connection:
            connection.execute("CREATE ROLE web LOGIN NOSUPERUSER NOBYPASSRLS")
        with connect(server.dsn(user="web")) as connection:
            row = connection.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = 'web'").fetchone()
            assert row == ("web", False)


def test_the_log_holds_no_personal_data(server: EmbeddedServer) -> None:
    import psycopg

    with server:
        with connect(server.dsn(), autocommit=True) as connection:
            connection.execute("CREATE TABLE person (cedula text PRIMARY KEY)")
            for _ in range(2):
                with contextlib.suppress(psycopg.errors.UniqueViolation):
                    connection.execute("INSERT INTO person VALUES ('109990777')")
        log = server.log_file.read_text()
        assert "duplicate key" in log
        assert "109990777" not in log
