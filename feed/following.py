"""What `publish --watch` and `serve` look at to know whether anything changed: the ledger's file, or its database."""

import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, Protocol

from events.errors import WritethruError
from events.store import listen, open_store
from events.store.base import PASSED_NOTE, Address, Store
from feed.checkpoint import CHECKPOINT_NOTE, HUB_NOTE, MIRROR_NOTE, REPORTS_NOTE
from feed.fast_path import idle_reports, reports_if_idle
from feed.newsroom import Newsroom
from feed.paths import LEDGER_NAME, file_version

NET_S: Final = 2.0
"""The pause between two questions to a database that has announced nothing: an announcement may be lost.

An event must be published within five seconds then too, on a busy machine."""


class Followed(Protocol):
    """A ledger that is followed."""

    def version(self) -> object:
        """Return a value that changes when somebody may have written."""

    def idle_reports(self) -> str | None:
        """Return what `fast_path.idle_reports` does."""

    def forget(self) -> None:
        """Ask again: this process has published."""

    def close(self) -> None:
        """Close what is open."""


class FollowedFile:
    """A ledger in its file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def version(self) -> object:
        """Return the versions of the file and of its write-ahead log."""
        return tuple(file_version(f"{self._folder}/{name}") for name in (LEDGER_NAME, f"{LEDGER_NAME}-wal"))

    def idle_reports(self) -> str | None:
        """Return what `fast_path.idle_reports` does.

        That cannot read a ledger that another process has open, as the desk does all day. A publication to find out
        takes fifty times as long as to ask its store.
        """
        ledger = self._folder / LEDGER_NAME
        reports = idle_reports(str(self._folder), time.time())
        if reports is not None or not ledger.with_name(f"{LEDGER_NAME}-wal").exists():
            return reports
        try:
            with closing(open_store(ledger)) as store:
                return reports_if_idle(str(self._folder), time.time(), *_remembered(store))
        except Exception:  # noqa: BLE001 - as in fast_path
            return None

    def forget(self) -> None:
        """Do nothing: publishing changes the file."""

    def close(self) -> None:
        """Do nothing: it keeps nothing open."""


class FollowedDatabase:
    """A ledger in a database. What it remembers is read after an announcement, and otherwise every NET_S."""

    def __init__(self, folder: Path, address: Address) -> None:
        self._folder, self._address = folder, address
        self._listener = listen(address)
        self._store: Store | None = None
        self._remembered: tuple[str, int, int, str, str, str, str] | None = None
        self._read_at = 0.0
        self._version = 0

    def version(self) -> object:
        """Return how often something may have been recorded."""
        if self._listener.changed():
            self._version += 1
            self._remembered = None
        return self._version

    def idle_reports(self) -> str | None:
        """Return what `fast_path.idle_reports` does."""
        try:
            if self._remembered is None or time.monotonic() - self._read_at >= NET_S:
                self._read_at = time.monotonic()
                self._remembered = self._read()
            return reports_if_idle(str(self._folder), time.time(), *self._remembered)
        except Exception:  # noqa: BLE001 - as in fast_path
            self.forget()
            return None

    def forget(self) -> None:
        """Ask again: this process has published."""
        self._remembered = None

    def close(self) -> None:
        """Close both connections."""
        self._listener.close()
        if self._store is not None:
            self._store.close()

    def _read(self) -> tuple[str, int, int, str, str, str, str]:
        if self._store is None:
            self._store = open_store(self._address)
        return _remembered(self._store)


def _remembered(store: Store) -> tuple[str, int, int, str, str, str, str]:
    """Return what `fast_path.reports_if_idle` asks for, of one instant."""
    with store.reading() as reading:
        names = (CHECKPOINT_NOTE, PASSED_NOTE, REPORTS_NOTE, HUB_NOTE, MIRROR_NOTE)
        checkpoint, passed, reports, *queues = (reading.note(name) or "" for name in names)
        hub, mirror = (text.partition("\n")[0] for text in queues)
        return checkpoint, reading.head(), reading.log_size(), passed, reports, hub, mirror


def follow(folder: Path) -> Followed:
    """Return the ledger of the newsroom in `folder`: its file, if the configuration is wrong."""
    with suppress(WritethruError):
        return ledger_of(Newsroom.open(folder))
    return FollowedFile(folder)


def ledger_of(newsroom: Newsroom) -> Followed:
    """Return the ledger of a newsroom."""
    address = newsroom.address
    return FollowedDatabase(newsroom.folder, address) if isinstance(address, Address) else FollowedFile(newsroom.folder)
