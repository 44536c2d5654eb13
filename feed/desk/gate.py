"""Who may enter the desk (feed/README.md#desk-people).

Without people and without an address, only somebody at this machine: a browser that calls it by its own name,
through no proxy. Otherwise only people, with a session; without one, nothing but the pages that open one.
"""

import asyncio
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feed.desk.peers import peer_users
from feed.desk.person import Person, Role
from feed.desk.refusals import RefusalLog, SignedOut, refused
from feed.desk.rendering import path_of, root_path
from feed.newsroom import Newsroom
from feed.people.passkeys import RelyingParty
from feed.people.people import People
from feed.people.people_file import has_people
from feed.people.sessions import Session, Sessions
from feed.serve.hosts import host_name, is_forwarded, is_loopback

COOKIE: Final = "__Host-writethru"
LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE: Final = frozenset({"GET", "HEAD"})
REFUSED: Final = 403
STRANGERS_BYTES_MAX: Final = 64 * 1024
OPEN: Final = re.compile(r"/(?:sign-in|invitation/[^/]+|assets/[^/]+)")
"""The paths for people who are not signed in."""
REPORTERS: Final = re.compile(r"/(?:sign-in|sign-out|confirm|drafts/.*|assets/[^/]+)")
"""The paths for reporters: nothing there is drawn from what is not public."""
NOBODY: Final = (
    "This desk has no people yet, so only a browser on the machine itself, of the user who runs the server, can use "
    "it, without a proxy. To let people "
    "in, set [desk] url in writethru.toml, start the server again, and run: writethru desk invite NAME --role chief"
)
NO_ADDRESS: Final = (
    "This desk has people, but no address. Set [desk] url in writethru.toml, and start the server again."
)
ELSEWHERE: Final = "This desk is at {}. Open it there."
FOREIGN: Final = (
    "This form was sent from another site, so nothing was recorded. Open the desk itself and send it from there."
)
SIGNED_OUT: Final = (
    "You are not signed in, or your session has ended, so nothing was recorded. Sign in in another tab, and send it "
    "again from here."
)
NOT_FOR_REPORTERS: Final = "You are a reporter, and this is for editors. What you can do is write drafts."


class Gate:
    """Lets requests in, each with its person. `host` is the address on which the server listens."""

    def __init__(self, app: ASGIApp, newsroom: Newsroom, host: str) -> None:
        self._app, self._newsroom = app, newsroom
        self._url = newsroom.config.desk.url
        self._party = None if self._url is None else RelyingParty(self._url, newsroom.config.site.title)
        self._is_loopback = is_loopback(host)
        self._log = RefusalLog(newsroom)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        state = scope.setdefault("state", {})
        state |= {"person": None, "session": None, "party": self._party}
        status = 0

        async def send_noticed(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        answer = await self._answer(scope, Headers(scope=scope))
        if state["person"] is None:
            receive = _limited(receive)
        with suppress(ClientDisconnect):  # a browser that has gone away gets no answer: no fault
            await (answer or self._app)(scope, receive, send_noticed)
        if status == REFUSED:
            await self._log.add(scope, state.get("refusal", "Not signed in"))

    async def _answer(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        """Return the answer to a request that may not enter; None lets it in."""
        request = Request(scope)
        if self._party is None:
            return await self._local_answer(request, headers)
        if _host(headers) != self._party.id:
            return refused(request, ELSEWHERE.format(self._url))
        if scope["method"] not in SAFE and not is_same_origin(headers, self._party.origin):
            return refused(request, FOREIGN)
        token = request.cookies.get(COOKIE, "")
        session = await asyncio.to_thread(self._session, token) if token else None
        if session is not None:
            scope["state"] |= {"session": session, "person": session.person}
        return self._signed_in_answer(request, session)

    async def _local_answer(self, request: Request, headers: Headers) -> Response | None:
        if await asyncio.to_thread(has_people, self._newsroom.folder):
            return refused(request, NO_ADDRESS)
        if not (self._is_loopback and _is_from_here(request, headers) and await asyncio.to_thread(_is_ours, request)):
            return refused(request, NOBODY)
        if request.method not in SAFE and not is_same_origin(headers, f"http://{headers['host']}"):
            return refused(request, FOREIGN)
        request.state.person = Person(None, Role.CHIEF)
        return None

    def _signed_in_answer(self, request: Request, session: Session | None) -> ASGIApp | None:
        path = path_of(request)
        if OPEN.fullmatch(path):
            return None
        if session is None:
            if request.method not in SAFE:
                return SignedOut(SIGNED_OUT)
            request.scope.update(asked_path=request.scope["path"], path=f"{root_path(request)}/sign-in")
            return None
        if session.person.role > Role.REPORTER or REPORTERS.fullmatch(path):
            return None
        if path == "/" and request.method in SAFE:
            return RedirectResponse("drafts/", 303)
        return refused(request, NOT_FOR_REPORTERS)

    def _session(self, token: str) -> Session | None:
        with People(self._newsroom.folder) as people:
            return Sessions(people).find(token, self._newsroom.clock())


def _limited(receive: Receive) -> Receive:
    """Return what receives no more of a body than a stranger has to send."""
    size = 0

    async def receive_some() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > STRANGERS_BYTES_MAX:
            raise HTTPException(413, "This is too large")
        return message

    return receive_some


def is_same_origin(headers: Mapping[str, str], origin: str) -> bool:
    """Return True for a request that a page of this `origin` made: browsers say so, and nobody else can make them.

    A request that says nothing of where it comes from is none.
    """
    site, sender = headers.get("sec-fetch-site"), headers.get("origin")
    if sender is not None and sender.lower() != origin.lower():
        return False
    return site == "same-origin" or (site is None and sender is not None)


def _is_from_here(request: Request, headers: Headers) -> bool:
    """Return True for a browser on this machine: proxies call by another name, say that they forward, or speak 1.0.

    One that does none of these cannot be told from a browser, unless another user runs it (`_is_ours`).
    """
    client = request.client
    return (
        client is not None
        and is_loopback(client.host)
        and _host(headers) in LOCAL_NAMES
        and request.scope["http_version"] != "1.0"  # nginx before 1.29.7, unless told otherwise; no browser
        and not is_forwarded(headers)
    )


def _is_ours(request: Request) -> bool:
    """Return False if another user than the server's runs what called: web servers have users of their own."""
    client, server = request.client, request.scope["server"]
    return client is None or peer_users((client.host, client.port), server) <= {os.getuid()}


def _host(headers: Headers) -> str | None:
    return host_name(headers.get("host", "").encode("latin-1"))
