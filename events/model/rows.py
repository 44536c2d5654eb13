"""An event as it is stored, and the hash chain over all envelopes."""

from hashlib import sha256
from typing import NamedTuple

FIRST_LINK = bytes(32)
"""The link before that of the first event."""


class Row(NamedTuple):
    """An event as it is stored: exact canonical texts. `salt` (hex) and `body` are None once redacted."""

    position: int
    envelope: str
    salt: str | None
    body: str | None


class NewRow(NamedTuple):
    """A row to append, with the columns by which the store finds it: the event's id, its story, and its version."""

    id: str
    story: str
    version: int
    row: Row


def linked(before: bytes, envelope: bytes) -> bytes:
    """Return SHA-256(link before ‖ envelope): no envelope can change without every later link."""
    return sha256(before + envelope).digest()
