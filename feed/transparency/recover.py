"""SHELL: a ledger that is older than what it published: noticed, and on request brought up to the public log.

What was published and signed stands. So a ledger that was put back from an old copy takes in the leaves that it
lacks from the published log itself, and goes on after them: nothing forks. What they speak of is lost to the ledger,
and `updates.jsonl` says so.
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

RESTORE_REMEDY = "Put back the ledger.db that published them; or begin another log: set another origin in [log]."


def any_published_head(root: Path) -> Head | None:
    """Return the head of whatever log stands in the output folder `root`; None where there is none that can be read."""
    try:
        return parse_head((root / LOG_CHECKPOINT_NAME).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None  # whatever stands there is no checkpoint, and is written anew


def published_head(root: Path, origin: str) -> Head | None:
    """Return the head of the log `origin` in the output folder `root`; None where another stands there, or none."""
    head = any_published_head(root)
    return None if head is None or head.origin != origin else head


def refuse_older(log: PublicLog, root: Path) -> None:
    """Raise StoreError where what stands in the output folder `root` is not what this ledger has published."""
    published = published_head(root, log.origin)
    if published is None or (published.size <= log.size and log.head(published.size) == published):
        return
    if published.size <= log.size:
        raise _forked(published)
    raise StoreError(
        LOG_CHECKPOINT_NAME,
        f"{published.size} items were published, and this ledger knows {log.size} of them: it is older than they are.",
        remedy="Put back the newest ledger.db. Where that is lost: writethru publish --after-restore",
        check="log",
    )


def restore_leaves(log: PublicLog, root: Path) -> None:
    """Add to `log` what was published and it lacks; StoreError where that cannot be proved from the files."""
    published = published_head(root, log.origin)
    if published is None:
        return
    for entry in _entries(root, published.size, since=log.size):
        story, number = _named(entry, published)
        log.add(story=story, number=number, entry=entry.decode())
    if log.head(published.size) != published:
        raise _forked(published)


def missing_keys(root: Path, notes: Sequence[str]) -> list[str]:
    """Return the notes on keys that stand in the output folder `root` after `notes`, which the ledger has."""
    try:
        parts = (root / KEYS).read_text(encoding="utf-8").split("\n\n")
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return []
    published = [f"{text}\n\n{signature.rstrip()}\n" for text, signature in zip(parts[::2], parts[1::2], strict=False)]
    return published[len(notes) :] if published[: len(notes)] == list(notes) else []


def _entries(root: Path, size: int, *, since: int) -> Iterator[bytes]:
    """Yield the published entries from place `since` on."""
    for tile in tiles(size, since=since):
        if tile.level is not None:
            return
        place = root / tile.path
        data = place.read_bytes() if place.exists() else b""
        for number in range(tile.width):
            length = int.from_bytes(data[:2], "big")
            entry, data = data[2 : 2 + length], data[2 + length :]
            if len(entry) != length or not entry:
                raise StoreError(str(place), "the published log is damaged here.", remedy=RESTORE_REMEDY, check="log")
            if tile.index * WIDTH + number >= since:
                yield entry


def _named(entry: bytes, published: Head) -> tuple[str, int]:
    """Return the story and the number that a published entry bears."""
    try:
        leaf = orjson.loads(entry)
        return str(leaf["story"]), int(leaf["number"])
    except (KeyError, TypeError, ValueError):
        raise _forked(published) from None


def _forked(published: Head) -> StoreError:
    return StoreError(
        LOG_CHECKPOINT_NAME,
        f"the {published.size} items published are not those of this ledger: going on would fork the public log.",
        remedy=RESTORE_REMEDY,
        check="log",
    )
