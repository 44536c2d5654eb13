"""Connections of clients that send too much, too slowly, or are too many."""

import asyncio
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
import uvicorn
from uvicorn.server import ServerState

from feed.serve import protocol
from feed.serve.protocol import HEAD_BYTES_MAX, LimitedProtocol

pytestmark = pytest.mark.slow  # each test has a server of its own

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = HEAD.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\n"


async def answer(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


async def stream(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await asyncio.Event().wait()


class Connection:
    """A connection to a server that answers with `application`, and the connections that the server has."""

    def __init__(self, application: Any = answer, state: ServerState | None = None, most: int = 10) -> None:
        config = uvicorn.Config(application, http=LimitedProtocol, lifespan="off", ws="none", limit_concurrency=most)
        self.state = state or ServerState()
        self.transport = Mock(spec=asyncio.Transport)
        self.transport.get_extra_info.return_value = None
        self.transport.is_closing.return_value = False
        self.protocol = LimitedProtocol(config, self.state, {})
        self.protocol.connection_made(self.transport)

    def send(self, *pieces: bytes) -> bool:
        """Send until the server cuts the connection; return True if it does."""
        for piece in pieces:
            self.protocol.data_received(piece)
            if self.is_cut:
                return True
        return False

    @property
    def is_cut(self) -> bool:
        return bool(self.transport.abort.called)


def in_a_loop(act: Callable[[], bool]) -> bool:
    async def run() -> bool:
        return act()

    return asyncio.run(run())


ENDLESS = [b"a" * 1_000] * (HEAD_BYTES_MAX // 1_000 + 1)
BODY = HEAD.replace(b"GET", b"POST") + b"Content-Length: 1000000\r\n\r\n"


@pytest.mark.parametrize("start", [b"GET /", HEAD + b"X-", HEAD + b"X: ", CHUNKED + b"0\r\nX: ", CHUNKED + b"1;"])
def test_endless_head_or_trailer_is_cut(start: bytes) -> None:
    assert in_a_loop(lambda: Connection().send(start, *ENDLESS))


@pytest.mark.parametrize("pieces", [[BODY, *ENDLESS], [(HEAD + b"\r\n") * 3_000], [HEAD + b"\r\n"] * 3_000])
def test_body_or_many_requests_are_not_cut(pieces: list[bytes]) -> None:
    assert not in_a_loop(lambda: Connection().send(*pieces))


@pytest.mark.parametrize("sent", [b"", b"GET", HEAD, HEAD + b"\r\n" + HEAD, BODY + b"a", CHUNKED])
def test_request_that_does_not_end_is_cut(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(protocol, "REQUEST_S", 0.01)

    async def is_cut() -> bool:
        connection = Connection()
        if sent:
            connection.send(*(sent[at : at + 20] for at in range(0, len(sent), 20)))
        await asyncio.sleep(0.1)
        return connection.is_cut

    assert asyncio.run(is_cut())


def test_answer_that_does_not_end_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "REQUEST_S", 0.01)

    async def is_cut() -> bool:
        connection = Connection(stream)
        connection.send(HEAD, b"\r\n")
        await asyncio.sleep(0.1)
        return connection.is_cut

    assert not asyncio.run(is_cut())


def test_connection_beyond_the_limit_is_cut() -> None:
    async def are_cut() -> list[bool]:
        state = ServerState()
        connections = [Connection(state=state, most=3) for _ in range(5)]
        connections[4].protocol.connection_lost(None)
        connections[3].protocol.connection_lost(None)
        return [connection.is_cut for connection in [*connections, Connection(state=state, most=4)]]

    assert asyncio.run(are_cut()) == [False, False, False, True, True, False]
