"""The tiles of a log: which ones a tree has, and their paths and bytes (c2sp.org/tlog-tiles). Pure.

A tile has up to 256 hashes of one level of the tree; the next level of tiles is 8 levels of the tree higher. A full
tile never changes. A partial one has its width in its name.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 256
LEVELS: Final = 8
FOLDER: Final = "log/tile/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One tile of `width` hashes, 1 to 256. `level` counts levels of tiles; None for a bundle of the entries."""

    level: int | None
    index: int
    width: int

    @property
    def path(self) -> str:
        """Its path in the output tree."""
        return _name(self.level, self.index) + ("" if self.width == WIDTH else f".p/{self.width}")

    @property
    def parts(self) -> str:
        """The folder of its partial versions."""
        return f"{_name(self.level, self.index)}.p/"

    @property
    def first(self) -> int:
        """The index of its first hash, or entry, within its level."""
        return self.index * WIDTH

    @property
    def tree_level(self) -> int:
        """The level of its hashes in the tree; leaves are at 0."""
        return (self.level or 0) * LEVELS


def tiles(size: int, *, since: int = 0) -> Iterator[Tile]:
    """Yield the tiles of a tree of `size` that a tree of size `since` does not have: entries first, then by level."""
    for level in (None, *range(size.bit_length())):
        height = (level or 0) * LEVELS
        hashes = size >> height
        if not hashes:
            return
        yield from level_tiles(level, hashes, since=since >> height)


def level_tiles(level: int | None, hashes: int, *, since: int = 0) -> Iterator[Tile]:
    """Yield the tiles of a level that has so many `hashes`, from the one on that has the hash at index `since`."""
    for index in range(since // WIDTH, -(-hashes // WIDTH)):
        yield Tile(level=level, index=index, width=min(WIDTH, hashes - index * WIDTH))


def bundle(entries: Iterable[bytes]) -> bytes:
    """Return an entry bundle: each entry after its length, two bytes, big-endian."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def _name(level: int | None, index: int) -> str:
    digits = f"{index:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    return f"{FOLDER}{'entries' if level is None else level}/{name}"
