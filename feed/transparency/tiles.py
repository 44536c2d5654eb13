"""The static files of a log: which tiles a tree has, where they stand, what they hold (c2sp.org/tlog-tiles).

Pure. A tile holds up to 256 hashes of one level, 8 levels of the tree above the tile level below. A full tile never
changes; a partial one has its width in its name.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 256
LEVELS: Final = 8
ENTRY_BYTES_MAX: Final = 65_535
FOLDER: Final = "log/tile/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One tile: `level` is that of the tile, None for a bundle of the entries themselves. `width` hashes, 1 to 256."""

    level: int | None
    index: int
    width: int

    @property
    def path(self) -> str:
        """Its place in the output tree."""
        return _name(self.level, self.index) + ("" if self.width == WIDTH else f".p/{self.width}")

    @property
    def parts(self) -> str:
        """The folder in which it stands while it is partial."""
        return f"{_name(self.level, self.index)}.p/"

    @property
    def first(self) -> int:
        """The index of its first hash, or entry, within its level."""
        return self.index * WIDTH

    @property
    def tree_level(self) -> int:
        """The level of the tree that its hashes are of; leaves are at 0."""
        return (self.level or 0) * LEVELS


def tiles(size: int, *, since: int = 0) -> Iterator[Tile]:
    """Yield the tiles of a tree of `size` that one of size `since` did not have: entries first, then level by level."""
    for level in (None, *range(size.bit_length())):
        height = (level or 0) * LEVELS
        hashes = size >> height
        if not hashes:
            return
        for index in range((since >> height) // WIDTH, -(-hashes // WIDTH)):
            yield Tile(level=level, index=index, width=min(WIDTH, hashes - index * WIDTH))


def bundle(entries: Iterable[bytes]) -> bytes:
    """Return an entry bundle: each entry after its length, two bytes, big-endian."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def _name(level: int | None, index: int) -> str:
    digits = f"{index:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    place = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    return f"{FOLDER}{'entries' if level is None else level}/{place}"
