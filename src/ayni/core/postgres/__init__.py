"""PostgreSQL for Ayni: the embedded server of the pip wheel, and connections to it or to the server of `DATABASE_URL`.

The embedded server listens on a private Unix socket only, never on the network. This package makes, starts, stops and
watches it; it knows nothing of tables, roles or migrations. psycopg and the wheel belong to the extra `server` and are
imported when they are first needed, so that `import ayni.core.postgres` costs nothing and works without them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ayni.core.postgres.connection import OLDEST_VERSION, connect, database_url
    from ayni.core.postgres.server import EmbeddedServer, ServerState, ServerStatus
    from ayni.core.postgres.temporary import FAST_SETTINGS, temporary_server

__all__ = [
    "FAST_SETTINGS",
    "OLDEST_VERSION",
    "EmbeddedServer",
    "ServerState",
    "ServerStatus",
    "connect",
    "database_url",
    "temporary_server",
]

_HOMES = {
    "OLDEST_VERSION": "connection",
    "connect": "connection",
    "database_url": "connection",
    "EmbeddedServer": "server",
    "ServerState": "server",
    "ServerStatus": "server",
    "FAST_SETTINGS": "temporary",
    "temporary_server": "temporary",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
