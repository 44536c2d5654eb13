"""The public sequence: what subscribers may know, in the order in which it became public (vocabulary 1.7).

`visibility` tells when each event is public. Overdue notices are part of the sequence: they come from time
alone. As `now` advances the sequence only ever grows at its end. A redaction erases what notices were made of, so it
bears which had been made by then (`noticed`), and of what it spoke of no other is made before it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush
from itertools import groupby
from typing import Literal, TypeAlias

from events.diff import Change, touched_changes
from events.fold.development import REMOVED
from events.fold.expectations import Expected, Status
from events.fold.facts import Fact
from events.fold.state import Story
from events.fold.story import StoryFold, Touched
from events.model.edtf import format_instant
from events.model.events import (
    AnyEvent,
    DevelopmentCorrected,
    DevelopmentReported,
    Erased,
    EventRedacted,
    Recorded,
    expectation_ids,
)
from events.model.parts import Notice
from events.public.visibility import Due, due_events, events_by_development


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """What every public item has.

    `number`                its number in the story's public sequence, from 1
    `at`                    when it became public
    `changes`               what it changed of facts and expectations at that instant
    `facts`, `expected`     the facts and expectations that it speaks of, as they were then
    `turned`                the keys that it is the first to speak of, or that nobody speaks of after it
    `touched`               every fact that it may have changed, as it is afterwards; None if nobody speaks of it
    `touched_expectations`  the same for expectations, each with its status
    """

    number: int
    at: datetime
    changes: tuple[Change, ...] = ()
    facts: tuple[Fact, ...] = ()
    expected: tuple[Expected, ...] = ()
    turned: tuple[str, ...] = ()
    touched: Mapping[str, Fact | None] = field(default_factory=dict, hash=False)
    touched_expectations: Mapping[str, tuple[Expected, Status] | None] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _EventItem(_Item):
    """A public event: a report comes merged with what repaired it before publication."""

    recorded: Recorded

    @property
    def event(self) -> AnyEvent | Erased:
        """The event itself."""
        return self.recorded.event

    @property
    def key(self) -> str:
        """What names the item within its story, for ever: the event's id."""
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
    """A public event about `development`, also where a redaction names only one event of it."""

    development: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueNotice(_Item):
    """The notice that an expectation passed its window, which ended at `ends_at`, without a resolution.

    `expected` holds that expectation alone, as it was then; if it was erased since, it is REMOVED and has no due date.
    """

    ends_at: datetime

    @property
    def expectation(self) -> Expected:
        """The expectation that is overdue."""
        return self.expected[0]

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
        """What names the notice within its story, for ever. No event id contains "/", so no event has this name."""
        return f"overdue/{self.expectation.id}/{format_instant(self.ends_at)}"

    @property
    def kind(self) -> Literal["overdue"]:
        """The kind of every notice."""
        return "overdue"


PublicItem: TypeAlias = StoryItem | DevelopmentItem | OverdueNotice
"""One item of the public sequence: a numbered event or notice, and what it changed when it became public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicStory:
    """A story as the public may know it at some instant: the sequence, the state, and when time changes it next.

    `state` is None while the story is not public at all. `next_at` may be an instant at which nothing changes.
    """

    items: tuple[PublicItem, ...]
    state: Story | None
    next_at: datetime | None


def public_story(story: str, events: Iterable[Recorded], *, now: datetime) -> PublicStory:
    """Return what is public of `story` at `now`, from all its events in ledger order. Linear in the events."""
    recorded = tuple(events)
    due, waiting = due_events(recorded, now)
    sequence = _Sequence(story, _kept(recorded))
    for at, together in groupby(due, key=lambda item: item.at):
        sequence.until(at, inclusive=False)
        for item in together:
            sequence.take(item)
        sequence.notices(at)
    if due:
        sequence.until(now, inclusive=True)
    ends = (expected.ends_at for expected in sequence.fold.expectations() if not expected.settled)
    waiting += [ends_at for ends_at in ends if ends_at is not None and ends_at > now]
    return PublicStory(
        items=tuple(sequence.items),
        state=sequence.state(now) if due else None,
        next_at=min(waiting, default=None),
    )


def noticed(
    story: str, events: Iterable[Recorded], redaction: EventRedacted, *, now: datetime
) -> dict[str, tuple[Notice, ...]]:
    """Return which overdue notices stand before `now` of each expectation that `redaction` erases words on.

    `events` are all of the story's so far, `now` is when the redaction is recorded: what falls due at that very
    instant falls due after it.
    """
    recorded = tuple(events)
    named = {name: list[Notice]() for event in _erased_by(redaction, recorded) for name in _expectations(event)}
    for item in public_story(story, recorded, now=now).items:
        if isinstance(item, OverdueNotice) and item.at < now and item.expectation.id in named:
            notice = Notice(development=item.development, ends_at=item.ends_at, at=item.at)
            named[item.expectation.id].append(notice)
    return {name: tuple(notices) for name, notices in sorted(named.items())}


def _erased_by(redaction: EventRedacted, events: tuple[Recorded, ...]) -> list[AnyEvent | Erased]:
    """Return the events that say nothing more once `redaction` is recorded: with a report go its corrections."""
    for development, about in events_by_development(events).items():
        if development == redaction.development or about[0].id == redaction.event:
            return [event.event for event in about]
    return [event.event for event in events if event.id == redaction.event]


def _expectations(event: AnyEvent | Erased) -> set[str]:
    """Return the expectations that an event says something of, as far as it still tells."""
    match event:
        case DevelopmentCorrected(set=part) | (DevelopmentReported() as part):
            return {*expectation_ids(part.expects), *(said.expectation for said in part.resolves)}
        case Erased(expectations=names):
            return set(names)
        case _:
            return set()


def _kept(events: Iterable[Recorded]) -> dict[str, tuple[datetime, tuple[Notice, ...]]]:
    """Return what the newest redaction bears of each expectation, with the instant until which it holds."""
    return {
        name: (event.recorded_at, notices)
        for event in events
        if isinstance(event.event, EventRedacted)
        for name, notices in event.event.noticed.items()
    }


class _Sequence:
    """The public sequence being made, with the fold that goes along it."""

    def __init__(self, story: str, kept: Mapping[str, tuple[datetime, tuple[Notice, ...]]]) -> None:
        self.fold = StoryFold(story)
        self.items: list[PublicItem] = []
        self._noticed: set[tuple[str, datetime]] = set()
        self._open: dict[str, Expected] = {}
        self._awaited: list[tuple[datetime, datetime, str]] = []  # a heap; `_is_awaited` tells what of it still holds
        self._running = self.fold.running
        self._kept_until = {name: until for name, (until, _) in kept.items()}
        self._kept = {(name, notice.ends_at): notice for name, (_, notices) in kept.items() for notice in notices}

    def take(self, due: Due) -> None:
        """Take in a public event, and compute what it changed."""
        with self.fold.watch() as touched:
            for event in (due.recorded, *due.silent):
                self.fold.apply(event, at=due.at)
        self._follow(touched)
        number = len(self.items) + 1
        changed = touched_changes(self.fold, touched, now=due.at)
        facts = {key: self.fold.fact(key) for key in touched.facts}
        turned = tuple(key for key in sorted(facts) if (touched.facts[key] is None) is not (facts[key] is None))
        expectations = {name: self._status_of(name, due.at) for name in touched.expectations}
        if due.development is None:
            self.items.append(
                StoryItem(
                    number=number,
                    at=due.at,
                    recorded=due.recorded,
                    changes=changed,
                    turned=turned,
                    touched=facts,
                    touched_expectations=expectations,
                )
            )
            return
        record = self.fold.records[due.development]
        own_facts = (self.fold.fact(key) for key in sorted(record.keys))
        own_expectations = (self.fold.expected(name) for name in sorted(record.expectations))
        self.items.append(
            DevelopmentItem(
                number=number,
                at=due.at,
                recorded=due.recorded,
                development=due.development,
                changes=changed,
                turned=turned,
                touched=facts,
                touched_expectations=expectations,
                facts=tuple(fact for fact in own_facts if fact is not None),
                expected=tuple(expected for expected in own_expectations if expected is not None),
            )
        )

    def until(self, at: datetime, *, inclusive: bool) -> None:
        """Make the notices that fall due before `at`, or by it, each at its own instant."""
        while (instant := self._next_notice()) is not None and (instant < at or (inclusive and instant == at)):
            self.notices(instant)

    def notices(self, at: datetime) -> None:
        """Make the notices of whatever is overdue at `at` and has none yet, and those that were made then."""
        overdue: dict[tuple[datetime, str], Expected] = {}
        while self._awaited and self._awaited[0][0] <= at:
            awaited = heappop(self._awaited)
            if self._is_awaited(awaited):
                _, ends_at, name = awaited
                overdue[ends_at, name] = self._open[name]
        for (name, ends_at), notice in tuple(self._kept.items()):
            if notice.at <= at:
                overdue[ends_at, name] = self._as_noticed(name, self._kept.pop((name, ends_at)))
        for (ends_at, name), expected in sorted(overdue.items(), key=lambda item: item[0]):
            self._noticed.add((name, ends_at))
            self.items.append(
                OverdueNotice(
                    number=len(self.items) + 1,
                    at=max(at, self.items[-1].at),
                    ends_at=ends_at,
                    expected=(expected,),
                    touched_expectations={name: (expected, "overdue")},
                )
            )

    def _follow(self, touched: Touched) -> None:
        """Keep up with what is awaited, and when: the story's turns decide that of every expectation."""
        for name in touched.expectations:
            expected = self.fold.expected(name)
            self._open.pop(name, None)
            if expected is not None and not expected.settled and expected.ends_at is not None:
                self._open[name] = expected
        again = set(touched.expectations)
        if self.fold.running != self._running:
            self._running, self._awaited, again = self.fold.running, [], set(self._open)
        for name in again & self._open.keys():
            ends_at, instant = self._open[name].ends_at, self._falls_due(name, self._open[name])
            if ends_at is not None and instant is not None:
                heappush(self._awaited, (instant, ends_at, name))

    def _is_awaited(self, awaited: tuple[datetime, datetime, str]) -> bool:
        _, ends_at, name = awaited
        known = self._open.get(name)
        return known is not None and known.ends_at == ends_at and (name, ends_at) not in self._noticed

    def _next_notice(self) -> datetime | None:
        """Return the instant at which the next notice is to be made, as far as is known now."""
        while self._awaited and not self._is_awaited(self._awaited[0]):
            heappop(self._awaited)
        instants = [notice.at for notice in self._kept.values()] + [at for at, _, _ in self._awaited[:1]]
        return min(instants, default=None)

    def _status_of(self, name: str, at: datetime) -> tuple[Expected, Status] | None:
        expected = self.fold.expected(name)
        return None if expected is None else (expected, expected.status(at, self.fold.running))

    def _falls_due(self, name: str, expected: Expected) -> datetime | None:
        """Return when a notice of `expected` is to be made: not before a redaction that bears those made until then."""
        at = self.fold.running.overdue_at(expected.ends_at)
        return None if at is None else max(at, self._kept_until.get(name, at))

    def _as_noticed(self, name: str, notice: Notice) -> Expected:
        """Return the expectation that `notice` was made of: as it still stands, else with its words removed."""
        known = self._open.get(name)
        if known is not None and known.ends_at == notice.ends_at:
            return replace(known, development=notice.development)
        return Expected(id=name, what=REMOVED, development=notice.development, stated_by=notice.development)

    def state(self, now: datetime) -> Story:
        """Return the public state: last changed when the newest item became public, a notice included."""
        return replace(self.fold.state(now=now, public=True), updated_at=self.items[-1].at)
