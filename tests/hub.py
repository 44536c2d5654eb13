"""A WebSub hub on loopback: it records what it is told, and distributes that to its subscribers, signed."""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode
from urllib.request import Request, urlopen

from feed.site import Site
from tests.builders import BASE_URL, reconfigured
from tests.server import Quiet, in_background

SECRET = "only-for-the-hub"
FORMATS = ("atom", "rss", "json")


@dataclass
class Hub:
    """A hub: its address, the forms that it got, where, on how many connections, and how it answers a topic."""

    url: str = ""
    forms: list[dict[str, str]] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    connections: int = 0
    status: Callable[[str], int] = lambda _: 202
    seconds: float = 0.0
    keeps_alive: bool = True
    subscribers: list[tuple[str, str, str]] = field(default_factory=list)

    def topics(self) -> list[str]:
        """Return the topics since the last call, without the site's address, sorted."""
        forms, self.forms = self.forms, []
        assert all(form["hub.mode"] == "publish" and form["hub.url"] == form["hub.topic"] for form in forms)
        return sorted(form["hub.topic"].removeprefix(BASE_URL) for form in forms)

    def subscribe(self, form: dict[str, str]) -> None:
        """Verify the intent of a subscriber, as section 5.3 of w3.org/TR/websub has it."""
        query = {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "are-you-sure"}
        with urlopen(f"{form['hub.callback']}?{urlencode(query)}") as answer:
            assert answer.read() == b"are-you-sure"
        self.subscribers.append((form["hub.topic"], form["hub.callback"], form["hub.secret"]))

    def distribute(self, topic: str) -> None:
        """Fetch a topic, and send it to its subscribers."""
        for subscribed, callback, secret in self.subscribers:
            if subscribed == topic:
                with urlopen(topic) as answer:
                    body, kind = answer.read(), answer.headers["Content-Type"]
                signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
                link = f'<{topic}>; rel="self", <{self.url}>; rel="hub"'
                headers = {"Content-Type": kind, "Link": link, "X-Hub-Signature": f"sha256={signature}"}
                urlopen(Request(callback, body, headers)).close()


@contextmanager
def hub(port: int = 0) -> Iterator[Hub]:
    """Run a hub in a block."""
    state = Hub()

    class Handler(Quiet, BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            state.connections += 1

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
            form = {name: values[0] for name, values in parse_qs(text, strict_parsing=True).items()}
            state.paths.add(self.path)
            time.sleep(state.seconds)
            status = state.status(form["hub.topic"])
            if form["hub.mode"] == "publish":
                state.forms.append(form)
                Thread(target=state.distribute, args=[form["hub.topic"]], daemon=True).start()
            else:
                Thread(target=state.subscribe, args=[form], daemon=True).start()
            self.send_response(status)
            self.send_header("Content-Length", "3")
            if 300 <= status < 400:
                self.send_header("Location", f"{state.url}elsewhere")
            self.end_headers()
            self.wfile.write(b"ok\n")
            self.close_connection = not state.keeps_alive  # without having said so

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/{SECRET}?key={SECRET}"
    with in_background(server):
        yield state


@dataclass
class Subscriber:
    """A subscriber: its callback, and what the hub sent there, with the headers, and when."""

    url: str = ""
    contents: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)


@contextmanager
def subscriber() -> Iterator[Subscriber]:
    """Run a subscriber in a block."""
    state = Subscriber()

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            challenge = parse_qs(self.path.partition("?")[2])["hub.challenge"][0]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(challenge.encode())

        def do_POST(self) -> None:
            state.at.append(time.monotonic())
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()
            state.contents.append((body, dict(self.headers)))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/callback"
    with in_background(server):
        yield state


def with_hub(site: Site, url: str) -> Site:
    """Return the newsroom with a hub in its configuration."""
    return reconfigured(site, "# hub =", f'hub = "{url}"          #')


def feeds(story: str | None = None, *facts: str) -> list[str]:
    """Return the paths of the feeds over all stories but those of corrections, or of one story with some facts."""
    folder = "" if story is None else f"stories/{story}/"
    return sorted([*(f"{folder}feed.{name}" for name in FORMATS), *(f"{folder}facts/{key}.atom" for key in facts)])
