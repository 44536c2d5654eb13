"""How people enter: the link that registers a passkey, signing in and out, and using the passkey once more.

Each is one form, which `passkey.js` fills with the browser's answer and sends.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from events.errors import RefusedError
from feed.desk.forms import sent_fields
from feed.desk.gate import COOKIE, REFUSED
from feed.desk.refusals import refused
from feed.desk.remedies import problem_words
from feed.desk.rendering import page, path_of, root_of
from feed.newsroom import Newsroom
from feed.people.ceremonies import Ceremonies, Question
from feed.people.people import People
from feed.people.person import ABILITIES
from feed.people.sessions import SESSION_TIME, Session, Sessions

_NEXT: Final = re.compile(r"(?:[\w~-][\w.~-]*/)*(?:[\w~-][\w.~-]*)?(?:\?[\w.~=&+-]*)?", re.ASCII)
"""An address within the desk: no scheme, no host, no way up, nothing encoded."""
_Result = TypeVar("_Result")


async def show_invitation(request: Request) -> Response:
    """Return the page on which a link registers a passkey."""
    return await _ask(request, lambda ceremonies: ceremonies.ask_to_register(_link(request)), "invitation")


async def register(request: Request) -> Response:
    """Register a passkey, and let its owner in."""
    fields = await sent_fields(request)
    return await _enter(request, lambda ceremonies: ceremonies.register(_link(request), _answer(fields)), "../")


async def show_sign_in(request: Request) -> Response:
    """Return the page on which people sign in."""
    return await _ask(request, Ceremonies.ask_to_sign_in, "sign-in")


async def sign_in(request: Request) -> Response:
    """Let somebody in who has a passkey. Another session of theirs in this browser ends."""
    fields, before = await sent_fields(request), request.cookies.get(COOKIE, "")
    return await _enter(
        request,
        lambda ceremonies: ceremonies.sign_in(_answer(fields), instead_of=before),
        _following(request, fields),
    )


async def show_confirm(request: Request) -> Response:
    """Return the page on which somebody uses their passkey once more."""
    return await _ask(request, lambda ceremonies: ceremonies.ask_to_confirm(_session(request)), "confirm")


async def confirm(request: Request) -> Response:
    """Note that somebody has used their passkey, and return to what needs it."""
    fields = await sent_fields(request)
    try:
        await _with(request, lambda ceremonies: ceremonies.confirm(_session(request), _answer(fields)))
    except RefusedError as error:
        return refused(request, _words(error))
    return RedirectResponse(_following(request, fields), 303)


async def sign_out(request: Request) -> Response:
    """End the session."""
    token, newsroom = request.cookies.get(COOKIE, ""), _newsroom(request)

    def close() -> None:
        with People(newsroom.folder) as people:
            Sessions(people).close(token)

    await asyncio.to_thread(close)
    response = RedirectResponse(f"{root_of(request)}sign-in", 303)
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return response


ROUTES: Final = (
    Route("/invitation/{link}", show_invitation),
    Route("/invitation/{link}", register, methods=["POST"]),
    Route("/sign-in", show_sign_in),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/confirm", show_confirm),
    Route("/confirm", confirm, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
)


async def _ask(request: Request, ask: Callable[[Ceremonies], Question], kind: str) -> Response:
    """Return the page with a question for the browser; the refusal of it."""
    try:
        question = await _with(request, ask)
    except RefusedError as error:
        return refused(request, _words(error))
    is_asked_for = path_of(request) == f"/{kind}"
    following = request.query_params.get("next", "") if is_asked_for else path_of(request)[1:]
    return page(
        request,
        "passkey.html.jinja",
        status=200 if is_asked_for or kind == "invitation" else REFUSED,
        kind=kind,
        question=question,
        ability=ABILITIES[question.person.role] if question.person else "",
        following=following,
    )


async def _enter(request: Request, open_: Callable[[Ceremonies], str], following: str) -> Response:
    """Open a session, and lead to what was asked for."""
    try:
        token = await _with(request, open_)
    except RefusedError as error:
        return refused(request, _words(error))
    response = RedirectResponse(following, 303)
    age = int(SESSION_TIME.total_seconds())
    response.set_cookie(COOKIE, token, max_age=age, path="/", secure=True, httponly=True, samesite="lax")
    return response


async def _with(request: Request, do: Callable[[Ceremonies], _Result]) -> _Result:
    """Return what `do` returns of the ceremonies of this desk, in a thread."""
    newsroom, party = _newsroom(request), request.state.party
    if party is None:
        raise HTTPException(404)

    def run() -> _Result:
        with People(newsroom.folder) as people:
            return do(Ceremonies(people, party, newsroom.clock()))

    return await asyncio.to_thread(run)


def _following(request: Request, fields: Mapping[str, str]) -> str:
    """Return the address to go on with: where somebody wanted to go, if that is within the desk."""
    text = fields.get("next", "")
    return f"{root_of(request)}{text if _NEXT.fullmatch(text) else ''}"


def _answer(fields: Mapping[str, str]) -> str:
    return fields.get("answer", "")


def _newsroom(request: Request) -> Newsroom:
    newsroom: Newsroom = request.app.state.newsroom
    return newsroom


def _session(request: Request) -> Session:
    session: Session | None = request.state.session
    if session is None:
        raise HTTPException(404)
    return session


def _link(request: Request) -> str:
    return str(request.path_params["link"])


def _words(error: RefusedError) -> str:
    [problem] = error.problems
    return problem_words(problem)
