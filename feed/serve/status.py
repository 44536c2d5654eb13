"""What the server says of the newsroom: whether it is healthy, and its metrics (feed/README.md#serve)."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Final

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from events.errors import WritethruError
from feed.health.idle import path_from
from feed.health.metrics import INFO, NEXT, OPEN, ledger_samples, metrics_text, read_samples
from feed.health.waiting import waiting
from feed.newsroom import Newsroom
from feed.output.tree import Tree
from feed.publishing.remembered import Remembered
from feed.publishing.tree_state import shows_published
from feed.serve.app import NO_STORE, missing
from feed.serve.hosts import Hosts, is_forwarded

REPEAT_S: Final = 1.0
"""For how long an answer is repeated: strangers may ask for it as often as they like."""
METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Endpoint:
    """An endpoint that answers with what `make` returns."""

    def __init__(self, make: Callable[[], Response]) -> None:
        self._make = make
        self._made_at = 0.0
        self._response: asyncio.Future[Response] | None = None
        self._threads = ThreadPoolExecutor(1)  # a ledger that is locked, or a disk that hangs, holds up no files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = self._response
        if response is None or (response.done() and time.monotonic() - self._made_at > REPEAT_S):
            self._made_at = time.monotonic()
            self._response = response = asyncio.get_running_loop().run_in_executor(self._threads, self._make)
        answer = await asyncio.shield(response)
        await answer(scope, receive, send)


class PrivateEndpoint(Endpoint):
    """One for those who call this machine by an address of its own.

    It hides nothing for certain: a proxy that says nothing of itself looks like this machine.
    """

    def __init__(self, make: Callable[[], Response], host: str) -> None:
        super().__init__(make)
        self._hosts = Hosts.of([host])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = dict(scope["headers"])
        through_proxy = is_forwarded(name.decode("latin-1") for name in headers)
        if through_proxy or not self._hosts.allow(headers[b"host"], scope["server"][0]):
            await missing()(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def health(newsroom: Newsroom) -> Response:
    """Return 200 if what is served is what is known, otherwise 503; as JSON. It names no story, and counts none."""
    problem = newsroom_problem(newsroom)
    body = {"status": "bad", "message": problem} if problem else {"status": "ok"}
    return JSONResponse(body, 503 if problem else 200, headers=NO_STORE)


def metrics(newsroom: Newsroom) -> Response:
    """Return the metrics of the newsroom, with those of the last run if these are written to a file.

    Those that are not open are left out, unless they are configured to be served.
    """
    file, site = newsroom.config.metrics.file, newsroom.config.site.base_url
    samples = read_samples(path_from(str(newsroom.folder), file)) if file else {}
    samples.pop(NEXT, None)
    try:
        samples |= {INFO: 1, **ledger_samples(newsroom)}
    except (WritethruError, OSError):
        return PlainTextResponse("The ledger cannot be read.\n", 503, headers=NO_STORE)
    if not newsroom.config.serve.all_metrics:
        samples = {name: value for name, value in samples.items() if name in OPEN}
    text = metrics_text(samples, site=site, program=version("writethru"))
    return Response(text, media_type=METRICS_TYPE, headers=NO_STORE)


def newsroom_problem(newsroom: Newsroom) -> str:
    """Return what is wrong with what is served; "" if nothing is."""
    base_url = newsroom.config.site.base_url
    try:
        with newsroom.ledger() as ledger, ledger.store.reading() as reading:
            checkpoint = Remembered(reading, base_url, sound_only=True).checkpoint()
            token = Tree(newsroom.root).token
            is_other = checkpoint is not None and not shows_published(reading, checkpoint, token)
            is_late = waiting(reading, base_url, newsroom.clock()).is_late(newsroom.clock())
    except (WritethruError, OSError):
        return "The ledger or the output cannot be read."
    if token is None:
        return "Nothing has been published yet."
    if is_other:
        return "The output is not what this ledger published last."
    return "Something has waited for more than five minutes to be published." if is_late else ""
