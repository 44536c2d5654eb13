"""Publishing state in SQL: notes, and a line for each story. Instants are whole microseconds since 1970."""

from datetime import datetime
from typing import cast

from events.errors import CacheDamagedError
from events.model.edtf import EPOCH, MICROSECOND, microseconds
from events.store.base import ERASING, LASTING, Line, PublishingState
from events.store.sql import SqlConnection

_LINES = "SELECT story, updated_us, next_us, text FROM published"


class PublishingReading(PublishingState):
    """Reads publishing state."""

    _connection: SqlConnection

    def note(self, name: str) -> str | None:
        return _text(self._connection.execute("SELECT text FROM notes WHERE name = ?", (name,)).get, name)

    def notes(self) -> list[str]:
        return [_text(name, "notes") or "" for (name,) in self._connection.execute("SELECT name FROM notes")]

    def lines(self, *, newest: int) -> list[Line]:
        sql = f"{_LINES} WHERE updated_us IS NOT NULL ORDER BY updated_us DESC, story LIMIT ?"
        return [_line(row) for row in self._connection.execute(sql, (newest,))]

    def line(self, story: str) -> Line | None:
        row = self._connection.execute(f"{_LINES} WHERE story = ?", (story,)).fetchone()
        return None if row is None else _line(row)

    def due(self, *, now: datetime) -> list[str]:
        sql = "SELECT story FROM published WHERE next_us <= ? ORDER BY story"
        return [_text(story, "due") or "" for (story,) in self._connection.execute(sql, (microseconds(now),))]

    def next_at(self) -> datetime | None:
        # Without the condition SQLite would read all stories: the index has only those that change by time alone.
        sql = "SELECT min(next_us) FROM published WHERE next_us IS NOT NULL"
        return _instant(self._connection.execute(sql).get, "next")


class PublishingWriting(PublishingReading):
    """Replaces publishing state."""

    def put_note(self, name: str, text: str) -> None:
        self._connection.execute(
            "INSERT INTO notes VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET text = excluded.text", (name, text)
        )

    def forget_note(self, name: str) -> None:
        self._connection.execute("DELETE FROM notes WHERE name = ?", (name,))

    def put_line(self, line: Line) -> None:
        self._connection.execute(
            "INSERT INTO published VALUES (?, ?, ?, ?) ON CONFLICT (story) DO UPDATE "
            "SET updated_us = excluded.updated_us, next_us = excluded.next_us, text = excluded.text",
            (line.story, _microseconds(line.updated_at), _microseconds(line.next_at), line.text),
        )

    def forget_published(self) -> None:
        self._connection.execute("DELETE FROM published")

    def _forget_quotations(self) -> None:
        """Delete what may quote an entry whole. Without its checkpoint, the next publication rebuilds everything."""
        self.forget_published()
        lasting = ", ".join("?" * len(LASTING))
        self._connection.execute(f"DELETE FROM notes WHERE name NOT IN ({lasting})", LASTING)  # noqa: S608 - parameters
        self.put_note(ERASING, "")


def _line(row: tuple[object, ...]) -> Line:
    slug, updated_us, next_us, text = row
    story = _text(slug, "published") or ""
    updated_at, next_at = _instant(updated_us, story), _instant(next_us, story)
    return Line(story=story, updated_at=updated_at, next_at=next_at, text=_text(text, story) or "")


def _microseconds(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)


def _text(value: object, name: str) -> str | None:
    if isinstance(value, str | None):
        return value
    raise CacheDamagedError(ascii(name))


def _instant(at_us: object, name: str) -> datetime | None:
    try:
        return None if at_us is None else EPOCH + cast("int", at_us) * MICROSECOND
    except (OverflowError, TypeError):
        raise CacheDamagedError(ascii(name)) from None
