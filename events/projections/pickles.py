"""Pickles of our own values, the only form of a long story that loads faster than folding it.

Loading one creates values of the named modules' classes and nothing else: a file of a stranger's can run no code.
"""

import pickle
from collections import Counter
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from importlib import import_module
from io import BytesIO
from typing import Final
from uuid import UUID

DIGEST_BYTES: Final = 32
"""The digest before the pickle: without it, one flipped bit could load as another number."""
_STANDARD: Final = {
    (kind.__module__, kind.__name__): kind for kind in (Counter, UUID, date, datetime, timedelta, timezone)
}
_ABSENT: Final = object()


def dump(value: object) -> bytes:
    """Return `value` as bytes for `load`."""
    pickled = pickle.dumps(value, protocol=5)
    return sha256(pickled).digest() + pickled


def load(data: bytes, *, modules: tuple[str, ...]) -> object | None:
    """Return what `dump` made `data` of, or None if it made none of it.

    All classes in it must be of modules whose names begin with one of `modules`, or a few of the standard library's.
    """
    digest, pickled = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
    if sha256(pickled).digest() != digest:
        return None
    reader, value = _Reader(pickled, modules), None
    with suppress(Exception):  # a damaged pickle can raise anything
        value = reader.load()
    return value if reader.left_classes_alone() else None


class _Reader(pickle.Unpickler):
    def __init__(self, pickled: bytes, modules: tuple[str, ...]) -> None:
        super().__init__(BytesIO(pickled))
        self._modules = modules
        self._attributes: dict[type, dict[str, object]] = {}

    def find_class(self, module: str, name: str) -> type:
        """Return the class, or raise UnpicklingError."""
        loaded = _STANDARD.get((module, name)) or self._own_class(module, name)
        self._attributes.setdefault(loaded, dict(vars(loaded)))
        return loaded

    def _own_class(self, module: str, name: str) -> type:
        own = module.startswith(self._modules) and "." not in name
        loaded = getattr(import_module(module), name, None) if own else None
        if not isinstance(loaded, type) or loaded.__module__ != module:
            raise pickle.UnpicklingError(f"{module}.{name} is not one of our classes")
        return loaded

    def left_classes_alone(self) -> bool:
        """Return True if the pickle set no attribute of a class, as one can; otherwise undo that, and return False."""
        are_same = True
        for kind, before in self._attributes.items():
            for name in vars(kind).keys() | before.keys():
                if vars(kind).get(name, _ABSENT) is not before.get(name, _ABSENT):
                    are_same = False
                    if name in before:
                        type.__setattr__(kind, name, before[name])
                    else:
                        type.__delattr__(kind, name)
        return are_same
