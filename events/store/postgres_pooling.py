"""Refuses a pooler that gives each transaction another session, as pgbouncer does in transaction mode.

Settings of a session, such as the schema, and notifications would be those of somebody else.
"""

from collections.abc import Callable
from typing import Final

import psycopg

from events.errors import StoreError

TRIES: Final = 3
_SESSION = "SELECT pg_backend_pid()"


def check_pooling(connection: psycopg.Connection, connect: Callable[[], psycopg.Connection], name: str) -> None:
    """Raise StoreError if two connections may be one session of the server.

    A pooler is known by the process that answers: it is not the one that it said at the start.
    """
    if _session(connection) == connection.info.backend_pid:
        return
    for _ in range(TRIES):
        with connect() as other:
            if _session(other) == _session(connection):
                raise StoreError(
                    name,
                    "a connection pooler in transaction mode is between here and the database.",
                    remedy="Connect to the server itself, or set pool_mode = session in pgbouncer.ini.",
                    check="connection",
                )


def _session(connection: psycopg.Connection) -> int:
    row = connection.execute(_SESSION).fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM returns one row
    return int(row[0])
