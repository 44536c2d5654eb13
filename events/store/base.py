"""What a ledger needs of its store. Every store passes the same contract tests (tests/contract)."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from events.codec import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What publishing remembers of one story. `text` is JSON for its line in the pages over all stories.

    `updated_at` is None where nothing of the story is public (yet); `next_at` is when time alone changes it.
    """

    story: str
    updated_at: datetime | None
    next_at: datetime | None
    text: str


class Reading(Protocol):
    """A consistent look at the store: nothing changes while it is held."""

    def head(self) -> int:
        """Give the newest position, 0 in an empty store."""

    def rows(self, story: str | None = None, *, after: int = 0) -> Iterator[Row]:
        """Give the rows after position `after`, of one story or of all, in order."""

    def row(self, event_id: str) -> Row | None:
        """Give the row of one event."""

    def stories(self) -> list[str]:
        """Give the slugs of all stories, sorted."""

    def version(self, story: str) -> int:
        """Give the number of events of `story`, 0 where there is none."""

    def changed(self, *, after: int) -> list[str]:
        """Give the stories with events after position `after`, sorted."""

    def snapshot(self, story: str, *, version: str) -> tuple[int, bytes] | None:
        """Give the story's kept fold of that version, with the position that it was folded to."""

    def note(self, name: str) -> str | None:
        """Give a note kept beside the events: what publishing has to remember."""

    def lines(self, *, newest: int) -> list[Line]:
        """Give the lines of the `newest` published stories, by their last public update, newest first."""

    def line(self, story: str) -> Line | None:
        """Give one story's line."""

    def due(self, *, now: datetime) -> list[str]:
        """Give the published stories that time alone changes by `now`, sorted."""

    def next_at(self) -> datetime | None:
        """Give the first instant at which time alone changes something that is published, or may be."""


class Writing(Reading, Protocol):
    """The same, while nobody else can write. Leaving it commits; an exception rolls everything back."""

    def append(self, rows: Iterable[tuple[str, str, int, Row]]) -> None:
        """Append (event id, story, version, row) each, at dense positions."""

    def erase(self, event_ids: Iterable[str]) -> None:
        """Clear salt and body of these events, and whatever is remembered that may quote them; envelopes stay."""

    def put_snapshot(self, story: str, *, version: str, position: int, fold: bytes) -> None:
        """Keep a story's fold in place of the one before."""

    def forget_snapshot(self, story: str) -> None:
        """Drop a story's kept fold."""

    def put_note(self, name: str, text: str) -> None:
        """Keep a note in place of what it said before."""

    def put_line(self, line: Line) -> None:
        """Keep a story's line in place of what it said before."""

    def forget_published(self) -> None:
        """Drop every line: all of it can be made again."""


class Store(Protocol):
    """Where a ledger lives."""

    def reading(self) -> AbstractContextManager[Reading]:
        """Open a consistent look."""

    def writing(self) -> AbstractContextManager[Writing]:
        """Take the one writer's place; StoreBusyError where another holds it for too long."""

    def close(self) -> None:
        """Let go of the file."""
