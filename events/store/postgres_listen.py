"""Hears of commits: NOTIFY, which each transaction that changes something sends with its COMMIT."""

import time
from contextlib import suppress
from typing import Final

import psycopg
from psycopg import sql

from events.store.postgres_timeouts import ANSWER_S, detect_death

CHANNEL_CHARS_MAX: Final = 60
CONNECT_TIMEOUT_S: Final = 3
RETRY_S: Final = 1.0


def channel(schema: str) -> str:
    """Return the name under which the appends to a schema are announced. One that is cut only wakes others too."""
    return f"wt_{schema[:CHANNEL_CHARS_MAX]}"


class PostgresListener:
    """Listens on a connection of its own. If that is lost, something may have been recorded, and it connects again."""

    def __init__(self, url: str, schema: str) -> None:
        self._url = url
        self._channel = channel(schema)
        self._connection: psycopg.Connection | None = None
        self._tried_at = -RETRY_S

    def changed(self) -> bool:
        """Return True if something may have changed since the last call."""
        if self._connection is None:
            return self._connect()
        try:
            return any(True for _ in self._connection.notifies(timeout=0))
        except psycopg.Error:
            self.close()
            return True

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> bool:
        if time.monotonic() - self._tried_at < RETRY_S:
            return False
        self._tried_at = time.monotonic()
        with suppress(psycopg.Error):  # the next read of the ledger reports it
            self._connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S, application_name="writethru listen"
            )
            detect_death(self._connection, ANSWER_S)
            self._connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
        return True
