"""Snapshots of folds: a long story is then loaded, which is faster than folding it from scratch.

A snapshot is a cache: it is stored with FOLD_VERSION and the position up to which it was folded, counts as absent if
anything about it is odd, and can be deleted at any time. It is a pickle, the only form of a fold that loads faster than
folding. Loading one creates values of the core's own classes and nothing else: a stranger's ledger can run no code.
"""

import pickle
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from importlib import import_module
from io import BytesIO

from events.fold.story import StoryFold

DIGEST_BYTES = 32
"""The digest before the pickle: without it, one flipped bit could load as another number."""
_CORE = ("events.fold.", "events.model.")
_DATETIME = {("datetime", kind.__name__): kind for kind in (date, datetime, timedelta, timezone)}


def freeze(fold: StoryFold) -> bytes:
    """Return `fold` as bytes for `thaw`."""
    fold.facts()  # which the fold caches: they need not be folded after each `thaw`
    pickled = pickle.dumps(fold, protocol=5)
    return sha256(pickled).digest() + pickled


def thaw(data: bytes) -> StoryFold | None:
    """Return the fold of which `freeze` made `data`, or None if it made none."""
    digest, pickled = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
    if sha256(pickled).digest() != digest:
        return None
    try:
        fold = _Reader(BytesIO(pickled)).load()
    except Exception:  # noqa: BLE001 - a damaged pickle can raise anything
        return None
    return fold if isinstance(fold, StoryFold) else None


class _Reader(pickle.Unpickler):
    """Loads pickles of the core's own classes, and refuses all others."""

    def find_class(self, module: str, name: str) -> type:
        """Return the class, or raise UnpicklingError."""
        if (module, name) in _DATETIME:
            return _DATETIME[module, name]
        own = module.startswith(_CORE) and "." not in name
        loaded = getattr(import_module(module), name, None) if own else None
        if not isinstance(loaded, type) or loaded.__module__ != module:
            raise pickle.UnpicklingError(f"{module}.{name} is not a class of the core")
        return loaded
