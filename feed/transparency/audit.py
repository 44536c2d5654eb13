"""Checks the public log that the ledger stores: leaf by leaf, key by key, and against the published log.

Signatures need the extra `log`; without it, everything else is checked.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import orjson

from events.errors import StoreError
from events.model.codec import canonical
from events.store.base import Leaf, TransparencyLog
from feed.transparency.chain import is_note_signed, is_signed, keys_of, parse_announcement
from feed.transparency.log import PublicLog
from feed.transparency.note import note_head, succession
from feed.transparency.recover import read_checkpoint, refuse_other_past
from feed.transparency.verifier.keys import Key
from feed.transparency.verifier.merkle import HASH_BYTES, leaf_hash, subtree_hashes


def log_damage(reading: TransparencyLog, root: Path | None) -> Iterator[str]:
    """Yield what is wrong with the stored log: in itself, and against the log in the output folder `root`."""
    # The output is read first: a publication that is under way commits its leaves before it shows them.
    checkpoint = "" if root is None else read_checkpoint(root)
    try:
        damage = [*leaf_damage(reading.leaves(until=reading.log_size())), *key_damage(reading.log_keys())]
    except UnicodeDecodeError:
        damage = ["the public log has bytes that are not UTF-8"]
    yield from damage
    if root is None or damage:
        return
    try:
        head = note_head(checkpoint)
    except ValueError:
        return
    # Others may be able to write to the output. What no key of the log has signed says nothing about the ledger.
    notes = reading.log_keys()
    if not notes or is_note_signed(checkpoint, keys_of(notes, head.origin), unverifiable=True):
        try:
            refuse_other_past(PublicLog(reading, head.origin), head)
        except StoreError as error:
            yield f"the public log is not what was published: {error.problems[0].message.rstrip('.')}"


def leaf_damage(leaves: Iterable[Leaf]) -> Iterator[str]:
    """Yield what is wrong with leaves: gaps, entries of another story or number, and wrong hashes."""
    latest: dict[int, bytes] = {}
    numbers: Counter[str] = Counter()
    for index, leaf in enumerate(leaves):
        if leaf.index != index:
            yield f"leaf {index} of the public log is missing"
            return
        numbers[leaf.story] += 1
        if not _names_itself(leaf, number=numbers[leaf.story]):
            yield f"leaf {index} of the public log has an entry of another story or number"
        hashes = subtree_hashes(index, leaf_hash(leaf.entry.encode()), lambda level, _: latest[level])
        if leaf.hashes != b"".join(hashes):
            yield f"leaf {index} of the public log has a changed entry or changed hashes"
        # Go on with the stored hashes, so that only the changed leaf is reported, and not all the leaves after it.
        for level in range(len(hashes)):
            latest[level] = leaf.hashes[level * HASH_BYTES : (level + 1) * HASH_BYTES]


def key_damage(notes: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the notes that announce the log's keys, each signed by the key before or by itself."""
    before: Key | None = None
    for number, note in enumerate(notes, start=1):
        try:
            key, signer, signature = parse_announcement(note, before)
        except ValueError:
            yield f"key {number} of the public log was changed"
            return
        if not is_signed(signer, signature, succession(key), unverifiable=True):
            yield f"the signature under key {number} of the public log is false"
        before = key


def _names_itself(leaf: Leaf, *, number: int) -> bool:
    """Return True if the entry is canonical JSON with the leaf's story and number, which is the next of its story."""
    try:
        entry = orjson.loads(leaf.entry)
        names = (entry["story"], entry["number"])
    except (KeyError, TypeError, ValueError):
        return False
    return names == (leaf.story, leaf.number) == (leaf.story, number) and canonical(entry).decode() == leaf.entry
