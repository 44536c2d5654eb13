"""Detects a ledger that is older than what it published, and recovers its log from the published files.

What was published and signed stays. A ledger that was restored from an old copy takes the leaves that it lacks from the
published log, and continues after them, so that the log does not fork (feed/transparency/README.md#after-a-restore).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from events.errors import StoreError
from feed.paths import LOG_CHECKPOINT_NAME
from feed.transparency.files import KEYS
from feed.transparency.log import PublicLog
from feed.transparency.note import Head, parse_head
from feed.transparency.tiles import WIDTH, tiles

RESTORE_REMEDY = "Restore the ledger.db that published them. Or begin another log: set another origin in [log]."


def any_published_head(root: Path) -> Head | None:
    """Return the head of the log in the output folder `root`; None if there is no readable checkpoint."""
    try:
        return parse_head((root / LOG_CHECKPOINT_NAME).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None  # not a checkpoint: publishing replaces the file


def published_head(root: Path, origin: str) -> Head | None:
    """Return the head of the log `origin` in the output folder `root`; None if it has another log, or none."""
    head = any_published_head(root)
    return None if head is None or head.origin != origin else head


def refuse_older(log: PublicLog, root: Path) -> None:
    """Raise StoreError if the log in the output folder `root` is not one that this ledger has published."""
    published = published_head(root, log.origin)
    if published is None or (published.size <= log.size and log.head(published.size) == published):
        return
    if published.size <= log.size:
        raise _fork_error(published)
    raise StoreError(
        LOG_CHECKPOINT_NAME,
        f"{published.size} leaves were published, but this ledger has {log.size} of them: it is an older copy.",
        remedy="Restore the newest ledger.db. If that is lost: writethru publish --after-restore",
        check="log",
    )


def restore_leaves(log: PublicLog, root: Path) -> None:
    """Add the published leaves that `log` lacks to it; StoreError if they do not give the published root."""
    published = published_head(root, log.origin)
    if published is None:
        return
    for entry in _entries(root, published.size, since=log.size):
        story, number = _story_and_number(entry, published)
        log.add(story=story, number=number, entry=entry.decode())
    if log.head(published.size) != published:
        raise _fork_error(published)


def missing_keys(root: Path, notes: Sequence[str]) -> list[str]:
    """Return the notes on keys that the output folder `root` has after `notes`, which are those of the ledger."""
    try:
        parts = (root / KEYS).read_text(encoding="utf-8").split("\n\n")
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return []
    published = [f"{text}\n\n{signature.rstrip()}\n" for text, signature in zip(parts[::2], parts[1::2], strict=False)]
    return published[len(notes) :] if published[: len(notes)] == list(notes) else []


def _entries(root: Path, size: int, *, since: int) -> Iterator[bytes]:
    """Yield the published entries from index `since` on."""
    for tile in tiles(size, since=since):
        if tile.level is not None:
            return
        path = root / tile.path
        data = path.read_bytes() if path.exists() else b""
        for number in range(tile.width):
            length = int.from_bytes(data[:2], "big")
            entry, data = data[2 : 2 + length], data[2 + length :]
            if len(entry) != length or not entry:
                raise StoreError(str(path), "the published log is damaged here.", remedy=RESTORE_REMEDY, check="log")
            if tile.index * WIDTH + number >= since:
                yield entry


def _story_and_number(entry: bytes, published: Head) -> tuple[str, int]:
    try:
        leaf = orjson.loads(entry)
        return str(leaf["story"]), int(leaf["number"])
    except (KeyError, TypeError, ValueError):
        raise _fork_error(published) from None


def _fork_error(published: Head) -> StoreError:
    return StoreError(
        LOG_CHECKPOINT_NAME,
        f"the {published.size} published leaves are not those of this ledger: to go on would fork the public log.",
        remedy=RESTORE_REMEDY,
        check="log",
    )
