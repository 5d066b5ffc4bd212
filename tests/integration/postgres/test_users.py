"""The embedded server started by root, by an ordinary user, and where root may do little."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ayni.core.errors import AyniError
from ayni.core.postgres import EmbeddedServer, ServerState, binaries, connect
from ayni.core.postgres.binaries import Binaries, find_binaries
from tests.integration.postgres.test_embedded_server import SOURCE, place  # noqa: F401

pytestmark = pytest.mark.postgres

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

TRY = """
import os, sys
from ayni.core.errors import AyniError
from ayni.core.postgres import EmbeddedServer, connect
server = EmbeddedServer(sys.argv[1], durable=False)
try:
    started = server.start()
except AyniError as error:
    print(error.code)
    raise SystemExit
with connect(server.dsn()) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS mine (one int)")
print(started, server.data.stat().st_uid == os.geteuid(), server.status().state.value)
server.stop()
print(server.status().state.value)
"""


def run_as_other(options: list[str], code: str, *arguments: str) -> str:
    """Run Python through setpriv; skip where there is none, or where the other user cannot reach this Python."""
    if shutil.which("setpriv") is None:
        pytest.skip("there is no setpriv on this system")
    command = ["setpriv", *options, sys.executable, "-c"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": SOURCE, "PYTHONDONTWRITEBYTECODE": "1"}
    reach = subprocess.run([*command, "import ayni.core"], env=environment, cwd="/", capture_output=True, check=False)
    if reach.returncode != 0:
        pytest.skip("the other user cannot reach this Python environment")
    result = subprocess.run(
        [*command, code, *arguments], env=environment, cwd="/", capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


NOBODY = ["--reuid=65534", "--regid=65534", "--clear-groups"]


@as_root
def test_root_runs_it_as_another_user(place: Path) -> None:  # noqa: F811
    with EmbeddedServer(place / "db", durable=False) as server:
        assert server.data.stat().st_uid != 0
        with connect(server.dsn()) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("postgres",)
    assert server.folder.parent.stat().st_uid == 0


@as_root
def test_an_ordinary_user_runs_it_as_herself(place: Path) -> None:  # noqa: F811
    place.chmod(0o777)
    assert run_as_other(NOBODY, TRY, str(place / "db")) == "True True running\nstopped\n"
    # Root comes later to the same folder: the server goes on running as its owner.
    with EmbeddedServer(place / "db", durable=False) as server, connect(server.dsn()) as connection:
        assert connection.execute("SELECT count(*) FROM mine").fetchone() == (0,)
        assert server.data.stat().st_uid == 65534
    assert run_as_other(NOBODY, TRY, str(place / "db")) == "True True running\nstopped\n"


@as_root
def test_an_ordinary_user_is_refused_a_folder_of_others(place: Path) -> None:  # noqa: F811
    assert run_as_other(NOBODY, TRY, str(place / "sub" / "db")) == "postgres.folder_not_writable\n"
    with EmbeddedServer(place / "db", durable=False):
        assert run_as_other(NOBODY, TRY, str(place / "db")) == "postgres.folder_not_writable\n"


@as_root
def test_an_ordinary_user_cannot_reach_the_server_of_another(place: Path) -> None:  # noqa: F811
    code = """
import sys
from ayni.core.errors import AyniError
from ayni.core.postgres import connect
try:
    connect(sys.argv[1])
except AyniError as error:
    print(error.code, "ermission denied" in error.found)
"""
    with EmbeddedServer(place / "db", durable=False) as server:
        assert run_as_other(NOBODY, code, server.dsn()) == "postgres.unreachable True\n"


@as_root
def test_who_is_not_in_the_list_is_refused_even_at_the_socket(place: Path) -> None:  # noqa: F811
    code = """
import sys
from ayni.core.errors import AyniError
from ayni.core.postgres import connect
try:
    connect(sys.argv[1])
except AyniError as error:
    print("Peer authentication failed" in error.found)
"""
    with EmbeddedServer(place / "db", durable=False, settings={"unix_socket_permissions": "0777"}) as server:
        for folder in (server.folder, server.folder / "run"):
            folder.chmod(0o711)
        assert run_as_other(NOBODY, code, server.dsn()) == "True\n"


@as_root
def test_root_may_not_hide_it_in_a_private_home(place: Path) -> None:  # noqa: F811
    private = place / "home"
    private.mkdir(mode=0o700)
    with pytest.raises(AyniError) as refusal:
        EmbeddedServer(private / "db").start()
    assert refusal.value.code == "postgres.folder_private"
    assert private.stat().st_mode & 0o777 == 0o700


@as_root
def test_programs_in_a_private_home_are_copied(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    home = place / "home"
    home.mkdir(mode=0o700)
    package = find_binaries().folder.parents[1]
    ignored = shutil.ignore_patterns("include", "pginstall", "pgxs")
    shutil.copytree(package, home / package.name, ignore=ignored)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name)
    hidden = Binaries(home / package.name / "pginstall18" / "bin")
    monkeypatch.setattr("ayni.core.postgres.server.find_binaries", lambda: hidden)
    monkeypatch.setattr(binaries, "SHARED_COPIES", place / "programs")
    for _ in range(2):
        with EmbeddedServer(place / "db", durable=False) as server:
            assert server.status().state is ServerState.RUNNING
    assert len(list((place / "programs").iterdir())) == 1


@as_root
def test_root_in_a_container_that_may_not_look_at_other_processes(place: Path) -> None:  # noqa: F811
    """Containers take the right to trace from root; who works where is then seen from the command line only."""
    code = """
import os, signal, sys
from ayni.core.postgres import EmbeddedServer
from ayni.core.postgres.postmaster import is_alive, read_postmaster
server = EmbeddedServer(sys.argv[1], durable=False)
other = EmbeddedServer(sys.argv[1] + "2", durable=False)
other.start()
for _ in range(2):
    assert server.start()
    assert not server.start()
    postmaster = read_postmaster(server.data)
    os.kill(postmaster.pid, signal.SIGKILL)
    while is_alive(postmaster, server.data):
        pass
assert server.status().state.value == "crashed"
assert server.start()
server.stop()
print(server.status().state.value, other.status().state.value)
other.stop()
"""
    options = ["--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"]
    assert run_as_other(options, code, str(place / "db")) == "stopped running\n"
