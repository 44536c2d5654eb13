"""The tree of RFC 6962, section 2.1, and its tiles (c2sp.org/tlog-tiles)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from .errors import LogError, MissingError, leaf_count, quantity
from .files import CHECKPOINT, Files
from .keys import Head
from .leaves import CLOCK_SKEW, Leaves
from .merkle import HASH_BYTES, Heads
from .notes import SignatureCheck
from .report import PROBLEMS_MAX, Report
from .tiles import WIDTH, Tile, level_tiles


@dataclass(frozen=True)
class TreeCheck:
    """Checks that the leaves give the hashes in the tiles, the root, and the root that is remembered."""

    files: Files
    report: Report
    head: Head

    def check(self) -> Leaves | None:
        """Return the leaves; None if one could not be read."""
        leaves = Leaves(datetime.now(UTC) + CLOCK_SKEW)
        errors = self.read_leaves(leaves)
        self._check_tiles(leaves.heads)
        for error in errors:  # after the tiles, which name the first leaf that is wrong
            self.report.add(error.where, error.message)
        if len(leaves) < self.head.size:
            return None
        if leaves.heads.root(self.head.size) != self.head.root:
            self.report.add(CHECKPOINT, f"its root is not that of the {leaf_count(self.head.size)}")
        self._check_since(leaves.heads)
        return leaves

    def read_leaves(self, leaves: "Leaves | list[bytes]") -> list[LogError]:
        """Read leaves up to the first one that cannot be read, and return what is wrong."""
        errors: list[LogError] = []
        for tile in level_tiles(None, self.head.size):
            first, width, path = tile.first, tile.width, tile.path
            try:
                data, offset = self.files.read(path), 0
            except MissingError as error:
                return [*errors, error]
            self.files.budget.seconds_left(path)
            for index in range(first, first + width):
                length = int.from_bytes(data[offset : offset + 2], "big")
                leaf = data[offset + 2 : offset + 2 + length]
                offset += 2 + length
                if len(data) < offset or not length:
                    return [*errors, LogError(path, f"ends within leaf {index}")]
                leaves.append(leaf)
            if len(data) > offset:
                errors.append(LogError(path, f"has more than the leaves {first} to {first + width - 1}"))
            if len(errors) >= PROBLEMS_MAX:
                return errors
        return errors

    def _check_tiles(self, heads: Heads) -> None:
        """Compare the tiles with the hashes of as many leaves as could be read."""
        level, size = 0, self.head.size
        while size and len(heads) >> 8 * level:
            for tile in level_tiles(level, size):
                indexes = range(tile.first, tile.first + tile.width)
                expected = [heads.node(tile.tree_level, index) for index in indexes]
                if not expected[0]:
                    break
                self._check_tile(tile, [hashed for hashed in expected if hashed])
            level += 1
            size //= WIDTH

    def _check_tile(self, tile: Tile, expected: list[bytes]) -> None:
        try:
            data = self.files.read(tile.path)
        except MissingError as error:
            self.report.add(error.where, error.message)
            return
        hashes = [data[at : at + HASH_BYTES] for at in range(0, (tile.width + 1) * HASH_BYTES, HASH_BYTES)]
        pairs = enumerate(zip(hashes, expected, strict=False), start=tile.first)
        wrong = next((index for index, (one, other) in pairs if one and one != other), None)
        if wrong is not None:
            what = f"the hash of leaf {wrong}" if tile.level == 0 else f"hash {wrong}"
            self.report.add(tile.path, f"{what} is not that of the leaves")
        elif len(data) != tile.width * HASH_BYTES:
            self.report.add(tile.path, f"does not have {quantity(tile.width, 'hash', 'hashes')}")

    def _check_since(self, heads: Heads) -> None:
        memory, head = self.report.memory, self.head
        if memory is None:
            return
        since = memory.head
        if since.origin not in {"", head.origin}:
            message = f"is of {head.origin}; what you remember is of {since.origin}"
        elif since.size > head.size:
            message = f"has {leaf_count(head.size)}; you remember {since.size}"
        elif heads.root(since.size) != since.root:
            words = "leaf is not the one" if since.size == 1 else f"{since.size} leaves are not those"
            message = f"its first {words} that you remember"
        else:
            if memory.checkpoint is not None:
                SignatureCheck(self.files, self.report).check_memory(memory.checkpoint)
            return
        self.report.add(CHECKPOINT, message)
