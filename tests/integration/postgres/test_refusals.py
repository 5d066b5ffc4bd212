"""Each refusal of the embedded server and of connections: code, what was found, what to do; nothing spoilt."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from ayni.core.errors import AyniError
from ayni.core.postgres import EmbeddedServer, connect, database_url
from ayni.core.postgres.connection import check_server
from tests.integration.postgres.test_embedded_server import place  # noqa: F401

pytestmark = pytest.mark.postgres


def test_without_the_wheel(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(AyniError) as refusal:
        EmbeddedServer(place / "db", durable=False).start()
    assert refusal.value.code == "postgres.wheel_missing"
    assert "pip install" in str(refusal.value)
    assert not (place / "db").exists()


def test_data_of_another_version(place: Path) -> None:  # noqa: F811
    server = EmbeddedServer(place / "db", durable=False)
    with server:
        pass
    (server.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(AyniError) as refusal:
        server.start()
    assert refusal.value.code == "postgres.version_differs"
    assert "version 17" in str(refusal.value)


def test_a_folder_that_holds_something_else(place: Path) -> None:  # noqa: F811
    (place / "letters.txt").write_text("Estimada señora")
    with pytest.raises(AyniError) as refusal:
        EmbeddedServer(place).start()
    assert refusal.value.code == "postgres.folder_taken"
    assert [path.name for path in place.iterdir()] == ["letters.txt"]


def test_a_file_instead_of_a_folder(place: Path) -> None:  # noqa: F811
    (place / "db").write_text("")
    with pytest.raises(AyniError) as refusal:
        EmbeddedServer(place / "db", durable=False).start()
    assert refusal.value.code == "postgres.folder_not_writable"


def test_too_little_room_for_a_new_database(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=3_000_000))
    with pytest.raises(AyniError) as refusal:
        EmbeddedServer(place / "db", durable=False).start()
    assert refusal.value.code == "postgres.no_space"
    assert "3 MB free" in str(refusal.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_disk_that_fills_up_while_the_database_is_made(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    disk = place / "disk"
    disk.mkdir()
    options = ["-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", str(disk)]
    if subprocess.run(["mount", *options], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system lets nobody mount a small disk")
    try:
        monkeypatch.setattr("ayni.core.postgres.cluster.NEEDED_NEW_MB", 1)
        with pytest.raises(AyniError) as refusal:
            EmbeddedServer(disk / "db").start()
        assert refusal.value.code == "postgres.no_space"
        assert sorted(path.name for path in (disk / "db").iterdir()) == ["lock", "log", "run"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_broken_database_says_what_the_log_says(place: Path) -> None:  # noqa: F811
    server = EmbeddedServer(place / "db", durable=False)
    with server:
        pass
    (server.data / "global" / "pg_control").unlink()
    with pytest.raises(AyniError) as refusal:
        server.start()
    assert refusal.value.code == "postgres.start_failed"
    assert "pg_control" in str(refusal.value)


def test_the_address_of_a_server_that_does_not_run(place: Path) -> None:  # noqa: F811
    with pytest.raises(AyniError) as refusal:
        EmbeddedServer(place / "db", durable=False).dsn()
    assert refusal.value.code == "postgres.not_running"


def test_where_the_address_comes_from(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://from_file\n")
    assert database_url({}) is None
    assert database_url({"DATABASE_URL": " postgresql://x "}) == "postgresql://x"
    assert database_url({"DATABASE_URL_FILE": str(secret)}) == "postgresql://from_file"
    assert database_url({"DATABASE_URL": "postgresql://x", "DATABASE_URL_FILE": str(secret)}) == "postgresql://x"
    with pytest.raises(AyniError) as refusal:
        database_url({"DATABASE_URL_FILE": str(tmp_path / "absent")})
    assert refusal.value.code == "postgres.url_missing"


def test_no_address_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_URL_FILE", raising=False)
    with pytest.raises(AyniError) as refusal:
        connect()
    assert refusal.value.code == "postgres.url_missing"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("postgresql://ana:s3cret@/db?sslmode=perhaps&host=/nowhere", "postgres.unreachable"),
        ("postgresql://ana:s3cret@localhost:port/db", "postgres.unreachable"),
        ("postgresql://ana:s3cret@[::1/db", "postgres.url_malformed"),
        ("password=s3cret hst=x", "postgres.url_malformed"),
        ("host=/nowhere user=ana password=s3cret", "postgres.unreachable"),
    ],
)
def test_a_password_is_never_shown(address: str, code: str) -> None:
    with pytest.raises(AyniError) as refusal:
        connect(address, connect_timeout_s=2)
    assert refusal.value.code == code
    seen: BaseException | None = refusal.value
    while seen is not None:
        assert "s3cret" not in str(seen)
        seen = seen.__cause__


@pytest.mark.parametrize(
    ("version", "encoding", "code"),
    [(150008, "UTF8", "postgres.server_too_old"), (160002, "LATIN1", "postgres.encoding_differs")],
)
def test_a_server_that_will_not_do(version: int, encoding: str, code: str) -> None:
    info = SimpleNamespace(server_version=version, parameter_status=lambda name: encoding)
    with pytest.raises(AyniError) as refusal:
        check_server(SimpleNamespace(info=info))  # type: ignore[arg-type]
    assert refusal.value.code == code
