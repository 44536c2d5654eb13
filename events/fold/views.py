"""Which events of a story a view in time counts: events/README.md#views-in-time."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from events.fold.undone import without_undone
from events.model.events import ClockReset, Recorded, StoryRevised
from events.model.settings import without_settlements


def in_view(
    events: Iterable[Recorded], *, as_of: datetime | None = None, recorded_by: datetime | None = None
) -> Iterator[Recorded]:
    """Yield the events that were reported by `as_of`, and recorded by `recorded_by` (events/README.md#views-in-time).

    An event about a development counts no earlier than that development. The story's opening always counts, and so do
    settings of facts, as if they were part of it: facts are called what they are called today. A settlement does not:
    it is a decision of its time. Events that were undone are left out, but what was recorded by an instant does not
    know of an undo after it. Nothing counts as later than a reset of the clock after it
    (events/README.md#a-reset-of-the-clock).
    """
    reported: dict[str, datetime] = {}
    opened_at: datetime | None = None
    recorded_events = tuple(events)
    resets = _later_resets(recorded_events)
    for recorded in without_undone(
        event
        for event in recorded_events
        if recorded_by is None or min(event.recorded_at, resets.get(event.id, event.recorded_at)) <= recorded_by
    ):
        at = min(recorded.reported_at, resets.get(recorded.id, recorded.reported_at))
        development = recorded.development
        if development is not None:
            at = max(at, reported.setdefault(development, at))
        opening = recorded.event.type == "story_opened"
        opened_at = at if opening else opened_at
        if opening or as_of is None or at <= as_of:
            yield recorded
        elif isinstance(recorded.event, StoryRevised) and recorded.event.facts:
            facts = without_settlements(recorded.event.facts)
            event = StoryRevised(id=recorded.id, story=recorded.event.story, reported_at=opened_at, facts=facts)
            yield Recorded(recorded.position, 1, recorded.recorded_at, event)


def _later_resets(events: Iterable[Recorded]) -> dict[str, datetime]:
    """Return, by the id of each event before a reset of the clock, the earliest instant to which it was reset after."""
    resets: dict[str, datetime] = {}
    reset_at: datetime | None = None
    for event in reversed(tuple(events)):
        if reset_at is not None:
            resets[event.id] = reset_at
        if isinstance(event.event, ClockReset):
            reset_at = min(event.reported_at, reset_at or event.reported_at)
    return resets
