"""Whether there is anything to publish at all: decided from the mark, the configuration and the clock alone.

Cron asks this every minute and `publish --watch` all the time, so it imports next to nothing: pydantic alone costs more
than the whole decision.
"""

import os

from feed.checkpoint import NEVER, RENDERERS, parse_mark, settings_text
from feed.paths import CHECKPOINT_NAME, LEDGER_NAME, TOKEN_NAME, read_exactly, read_settings


def nothing_to_do(folder: str, now_s: float) -> bool:
    """Return True if what is published in the newsroom `folder` is all there is to publish at `now_s` (Unix time).

    Reads the mark and changes no file, not even for a moment. Whatever it cannot judge is left to the long way.
    """
    ledger = os.path.join(folder, LEDGER_NAME)
    try:
        before = _unchanging(ledger)
        text, position, logged = _remembered(ledger)
        if before is None or before != _unchanging(ledger):
            return False
        mark = parse_mark(text)
        return (
            mark["position"] == str(position)
            and mark["renderers"] == RENDERERS
            and mark["config"] == settings_text(*read_settings(folder))
            and mark["token"] == read_exactly(os.path.join(folder, mark["folder"], TOKEN_NAME)).strip()
            and _published(os.path.join(folder, mark["folder"], CHECKPOINT_NAME)) <= logged  # else it is an older copy
            and (mark["next_us"] == NEVER or now_s * 1_000_000 < int(mark["next_us"]))
        )
    except Exception:  # noqa: BLE001 - any doubt at all, and the long way finds out and says so
        return False


def _unchanging(ledger: str) -> tuple[int, int, int] | None:
    """Return what would differ if somebody wrote to the ledger in between, or None where somebody is writing now."""
    if os.path.exists(f"{ledger}-wal") or os.path.exists(f"{ledger}-journal"):
        return None
    status = os.stat(ledger)
    return status.st_mtime_ns, status.st_size, status.st_ino


def _published(checkpoint: str) -> int:
    """Return how many items the published log tells of, 0 where none can be read."""
    try:
        return int(read_exactly(checkpoint).split("\n", 2)[1])
    except (FileNotFoundError, ValueError, IndexError):
        return 0


def _remembered(ledger: str) -> tuple[str, int, int]:
    """Return the mark, the newest position, and the size of the public log that the ledger keeps."""
    # The C module itself: the sqlite3 package around it imports datetime and more. "immutable" opens no lock and
    # makes no file; that nobody writes meanwhile is what _unchanging sees to.
    import _sqlite3  # noqa: PLC0415

    name = ledger.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    connection = _sqlite3.connect(f"file:{name}?immutable=1", uri=True)
    try:
        found = connection.execute(
            "SELECT (SELECT text FROM notes WHERE name = 'mark'), (SELECT coalesce(max(position), 0) FROM events), "
            "(SELECT coalesce(max(place) + 1, 0) FROM leaves)"
        ).fetchone()
    finally:
        connection.close()
    return found[0], found[1], found[2]
