"""What the questions and changes in SQL ask of a connection: that of apsw, or `events.store.postgres_connection`.

Both engines take the same statements, with `?` for each parameter. What they say differently is in `sqlite_events`
and `postgres_events`.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol


class SqlRows(Protocol):
    """What a statement returned."""

    @property
    def get(self) -> Any:
        """The value of the first column of the first row; None without a row."""

    def fetchone(self) -> Any:
        """Return the next row, None after the last."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows."""


class SqlConnection(Protocol):
    """A connection within a transaction."""

    def execute(self, sql: str, parameters: Any = (), /) -> SqlRows:
        """Run a statement."""

    def executemany(self, sql: str, rows: Iterable[Any], /) -> object:
        """Run a statement for each of `rows`, which may ask this connection themselves."""
