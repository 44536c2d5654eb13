"""The ledger: append events, ask for stories as of any moment. All I/O of `events` goes through its store."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from events.changes import Change
from events.diff import changes
from events.errors import CacheDamagedError, StoreDamagedError, StoreError, UnknownStoryError
from events.fold.embargoes import Embargo, embargoes
from events.fold.state import Story
from events.fold.story import fold_of
from events.fold.undone import at_version, without_undone
from events.fold.views import in_view
from events.media import MediaFolder, pictures_of_newsroom
from events.model.codec import decode, recorded_at
from events.model.edtf import format_instant, instant
from events.model.events import AnyEvent, ClockReset, Recorded
from events.model.pictures import pictures_in
from events.projections.folds import Folds
from events.projections.listing import is_current
from events.projections.overviews import overview_of, story_names
from events.rules.clock import MAX_JUMP, TICK, LedgerTime
from events.rules.windows import parse_windows
from events.store import open_store
from events.store.base import (
    ERASING_PICTURES,
    NOTHING_EXPECTED,
    PASSED_NOTE,
    WINDOWS,
    Expected,
    Overview,
    Reading,
    Store,
)
from events.system import system_user, utc_now
from events.wording.names import KEY_WORDS, FactNames, header_fact_names

if TYPE_CHECKING:
    from events.public.sequence import PublicStory
    from events.recorder import Appended, Item, OnRefusal, Recorder

FILE_NAME = "ledger.db"


class Counts(NamedTuple):
    """How many events an append recorded, and how many it skipped because they were recorded before."""

    new: int
    skipped: int


class Ledger:
    """A ledger: append events, ask for stories. Use it as a context manager.

    store: where the events are
    actor: who records, unless an event says so; by default the system's user
    clock: what returns the time
    max_jump: how far the clock may be after all that the ledger knows of (events/README.md#the-clock); None: any jump
    undo_window: for how long publications leave out what it appends (events/README.md#undo-windows); None: not at all
    media: the newsroom's pictures; by default those beside the ledger's file
    on_erase: what is called after something was erased, to remove copies of it
    folds: the stories folded so far
    """

    def __init__(
        self,
        store: Store,
        *,
        actor: str | None = None,
        clock: Callable[[], datetime] = utc_now,
        max_jump: timedelta | None = MAX_JUMP,
        media: MediaFolder | None = None,
    ) -> None:
        self.store = store
        self.actor = actor
        self.clock = clock
        self.max_jump = max_jump
        self.undo_window: timedelta | None = None
        self.on_erase: Callable[[], object] = bool
        self.media = media or pictures_of_newsroom(store.file.parent if store.file else Path())
        self.folds = Folds()
        self._system_user = cache(system_user)  # a look-up takes 25 µs

    @classmethod
    def open(
        cls,
        folder: Path | str,
        *,
        actor: str | None = None,
        clock: Callable[[], datetime] = utc_now,
        max_jump: timedelta | None = MAX_JUMP,
    ) -> Self:
        """Open the ledger of the newsroom in `folder`, or a ledger file itself. StoreError if there is none."""
        return cls(open_store(_file(folder)), actor=actor, clock=clock, max_jump=max_jump)

    @classmethod
    def create(cls, folder: Path | str, *, actor: str | None = None, clock: Callable[[], datetime] = utc_now) -> Self:
        """Create the ledger of the newsroom in `folder`, or open it if it exists."""
        return cls(open_store(_file(folder), create=True), actor=actor, clock=clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.store.close()

    def append(self, *events: AnyEvent, expected_version: int | None = None) -> "list[Appended]":
        """Record `events`, all or none, and return each as it is recorded, with what it changed.

        An event that is recorded already, with the same id and content, is skipped. `expected_version` is that of the
        first event's story. Raises RefusedError with every reason, VersionConflictError, StoreError.
        """
        return self.append_all(events, expected_version=expected_version)

    def append_all(
        self,
        events: Iterable[AnyEvent],
        *,
        expected_version: int | None = None,
        locations: Mapping[str, str | None] | None = None,
        dry_run: bool = False,
    ) -> "list[Appended]":
        """Record what `events` yields, as `append` does; RefusedError has up to PROBLEMS_MAX problems.

        `locations` maps event ids to FILE:LINE, for the problems; to None for what stands in for an event that could
        not be read whole. `dry_run` rolls back.
        """
        expected = self.folds.expected(events) if isinstance(events, tuple) else NOTHING_EXPECTED
        with self._append(dry_run=dry_run, expected=expected) as recorder:
            items = ((event, (locations or {}).get(event.id or "", ""), None) for event in events)
            appended = list(recorder.record_all(items, expected_version=expected_version))
            if self.undo_window is not None:
                recorder.open_window(self.undo_window)
            return appended

    def append_stream(
        self, items: "Iterable[Item]", *, dry_run: bool = False, on_refusal: "OnRefusal | None" = None
    ) -> Counts:
        """Record events as they come, all or none, without keeping or comparing any, and return only how many.

        Nobody else can record meanwhile. With `on_refusal`, it takes what is refused, and the others are recorded.
        """
        expected = self.folds.expected(each[0] for each in items) if isinstance(items, list) else NOTHING_EXPECTED
        with self._append(dry_run=dry_run, compares=False, expected=expected) as recorder:
            new = Counter(appended.new for appended in recorder.record_all(items, on_refusal=on_refusal))
        return Counts(new[True], skipped=new[False])

    def preview(
        self, event: AnyEvent, *, now: datetime | None = None, expected_version: int | None = None
    ) -> "Appended":
        """Return what `append` would return at `now`, or raise what it would. It takes no lock and records nothing.

        It takes 1 ms on a cached story of 3,000 developments, up to 0.5 s for new `origins` or a redaction. Ids that
        `append` assigns at random will differ; to record exactly this, append `recorded.event`.
        """
        from events.recorder import Decider  # noqa: PLC0415 - 8 ms that reading and publishing need not spend

        with self.store.reading() as reading:
            time = ledger_time(reading).append_time(now or self.clock(), max_jump=self.max_jump)
            decider = Decider(reading, self.folds, self.media, actor=self.actor or self._system_user(), time=time)
            return decider.preview(event, expected_version=expected_version)

    def story(
        self,
        story: str,
        *,
        as_of: datetime | None = None,
        recorded_by: datetime | None = None,
        now: datetime | None = None,
        without: Collection[str] = (),
    ) -> Story:
        """Return what is known of `story`: now, as reported by `as_of`, or as this ledger held it at `recorded_by`.

        `now` decides what is overdue; it defaults to the view's instant. The events whose ids are in `without` do not
        count. Raises UnknownStoryError.
        """
        at = now or as_of or recorded_by or self.clock()
        with self.store.reading() as reading:
            if as_of is None and recorded_by is None and not without:
                fold = self.folds.of(reading, story)
            else:
                events = (event for event in self._events(reading, story) if event.id not in without)
                fold = fold_of(story, in_view(events, as_of=as_of, recorded_by=recorded_by))
            if fold.header is None:
                raise UnknownStoryError(story, stories=story_names(reading))
            return fold.state(now=at)

    def embargoes(self, story: str, *, now: datetime | None = None) -> tuple[Embargo, ...]:
        """Return the embargoes in `story` that last at `now`, the first to end first."""
        at = now or self.clock()
        with self.store.reading() as reading:
            end = self.folds.of(reading, story).embargoes_end
            return () if end is None or end <= at else embargoes(self._events(reading, story), now=at)

    def fact_names(self, story: str) -> FactNames:
        """Return what the facts of `story` are called today."""
        with self.store.reading() as reading:
            header = self.folds.of(reading, story).header
        return KEY_WORDS if header is None else header_fact_names(header)

    def stories(self) -> list[str]:
        """Return the slugs of all stories, sorted."""
        return [overview.story for overview in self.overviews()]

    def overviews(self) -> list[Overview]:
        """Return one row of each story for the lists over all stories, by slug (events.projections.overviews).

        Stale rows are made again, and cached unless another process is writing.
        """
        with self.store.reading() as reading:
            rows = reading.overviews()
            stale = {row.story for row in rows if not is_current(row)}
            folds = [self.folds.of(reading, story) for story in stale]
            fresh = {fold.story: (overview_of(fold), fold.version) for fold in folds}
        if fresh:
            with suppress(StoreError), self.store.writing(wait=False) as writing:
                for overview, events in fresh.values():
                    writing.put_overview(overview, events=events)
        current = (fresh[row.story][0] if row.story in fresh else row for row in rows)
        return [row for row in current if row.line]

    def events(self, story: str | None = None, *, after: int = 0) -> Iterator[Recorded]:
        """Yield the recorded events after position `after`, of one story or of all."""
        with self.store.reading() as reading:
            if story is not None and reading.version(story) == 0:
                raise UnknownStoryError(story, stories=story_names(reading))
            yield from (decode(row) for row in reading.rows(story, after=after))

    def undone(self, story: str | None = None) -> frozenset[str]:
        """Return the ids of the events that were undone, and of the undos, of one story or of all."""
        with self.store.reading() as reading:
            undos = (row for row in reading.rows(story) if '"type":"event_undone"' in row.envelope)
            stories = {decode(row).event.story for row in undos}
            recorded = [tuple(self._events(reading, name)) for name in stories]
        left = {event.id for events in recorded for event in without_undone(events)}
        return frozenset(event.id for events in recorded for event in events if event.id not in left)

    def changes(
        self, story: str, *, since: datetime | int, now: datetime | None = None, without: Collection[str] = ()
    ) -> tuple[Change, ...]:
        """Return what changed since an instant (as reported), or since a version of the story, as it was seen then.

        What was undone since is thus among what changed since a version. The events whose ids are in `without` do not
        count.
        """
        at = now or self.clock()
        events = [event for event in self.events(story) if event.id not in without]
        recorded = without_undone(events)
        before = at_version(events, since) if isinstance(since, int) else in_view(recorded, as_of=since)
        earlier, later = fold_of(story, before), fold_of(story, recorded)
        if later.header is None:
            raise UnknownStoryError(story, stories=self.stories())
        earlier_at = since if isinstance(since, datetime) else at
        return changes(earlier.state(now=earlier_at) if earlier.header else None, later.state(now=at))

    def public(self, story: str, *, now: datetime | None = None) -> "PublicStory":
        """Return what is public of `story` at `now`."""
        from events.public.sequence import public_story  # noqa: PLC0415 - 10 ms that recording need not spend

        return public_story(story, self.events(story), now=now or self.clock())

    def advance_publication_time(self) -> datetime:
        """Return the instant up to which a publication goes, and store it: later events are recorded after it.

        It never goes back (events/README.md#recorded-at). Raises ClockError if the clock is not explained, RefusedError
        if the ledger is ahead of it.
        """
        with self.store.writing() as writing:
            now = _publishing_time(writing).publishing_now(self.clock(), max_jump=self.max_jump)
            writing.put_note(PASSED_NOTE, format_instant(now))
        return now

    def publication_time(self) -> datetime:
        """Return what `advance_publication_time` would return, and store nothing."""
        with self.store.reading() as reading:
            return _publishing_time(reading).publishing_now(self.clock(), max_jump=self.max_jump)

    def head(self) -> int:
        """Return the newest position, 0 if nothing is recorded."""
        with self.store.reading() as reading:
            return reading.head()

    def time(self) -> LedgerTime:
        """Return what the ledger knows of time."""
        with self.store.reading() as reading:
            return ledger_time(reading)

    def reached(self) -> datetime | None:
        """Return the newest instant that the ledger's clock has ever said, even if it was reset since."""
        with self.store.reading() as reading:
            first = next((decode(row) for row in reading.rows()), None)  # its story has every reset
            events = () if first is None else self._events(reading, first.event.story)
            resets = [event.event.published_until for event in events if isinstance(event.event, ClockReset)]
            return max([at for at in (*resets, ledger_time(reading).latest) if at is not None], default=None)

    def reset_clock(self) -> int:
        """Set the ledger's clock, which is ahead, back to the machine's: append `clock_reset` to every story.

        Return how many stories there are. RefusedError if the ledger is not ahead
        (events/README.md#a-reset-of-the-clock).
        """
        with self._append(dry_run=False, compares=False, resets=True) as recorder:
            return recorder.record_resets()

    def restore_publication_time(self, at: datetime) -> None:
        """Store that publishing has passed `at`, as it did with a newer copy of this ledger."""
        with self.store.writing() as writing:
            writing.put_note(PASSED_NOTE, format_instant(max(at, ledger_time(writing).published_until or at)))

    def erase_pictures(self) -> None:
        """Remove the pictures that nobody names any more since a redaction. OSError if the disk refuses."""
        with self.store.writing() as writing:
            self._remove_unnamed(writing, (writing.note(ERASING_PICTURES) or "").split())
            writing.forget_note(ERASING_PICTURES)

    def remove_pictures(self, names: Iterable[str]) -> None:
        """Remove those of the pictures `names` that no event names: nobody records one meanwhile."""
        with self.store.writing() as writing:
            self._remove_unnamed(writing, names)

    def _remove_unnamed(self, reading: Reading, names: Iterable[str]) -> None:
        for name in names:
            if not any(name in pictures_in(body) for body in reading.bodies_with(name)):
                self.media.remove(name)

    @contextmanager
    def _append(
        self, *, dry_run: bool, compares: bool = True, resets: bool = False, expected: Expected = NOTHING_EXPECTED
    ) -> "Iterator[Recorder]":
        """Hold the writer's lock, and commit on leaving. A dry run, and any exception, rolls back.

        If the append `resets` the clock, it is recorded at what the machine's clock says.
        """
        from events.recorder import Recorder  # noqa: PLC0415 - 8 ms that reading and publishing need not spend

        committed = False
        try:
            with self.store.writing(commit=not dry_run, expected=expected) as writing:
                now, so_far = self.clock(), ledger_time(writing)
                time = so_far.reset_time(now) if resets else so_far.append_time(now, max_jump=self.max_jump)
                actor = self.actor or self._system_user()
                recorder = Recorder(writing, self.folds, self.media, actor=actor, time=time, compares=compares)
                yield recorder
                if not dry_run:
                    recorder.finish()
                if resets:
                    writing.put_note(PASSED_NOTE, format_instant(now - TICK))
            committed = not dry_run
            if recorder.erases and committed:
                self.on_erase()
            if recorder.erases_pictures and committed:
                with suppress(OSError, StoreError):  # a publication tries again
                    self.erase_pictures()
        finally:
            if not committed:
                self.folds.clear()  # they may hold what was rolled back

    @staticmethod
    def _events(reading: Reading, story: str) -> Iterator[Recorded]:
        return (decode(row) for row in reading.rows(story))


def ledger_time(reading: Reading) -> LedgerTime:
    """Return what the ledger knows of time."""
    newest = reading.newest_envelope()
    passed = reading.note(PASSED_NOTE)
    try:
        # Later events need an instant after it.
        published_until = None if passed is None else instant(passed) + TICK - TICK
    except (OverflowError, ValueError):
        what = "the instant of the last publication is unreadable."
        remedy = "Restore a backup, or export what is recorded and restore that: writethru export"
        raise StoreDamagedError(FILE_NAME, what, remedy=remedy) from None
    next_at = None
    with suppress(CacheDamagedError):  # the next publication makes it again
        next_at = reading.next_at()
    return LedgerTime(
        newest_event=None if newest is None else recorded_at(*newest),
        published_until=published_until,
        next_at=next_at,
    )


def _publishing_time(reading: Reading) -> LedgerTime:
    """Return what the ledger knows of time, with the undo windows: appends need not wait for another answer."""
    return ledger_time(reading)._replace(windows=parse_windows(reading.note(WINDOWS)))


def _file(folder: Path | str) -> Path:
    path = Path(folder)
    return path / FILE_NAME if path.is_dir() or path.suffix != ".db" else path
