"""When to try again what another server did not take: after a minute, and later and later while it is away. Pure."""

from typing import Final

from feed.checkpoint import RETRY_PAUSE_S_MAX

SECOND_US: Final = 1_000_000
RETRY_S: Final = 60
"""The pause before a run does what the publication itself could not: it was killed, or had no time left."""
FAILURES_MAX: Final = 99


def is_pause(now_us: int, until_us: int) -> bool:
    """Return True until an instant, unless that is so far that a clock was wrong."""
    return now_us < until_us <= now_us + RETRY_PAUSE_S_MAX * SECOND_US


def retry_us(now_us: int, failures: int) -> int:
    """Return when to try again after so many failures in a row."""
    return now_us + min(RETRY_S << max(failures - 1, 0), RETRY_PAUSE_S_MAX) * SECOND_US
