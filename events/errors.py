"""Errors as data: problems as plain values, and exceptions that carry problems and facts.

A problem is two sentences: what is wrong, and what to do. How they are printed is decided in `feed.cli`.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong.

    where: `FILE:LINE`, `STORY:POSITION`, a story, or the name of a field
    check: the stable name of the rule
    message: what is wrong
    remedy: what to do; may be ""
    """

    where: str
    check: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        """Return `WHERE: CHECK: MESSAGE`, and the remedy on a second line, indented.

        A check that only repeats where it is, as `facts: facts[0]` would, is left out.
        """
        field = self.where.rpartition(": ")[2]
        repeats = field == self.check or field.startswith((f"{self.check}.", f"{self.check}["))
        parts = (self.where, "" if repeats else self.check, self.message)
        head = ": ".join(part for part in parts if part)
        return f"{head}\n  {self.remedy}" if self.remedy else head

    def at(self, where: str) -> "Problem":
        """Return the same problem at `where`."""
        return Problem(where=where, check=self.check, message=self.message, remedy=self.remedy)


PROBLEMS_MAX = 1_000
"""After so many problems the search stops: nobody reads more, and it may take hours."""
TOO_MANY = Problem(
    where="",
    check="append",
    message="the search stopped here, so there may be more.",
    remedy="Fix these, and try again.",
)


class WritethruError(Exception):
    """The base of all errors. `problems` has everything that is wrong, not only the first."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems: tuple[Problem, ...] = problems


class InvalidError(WritethruError):
    """The input does not have the shape of an event (events/README.md#event-types)."""


class RefusedError(WritethruError):
    """The story in its present state does not allow the command (events/README.md#what-is-refused)."""


class ClockError(WritethruError):
    """The machine's clock is too far after everything that the ledger knows of (events/README.md#the-clock)."""


class UnknownStoryError(RefusedError):
    """There is no such story in the ledger."""

    def __init__(self, story: str, *, stories: Iterable[str]) -> None:
        self.story = story
        slug = as_slug(story)
        self.suggestion = did_you_mean(slug, (name for name in stories if name != story))  # a view may be before it
        hint = f"Did you mean {self.suggestion}? " if self.suggestion else ""
        super().__init__(
            Problem(
                where="",
                check="story",
                message=f"there is no story {story}.",
                remedy=f"{hint}To see all: writethru stories. To open it: writethru open {slug or 'STORY'} HEADLINE",
            )
        )


class VersionConflictError(WritethruError):
    """The story has changed since the caller read it. Read it again, then append.

    `since` says in words what was recorded and what changed in between.
    """

    def __init__(self, story: str, *, expected: int, actual: int, since: Iterable[str] = ()) -> None:
        self.story, self.expected, self.actual, self.since = story, expected, actual, tuple(since)
        if expected > actual:
            message = f"{story} is at version {actual}: there is no version {expected} yet."
        else:
            message = f"{story} is at version {actual}, but version {expected} was expected."
        remedy = f"Look at it again, and expect version {actual}: writethru show {story}"
        lines = [f"Since version {expected}:", *(f"  {line}" for line in self.since)] if self.since else []
        super().__init__(Problem(where="", check="version", message=message, remedy="\n  ".join([*lines, remedy])))


class StoreError(WritethruError):
    """The ledger's file cannot be used: `what` is wrong with `path`."""

    def __init__(self, path: str, what: str, *, remedy: str = "", check: str = "ledger") -> None:
        self.path, self.what = path, what
        super().__init__(Problem(where=path, check=check, message=what, remedy=remedy))


class StoreBusyError(StoreError):
    """Another process held the ledger's lock for longer than this one waits."""


class StoreDamagedError(StoreError):
    """The ledger's file has contents that writethru did not write."""


class CacheDamagedError(StoreDamagedError):
    """A cache in the ledger, `name`, has contents that writethru did not write. It can be made again."""

    def __init__(self, name: str) -> None:
        what = f"what publishing has remembered cannot be used: {name}."
        super().__init__("ledger.db", what, remedy="It is only a cache. To make it again: writethru rebuild")


def as_slug(text: str) -> str:
    """Return the slug that `text` was probably meant to be: mill-fire for Mill_Fire."""
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in text.casefold()).split())


def did_you_mean(word: str, names: Iterable[str]) -> str | None:
    """Return the name that is closest to `word`, or None if none is close."""
    from difflib import get_close_matches  # noqa: PLC0415 - every start would pay for it, and only a mistyped word needs it

    close = get_close_matches(word, sorted(names), n=1, cutoff=0.6)
    return close[0] if close else None


class BusyError(WritethruError):
    """Another publication of the newsroom is running."""
