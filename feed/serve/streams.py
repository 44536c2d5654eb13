"""Event streams: who listens at `/~events` is notified (feed/README.md#events)."""

import asyncio
import random
import re
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import parse_qs

from sse_starlette import EventSourceResponse
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from feed.serve.app import NO_STORE
from feed.serve.notifier import Notifier

PING_S: Final = 20.0
"""The longest silence: proxies close connections that say nothing for a minute, or half."""
STREAM_END_S: Final = 1.0
"""How long a stream may take to send its last line, before it is cut off."""
RETRY_MS: Final = (2_000, 5_000)
"""When clients come back, so that not all come at once."""
_SIZE: Final = re.compile(rb"[0-9]{1,15}")


class Streams:
    """The endpoint of the event streams, at most `most` at a time."""

    def __init__(self, notifier: Notifier, most: int) -> None:
        self._notifier, self._most = notifier, most
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] not in {"GET", "HEAD"}:
            await PlainTextResponse("Only GET.\n", 405, headers={**NO_STORE, "Allow": "GET, HEAD"})(
                scope, receive, send
            )
            return
        if self._open >= self._most or self._notifier.is_closed:
            await PlainTextResponse("Too many streams.\n", 503, headers=NO_STORE)(scope, receive, send)
            return
        story = parse_qs(scope["query_string"].decode("latin-1")).get("story", [None])[-1]
        last = dict(scope["headers"]).get(b"last-event-id", b"")
        events = self._events(int(last) if _SIZE.fullmatch(last) else None, story)
        response = EventSourceResponse(events, headers=NO_STORE, ping=0, shutdown_grace_period=STREAM_END_S)
        self._open += 1
        try:
            await response(scope, receive, send)
        finally:
            self._open -= 1

    async def _events(self, last: int | None, story: str | None) -> AsyncIterator[bytes]:
        """Yield a hello, what was missed since the log had `last` items, then what is new: of all, or of `story`."""
        notifier, count = self._notifier, self._notifier.count
        size = notifier.size or 0
        begin = size if last is None or last > size else last
        retry = random.randint(*RETRY_MS)  # noqa: S311 - no secret
        yield b'retry: %d\nid: %d\nevent: hello\ndata: {"size":%d}\n\n' % (retry, begin, size)
        missed = await notifier.missed(begin) if begin < size else []
        items = [item for item in missed if item.size <= size]  # the others follow
        while True:
            if events := b"".join(item.event for item in items if story in {None, item.story}):
                yield events
            changed = notifier.changed
            if notifier.is_closed:
                yield b": bye\n\n"
                return
            if notifier.count == count:
                try:
                    async with asyncio.timeout(PING_S):
                        await changed.wait()
                except TimeoutError:
                    yield b": ping\n\n"
            items, count = notifier.since(count), notifier.count
