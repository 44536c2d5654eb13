"""Checkpoints and keys as signed notes (c2sp.org/signed-note, c2sp.org/tlog-checkpoint). Pure: the caller signs.

Only Ed25519 is supported. A key's name is its log's origin, so the line of a signature says which log it belongs to.
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Callable
from typing import Final

from feed.config import KEY_NAME
from feed.transparency.verifier.encoding import b64
from feed.transparency.verifier.keys import Head, Key, parse_head

ED25519: Final = b"\x01"
KEY_BYTES: Final = 32
NOTE_CHARS_MAX: Final = 20_000
SUCCESSION: Final = "writethru log key"
"""The first line of the note that announces a key."""
_PRIVATE: Final = "PRIVATE+KEY+"


def sign_note(text: str, key: Key, sign: Callable[[bytes], bytes]) -> str:
    """Return the note of `text` with the signature that `sign` makes by `key`."""
    return f"{text}\n\N{EM DASH} {key.name} {b64(key.id + sign(text.encode()))}\n"


def succession(key: Key) -> str:
    """Return the text that announces `key`. The key before it signs this text; the first key signs its own."""
    return f"{SUCCESSION}\n{key}\n"


def note_head(note: str) -> Head:
    """Return the head that a checkpoint states, without checking its signature; ValueError if it states none."""
    if len(note) > NOTE_CHARS_MAX:
        raise ValueError("a checkpoint is shorter")
    return parse_head(note.partition("\n\n")[0].rstrip("\n") + "\n")


def format_secret(key: Key, seed: bytes) -> str:
    """Return the line of a key file, in the form of Go's sumdb/note."""
    return f"{_PRIVATE}{key.name}+{key.id.hex()}+{b64(ED25519 + seed)}\n"


def parse_secret(line: str) -> tuple[str, str, bytes]:
    """Return (name, key id in hex, seed) of a key file's line. ValueError, which never quotes the line."""
    name, _, rest = line.strip().removeprefix(_PRIVATE).partition("+")
    key_id, _, encoded = rest.partition("+")
    if not line.startswith(_PRIVATE) or not KEY_NAME.fullmatch(name):
        raise ValueError("this is not a file of writethru keygen")
    material = unb64(encoded, length=len(ED25519) + KEY_BYTES)
    return name, key_id, material[1:]


def unb64(text: str, *, length: int) -> bytes:
    """Return the `length` bytes of base64; ValueError if `text` is not their canonical form."""
    try:
        data = b64decode(text.encode("ascii"), validate=True)
    except (Error, UnicodeEncodeError):
        data = b""
    if len(data) != length or b64(data) != text:
        raise ValueError(f"expected {length} bytes in base64")
    return data
