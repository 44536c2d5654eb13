"""What a new event may say of time, given the clock. Pure (events/README.md#what-is-refused)."""

from collections.abc import Iterator
from typing import Final

from events.errors import Problem
from events.model.edtf import format_instant
from events.model.events import (
    AnyEvent,
    ClockReset,
    DevelopmentHeld,
    DevelopmentPinned,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentUnpinned,
    EventRedacted,
    EventUndone,
)
from events.rules.assignment import Circumstances
from events.rules.clock import AHEAD_MAX, ahead_problem
from events.rules.undo import noun

_IMMEDIATE: Final = (
    DevelopmentHeld,
    DevelopmentReleased,
    DevelopmentPinned,
    DevelopmentUnpinned,
    EventRedacted,
    EventUndone,
    ClockReset,
)


def time_problems(command: AnyEvent, circumstances: Circumstances) -> Iterator[Problem]:
    """Yield what is wrong with when a new event was reported or published."""
    now = circumstances.latest
    if command.reported_at is not None and command.reported_at > max(now, command.embargoed_until or now):
        forecast = " A forecast is an expectation (expects)." if isinstance(command, DevelopmentReported) else ""
        yield _problem(
            "reported_at",
            f"{format_instant(command.reported_at)} is in the future.",
            f"Give the time at which it was reported.{forecast}",
        )
    if command.published_at is not None and command.published_at > now:
        yield _problem(
            "published_at",
            f"{format_instant(command.published_at)} is in the future.",
            "Give a past date. To publish later, give an embargo (embargoed_until).",
        )


def embargo_problems(command: AnyEvent, circumstances: Circumstances) -> Iterator[Problem]:
    """Yield what is wrong with the embargo of a new event."""
    until, recorded_at = command.embargoed_until, circumstances.recorded_at
    if until is None:
        return
    if isinstance(command, _IMMEDIATE):
        yield _problem(
            "embargoed_until",
            f"{noun(command)} takes effect at once, so it has no embargo.",
            "Leave out embargoed_until.",
        )
    if isinstance(command, DevelopmentReported) and command.archive and until > recorded_at:
        yield _problem(
            "archive",
            "a report of an archive is announced to nobody, so it has no embargo.",
            "Leave out the embargo, or report it as news.",
        )
    is_ahead = recorded_at - circumstances.clock > AHEAD_MAX
    # It must hold by the machine's clock, and a ledger that is ahead would let it end before.
    if until > circumstances.clock and (is_ahead or recorded_at >= until):
        yield ahead_problem(recorded_at)


def _problem(check: str, message: str, remedy: str) -> Problem:
    return Problem(where="", check=check, message=message, remedy=remedy)
