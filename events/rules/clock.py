"""Whether the machine's clock can be believed, given what a ledger knows of time: events/README.md#the-clock. Pure."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from events.errors import ClockError, Problem, RefusedError
from events.model.edtf import format_instant
from events.rules.windows import Window, open_windows

MAX_JUMP: Final = timedelta(days=400)
"""How far the clock may be after everything that the ledger knows of."""
AHEAD_MAX: Final = timedelta(minutes=1)
"""How far the ledger may be ahead of the machine's clock: clocks are set back by seconds, and machines differ."""
LIFT_MAX: Final = timedelta(seconds=2)
"""How far a publication may be ahead of the machine's clock, to show what another process has just recorded."""
WAIT_MAX: Final = timedelta(seconds=10)
"""How long a publication waits for the machine's clock to reach the newest event."""
TICK: Final = timedelta(milliseconds=1)
"""The unit in which the ledger stores instants."""

NOT_AHEAD: Final = Problem(
    where="",
    check="clock",
    message="the ledger is not ahead of this machine's clock.",
    remedy="There is nothing to reset. To see what both say: writethru clock",
)


class AppendTime(NamedTuple):
    """When an append records, what the machine's clock says, and up to when something had been published."""

    recorded_at: datetime
    clock: datetime
    published_until: datetime | None


class LedgerTime(NamedTuple):
    """What a ledger knows of time.

    newest_event: when its newest event was recorded
    published_until: the instant up to which something was published
    next_at: when time alone changes something next, as the last publication saw it
    windows: the undo windows (events/README.md#undo-windows), for a publication
    """

    newest_event: datetime | None = None
    published_until: datetime | None = None
    next_at: datetime | None = None
    windows: tuple[Window, ...] = ()

    @property
    def latest(self) -> datetime | None:
        """The newest instant that the ledger has reached; None if nothing is recorded or published."""
        return max(_present(self.newest_event, self.published_until), default=None)

    def is_ahead_of(self, now: datetime) -> bool:
        """Return True if the ledger has reached an instant more than AHEAD_MAX after `now`."""
        return self.latest is not None and self.latest - now > AHEAD_MAX

    def ahead_problems(self, now: datetime) -> tuple[Problem, ...]:
        """Return the problem of a ledger that is ahead of `now`, if it is."""
        return (ahead_problem(self.latest),) if self.latest is not None and self.is_ahead_of(now) else ()

    def is_explained(self, now: datetime, max_jump: timedelta | None) -> bool:
        """Return True if `now` is at most `max_jump` after all that the ledger knows of. None allows any jump."""
        anchors = _present(self.newest_event, self.published_until, self.next_at)
        return not anchors or max_jump is None or now - max(anchors) <= max_jump

    def append_time(self, now: datetime, *, max_jump: timedelta | None) -> AppendTime:
        """Return the time of an append at `now`: never before the newest event, and after the last publication.

        Raises ClockError if `now` is not explained.
        """
        self.check_explained(now, max_jump)
        after = None if self.published_until is None else self.published_until + TICK
        return AppendTime(max(_present(now, self.newest_event, after)), now, self.published_until)

    def reset_time(self, now: datetime) -> AppendTime:
        """Return the time of an append that sets the ledger's clock back to `now`. RefusedError if it is not ahead."""
        if not self.is_ahead_of(now):
            raise RefusedError(NOT_AHEAD)
        return AppendTime(now, now, self.published_until)

    def publishing_now(self, now: datetime, *, max_jump: timedelta | None) -> datetime:
        """Return the instant of a publication at `now`: never before the last one.

        It is not before the newest event either, if that is at most LIFT_MAX ahead. An event further ahead becomes
        public when the clock gets there. Otherwise an embargo could end before its instant. It is before what waits in
        an undo window. Raises ClockError if `now` is not explained, RefusedError if the ledger is ahead of it.
        """
        self.check_explained(now, max_jump)
        if problems := self.ahead_problems(now):
            raise RefusedError(*problems)
        newest = now if self.newest_event is None else self.newest_event
        reached = max(now, newest) if newest - now <= LIFT_MAX else now
        begin = min((window.since - TICK for window in open_windows(self.windows, reached)), default=reached)
        return max(_present(min(reached, begin), self.published_until))

    def wait_s(self, now: datetime) -> float:
        """Return how many seconds to wait for the clock to reach the newest event: 0 if that is not worth it."""
        ahead = timedelta(0) if self.newest_event is None else self.newest_event - now
        return ahead.total_seconds() if LIFT_MAX < ahead <= WAIT_MAX else 0.0

    def check_explained(self, now: datetime, max_jump: timedelta | None) -> None:
        """Raise ClockError if `now` is not explained."""
        if not self.is_explained(now, max_jump):
            raise ClockError(self._unexplained_problem(now))

    def _unexplained_problem(self, now: datetime) -> Problem:
        """Return what to say of a clock that is not explained. It names the day alone, so that it is said once."""
        newest = max(_present(self.newest_event, self.published_until, self.next_at))
        return Problem(
            where="",
            check="clock",
            message=f"this machine's clock says {now:%Y-%m-%d}, but the newest date that the ledger knows of is "
            f"{newest:%Y-%m-%d}: the clock may be wrong.",
            remedy="Set the clock. If it is right, repeat the command with --clock-is-right.",
        )


def ahead_problem(latest: datetime) -> Problem:
    """Return what to say of a ledger that has reached `latest`, and is ahead of the machine's clock."""
    return Problem(
        where="",
        check="clock",
        message=f"the ledger is ahead of this machine's clock: it has reached {format_instant(latest)}.",
        remedy="If the clock is wrong, set it. If it was wrong before and is right now: writethru clock --reset",
    )


def _present(*instants: datetime | None) -> list[datetime]:
    return [at for at in instants if at is not None]
