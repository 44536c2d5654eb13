"""Serves a newsroom's output until a signal ends it."""

import asyncio
import errno
import resource
import socket
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Final
from urllib.parse import unquote, urlsplit

import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp

from events.errors import Problem, WritethruError
from feed.newsroom import Newsroom
from feed.serve.app import Application, FileApp
from feed.serve.files import Files
from feed.serve.hosts import Hosts
from feed.serve.notifier import Notifier
from feed.serve.protocol import LimitedProtocol
from feed.serve.status import Endpoint, PrivateEndpoint, health, metrics
from feed.serve.streams import Streams

DESK: Final = "desk"
BACKLOG: Final = 2048
CONNECTIONS_MAX: Final = 16_384
RESERVED: Final = 256
"""Descriptors that streams leave: one half for other connections, the other for large files and for publishing."""
ANSWERS_END_S: Final = 1
"""How long answers under way may take after a signal to end; then their connections are closed."""
REMEDIES: Final = {
    errno.EADDRINUSE: ("another program serves there already.", "Let it take a free port: --port 0"),
    errno.EACCES: ("this user may not serve there.", "Name a port from 1024 up: --port 8000"),
    errno.EADDRNOTAVAIL: ("this machine does not have that address.", "Name one of its addresses: --host 127.0.0.1"),
}


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; WritethruError if it cannot."""
    where = f"{host}:{port}"
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except socket.gaierror:
        message, remedy = REMEDIES[errno.EADDRNOTAVAIL]
    except OSError as error:
        message, remedy = REMEDIES.get(error.errno or 0, (f"{(error.strerror or str(error)).lower()}.", ""))
    else:
        return listener
    problem = Problem(where=where, check="serve", message=message, remedy=remedy)
    raise WritethruError(problem) from None


class Server(uvicorn.Server):
    """Serves a newsroom under the name `host` and that of its site, until SIGTERM or SIGINT; its `desk` too."""

    def __init__(
        self,
        newsroom: Newsroom,
        host: str,
        *,
        connections: int = 1024,
        desk: ASGIApp | None = None,
        on_exit: Callable[[], object],
    ) -> None:
        site = newsroom.config.site
        address = urlsplit(site.base_url)
        prefix = unquote(address.path)
        reserved = min(RESERVED, connections // 2)
        files = Files(newsroom.root, base_url=site.base_url, hub=site.hub)
        self._notifier = Notifier(newsroom, files.expect_changes)
        self._on_exit = on_exit
        self._loop: asyncio.AbstractEventLoop | None = None
        endpoints: dict[str, ASGIApp] = {
            "~events": Streams(self._notifier, connections - reserved),
            "healthz": Endpoint(partial(health, newsroom)),
            "metrics": PrivateEndpoint(partial(metrics, newsroom), host),
        }
        if desk is not None:
            endpoints[DESK] = Response(status_code=301, headers={"Location": f"{DESK}/"})
        starts, own = {prefix, "/"}, (site.base_url, newsroom.config.desk.url or site.base_url)
        application = Application(
            FileApp(files, prefix),
            {f"{start}{name}": endpoint for start in starts for name, endpoint in endpoints.items()},
            Hosts.of([host, *(urlsplit(url).hostname or "" for url in own), *newsroom.config.serve.hosts]),
            folders={} if desk is None else {f"{start}{DESK}/": desk for start in starts},
        )
        super().__init__(_uvicorn_config(application, connections - reserved // 2))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, once the size of the log is known."""
        self._loop = asyncio.get_running_loop()
        await self._notifier.look()
        self._following = asyncio.create_task(self._notifier.follow())
        self._following.add_done_callback(lambda _: setattr(self, "should_exit", True))
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop serving. The streams are ended already."""
        self._following.cancel()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End the streams, politely, and then all else."""
        self._on_exit()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._notifier.close)
        super().handle_exit(sig, frame)


def allow_many_connections() -> int:
    """Let this process have as many connections as the system allows, and return how many: by default some 1,000."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = CONNECTIONS_MAX if most == resource.RLIM_INFINITY else min(most, CONNECTIONS_MAX)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def _uvicorn_config(application: Application, connections: int) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=LimitedProtocol,
        limit_concurrency=connections,
        interface="asgi3",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=ANSWERS_END_S,
    )
