"""The events in SQL: an envelope, an erasable body and a link each (events/README.md#the-stored-form)."""

from collections.abc import Iterable, Iterator
from typing import cast

from events.errors import StoreDamagedError
from events.model.rows import FIRST_LINK, NewRow, Row, linked
from events.store.base import EventStore
from events.store.errors import as_text, damaged
from events.store.sql import SqlConnection
from events.store.sql_publishing import PublishingWriting

ROWS = "SELECT e.position, e.envelope, b.salt, b.body FROM events e JOIN bodies b USING (position)"
NEWEST_LINK = "SELECT link FROM events LEFT JOIN links USING (position) ORDER BY position DESC LIMIT 1"
BODIES = 500
"""How many bodies are read at a time, which leaves room for other questions."""
_TEXT = (str, type(None))


class EventReading(EventStore):
    """Reads the events."""

    _connection: SqlConnection

    def head(self) -> int:
        return cast("int", self._connection.execute("SELECT coalesce(max(position), 0) FROM events").get)

    def row(self, event_id: str) -> Row | None:
        # Most ids that are asked for are new: the index alone tells.
        position = self._connection.execute("SELECT position FROM events WHERE id = ?", (event_id,)).get
        if position is None:
            return None
        row = self._connection.execute(f"{ROWS} WHERE e.position = ?", (position,)).fetchone()
        return None if row is None else event_row(row)

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

    def link(self, position: int) -> bytes | None:
        link = self._connection.execute("SELECT link FROM links WHERE position = ?", (position,)).get
        return cast("bytes | None", link)

    def linked_position(self, link: bytes) -> int | None:
        return cast("int | None", self._connection.execute("SELECT position FROM links WHERE link = ?", (link,)).get)

    def bodies_with(self, text: str) -> Iterator[str]:
        sql = "SELECT position, body FROM bodies WHERE position > ? AND body LIKE ? ORDER BY position LIMIT ?"
        after = 0
        while page := [*self._connection.execute(sql, (after, f"%{text}%", BODIES))]:
            yield from (as_text(body) for _, body in page)
            after = page[-1][0]


class EventWriting(EventReading, PublishingWriting):
    """Appends and erases events. Triggers refuse gaps in positions and versions."""

    erased = False
    _link: bytes | None = None

    def append(self, rows: Iterable[NewRow]) -> None:
        link = self._newest_link() if self._link is None else self._link
        for event_id, story, version, row in rows:
            link = linked(link, row.envelope.encode())
            self._connection.execute(
                "INSERT INTO events (position, id, story, version, envelope) VALUES (?, ?, ?, ?, ?)",
                (row.position, event_id, story, version, row.envelope),
            )
            self._connection.execute(
                "INSERT INTO bodies (position, salt, body) VALUES (?, ?, ?)", (row.position, row.salt, row.body)
            )
            self._connection.execute("INSERT INTO links (position, link) VALUES (?, ?)", (row.position, link))
        self._link = link

    def erase(self, event_ids: Iterable[str]) -> None:
        self._connection.executemany(
            "UPDATE bodies SET salt = NULL, body = NULL WHERE position = (SELECT position FROM events WHERE id = ?)",
            ((event_id,) for event_id in event_ids),
        )
        self._forget_quotations()
        self.erased = True

    def _newest_link(self) -> bytes:
        newest = self._connection.execute(NEWEST_LINK).fetchone()
        if newest is None:
            return FIRST_LINK
        if newest[0] is None:
            raise StoreDamagedError(
                "ledger.db", "the newest event is not linked to those before it.", remedy="Run writethru verify."
            )
        return cast("bytes", newest[0])


def event_row(row: tuple[object, ...]) -> Row:
    """Return a row of ROWS; StoreDamagedError if a value is not of its column's type."""
    position, envelope, salt, body = row
    if isinstance(position, int) and isinstance(envelope, str) and isinstance(salt, _TEXT) and isinstance(body, _TEXT):
        return Row(position, envelope, salt, body)
    raise damaged(f"position {position!r:.20} has a value that is not text")
