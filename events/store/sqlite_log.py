"""The public log as the ledger's file keeps it: leaves and keys, each written once (feed/transparency/README.md)."""

from collections.abc import Iterable, Iterator
from typing import cast

import apsw

from events.model.edtf import EPOCH, MICROSECOND, microseconds
from events.store.base import Leaf, PendingLeaf

_LEAVES = "SELECT place, story, number, entry, hashes FROM leaves"


class LogReading:
    """What can be asked of the public log within one look."""

    _connection: apsw.Connection

    def log_size(self) -> int:
        """Return how many leaves there are."""
        return cast("int", self._connection.execute("SELECT coalesce(max(place) + 1, 0) FROM leaves").get)

    def leaves(self, *, since: int = 0, until: int) -> Iterator[Leaf]:
        """Yield the leaves at places from `since` to before `until`, in order."""
        found = self._connection.execute(f"{_LEAVES} WHERE place >= ? AND place < ? ORDER BY place", (since, until))
        yield from map(_leaf, found)

    def leaves_of(self, story: str) -> list[Leaf]:
        """Return the leaves of one story, in order."""
        return [_leaf(row) for row in self._connection.execute(f"{_LEAVES} WHERE story = ? ORDER BY number", (story,))]

    def log_hashes(self, place: int) -> bytes:
        """Return the hashes that the leaf at `place` keeps, each after the one below; empty where there is none."""
        return cast("bytes", self._connection.execute("SELECT hashes FROM leaves WHERE place = ?", (place,)).get or b"")

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
        """Return the notes by which the log's keys were made known, in order."""
        return [cast("str", note) for (note,) in self._connection.execute("SELECT note FROM log_keys ORDER BY number")]


class LogWriting(LogReading):
    """What the one writer can add to the public log."""

    def add_leaves(self, leaves: Iterable[Leaf]) -> None:
        """Add leaves at dense places."""
        self._connection.executemany(
            "INSERT INTO leaves (place, story, number, entry, hashes) VALUES (?, ?, ?, ?, ?)",
            ((leaf.place, leaf.story, leaf.number, leaf.entry, leaf.hashes) for leaf in leaves),
        )

    def add_log_key(self, note: str) -> None:
        """Add the note by which a new key is made known."""
        self._connection.execute("INSERT INTO log_keys SELECT coalesce(max(number), 0) + 1, ? FROM log_keys", (note,))


def _leaf(row: tuple[object, ...]) -> Leaf:
    place, story, number, entry, hashes = row
    return Leaf(
        place=cast("int", place),
        story=cast("str", story),
        number=cast("int", number),
        entry=cast("str", entry),
        hashes=cast("bytes", hashes),
    )
