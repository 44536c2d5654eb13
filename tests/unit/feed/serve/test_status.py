"""What the server says of the newsroom, while it cannot be asked."""

import asyncio
from threading import Event

import pytest
from starlette.responses import PlainTextResponse, Response

from feed.serve import status
from feed.serve.status import Endpoint


def test_report_that_takes_long_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "REPEAT_S", 0.0)
    made, may_end, sent = [], Event(), []

    def make() -> Response:
        made.append("report")
        may_end.wait(30)
        return PlainTextResponse("x")

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def ask() -> None:
        report = Endpoint(make)
        scope = {"type": "http", "method": "GET", "headers": []}
        requests = []
        for _ in range(20):
            requests.append(asyncio.create_task(report(scope, None, send)))  # type: ignore[arg-type]
            await asyncio.sleep(0.001)
        may_end.set()
        await asyncio.gather(*requests)
        await report(scope, None, send)  # type: ignore[arg-type]

    asyncio.run(ask())
    assert len(sent) == 2 * 21
    assert made == ["report"] * 2
