"""What this machine has for a newsroom: versions, room on the disk, permissions, and who holds the lock."""

import fcntl
import os
import platform
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from shlex import quote
from typing import Final

from events.store import engine
from feed.health.finding import Finding, bad, ok, warning
from feed.paths import CONFIG_NAME, LEDGER_NAME

MIB: Final = 2**20
ROOM_MIN, ROOM_LOW, FILES_MIN = 50 * MIB, 500 * MIB, 1_000
"""The room on a disk below which it is bad, and below which it is a warning; how many files it must take at least."""
LOCK_WAIT_S: Final = 2.0
"""How long the lock may be held before it is worth a word: publishing one event takes a third of a second."""
OTHERS: Final = 0o077


def versions() -> Iterator[Finding]:
    """Yield what runs here."""
    yield ok("versions", f"writethru {version('writethru')}, Python {platform.python_version()}, {engine()}")


def lock(folder: Path) -> Iterator[Finding]:
    """Yield whether a publication of the newsroom in `folder` can begin."""
    until = time.monotonic() + LOCK_WAIT_S
    while is_locked(folder):
        if time.monotonic() > until:
            holder = _holder(folder.stat())
            remedy = f"If it never ends, end it: {(holder and f'kill {holder}') or f'fuser -v {quote(str(folder))}'}"
            by = f" by process {holder}" if holder else ""
            yield warning("lock", f"a publication is running: the newsroom is locked{by}.", remedy)
            return
        time.sleep(0.05)
    yield ok("lock", "free")


def is_locked(folder: Path) -> bool:
    """Return True if a publication of the newsroom in `folder` is running."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def disk(*folders: Path) -> Iterator[Finding]:
    """Yield how much room there is, once for each disk."""
    disks = {folder.stat().st_dev: folder for folder in reversed(folders) if folder.exists()}
    for folder in reversed(disks.values()):
        status = os.statvfs(folder)
        room = status.f_bavail * status.f_frsize
        few_files = status.f_files > 0 and status.f_favail < FILES_MIN
        message = f"{room / MIB:,.0f} MB free at {folder}"
        if room < ROOM_MIN or few_files:
            left = f"{message}; new files that fit: {status.f_favail}" if few_files else message
            yield bad(
                "disk",
                f"{left}: too little to publish.",
                f"Free some space: du -xh {quote(str(folder))} | sort -h | tail",
            )
        elif room < ROOM_LOW:
            yield warning("disk", f"only {message}.", "Free some space before it is full.")
        else:
            yield ok("disk", message)


def permissions(folder: Path, output: Path | None) -> Iterator[Finding]:
    """Yield whether this user can read and write what a publication does, and whether others can read the ledger."""
    needs = {
        folder: os.R_OK | os.W_OK | os.X_OK,
        folder / CONFIG_NAME: os.R_OK,
        folder / LEDGER_NAME: os.R_OK | os.W_OK,
    }
    needs |= {} if output is None else {output: os.R_OK | os.W_OK | os.X_OK}
    denied = [path for path, needed in needs.items() if path.exists() and not os.access(path, needed)]
    for path in denied:
        remedy = f"Look who owns it, and its mode: ls -la {quote(str(path))}"
        yield bad("permissions", f"{path}: this user cannot use it.", remedy)
    with suppress(FileNotFoundError):
        ledger = folder / LEDGER_NAME
        status = ledger.stat()
        if status.st_mode & OTHERS:
            message = f"{LEDGER_NAME} has mode {status.st_mode & 0o777:04o}: others can read what is not public."
            yield warning("permissions", message, f"Let only its owner read it: chmod 600 {quote(str(ledger))}")
        elif status.st_uid != os.geteuid():
            message = f"{LEDGER_NAME} belongs to user {status.st_uid}, and this is user {os.geteuid()}."
            yield warning("permissions", message, "Run doctor as the user whose cron publishes.")
        elif not denied:
            yield ok("permissions", "this user can read and write, others cannot read the ledger")


def _holder(status: os.stat_result) -> str:
    """Return the number of the process that holds the lock, as Linux says; "" if that is not known."""
    file = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    with suppress(OSError):
        for line in Path("/proc/locks").read_text(encoding="utf-8").splitlines():
            fields = line.split()
            if "FLOCK" in fields and file in fields and "->" not in fields:
                return fields[4]
    return ""
