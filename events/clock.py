"""SHELL: the clock. Whatever asks what time it is takes one as an argument; this is the one that it is given."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Give the clock's time, in whole milliseconds: what the ledger keeps."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
