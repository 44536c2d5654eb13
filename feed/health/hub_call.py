"""One call of a WebSub hub, which tells it of each feed that has changed: feed/README.md#websub."""

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Thread
from typing import Final
from urllib.parse import urlencode

from events.model.edtf import microseconds
from feed.health.client import AGENT, SECONDS_MAX, connection, parse_address, target
from feed.newsroom import Newsroom
from feed.publishing.hub_queue import Answers, HubQueue

BODY_BYTES_MAX: Final = 64 * 1024
HEADERS: Final[Mapping[str, str]] = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": AGENT}
BUSY: Final = {408, 425, 429}
"""The statuses of the client's errors that say nothing against the feed."""


class HubCall:
    """One connection to the hub of a newsroom, on which a thread tells it of each feed that waits and may be told.

    It takes SECONDS_MAX for all of them, and what is not acknowledged by then is told by another call.
    """

    def __init__(self, newsroom: Newsroom, hub: str, queue: HubQueue) -> None:
        self._root, self._base_url = newsroom.root, newsroom.config.site.base_url
        self._feeds = queue.feeds_at(microseconds(newsroom.clock()))
        self._until = time.monotonic() + SECONDS_MAX
        self._acknowledged: dict[str, int] = {}
        self._why = f"there was no answer within {SECONDS_MAX:g} s"
        self._refusals: list[str] = []
        self._unanswered: str | None = None
        self._is_reached = False
        self._connection: HTTPConnection | None = None
        self._thread = Thread(target=self._run, args=[hub], daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait for at most so many seconds, and return True if the call is over."""
        self._thread.join(max(min(self._until - time.monotonic(), seconds), 0))
        return not self._thread.is_alive() or time.monotonic() >= self._until

    def answers(self) -> Answers:
        """End the call, and return the answers until now."""
        acknowledged = dict(self._acknowledged)
        is_complete = len(acknowledged) == len(self._feeds)
        answers = Answers(
            acknowledged,
            refusals=tuple(self._refusals),
            unanswered=self._unanswered,
            why="" if is_complete else self._why,
            reached=self._is_reached or is_complete,
        )
        if self._connection is not None:  # only now: the thread ends, and would say that the server has hung up
            with suppress(AttributeError, OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)
        return answers

    def _run(self, hub: str) -> None:
        """Post each feed. The text of an error may quote the address, which may have a secret in it."""
        try:
            url = parse_address(hub)
            self._connection = connection(url, seconds=SECONDS_MAX)
            for path, queued_us in self._feeds.items():
                if (self._root / path).is_file():
                    self._unanswered = path
                    self._take(path, queued_us, self._post(self._connection, target(url), self._base_url + path))
                    self._unanswered = None
                else:
                    self._acknowledged[path] = queued_us  # nobody can read it any more
        except TimeoutError:
            pass
        except OSError as error:
            self._why = f"its server cannot be reached: {error.strerror or type(error).__name__}"
        except (HTTPException, ValueError) as error:
            self._why = f"its server cannot be reached: {type(error).__name__}"
        finally:
            if self._connection is not None:
                self._connection.close()

    def _take(self, path: str, queued_us: int, response: HTTPResponse) -> None:
        if 200 <= response.status < 300:
            self._acknowledged[path] = queued_us
            self._is_reached = True
        else:
            self._refusals.append(path)
            self._is_reached |= 400 <= response.status < 500 and response.status not in BUSY
            self._why = f"its server answers {response.status}"
            if 300 <= response.status < 400:
                self._why += ": set site.hub to the address to which it redirects"
        response.read(BODY_BYTES_MAX)
        if not response.isclosed() and self._connection is not None:
            self._connection.close()

    def _post(self, server: HTTPConnection, path: str, topic: str) -> HTTPResponse:
        """Return the answer for one feed. Some hubs read hub.url and some hub.topic, and many only one of them."""
        body = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
        for is_last in (server.sock is None, True):
            seconds = self._until - time.monotonic()
            if seconds <= 0:
                raise TimeoutError
            server.timeout = seconds
            if server.sock is not None:
                server.sock.settimeout(seconds)
            try:
                server.request("POST", path, body, HEADERS)
                return server.getresponse()
            except (HTTPException, OSError) as error:
                server.close()  # perhaps the server has closed an idle one: try once with a new one
                if is_last or isinstance(error, TimeoutError):
                    raise
        raise AssertionError
