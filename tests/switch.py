"""A dead man's switch on loopback, such as healthchecks.io is one: it records the signals that it gets."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.builders import reconfigured
from tests.desk import DeskRunner
from tests.server import Quiet, in_background

SECRET = "8f2c1b1e-not-for-others"


@dataclass
class Switch:
    """The switch: its address, the signals as (method, path, body), and how it answers."""

    url: str = ""
    signals: list[tuple[str, str, str]] = field(default_factory=list)
    status: int = 200
    seconds: float = 0.0

    def taken(self) -> list[tuple[str, str, str]]:
        """Return the signals since the last call, with the secret of their paths left out."""
        signals, self.signals = self.signals, []
        return [(method, path.removeprefix(f"/{SECRET}"), body) for method, path, body in signals]


@contextmanager
def switch() -> Iterator[Switch]:
    """Run a switch in a block."""
    state = Switch()

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(state.seconds)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            state.signals.append((self.command, self.path, body))
            self.send_response(state.status)
            self.send_header("Location", "https://elsewhere.example/")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - its interface

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/{SECRET}"
    with in_background(server):
        yield state


def heartbeat(desk: DeskRunner, source: str) -> None:
    """Configure the heartbeat of a newsroom."""
    desk.site = reconfigured(desk.site, "[output]", f'[heartbeat]\nurl = "{source}"\n\n[output]')
