"""How far a long task tells that it is."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], None]
"""Is told, now and then, how many steps are done, and of how many."""


def unwatched(done: int, of: int) -> None:
    """Show nobody."""
