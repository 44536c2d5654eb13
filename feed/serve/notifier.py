"""Notifies open pages of stories that have new public items, once their files are published (feed/README.md#events).

It says nothing that is not in the published log. Nothing is kept for clients: what somebody has missed is read from
the log.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Final

import orjson

from events.errors import WritethruError
from events.ledger import ledger_time
from events.store.base import Leaf, Reading
from feed.following import ledger_of
from feed.newsroom import Newsroom
from feed.transparency.recover import LOG_SIZE

TICK_S: Final = 0.02
"""The pause between two looks at the time of the ledger's files."""
RETRY_S: Final = 1.0
"""The pause after the ledger could not be read."""
MISSED_MAX: Final = 10_000
"""How many items somebody may have missed and still be notified of them; a page that is not looks anyway."""


@dataclass(frozen=True)
class Notification:
    """A story has a new public item, of this `number`. `size` is that of the public log with it."""

    size: int
    story: str
    number: int

    @cached_property
    def event(self) -> bytes:
        """It as a server-sent event."""
        data = orjson.dumps({"story": self.story, "n": self.number})
        return b"id: %d\ndata: %s\n\n" % (self.size, data)


@dataclass(frozen=True, slots=True)
class Log:
    """The public log as it is published: its size, the newest item of each story, and the stories that failed."""

    size: int
    items: tuple[Notification, ...]
    failed: frozenset[str]


class Notifier:
    """Notifies of each complete publication of a newsroom. `on_publication` is called before.

    `size` is that of the published log; None if it is not known yet.
    """

    def __init__(self, newsroom: Newsroom, on_publication: Callable[[], None]) -> None:
        self.size: int | None = None
        self.count = 0
        self.is_closed = False
        self.changed = asyncio.Event()
        self._newsroom, self._on_publication = newsroom, on_publication
        self._items: dict[str, tuple[int, Notification]] = {}
        self._from = 0
        self._late: dict[str, Notification] = {}
        self._recent: asyncio.Task[Log | None] | None = None

    async def follow(self) -> None:
        """Notify of each publication, by any process, until this task is cancelled."""
        former: object = None
        with closing(ledger_of(self._newsroom)) as ledger:
            while True:
                versions = ledger.version()
                if versions != former:
                    former = versions if await self.look() else None
                await asyncio.sleep(TICK_S if former else RETRY_S)

    async def look(self) -> bool:
        """Notify of what was published since the last look; return False if the ledger could not be read."""
        log = await asyncio.to_thread(self._read, self.size)
        if log is None:
            return False
        self._on_publication()
        if self.size is None or log.size < self.size:  # the first look, or an older ledger
            self._items.clear()
            self._late.clear()
            self._from = log.size
        self._recent = None
        self.size = log.size
        items = [*self._ready(log.failed), *(item for item in log.items if item.story not in log.failed)]
        self._late |= {item.story: item for item in log.items if item.story in log.failed}
        self._notify(items)
        return True

    def close(self) -> None:
        """End all streams."""
        self.is_closed = True
        self._wake()

    def since(self, count: int) -> list[Notification]:
        """Return the newest notification of each story, in order, without the first `count` notifications."""
        newer = takewhile(lambda numbered: numbered[0] > count, reversed(self._items.values()))
        return [item for _, item in newer][::-1]

    async def missed(self, size: int) -> list[Notification]:
        """Return the newest notification of each story after the log had `size` items, as far as that is known."""
        if size >= self._from:
            return [item for _, item in self._items.values() if item.size > size]
        if (self.size or 0) - size > MISSED_MAX:
            return []
        task = self._recent = self._recent or asyncio.create_task(asyncio.to_thread(self._read, 0))
        log = await asyncio.shield(task)
        if log is None:
            self._recent = None
            return []
        return [item for item in log.items if item.size > size and item.story not in log.failed]

    def _notify(self, items: Iterable[Notification]) -> None:
        for item in items:
            self.count += 1
            self._items.pop(item.story, None)  # the newest is last
            self._items[item.story] = self.count, item
        self._wake()

    def _wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    def _ready(self, failed: frozenset[str]) -> list[Notification]:
        """Return the notifications of stories that had failed and are published now."""
        ready = [self._late.pop(story) for story in tuple(self._late) if story not in failed]
        return [Notification(self.size or 0, item.story, item.number) for item in ready]

    def _read(self, since: int | None) -> Log | None:
        """Return the published log after its first `since` items; None if it cannot be read now.

        Without `since`, of the items only those of stories that failed: they follow once they are published.
        """
        try:
            with self._newsroom.ledger() as ledger, ledger.store.reading() as reading:
                return _published_log(reading, since)
        except (WritethruError, OSError, ValueError):
            return None


def _published_log(reading: Reading, since: int | None) -> Log | None:
    """Return the log as of the last complete publication: a run under way may have added leaves already."""
    size = int(reading.note(LOG_SIZE) or -1)
    until = ledger_time(reading).published_until
    if size < 0 or until is None:
        return None
    failed = frozenset(reading.due(now=until))
    begin = max(since or 0, size - MISSED_MAX)
    leaves: Iterable[Leaf] = () if since is None and not failed else reading.leaves(since=begin, until=size)
    newest = {
        leaf.story: Notification(leaf.index + 1, leaf.story, leaf.number)
        for leaf in leaves
        if since is not None or leaf.story in failed
    }
    return Log(size, tuple(sorted(newest.values(), key=lambda item: item.size)), failed)
