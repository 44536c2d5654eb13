"""SHELL: the clock, ids for what is recorded, who records, and what makes a change of files survive a loss of power."""

import gc
import getpass
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

UUID7_RANDOM_BYTES: Final = 10

Progress: TypeAlias = Callable[[int, int], None]
"""Is told, now and then, how many steps of a long task are done, and of how many."""


def unwatched(done: int, of: int) -> None:
    """Show nobody."""


@contextmanager
def gc_disabled() -> Iterator[None]:
    """Leave off searching for garbage: where very much is made that stays, or goes by itself, that takes a third."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def utc_now() -> datetime:
    """Return the clock's time, in whole milliseconds: what the ledger keeps."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def uuid7() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562, section 5.7): ids made in turn sort in turn."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(UUID7_RANDOM_BYTES))
    value = (milliseconds & (1 << 48) - 1) << 80 | random
    return uuid.UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def system_user() -> str:
    """Return the name under which this process runs."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # cron on a bare system knows neither a name nor a passwd entry
        return "unknown"


def sync(place: Path) -> None:
    """Wait until a file's bytes, or the names in a folder, are on the disk: fsync(2)."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
