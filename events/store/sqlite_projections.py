"""Snapshots and overviews in SQLite: caches that may be deleted (events/README.md#caches)."""

import apsw

from events.store.base import Overview, Projections, Snapshot
from events.store.errors import as_text


class ProjectionReading(Projections):
    """Reads projections."""

    _connection: apsw.Connection

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
        self._connection.execute(
            "UPDATE overviews SET version = ?2, line = ?3, awaited = ?4 "
            "WHERE story = ?1 AND (SELECT max(version) FROM events WHERE story = ?1) = ?5",
            (overview.story, overview.version, overview.line, overview.awaited, events),
        )
