"""Serves a newsroom's output until a signal ends it."""

import errno
import resource
import socket
from functools import partial
from typing import Final
from urllib.parse import unquote, urlsplit

import uvicorn

from events.errors import Problem, WritethruError
from feed.newsroom import Newsroom
from feed.serve.app import Application, FileApp
from feed.serve.files import Files
from feed.serve.hosts import Hosts
from feed.serve.status import PrivateReport, Report, health, metrics

BACKLOG: Final = 2048
END_S: Final = 1
"""How long answers under way may take after a signal to end; then their connections are closed."""
REMEDIES: Final = {
    errno.EADDRINUSE: ("another program serves there already.", "Name another port: --port {port}"),
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
    problem = Problem(where=where, check="serve", message=message, remedy=remedy.format(port=port + 1))
    raise WritethruError(problem) from None


class Server(uvicorn.Server):
    """Serves a newsroom under the name `host` and that of its site, until SIGTERM or SIGINT."""

    def __init__(self, newsroom: Newsroom, host: str) -> None:
        site = newsroom.config.site
        address = urlsplit(site.base_url)
        prefix = unquote(address.path)
        files = Files(newsroom.root, base_url=site.base_url, hub=site.hub)
        endpoints = {
            "healthz": Report(partial(health, newsroom)),
            "metrics": PrivateReport(partial(metrics, newsroom), host),
        }
        application = Application(
            FileApp(files, prefix),
            {f"{start}{name}": endpoint for start in {prefix, "/"} for name, endpoint in endpoints.items()},
            Hosts.of([host, address.hostname or "", *newsroom.config.serve.hosts]),
        )
        super().__init__(_uvicorn_config(application))


def allow_many_connections() -> None:
    """Let this process have as many connections as the system allows; the usual limit is some 1,000."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _uvicorn_config(application: Application) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        interface="asgi3",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=END_S,
    )
