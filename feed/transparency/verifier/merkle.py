"""The Merkle tree of RFC 6962 (section 2.1), grown at its end. Pure: hashes in, hashes out.

A leaf at `index` completes one subtree of each height up to the number of trailing ones of `index`. Stored with the
leaf, their hashes are all that is ever needed: a new leaf, and the root of the tree at any size it ever had, take as
many look-ups as the tree is high.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import TypeAlias

HASH_BYTES = 32
Nodes: TypeAlias = Callable[[int, int], bytes]
"""Returns the hash of the complete subtree (level, index): 2**level leaves, from the leaf index * 2**level on."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def subtree_hashes(index: int, leaf: bytes, nodes: Nodes) -> list[bytes]:
    """Return the hashes of the subtrees that the leaf at `index` completes, its own first, then upwards."""
    hashes = [leaf]
    while index >> (len(hashes) - 1) & 1:
        level = len(hashes) - 1
        hashes.append(node_hash(nodes(level, (index >> level) - 1), hashes[-1]))
    return hashes


def last_leaf(level: int, index: int) -> int:
    """Return the index of the last leaf of a subtree, with which the subtree's hash is stored."""
    return (index + 1 << level) - 1


def root(size: int, nodes: Nodes) -> bytes:
    """Return the root of the first `size` leaves."""
    peaks = [nodes(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1]
    if not peaks:
        return sha256(b"").digest()
    top = peaks[0]
    for peak in peaks[1:]:
        top = node_hash(peak, top)
    return top


class Heads:
    """The hashes of a tree's complete subtrees, by level, from which its root at every size follows."""

    def __init__(self) -> None:
        self._levels: list[bytearray] = [bytearray()]

    def __len__(self) -> int:
        """Return the number of leaves."""
        return len(self._levels[0]) // HASH_BYTES

    def add(self, hashed: bytes) -> None:
        """Add the hash of a leaf."""
        for level, completed in enumerate(subtree_hashes(len(self), hashed, self.node)):
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += completed

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of the complete subtree `index` of 2**level leaves; b"" if there is none."""
        hashes = self._levels[level] if level < len(self._levels) else b""
        return bytes(hashes[index * HASH_BYTES : (index + 1) * HASH_BYTES])

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves."""
        return root(size, self.node)
