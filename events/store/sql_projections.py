"""Snapshots and overviews in SQL: caches that may be deleted (events/README.md#caches)."""

from typing import Final

from events.store.base import Overview, Projections, Snapshot
from events.store.errors import as_text
from events.store.sql import SqlConnection

PUT_OVERVIEW: Final = (
    "UPDATE overviews SET version = ?, line = ?, awaited = ? "
    "WHERE story = ? AND (SELECT max(version) FROM events WHERE story = ?) = ?"
)


class ProjectionReading(Projections):
    """Reads projections."""

    _connection: SqlConnection

    def snapshot(self, story: str, *, version: str) -> Snapshot | None:
        sql = "SELECT position, fold FROM snapshots WHERE story = ? AND version = ?"
        row = self._connection.execute(sql, (story, version)).fetchone()
        return Snapshot._make(row) if row is not None and tuple(map(type, row)) == (int, bytes) else None

    def overviews(self) -> list[Overview]:
        sql = "SELECT story, version, line, awaited FROM overviews ORDER BY story"
        rows = map(Overview._make, self._connection.execute(sql))
        return [row if set(map(type, row)) == {str} else Overview(as_text(row.story)) for row in rows]


class ProjectionWriting(ProjectionReading):
    """Replaces projections. A trigger empties the overview of a story that changes."""

    def put_snapshot(self, story: str, *, version: str, position: int, fold: bytes) -> None:
        self._connection.execute(
            "INSERT INTO snapshots VALUES (?, ?, ?, ?) ON CONFLICT (story) DO UPDATE "
            "SET position = excluded.position, version = excluded.version, fold = excluded.fold",
            (story, position, version, fold),
        )

    def forget_snapshot(self, story: str) -> None:
        self._connection.execute("DELETE FROM snapshots WHERE story = ?", (story,))

    def put_overview(self, overview: Overview, *, events: int) -> None:
        story, version, line, awaited = overview
        self._connection.execute(PUT_OVERVIEW, (version, line, awaited, story, story, events))
