"""The transparency log in SQL: leaves and keys, each written once. The column `place` holds a leaf's index."""

from collections.abc import Iterable, Iterator
from typing import cast

from events.model.edtf import EPOCH, MICROSECOND, microseconds
from events.store.base import Leaf, PendingLeaf, TransparencyLog
from events.store.errors import as_text, damaged
from events.store.sql import SqlConnection

LEAVES = "SELECT place, story, number, entry, hashes FROM leaves"


class LogReading(TransparencyLog):
    """Reads the log. Staged leaves are in a temporary table of SQLite, which it moves to the disk if it grows."""

    _connection: SqlConnection
    _staging: SqlConnection

    def log_size(self) -> int:
        return cast("int", self._connection.execute("SELECT coalesce(max(place) + 1, 0) FROM leaves").get)

    def leaves(self, *, since: int = 0, until: int) -> Iterator[Leaf]:
        sql = f"{LEAVES} WHERE place >= ? AND place < ? ORDER BY place"
        yield from map(leaf_of_row, self._connection.execute(sql, (since, until)))

    def leaves_of(self, story: str, *, since: int = 1) -> list[Leaf]:
        sql = f"{LEAVES} WHERE story = ? AND number >= ? ORDER BY number"
        return [leaf_of_row(row) for row in self._connection.execute(sql, (story, since))]

    def log_hashes(self, index: int) -> bytes:
        return cast("bytes", self._connection.execute("SELECT hashes FROM leaves WHERE place = ?", (index,)).get or b"")

    def begin_staging(self) -> None:
        self._staging.execute(
            "CREATE TEMP TABLE IF NOT EXISTS staged_leaves "
            "(at_us INTEGER NOT NULL, story TEXT NOT NULL, number INTEGER NOT NULL, entry TEXT NOT NULL); "
            "DELETE FROM temp.staged_leaves"
        )

    def stage_leaves(self, leaves: Iterable[PendingLeaf]) -> None:
        self._staging.executemany(
            "INSERT INTO temp.staged_leaves VALUES (?, ?, ?, ?)",
            ((microseconds(leaf.at), leaf.story, leaf.number, leaf.entry) for leaf in leaves),
        )

    def staged_leaves(self) -> Iterator[PendingLeaf]:
        rows = self._staging.execute("SELECT * FROM temp.staged_leaves ORDER BY at_us, story, number")
        for at_us, story, number, entry in rows:
            at = EPOCH + cast("int", at_us) * MICROSECOND
            yield PendingLeaf(at, cast("str", story), cast("int", number), cast("str", entry))

    def log_keys(self) -> list[str]:
        return [as_text(note) for (note,) in self._connection.execute("SELECT note FROM log_keys ORDER BY number")]


class LogWriting(LogReading):
    """Appends to the log. Triggers refuse gaps, changes and deletions."""

    def add_leaves(self, leaves: Iterable[Leaf]) -> None:
        self._connection.executemany(
            "INSERT INTO leaves (place, story, number, entry, hashes) VALUES (?, ?, ?, ?, ?)",
            ((leaf.index, leaf.story, leaf.number, leaf.entry, leaf.hashes) for leaf in leaves),
        )

    def add_log_key(self, note: str) -> None:
        self._connection.execute("INSERT INTO log_keys SELECT coalesce(max(number), 0) + 1, ? FROM log_keys", (note,))


def leaf_of_row(row: tuple[object, ...]) -> Leaf:
    """Return a row of LEAVES; StoreDamagedError if a value is not of its column's type."""
    index, story, number, entry, hashes = row
    if isinstance(index, int) and isinstance(number, int) and isinstance(hashes, bytes):
        return Leaf(index, as_text(story), number, as_text(entry), hashes)
    raise damaged(f"leaf {index!r:.20} of the public log has a value of another type")
