"""Recording within one transaction.

The whole write path: `Ledger` takes the writer's lock. For each event, `Recorder` skips it if it is recorded already,
checks the expected version, decides, encodes, appends and folds it. Then it erases what redactions name and updates the
caches. The store commits.
"""

import secrets
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

from events.changes import Change
from events.decide import decide
from events.diff import apply_and_compare, changes
from events.errors import (
    PROBLEMS_MAX,
    TOO_MANY,
    InvalidError,
    Problem,
    RefusedError,
    UnknownStoryError,
    VersionConflictError,
)
from events.fold.story import StoryFold, fold_of
from events.fold.undone import at_version
from events.media import MediaFolder
from events.model.codec import SALT_BYTES, decode, encode
from events.model.edtf import format_instant
from events.model.events import (
    AnyEvent,
    ClockReset,
    DevelopmentHeld,
    DevelopmentRetracted,
    EventRedacted,
    EventUndone,
    Recorded,
)
from events.model.parts import Notice
from events.model.pictures import pictures_in
from events.model.rows import NewRow
from events.projections.folds import Folds
from events.projections.overviews import overview_of, story_names
from events.rules.assignment import Circumstances, same_content
from events.rules.clock import AppendTime
from events.rules.undo import History, noun
from events.rules.windows import Window, closed_windows, format_windows, parse_windows
from events.store.base import ERASING_PICTURES, RESTORED, WINDOWS, Reading, Writing
from events.system import uuid7

WITHDRAWING = (DevelopmentHeld, DevelopmentRetracted, EventRedacted)
CHANGES_LISTED_MAX = 20
NEUTRAL_ID_BYTES = 6
Item: TypeAlias = tuple[AnyEvent, str | None, datetime | None]
"""An event, where it was read (FILE:LINE), and when another ledger recorded it, if that is known."""
OnRefusal: TypeAlias = Callable[[RefusedError], None]
NOTHING = Problem(where="", check="append", message="there is nothing to record.", remedy="Give at least one event.")


class Appended(NamedTuple):
    """An event as it is recorded, and what this append did.

    `new` is False if the event was recorded before; then nothing changed. `changes` are those that `Ledger.changes`
    returns for the versions before and after, as of the append.
    """

    recorded: Recorded
    new: bool
    changes: tuple[Change, ...] = ()


class Decider:
    """Decides events within one transaction, each as the next one to be recorded."""

    def __init__(self, reading: Reading, folds: Folds, media: MediaFolder, *, actor: str, time: AppendTime) -> None:
        self._folds = folds
        self._reading = reading
        self._passed = time.published_until
        self._position = reading.head()
        self._unknown_stories: dict[str, UnknownStoryError] = {}
        self._circumstances = Circumstances(
            **time._asdict(),
            actor=actor,
            event_id=lambda secret: str(uuid.uuid4() if secret else uuid7()),
            neutral_id=lambda: secrets.token_hex(NEUTRAL_ID_BYTES),
            noticed=self._published_notices,
            history=self._history,
            has_picture=lambda name: media.read(name) is not None,
        )

    def preview(self, event: AnyEvent, *, expected_version: int | None = None) -> Appended:
        """Return what recording `event` would return. It is applied to a fork of the cached fold."""
        recorded = self._find(event)
        if recorded is not None:
            return Appended(recorded, new=False)
        fold = self._folds.of(self._reading, event.story).fork()
        recorded = self._decide(fold, event, expected_version)
        if isinstance(recorded.event, EventUndone):
            return Appended(recorded, new=True, changes=_undo_changes(fold, self._without(recorded), recorded))
        return Appended(recorded, new=True, changes=apply_and_compare(fold, recorded, now=recorded.recorded_at))

    def _find(self, event: AnyEvent) -> Recorded | None:
        """Return the event as it is recorded, None if it is not. RefusedError if its id has other content."""
        row = None if event.id is None else self._reading.row(event.id)
        if row is None:
            return None
        recorded = decode(row)
        if not same_content(event, recorded):
            raise RefusedError(_other_content(event, recorded))
        return recorded

    def _decide(
        self, fold: StoryFold, event: AnyEvent, expected_version: int | None, first_recorded_at: datetime | None = None
    ) -> Recorded:
        """Return the event, complete, at the next position, if the story has the expected version."""
        if fold.header is None and event.type != "story_opened":
            raise self._unknown(event.story)
        if expected_version not in {None, fold.version}:
            raise self._conflict(fold, expected_version or 0)
        circumstances = self._circumstances
        if first_recorded_at is not None:
            circumstances = replace(circumstances, first_recorded_at=first_recorded_at)
        complete = decide(fold, event, circumstances)
        return Recorded(self._position + 1, fold.version + 1, self._circumstances.recorded_at, complete)

    def _conflict(self, fold: StoryFold, expected: int) -> VersionConflictError:
        """Return the refusal of a version, with what was recorded since, and what that changed."""
        recorded = tuple(self._recorded(fold.story))
        newer = [item for item in recorded if item.version > expected]
        lines = [f"{format_instant(item.recorded_at)} {item.event.actor}: {noun(item.event)}" for item in newer]
        before = fold_of(fold.story, at_version(recorded, expected))
        if before.header is not None and fold.header is not None:
            now = self._circumstances.recorded_at
            lines += map(str, changes(before.state(now=now), fold.state(now=now)))
        if len(lines) > CHANGES_LISTED_MAX:
            lines[CHANGES_LISTED_MAX:] = ["…"]
        return VersionConflictError(fold.story, expected=expected, actual=fold.version, since=lines if newer else ())

    def _unknown(self, story: str) -> UnknownStoryError:
        """Return the refusal of an unknown story. A name is compared with all stories once: many events may have it."""
        error = self._unknown_stories.get(story) or UnknownStoryError(story, stories=story_names(self._reading))
        return self._unknown_stories.setdefault(story, error)

    def _history(self, story: str) -> History:
        from events.public.sequence import same_in_public  # noqa: PLC0415 - 10 ms that only an undo spends

        return History(
            events=tuple(self._recorded(story)),
            passed=self._passed,
            restored=self._reading.note(RESTORED) is not None,
            same_in_public=same_in_public,
        )

    def _recorded(self, story: str) -> Iterator[Recorded]:
        return (decode(row) for row in self._reading.rows(story))

    def _without(self, undo: Recorded) -> StoryFold:
        """Return the story folded again, without what `undo` takes back."""
        story = undo.event.story
        return fold_of(story, (*self._recorded(story), undo))

    def _published_notices(self, redaction: EventRedacted) -> dict[str, tuple[Notice, ...]]:
        from events.public.redaction import expectations_in, published_notices  # noqa: PLC0415 - 10 ms, redactions only

        erased = self._folds.of(self._reading, redaction.story).erased_by(redaction)
        bodies = (self._reading.row(name) for name in erased)
        if not any(expectations_in(decode(row).event) for row in bodies if row is not None):
            return {}  # without folding the story once more: 1.2 s of 3,000 developments
        events = self._recorded(redaction.story)
        return published_notices(redaction.story, events, erased=erased, now=self._circumstances.recorded_at)


class Recorder(Decider):
    """One append, while it holds the writer's lock. `compares` if the changes of each event are wanted."""

    def __init__(
        self, writing: Writing, folds: Folds, media: MediaFolder, *, actor: str, time: AppendTime, compares: bool
    ) -> None:
        super().__init__(writing, folds, media, actor=actor, time=time)
        self._writing = writing
        self._compares = compares
        self._version_checked = self._withdraws = False
        self._stories: set[str] = set()  # those that it adds to
        self._redactions: list[tuple[StoryFold, EventRedacted]] = []
        self.erases_pictures = False

    def record_all(
        self,
        items: Iterable[Item],
        *,
        expected_version: int | None = None,
        on_refusal: OnRefusal | None = None,
    ) -> Iterator[Appended]:
        """Record events, each with where it was read. Raise RefusedError at the end if any is refused, or none came.

        No refusal is reported of an event at None: it stands in for one that could not be read whole. If `items` ends
        with InvalidError, because events could not be read, InvalidError reports the refusals too. With `on_refusal`,
        which is called with each refusal, the others are recorded, and there may be none.
        """
        problems: list[Problem] = []
        empty = True
        try:
            for event, location, first_recorded_at in items:
                try:
                    appended = self._record(event, first_recorded_at, expected_version=expected_version)
                except RefusedError as refused:
                    if on_refusal is not None:
                        on_refusal(refused)
                    elif location is not None:
                        problems += [problem.at(location) if location else problem for problem in refused.problems]
                    if len(problems) > PROBLEMS_MAX:
                        problems.append(TOO_MANY)
                        break
                else:
                    empty = False
                    yield appended
        except InvalidError as invalid:
            raise InvalidError(*sorted((*problems, *invalid.problems), key=_line_of)) from None
        if empty and not problems and on_refusal is None:
            problems.append(NOTHING)
        if problems:
            raise RefusedError(*problems)

    def _record(self, event: AnyEvent, first_recorded_at: datetime | None, *, expected_version: int | None) -> Appended:
        """Record one event, unless it is recorded already."""
        recorded = self._find(event)
        if recorded is not None:
            return Appended(recorded, new=False)
        # Nobody else writes meanwhile: what this append has added to is up to date.
        fold = self._folds.peek(event.story) if event.story in self._stories else None
        fold = fold or self._folds.of(self._writing, event.story, on_evict=self._update_overview)
        complete = self._decide(fold, event, None if self._version_checked else expected_version, first_recorded_at)
        self._version_checked = True
        return self._write(fold, complete)

    def record_resets(self) -> int:
        """Record a reset of the clock in every story, and return how many there are."""
        folds = (self._folds.of(self._writing, story) for story in self._writing.stories())
        stories = [fold.story for fold in folds if fold.header is not None]  # others were undone
        for story in stories:
            self._record(ClockReset(story=story), None, expected_version=None)
        return len(stories)

    def open_window(self, length: timedelta) -> None:
        """Let publications leave out what this append has recorded, for so long: not at all what withdraws something.

        If it has recorded nothing, do nothing.
        """
        if self._stories:
            since, clock = self._circumstances.recorded_at, self._circumstances.clock
            self._put_windows([*self._windows(), Window(since, clock if self._withdraws else clock + length)])

    def _windows(self) -> tuple[Window, ...]:
        return parse_windows(self._writing.note(WINDOWS))

    def _put_windows(self, windows: Iterable[Window]) -> None:
        self._writing.put_note(WINDOWS, format_windows(windows))

    @property
    def erases(self) -> bool:
        """Whether a redaction is among what was recorded."""
        return bool(self._redactions)

    def finish(self) -> None:
        """Erase what the recorded redactions name, and update the caches."""
        pictures = {name for fold, redaction in self._redactions for name in self._pictures(fold.erased_by(redaction))}
        self.erases_pictures = bool(pictures)
        if pictures:
            earlier = self._writing.note(ERASING_PICTURES)
            self._writing.put_note(ERASING_PICTURES, " ".join(sorted({*(earlier or "").split(), *pictures})))
        for fold, redaction in self._redactions:
            self._writing.erase(fold.erased_by(redaction))
            self._writing.forget_snapshot(fold.story)
            self._folds.forget(fold.story)
        for story in self._stories - {fold.story for fold, _ in self._redactions}:
            cached = self._folds.peek(story)
            if cached is not None:  # otherwise it was evicted, since this append added to very many stories
                self._folds.update_snapshot(self._writing, story)
                self._update_overview(cached)

    def _pictures(self, event_ids: Iterable[str]) -> Iterator[str]:
        """Yield the names of the pictures that these events name, as long as their bodies are not erased."""
        rows = (self._writing.row(event_id) for event_id in event_ids)
        return (name for row in rows if row is not None and row.body is not None for name in pictures_in(row.body))

    def _update_overview(self, fold: StoryFold) -> None:
        """Cache the story's row in the lists over all stories, if this append added to it."""
        if fold.story in self._stories:
            self._writing.put_overview(overview_of(fold), events=fold.version)

    def _write(self, fold: StoryFold, recorded: Recorded) -> Appended:
        row = encode(recorded, salt=_new_salt())
        before = fold
        if isinstance(recorded.event, EventUndone):
            fold = self._without(recorded)
        self._writing.append([NewRow(recorded.id, fold.story, recorded.version, row)])  # a server stores it meanwhile
        differences: tuple[Change, ...] = ()
        if fold is not before:
            differences = _undo_changes(before, fold, recorded)
            self._folds.forget(fold.story)
            self._writing.forget_snapshot(fold.story)
        elif self._compares:
            differences = apply_and_compare(fold, recorded, now=recorded.recorded_at)
        else:
            fold.apply(recorded)
        if isinstance(recorded.event, WITHDRAWING):
            self._withdraws = True
            if windows := self._windows():
                self._put_windows(closed_windows(windows))  # it is published at once
        self._position = recorded.position
        self._folds.put(fold, recorded.position, on_evict=self._update_overview)
        self._stories.add(fold.story)
        if isinstance(recorded.event, EventRedacted):
            self._redactions.append((fold, recorded.event))
        return Appended(recorded, new=True, changes=differences)


def _undo_changes(before: StoryFold, after: StoryFold, undo: Recorded) -> tuple[Change, ...]:
    """Return what an undo changed; nothing if it took back the opening of the story."""
    now = undo.recorded_at
    return () if after.header is None else changes(before.state(now=now), after.state(now=now))


def _line_of(problem: Problem) -> int:
    line = problem.where.rpartition(":")[2]
    return int(line) if line.isdecimal() else 0


def _new_salt() -> str:
    return secrets.token_hex(SALT_BYTES)


def _other_content(event: AnyEvent, recorded: Recorded) -> Problem:
    return Problem(
        where=event.story,
        check="id",
        message=f"the event id {event.id} is already used, at position {recorded.position}, for other content.",
        remedy="Events never change: give this one another id, or correct the development.",
    )
