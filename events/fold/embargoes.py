"""What of a story is not public yet: the events under embargo, and until when. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from events.fold.story import StoryFold, fold_of
from events.fold.undone import without_undone
from events.model.events import Recorded

MOMENTS_MAX: Final = 10


class Embargo(NamedTuple):
    """The end of one or more embargoes, and the ids of the events that are not public before it."""

    until: datetime
    covered: frozenset[str]


def embargoes(events: Iterable[Recorded], *, now: datetime) -> tuple[Embargo, ...]:
    """Return the embargoes that last at `now`, the first to end first; of very many, the last one ends several.

    `events` are all of one story. An embargo that a release ended does not last.
    """
    ends = embargo_ends(events, now=now)
    moments = sorted(set(ends.values()))
    moments[MOMENTS_MAX - 1 : -1] = []
    return tuple(Embargo(at, frozenset(name for name, end in ends.items() if end >= at)) for at in moments)


def embargo_ends(events: Iterable[Recorded], *, now: datetime) -> dict[str, datetime]:
    """Return, by the id of each event of a story that is under embargo at `now`, until when it is."""
    left = without_undone(events)
    fold = fold_of("" if not left else left[0].event.story, left)
    ends = ((recorded.id, embargo_end(recorded, fold)) for recorded in left)
    return {name: end for name, end in ends if end is not None and end > now}


def embargo_end(recorded: Recorded, fold: StoryFold) -> datetime | None:
    """Return the end of the embargo on an event of a folded story: its own, its development's, or the whole story's."""
    record = fold.records.get(recorded.development or "")
    ends = [None if fold.header is None else fold.header.embargoed_until]
    if record is not None:
        ends.append(record.embargoed_until)
    if record is None or recorded.id != record.recorded.id:  # a release may have ended that of the report
        ends.append(recorded.event.embargoed_until)
    return max((end for end in ends if end is not None), default=None)
