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
from feed.transparency.log import PublicLog
from feed.transparency.merkle import HASH_BYTES, leaf_hash, subtree_hashes
from feed.transparency.note import Key, b64, parse_key, succession, unb64
from feed.transparency.recover import any_published_head, refuse_older

SIGNATURE_BYTES = 64
KEY_ID_BYTES = 4


def log_damage(reading: TransparencyLog, root: Path | None) -> Iterator[str]:
    """Yield what is wrong with the stored log: in itself, and against the log in the output folder `root`."""
    try:
        damage = [*leaf_damage(reading.leaves(until=reading.log_size())), *key_damage(reading.log_keys())]
    except UnicodeDecodeError:
        damage = ["the public log has bytes that are not UTF-8"]
    yield from damage
    published = None if root is None or damage else any_published_head(root)
    if root is not None and published is not None:
        try:
            refuse_older(PublicLog(reading, published.origin), root)
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
            key, signer, signature = _parts(note, before)
        except ValueError:
            yield f"key {number} of the public log was changed"
            return
        if not _verifies(signer, signature, succession(key)):
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


def _parts(note: str, before: Key | None) -> tuple[Key, Key, bytes]:
    """Return the key that a note announces, the key that signed it, and the signature; ValueError otherwise."""
    text, _, line = note.partition("\n\n")
    key = parse_key(text.partition("\n")[2])
    name, _, signature = line.removeprefix("\N{EM DASH} ").partition(" ")
    material = unb64(signature.removesuffix("\n"), length=KEY_ID_BYTES + SIGNATURE_BYTES)
    signer = next((one for one in (before, key) if one and one.id == material[:KEY_ID_BYTES]), None)
    if signer is None or note != f"{succession(key)}\n\N{EM DASH} {name} {b64(material)}\n" or name != signer.name:
        raise ValueError("this is not a note that announces a key")
    return key, signer, material[KEY_ID_BYTES:]


def _verifies(key: Key, signature: bytes, text: str) -> bool:
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
