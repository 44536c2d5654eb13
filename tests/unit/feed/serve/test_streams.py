"""Streams that nobody needs a server for: silence, the end, and how many there are."""

import asyncio
from pathlib import Path

import pytest

from feed.serve import streams
from feed.serve.notifier import Notifier
from feed.serve.streams import Streams
from tests.builders import newsroom


def test_silence_is_broken_by_pings_until_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PING_S", 0.01)

    async def listen() -> list[bytes]:
        notifier = Notifier(newsroom(tmp_path / "desk"), lambda: None)
        heard = []
        async for event in Streams(notifier, 1)._events(None, None):
            heard.append(event)
            if len(heard) == 3:
                notifier.close()
        return heard

    hello, *others = asyncio.run(listen())
    assert b'event: hello\ndata: {"size":0}' in hello
    assert others == [b": ping\n\n", b": ping\n\n", b": bye\n\n"]


def test_stream_beyond_the_limit_is_refused_until_one_ends(tmp_path: Path) -> None:
    async def ask() -> list[int]:
        statuses: asyncio.Queue[int] = asyncio.Queue()
        streams = Streams(Notifier(newsroom(tmp_path / "desk"), lambda: None), 1)
        scope = {"type": "http", "method": "GET", "query_string": b"", "headers": []}

        async def send(message: dict[str, int]) -> None:
            if "status" in message:
                statuses.put_nowait(message["status"])

        async def request() -> tuple[int, asyncio.Task[None]]:
            task = asyncio.create_task(streams(scope, asyncio.Event().wait, send))  # type: ignore[arg-type]
            return await statuses.get(), task

        (first, stream), (second, _) = await request(), await request()
        stream.cancel()
        await asyncio.wait([stream])
        third, stream = await request()
        stream.cancel()
        return [first, second, third]

    assert asyncio.run(ask()) == [200, 503, 200]
