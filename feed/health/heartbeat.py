"""Signals to a dead man's switch, such as healthchecks.io, how publishing goes: feed/README.md#heartbeat."""

import os
from urllib.parse import SplitResult

from feed.health.client import Request, parse_address
from feed.health.idle import path_from
from feed.paths import read_exactly

BODY_BYTES_MAX = 10_000
ENVIRONMENT, FILE = "env:", "file:"
DOCTOR = "See: writethru doctor"
START, SUCCESS, FAIL = "/start", "", "/fail"


class UnsetError(ValueError):
    """The environment variable with the address is not set."""


class Heartbeat:
    """The signals of one run of the newsroom in `folder`, sent while it goes on.

    `source` is the setting `heartbeat.url`. A signal waits for the answer to the one before, so they arrive in order.
    """

    def __init__(self, folder: str, source: str) -> None:
        self._url: SplitResult | None = None
        self._request: Request | None = None
        self._problem = ""
        try:
            self._url = heartbeat_url(folder, source)
        except ValueError as error:
            self._problem = str(error)

    def start(self) -> None:
        """Signal that the run starts."""
        self._send(START)

    def end(self, complaint: str = "") -> None:
        """Signal that the run succeeded, or the `complaint` if it failed."""
        self._send(FAIL if complaint else SUCCESS, complaint)

    def failure(self) -> str:
        """Wait for the answer to the last signal. Return why it was lost; "" if it was not."""
        return self._problem if self._request is None else self._request.failure()

    def _send(self, signal: str, text: str = "") -> None:
        if self._url is None:
            return
        self.failure()  # if that signal was lost, this one is what counts
        url = self._url._replace(path=f"{self._url.path.rstrip('/')}{signal}")
        self._request = Request(url, body=text.encode(errors="replace")[:BODY_BYTES_MAX])


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
            raise UnsetError(f"the environment variable {name} is not set")
    elif source.startswith(FILE):
        path = path_from(folder, source.removeprefix(FILE))
        try:
            url = read_exactly(path)
        except (OSError, ValueError) as error:
            raise ValueError(
                f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
            ) from None
    try:
        return parse_address(url.strip())
    except ValueError:
        raise ValueError("heartbeat.url leads to no http or https address") from None
