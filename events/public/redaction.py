"""What a redaction records of the overdue notices that it would otherwise unmake."""

from collections.abc import Container, Iterable
from datetime import datetime

from events.fold.undone import without_undone
from events.model.events import (
    AnyEvent,
    DevelopmentCorrected,
    DevelopmentReported,
    Erased,
    Recorded,
    expectation_ids,
)
from events.model.parts import Notice
from events.public.sequence import OverdueNotice, public_story
from events.public.timeline import Moment, Timeline


def published_notices(
    story: str, events: Iterable[Recorded], *, erased: Container[str], now: datetime
) -> dict[str, tuple[Notice, ...]]:
    """Return the overdue notices made before `now` of each expectation that the `erased` events mention, by their ids.

    The redaction records them, since nothing else shows them once the bodies are erased. `events` are all of the story
    so far, and `now` is when it is recorded: what falls due at that very instant is noticed after it.
    """
    recorded = without_undone(events)
    bodies = (event.event for event in recorded if event.id in erased)
    notices = {name: list[Notice]() for body in bodies for name in expectations_in(body)}
    redacted_at = Timeline(recorded, now).now
    for item in public_story(story, recorded, now=now).items:
        before = Moment(item.resets, item.at) < redacted_at
        if isinstance(item, OverdueNotice) and before and item.expectation.id in notices:
            notice = Notice(development=item.development, ends_at=item.ends_at, at=item.at, resets=item.resets)
            notices[item.expectation.id].append(notice)
    return {name: tuple(each) for name, each in sorted(notices.items())}


def expectations_in(event: AnyEvent | Erased) -> set[str]:
    """Return the ids of the expectations that an event mentions."""
    match event:
        case DevelopmentCorrected(set=part) | (DevelopmentReported() as part):
            return {*expectation_ids(part.expects), *(resolution.expectation for resolution in part.resolves)}
        case Erased(expectations=names):
            return set(names)
        case _:
            return set()
