"""The command that serves the output."""

import signal
import socket

import click

from events.errors import Problem, WritethruError
from feed.cli.desk import Desk, command, pass_desk
from feed.cli.extras import check_server
from feed.cli.terminal.output import echo, warn
from feed.output.tree import Tree

PORT_MAX = 65_535


@command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address of this machine to serve on.")
@click.option(
    "--port", type=click.IntRange(0, PORT_MAX), default=8000, show_default=True, help="The port; 0 takes a free one."
)
@pass_desk
def serve(desk: Desk, *, host: str, port: int) -> None:
    """Serve the output on this machine.

    \b
      writethru serve
      writethru serve --port 8080

    It runs until SIGTERM or Ctrl-C. /healthz says whether what is served is up to date. Let a web server with TLS
    stand before it, if others are to reach it: docs/serve.md.
    """
    root = desk.newsroom.root
    check_server()
    if Tree(root).token is None:
        message, remedy = "nothing has been published yet.", "Publish first: writethru publish"
        raise WritethruError(Problem(where=str(root), check="output", message=message, remedy=remedy))
    from feed.serve.server import Server, allow_many_connections, listen  # noqa: PLC0415 - needs the extra `serve`

    listener = listen(host, port)
    server = Server(desk.newsroom, host)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)  # uvicorn raises it again at its end
    allow_many_connections()
    _announce(listener, root=str(root))
    server.run(sockets=[listener])


def _announce(listener: socket.socket, *, root: str) -> None:
    from feed.serve.hosts import is_loopback  # noqa: PLC0415 - as above

    address, port = listener.getsockname()[:2]
    echo(f"Serving {root} at http://{f'[{address}]' if ':' in address else address}:{port}/  Ctrl-C ends it.")
    if not is_loopback(address):
        warn("Other machines can reach this server. Let a web server with TLS stand before it: docs/serve.md")


COMMANDS = (serve,)
