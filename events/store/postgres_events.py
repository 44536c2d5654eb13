"""What PostgreSQL says differently of events: it reads them page by page, which leaves room for other questions."""

from collections.abc import Iterator

from events.model.rows import Row
from events.store.base import Leaf, RawRow
from events.store.sql_events import ROWS, EventReading, event_row
from events.store.sql_log import LEAVES, LogReading, leaf_of_row
from events.store.sql_publishing import PublishingWriting

PAGE_ROWS = 2_000
_RAW_ROWS = (
    "SELECT e.position, e.id, e.story, e.version, e.envelope, b.salt, b.body, b.position IS NOT NULL, l.link "
    "FROM events e LEFT JOIN bodies b USING (position) LEFT JOIN links l USING (position)"
)
_TRIGGERS = (
    "SELECT c.relname || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
)
TRIGGERS = frozenset(
    {
        *("events.events_follow", "events.events_stay", "events.events_last", "bodies.bodies_only_cleared"),
        *("bodies.bodies_last", "links.links_stay", "links.links_last", "leaves.leaves_follow", "leaves.leaves_stay"),
        *("leaves.leaves_last", "log_keys.log_keys_follow", "log_keys.log_keys_stay", "log_keys.log_keys_last"),
        *("head.head_advances", "head.head_last"),
    }
)
_ORPHANS = "SELECT position FROM {} WHERE position NOT IN (SELECT position FROM events) ORDER BY position LIMIT 20"


class PostgresEvents(EventReading, LogReading):
    """Reads the events, and the leaves of the public log."""

    def rows(self, story: str | None = None, *, after: int = 0) -> Iterator[Row]:
        of_story, parameters = ("", ()) if story is None else ("AND e.story = ?", (story,))
        sql = f"{ROWS} WHERE e.position > ? {of_story} ORDER BY e.position LIMIT {PAGE_ROWS}"
        while True:
            page = [event_row(row) for row in self._connection.execute(sql, (after, *parameters))]
            yield from page
            if len(page) < PAGE_ROWS:
                return
            after = page[-1].position

    def row(self, event_id: str) -> Row | None:
        row = self._connection.execute(f"{ROWS} WHERE e.id = ?", (event_id,)).fetchone()
        return None if row is None else event_row(row)

    def has_redaction(self, *, after: int) -> bool:
        sql = "SELECT EXISTS (SELECT 1 FROM events WHERE position > ? AND envelope LIKE ?)"
        return bool(self._connection.execute(sql, (after, '%"type":"event_redacted"%')).get)

    def raw_rows(self, *, by_story: bool = False) -> Iterator[RawRow]:
        key, order = ("(e.story, e.version) > (?, ?)", "e.story, e.version") if by_story else ("e.position > ?", "1")
        sql = f"{_RAW_ROWS} WHERE {key} ORDER BY {order} LIMIT {PAGE_ROWS}"
        after: tuple[object, ...] = ("", 0) if by_story else (0,)
        while True:
            page = list(self._connection.execute(sql, after))
            yield from map(_raw_row, page)
            if len(page) < PAGE_ROWS:
                return
            after = page[-1][2:4] if by_story else page[-1][:1]

    def leaves(self, *, since: int = 0, until: int) -> Iterator[Leaf]:
        sql = f"{LEAVES} WHERE place >= ? AND place < ? ORDER BY place LIMIT {PAGE_ROWS}"
        while True:
            page = [leaf_of_row(row) for row in self._connection.execute(sql, (since, until))]
            yield from page
            if len(page) < PAGE_ROWS:
                return
            since = page[-1].index + 1

    def damage(self) -> Iterator[str]:
        triggers = {name for (name,) in self._connection.execute(_TRIGGERS)}
        yield from (f"{name} is not as this version makes it" for name in sorted(triggers ^ TRIGGERS))
        for table in ("bodies", "links"):
            for (position,) in self._connection.execute(_ORPHANS.format(table)):
                yield f"row {position} of {table} belongs to no event"
        position = self._connection.execute("SELECT position FROM head").get
        if position != self.head():
            yield f"the head is at {position}, but the newest position is {self.head()}"

    def note(self, name: str) -> str | None:
        text = self._connection.execute("SELECT text FROM notes WHERE name = ?", (name,)).get
        return None if text is None else bytes(text).decode()


class PostgresNotes(PublishingWriting):
    """Replaces notes, which are stored as bytes."""

    def put_note(self, name: str, text: str) -> None:
        self._connection.execute(
            "INSERT INTO notes VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET text = excluded.text",
            (name, text.encode()),
        )


def _raw_row(row: tuple[object, ...]) -> RawRow:
    return RawRow._make(value.encode() if isinstance(value, str) else value for value in row)
