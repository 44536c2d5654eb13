"""SHELL: the one door to a store. Append, read, and look at stories as of any moment.

The write path, whole: take the writer's place, skip what is recorded already, check the expected version, decide,
encode, append, erase what a redaction names, commit.
"""

import secrets
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from events.decide import Circumstances, decide, same_content
from events.diff import Change, apply_and_compare, changes
from events.errors import (
    PROBLEMS_MAX,
    TOO_MANY,
    Problem,
    RefusedError,
    StoreError,
    UnknownStoryError,
    VersionConflictError,
)
from events.fold.state import Story
from events.fold.story import StoryFold, fold_of
from events.model.codec import SALT_BYTES, decode, encode, recorded_at
from events.model.edtf import format_instant, instant
from events.model.events import AnyEvent, EventRedacted, Recorded
from events.model.parts import Notice
from events.model.rows import NewRow
from events.projections.folds import Folds
from events.projections.overviews import overview_of
from events.projections.version import FOLD_VERSION
from events.public.sequence import PublicStory, public_story, published_notices
from events.store import open_store
from events.store.base import Overview, Reading, Store, Writing
from events.system import system_user, utc_now, uuid7

FILE_NAME = "ledger.db"
PASSED_NOTE = "passed"
NEUTRAL_ID_BYTES = 6
NOTHING = Problem(where="", check="append", message="there is nothing to record.")


@dataclass(frozen=True, slots=True)
class Appended:
    """An event as it is recorded, and what this append did.

    `new` is False if the event was recorded before; then nothing changed. `changes` are those that `Ledger.changes`
    returns for the versions before and after, as of the append.
    """

    recorded: Recorded
    new: bool
    changes: tuple[Change, ...] = ()


class Counts(NamedTuple):
    """How many events an append recorded, and how many it skipped since they were recorded before."""

    new: int
    skipped: int


class Ledger:
    """A ledger: append events, ask for stories. Use it as a context manager."""

    def __init__(self, store: Store, *, actor: str | None = None, clock: Callable[[], datetime] = utc_now) -> None:
        self.store = store
        self.actor = actor
        self.clock = clock
        self.folds = Folds()

    @classmethod
    def open(cls, folder: Path | str, *, actor: str | None = None, clock: Callable[[], datetime] = utc_now) -> Self:
        """Open the ledger of the newsroom in `folder`, or a ledger's file itself. StoreError where there is none."""
        return cls(open_store(_file(folder)), actor=actor, clock=clock)

    @classmethod
    def create(cls, folder: Path | str, *, actor: str | None = None, clock: Callable[[], datetime] = utc_now) -> Self:
        """Make the ledger of the newsroom in `folder`, or open it where it exists."""
        return cls(open_store(_file(folder), create=True), actor=actor, clock=clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()

    def append(self, *events: AnyEvent, expected_version: int | None = None) -> list[Appended]:
        """Record `events`, all or none, and give where they stand.

        An event whose id is recorded already with the same content is skipped. `expected_version` is that of the
        first event's story. Raises RefusedError with every reason, VersionConflictError, StoreError.
        """
        return self.append_all(events, expected_version=expected_version)

    def append_all(
        self,
        events: Iterable[AnyEvent],
        *,
        expected_version: int | None = None,
        locations: Mapping[str, str] | None = None,
        dry_run: bool = False,
    ) -> list[Appended]:
        """Record what `events` yields, as `append` does; RefusedError holds every problem, up to PROBLEMS_MAX.

        `locations` maps event ids to where they were read (FILE:LINE), for the problems. `dry_run` rolls back.
        """
        with self._append(dry_run=dry_run) as recorder:
            located = ((event, (locations or {}).get(event.id or "")) for event in events)
            return list(recorder.record_all(located, expected_version=expected_version))

    def append_stream(self, located: Iterable[tuple[AnyEvent, str | None]], *, dry_run: bool = False) -> Counts:
        """Record (event, FILE:LINE or None) as they come, all or none, and return only how many.

        It holds no event in memory and compares no states. Nobody else can record meanwhile, so `located` should not
        wait for anything. `dry_run` rolls back.
        """
        with self._append(dry_run=dry_run, compares=False) as recorder:
            counter = Counter(appended.new for appended in recorder.record_all(located))
        return Counts(new=counter[True], skipped=counter[False])

    @contextmanager
    def _append(self, *, dry_run: bool, compares: bool = True) -> Iterator["_Recorder"]:
        """Hold the writer's lock, and commit on leaving; an exception, and a dry run, roll back."""
        committed = False
        try:
            with self.store.writing(commit=not dry_run) as writing:
                recorder = _Recorder(self, writing, compares=compares)
                yield recorder
                if not dry_run:
                    recorder.finish()
            committed = not dry_run
        finally:
            if not committed:
                self.folds.clear()  # they may hold what was rolled back

    def story(
        self,
        story: str,
        *,
        as_of: datetime | None = None,
        recorded_by: datetime | None = None,
        now: datetime | None = None,
    ) -> Story:
        """Return what is known of `story`: now, as reported by `as_of`, or as this ledger held it at `recorded_by`.

        `now` decides what is overdue; it defaults to the view's instant. Raises UnknownStoryError.
        """
        at = now or as_of or recorded_by or self.clock()
        with self.store.reading() as reading:
            if as_of is None and recorded_by is None:
                fold = self.folds.of(reading, story)
            else:
                fold = fold_of(story, seen(self._events(reading, story), as_of=as_of, recorded_by=recorded_by))
            if fold.header is None:
                raise UnknownStoryError(story, known=reading.stories())
            return fold.state(now=at)

    def stories(self) -> list[str]:
        """Return the slugs of all stories, sorted."""
        with self.store.reading() as reading:
            return reading.stories()

    def overviews(self) -> list[Overview]:
        """Return what the lists over all stories say of each, by slug (events.projections.overviews).

        What has changed since it was kept is folded now; and kept, where nobody else is writing.
        """
        with self.store.reading() as reading:
            found = reading.overviews()
            stale = [item.story for item in found if item.version != FOLD_VERSION]
            folded = (self.folds.of(reading, story) for story in stale)
            made = {fold.story: (overview, fold.version) for fold in folded if (overview := overview_of(fold))}
        if made:
            with suppress(StoreError):
                self._keep_overviews(made.values())
        return [made[item.story][0] if item.story in made else item for item in found]

    def events(self, story: str | None = None, *, after: int = 0) -> Iterator[Recorded]:
        """Yield the recorded events after position `after`, of one story or of all."""
        with self.store.reading() as reading:
            if story is not None and reading.version(story) == 0:
                raise UnknownStoryError(story, known=reading.stories())
            yield from (decode(row) for row in reading.rows(story, after=after))

    def changes(self, story: str, *, since: datetime | int, now: datetime | None = None) -> tuple[Change, ...]:
        """Return what changed since an instant (as reported), or since a version of the story."""
        at = now or self.clock()
        recorded = tuple(self.events(story))
        if isinstance(since, int):
            before = [event for event in recorded if event.version <= since]
        else:
            before = list(seen(recorded, as_of=since))
        earlier, later = fold_of(story, before), fold_of(story, recorded)
        view = since if isinstance(since, datetime) else at
        return changes(earlier.state(now=view) if earlier.header else None, later.state(now=at))

    def public(self, story: str, *, now: datetime | None = None) -> PublicStory:
        """Return what is public of `story` at `now`."""
        return public_story(story, self.events(story), now=now or self.clock())

    def advance_publication_time(self) -> datetime:
        """Take the instant up to which publishing goes, and keep it: nothing recorded later bears an earlier one.

        It is never before the newest event, and never goes back (1.2).
        """
        with self.store.writing() as writing:
            now = publishing_now(writing, self.clock())
            writing.put_note(PASSED_NOTE, format_instant(now))
        return now

    def restore_publication_time(self, at: datetime) -> None:
        """Keep it that publishing has passed `at`: it was done with a newer ledger than this one."""
        with self.store.writing() as writing:
            writing.put_note(PASSED_NOTE, format_instant(max(at, _passed(writing) or at)))

    def _keep_overviews(self, made: Collection[tuple[Overview, int]]) -> None:
        with self.store.writing(wait=False) as writing:
            for overview, events in made:
                writing.put_overview(overview, events=events)

    @staticmethod
    def _events(reading: Reading, story: str) -> Iterator[Recorded]:
        return (decode(row) for row in reading.rows(story))


class _Recorder:
    """One append, while it holds the writer's lock. `compares` if each event's changes are wanted."""

    def __init__(self, ledger: Ledger, writing: Writing, *, compares: bool) -> None:
        self._compares = compares
        self._folds = ledger.folds
        self._writing = writing
        self._position = writing.head()
        self._expected_is_checked = False
        self._redactions: list[tuple[StoryFold, EventRedacted]] = []
        self._grown: set[str] = set()
        self._unknown_ones: dict[str, UnknownStoryError] = {}
        self._circumstances = Circumstances(
            recorded_at=_recorded_at(writing, ledger.clock()),
            actor=ledger.actor or system_user(),
            event_id=lambda secret: str(uuid.uuid4() if secret else uuid7()),
            neutral_id=lambda: secrets.token_hex(NEUTRAL_ID_BYTES),
            noticed=self._noticed,
        )

    def record_all(
        self, located: Iterable[tuple[AnyEvent, str | None]], *, expected_version: int | None = None
    ) -> Iterator[Appended]:
        """Yield what comes of each event; raise RefusedError in the end if one was refused, or none came."""
        problems: list[Problem] = []
        empty = True
        for event, location in located:
            try:
                appended = self._record(event, expected_version=expected_version)
            except RefusedError as refused:
                problems += [problem.at(location) if location else problem for problem in refused.problems]
                if len(problems) > PROBLEMS_MAX:
                    problems.append(TOO_MANY)
                    break
            else:
                empty = False
                yield appended
        if empty and not problems:
            problems.append(NOTHING)
        if problems:
            raise RefusedError(*problems)

    def _record(self, event: AnyEvent, *, expected_version: int | None) -> Appended:
        """Record one event, or find it recorded."""
        known = None if event.id is None else self._writing.row(event.id)
        if known is not None:
            recorded = decode(known)
            if not same_content(event, recorded):
                raise RefusedError(_other_content(event, recorded))
            return Appended(recorded, new=False)
        fold = self._folds.of(self._writing, event.story, on_evict=self._leave)
        if expected_version is not None and not self._expected_is_checked:
            if fold.version != expected_version:
                raise VersionConflictError(event.story, expected=expected_version, actual=fold.version)
            self._expected_is_checked = True
        if fold.header is None and event.type != "story_opened":
            raise self._unknown(event.story)
        complete = decide(fold, event, self._circumstances)
        return self._write(fold, complete)

    def finish(self) -> None:
        """Erase what the recorded redactions name, and update the caches."""
        for fold, redaction in self._redactions:
            self._writing.erase(
                name
                for name, development in fold.redactable.items()
                if name == redaction.event or development == redaction.development
            )
            self._writing.forget_snapshot(fold.story)
            self._folds.forget(fold.story)
        for story in self._grown - {fold.story for fold, _ in self._redactions}:
            remembered = self._folds.peek(story)
            if remembered is not None:  # else it was one of very many in this append, and has left
                self._folds.update_snapshot(self._writing, story)
                self._leave(remembered)

    def _unknown(self, story: str) -> UnknownStoryError:
        """Return the refusal of an unknown story; what was meant is looked for once, since there may be very many."""
        known = self._unknown_ones.get(story) or UnknownStoryError(story, known=self._writing.stories())
        return self._unknown_ones.setdefault(story, known)

    def _leave(self, fold: StoryFold) -> None:
        """Keep what the lists over all stories say of one that has grown, while its fold is at hand."""
        overview = overview_of(fold) if fold.story in self._grown else None
        if overview is not None:
            self._writing.put_overview(overview, events=fold.version)

    def _noticed(self, redaction: EventRedacted) -> dict[str, tuple[Notice, ...]]:
        events = (decode(row) for row in self._writing.rows(redaction.story))
        return published_notices(redaction.story, events, redaction, now=self._circumstances.recorded_at)

    def _write(self, fold: StoryFold, event: AnyEvent) -> Appended:
        self._position += 1
        recorded = Recorded(self._position, fold.version + 1, self._circumstances.recorded_at, event)
        row = encode(recorded, salt=_new_salt())
        self._writing.append([NewRow(recorded.id, event.story, recorded.version, row)])
        changed: tuple[Change, ...] = ()
        if self._compares:
            changed = apply_and_compare(fold, recorded, now=recorded.recorded_at)
        else:
            fold.apply(recorded)
        self._folds.put(fold, self._position, on_evict=self._leave)
        self._grown.add(event.story)
        if isinstance(event, EventRedacted):
            self._redactions.append((fold, event))
        return Appended(recorded, new=True, changes=changed)


def seen(
    events: Iterable[Recorded], *, as_of: datetime | None = None, recorded_by: datetime | None = None
) -> Iterator[Recorded]:
    """Yield the events that had been reported by `as_of`, and recorded by `recorded_by` (1.7).

    An event about a development counts no earlier than that development; the story's opening always counts.
    """
    reported: dict[str, datetime] = {}
    for recorded in events:
        at = recorded.reported_at
        development = recorded.development
        if development is not None:
            at = max(at, reported.setdefault(development, at))
        opening = recorded.event.type == "story_opened"
        reported_by_then = opening or as_of is None or at <= as_of
        if reported_by_then and (recorded_by is None or recorded.recorded_at <= recorded_by):
            yield recorded


def publishing_now(reading: Reading, now: datetime) -> datetime:
    """Return the instant of a publication at `now`: not before the newest event, nor before the last publication."""
    return max(now, _newest_recorded_at(reading) or now, _passed(reading) or now)


def _recorded_at(reading: Reading, now: datetime) -> datetime:
    """Return the instant of an append at `now`: not before the newest event, and after the last publication."""
    passed = _passed(reading)
    after_passed = now if passed is None else passed + timedelta(milliseconds=1)
    return max(now, _newest_recorded_at(reading) or now, after_passed)


def _newest_recorded_at(reading: Reading) -> datetime | None:
    newest = next(reading.rows(after=max(reading.head() - 1, 0)), None)
    return None if newest is None else recorded_at(newest)


def _passed(reading: Reading) -> datetime | None:
    passed = reading.note(PASSED_NOTE)
    return None if passed is None else instant(passed)


def _other_content(event: AnyEvent, recorded: Recorded) -> Problem:
    return Problem(
        where=event.story,
        check="id",
        message=f"the event id {event.id} is recorded at position {recorded.position} with other content.",
        remedy="Events are never changed. Give this one another id, or correct the development.",
    )


def _new_salt() -> str:
    return secrets.token_hex(SALT_BYTES)


def _file(folder: Path | str) -> Path:
    path = Path(folder)
    return path / FILE_NAME if path.is_dir() or path.suffix != ".db" else path
