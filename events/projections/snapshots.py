"""A fold, kept: asking for the state of a long story then costs reading it, not folding it anew.

A snapshot is a cache and never the truth: it is keyed by FOLD_VERSION and the position that it was folded to, is
taken for nothing where anything about it is odd, and can be deleted at any time. It is a pickle, which is the only
form of a whole fold that loads faster than folding; reading one can make values of the core's own classes and
nothing else, so that a ledger from a stranger runs no code of the stranger's.
"""

import pickle
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from importlib import import_module
from io import BytesIO

from events.fold.story import StoryFold

DIGEST_BYTES = 32  # before the pickle: one flipped bit in it could be another number
_ROOMS = frozenset(
    f"events.{room}"
    for room in (
        "fold.expectations",
        "fold.facts",
        "model.events",
        "fold.attribution",
        "model.parts",
        "fold.development",
        "fold.claims",
        "fold.state",
        "fold.story",
        "model.values",
        "model.edtf",
    )
)
_PLAIN = {("datetime", kind.__name__): kind for kind in (date, datetime, timedelta, timezone)}


def freeze(fold: StoryFold) -> bytes:
    """Return `fold` as bytes for `thaw`."""
    fold.facts()  # folded now, they need not be each time that it is thawed
    kept = pickle.dumps(fold, protocol=5)
    return sha256(kept).digest() + kept


def thaw(data: bytes) -> StoryFold | None:
    """Return the fold that `freeze` was given, or None where `data` is none."""
    digest, kept = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
    if sha256(kept).digest() != digest:
        return None
    try:
        fold = _Reader(BytesIO(kept)).load()
    except Exception:  # noqa: BLE001 - a damaged pickle can raise anything, and is worth as little as none
        return None
    return fold if isinstance(fold, StoryFold) else None


class _Reader(pickle.Unpickler):
    """Reads pickles that name the core's own classes, and refuses all others."""

    def find_class(self, module: str, name: str) -> type:
        """Return the class, or raise UnpicklingError."""
        if (module, name) in _PLAIN:
            return _PLAIN[module, name]
        found = getattr(import_module(module), name, None) if module in _ROOMS and "." not in name else None
        if not isinstance(found, type) or found.__module__ != module:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a fold")
        return found
