"""The desk as an application: its routes, and what every answer carries."""

from functools import partial
from typing import Final
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from events.errors import StoreError, UnknownStoryError, WritethruError
from feed.desk.confirmation import NotConfirmedError
from feed.desk.gate import Gate
from feed.desk.ledgers import LedgerThread
from feed.desk.person import NotAllowedError
from feed.desk.refusals import refused
from feed.desk.remedies import at_desk
from feed.desk.rendering import asset, colours, icon, page, problem_page, root_of
from feed.desk.screens import SCREENS
from feed.newsroom import Newsroom

ANSWER_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""No script or style but ours runs, no other site frames a page, and no cache keeps one."""
CLOSED: Final = "The desk cannot be entered now. Try again, or tell the person who runs the server."
"""What strangers are told of a fault: its message may name files."""
ASSET_TYPES: Final = {
    "desk.css": "text/css",
    "desk.js": "text/javascript",
    "passkey.js": "text/javascript",
    "colours.css": "text/css",
    "icon.svg": "image/svg+xml",
}


def desk_app(newsroom: Newsroom, host: str) -> ASGIApp:
    """Return the desk of a newsroom. `host` is the address on which the server listens."""
    routes = [route for screen in SCREENS for route in screen.ROUTES]
    application = Starlette(
        routes=[*routes, Route("/assets/{name}", _send_asset)],
        middleware=[Middleware(Gate, newsroom=newsroom, host=host)],
        exception_handlers={
            HTTPException: _http_problem,
            NotAllowedError: _not_allowed,
            NotConfirmedError: _not_confirmed,
            WritethruError: _problem,
            Exception: _fault,
        },
    )
    application.router.redirect_slashes = False  # its addresses are absolute: a proxy may have another name
    application.state.newsroom = newsroom
    application.state.ledger = LedgerThread(newsroom)
    return AnswerHeaders(application)


class AnswerHeaders:
    """Adds ANSWER_HEADERS to every answer, refusals too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_with_headers(answer: Message) -> None:
            if answer["type"] == "http.response.start":
                headers = MutableHeaders(scope=answer)
                for name, value in ANSWER_HEADERS.items():
                    headers[name] = value
            await send(answer)

        await self._app(scope, receive, send_with_headers)


async def _send_asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in ASSET_TYPES:
        raise HTTPException(404)
    text = {"colours.css": colours, "icon.svg": icon}.get(name, partial(asset, name))()
    return PlainTextResponse(text, media_type=ASSET_TYPES[name])


async def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what Starlette calls it with
    message = "There is no such page at the desk." if error.status_code == 404 else f"{error.detail}."
    return problem_page(request, message, status=error.status_code)


async def _not_allowed(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotAllowedError)  # noqa: S101 - as above
    return refused(request, error.message)


async def _not_confirmed(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotConfirmedError)  # noqa: S101 - as above
    address = f"{root_of(request)}confirm?next={quote(error.following)}"
    if request.method == "GET":
        return RedirectResponse(address, 303)
    request.state.refusal = "Not confirmed by a passkey"
    return page(request, "confirm.html.jinja", status=403, address=address)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, WritethruError)  # noqa: S101 - as above
    status = 404 if isinstance(error, UnknownStoryError) else 503 if isinstance(error, StoreError) else 422
    message = "\n".join(str(at_desk(problem)) for problem in error.problems)
    return problem_page(request, message if request.state.person else CLOSED, status=status)


async def _fault(request: Request, _: Exception) -> Response:
    message = "The program failed. The log of the server has the details; tell the person who runs it."
    return problem_page(request, message, status=500)
