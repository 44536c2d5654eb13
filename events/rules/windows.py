"""Undo windows: what was recorded a moment ago, and waits to be published so that it can still be undone. Pure.

They are kept as a note beside what publishing remembers: one line for each, of two numbers of microseconds since 1970.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from events.model.edtf import EPOCH, MICROSECOND, microseconds

WINDOWS_MAX: Final = 10_000
"""Of a longer note, the rest counts as absent."""
LENGTH_MAX: Final = timedelta(minutes=6)
"""A longer window counts as absent: nothing that somebody wrote into the ledger may stop publishing."""


class Window(NamedTuple):
    """That publications leave out what was recorded at `since`, and later, until `ends_at`."""

    since: datetime
    ends_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Return True if it lasts at `now`. One that would open only later was opened by another clock."""
        return self.since <= now < self.ends_at <= self.since + LENGTH_MAX


def parse_windows(text: str | None) -> tuple[Window, ...]:
    """Return the windows of a note; of lines that nobody of us wrote, none."""
    windows = []
    for line in (text or "").splitlines()[:WINDOWS_MAX]:
        numbers = line.split()
        if len(numbers) == 2 and all(number.isascii() and number.isdecimal() for number in numbers):
            try:
                since, ends_at = (EPOCH + int(number) * MICROSECOND for number in numbers)
            except OverflowError:
                continue
            windows.append(Window(since, ends_at))
    return tuple(windows)


def format_windows(windows: Iterable[Window]) -> str:
    """Return the note of windows."""
    return "\n".join(f"{microseconds(window.since)} {microseconds(window.ends_at)}" for window in windows)


def closed_windows(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Return the windows, all of them ended: what they hold back is still to be published."""
    return tuple(Window(window.since, window.since) for window in windows)


def open_windows(windows: Iterable[Window], now: datetime) -> tuple[Window, ...]:
    """Return those that last at `now`."""
    return tuple(window for window in windows if window.is_open(now))
