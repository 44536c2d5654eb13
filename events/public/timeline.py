"""The instants of a ledger whose clock was reset: events/README.md#a-reset-of-the-clock.

After a reset the clock runs through instants that the ledger had reached before. So a place in time is a *moment*: how
often the clock had been reset, and what it said.
"""

from bisect import bisect_left
from collections.abc import Iterable
from copy import copy
from datetime import datetime
from typing import NamedTuple

from events.model.events import ClockReset, Recorded


class Moment(NamedTuple):
    """An instant, after so many resets of the clock. Moments compare in the order in which they were reached."""

    resets: int
    at: datetime


class Timeline:
    """The moments of one story's `events`, as the clock says `now`.

    resets: the resets that set the clock back. A reset that is imported into another ledger does not
    """

    def __init__(self, events: Iterable[Recorded], now: datetime) -> None:
        self.resets: list[Recorded] = []
        self._published: list[datetime | None] = []
        newest: datetime | None = None
        for recorded in events:
            if isinstance(recorded.event, ClockReset):
                until = recorded.event.published_until
                if any(at is not None and at > recorded.recorded_at for at in (newest, until)):
                    self.resets.append(recorded)
                    self._published.append(until)
                    newest = None
            newest = recorded.recorded_at if newest is None else max(newest, recorded.recorded_at)
        self._positions = [recorded.position for recorded in self.resets]
        self.now = Moment(len(self.resets), now)

    def until(self, now: datetime) -> "Timeline":
        """Return this timeline when the clock says `now`, and was not reset since."""
        later = copy(self)
        later.now = Moment(self.now.resets, now)
        return later

    def moment_of(self, event: Recorded) -> Moment:
        """Return the moment at which `event` was recorded."""
        return Moment(bisect_left(self._positions, event.position), event.recorded_at)

    def reach(self, since: Moment, instant: datetime | None = None) -> Moment:
        """Return the first moment, from `since` on, at which a publication could see that `instant` had come.

        What no publication had seen before a reset is seen after it, when the clock comes to `instant` again.
        """
        moment = since if instant is None else max(since, Moment(since.resets, instant))
        for resets in range(since.resets, len(self.resets)):
            until = self._published[resets]
            if until is not None and moment.at <= until:
                break
            reset_at = self.resets[resets].recorded_at
            moment = Moment(resets + 1, reset_at if instant is None else max(reset_at, instant))
        return moment

    def sort_instant(self, moment: Moment) -> datetime:
        """Return the instant of `moment`, or of the first reset after it if that is earlier.

        It orders what is public of several stories: those that were opened after a reset have none.
        """
        return min((moment.at, *(reset.recorded_at for reset in self.resets[moment.resets :])))
