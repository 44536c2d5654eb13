"""Feeds, a server whose answers a test changes, and a newsroom that reads them by itself."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from events import commands
from tests.builders import HOUR
from tests.desk import FIRE, DeskRunner
from tests.server import answering, sends

LOOPBACK = "127.0.0.0/8"


def rss(*items: Mapping[str, str], title: str = "Harbour Radio") -> bytes:
    """Return an RSS feed: each item has elements with these names."""
    parts = ["".join(f"<{name}>{text}</{name}>" for name, text in item.items()) for item in items]
    body = "".join(f"<item>{part}</item>" for part in parts)
    return f'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>{title}</title>{body}</channel></rss>'.encode()


def item(number: int, **elements: str) -> dict[str, str]:
    """Return the elements of an item."""
    about = {"guid": f"id-{number}", "title": f"Item {number}", "link": f"https://radio.example/{number}"}
    return {**about, "description": f"Text {number}.", **elements}


@dataclass
class Answers:
    """What a server answers: `body` with `headers`, or `status`. `before` it does, it calls that."""

    url: str = ""
    requests: list[dict[str, str]] = field(default_factory=list)
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[], object] = lambda: None

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        self.before()
        tag = self.headers.get("ETag")
        if self.status == 200 and tag is not None and handler.headers.get("If-None-Match") == tag:
            sends(b"", 304, **self.headers)(handler)
        else:
            sends(self.body if self.status == 200 else b"", self.status, **self.headers)(handler)


@contextmanager
def server_of(body: bytes, **headers: str) -> Iterator[Answers]:
    """Serve a feed or a page."""
    answers = Answers(body=body, headers=headers)
    with answering(answers) as (url, requests):
        answers.url, answers.requests = url, requests
        yield answers


class SourceDesk(DeskRunner):
    """A newsroom with an open story."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.record(commands.open_story(FIRE, "Fire at the harbour"))

    def add(self, url: str, *options: str) -> str:
        """Add a source, which may be on this machine."""
        return self.output("source", "add", url, "--allow", LOOPBACK, *options)

    def intake(self, after: timedelta = HOUR) -> str:
        """Read what is due, that much later; return what is printed."""
        self.clock.go(after)
        result = self.run("intake")
        return f"{result.exit_code} {result.output}"

    def drafts(self) -> list[dict[str, Any]]:
        """Return what waits."""
        drafts: list[dict[str, Any]] = json.loads(self.output("inbox", "--json"))
        return drafts

    def titles(self) -> list[str]:
        """Return the titles of what waits."""
        return [draft["title"] for draft in self.drafts()]

    def state(self) -> dict[str, Any]:
        """Return the one source."""
        [source] = json.loads(self.output("source", "list", "--json"))
        return dict(source)
