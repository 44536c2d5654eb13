"""Does the ledger still hold the public log as it was published? Leaf by leaf, key by key, and beside the output.

Pure but for the signatures, which need the extra `log`: without it they are not checked, and everything else is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import orjson

from events.errors import StoreError
from events.model.codec import canonical
from events.store.base import Leaf, TransparencyLog
from feed.transparency.log import PublicLog
from feed.transparency.merkle import HASH_BYTES, leaf_hash, subtree_hashes
from feed.transparency.note import Key, b64, parse_key, succession, unb64
from feed.transparency.recover import any_published_head, refuse_older

SIGNATURE_BYTES = 64
KEY_ID_BYTES = 4


def log_damage(reading: TransparencyLog, root: Path | None) -> Iterator[str]:
    """Find what is wrong with the log that `reading` holds: in itself, and beside what stands in the output `root`."""
    try:
        own = [*leaf_damage(reading.leaves(until=reading.log_size())), *key_damage(reading.log_keys())]
    except UnicodeDecodeError:
        own = ["the public log holds bytes that are no text"]
    yield from own
    published = None if root is None or own else any_published_head(root)
    if root is not None and published is not None:
        try:
            refuse_older(PublicLog(reading, published.origin), root)
        except StoreError as error:
            yield f"the public log is not what was published: {error.problems[0].message.rstrip('.')}"


def leaf_damage(leaves: Iterable[Leaf]) -> Iterator[str]:
    """Find what is wrong with leaves: gaps, places that their entries do not tell, hashes that are not theirs."""
    latest: dict[int, bytes] = {}
    numbers: Counter[str] = Counter()
    for place, leaf in enumerate(leaves):
        if leaf.index != place:
            yield f"place {place} of the public log is missing"
            return
        numbers[leaf.story] += 1
        if not _tells(leaf, number=numbers[leaf.story]):
            yield f"place {place} of the public log does not hold the entry that it is filed under"
        hashes = subtree_hashes(place, leaf_hash(leaf.entry.encode()), lambda level, _: latest[level])
        if leaf.hashes != b"".join(hashes):
            yield f"place {place} of the public log: its entry or its hashes were changed"
        # On with what is stored: only the leaf that was changed is named, not all that stand on it.
        for level in range(len(hashes)):
            latest[level] = leaf.hashes[level * HASH_BYTES : (level + 1) * HASH_BYTES]


def key_damage(notes: Sequence[str]) -> Iterator[str]:
    """Find what is wrong with the notes that made the log's keys known, each signed by the key before or by itself."""
    before: Key | None = None
    for number, note in enumerate(notes, start=1):
        try:
            key, by, signature = _parts(note, before)
        except ValueError:
            yield f"key {number} of the public log was changed"
            return
        if not _good(by, signature, succession(key)):
            yield f"the signature under key {number} of the public log is false"
        before = key


def _tells(leaf: Leaf, *, number: int) -> bool:
    """Return True if an entry is canonical JSON that names its story and its number, the next of its story."""
    try:
        entry = orjson.loads(leaf.entry)
        said = (entry["story"], entry["number"])
    except (KeyError, TypeError, ValueError):
        return False
    return said == (leaf.story, leaf.number) == (leaf.story, number) and canonical(entry).decode() == leaf.entry


def _parts(note: str, before: Key | None) -> tuple[Key, Key, bytes]:
    """Return the key that a note announces, the key that signed it, and the signature; ValueError otherwise."""
    text, _, line = note.partition("\n\n")
    key = parse_key(text.partition("\n")[2])
    name, _, signature = line.removeprefix("\N{EM DASH} ").partition(" ")
    signed = unb64(signature.removesuffix("\n"), length=KEY_ID_BYTES + SIGNATURE_BYTES)
    by = next((known for known in (before, key) if known and known.id == signed[:KEY_ID_BYTES]), None)
    if by is None or note != f"{succession(key)}\n\N{EM DASH} {name} {b64(signed)}\n" or name != by.name:
        raise ValueError("this is no note on a key")
    return key, by, signed[KEY_ID_BYTES:]


def _good(key: Key, signature: bytes, text: str) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - an extra
    except ImportError:
        return True
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
