"""Requests with the standard library's client.

It needs no extra, and a heartbeat from cron's idle minute can afford its imports: docs/decisions.md says what others
would take. Everything in feed.health that asks a server uses this module.
"""

import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Thread
from urllib.parse import SplitResult, urlsplit

SECONDS_MAX = 5.0
"""How long a request may take, from the look-up of the host to the status."""
AGENT = "writethru"


def parse_address(text: str) -> SplitResult:
    """Return the parts of an http or https address. ValueError, which does not quote it, if it is none."""
    try:
        parts = urlsplit(text)
        is_one_word = text.isprintable() and " " not in text
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and is_one_word:
            return parts
    except ValueError:
        pass
    raise ValueError("this is no http or https address")


def connection(url: SplitResult, *, seconds: float) -> HTTPConnection:
    """Return a connection to the server of `url`, not opened yet. No wait of it takes more than `seconds`."""
    is_secure = url.scheme == "https"
    port = url.port or (443 if is_secure else 80)  # without one, it takes the end of an IPv6 address for the port
    return (HTTPSConnection if is_secure else HTTPConnection)(url.hostname or "", port, timeout=seconds)


def target(url: SplitResult) -> str:
    """Return what the line of a request names of `url`: a path, which begins with a slash, and the query."""
    return (url.path or "/") + (f"?{url.query}" if url.query else "")


class Request:
    """One request, which a thread of its own sends: nobody waits for long for a slow server, or name server.

    With a `body` it is a POST. It follows no redirect.
    """

    def __init__(self, url: SplitResult, *, body: bytes = b"", content_type: str = "text/plain; charset=utf-8") -> None:
        self._url, self._body, self._content_type = url, body, content_type
        self._ends_at = time.monotonic() + SECONDS_MAX
        self._failure = f"there was no answer within {SECONDS_MAX:g} s"
        self._thread = Thread(target=self._send, daemon=True)
        self._thread.start()

    def failure(self) -> str:
        """Wait for the answer. Return why it is no success, without quoting the address; "" if it is one."""
        self._thread.join(max(self._ends_at - time.monotonic(), 0))
        return self._failure

    def _send(self) -> None:
        headers = {"User-Agent": AGENT} | ({"Content-Type": self._content_type} if self._body else {})
        try:
            with closing(connection(self._url, seconds=SECONDS_MAX)) as server:
                server.request("POST" if self._body else "GET", target(self._url), self._body or None, headers)
                status = server.getresponse().status
            self._failure = "" if 200 <= status < 300 else f"its server answers {status}"
        except TimeoutError:
            pass  # the waiting thread says so too, in the same words
        except OSError as error:
            self._failure = f"its server cannot be reached: {error.strerror or type(error).__name__}"
        except (HTTPException, ValueError) as error:
            self._failure = f"its server cannot be reached: {type(error).__name__}"  # the text may quote the address
