"""Decides whether a ledger may sign on, and recovers what it has lost from the published log.

What was published and signed stays. A ledger that was restored from an older copy would sign a different past, so it
waits until somebody says what the newest publication is (feed/transparency/README.md#after-a-restore). Nothing that
was published is believed unless a key of the ledger's log has signed it: others may be able to write to the output.
"""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from stat import S_ISREG
from typing import Final, NamedTuple

from events.errors import StoreError
from events.store.base import RESTORED, Reading
from feed.output.tree import Tree
from feed.paths import LOG_CHECKPOINT_NAME
from feed.transparency.chain import is_note_signed, keys_of, new_announcements
from feed.transparency.files import KEYS
from feed.transparency.keys import Signer
from feed.transparency.leaves import leaf_id
from feed.transparency.log import PublicLog
from feed.transparency.note import NOTE_CHARS_MAX, note_head, sign_note, succession
from feed.transparency.verifier.encoding import parse_object
from feed.transparency.verifier.errors import LogError, StoppedError, leaf_count
from feed.transparency.verifier.keys import Head, Key
from feed.transparency.verifier.tiles import WIDTH, tiles

UNSIGNED: Final = "unsigned"
"""The note with the origin of a log of which nothing has been signed so far."""
LOG_SIZE: Final = "logged"
"""The note with the size of the log at the last publication."""
FORK_REMEDY: Final = "Restore the ledger.db that published them. Or begin another log: set another origin in [log]."
TELL_REMEDY: Final = (
    "Say what was published last: writethru publish --after-restore, with the address or a copy of the published site. "
    "If nothing newer than this ledger was published: writethru publish --ledger-is-newest"
)
RECOVERY_SECONDS_MAX: Final = 3_600
RECOVERY_BYTES_MAX: Final = 2**32
CLOCK_SKEW: Final = timedelta(days=1)


class Published(NamedTuple):
    """The log in an output: its head, and whether a key of the ledger's log has signed it."""

    head: Head
    signed: bool


class LedgerLog(NamedTuple):
    """What a ledger knows of its public log.

    `notes`     the notes that announce its keys
    `keys`      the keys that are believed: those of the ledger, and the one that is configured
    `signer`    what signs; None if the log is not signed
    `restored`  whether the ledger was restored, and nobody has said since what was published last
    `first`     whether nothing has been signed so far
    `written`   the size of the log at the last publication, as far as is known
    """

    log: PublicLog
    notes: tuple[str, ...]
    keys: tuple[Key, ...]
    signer: Signer | None
    restored: bool
    first: bool
    written: int

    @classmethod
    def read(cls, reading: Reading, origin: str, signer: Signer | None) -> "LedgerLog":
        """Return what the ledger knows of the log `origin`."""
        log, notes, written = PublicLog(reading, origin), tuple(reading.log_keys()), reading.note(LOG_SIZE) or ""
        restored = reading.note(RESTORED) is not None
        return cls(
            log=log,
            notes=notes,
            keys=(*keys_of(notes, origin), *(() if signer is None else (signer.key,))),
            signer=signer,
            restored=restored,
            first=not restored and (log.size == 0 or reading.note(UNSIGNED) == origin),
            written=int(written) if written.isdecimal() and written.isascii() else 0,
        )

    def check(self, root: Path, *, may_be_behind: bool = False) -> None:
        """Raise StoreError unless it is certain that a publication continues what was published in `root`.

        It `may_be_behind` what was published if other hosts publish elsewhere.
        """
        published = self._published(read_checkpoint(root))
        if published is not None and published.signed:
            refuse_other_past(self.log, published.head)
            if self.signer is not None and self.restored:
                raise _waiting_error("this ledger was restored: it may be older than what was published.")
            if self.signer is not None and published.head.size < self.written and not may_be_behind:
                raise _waiting_error(
                    f"the output has {published.head.size} of the {leaf_count(self.written)} that this ledger "
                    "published: one of them was restored from an older copy."
                )
        elif published is not None and not (self._agrees(published.head) and (self.first or self.signer is None)):
            raise _unsigned_error(published.head, self.log.size)
        elif published is None and self.signer is not None and not self.first and (self.restored or not may_be_behind):
            raise _waiting_error("the output has no checkpoint of the log, although this ledger was published.")

    def check_newest(self, root: Path) -> None:
        """Raise StoreError if the output in `root` proves that this ledger is not the newest."""
        published = self._published(read_checkpoint(root))
        if published is not None and published.signed:
            refuse_other_past(self.log, published.head)

    def recover(self, root: Path, source: str | None, *, now: datetime) -> list[str]:
        """Add the leaves that were published and that the ledger lacks to `log`, and return the notes that it lacks.

        They are taken from `source` (an address, a folder, or the file of a checkpoint), or without one from the
        output in `root`. StoreError if that is not signed (in a newsroom that has a key), not the newest, or does not
        give its own root.
        """
        own = None if self.signer is None else self.signer.key
        notes: list[str] = []
        newest: Published | None = None
        try:
            for copy in [_Copy(str(root)), *([] if source is None else [_Copy(source)])]:
                new_notes = [*new_announcements(copy.keys, self.notes, self.log.origin, own)]
                notes = max(notes, new_notes, key=len)
                published = self._published(copy.checkpoint, keys_of(new_notes, self.log.origin))
                if published is not None and (published.signed or not (self.keys or new_notes)):
                    newest = published
                    self._add_leaves(copy, published.head, now=now)
                elif copy.location == source:
                    raise StoreError(source, "has no checkpoint that a key of this ledger has signed.", check="log")
        except LogError as error:
            raise _damage_error(error.where, error.message) from None
        except StoppedError as error:
            raise StoreError(error.problem.where, f"{error.problem.message}.", check="log") from None
        if newest is None:
            self.check(root)
        elif newest.head.size < (self.log.size if source is not None or self.restored else self.written):
            size = newest.head.size
            raise _waiting_error(
                f"this ledger has {leaf_count(self.log.size)}, but that has only {size}: it is not the newest."
            )
        return notes

    def first_announcement(self) -> list[str]:
        """Return the note that announces the configured key, if the ledger has no key, as after an export."""
        if self.signer is None or len(self.keys) > 1:
            return []
        return [sign_note(succession(self.signer.key), self.signer.key, self.signer.sign)]

    def _published(self, note: str, keys: list[Key] | None = None) -> Published | None:
        """Return the log of which `note` is a checkpoint; None if it is another one, or not a checkpoint."""
        try:
            head = note_head(note)
        except ValueError:
            return None
        if head.origin != self.log.origin:
            return None
        trusted = (*self.keys, *(keys or ()))
        signed = note.startswith(f"{head.text}\n") and is_note_signed(note, trusted, unverifiable=False)
        return Published(head, signed)

    def _agrees(self, head: Head) -> bool:
        return head.size <= self.log.size and self.log.head(head.size) == head

    def _add_leaves(self, copy: "_Copy", head: Head, *, now: datetime) -> None:
        from feed.transparency.verifier.leaves import leaf_problem  # noqa: PLC0415 - 4 ms that only a recovery spends

        log = self.log
        numbers: Counter[str] = Counter()
        ids = {leaf_id(leaf.entry) for leaf in log.leaves(since=0, until=log.size)} if head.size > log.size else set()
        for entry in copy.entries(head.size, since=log.size):
            leaf = parse_object(entry)
            story = str(leaf.get("story"))
            numbers[story] = numbers[story] or len(log.leaves_of(story))
            numbers[story] += 1
            problem = leaf_problem(leaf, now + CLOCK_SKEW)
            if problem is not None or leaf["number"] != numbers[story] or leaf["id"] in ids:
                raise LogError(f"leaf {log.size}", problem or "is not the next leaf of a story")
            ids.add(leaf["id"])
            log.add(story=story, number=leaf["number"], entry=entry.decode())
        if not self._agrees(head):
            raise _fork_error(head)


class _Copy:
    """A copy of what was published: an output at an address or in a folder, or a file that holds its checkpoint."""

    def __init__(self, location: str) -> None:
        from feed.transparency.verifier.files import Budget, Files  # noqa: PLC0415 - takes long to import

        self.location = location
        self._files: Files | None = None
        if Path(location).is_file():
            self.checkpoint, self.keys = _read_small(Path(location)), ""
        else:
            self._files = Files(location, Budget(RECOVERY_SECONDS_MAX, RECOVERY_BYTES_MAX))
            self.checkpoint, self.keys = self._text(LOG_CHECKPOINT_NAME), self._text(KEYS)

    def _text(self, path: str) -> str:
        try:
            return "" if self._files is None else self._files.text(path)
        except LogError:
            return ""

    def entries(self, size: int, *, since: int) -> Iterator[bytes]:
        """Yield the published entries from index `since` on."""
        for tile in tiles(size, since=since) if size > since else ():
            if tile.level is not None:
                return
            if self._files is None:
                raise StoreError(
                    self.location,
                    f"the published log has {leaf_count(size)}, but this ledger has {since} of them.",
                    remedy="Name the address or a copy of the published site, which has the leaves as well.",
                    check="log",
                )
            data, offset = self._files.read(tile.path), 0
            for index in range(tile.index * WIDTH, tile.index * WIDTH + tile.width):
                length = int.from_bytes(data[offset : offset + 2], "big")
                entry = data[offset + 2 : offset + 2 + length]
                offset += 2 + length
                if len(entry) != length or not entry:
                    raise _damage_error(tile.path, f"ends within leaf {index}")
                if index >= since:
                    yield entry


def read_checkpoint(root: Path) -> str:
    """Return the text of the checkpoint in the output folder `root`; "" if there is none that can be read."""
    try:
        return (Tree(root).read(LOG_CHECKPOINT_NAME, most=NOTE_CHARS_MAX) or b"").decode()
    except (OSError, StoreError, UnicodeDecodeError):
        return ""


def _read_small(path: Path) -> str:
    try:
        # Not to wait for a writer, if it is a FIFO.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            return file.read(NOTE_CHARS_MAX).decode() if S_ISREG(os.fstat(descriptor).st_mode) else ""
    except (OSError, UnicodeDecodeError):
        return ""


def refuse_other_past(log: PublicLog, head: Head) -> None:
    """Raise StoreError if the log with this `head`, which was published, has leaves that `log` has not."""
    if head.size > log.size:
        raise StoreError(
            LOG_CHECKPOINT_NAME,
            f"{_were_published(head.size)}, but this ledger has {log.size} of them: it is an older copy.",
            remedy="Restore the newest ledger.db. If that is lost: writethru publish --after-restore",
            check="log",
        )
    if log.head(head.size) != head:
        raise _fork_error(head)


def _were_published(size: int) -> str:
    return f"{leaf_count(size)} {'was' if size == 1 else 'were'} published"


def _fork_error(published: Head) -> StoreError:
    size = published.size
    what = "the published leaf is not that" if size == 1 else f"the {size} published leaves are not those"
    return StoreError(
        LOG_CHECKPOINT_NAME,
        f"{what} of this ledger: to go on would fork the public log.",
        remedy=FORK_REMEDY,
        check="log",
    )


def _damage_error(where: str, message: str) -> StoreError:
    return StoreError(where, f"the published log is damaged here: {message}.", remedy=FORK_REMEDY, check="log")


def _unsigned_error(published: Head, size: int) -> StoreError:
    message = (
        f"no key of this ledger has signed this checkpoint of {leaf_count(published.size)}, so it is not believed."
    )
    if published.size > size:
        message = (
            f"{_were_published(published.size)}, but this ledger has {size} of them: it is an older copy, or "
            "somebody else wrote them, since no key of this ledger has signed them."
        )
    return StoreError(
        LOG_CHECKPOINT_NAME,
        message,
        remedy="Restore the newest ledger.db. If nothing newer than this ledger was published: "
        "writethru publish --ledger-is-newest",
        check="log",
    )


def _waiting_error(message: str) -> StoreError:
    return StoreError(
        LOG_CHECKPOINT_NAME, f"{message} To go on could fork the public log.", remedy=TELL_REMEDY, check="log"
    )
