"""The transparency log in SQLite: leaves and keys, each written once. The column `place` holds a leaf's index."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias, cast

import apsw

from events.model.edtf import EPOCH, MICROSECOND, microseconds
from events.store.base import Leaf, PendingLeaf

_LEAVES = "SELECT place, story, number, entry, hashes FROM leaves"
_LeafRow: TypeAlias = tuple[int, str, int, str, bytes]


class LogReading:
    """The questions of `base.TransparencyLog`."""

    _connection: apsw.Connection

    def log_size(self) -> int:
        """Return the number of leaves."""
        return cast("int", self._connection.execute("SELECT coalesce(max(place) + 1, 0) FROM leaves").get)

    def leaves(self, *, since: int = 0, until: int) -> Iterator[Leaf]:
        """Yield the leaves at indexes from `since` to before `until`, in order."""
        sql = f"{_LEAVES} WHERE place >= ? AND place < ? ORDER BY place"
        yield from map(_leaf, self._connection.execute(sql, (since, until)))

    def leaves_of(self, story: str) -> list[Leaf]:
        """Return the leaves of one story, in order."""
        return [_leaf(row) for row in self._connection.execute(f"{_LEAVES} WHERE story = ? ORDER BY number", (story,))]

    def log_hashes(self, index: int) -> bytes:
        """Return the hashes of the leaf at `index`; empty if it does not exist."""
        return cast("bytes", self._connection.execute("SELECT hashes FROM leaves WHERE place = ?", (index,)).get or b"")

    def begin_staging(self) -> None:
        """Prepare to stage leaves, and drop those that were staged before."""
        self._connection.execute(
            "CREATE TEMP TABLE IF NOT EXISTS staged_leaves "
            "(at_us INTEGER NOT NULL, story TEXT NOT NULL, number INTEGER NOT NULL, entry TEXT NOT NULL); "
            "DELETE FROM temp.staged_leaves"
        )

    def stage_leaves(self, leaves: Iterable[PendingLeaf]) -> None:
        """Set leaves aside in a temporary table, which SQLite moves to the disk if it grows."""
        self._connection.executemany(
            "INSERT INTO temp.staged_leaves VALUES (?, ?, ?, ?)",
            ((microseconds(leaf.at), leaf.story, leaf.number, leaf.entry) for leaf in leaves),
        )

    def staged_leaves(self) -> Iterator[PendingLeaf]:
        """Yield the leaves that are staged, in the order in which the public log takes them."""
        rows = self._connection.execute("SELECT * FROM temp.staged_leaves ORDER BY at_us, story, number")
        for at_us, story, number, entry in rows:
            at = EPOCH + cast("int", at_us) * MICROSECOND
            yield PendingLeaf(at, cast("str", story), cast("int", number), cast("str", entry))

    def log_keys(self) -> list[str]:
        """Return the signed notes that announced the log's keys, in order."""
        return [cast("str", note) for (note,) in self._connection.execute("SELECT note FROM log_keys ORDER BY number")]


class LogWriting(LogReading):
    """How the log grows. Triggers refuse gaps, changes and deletions."""

    def add_leaves(self, leaves: Iterable[Leaf]) -> None:
        """Append leaves."""
        self._connection.executemany(
            "INSERT INTO leaves (place, story, number, entry, hashes) VALUES (?, ?, ?, ?, ?)",
            ((leaf.index, leaf.story, leaf.number, leaf.entry, leaf.hashes) for leaf in leaves),
        )

    def add_log_key(self, note: str) -> None:
        """Append the signed note that announces a new key."""
        self._connection.execute("INSERT INTO log_keys SELECT coalesce(max(number), 0) + 1, ? FROM log_keys", (note,))


def _leaf(row: tuple[object, ...]) -> Leaf:
    index, story, number, entry, hashes = cast("_LeafRow", row)
    return Leaf(index=index, story=story, number=number, entry=entry, hashes=hashes)
