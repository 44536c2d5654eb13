"""A cache for a process that publishes again and again, of what it made last. One that publishes once keeps nothing.

What is in it quotes the stories, so it is emptied once one of them may have been rewritten.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_Made = TypeVar("_Made")


class ReuseCache(Generic[_Made]):
    """The `most` things that were made last, by all that each is made of. None is kept unless `is_on`."""

    def __init__(self, most: int) -> None:
        self.is_on = False
        self._most = most
        self._made: OrderedDict[Hashable, _Made] = OrderedDict()

    def get(self, made_of: Hashable, make: Callable[[], _Made]) -> _Made:
        """Return what is made of the same as before, otherwise what `make` returns."""
        if not self.is_on:
            return make()
        made = self._made.pop(made_of, None)
        self._made[made_of] = made = make() if made is None else made
        if len(self._made) > self._most:
            self._made.popitem(last=False)
        return made

    def forget(self) -> None:
        """Drop all of it."""
        self._made.clear()
