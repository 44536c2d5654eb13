"""What a ledger needs of its store. Every store passes the same contract tests (tests/contract)."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from events.model.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What publishing remembers of one story. `text` is JSON for its line in the pages over all stories.

    `updated_at` is None where nothing of the story is public (yet); `next_at` is when time alone changes it.
    """

    story: str
    updated_at: datetime | None
    next_at: datetime | None
    text: str


class Overview(NamedTuple):
    """What the lists over all stories say of one: two texts (`projections.overviews`), of the fold of that `version`.

    All three are empty where the story has changed since they were kept.
    """

    story: str
    version: str = ""
    line: str = ""
    awaited: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One leaf of the public log. `entry` is its exact text, `number` that of the public item in its story.

    `hashes` are those of the subtrees that it completes, 32 bytes each: its own, then the one above it, and so on.
    """

    place: int
    story: str
    number: int
    entry: str
    hashes: bytes


class PendingLeaf(NamedTuple):
    """A leaf that the public log lacks. Such leaves are appended by public instant, then story, then number."""

    at: datetime
    story: str
    number: int
    entry: str


class Reading(Protocol):
    """A consistent look at the store: nothing changes while it is held."""

    def head(self) -> int:
        """Return the newest position, 0 in an empty store."""

    def rows(self, story: str | None = None, *, after: int = 0) -> Iterator[Row]:
        """Yield the rows after position `after`, of one story or of all, in order."""

    def row(self, event_id: str) -> Row | None:
        """Return the row of one event."""

    def stories(self) -> list[str]:
        """Return the slugs of all stories, sorted."""

    def version(self, story: str) -> int:
        """Return the number of events of `story`, 0 where there is none."""

    def changed(self, *, after: int) -> list[str]:
        """Return the stories with events after position `after`, sorted."""

    def snapshot(self, story: str, *, version: str) -> tuple[int, bytes] | None:
        """Return the story's kept fold of that version, with the position that it was folded to."""

    def overviews(self) -> list[Overview]:
        """Return what is kept of every story for the lists over all of them, by slug."""

    def note(self, name: str) -> str | None:
        """Return a note kept beside the events: what publishing has to remember."""

    def lines(self, *, newest: int) -> list[Line]:
        """Return the lines of the `newest` published stories, by their last public update, newest first."""

    def line(self, story: str) -> Line | None:
        """Return one story's line."""

    def due(self, *, now: datetime) -> list[str]:
        """Return the published stories that time alone changes by `now`, sorted."""

    def next_at(self) -> datetime | None:
        """Return the first instant at which time alone changes something that is published, or may be."""

    def log_size(self) -> int:
        """Return how many leaves the public log has."""

    def leaves(self, *, since: int = 0, until: int) -> Iterator[Leaf]:
        """Yield its leaves at places from `since` to before `until`, in order."""

    def leaves_of(self, story: str) -> list[Leaf]:
        """Return the leaves of one story, in order."""

    def log_hashes(self, place: int) -> bytes:
        """Return the hashes that the leaf at `place` keeps; empty where there is none."""

    def begin_staging(self) -> None:
        """Prepare to stage leaves, and drop those that were staged before."""

    def stage_leaves(self, leaves: Iterable[PendingLeaf]) -> None:
        """Set leaves aside, on the disk if they are many, until this store is closed. No other process sees them."""

    def staged_leaves(self) -> Iterator[PendingLeaf]:
        """Yield the leaves that are staged, in the order in which the public log takes them."""

    def log_keys(self) -> list[str]:
        """Return the notes by which the log's keys were made known, in order."""


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

    def put_overview(self, overview: Overview, *, events: int) -> None:
        """Keep what a story of so many `events` says in lists; nothing is kept where it has more by now."""

    def put_note(self, name: str, text: str) -> None:
        """Keep a note in place of what it said before."""

    def forget_note(self, name: str) -> None:
        """Drop a note, if there is one."""

    def put_line(self, line: Line) -> None:
        """Keep a story's line in place of what it said before."""

    def forget_published(self) -> None:
        """Drop every line: all of it can be made again."""

    def add_leaves(self, leaves: Iterable[Leaf]) -> None:
        """Add leaves to the public log, at dense places, for ever."""

    def add_log_key(self, note: str) -> None:
        """Add the note by which a new key is made known, for ever."""


class Store(Protocol):
    """Where a ledger lives."""

    def reading(self) -> AbstractContextManager[Reading]:
        """Open a consistent look."""

    def writing(self, *, wait: bool = True, commit: bool = True) -> AbstractContextManager[Writing]:
        """Take the one writer's place; StoreBusyError where another holds it too long, or, not to `wait`, at all.

        Leaving it commits, or rolls back unless `commit`.
        """

    def close(self) -> None:
        """Let go of the file."""
