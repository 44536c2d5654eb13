"""Copies of folds that share what they do not change."""

from copy import copy
from typing import TypeVar

_T = TypeVar("_T")


def fork(original: _T) -> _T:
    """Return a shallow copy of an object, with dicts, lists and sets of its own. What they hold is shared."""
    twin = copy(original)
    for name, value in vars(original).items():
        if isinstance(value, dict | list | set):
            setattr(twin, name, value.copy())
    return twin
