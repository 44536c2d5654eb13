"""What SQLite says differently of events: it streams them, and has a check of its own."""

from collections.abc import Iterator
from typing import cast

import apsw

from events.model.rows import Row
from events.store.base import RawRow
from events.store.errors import as_text
from events.store.migrations import SCHEMA_VERSION
from events.store.shape import differences
from events.store.sql_events import ROWS, EventReading, event_row

_RAW_ROWS = (
    "SELECT e.position, CAST(e.id AS BLOB), CAST(e.story AS BLOB), e.version, CAST(e.envelope AS BLOB), "
    "CAST(b.salt AS BLOB), CAST(b.body AS BLOB), b.position IS NOT NULL, l.link "
    "FROM events e LEFT JOIN bodies b USING (position) LEFT JOIN links l USING (position)"
)


class SqliteEvents(EventReading):
    """Reads the events."""

    def rows(self, story: str | None = None, *, after: int = 0) -> Iterator[Row]:
        of_story = "AND e.story = :story ORDER BY e.version" if story is not None else "ORDER BY e.position"
        sql = f"{ROWS} WHERE e.position > :after {of_story}"
        for row in self._connection.execute(sql, {"story": story, "after": after}):
            yield event_row(row)

    def changed(self, *, after: int) -> list[str]:
        # With an index, SQLite would read that of all stories, for the few newest events.
        sql = "SELECT DISTINCT story FROM events NOT INDEXED WHERE position > ? ORDER BY story"
        return [as_text(story) for (story,) in self._connection.execute(sql, (after,))]

    def has_redaction(self, *, after: int) -> bool:
        sql = (
            "SELECT EXISTS (SELECT 1 FROM events "
            "WHERE position > ? AND json_extract(envelope, '$.type') = 'event_redacted')"
        )
        return bool(self._connection.execute(sql, (after,)).get)

    def raw_rows(self, *, by_story: bool = False) -> Iterator[RawRow]:
        order = "e.story, e.version" if by_story else "e.position"
        yield from map(RawRow._make, self._connection.execute(f"{_RAW_ROWS} ORDER BY {order}"))

    def damage(self) -> Iterator[str]:
        for (message,) in self._connection.execute("PRAGMA integrity_check(20)"):
            if message != "ok":
                yield str(message)
        for table, row, *_ in self._connection.execute("PRAGMA foreign_key_check"):
            yield f"row {row} of {table} belongs to no event"
        for name in differences(cast("apsw.Connection", self._connection), SCHEMA_VERSION):
            yield f"{name} is not as this version makes it"
