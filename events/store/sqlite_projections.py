"""Snapshots and overviews in SQLite: caches that may be deleted (events/README.md#caches)."""

from typing import TypeAlias, cast

import apsw

from events.store.base import Overview, Snapshot

_OverviewRow: TypeAlias = tuple[str, str, str, str]


class ProjectionReading:
    """The questions of `base.Projections`."""

    _connection: apsw.Connection

    def snapshot(self, story: str, *, version: str) -> Snapshot | None:
        """Return a story's snapshot, if it is of that version of the fold."""
        sql = "SELECT position, fold FROM snapshots WHERE story = ? AND version = ?"
        row = self._connection.execute(sql, (story, version)).fetchone()
        return None if row is None else Snapshot._make(cast("tuple[int, bytes]", row))

    def overviews(self) -> list[Overview]:
        """Return the overviews of all stories, by slug."""
        rows = self._connection.execute("SELECT story, version, line, awaited FROM overviews ORDER BY story")
        return [Overview._make(cast("_OverviewRow", row)) for row in rows]


class ProjectionWriting(ProjectionReading):
    """How projections are replaced. A trigger empties the overview of a story that changes."""

    def put_snapshot(self, story: str, *, version: str, position: int, fold: bytes) -> None:
        """Replace a story's snapshot."""
        self._connection.execute(
            "INSERT INTO snapshots VALUES (?, ?, ?, ?) ON CONFLICT (story) DO UPDATE "
            "SET position = excluded.position, version = excluded.version, fold = excluded.fold",
            (story, position, version, fold),
        )

    def forget_snapshot(self, story: str) -> None:
        """Delete a story's snapshot."""
        self._connection.execute("DELETE FROM snapshots WHERE story = ?", (story,))

    def put_overview(self, overview: Overview, *, events: int) -> None:
        """Replace a story's overview, made of so many `events`. Do nothing if the story has more by now."""
        self._connection.execute(
            "UPDATE overviews SET version = ?2, line = ?3, awaited = ?4 "
            "WHERE story = ?1 AND (SELECT max(version) FROM events WHERE story = ?1) = ?5",
            (overview.story, overview.version, overview.line, overview.awaited, events),
        )
