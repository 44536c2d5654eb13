"""The command that serves the output."""

import gc
import os
import signal
import socket
import sys
import time
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import click

from events.errors import Problem, WritethruError
from feed.cli.commands.publish import watch_newsroom
from feed.cli.desk import Desk, command, pass_desk
from feed.cli.exit_codes import DONE, REFUSED
from feed.cli.extras import can_serve_desk, check_server
from feed.cli.terminal.output import echo, warn
from feed.output.tree import Tree

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from feed.newsroom import Newsroom
    from feed.serve.server import Server

PORT_MAX = 65_535
PUBLICATION_END_S = 1.5
"""How long after a signal a publication may go on; then it is left for the next run, as if it had been killed."""


@command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address of this machine to serve on.")
@click.option(
    "--port", type=click.IntRange(0, PORT_MAX), default=8000, show_default=True, help="The port; 0 takes a free one."
)
@click.option("--watch", is_flag=True, help="Publish each change within a moment, as publish --watch does.")
@click.pass_context
@pass_desk
def serve(desk: Desk, /, context: click.Context, *, host: str, port: int, watch: bool) -> None:
    """Serve the output, and notify open pages of news.

    \b
      writethru serve
      writethru serve --watch --port 8080

    It runs until SIGTERM or Ctrl-C. /healthz says whether what is served is up to date. Put a web server with TLS
    in front of it, if others are to reach it: docs/serve.md.
    """
    check_server()
    if not watch:
        _check_output(desk.newsroom.root)
    from feed.serve.server import Server, allow_many_connections, listen  # noqa: PLC0415 - needs the extra `serve`

    listener = listen(host, port)
    stop = _Stop()
    connections, application = allow_many_connections(), _desk_app(desk.newsroom, host)
    server = Server(desk.newsroom, host, connections=connections, desk=application, on_exit=stop.set)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, partial(_end, server, stop))  # before and after uvicorn listens to them
    _announce(listener, root=str(desk.newsroom.root))
    publisher = None
    if watch or application is not None:
        publisher = Thread(target=_publish, args=[desk, stop, server], kwargs={"watch": watch}, daemon=True)
        publisher.start()
    server.run(sockets=[listener])
    died = not stop.is_set()
    stop.set()
    if publisher is not None:
        publisher.join(PUBLICATION_END_S - stop.seconds)
        if publisher.is_alive():
            sys.stdout.flush()
            os._exit(DONE)  # a thread cannot be ended otherwise
    gc.freeze()  # otherwise Python looks for garbage at its end: half a second after 2,000 streams
    context.exit(REFUSED if died else DONE)


class _Stop(Event):
    """Set once the server is to end."""

    def __init__(self) -> None:
        super().__init__()
        self._set_at = 0.0

    def set(self) -> None:
        """Let everything end."""
        if not self.is_set():
            self._set_at = time.monotonic()
        super().set()

    @property
    def seconds(self) -> float:
        """How long ago it was set."""
        return time.monotonic() - self._set_at


def _check_output(root: Path) -> None:
    """Raise WritethruError if there is nothing to serve."""
    if Tree(root).token is None:
        message = "nothing has been published yet."
        remedy = "Publish first: writethru publish. Or let it publish: writethru serve --watch"
        raise WritethruError(Problem(where=str(root), check="output", message=message, remedy=remedy))


def _desk_app(newsroom: "Newsroom", host: str) -> "ASGIApp | None":
    if not can_serve_desk():
        return None
    from feed.desk.lazy import LazyDesk  # noqa: PLC0415 - needs the extra `desk`

    return LazyDesk(newsroom, host)


def _end(server: "Server", stop: _Stop, *_: object) -> None:
    stop.set()
    server.should_exit = True


def _publish(desk: Desk, stop: _Stop, server: "Server", *, watch: bool) -> None:
    try:
        if watch:
            watch_newsroom(desk, stopped=stop.is_set)
        else:
            from feed.desk.outbox import Outbox  # noqa: PLC0415 - needs the extra `desk`

            watch_newsroom(desk, stopped=stop.is_set, should_publish=Outbox(desk.newsroom).is_due)
    finally:
        server.should_exit = True  # a server that no longer publishes would look as if it did


def _announce(listener: socket.socket, *, root: str) -> None:
    from feed.serve.hosts import is_loopback  # noqa: PLC0415 - as above

    address, port = listener.getsockname()[:2]
    echo(f"Serving {root} at http://{f'[{address}]' if ':' in address else address}:{port}/  Ctrl-C ends it.")
    if not is_loopback(address):
        warn("Other machines can reach this server. Put a web server with TLS in front of it: docs/serve.md")


COMMANDS = (serve,)
