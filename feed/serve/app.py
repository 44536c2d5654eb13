"""The application: files and what the server says of itself, for the hosts of the site (feed/README.md#serve)."""

import asyncio
import os
from collections.abc import Awaitable, Mapping
from contextlib import ExitStack
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from feed.output.headers import INDEX
from feed.serve.addresses import folder_address, tree_paths
from feed.serve.conditions import is_unmodified, variant_for
from feed.serve.files import Files, ServedFile, version_of
from feed.serve.hosts import Hosts

HOST_BYTES_MAX: Final = 300
"""The longest name of a host has 253, and what strangers send is cached."""
CHUNK_BYTES: Final = 256 * 1024
OPEN_MAX: Final = 64
"""How many large files are open: clients may read as slowly as they like, and publishing needs descriptors too."""
TRIES: Final = 2
"""How often a file is looked for that was replaced between the look and the reading."""
NO_FOLDERS: Final[Mapping[str, ASGIApp]] = MappingProxyType({})
NOSNIFF: Final = {"X-Content-Type-Options": "nosniff"}
NO_STORE: Final = {**NOSNIFF, "Cache-Control": "no-store"}


class Application:
    """Answers requests to one of the `hosts`, or to the address of this machine that was called.

    `endpoints` are by path. `folders` are applications by the path that theirs begin with, which ends in a slash. All
    other paths are those of files. Starlette's Router would take longer than an answer.
    """

    def __init__(
        self,
        files: ASGIApp,
        endpoints: Mapping[str, ASGIApp],
        hosts: Hosts,
        folders: Mapping[str, ASGIApp] = NO_FOLDERS,
    ) -> None:
        self._files, self._endpoints = files, endpoints
        self._folders, self._starts = folders, tuple(folders)
        self._allow = lru_cache(maxsize=256)(hosts.allow)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer one request."""
        named = [value for name, value in scope["headers"] if name == b"host"]
        if len(named) == 1 and len(named[0]) <= HOST_BYTES_MAX and self._allow(named[0], scope["server"][0]):
            path = scope["path"]
            if path.startswith(self._starts):
                return self._in_folder(scope, receive, send)
            return self._endpoints.get(path, self._files)(scope, receive, send)
        text = "This site is not served under that name. To allow it, see [serve] hosts in writethru.toml.\n"
        return PlainTextResponse(text, 421 if named else 400, headers=NO_STORE)(scope, receive, send)

    def _in_folder(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer a request to one of the `folders`, which sees the path of its own folder as the root."""
        start = next(start for start in self._starts if scope["path"].startswith(start))
        return self._folders[start]({**scope, "root_path": start.removesuffix("/")}, receive, send)


class FileApp:
    """Answers requests for published files. `prefix` is the path of the site's address, decoded."""

    def __init__(self, files: Files, prefix: str) -> None:
        self._files, self._prefix = files, prefix
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] not in {"GET", "HEAD"}:
            refusal = PlainTextResponse("Only GET and HEAD.\n", 405, headers={**NOSNIFF, "Allow": "GET, HEAD"})
            await refusal(scope, receive, send)
            return
        paths = tree_paths(scope["path"], scope["raw_path"], self._prefix)
        for path in paths:
            for _ in range(TRIES):
                served = self._files.current(path) or await self._files.find(path)
                if served is None:
                    break
                if await self._send(path, served, scope, send):
                    return
                self._files.forget(path)
            else:
                await _send_busy(send)
                return
        await (await self._without_file(scope, paths))(scope, receive, send)

    async def _without_file(self, scope: Scope, paths: tuple[str, ...]) -> Response:
        """Return the answer to a request for no file: the folder of that name, if it has a page."""
        is_folder = f"{scope['path']}/" == self._prefix
        for path in paths:
            is_folder = is_folder or await self._files.find(f"{path}/{INDEX}") is not None
        if not is_folder:
            return missing()
        address = folder_address(scope["path"], scope["query_string"])
        return Response(status_code=301, headers={**NOSNIFF, "Cache-Control": "no-cache", "Location": address})

    async def _send(self, path: str, served: ServedFile, scope: Scope, send: Send) -> bool:
        """Send a file, or that it has not changed; return False if it has just been replaced."""
        headers = dict(scope["headers"])
        variant = variant_for(served, headers)
        if is_unmodified(served, headers):
            await send({"type": "http.response.start", "status": 304, "headers": variant.unmodified})
            await send({"type": "http.response.body"})
            return True
        if variant.body is None and scope["method"] == "GET":
            return await self._send_from_disk(path, served, send)
        body = variant.body if scope["method"] == "GET" else b""
        await send({"type": "http.response.start", "status": 200, "headers": variant.headers})
        await send({"type": "http.response.body", "body": body})
        return True

    async def _send_from_disk(self, path: str, served: ServedFile, send: Send) -> bool:
        """Send a large file as it was when its ETag was made: no more bytes than it had, if it grows meanwhile."""
        if self._open >= OPEN_MAX:
            await _send_busy(send)
            return True
        with ExitStack() as stack:
            self._open += 1
            stack.callback(self._close)
            file = self._files.open(path, stack)
            if file is None or version_of(os.fstat(file.fileno())) != served.version:
                return False
            await send({"type": "http.response.start", "status": 200, "headers": served.plain.headers})
            left = served.length
            while left > 0 and (chunk := await asyncio.to_thread(file.read, min(left, CHUNK_BYTES))):
                left -= len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": left > 0})
        return True

    def _close(self) -> None:
        self._open -= 1


async def _send_busy(send: Send) -> None:
    """Answer that a file cannot be sent now: a hub or a reader must not believe that it is gone."""
    headers = [(b"retry-after", b"1"), (b"cache-control", b"no-store"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body"})


def missing() -> Response:
    """Return the answer to a request for what does not exist, or is not public."""
    return PlainTextResponse("There is no such file.\n", 404, headers=NO_STORE)
