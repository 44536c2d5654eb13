"""The public sequence of a story, which goes on if the ledger has only grown since.

Those that are there to go on from, in memory (`residents`) or on the disk (`saved_sequences`), are caches: dropping one
changes no byte of the output.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, Final

from events.model.codec import decode
from events.model.events import DevelopmentHeld, DevelopmentRetracted, EventRedacted, Recorded
from events.model.rows import Row
from events.public.sequence import REWRITING, OngoingStory
from events.store.base import Reading
from feed.config import Config
from feed.entries.story import StoryEntries
from feed.publishing.plan import StorySequence
from feed.publishing.render import address, site_words
from feed.transparency.leaves import GrowingUpdates
from feed.transparency.log import KnownLeaves

WITHDRAWALS: Final = (DevelopmentHeld, DevelopmentRetracted, EventRedacted)


class GrowingSequence:
    """The public sequence of `story`, with its updates, as of `now`, from all its `rows`.

    It takes in the events that were recorded by `now`; `last` is the row of the newest one. What is loaded from a
    pickle has no `sequence` until it has gone on.
    """

    def __init__(self, story: str, rows: Sequence[Row], *, config: Config, now: datetime, effects: bool = True) -> None:
        events, count = _decoded(rows, now)
        self.events, self.last = count, rows[count - 1] if count else None
        self._ids = (story, events[count - 1].id if count else "")
        self._ongoing = OngoingStory(story, events[:count], now=now, effects=effects)
        self._updates = GrowingUpdates(story, address(config))
        self._salts = {row.position: row.salt for row in rows if row.salt is not None}
        self._leaves = KnownLeaves()
        self._withdrawn_at = 0
        self._entries: StoryEntries | None = None
        self.sequence = self._sequence(events, count)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "sequence"}

    @property
    def story(self) -> str:
        """The story that it is of."""
        return self._ids[0]

    @property
    def can_go_on(self) -> bool:
        """Whether `go_on` is possible at all."""
        return self.last is not None and self._ongoing.can_go_on

    def go_on(self, reading: Reading, *, now: datetime) -> bool:
        """Take in what was recorded since. Return False if only all rows show what is public: then drop this."""
        story, newest = self._ids
        if self.last is None or reading.row(newest) != self.last:
            return False  # another ledger was put here
        rows = list(reading.rows(story, after=self.last.position))
        events, count = _decoded(rows, now)
        if reading.version(story) != self.events + len(rows) or not self._ongoing.go_on(events[:count], now=now):
            return False
        if count:
            self.events, self.last, self._ids = self.events + count, rows[count - 1], (story, events[count - 1].id)
        self._salts |= {row.position: row.salt for row in rows if row.salt is not None}
        self.sequence = self._sequence(events, count)
        return True

    def with_entries(self, config: Config) -> StorySequence:
        """Return the sequence with its entries, which go on from those that this returned before."""
        public = self.sequence.public
        if public.state is not None:
            self._entries = StoryEntries(public, address(config), site=site_words(config), former=self._entries)
        return self.sequence._replace(entries=self._entries)

    def _sequence(self, events: Sequence[Recorded], count: int) -> StorySequence:
        """Return the sequence after the first `count` of the new `events`; the others wait."""
        public = self._ongoing.public
        instants = [public.next_at, *(event.recorded_at for event in events[count:])]
        public = public._replace(next_at=min((at for at in instants if at is not None), default=None))
        withdrawals = (event.position for event in events if isinstance(event.event, WITHDRAWALS))
        self._withdrawn_at = max(withdrawals, default=self._withdrawn_at)
        return StorySequence(self._updates.of(public.items, self._salts), self._withdrawn_at, public, self._leaves)


def _decoded(rows: Sequence[Row], now: datetime) -> tuple[list[Recorded], int]:
    """Return the events of `rows`, and how many of them count by `now`.

    All do if one rewrites what was public. Otherwise those recorded later are not looked at yet: a ledger that grows
    while it is published would never be one to go on from. What was recorded before a reset of the clock is not later.
    """
    events = [decode(row) for row in rows]
    later = list(takewhile(lambda event: event.recorded_at > now, reversed(events)))
    if any(isinstance(event.event, REWRITING) for event in later):
        return events, len(events)
    return events, len(events) - len(later)
