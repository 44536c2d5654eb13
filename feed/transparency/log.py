"""The public log: the leaves that the ledger stores, leaves yet to be stored after them, and the log's tiles."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Final

from events.errors import Problem, WritethruError
from events.model.edtf import instant
from events.store.base import Leaf, PendingLeaf, TransparencyLog
from feed.transparency.leaves import Update, damaged_leaf, leaf_id, parse_leaf
from feed.transparency.verifier.keys import Head
from feed.transparency.verifier.merkle import HASH_BYTES, last_leaf, leaf_hash, root, subtree_hashes
from feed.transparency.verifier.tiles import Tile, bundle

OTHER_NEWSROOM: Final = Problem(
    where="writethru.toml",
    check="newsroom",
    message="another `newsroom.id` has published this ledger: subscribers would get every entry again.",
    remedy="Put back the writethru.toml of its newsroom. To begin a new one, restore an export instead of a backup.",
)


class OtherNewsroomError(WritethruError):
    """The stored log has other ids for the same items: they derive from `newsroom.id`."""


class KnownLeaves:
    """The `leaves` of one story, (index, text) each, as far as they were read. A stored leaf never changes."""

    def __init__(self) -> None:
        self.leaves: list[tuple[int, str]] = []

    def read(self, reading: TransparencyLog, story: str) -> None:
        """Read those that were added; all of them again if `reading` is another log."""
        count = len(self.leaves)
        stored = [(leaf.index, leaf.entry) for leaf in reading.leaves_of(story, since=max(count, 1))]
        if self.leaves[-1:] == stored[:1]:
            self.leaves += stored[1:]
        else:
            self.leaves = stored if count <= 1 else [(leaf.index, leaf.entry) for leaf in reading.leaves_of(story)]


class PublicLog:
    """The log of `origin` that `reading` holds, with the leaves in `new_leaves` after it, which are not stored."""

    def __init__(self, reading: TransparencyLog, origin: str) -> None:
        self._reading = reading
        self._stored = reading.log_size()
        self.origin = origin
        self.new_leaves: list[Leaf] = []
        self._new_leaves_of: dict[str, list[tuple[int, str]]] = {}
        self.head = cache(self._head)

    @property
    def size(self) -> int:
        """How many leaves the log has."""
        return self._stored + len(self.new_leaves)

    def leaves(self, *, since: int, until: int) -> Iterator[Leaf]:
        """Yield the leaves at indexes from `since` to before `until`."""
        yield from self._reading.leaves(since=since, until=until)
        yield from self.new_leaves[max(since - self._stored, 0) : max(until - self._stored, 0)]

    def leaves_of(self, story: str, read: KnownLeaves | None = None) -> tuple[tuple[int, str], ...]:
        """Return the leaves of one story by number, (index, text) each; only those that were not `read` are read."""
        leaves = read or KnownLeaves()
        leaves.read(self._reading, story)
        return (*leaves.leaves, *self._new_leaves_of.get(story, ()))

    def missing_leaves(
        self, story: str, updates: Iterable[Update], read: KnownLeaves | None = None
    ) -> list[PendingLeaf]:
        """Return the leaves of those of a story's updates that the log lacks, numbered after those that it has.

        OtherNewsroomError if it has others of the story, but none of these: ids derive from `newsroom.id`.
        """
        logged = {leaf_id(entry) for _, entry in self.leaves_of(story, read)}
        items = tuple(updates)
        new = [update for update in items if update.id not in logged]
        if logged and new and len(new) == len(items):
            raise OtherNewsroomError(OTHER_NEWSROOM)
        return [
            PendingLeaf(update.sort_at, story, number, update.leaf(story=story, number=number))
            for number, update in enumerate(new, start=len(logged) + 1)
        ]

    def add(self, *, story: str, number: int, entry: str) -> None:
        """Add a leaf to those in `new_leaves`."""
        leaf = self._leaf(self.size, story, number, entry)
        self.new_leaves.append(leaf)
        self._new_leaves_of.setdefault(story, []).append((leaf.index, leaf.entry))

    def with_hashes(self, leaves: Iterable[PendingLeaf]) -> Iterator[Leaf]:
        """Yield `leaves` with their indexes and hashes, each to be stored before the next one is asked for."""
        for index, leaf in enumerate(leaves, start=self.size):
            yield self._leaf(index, leaf.story, leaf.number, leaf.entry)

    def changed_at(self, size: int) -> datetime | None:
        """Return the public instant of the last of the first `size` leaves; None if there is none."""
        newest = next(self.leaves(since=size - 1, until=size), None)
        if newest is None:
            return None
        try:
            return instant(parse_leaf(newest.entry)["at"])
        except ValueError:
            raise damaged_leaf() from None

    def tile(self, tile: Tile) -> bytes:
        """Return the bytes of a tile."""
        indexes = range(tile.first, tile.first + tile.width)
        if tile.tree_level > 0:
            return b"".join(self._node(tile.tree_level, index) for index in indexes)
        leaves = self.leaves(since=indexes.start, until=indexes.stop)
        if tile.level is None:
            return bundle(leaf.entry.encode() for leaf in leaves)
        return b"".join(leaf.hashes[:HASH_BYTES] for leaf in leaves)

    def _leaf(self, index: int, story: str, number: int, entry: str) -> Leaf:
        hashes = subtree_hashes(index, leaf_hash(entry.encode()), self._node)
        return Leaf(index=index, story=story, number=number, entry=entry, hashes=b"".join(hashes))

    def _head(self, size: int) -> Head:
        """Return the head of the log when it had `size` leaves."""
        return Head(self.origin, size, root(size, self._node))

    def _node(self, level: int, index: int) -> bytes:
        last = last_leaf(level, index)
        nth = last - self._stored
        hashes = self.new_leaves[nth].hashes if 0 <= nth < len(self.new_leaves) else self._reading.log_hashes(last)
        return hashes[level * HASH_BYTES : (level + 1) * HASH_BYTES]
