"""An event as it lies in a store, and how envelopes are linked: all that is known by whoever only moves rows."""

from dataclasses import dataclass
from hashlib import sha256

FIRST_LINK = bytes(32)
"""What stands before the link of the first event."""


@dataclass(frozen=True, slots=True)
class Row:
    """An event as it is stored: exact canonical texts. `salt` (hex) and `body` are None once redacted."""

    position: int
    envelope: str
    salt: str | None
    body: str | None


def linked(before: bytes, envelope: bytes) -> bytes:
    """Return SHA-256(link before ‖ envelope): no envelope can change without every later link."""
    return sha256(before + envelope).digest()
