"""Connections to PostgreSQL: one door that checks version and encoding and speaks in Ayni's errors.

It opens no pool and keeps nothing open: the caller closes what it gets.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ayni.core.postgres import refusals

if TYPE_CHECKING:
    import psycopg

OLDEST_VERSION = 16


def database_url(environment: Mapping[str, str] | None = None) -> str | None:
    """The address in `DATABASE_URL`, or in the file that `DATABASE_URL_FILE` names; None when neither is set.

    Errors: `postgres.url_missing` when the named file cannot be read.
    """
    variables = os.environ if environment is None else environment
    url = variables.get("DATABASE_URL", "").strip()
    if url:
        return url
    file = variables.get("DATABASE_URL_FILE", "").strip()
    if not file:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip() or None
    except OSError as error:
        raise refusals.url_missing() from error


def connect(
    dsn: str | None = None, *, autocommit: bool = False, connect_timeout_s: int = 10, application_name: str = "ayni"
) -> psycopg.Connection[tuple[Any, ...]]:
    """An open connection to `dsn` (an address or `key=value` words); without one, to the server of `DATABASE_URL`.

    Errors: `postgres.driver_missing`, `postgres.url_missing`, `postgres.url_malformed`, `postgres.unreachable`,
    `postgres.server_too_old` (before version 16), `postgres.encoding_differs` (text not stored as UTF-8).
    """
    try:
        import psycopg
    except ImportError as error:
        raise refusals.driver_missing() from error
    source = "DATABASE_URL" if dsn is None else "the address that was given"
    address = database_url() if dsn is None else dsn
    if address is None:
        raise refusals.url_missing()
    try:
        connection = psycopg.connect(
            address,
            autocommit=autocommit,
            connect_timeout=connect_timeout_s,
            application_name=application_name,
            client_encoding="UTF8",
        )
    except psycopg.ProgrammingError:
        # psycopg repeats parts of the address in its message, and the address may hold a password: the chain is cut.
        raise refusals.url_malformed(source) from None
    except psycopg.OperationalError as error:
        raise refusals.unreachable(str(error)) from error
    try:
        check_server(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def check_server(connection: psycopg.Connection[Any]) -> None:
    """Refuse a server that is too old or a database that does not store UTF-8."""
    version = connection.info.server_version
    if version < OLDEST_VERSION * 10_000:
        raise refusals.server_too_old(version, OLDEST_VERSION)
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise refusals.encoding_differs(encoding or "unknown")
