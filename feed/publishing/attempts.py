"""An attempt at one story: its result, or why it failed. One bad story never stops the others."""

from collections.abc import Callable
from typing import NamedTuple, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Failure(NamedTuple):
    """Why a story failed, as the command prints it."""

    reason: str

    @classmethod
    def of(cls, error: Exception) -> "Failure":
        """Return the failure that `error` is."""
        return cls(f"{type(error).__name__}: {error}")


def attempt(function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T | Failure:
    """Return what `function` returns, or a Failure if it raises an exception."""
    try:
        return function(*arguments, **options)
    except Exception as error:  # noqa: BLE001 - the purpose of this module
        return Failure.of(error)
