"""Signals to a dead man's switch, such as healthchecks.io, how publishing goes: feed/README.md#heartbeat.

Cron's idle minute imports this, so the client is the standard library's: it takes 30 ms of imports, urllib3 70 ms.
"""

import os
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Thread
from urllib.parse import SplitResult, urlsplit

from feed.health.idle import path_from
from feed.paths import read_exactly

SECONDS_MAX = 5.0
BODY_BYTES_MAX = 10_000
ENVIRONMENT, FILE = "env:", "file:"
DOCTOR = "See: writethru doctor"
START, FAIL = "/start", "/fail"


class Heartbeat:
    """The signals of one run of the newsroom in `folder`: that it starts, and how it ends.

    `source` is the setting `heartbeat.url`. The signal of the start is sent while the run goes on.
    """

    def __init__(self, folder: str, source: str) -> None:
        self._url, self._problem, self._start = None, "", None
        try:
            self._url = heartbeat_url(folder, source)
        except ValueError as error:
            self._problem = str(error)
        else:
            self._start = _Ping(self._url, START)

    def finish(self, complaint: str) -> str:
        """Send that the run succeeded, or the `complaint` if it failed. Return why that did not work; "" if it did."""
        if self._url is None or self._start is None:
            return self._problem
        self._start.failure()  # if that was lost, the next signal is what counts
        return _Ping(self._url, FAIL, complaint).failure() if complaint else _Ping(self._url).failure()


def ping_idle(folder: str, source: str) -> str:
    """Send that a run with nothing to publish succeeded. Return why that did not work; "" if it did."""
    try:
        return _Ping(heartbeat_url(folder, source)).failure()
    except ValueError as error:
        return str(error)


def warning(why: str) -> str:
    """Return what to say of a signal that was not sent."""
    return f"heartbeat: {why}.\n  Nothing else is wrong with this run. {DOCTOR}"


def heartbeat_url(folder: str, source: str) -> SplitResult:
    """Return the address that the setting `source` leads to. ValueError if there is none: it quotes no address."""
    url = source
    if source.startswith(ENVIRONMENT):
        name = source.removeprefix(ENVIRONMENT)
        url = os.environ.get(name, "")
        if not url:
            raise ValueError(f"the environment variable {name} is not set")
    elif source.startswith(FILE):
        path = path_from(folder, source.removeprefix(FILE))
        try:
            url = read_exactly(path)
        except (OSError, ValueError) as error:
            raise ValueError(
                f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
            ) from None
    try:
        parts = urlsplit(url.strip())
        if parts.scheme in {"http", "https"} and parts.hostname and url.strip().isprintable() and parts.port != 0:
            return parts
    except ValueError:
        pass
    raise ValueError("heartbeat.url leads to no http or https address")


class _Ping:
    """One request, which a thread of its own sends: nothing waits for a slow server, or name server, for long."""

    def __init__(self, url: SplitResult, signal: str = "", body: str = "") -> None:
        self._failure = f"there was no answer within {SECONDS_MAX:g} s"
        query = f"?{url.query}" if url.query else ""
        arguments = url, f"{url.path.rstrip('/')}{signal}{query}", body.encode(errors="replace")[:BODY_BYTES_MAX]
        self._thread = Thread(target=self._send, args=arguments, daemon=True)
        self._thread.start()

    def failure(self) -> str:
        """Wait for the answer, and return why there was none; "" if there was."""
        self._thread.join(SECONDS_MAX)
        return self._failure

    def _send(self, url: SplitResult, target: str, body: bytes) -> None:
        connection_class = HTTPSConnection if url.scheme == "https" else HTTPConnection
        connection = connection_class(url.hostname or "", url.port, timeout=SECONDS_MAX)
        try:
            method = "POST" if body else "GET"
            connection.request(method, target or "/", body or None, {"User-Agent": "writethru"})
            status = connection.getresponse().status
            self._failure = "" if 200 <= status < 300 else f"its server answers {status}"
        except TimeoutError:
            pass  # the thread that waits says so too, in the same words
        except OSError as error:
            self._failure = f"its server cannot be reached: {error.strerror or type(error).__name__}"
        except (HTTPException, ValueError) as error:
            self._failure = f"its server cannot be reached: {type(error).__name__}"  # the text may quote the address
        finally:
            connection.close()
