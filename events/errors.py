"""What can go wrong, as data: exceptions that carry facts, and problems found in data as plain values.

Sentences for people are made here from those facts only where a problem *is* a sentence (a check's
message); everything that depends on the screen is made in `feed.cli`.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing found wrong: where, which check found it, what was expected, what to do next.

    `where` is `FILE:LINE`, `STORY:POSITION` or the name of a field; `check` the stable name of the rule;
    `message` says what is wrong and what was expected; `remedy` what to do next, or "".
    """

    where: str
    check: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        """Return `WHERE: CHECK: MESSAGE`, the remedy on a second, indented line."""
        head = ": ".join(part for part in (self.where, self.check, self.message) if part)
        return f"{head}\n  {self.remedy}" if self.remedy else head

    def at(self, where: str) -> "Problem":
        """Return the same problem, found at `where`."""
        return Problem(where=where, check=self.check, message=self.message, remedy=self.remedy)


PROBLEMS_MAX = 1_000
"""At so many problems whoever looks for them leaves off: nobody reads more, and looking may take hours."""
TOO_MANY = Problem(where="", check="append", message="there may be more problems: the rest was not looked at.")


class WritethruError(Exception):
    """Whatever writethru refuses or cannot do. `problems` says everything that is wrong, never just the first."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems: tuple[Problem, ...] = problems


class InvalidError(WritethruError):
    """The input has not the shape that the vocabulary gives it."""


class RefusedError(WritethruError):
    """The command cannot be taken in the story's present state (decide said no)."""


class UnknownStoryError(RefusedError):
    """There is no such story in the ledger."""

    def __init__(self, story: str, *, known: Iterable[str]) -> None:
        self.story = story
        self.suggestion = did_you_mean(story, (name for name in known if name != story))  # it may be there later
        hint = f"Did you mean {self.suggestion}? " if self.suggestion else ""
        super().__init__(
            Problem(
                where="",
                check="story",
                message=f"there is no story {story}.",
                remedy=f'{hint}See: writethru stories. New: writethru open {story} "HEADLINE"',
            )
        )


class VersionConflictError(WritethruError):
    """The story moved on since the caller looked at it. Look again, then append."""

    def __init__(self, story: str, *, expected: int, actual: int) -> None:
        self.story, self.expected, self.actual = story, expected, actual
        super().__init__(
            Problem(
                where="",
                check="version",
                message=f"{story} is at version {actual}, but version {expected} was expected.",
                remedy=f"Somebody recorded in between. See: writethru log {story}",
            )
        )


class StoreError(WritethruError):
    """The ledger's file cannot be used; `what` happened to `path`."""

    def __init__(self, path: str, what: str, *, remedy: str = "", check: str = "ledger") -> None:
        self.path, self.what = path, what
        super().__init__(Problem(where=path, check=check, message=what, remedy=remedy))


class StoreBusyError(StoreError):
    """Another process held the ledger for longer than the wait allowed."""


class StoreDamagedError(StoreError):
    """The ledger's file holds something that writethru did not write."""


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return the known word closest to `word`, or None where none is close."""
    from difflib import get_close_matches  # noqa: PLC0415 - every start would pay for it, and only a mistyped word needs it

    close = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return close[0] if close else None


class BusyError(WritethruError):
    """Another publication of the newsroom is under way."""
