"""The raw peer for appending and replay: `eventsourcing` 9.5 on SQLite, with pydantic and orjson.

The mapping is the one its documentation shows. Its SQLite recorder uses WAL and SQLite's default
`synchronous=FULL`, so that its appends are durable as ours are. It is spared what ours must do besides:
the version of each story is kept in a dictionary, so that no append reads anything, and no rule is
checked. Events are validated by pydantic, when made and when read back.

    python -m tests.bench.peer_eventsourcing append DATABASE CORPUS EVENTS BATCH
    python -m tests.bench.peer_eventsourcing replay DATABASE
"""

# The peer is no dependency of ours: types are checked with it and without it.
# mypy: disable-error-code="import-not-found,misc,no-any-return"

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from eventsourcing.application import Application
from eventsourcing.persistence import Mapper, StoredEvent, Transcoder
from eventsourcing.utils import get_topic, resolve_topic
from pydantic import BaseModel, ConfigDict, Field

from tests.bench.measure import Stopwatch, worker


class Immutable(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StoryEvent(Immutable):
    """An event of one story. Its nested values are plain JSON: it checks less than ours."""

    originator_id: UUID
    originator_version: int
    timestamp: datetime = Field(default_factory=lambda: datetime.now(UTC))
    id: str
    story: str
    reported_at: datetime
    headline: str


class StoryOpened(StoryEvent):
    summary: str = ""
    subjects: tuple[str, ...] = ()


class DevelopmentReported(StoryEvent):
    development: str
    body: str = ""
    happened: str | None = None
    said_by: tuple[dict[str, Any], ...] = ()
    sources: tuple[dict[str, Any], ...] = ()
    facts: tuple[dict[str, Any], ...] = ()
    quotes: tuple[dict[str, Any], ...] = ()
    expects: tuple[dict[str, Any], ...] = ()
    resolves: tuple[dict[str, Any], ...] = ()


class Story:
    """The state, folded in place: headline, reports, the latest claim of each fact, open promises."""

    def __init__(self) -> None:
        self.headline = ""
        self.reports: list[str] = []
        self.facts: dict[str, dict[str, Any]] = {}
        self.expected: dict[str, dict[str, Any]] = {}

    def apply(self, event: StoryEvent) -> None:
        if isinstance(event, StoryOpened):
            self.headline = event.headline
        elif isinstance(event, DevelopmentReported):
            self.reports.append(event.headline)
            self.facts |= {fact["key"]: fact for fact in event.facts}
            self.expected |= {expected["id"]: expected for expected in event.expects}
            for resolved in event.resolves:
                self.expected.pop(resolved["expectation"], None)


def fold(story: Any, events: Iterable[Any]) -> Any:
    state = story or Story()
    for event in events:
        state.apply(event)
    return state


class PydanticMapper(Mapper[UUID]):
    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=get_topic(type(domain_event)),
            state=self.transcoder.encode(domain_event.model_dump(mode="json")),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        model = resolve_topic(stored_event.topic)
        return model(**self.transcoder.decode(stored_event.state))


class OrjsonTranscoder(Transcoder):
    def encode(self, obj: Any) -> bytes:
        return orjson.dumps(obj)

    def decode(self, data: bytes) -> Any:
        return orjson.loads(data)


class Newsroom(Application[UUID]):
    env: ClassVar[dict[str, str]] = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "MAPPER_TOPIC": get_topic(PydanticMapper),
        "TRANSCODER_TOPIC": get_topic(OrjsonTranscoder),
    }


def append(database: Path, corpus: Path, count: int, batch: int) -> tuple[int, Stopwatch]:
    with corpus.open("rb") as lines:
        raw = [orjson.loads(line) for line in islice(lines, count)]
    newsroom = Newsroom({"SQLITE_DBNAME": str(database)})
    versions: dict[str, int] = defaultdict(int)
    with Stopwatch() as watch:
        for first in range(0, len(raw), batch):
            newsroom.save(*[story_event(versions, **fields) for fields in raw[first : first + batch]])
    newsroom.close()
    return len(raw), watch


def story_event(versions: dict[str, int], *, type: str, story: str, **payload: Any) -> StoryEvent:  # noqa: A002
    model = StoryOpened if type == "story_opened" else DevelopmentReported
    versions[story] += 1
    return model(originator_id=uuid5(NAMESPACE_URL, story), originator_version=versions[story], story=story, **payload)


def replay(database: Path) -> tuple[int, Stopwatch]:
    newsroom = Newsroom({"SQLITE_DBNAME": str(database)})
    stories = sorted(story_ids(newsroom))
    with Stopwatch() as watch:
        states: list[Story] = [newsroom.repository.get(story, projector_func=fold) for story in stories]
    newsroom.close()
    return sum(1 + len(state.reports) for state in states), watch


def story_ids(newsroom: Newsroom) -> set[UUID]:
    """Return the ids of all stories. It is not timed, since the library has no list of them."""
    found: set[UUID] = set()
    first = 1
    while notes := newsroom.recorder.select_notifications(start=first, limit=10_000):
        found.update(note.originator_id for note in notes)
        first = notes[-1].id + 1
    return found


if __name__ == "__main__":
    worker(append=append, replay=replay)
