"""The public log as a ledger keeps it, with leaves that are yet to be kept, and as files."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache

import orjson

from events.model.edtf import instant
from events.store.base import Leaf, Reading
from feed.transparency.leaves import Update, leaf_id
from feed.transparency.merkle import HASH_BYTES, completed, keeper, leaf_hash, root
from feed.transparency.note import Head
from feed.transparency.pending import Unlogged
from feed.transparency.tiles import Tile, bundle


class Book:
    """The log of `origin` that `reading` holds, and `added` to its end. Adding here keeps nothing: a store does."""

    def __init__(self, reading: Reading, origin: str) -> None:
        self._reading = reading
        self._kept = reading.log_size()
        self.origin = origin
        self.added: list[Leaf] = []
        self._added_of: dict[str, list[Leaf]] = {}
        self.head = cache(self._head)

    @property
    def size(self) -> int:
        """How many leaves the log has."""
        return self._kept + len(self.added)

    def leaves(self, *, since: int, until: int) -> Iterator[Leaf]:
        """Yield the leaves at places from `since` to before `until`."""
        yield from self._reading.leaves(since=since, until=until)
        yield from self.added[max(since - self._kept, 0) : max(until - self._kept, 0)]

    def leaves_of(self, story: str) -> list[Leaf]:
        """Return the leaves of one story, by number."""
        return [*self._reading.leaves_of(story), *self._added_of.get(story, ())]

    def unlogged(self, story: str, updates: Iterable[Update]) -> Iterator[Unlogged]:
        """Yield those of a story's updates that the log lacks, numbered from its end: what is logged stands."""
        logged = {leaf_id(leaf.entry) for leaf in self.leaves_of(story)}
        new = (update for update in updates if update.id not in logged)
        for number, update in enumerate(new, start=len(logged) + 1):
            yield Unlogged(update.at, story, number, update.leaf(story=story, number=number))

    def add(self, *, story: str, number: int, entry: str) -> None:
        """Add a leaf."""
        leaf = self._leaf(self.size, story, number, entry)
        self.added.append(leaf)
        self._added_of.setdefault(story, []).append(leaf)

    def grown(self, items: Iterable[Unlogged]) -> Iterator[Leaf]:
        """Yield the leaves of `items`, to be kept where this reads, each before the next one is asked for."""
        for place, item in enumerate(items, start=self.size):
            yield self._leaf(place, item.story, item.number, item.entry)

    def changed_at(self, size: int) -> datetime | None:
        """Return the public instant of the last of the first `size` leaves."""
        newest = next(self.leaves(since=size - 1, until=size), None)
        return None if newest is None else instant(orjson.loads(newest.entry)["at"])

    def tile(self, tile: Tile) -> bytes:
        """Return the bytes of a tile."""
        places = range(tile.first, tile.first + tile.width)
        if tile.tree_level > 0:
            return b"".join(self._node(tile.tree_level, index) for index in places)
        leaves = self.leaves(since=places.start, until=places.stop)
        if tile.level is None:
            return bundle(leaf.entry.encode() for leaf in leaves)
        return b"".join(leaf.hashes[:HASH_BYTES] for leaf in leaves)

    def _leaf(self, place: int, story: str, number: int, entry: str) -> Leaf:
        hashes = completed(place, leaf_hash(entry.encode()), self._node)
        return Leaf(place=place, story=story, number=number, entry=entry, hashes=b"".join(hashes))

    def _head(self, size: int) -> Head:
        """Return the head of the log when it had `size` leaves."""
        return Head(self.origin, size, root(size, self._node))

    def _node(self, level: int, index: int) -> bytes:
        place = keeper(level, index)
        nth = place - self._kept
        hashes = self.added[nth].hashes if 0 <= nth < len(self.added) else self._reading.log_hashes(place)
        return hashes[level * HASH_BYTES : (level + 1) * HASH_BYTES]
