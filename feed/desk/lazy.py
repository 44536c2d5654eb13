"""The desk of a server, which imports it at the first request: a server without editors has 20 MB less in memory."""

import asyncio
from importlib import import_module

from starlette.types import ASGIApp, Receive, Scope, Send

from feed.newsroom import Newsroom


class LazyDesk:
    """Answers as `feed.desk.app.desk_app` does."""

    def __init__(self, newsroom: Newsroom, host: str) -> None:
        self._newsroom, self._host = newsroom, host
        self._application: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        application = self._application or await self._load()
        await application(scope, receive, send)

    async def _load(self) -> ASGIApp:
        module = await asyncio.to_thread(import_module, "feed.desk.app")  # files are served meanwhile
        if self._application is None:  # otherwise another request was first
            self._application = module.desk_app(self._newsroom, self._host)
        return self._application
