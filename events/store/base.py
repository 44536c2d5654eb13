"""The protocols of a store: what the ledger and publishing ask of it. Every store passes tests/contract.

A store holds four things: the events, projections of them, what publishing remembers, and the transparency log. Each
has a protocol of its questions. `Reading` is a transaction that asks all four, and `Writing` one that changes them.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from events.model.rows import NewRow, Row

PASSED_NOTE: Final = "passed"
"""The note of the instant up to which publishing has gone: the one note that is not a cache."""
RESTORED: Final = "restored"
"""The note of a ledger that was restored, until somebody says what had been published last."""

MOVED: Final = "moved"
"""The note of a ledger that was moved: where to. It takes nothing more."""
ERASING: Final = "erasing"
"""The note of a ledger with redacted text that SQLite may not yet have erased from its files."""
ERASING_PICTURES: Final = "pictures"
"""The note with the names of pictures that no event may name any more, since a redaction: their files are removed."""
FOLDERS: Final = "folders"
"""The note with the folders into which the ledger was published."""
WINDOWS: Final = "windows"
"""The note of the undo windows (events/README.md#undo-windows)."""
MIRRORS: Final = "mirrors"
"""The note with digests of the addresses of all mirrors that the ledger's output was put into."""
LASTING: Final = (PASSED_NOTE, RESTORED, "unsigned", MOVED, ERASING, ERASING_PICTURES, FOLDERS, WINDOWS, MIRRORS, "hub")
"""The notes that quote no entry: a redaction leaves them."""


class Address(NamedTuple):
    """Where a ledger is that is no file.

    url: of the database, without a password
    schema: the schema in it, which holds this ledger alone
    """

    url: str
    schema: str


class RawRow(NamedTuple):
    """An event as its stored bytes, which may hold anything: what a check of the store reads.

    position: the position in the ledger
    id, story, version: the columns by which the event is found
    envelope: the envelope
    salt, body: the erasable half; None once redacted
    has_body: whether the row for salt and body exists at all
    link: the hash over this envelope and all before it; None if it is missing
    """

    position: int
    id: bytes
    story: bytes
    version: int
    envelope: bytes
    salt: bytes | None
    body: bytes | None
    has_body: bool
    link: bytes | None


class Snapshot(NamedTuple):
    """A story's fold as it was stored.

    position: the position up to which it was folded
    fold: its bytes (see `projections.snapshots`)
    """

    position: int
    fold: bytes


class Overview(NamedTuple):
    """What the lists over all stories show of one story (see `projections.overviews`).

    story: its slug
    version: the version of the fold that the texts were made of
    line: JSON for the list of stories
    awaited: JSON for the list of what is due

    All but the slug are empty if the story has changed since.
    """

    story: str
    version: str = ""
    line: str = ""
    awaited: str = ""


class Line(NamedTuple):
    """What publishing remembers of one story.

    story: its slug
    updated_at: when it last changed in public; None if nothing of it is public
    next_at: when time alone changes it next; None if it does not
    text: JSON for the pages over all stories
    """

    story: str
    updated_at: datetime | None
    next_at: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf of the transparency log.

    index: its index in the log, from 0
    story: the slug of the story that it is about
    number: the number of the public item in that story, from 1
    entry: its exact text
    hashes: 32 bytes for each subtree that it completes: its own hash, then the one above it, and so on
    """

    index: int
    story: str
    number: int
    entry: str
    hashes: bytes


class Host(NamedTuple):
    """A machine with a newsroom's folder, of which several may publish one ledger.

    name: what people call the machine
    key: the same for all processes of this machine and folder, and for no others
    """

    name: str
    key: str


class Expected(NamedTuple):
    """What an append will ask about: a store on a server answers it in the round trip that takes the lock.

    ids: the ids of events, most of them new
    stories: the position up to which each story is folded already, 0 if it is not
    fold_version: the version of its snapshot
    """

    ids: tuple[str, ...] = ()
    stories: tuple[tuple[str, int], ...] = ()
    fold_version: str = ""


NOTHING_EXPECTED: Final = Expected()


class PendingLeaf(NamedTuple):
    """A leaf that the log lacks, and the instant that orders it: the log takes it by instant, story and number."""

    at: datetime
    story: str
    number: int
    entry: str


class EventStore(Protocol):
    """The events."""

    def head(self) -> int:
        """Return the newest position, 0 in an empty store."""

    def rows(self, story: str | None = None, *, after: int = 0) -> Iterator[Row]:
        """Yield the rows after position `after`, of one story or of all, in order."""

    def row(self, event_id: str) -> Row | None:
        """Return the row of one event."""

    def newest_envelope(self) -> tuple[int, str] | None:
        """Return the newest position, and the envelope there."""

    def stories(self) -> list[str]:
        """Return the slugs of all stories, sorted."""

    def version(self, story: str) -> int:
        """Return the number of events of `story`, 0 if there are none."""

    def changed(self, *, after: int) -> list[str]:
        """Return the stories with events after position `after`, sorted."""

    def has_redaction(self, *, after: int) -> bool:
        """Return True if anything was redacted after position `after`."""

    def bodies_with(self, text: str) -> Iterator[str]:
        """Yield the bodies that contain `text`, which has no wildcard of LIKE; some may differ from it in case."""

    def raw_rows(self, *, by_story: bool = False) -> Iterator[RawRow]:
        """Yield all rows unchecked: by position, or story by story, each by version."""

    def link(self, position: int) -> bytes | None:
        """Return the hash over all envelopes up to a position; None if there is no such event."""

    def linked_position(self, link: bytes) -> int | None:
        """Return the position with this hash, None if there is none. It reads all of them."""

    def damage(self) -> Iterator[str]:
        """Yield what the store itself finds wrong with its file or its tables."""


class Projections(Protocol):
    """What was computed from the events: caches that may be deleted."""

    def snapshot(self, story: str, *, version: str) -> Snapshot | None:
        """Return a story's snapshot, if it is of that version of the fold."""

    def overviews(self) -> list[Overview]:
        """Return the overviews of all stories, by slug."""


class PublishingState(Protocol):
    """What publishing remembers between two runs. All of it but the note `passed` may be deleted."""

    def note(self, name: str) -> str | None:
        """Return the text of a note."""

    def notes(self) -> list[str]:
        """Return the names of all notes."""

    def lines(self, *, newest: int) -> list[Line]:
        """Return the lines of the `newest` public stories, by their last public update, newest first."""

    def line(self, story: str) -> Line | None:
        """Return one story's line."""

    def due(self, *, now: datetime) -> list[str]:
        """Return the stories that time alone changes by `now`, sorted."""

    def next_at(self) -> datetime | None:
        """Return the first instant at which time alone changes any story."""


class TransparencyLog(Protocol):
    """The public log as the ledger stores it (feed/transparency/README.md#stored-leaves)."""

    def log_size(self) -> int:
        """Return the number of leaves."""

    def leaves(self, *, since: int = 0, until: int) -> Iterator[Leaf]:
        """Yield the leaves at indexes from `since` to before `until`, in order."""

    def leaves_of(self, story: str, *, since: int = 1) -> list[Leaf]:
        """Return the leaves of one story from number `since` on, in order."""

    def log_hashes(self, index: int) -> bytes:
        """Return the hashes of the leaf at `index`; empty if it does not exist."""

    def begin_staging(self) -> None:
        """Prepare to stage leaves, and drop those that were staged before."""

    def stage_leaves(self, leaves: Iterable[PendingLeaf]) -> None:
        """Set leaves aside, on the disk if they are many, until this store is closed. No other process sees them."""

    def staged_leaves(self) -> Iterator[PendingLeaf]:
        """Yield the leaves that are staged, in the order in which the public log takes them."""

    def log_keys(self) -> list[str]:
        """Return the signed notes that announced the log's keys, in order."""


class Reading(EventStore, Projections, PublishingState, TransparencyLog, Protocol):
    """A read transaction: a consistent view, in which nothing changes."""

    @property
    def damage_errors(self) -> tuple[type[Exception], ...]:
        """What a question raises if what is stored is damaged. At the end of the transaction it is a StoreError."""


class Writing(Reading, Protocol):
    """The one write transaction. An exception rolls everything back."""

    def append(self, rows: Iterable[NewRow]) -> None:
        """Append rows. Positions, and the versions of each story, have no gaps."""

    def erase(self, event_ids: Iterable[str]) -> None:
        """Clear salt and body of these events, and all publishing state, which may quote them. Envelopes stay.

        After the commit the store erases them from its files too. Until it has, the note ERASING says so.
        """

    def put_snapshot(self, story: str, *, version: str, position: int, fold: bytes) -> None:
        """Replace a story's snapshot."""

    def forget_snapshot(self, story: str) -> None:
        """Delete a story's snapshot."""

    def put_overview(self, overview: Overview, *, events: int) -> None:
        """Replace a story's overview, made of so many `events`. Do nothing if the story has more by now."""

    def put_note(self, name: str, text: str) -> None:
        """Replace a note."""

    def forget_note(self, name: str) -> None:
        """Delete a note, if it exists."""

    def put_line(self, line: Line) -> None:
        """Replace a story's line."""

    def forget_published(self) -> None:
        """Delete all lines."""

    def add_leaves(self, leaves: Iterable[Leaf]) -> None:
        """Append leaves, for ever. Indexes, and the numbers of each story, have no gaps."""

    def add_log_key(self, note: str) -> None:
        """Append, for ever, the signed note that announces a new key."""


class Listener(Protocol):
    """Hears of what other processes record."""

    def changed(self) -> bool:
        """Return True if something may have changed since the last call. It does not wait."""

    def close(self) -> None:
        """Close its connection."""


class Store(Protocol):
    """What holds a ledger."""

    @property
    def name(self) -> str:
        """What messages call it: the path of its file."""

    @property
    def file(self) -> Path | None:
        """The file that holds it; None if a server does."""

    def size(self) -> int:
        """Return how many bytes it has on the disk."""

    def reading(self) -> AbstractContextManager[Reading]:
        """Open a read transaction. Within another transaction of this store, it is that one."""

    def writing(
        self, *, wait: bool = True, commit: bool = True, expected: Expected = NOTHING_EXPECTED
    ) -> AbstractContextManager[Writing]:
        """Open the write transaction; StoreBusyError if another process has it: for too long, or at all without `wait`.

        At the end it is committed, or without `commit` rolled back. `expected` is what will be asked.
        """

    def claim(self, host: Host) -> str | None:
        """Let `host` alone publish until this store is closed. Return None, or who publishes already.

        Call it again and again: if the connection was lost, another host may have it by now. A file is of one machine.
        """

    def publishing(self, host: Host, *, wait: bool) -> AbstractContextManager[Callable[[], object]]:
        """Publish in this block, as no other host does; BusyError if one has the claim, or without `wait`, publishes.

        Yield what raises StoreError once another host may publish: call it before each file. Nothing is committed then.
        """

    def copy_to(self, path: Path) -> AbstractContextManager["Store"]:
        """Copy the store at one moment to the file `path`, and yield the copy, opened. Others may write meanwhile."""

    def finish_erasing(self) -> bool:
        """Erase from all files what was cleared, unless another process is reading: then return False."""

    def load(self, copy: Path) -> None:
        """Insert everything from the file `copy`, all or nothing; RefusedError unless this store is empty."""

    def close(self) -> None:
        """Close the file."""
