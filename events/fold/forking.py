"""Copies of folds that share what they do not change."""

from copy import copy
from typing import Any, TypeVar

_T = TypeVar("_T")


def fork(original: _T, **changes: Any) -> _T:
    """Return a shallow copy of an object, with dicts, lists and sets of its own. What they hold is shared.

    `changes` are attributes that the copy has instead.
    """
    twin = copy(original)
    own = {name: value for name, value in vars(original).items() if isinstance(value, dict | list | set)}
    vars(twin).update({name: value.copy() for name, value in own.items() if name not in changes} | changes)
    return twin
