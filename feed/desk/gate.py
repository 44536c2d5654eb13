"""Who may enter the desk (feed/README.md#desk-people).

Without people, only whoever sits at this machine: a browser that calls it by its own name, through no proxy.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from feed.desk.person import Person, Role
from feed.desk.rendering import problem_page
from feed.newsroom import Newsroom
from feed.serve.hosts import is_loopback

FORWARDED: Final = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "cf-connecting-ip", "true-client-ip"})
LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE: Final = frozenset({"GET", "HEAD"})
NOBODY: Final = (
    "This desk has no people yet, so only a browser on the machine itself can use it, without a proxy. "
    "Invite yourself there: writethru desk invite NAME --role chief"
)
FOREIGN: Final = (
    "This form was sent from another site, so nothing was recorded. Open the desk itself and send it from there."
)


class Gate:
    """Lets requests in, each with its person. `host` is the address on which the server listens."""

    def __init__(self, app: ASGIApp, newsroom: Newsroom, host: str) -> None:
        self._app = app
        self._is_local = newsroom.config.desk.url is None and is_loopback(host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is None:
            scope.setdefault("state", {})["person"] = Person(None, Role.CHIEF)
            await self._app(scope, receive, send)
        else:
            await problem_page(Request(scope), refusal, status=403)(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> str | None:
        if not (self._is_local and _is_from_here(scope, headers)):
            return NOBODY
        return None if scope["method"] in SAFE or is_same_origin(headers) else FOREIGN


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Return True for a request that a page of this desk made: browsers say so, and nobody else can make them.

    A request that says nothing of where it comes from is none.
    """
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
        return False
    return site == "same-origin" or (site is None and origin is not None)


def _is_from_here(scope: Scope, headers: Headers) -> bool:
    """Return True for a browser on this machine: proxies call by another name, say that they forward, or speak 1.0."""
    client = scope.get("client")
    named = urlsplit(f"//{headers.get('host', '')}").hostname
    return (
        client is not None
        and is_loopback(client[0])
        and named in LOCAL_NAMES
        and scope["http_version"] != "1.0"  # nginx, unless it is told otherwise; no browser
        and not any(name in FORWARDED or name.startswith("x-forwarded") for name in headers)
    )
