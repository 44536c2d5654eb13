"""The events in SQLite: an envelope, an erasable body and a link each (events/README.md#the-stored-form)."""

from collections.abc import Iterable, Iterator
from typing import cast

import apsw

from events.errors import StoreDamagedError
from events.model.rows import FIRST_LINK, NewRow, Row, linked
from events.store.base import ERASING, LASTING, EventStore, RawRow
from events.store.errors import as_text, damaged
from events.store.migrations import SCHEMA_VERSION
from events.store.shape import differences

_ROWS = "SELECT e.position, e.envelope, b.salt, b.body FROM events e JOIN bodies b USING (position)"
_RAW_ROWS = (
    "SELECT e.position, CAST(e.id AS BLOB), CAST(e.story AS BLOB), e.version, CAST(e.envelope AS BLOB), "
    "CAST(b.salt AS BLOB), CAST(b.body AS BLOB), b.position IS NOT NULL, l.link "
    "FROM events e LEFT JOIN bodies b USING (position) LEFT JOIN links l USING (position)"
)
_TEXT = (str, type(None))


class EventReading(EventStore):
    """Reads the events."""

    _connection: apsw.Connection

    def head(self) -> int:
        return cast("int", self._connection.execute("SELECT coalesce(max(position), 0) FROM events").get)

    def rows(self, story: str | None = None, *, after: int = 0) -> Iterator[Row]:
        of_story = "AND e.story = :story ORDER BY e.version" if story is not None else "ORDER BY e.position"
        sql = f"{_ROWS} WHERE e.position > :after {of_story}"
        for row in self._connection.execute(sql, {"story": story, "after": after}):
            yield _row(row)

    def row(self, event_id: str) -> Row | None:
        # Most ids that are asked for are new: the index alone tells.
        position = self._connection.execute("SELECT position FROM events WHERE id = ?", (event_id,)).get
        if position is None:
            return None
        row = self._connection.execute(f"{_ROWS} WHERE e.position = ?", (position,)).fetchone()
        return None if row is None else _row(row)

    def newest_envelope(self) -> tuple[int, str] | None:
        newest = self._connection.execute("SELECT position, envelope FROM events ORDER BY position DESC LIMIT 1")
        row = newest.fetchone()
        return None if row is None else (cast("int", row[0]), as_text(row[1]))

    def stories(self) -> list[str]:
        slugs = self._connection.execute("SELECT story FROM events WHERE version = 1 ORDER BY story")
        return [as_text(story) for (story,) in slugs]

    def version(self, story: str) -> int:
        sql = "SELECT coalesce(max(version), 0) FROM events WHERE story = ?"
        return cast("int", self._connection.execute(sql, (story,)).get)

    def changed(self, *, after: int) -> list[str]:
        sql = "SELECT DISTINCT story FROM events WHERE position > ? ORDER BY story"
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
        for name in differences(self._connection, SCHEMA_VERSION):
            yield f"{name} is not as this version makes it"


class EventWriting(EventReading):
    """Appends and erases events. Triggers refuse gaps in positions and versions."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.erased = False
        self._link: bytes | None = None

    def append(self, rows: Iterable[NewRow]) -> None:
        link = self._newest_link() if self._link is None else self._link
        for event_id, story, version, row in rows:
            link = linked(link, row.envelope.encode())
            self._connection.execute(
                "INSERT INTO events (position, id, story, version, envelope) VALUES (?, ?, ?, ?, ?)",
                (row.position, event_id, story, version, row.envelope),
            )
            self._connection.execute("INSERT INTO bodies VALUES (?, ?, ?)", (row.position, row.salt, row.body))
            self._connection.execute("INSERT INTO links VALUES (?, ?)", (row.position, link))
        self._link = link

    def erase(self, event_ids: Iterable[str]) -> None:
        self._connection.executemany(
            "UPDATE bodies SET salt = NULL, body = NULL WHERE position = (SELECT position FROM events WHERE id = ?)",
            ((event_id,) for event_id in event_ids),
        )
        # Publishing state quotes entries whole. Without its checkpoint, the next publication rebuilds everything.
        lasting = ", ".join(f"'{name}'" for name in LASTING)
        self._connection.execute(
            f"DELETE FROM published; DELETE FROM notes WHERE name NOT IN ({lasting}); "  # noqa: S608 - our own names
            f"INSERT OR REPLACE INTO notes VALUES ('{ERASING}', '')"
        )
        self.erased = True

    def _newest_link(self) -> bytes:
        newest = self._connection.execute(
            "SELECT link FROM events LEFT JOIN links USING (position) ORDER BY position DESC LIMIT 1"
        ).fetchone()
        if newest is None:
            return FIRST_LINK
        if newest[0] is None:
            raise StoreDamagedError(
                "ledger.db", "the newest event is not linked to those before it.", remedy="Run writethru verify."
            )
        return cast("bytes", newest[0])


def _row(row: tuple[object, ...]) -> Row:
    position, envelope, salt, body = row
    if isinstance(position, int) and isinstance(envelope, str) and isinstance(salt, _TEXT) and isinstance(body, _TEXT):
        return Row(position, envelope, salt, body)
    raise damaged(f"position {position!r:.20} has a value that is not text")
