"""What the desk refuses: the page that says so, and the log (feed/README.md#desk-refusals)."""

import asyncio
import re
import sys
import time
from collections import deque
from contextlib import suppress
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from events.errors import StoreError
from feed.desk.forms import sent_fields
from feed.desk.rendering import page, problem_page
from feed.newsroom import Newsroom
from feed.people.people import People
from feed.people.refusals import Refusal, Refusals, printable

MINUTE_S: Final = 60.0
LOGGED_MAX: Final = 100
"""How many refusals of a minute are logged: strangers may ask as often as they like."""
_SECRET: Final = re.compile(r"(?<=/invitation/).+")


def refused(request: Request, message: str, *, status: int = 403) -> Response:
    """Return the page that says why a request is refused. The gate logs it."""
    request.state.refusal = message.partition(".")[0]
    return problem_page(request, message, status=status)


class SignedOut:
    """Answers a form of somebody who is not signed in: what they typed is in the page, and can be sent again."""

    def __init__(self, message: str) -> None:
        self._message = message

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the form. A file cannot be sent again without its editor, nor can what is too long."""
        request = Request(scope, receive)
        request.state.refusal = self._message.partition(".")[0]
        fields: dict[str, str] = {}
        if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            with suppress(HTTPException):
                fields = await sent_fields(request)
        answer = page(request, "signed_out.html.jinja", status=403, message=self._message, fields=fields)
        await answer(scope, receive, send)


class RefusalLog:
    """Logs what a newsroom's desk refuses."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self._times: deque[float] = deque(maxlen=LOGGED_MAX)

    async def add(self, scope: Scope, reason: str) -> None:
        """Log a refusal, unless there were too many within the last minute."""
        now = time.monotonic()
        if len(self._times) == LOGGED_MAX and now - self._times[0] < MINUTE_S:
            return
        self._times.append(now)
        if len(self._times) == LOGGED_MAX and now - self._times[0] < MINUTE_S:
            reason = f"{reason}; what else is refused within this minute is not logged"
        person, client = scope["state"]["person"], scope.get("client")
        forwarded = Headers(scope=scope).get("x-forwarded-for")
        refusal = Refusal(
            at=self._newsroom.clock(),
            reason=reason,
            person=(person.name or "") if person else "",
            request=f"{scope['method']} {_SECRET.sub('…', scope['path'])}",
            client=(client[0] if client else "?") + (f", for {forwarded}" if forwarded else ""),
        )
        print(f"The desk refused: {printable(refusal.line)}", file=sys.stderr, flush=True)  # noqa: T201 - the log
        await asyncio.to_thread(self._store, refusal)

    def _store(self, refusal: Refusal) -> None:
        try:
            with People(self._newsroom.folder) as people:
                Refusals(people).add(refusal)
        except StoreError as error:
            print(f"It could not be logged: {error}", file=sys.stderr, flush=True)  # noqa: T201 - as above
