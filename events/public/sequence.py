"""The public sequence: what subscribers may know, in the order in which it became public.

The rules are events/README.md#the-public-sequence. `visibility` says when each event is public; overdue notices come
from time alone. As `now` advances, the sequence only grows at its end.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from heapq import heappop, heappush
from itertools import groupby
from typing import Any, Final, NamedTuple

from events.diff import touched_changes
from events.fold.development import REMOVED
from events.fold.developments import Made
from events.fold.expectations import ExpectationStatus, Expected
from events.fold.knowledge import Touched
from events.fold.state import Story
from events.fold.story import StoryFold
from events.fold.undone import without_undone
from events.model.events import (
    ClockReset,
    DevelopmentRetracted,
    Erased,
    EventRedacted,
    EventUndone,
    Recorded,
    StoryOpened,
)
from events.model.parts import Notice
from events.public.items import DevelopmentItem, OverdueNotice, PublicItem, StoryItem
from events.public.timeline import Moment, Timeline
from events.public.visibility import Due, due_events, events_by_development, public_checks

__all__ = [
    "REWRITING",
    "DevelopmentItem",
    "OngoingStory",
    "OverdueNotice",
    "PublicItem",
    "PublicStory",
    "StoryItem",
    "public_story",
    "same_in_public",
]
REWRITING: Final = (ClockReset, Erased, EventRedacted, EventUndone, StoryOpened)
"""The events that change what was public before, or when it was."""


class PublicStory(NamedTuple):
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
    return OngoingStory(story, events, now=now).public


def same_in_public(story: str, events: Iterable[Recorded], others: Iterable[Recorded], *, now: datetime) -> bool:
    """Return True if two histories of a story are the same in public until `now`."""
    one, other = (public_story(story, history, now=now) for history in (events, others))
    states = [None if public.state is None else public.state.as_json() for public in (one, other)]
    return one.items == other.items and states[0] == states[1]


def _recorded_notices(events: Iterable[Recorded], timeline: Timeline) -> dict[str, tuple[Moment, tuple[Notice, ...]]]:
    """Return, by expectation, when the newest redaction of it was recorded, and the notices that this recorded."""
    return {
        name: (timeline.moment_of(event), notices)
        for event in events
        if isinstance(event.event, EventRedacted)
        for name, notices in event.event.noticed.items()
    }


class OngoingStory:
    """What is public of `story` at some instant, and from then on at the cost of what is added.

    Without `effects` its items do not say what they changed, and there is no state: that takes half the time.

    `public`        what is public now
    `_recorded`     the events about each development; under None, those of the story itself
    `_retractions`  how often each development was retracted
    `_waiting`      the later instants at which more of the events becomes public
    """

    def __init__(self, story: str, events: Iterable[Recorded], *, now: datetime, effects: bool = True) -> None:
        recorded = without_undone(events)
        self._timeline = Timeline(recorded, now)
        self._recorded: dict[str | None, list[Recorded]] = dict(events_by_development(recorded).items())
        self._recorded[None] = [
            event for event in recorded if event.development is None and not isinstance(event.event, EventRedacted)
        ]
        self._retractions = Counter(
            event.development for event in recorded if isinstance(event.event, DevelopmentRetracted)
        )
        self._waiting: set[datetime] = set()
        notices = _recorded_notices(recorded, self._timeline)
        self._sequence = _Sequence(story, self._timeline, notices, effects=effects)
        self.public = self._add(recorded, since=None)

    @property
    def can_go_on(self) -> bool:
        """Whether `go_on` is possible at all: not after a second retraction, which may wait for its substitute."""
        return bool(self.public.items) and all(count <= 1 for count in self._retractions.values())

    def go_on(self, events: Sequence[Recorded], *, now: datetime) -> bool:
        """Add `events`, which are all that was recorded since, and go on to `now`.

        Return False if that takes all events again: if one of them changes what was public before, if what has waited
        becomes public, or if the clock went back. Then this story cannot go on any more.
        """
        since, then = self._timeline.now, self._timeline.now.at
        if now <= then or any(at <= now for at in self._waiting):
            return False
        for event in events:
            self._recorded.setdefault(event.development, []).append(event)
            self._retractions[event.development] += isinstance(event.event, DevelopmentRetracted)
            if event.recorded_at <= then or isinstance(event.event, REWRITING):
                return False
        if not self.can_go_on:
            return False
        self._timeline = self._timeline.until(now)
        touched = {None, *(event.development for event in events)}
        self.public = self._add([event for name in touched for event in self._recorded.get(name, ())], since=since)
        return True

    def _add(self, recorded: Sequence[Recorded], *, since: Moment | None) -> PublicStory:
        """Add what became public after `since` of some developments, whose events are `recorded`, and of the story."""
        now = self._timeline.now
        due, waiting = due_events(recorded, self._timeline)
        self._waiting |= set(waiting)
        self._sequence.extend([item for item in due if since is None or item.at > since], self._timeline)
        for check in public_checks(recorded, self._timeline):
            self._sequence.fold.apply(check)
        ends = (expected.ends_at for expected in self._sequence.fold.awaited())
        later = [*self._waiting, *(ends_at for ends_at in ends if ends_at is not None and ends_at > now.at)]
        items = tuple(self._sequence.items)
        return PublicStory(
            items=items,
            state=self._sequence.state(now.at) if items and self._sequence.effects else None,
            next_at=min(later, default=None),
        )


class _Sequence:
    """Builds the public sequence, with its fold, along a `timeline`.

    `_newest`     the moment of the newest item
    `_unsettled`  the expectations that have a window and no outcome, by id
    `_queue`      a heap of (when the notice is due, when the window ends, expectation); `_is_due` finds outdated ones
    `_notices`    the (expectation, end) of the notices made
    `_recorded`   the notices that a redaction recorded, by (expectation, end): made again, without the erased words
    `_redacted`   when that redaction was recorded, by expectation: no other notice of it is made before
    `_backfills`  when each report of an archive became public, by development
    `_dates`      the date of the newest item about each development, as readers see it: no notice is older
    `_made`       the developments as the last state had them
    """

    def __init__(
        self,
        story: str,
        timeline: Timeline,
        recorded: Mapping[str, tuple[Moment, tuple[Notice, ...]]],
        *,
        effects: bool,
    ) -> None:
        self.fold = StoryFold(story)
        self.effects = effects
        self.items: list[PublicItem] = []
        self._timeline = timeline
        self._newest = Moment(0, datetime.min.replace(tzinfo=UTC))
        self._unsettled: dict[str, Expected] = {}
        self._queue: list[tuple[Moment, datetime, str]] = []
        self._notices: set[tuple[str, datetime]] = set()
        self._recorded = {(name, notice.ends_at): notice for name, (_, each) in recorded.items() for notice in each}
        self._redacted = {name: at for name, (at, _) in recorded.items()}
        self._running = self.fold.running
        self._backfills: dict[str, datetime] = {}
        self._dates: dict[str, datetime] = {}
        self._made: Made = {}

    def extend(self, due: Iterable[Due], timeline: Timeline) -> None:
        """Add the events that are `due`, in order, and the notices between them and until now."""
        self._timeline = timeline
        for at, simultaneous in groupby(due, key=lambda item: item.at):
            self.add_notices_until(at, inclusive=False)
            for item in simultaneous:
                self.add_event(item)
            self.add_notices(at)
        if self.items:
            self.add_notices_until(timeline.now, inclusive=True)

    def add_event(self, due: Due) -> None:
        """Apply a public event, and add its item."""
        self._enter(due.at)
        at = due.at.at
        with self.fold.watch(facts=self.effects) as touched:
            for event in (due.recorded, *due.silent):
                self.fold.apply(event, at=at)
        self._schedule(touched)
        development = due.development
        if development is not None and getattr(due.recorded.event, "archive", False):
            self._backfills[development] = at
        backfill = development in self._backfills
        make = StoryItem if development is None else partial(DevelopmentItem, development=development)
        reported_at = min(at, due.recorded.event.published_at or due.recorded.reported_at)
        shown_at = reported_at if backfill else at
        if development is not None:
            self._dates[development] = shown_at
        self.items.append(
            make(
                number=len(self.items) + 1,
                at=at,
                resets=due.at.resets,
                sort_at=self._timeline.sort_instant(due.at),
                backfill=backfill,
                shown_at=shown_at,
                recorded=due.recorded,
                **(self._effects(development, touched, at, reported_at) if self.effects else {}),
            )
        )

    def _effects(
        self, development: str | None, touched: Touched, at: datetime, reported_at: datetime
    ) -> dict[str, Any]:
        """Return what an item at `at` says of the facts and expectations that it `touched`, or speaks of."""
        contributions = self.fold.contributions(development or "")
        facts = [self.fold.fact(key) for key in sorted(contributions.keys)]
        expectations = [self.fold.expected(name) for name in sorted(contributions.expectations)]
        touched_facts = {key: self.fold.fact(key) for key in touched.facts}
        turned = [key for key, before in touched.facts.items() if (before is None) is not (touched_facts[key] is None)]
        return {
            # An archive's report is judged at its own date: what was promised was not overdue then.
            "changes": touched_changes(self.fold, touched, now=reported_at),
            "facts": tuple(fact for fact in facts if fact is not None),
            "expectations": tuple(expected for expected in expectations if expected is not None),
            "turned_keys": tuple(sorted(turned)),
            "touched_facts": touched_facts,
            "touched_expectations": {name: self._touched(name, at, reported_at) for name in touched.expectations},
        }

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
            since = self._backfills.get(expected.development)
            backfill = since is not None and ends_at <= since  # it fell due before anybody here was told of it
            stated_at = [self._dates[name] for name in (expected.development, expected.due_from) if name in self._dates]
            self.items.append(
                OverdueNotice(
                    number=len(self.items) + 1,
                    at=self._newest.at,
                    resets=self._newest.resets,
                    sort_at=self._timeline.sort_instant(self._newest),
                    backfill=backfill,
                    shown_at=max(ends_at, *stated_at) if backfill else self._newest.at,
                    ends_at=ends_at,
                    expectations=(expected,),
                    touched_expectations={name: (expected, "overdue")},
                )
            )

    def state(self, now: datetime) -> Story:
        """Return the public state. It was last updated when the newest item became public, notices included."""
        return self.fold.state(now=now, public=True, made=self._made)._replace(updated_at=self.items[-1].sort_at)

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

    def _touched(self, name: str, at: datetime, reported_at: datetime) -> tuple[Expected, ExpectationStatus] | None:
        """Return an expectation with its status: as of its report, unless no notice will say that it is overdue."""
        expected = self.fold.expected(name)
        if expected is None:
            return None
        judged_at = at if (name, expected.ends_at) in self._notices else reported_at
        return expected, expected.status(judged_at, self.fold.running)

    def _as_noticed(self, name: str, notice: Notice) -> Expected:
        """Return the expectation of a recorded notice: without words, unless it still has the same window."""
        expected = self._unsettled.get(name)
        if expected is not None and expected.ends_at == notice.ends_at:
            return expected._replace(development=notice.development)
        return Expected(id=name, what=REMOVED, development=notice.development, stated_by=notice.development)
