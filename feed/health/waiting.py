"""What waits to be published, and for how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from events.ledger import ledger_time
from events.model.codec import recorded_at
from events.store.base import Reading
from feed.publishing.leftovers import published_position
from feed.publishing.remembered import Remembered

LATE: Final = timedelta(minutes=5)
"""How long something may wait: cron publishes each minute, and a first build takes a minute or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits in a ledger.

    position: the newest position
    published: the position up to which was published; 0 if nothing was
    since: since when something has been due; None if nothing is
    failed: the stories that the last publication could not publish
    """

    position: int
    published: int
    since: datetime | None
    failed: tuple[str, ...]

    @property
    def events(self) -> int:
        """How many events are not published."""
        return self.position - self.published

    def is_late(self, now: datetime) -> bool:
        """Return True if something has waited for too long."""
        return self.since is not None and now - self.since > LATE


def waiting(reading: Reading, base_url: str, now: datetime) -> Waiting:
    """Return what waits at `now`."""
    remembered = Remembered(reading, base_url, sound_only=True)
    checkpoint, time = remembered.checkpoint(), ledger_time(reading)
    # Without a checkpoint, as after an upgrade, the output is rebuilt: what was published before is not what waits.
    published = published_position(reading) if checkpoint is None else int(checkpoint["position"])
    # A story that failed stays due as of the publication that tried it: feed/README.md#failed-stories
    failed = () if time.published_until is None else tuple(remembered.due(time.published_until))
    first = next(iter(reading.rows(after=published)), None)
    due = [recorded_at(first.position, first.envelope)] if first is not None else []
    if time.next_at is not None and time.next_at <= now:
        due.append(time.next_at)
    return Waiting(position=reading.head(), published=published, since=min(due, default=None), failed=failed)
