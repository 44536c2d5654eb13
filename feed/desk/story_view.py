"""What the page of a story shows: who speaks in it, its facts and promises, its developments, and what waits."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from events.fold.claims import AttributedClaim
from events.fold.embargoes import embargo_end
from events.fold.expectations import Expected
from events.fold.prominence import by_prominence
from events.fold.state import Story
from events.fold.state_parts import Development
from events.fold.undone import without_undone
from events.ledger import Ledger, ledger_time
from events.model.codec import decode, recorded_at
from events.model.events import DevelopmentReported, EventUndone, Recorded
from events.rules.undo import noun
from events.rules.windows import parse_windows
from events.store.base import WINDOWS
from events.wording.catalogue import status_words
from events.wording.claims import claim_value, fact_name
from events.wording.expectations import expected_due
from events.wording.names import fact_names
from events.wording.redactions import Redactions
from events.wording.standing import standing_line
from events.wording.values import speakers_words
from feed.desk.compose import claim_words
from feed.desk.parts import speaker_line

ROWS_MAX: Final = 50
NAMES_MAX: Final = 100
RECENT_MAX: Final = 40
"""Among how many of a story's newest events something is looked for that waits to be published."""
WAITING_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact that is known: its key, its name, its value, what that rests on, and the unit of a new value.

    `embargoed_until` is when readers may know the value, None if they may know it now.
    """

    key: str
    name: str
    value: str
    standing: str
    unit: str
    embargoed_until: datetime | None


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """What is expected, and not settled."""

    id: str
    what: str
    due: str
    status: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A development: its headline, who says so, its facts, outcomes, and the words of its badges by their kind."""

    development: Development
    headline: str
    who: str
    facts: tuple[tuple[str, str], ...]
    outcomes: tuple[tuple[str, str], ...]
    badges: tuple[tuple[str, str], ...]

    @property
    def id(self) -> str:
        """The development."""
        return self.development.id

    @property
    def can_change(self) -> bool:
        """Whether it has a text that may still be corrected, held or retracted."""
        return self.development.report is not None and self.development.status != "canceled"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that no publication has yet. `ends_at` is when its undo window ends, None if it has none.

    `embargoed_until` is when readers may see it, None if they may see it now.
    `undo` are the fields of the form that takes it back; none if something else must be undone before it.
    """

    what: str
    actor: str
    ends_at: datetime | None
    embargoed_until: datetime | None
    undo: tuple[tuple[str, str], ...]


def fact_rows(story: Story) -> list[FactRow]:
    """Return the facts of a story, those first that readers see first."""
    redactions = Redactions(names=fact_names(story))
    return [
        FactRow(
            key=item.fact.key,
            name=fact_name(item.fact.key, redactions),
            value=claim_value(item.fact.current, redactions),
            standing=standing_line(item.fact, redactions),
            unit=(item.fact.current.unit or "") if item.fact.current is not None else "",
            embargoed_until=embargo_of(story, item.fact.current),
        )
        for item in by_prominence(story, hidden=True)
    ]


def embargo_of(story: Story, claim: AttributedClaim | None) -> datetime | None:
    """Return until when the report that makes a claim is under embargo, None if it is not."""
    development = None if claim is None else story.development(claim.development)
    return None if development is None else embargo_after(development.embargoed_until, story.now)


def promise_rows(story: Story) -> list[PromiseRow]:
    """Return what is expected and not settled, the most urgent first."""
    return [_promise_row(story, item) for item in story.by_urgency if not item.settled]


def _promise_row(story: Story, expected: Expected) -> PromiseRow:
    status = story.status_of(expected)
    return PromiseRow(expected.id, expected.what, expected_due(expected), status, status_words(status))


def rows(story: Story, *, most: int | None = ROWS_MAX) -> list[Row]:
    """Return the newest developments of a story, the newest first: what is pinned is in its order too."""
    return [_row(story, development) for development in story.developments[::-1][:most]]


def _row(story: Story, development: Development) -> Row:
    report = development.report
    redactions = Redactions(names=fact_names(story))
    claims = () if report is None else report.facts
    return Row(
        development=development,
        headline=development.id if report is None else report.headline,
        who="" if report is None else speakers_words(report.said_by),
        facts=tuple((fact_name(claim.key, redactions), claim_words(claim)) for claim in claims),
        outcomes=() if report is None else tuple(_outcomes(story, report)),
        badges=tuple(_badges(story, development)),
    )


def _outcomes(story: Story, report: DevelopmentReported) -> Iterator[tuple[str, str]]:
    """Yield what a report says has become of promises: (what was expected, how it came out)."""
    for resolution in report.resolves:
        expected = story.expectation(resolution.expectation)
        yield (resolution.expectation if expected is None else expected.what), status_words(resolution.outcome)


def _badges(story: Story, development: Development) -> Iterator[tuple[str, str]]:
    if development.pinned:
        yield "pinned", "pinned"
    if development.embargoed_until is not None and development.embargoed_until > story.now:
        yield "embargoed", "embargoed until"
    if development.redacted:
        yield "gone", "redacted"
    elif development.status == "canceled":
        yield "gone", "retracted"
    elif development.status == "withheld":
        yield "held", "held"
    if development.standing != "reported":
        yield development.standing, development.standing
    if any(made.development == development.id for made in story.corrections):
        yield "corrected", "corrected"
    if development.archive:
        yield "archive", "archive"


def cast(story: Story) -> list[str]:
    """Return who has spoken in a story, the newest first, each as an editor types it."""
    speakers = (
        speaker
        for development in reversed(story.developments)
        if development.report is not None
        for speaker in development.report.said_by
    )
    return _first(map(speaker_line, speakers))


def sources(story: Story) -> list[str]:
    """Return the names of a story's sources, the newest first."""
    reports = (item.report for item in reversed(story.developments) if item.report is not None)
    return _first(source.name for report in reports for source in report.sources)


def _first(names: Iterable[str]) -> list[str]:
    return list(islice(dict.fromkeys(names), NAMES_MAX))


def embargo_after(until: datetime | None, now: datetime) -> datetime | None:
    """Return the end of an embargo that lasts, None if there is none."""
    return None if until is None or until <= now else until


def waiting(ledger: Ledger, story: str, now: datetime) -> list[Waiting]:
    """Return what was recorded in a story and is in no publication yet, the newest first."""
    with ledger.store.reading() as reading:
        passed = ledger_time(reading).published_until
        windows = {window.since: window.ends_at for window in parse_windows(reading.note(WINDOWS))}
        fold = ledger.folds.of(reading, story)
        new = [
            decode(row)
            for row in deque(reading.rows(story), maxlen=RECENT_MAX)
            if passed is None or recorded_at(row.position, row.envelope) > passed
        ]
    events = [event for event in without_undone(new) if not isinstance(event.event, EventUndone)]
    return [
        _waiting(event, events, windows.get(event.recorded_at), embargo_end(event, fold), now)
        for event in events[::-1][:WAITING_MAX]
    ]


def _waiting(
    event: Recorded, events: list[Recorded], ends_at: datetime | None, until: datetime | None, now: datetime
) -> Waiting:
    undo: tuple[tuple[str, str], ...] = ()
    if isinstance(event.event, DevelopmentReported) and event.development is not None:
        undo = (("development", event.development),)
    elif event == events[-1]:
        undo = (("event", event.id),)
    headline = f": {event.event.headline}" if isinstance(event.event, DevelopmentReported) else ""
    return Waiting(f"{noun(event.event)}{headline}", event.event.actor or "", ends_at, embargo_after(until, now), undo)
