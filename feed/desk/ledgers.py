"""The one thread that works with the ledger: it keeps the ledger open, with the stories that it has folded.

A story of 500 developments takes 0.1 s to load, and 1 ms to ask once it is there.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

from events.errors import StoreError
from events.ledger import Ledger
from feed.newsroom import Newsroom
from feed.paths import LEDGER_NAME

_Answer = TypeVar("_Answer")


class LedgerThread:
    """Works with a newsroom's ledger, one task after the other, as they come."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._ledger: Ledger | None = None
        self._inode = 0

    async def run(self, task: Callable[[Ledger], _Answer]) -> _Answer:
        """Return what `task` returns of the ledger, or raise what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._do, task)

    def _do(self, task: Callable[[Ledger], _Answer]) -> _Answer:
        ledger = self._open()
        try:
            return task(ledger)
        except StoreError:
            self._close()  # what is wrong with it is found again, or is over
            raise

    def _open(self) -> Ledger:
        """Return the ledger, opened again if its file was replaced, as `restore` does; StoreError if it is gone."""
        inode = 0
        if self.newsroom.config.ledger.url is None:
            with suppress(FileNotFoundError):
                inode = (self.newsroom.folder / LEDGER_NAME).stat().st_ino
        if self._ledger is None or inode != self._inode:
            self._close()
            self._ledger, self._inode = self.newsroom.ledger(), inode
            self._ledger.undo_window = timedelta(seconds=self.newsroom.config.desk.undo_window)
        return self._ledger

    def _close(self) -> None:
        if self._ledger is not None:
            self._ledger.close()
        self._ledger = None
