"""The chain of a public log's keys: each is announced in a note that the key before it has signed, the first by itself.

Signatures need the extra `log`. Without it nothing can be verified, and callers say what is assumed then.
"""

from collections.abc import Iterable, Iterator, Sequence

from feed.transparency.note import succession, unb64
from feed.transparency.verifier.encoding import b64
from feed.transparency.verifier.keys import Key, parse_key

SIGNATURE_BYTES = 64
KEY_ID_BYTES = 4
_DASH = "\N{EM DASH} "


def parse_announcement(note: str, before: Key | None) -> tuple[Key, Key, bytes]:
    """Return the key that a note announces, the key that signed it (or `before`), and the signature; or ValueError."""
    text, _, line = note.partition("\n\n")
    key = parse_key(text.partition("\n")[2])
    name, _, signature = line.removeprefix(_DASH).partition(" ")
    signed = unb64(signature.removesuffix("\n"), length=KEY_ID_BYTES + SIGNATURE_BYTES)
    signer = next((one for one in (before, key) if one and one.id == signed[:KEY_ID_BYTES]), None)
    if signer is None or note != f"{succession(key)}\n{_DASH}{name} {b64(signed)}\n" or name != signer.name:
        raise ValueError("not a note on a key")
    return key, signer, signed[KEY_ID_BYTES:]


def is_signed(key: Key, signature: bytes, text: str, *, unverifiable: bool) -> bool:
    """Return True if `key` has signed `text`; `unverifiable` if the library that verifies is not installed."""
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - an extra
    except ImportError:
        return unverifiable
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def is_note_signed(note: str, keys: Iterable[Key], *, unverifiable: bool) -> bool:
    """Return True if one of `keys` has signed a note. Signatures by others are ignored."""
    text, _, lines = note.partition("\n\n")
    by_id = {(key.name, key.id): key for key in keys}
    for line in lines.split("\n"):
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        try:
            signed = unb64(encoded, length=KEY_ID_BYTES + SIGNATURE_BYTES)
        except ValueError:
            continue
        key = by_id.get((name, signed[:KEY_ID_BYTES]))
        if key is not None and is_signed(key, signed[KEY_ID_BYTES:], f"{text}\n", unverifiable=unverifiable):
            return True
    return False


def announced_key(note: str) -> Key | None:
    """Return the key that a note of the ledger announces; None if it is damaged."""
    try:
        return parse_key(note.partition("\n\n")[0].partition("\n")[2])
    except ValueError:
        return None


def keys_of(notes: Iterable[str], origin: str) -> list[Key]:
    """Return the keys of the log `origin` that the ledger's `notes` announce."""
    return [key for key in map(announced_key, notes) if key is not None and key.name == origin]


def new_announcements(text: str, notes: Sequence[str], origin: str, own: Key | None) -> Iterator[str]:
    """Yield the notes in a published `log/keys` that continue those of the ledger, and end at the first that does not.

    A note continues them if the key before has signed it, or if it announces `own`, the key that is configured.
    """
    parts = text.split("\n\n")
    published = [f"{text}\n\n{signature.rstrip()}\n" for text, signature in zip(parts[::2], parts[1::2], strict=False)]
    ours = [note for note in notes if (key := announced_key(note)) is not None and key.name == origin]
    if published[: len(ours)] != ours:
        return
    before = announced_key(ours[-1]) if ours else None
    for note in published[len(ours) :]:
        try:
            key, signer, signature = parse_announcement(note, before)
        except ValueError:
            return
        continues = key.name == origin and (key == own or (before is not None and signer == before))
        if not continues or not is_signed(signer, signature, succession(key), unverifiable=False):
            return
        yield note
        before = key
