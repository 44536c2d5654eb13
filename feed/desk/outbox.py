"""What the desk has recorded and is to publish: what is in an undo window that has ended (feed/README.md#undo-window).

The windows are in the ledger, so nothing is lost if the server is killed.
"""

from contextlib import suppress

from events.errors import WritethruError
from events.rules.windows import parse_windows
from events.store.base import WINDOWS, Store
from feed.newsroom import Newsroom


class Outbox:
    """Whether anything is to be published. It is asked often, by one thread."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self._store: Store | None = None
        self._inode = 0

    def is_due(self) -> bool:
        """Return True if a window has ended whose events are not published; False too if that cannot be read now."""
        try:
            with self._open().reading() as reading:
                windows = parse_windows(reading.note(WINDOWS))
        except (WritethruError, OSError):
            self._forget()
            return False
        now = self._newsroom.clock()
        return any(not window.is_open(now) for window in windows)

    def _open(self) -> Store:
        """Return the store, opened again if its file was replaced."""
        file = None if self._store is None else self._store.file
        if file is not None and file.stat().st_ino != self._inode:
            self._forget()
        if self._store is None:
            self._store = self._newsroom.store()
            self._inode = 0 if self._store.file is None else self._store.file.stat().st_ino
        return self._store

    def _forget(self) -> None:
        if self._store is not None:
            with suppress(WritethruError):
                self._store.close()
        self._store = None
