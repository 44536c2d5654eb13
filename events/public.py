"""The public sequence: what subscribers may know, in the order in which it became public (vocabulary 1.7).

A development becomes public at the first instant at which it is neither embargoed nor held. What repaired it
strictly before then folds in silently, since nobody saw the wrong version. Overdue notices are part of the
sequence: they come from time alone. As `now` advances the sequence only ever grows at its end.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from events.changes import Before, Change
from events.expectations import Expected
from events.facts import Fact
from events.model import (
    DevelopmentCorrected,
    DevelopmentHeld,
    DevelopmentPinned,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    DevelopmentUnpinned,
    Erased,
    EventRedacted,
    Recorded,
    StoryOpened,
    StoryRevised,
)
from events.record import corrected, revised, with_removed
from events.state import Story
from events.story import Fold, Touched


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """The notice that an expectation passed its window unresolved. `expected` is as it stood then."""

    expected: Expected
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicItem:
    """One public thing: number, public instant, and what it changed there and then.

    `what` is the event (a report with what repaired it before publication merged in) or an overdue notice, and
    `development` whom it is about: a redaction of one event does not name it. `facts` and `expected` are the facts
    and expectations that it speaks of, frozen at this place; `turned` the keys that it is the first to speak of, or
    after which nobody does.
    """

    number: int
    at: datetime
    what: Recorded | Overdue
    development: str | None
    changes: tuple[Change, ...]
    facts: tuple[Fact, ...]
    expected: tuple[Expected, ...]
    turned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicStory:
    """A story as the public may know it at some instant: the sequence, the state, and when time changes it next.

    `state` is None while the story is not public at all. `next_at` may be an instant at which nothing changes.
    """

    items: tuple[PublicItem, ...]
    state: Story | None
    next_at: datetime | None


@dataclass(slots=True)
class _Due:
    """An event about `development` that will be public at `at`, with events that take silent effect with it."""

    at: datetime
    recorded: Recorded
    development: str | None = None
    silent: list[Recorded] = field(default_factory=list)


def public_story(story: str, events: Iterable[Recorded], *, now: datetime) -> PublicStory:
    """Give what is public of `story` at `now`, from all its events in ledger order. Linear in the events."""
    recorded = tuple(events)
    due, waiting = _public_instants(recorded, now)
    sequence = _Sequence(story)
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


class _Sequence:
    """The public sequence being made, with the fold that goes along it."""

    def __init__(self, story: str) -> None:
        self.fold = Fold(story)
        self.items: list[PublicItem] = []
        self._before = Before()
        self._noticed: set[tuple[str, datetime]] = set()
        self._open: dict[str, Expected] = {}

    def take(self, due: _Due) -> None:
        """Take in a public event, and compute what it changed."""
        self.fold.touched = Touched()
        self.fold.apply(due.recorded, at=due.at)
        for silent in due.silent:
            self.fold.apply(silent, at=due.at)
        touched = self.fold.touched
        turned = self._before.turned(self.fold, touched)
        changed = self._before.changes(self.fold, touched, now=due.at)
        for name in touched.expectations:
            expected = self.fold.expected(name)
            self._open.pop(name, None)
            if expected is not None and not expected.settled and expected.ends_at is not None:
                self._open[name] = expected
        record = self.fold.records.get(due.recorded.development or "")
        keys = sorted(record.keys) if record else []
        self.items.append(
            PublicItem(
                number=len(self.items) + 1,
                at=due.at,
                what=due.recorded,
                development=due.development,
                changes=changed,
                turned=turned,
                facts=tuple(fact for key in keys if (fact := self.fold.fact(key)) is not None),
                expected=tuple(
                    expected
                    for name in sorted(record.expectations if record else ())
                    if (expected := self.fold.expected(name)) is not None
                ),
            )
        )

    def until(self, at: datetime, *, inclusive: bool) -> None:
        """Make the notices that fall due before `at`, or by it, each at its own instant."""
        running = self.fold.running
        instants = {running.overdue_at(expected.ends_at) for expected in self._open.values()}
        for instant in sorted(instant for instant in instants if instant is not None):
            if instant < at or (inclusive and instant == at):
                self.notices(instant)

    def notices(self, at: datetime) -> None:
        """Make the notices of whatever is overdue at `at` and has none yet."""
        running = self.fold.running
        overdue = [
            (ends_at, name, expected)
            for name, expected in self._open.items()
            if (ends_at := expected.ends_at) is not None
            and (instant := running.overdue_at(ends_at)) is not None
            and instant <= at
            and (name, ends_at) not in self._noticed
        ]
        for ends_at, name, expected in sorted(overdue, key=lambda item: item[:2]):
            self._noticed.add((name, ends_at))
            self.items.append(
                PublicItem(
                    number=len(self.items) + 1,
                    at=max(at, self.items[-1].at),
                    what=Overdue(expected=expected, ends_at=ends_at),
                    development=expected.development,
                    changes=(),
                    facts=(),
                    expected=(expected,),
                )
            )

    def state(self, now: datetime) -> Story:
        """Give the public state: last changed when the newest item became public, a notice included."""
        return replace(self.fold.state(now=now, public=True), updated_at=self.items[-1].at)


def _public_instants(events: tuple[Recorded, ...], now: datetime) -> tuple[list[_Due], list[datetime]]:
    """Give what is public by `now`, in public order, and the future instants at which more may be."""
    waiting = [at for event in events if (at := event.event.embargoed_until) is not None and at > now]
    opened = next(((event, event.event) for event in events if isinstance(event.event, StoryOpened)), None)
    if opened is None or (opened_at := _own_instant(opened[0])) > now:
        return [], waiting
    due = [*_of_story(events, *opened, opened_at)]
    about: dict[str, list[Recorded]] = {}
    for event in events:
        development = event.development or _target(event, events)
        if development is not None:
            about.setdefault(development, []).append(event)
    for development_events in about.values():
        due += _of_development(development_events, opened_at, now)
    shown = [item for item in due if item.at <= now]
    return sorted(shown, key=lambda item: (item.at, item.recorded.position)), waiting


def _target(event: Recorded, events: tuple[Recorded, ...]) -> str | None:
    """Give the development of the event that a redaction names."""
    target = _redacted(event)
    return target and next((other.development for other in events if other.id == target), None)


def _redacted(event: Recorded) -> str | None:
    """Give the id of the one event that a redaction names."""
    return event.event.event if isinstance(event.event, EventRedacted) else None


def _own_instant(event: Recorded) -> datetime:
    """Give when an event would be public if nothing else held it back."""
    return max(event.recorded_at, event.event.embargoed_until or event.recorded_at)


def _of_story(
    events: tuple[Recorded, ...], opening: Recorded, header: StoryOpened, opened_at: datetime
) -> Iterator[_Due]:
    """Give the story's own events: the opening, with earlier revisions merged in, and the rest at their instants."""
    for event in events:
        what = event.event
        if event.development is not None or isinstance(what, EventRedacted | StoryOpened):
            continue
        at = max(_own_instant(event), opened_at)
        if isinstance(what, StoryRevised) and event.recorded_at < opened_at and at == opened_at:
            header = revised(header, what)
        else:
            yield _Due(at, event)
    yield _Due(opened_at, _with(opening, header))


def _of_development(events: list[Recorded], opened_at: datetime, now: datetime) -> Iterator[_Due]:
    """Give the events about one development, each at its public instant; nothing where it never becomes public."""
    report = events[0]
    public_at = _public_at(events, opened_at, now)
    if public_at is None or isinstance(report.event, EventRedacted):
        return
    first = _Due(public_at, report, report.development)
    later: list[_Due] = []
    instants: dict[str, datetime] = {}
    publicly_held = False
    for event in events[1:]:
        at = max(_own_instant(event), public_at, instants.get(_redacted(event) or "", public_at))
        instants[event.id] = at
        due = _Due(at, event, report.development)
        silent = event.recorded_at < public_at and at == public_at
        what = event.event
        match what:
            case _ if silent and _withdraws(event, report):
                return  # before anybody saw it: it never appears
            case EventRedacted() if silent:
                pass  # what it erased of a correction folds in as silently as the correction does
            case DevelopmentCorrected() | Erased() if silent:
                first.recorded = _merged(first.recorded, event)
            case DevelopmentPinned() | DevelopmentUnpinned() if silent:
                first.silent.append(event)
            case DevelopmentHeld() if silent:
                pass
            case DevelopmentHeld():
                publicly_held = True
                later.append(due)
            case DevelopmentReleased():
                if publicly_held:
                    later.append(due)
                publicly_held = False
            case _:
                later.append(due)
    yield first
    # A correction still under embargo when its report is withdrawn has nothing left to correct.
    withdrawals = [due.at for due in later if _withdraws(due.recorded, report)]
    for due in later:
        repairs = isinstance(due.recorded.event, DevelopmentCorrected | Erased)
        if not (repairs and withdrawals and due.at > min(withdrawals)):
            yield due


def _withdraws(event: Recorded, report: Recorded) -> bool:
    """Tell whether `event` takes back the whole `report`."""
    match event.event:
        case DevelopmentRetracted() | EventRedacted(event=None):
            return True
        case EventRedacted(event=target):
            return target == report.id
        case _:
            return False


def _public_at(events: list[Recorded], opened_at: datetime, now: datetime) -> datetime | None:
    """Give the first instant by `now` at which a development is neither embargoed nor held, or None."""
    embargo, held = events[0].event.embargoed_until, False
    for index, event in enumerate(events):
        match event.event:
            case DevelopmentHeld():
                held = True
            case DevelopmentReleased():
                embargo, held = (embargo, False) if held else (None, False)
            case _:
                pass
        upcoming = events[index + 1].recorded_at if index + 1 < len(events) else None
        at = max(event.recorded_at, embargo or event.recorded_at, opened_at)
        # "<" upcoming: what was recorded at one instant counts together
        if not held and at <= now and (upcoming is None or at < upcoming):
            return at
    return None


def _merged(report: Recorded, repair: Recorded) -> Recorded:
    """Give a report with a repair folded in that nobody was told of."""
    match report.event, repair.event:
        case DevelopmentReported() as reported, DevelopmentCorrected() as correction:
            moved = {"reported_at": correction.set.reported_at or reported.reported_at}
            return _with(report, corrected(reported, correction).model_copy(update=moved))
        case DevelopmentReported() as reported, Erased() as erased:
            return _with(report, with_removed(reported, erased))
        case _:
            return report


def _with(recorded: Recorded, event: DevelopmentReported | StoryOpened) -> Recorded:
    return Recorded(recorded.position, recorded.version, recorded.recorded_at, event)
