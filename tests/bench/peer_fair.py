"""The fair peer for appending and replay: `eventsourcing` 9.5 again, with work that is closer to ours.

Its events have the same nested shape as ours, and pydantic validates each part of them when they are made and when
they are read back. It folds the last word of each origin about each fact, whether origins contradict each other, and
what became of each promise. Before it saves, it reads what others have added to the story, and the database refuses a
version that exists. The journal and the sync are the same: WAL, and an fsync at each commit.

    python -m tests.bench.peer_fair append DATABASE CORPUS EVENTS BATCH
    python -m tests.bench.peer_fair replay DATABASE
"""

# The peer is no dependency of ours: types are checked with it and without it.
# mypy: disable-error-code="import-not-found,misc,no-any-return"

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from pydantic import StringConstraints

from tests.bench.measure import Stopwatch, worker
from tests.bench.peer_eventsourcing import Immutable, Newsroom, story_ids

Text = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"\S")]
Id = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z0-9]+(?:[-:][a-z0-9]+)*$")]
Key = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z0-9-]+(?:\.[a-z0-9-]+)*$")]
Edtf = Annotated[str, StringConstraints(max_length=40, pattern=r"^\d{4}(?:-\d\d(?:-\d\d)?)?(?:/\d{4}(?:-\d\d){0,2})?$")]
Url = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^https?://[^\s]+$")]


class Speaker(Immutable):
    name: Text | None = None
    role: Text | None = None
    org: Text | None = None


class Source(Immutable):
    name: Text
    url: Url | None = None


class Range(Immutable):
    min: int
    max: int


class Due(Immutable):
    edtf: Edtf
    literal: Text | None = None


class Claim(Immutable):
    key: Key
    value: int | Range | None = None
    unit: Text | None = None
    literal: Text | None = None
    as_of: Edtf | None = None
    stance: Literal["asserts", "denies", "cannot_confirm"] = "asserts"


class Quote(Immutable):
    text: Text
    speaker: Speaker | None = None


class Expectation(Immutable):
    id: Id
    what: Text
    by: Text | None = None
    due: Due | None = None


class Resolution(Immutable):
    expectation: Id
    outcome: Literal["met", "missed", "cancelled"]


class StoryEvent(Immutable):
    originator_id: UUID
    originator_version: int
    timestamp: datetime
    id: Id
    story: Id
    reported_at: datetime
    headline: Text


class StoryOpened(StoryEvent):
    summary: str = ""
    subjects: tuple[Text, ...] = ()


class DevelopmentReported(StoryEvent):
    development: Id
    body: str = ""
    happened: Edtf | None = None
    said_by: tuple[Speaker, ...] = ()
    sources: tuple[Source, ...] = ()
    facts: tuple[Claim, ...] = ()
    quotes: tuple[Quote, ...] = ()
    expects: tuple[Expectation, ...] = ()
    resolves: tuple[Resolution, ...] = ()


class Fact:
    """The last word of each origin, and the newest of these."""

    def __init__(self) -> None:
        self.words: dict[str, tuple[str, Claim]] = {}
        self.current: Claim | None = None
        self.is_disputed = False

    def add(self, origin: str, at: str, claim: Claim) -> None:
        former = self.words.get(origin)
        if former is None or former[0] <= at:
            self.words[origin] = (at, claim)
        said = [word for word in self.words.values() if word[1].value is not None]
        self.current = max(said, key=lambda word: word[0])[1] if said else None
        self.is_disputed = any(word[1].value != self.current.value for word in said) if self.current else False


class Story:
    """The state, folded in place."""

    def __init__(self) -> None:
        self.version = 0
        self.headline = ""
        self.reports: list[str] = []
        self.facts: dict[str, Fact] = {}
        self.expected: dict[str, Expectation] = {}
        self.outcomes: dict[str, str] = {}

    def apply(self, event: StoryEvent) -> None:
        self.version = event.originator_version
        if isinstance(event, StoryOpened):
            self.headline = event.headline
        elif isinstance(event, DevelopmentReported):
            self.reports.append(event.headline)
            speaker = event.said_by[0] if event.said_by else None
            origin = (speaker and (speaker.org or speaker.name)) or event.sources[0].name
            for claim in event.facts:
                at = claim.as_of or event.reported_at.isoformat()
                self.facts.setdefault(claim.key, Fact()).add(origin, at, claim)
            self.expected |= {item.id: item for item in event.expects}
            self.outcomes |= {item.expectation: item.outcome for item in event.resolves}


def fold(story: Any, events: Iterable[Any]) -> Any:
    state = story or Story()
    for event in events:
        state.apply(event)
    return state


class Desk:
    """Records events, each as the next version of a story that is up to date."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self._stories: dict[str, Story] = {}

    def record(self, batch: Iterable[dict[str, Any]]) -> None:
        events: list[StoryEvent] = []
        fresh: set[str] = set()
        for fields in batch:
            story = self._stories.setdefault(fields["story"], Story())
            if fields["story"] not in fresh:
                fresh.add(fields["story"])
                fold(story, self._newsroom.events.get(_id(fields["story"]), gt=story.version))
            events.append(_event(story.version + 1, **fields))
            story.apply(events[-1])
        self._newsroom.save(*events)


def _id(story: str) -> UUID:
    return uuid5(NAMESPACE_URL, story)


def _event(version: int, *, type: str, story: str, **payload: Any) -> StoryEvent:  # noqa: A002
    model = StoryOpened if type == "story_opened" else DevelopmentReported
    now = datetime.now().astimezone()
    return model(originator_id=_id(story), originator_version=version, timestamp=now, story=story, **payload)


def append(database: Path, corpus: Path, count: int, batch: int) -> tuple[int, Stopwatch]:
    with corpus.open("rb") as lines:
        raw = [orjson.loads(line) for line in islice(lines, count)]
    newsroom = Newsroom({"SQLITE_DBNAME": str(database)})
    desk = Desk(newsroom)
    with Stopwatch() as watch:
        for first in range(0, len(raw), batch):
            desk.record(raw[first : first + batch])
    newsroom.close()
    return len(raw), watch


def replay(database: Path) -> tuple[int, Stopwatch]:
    newsroom = Newsroom({"SQLITE_DBNAME": str(database)})
    stories = sorted(story_ids(newsroom))
    with Stopwatch() as watch:
        states: list[Story] = [newsroom.repository.get(story, projector_func=fold) for story in stories]
    newsroom.close()
    return sum(state.version for state in states), watch


if __name__ == "__main__":
    worker(append=append, replay=replay)
