"""The public sequence: what subscribers may know, in the order in which it became public.

The rules are events/README.md#the-public-sequence. `visibility` says when each event is public; overdue notices come
from time alone. As `now` advances, the sequence only grows at its end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from heapq import heappop, heappush
from itertools import groupby
from typing import Literal, TypeAlias, cast

from events.changes import Change
from events.diff import touched_changes
from events.fold.development import REMOVED
from events.fold.expectations import ExpectationStatus, Expected
from events.fold.facts import Fact
from events.fold.knowledge import Touched
from events.fold.state import Story
from events.fold.story import StoryFold
from events.fold.undone import without_undone
from events.model.edtf import format_instant
from events.model.events import (
    AnyEvent,
    DevelopmentCorrected,
    DevelopmentEvent,
    DevelopmentReported,
    Erased,
    EventRedacted,
    Recorded,
    expectation_ids,
)
from events.model.parts import Notice
from events.public.timeline import Moment, Timeline
from events.public.visibility import Due, due_events, events_by_development, public_checks


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """What every public item has.

    `number`                its number in the story's public sequence, from 1
    `at`                    when it became public
    `resets`                how often the clock had been reset by then
    `sort_at`               its order among the items of all stories: not after a later reset of the clock
    `archive`               True if it is of an archive's report, or about one: events/README.md#archives
    `shown_at`              the date that readers see: `at`, or of an archive its own
    `changes`               what it changed of facts and expectations at that instant
    `facts`                 the facts that it speaks of, as they were then
    `expectations`          the expectations that it speaks of, as they were then
    `turned_keys`           the keys that it is the first to speak of, or that nobody speaks of after it
    `touched_facts`         every fact that it may have changed, as it is afterwards; None if nobody speaks of it
    `touched_expectations`  the same for expectations, each with its status
    """

    number: int
    at: datetime
    resets: int
    sort_at: datetime
    archive: bool = False
    shown_at: datetime
    changes: tuple[Change, ...] = ()
    facts: tuple[Fact, ...] = ()
    expectations: tuple[Expected, ...] = ()
    turned_keys: tuple[str, ...] = ()
    touched_facts: Mapping[str, Fact | None] = field(default_factory=dict, hash=False)
    touched_expectations: Mapping[str, tuple[Expected, ExpectationStatus] | None] = field(
        default_factory=dict, hash=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _EventItem(_Item):
    """A public event. A report includes the corrections that were made before it became public."""

    recorded: Recorded

    @property
    def event(self) -> AnyEvent | Erased:
        """The event itself."""
        return self.recorded.event

    @property
    def key(self) -> str:
        """The permanent name of the item within its story: the event's id."""
        return self.recorded.id

    @property
    def kind(self) -> str:
        """The type of the event, as it was before any erasure."""
        return self.event.was if isinstance(self.event, Erased) else self.event.type


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryItem(_EventItem):
    """A public event of the story itself."""

    development: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopmentItem(_EventItem):
    """A public event about `development`. A redaction of one event is about that event's development."""

    development: str

    @property
    def event(self) -> DevelopmentEvent | Erased:
        """The event itself."""
        return cast("DevelopmentEvent | Erased", self.recorded.event)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueNotice(_Item):
    """The notice that the window of an expectation ended, at `ends_at`, without an outcome.

    `expectations` holds that one alone, as it was then. Once erased, its text is REMOVED, and it has no due date.
    """

    ends_at: datetime

    @property
    def expectation(self) -> Expected:
        """The expectation that is overdue."""
        return self.expectations[0]

    @property
    def development(self) -> str:
        """The development that opened the expectation."""
        return self.expectation.development

    @property
    def event(self) -> None:
        """None: time alone makes a notice."""
        return

    @property
    def key(self) -> str:
        """The permanent name of the notice within its story. No event id contains "/", so none equals it."""
        return f"overdue/{self.expectation.id}/{format_instant(self.ends_at)}"

    @property
    def kind(self) -> Literal["overdue"]:
        """The kind of every notice."""
        return "overdue"


PublicItem: TypeAlias = StoryItem | DevelopmentItem | OverdueNotice
"""One item of the public sequence: a numbered event or notice, and what it changed when it became public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicStory:
    """A story as the public may know it at some instant.

    `items`    the public sequence
    `state`    the public state, or None while the story is not public
    `next_at`  the next instant at which time alone may change the story; it may turn out to change nothing
    """

    items: tuple[PublicItem, ...]
    state: Story | None
    next_at: datetime | None


def public_story(story: str, events: Iterable[Recorded], *, now: datetime) -> PublicStory:
    """Return what is public of `story` at `now`, from all its events in ledger order. Linear in the events."""
    recorded = without_undone(events)
    timeline = Timeline(recorded, now)
    due, waiting = due_events(recorded, timeline)
    sequence = _Sequence(story, timeline, _recorded_notices(recorded, timeline))
    for at, simultaneous in groupby(due, key=lambda item: item.at):
        sequence.add_notices_until(at, inclusive=False)
        for item in simultaneous:
            sequence.add_event(item)
        sequence.add_notices(at)
    if due:
        sequence.add_notices_until(timeline.now, inclusive=True)
    for check in public_checks(recorded, timeline):
        sequence.fold.apply(check)
    ends = (expected.ends_at for expected in sequence.fold.expectations() if not expected.settled)
    waiting += [ends_at for ends_at in ends if ends_at is not None and ends_at > now]
    return PublicStory(
        items=tuple(sequence.items),
        state=sequence.state(now) if due else None,
        next_at=min(waiting, default=None),
    )


def same_in_public(story: str, events: Iterable[Recorded], others: Iterable[Recorded], *, now: datetime) -> bool:
    """Return True if two histories of a story are the same in public until `now`."""
    one, other = (public_story(story, history, now=now) for history in (events, others))
    states = [None if public.state is None else public.state.as_json() for public in (one, other)]
    return one.items == other.items and states[0] == states[1]


def published_notices(
    story: str, events: Iterable[Recorded], redaction: EventRedacted, *, now: datetime
) -> dict[str, tuple[Notice, ...]]:
    """Return the overdue notices made before `now` of each expectation that the erased bodies mention.

    `redaction` records them, since nothing else shows them once the bodies are erased. `events` are all of the story so
    far, and `now` is when the redaction is recorded: what falls due at that very instant is noticed after it.
    """
    recorded = without_undone(events)
    notices = {name: list[Notice]() for event in _erased_by(redaction, recorded) for name in expectations_in(event)}
    redacted_at = Timeline(recorded, now).now
    for item in public_story(story, recorded, now=now).items:
        before = Moment(item.resets, item.at) < redacted_at
        if isinstance(item, OverdueNotice) and before and item.expectation.id in notices:
            notice = Notice(development=item.development, ends_at=item.ends_at, at=item.at, resets=item.resets)
            notices[item.expectation.id].append(notice)
    return {name: tuple(each) for name, each in sorted(notices.items())}


def _erased_by(redaction: EventRedacted, events: tuple[Recorded, ...]) -> list[AnyEvent | Erased]:
    """Return the events that `redaction` erases: with a report, all events about its development."""
    for development, about in events_by_development(events).items():
        if development == redaction.development or about[0].id == redaction.event:
            return [event.event for event in about]
    return [event.event for event in events if event.id == redaction.event]


def expectations_in(event: AnyEvent | Erased) -> set[str]:
    """Return the ids of the expectations that an event mentions."""
    match event:
        case DevelopmentCorrected(set=part) | (DevelopmentReported() as part):
            return {*expectation_ids(part.expects), *(resolution.expectation for resolution in part.resolves)}
        case Erased(expectations=names):
            return set(names)
        case _:
            return set()


def _recorded_notices(events: Iterable[Recorded], timeline: Timeline) -> dict[str, tuple[Moment, tuple[Notice, ...]]]:
    """Return, by expectation, when the newest redaction of it was recorded, and the notices that this recorded."""
    return {
        name: (timeline.moment_of(event), notices)
        for event in events
        if isinstance(event.event, EventRedacted)
        for name, notices in event.event.noticed.items()
    }


class _Sequence:
    """Builds the public sequence, with its fold, along a `timeline`.

    `_newest`     the moment of the newest item
    `_unsettled`  the expectations that have a window and no outcome, by id
    `_queue`      a heap of (when the notice is due, when the window ends, expectation); `_is_due` finds outdated ones
    `_notices`    the (expectation, end) of the notices made
    `_recorded`   the notices that a redaction recorded, by (expectation, end): made again, without the erased words
    `_redacted`   when that redaction was recorded, by expectation: no other notice of it is made before
    `_archives`   when each report of an archive became public, by development
    """

    def __init__(
        self, story: str, timeline: Timeline, recorded: Mapping[str, tuple[Moment, tuple[Notice, ...]]]
    ) -> None:
        self.fold = StoryFold(story)
        self.items: list[PublicItem] = []
        self._timeline = timeline
        self._newest = Moment(0, datetime.min.replace(tzinfo=UTC))
        self._unsettled: dict[str, Expected] = {}
        self._queue: list[tuple[Moment, datetime, str]] = []
        self._notices: set[tuple[str, datetime]] = set()
        self._recorded = {(name, notice.ends_at): notice for name, (_, each) in recorded.items() for notice in each}
        self._redacted = {name: at for name, (at, _) in recorded.items()}
        self._running = self.fold.running
        self._archives: dict[str, datetime] = {}

    def add_event(self, due: Due) -> None:
        """Apply a public event, and add its item."""
        self._enter(due.at)
        at = due.at.at
        with self.fold.watch() as touched:
            for event in (due.recorded, *due.silent):
                self.fold.apply(event, at=at)
        self._schedule(touched)
        development = due.development
        if development is not None and getattr(due.recorded.event, "archive", False):
            self._archives[development] = at
        archive = development in self._archives
        make = StoryItem if development is None else partial(DevelopmentItem, development=development)
        contributions = self.fold.contributions(development or "")
        facts = [self.fold.fact(key) for key in sorted(contributions.keys)]
        reported_at = due.recorded.event.published_at or due.recorded.reported_at
        expectations = [self.fold.expected(name) for name in sorted(contributions.expectations)]
        touched_facts = {key: self.fold.fact(key) for key in touched.facts}
        turned = [key for key, before in touched.facts.items() if (before is None) is not (touched_facts[key] is None)]
        self.items.append(
            make(
                number=len(self.items) + 1,
                at=at,
                resets=due.at.resets,
                sort_at=self._timeline.sort_instant(due.at),
                archive=archive,
                shown_at=min(at, reported_at) if archive else at,
                recorded=due.recorded,
                # An archive's report is judged at its own date: what was promised was not overdue then.
                changes=touched_changes(self.fold, touched, now=min(at, reported_at)),
                facts=tuple(fact for fact in facts if fact is not None),
                expectations=tuple(expected for expected in expectations if expected is not None),
                turned_keys=tuple(sorted(turned)),
                touched_facts=touched_facts,
                touched_expectations={name: self._with_status(name, at) for name in touched.expectations},
            )
        )

    def add_notices_until(self, at: Moment, *, inclusive: bool) -> None:
        """Add the notices that are due before `at`, or by it, each at its own moment."""
        while (due := self._next_notice_at()) is not None and (due < at or (inclusive and due == at)):
            self.add_notices(due)

    def add_notices(self, at: Moment) -> None:
        """Add the notices that are due by `at` and not made yet, and those that a redaction recorded."""
        self._enter(at)
        overdue: dict[tuple[datetime, str], Expected] = {}
        while self._queue and self._queue[0][0] <= at:
            queued = heappop(self._queue)
            if self._is_due(queued):
                _, ends_at, name = queued
                overdue[ends_at, name] = self._unsettled[name]
        for (name, ends_at), notice in tuple(self._recorded.items()):
            if Moment(notice.resets, notice.at) <= at:
                overdue[ends_at, name] = self._as_noticed(name, self._recorded.pop((name, ends_at)))
        for (ends_at, name), expected in sorted(overdue.items(), key=lambda item: item[0]):
            self._notices.add((name, ends_at))
            since = self._archives.get(expected.development)
            archive = since is not None and ends_at <= since  # it fell due before anybody here was told of it
            self.items.append(
                OverdueNotice(
                    number=len(self.items) + 1,
                    at=self._newest.at,
                    resets=self._newest.resets,
                    sort_at=self._timeline.sort_instant(self._newest),
                    archive=archive,
                    shown_at=ends_at if archive else self._newest.at,
                    ends_at=ends_at,
                    expectations=(expected,),
                    touched_expectations={name: (expected, "overdue")},
                )
            )

    def state(self, now: datetime) -> Story:
        """Return the public state. It was last updated when the newest item became public, notices included."""
        return replace(self.fold.state(now=now, public=True), updated_at=self.items[-1].sort_at)

    def _enter(self, at: Moment) -> None:
        """Go on to the moment `at`, past the resets of the clock before it: they have no item, but cap times."""
        for reset in self._timeline.resets[self._newest.resets : at.resets]:
            self.fold.apply(reset)
        self._newest = max(self._newest, at)

    def _schedule(self, touched: Touched) -> None:
        """Queue the notices of touched expectations; of all of them when the story was closed or reopened."""
        for name in touched.expectations:
            expected = self.fold.expected(name)
            self._unsettled.pop(name, None)
            if expected is not None and not expected.settled and expected.ends_at is not None:
                self._unsettled[name] = expected
        changed = set(touched.expectations)
        if self.fold.running != self._running:
            self._running, self._queue, changed = self.fold.running, [], set(self._unsettled)
        for name in changed & self._unsettled.keys():
            ends_at = self._unsettled[name].ends_at
            overdue_at = self.fold.running.overdue_at(ends_at)
            if ends_at is not None and overdue_at is not None:
                since = max(self._newest, self._redacted.get(name, self._newest))
                heappush(self._queue, (self._timeline.reach(since, overdue_at), ends_at, name))

    def _is_due(self, queued: tuple[Moment, datetime, str]) -> bool:
        _, ends_at, name = queued
        expected = self._unsettled.get(name)
        return expected is not None and expected.ends_at == ends_at and (name, ends_at) not in self._notices

    def _next_notice_at(self) -> Moment | None:
        while self._queue and not self._is_due(self._queue[0]):
            heappop(self._queue)
        moments = [Moment(notice.resets, notice.at) for notice in self._recorded.values()]
        return min(moments + [at for at, _, _ in self._queue[:1]], default=None)

    def _with_status(self, name: str, at: datetime) -> tuple[Expected, ExpectationStatus] | None:
        expected = self.fold.expected(name)
        return None if expected is None else (expected, expected.status(at, self.fold.running))

    def _as_noticed(self, name: str, notice: Notice) -> Expected:
        """Return the expectation of a recorded notice: without words, unless it still has the same window."""
        expected = self._unsettled.get(name)
        if expected is not None and expected.ends_at == notice.ends_at:
            return replace(expected, development=notice.development)
        return Expected(id=name, what=REMOVED, development=notice.development, stated_by=notice.development)
