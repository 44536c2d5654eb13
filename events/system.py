"""What the operating system supplies: the clock, random ids, the user's name, and files that survive a power loss."""

import gc
import getpass
import os
import stat
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

UUID7_RANDOM_BYTES: Final = 10
PUBLIC_MODE: Final = 0o666
PRIVATE_MODE: Final = 0o600
"""The mode of a new ledger and of its copies: they hold what is under embargo, held or redacted."""

Progress: TypeAlias = Callable[[int, int], None]
"""A callback for a long task: takes how many steps are done, and how many there are."""


def ignore_progress(done: int, of: int) -> None:
    """Do nothing."""


@contextmanager
def gc_disabled() -> Iterator[None]:
    """Disable the cyclic garbage collector. It takes a third of the time where many objects are made that stay."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def utc_now() -> datetime:
    """Return the current time in whole milliseconds, which is what the ledger stores."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def uuid7() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562, section 5.7), which sorts after those made before it. Python 3.14 has its own."""
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


def sync(path: Path) -> None:
    """Wait until the disk holds a file's bytes, or the names in a folder: fsync(2)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def write_atomically(
    path: Path, *, replace: bool = True, shared: bool = False, sync_folder: bool = True, mode: int = PUBLIC_MODE
) -> Iterator[Path]:
    """Yield a temporary path beside `path`. What the block writes there becomes `path`, whole, when the block ends.

    A reader of `path` sees the former file or the new one, even after a power loss. If the block or the disk fails,
    `path` stays as it was. Without `replace`, FileExistsError if `path` exists. If other processes may write `path` at
    the same time (`shared`), each gets a temporary path of its own, and one that was killed leaves its file behind.
    Without `sync_folder` the caller syncs the folder, once for many files. A file that is replaced keeps its mode,
    whatever the umask; a new one gets `mode`, less the umask.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part" if shared else f".{path.name}.part")
    try:
        try:
            with suppress(FileNotFoundError):
                part.unlink()  # left behind by a killed run, or a link that would have another file written
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode))
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from None  # nobody knows the temporary name
        if replace:
            with suppress(FileNotFoundError):
                part.chmod(stat.S_IMODE(path.stat().st_mode))
        yield part
        sync(part)
        if replace:
            part.replace(path)
        else:
            os.link(part, path)
            part.unlink()
        if sync_folder:
            sync(path.parent)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
