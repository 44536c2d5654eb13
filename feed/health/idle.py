"""Reports that a run had nothing to publish. Imports almost nothing: cron may do that every minute.

The metrics of the newsroom have not changed, so only the time of the run is rewritten.
"""

import os
from errno import EAGAIN, EPERM
from fcntl import LOCK_EX, LOCK_NB, flock
from io import FileIO
from stat import S_ISREG
from time import sleep

from feed.paths import METRICS_LOCK_NAME, read_exactly

LOCK_TRIES = 20
LOCK_PAUSE_S = 0.05
LAST_RUN = "writethru_last_run_timestamp_seconds"
LAST_SUCCESS = "writethru_last_success_timestamp_seconds"
IS_SUCCESS = "writethru_last_run_success"


def parse_reports(text: str) -> tuple[str, str]:
    """Return the metrics file and the heartbeat that `Config.reports_to` joins; "" for each that is not configured."""
    file, _, heartbeat = text.rpartition("\n")
    return file, heartbeat


def write_idle(folder: str, file: str, now_s: float) -> bool:
    """Write a run into a metrics file; return False if only a whole publication can, which then warns."""
    path, now = path_from(folder, file), str(int(now_s))
    try:
        with lock_metrics(folder):
            text = with_values(read_exactly(path), {LAST_RUN: now, LAST_SUCCESS: now, IS_SUCCESS: "1"})
            if text is not None:
                replace_file(path, text)
    except (OSError, ValueError):
        return False
    return text is not None


def lock_metrics(folder: str) -> FileIO:
    """Let no other run of the newsroom in `folder` write its metrics. Return a file: closing it unlocks them.

    OSError if another run holds the lock for a second: a publication waits for no metrics. The lock is on a file of its
    own that its owner alone can open: a user who can open a file can lock it, and others may read the configuration.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    file = FileIO(os.open(os.path.join(folder, METRICS_LOCK_NAME), flags, 0o600), "r+")
    for _ in range(LOCK_TRIES):
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            sleep(LOCK_PAUSE_S)
        else:
            return file
    file.close()
    raise BlockingIOError(EAGAIN, f"another process holds {METRICS_LOCK_NAME}")


def path_from(folder: str, file: str) -> str:
    """Return the path of a file that the configuration of the newsroom in `folder` names."""
    return os.path.join(folder, os.path.expanduser(file))


def with_values(text: str, values: dict[str, str]) -> str | None:
    """Return metrics with other `values`, each of a metric that has one sample; None unless `text` has them all."""
    lines = text.split("\n")
    names = [line.partition("{")[0] for line in lines]
    if not values.keys() <= set(names):
        return None
    pairs = zip(names, lines, strict=True)
    return "\n".join(f"{line.rpartition(' ')[0]} {values[name]}" if name in values else line for name, line in pairs)


def replace_file(path: str, text: str) -> None:
    """Replace a file that other users may read, atomically, so that nobody reads half of it. Hold the lock meanwhile.

    OSError if something other than a regular file is there.
    """
    folder, name = os.path.split(path)
    if os.path.lexists(path) and not S_ISREG(os.lstat(path).st_mode):
        raise OSError(EPERM, "it is not a regular file", path)
    part = os.path.join(folder, f".{name}.part")
    if os.path.lexists(part):
        os.unlink(part)  # left behind by a killed run
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            os.fchmod(descriptor, 0o644)
            file.write(text)
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise
