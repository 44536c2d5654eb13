"""The keys and the heads of logs."""

import re
from hashlib import sha256
from typing import NamedTuple

from .encoding import b64, unb64
from .errors import LogError
from .merkle import HASH_BYTES

KEY_ID_BYTES = 4
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_NAME = re.compile(r"[^\s+]{1,200}")


class Head(NamedTuple):
    """The log at some size. `origin` is "" if it is not known."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text of its checkpoint, which is what is signed."""
        return f"{self.origin}\n{self.size}\n{b64(self.root)}\n"


class Key(NamedTuple):
    """An Ed25519 verifier key: NAME+ID+BASE64."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that signatures begin with."""
        return sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        """Return the key in one line."""
        return f"{self.name}+{self.id.hex()}+{b64(bytes([1]) + self.public)}"


def parse_head(text: str) -> Head:
    """Return the head that a checkpoint's text states; ValueError if it states none."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not is_name(lines[0]) or not _SIZE.fullmatch(lines[1]):
        raise ValueError("is not origin, size and root, one line each")
    try:
        root = unb64("", lines[2])
    except LogError as error:
        raise ValueError(error.message) from None
    if len(root) != HASH_BYTES:
        raise ValueError("its root is not 32 bytes in base64")
    return Head(lines[0], int(lines[1]), root)


def parse_key(line: str) -> Key:
    """Return the key of a verifier key's line; ValueError if it is not one."""
    name, _, rest = line.partition("+")
    _, _, encoded = rest.partition("+")
    try:
        material = unb64("key", encoded)
    except LogError:
        material = b""
    key = Key(name, material[1:])
    if len(material) != 1 + HASH_BYTES or str(key) != line or not is_name(name):
        raise ValueError(f"{line[:80]!r} is not an Ed25519 verifier key (NAME+ID+BASE64)")
    return key


def is_name(text: str) -> bool:
    """Return True if `text` may be the name of a key or a log."""
    return text.isprintable() and _NAME.fullmatch(text) is not None
