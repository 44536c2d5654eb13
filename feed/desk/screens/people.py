"""Who may enter: a list for chiefs, who invite, recover, remove and change roles. Changes ask for the passkey."""

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events.errors import InvalidError, Problem, RefusedError
from feed.desk.confirmation import require_confirmation
from feed.desk.forms import sent_fields
from feed.desk.person import Role, require
from feed.desk.rendering import page
from feed.newsroom import Newsroom
from feed.people.people import Invitation, Member, People
from feed.people.people_file import has_people
from feed.people.person import ABILITIES, ROLES


async def show(request: Request) -> Response:
    """Return the list of people."""
    require(request, Role.CHIEF)
    return await _list(request)


async def change(request: Request) -> Response:
    """Invite, recover or remove somebody, or change their role."""
    require(request, Role.CHIEF)
    require_confirmation(request, "people/")
    fields = await sent_fields(request)
    action, name, role = request.path_params["action"], fields.get("name", ""), fields.get("role", "")
    done = await _with_people(request, lambda people: _change(request, people, action, name, role))
    return await _list(request, done)


ROUTES: Final = (
    Route("/people/", show),
    Route("/people/{action}", change, methods=["POST"]),
)


def _change(request: Request, people: People, action: str, name: str, role: str) -> Invitation | str:
    """Return a new link, or what was done."""
    now = _newsroom(request).clock()
    if action in {"invite", "role"} and role not in ROLES:
        raise _refused(name, f"there is no role {role!r}.", f"Choose one of {', '.join(ROLES)}.")
    if action in {"recover", "role", "remove"} and people.person(name) == request.state.person:
        raise _refused(name, "this is you, and you might lock yourself out.", "Ask another chief to do it.")
    match action:
        case "invite":
            return people.invite(name, ROLES[role], now)
        case "recover":
            return people.recover(name, now)
        case "role":
            person = people.change_role(name, ROLES[role])
            return f"{person.name} is {role} now."
        case "remove":
            return f"{people.remove(name).name} was removed, and is signed out everywhere."
        case _:
            raise _refused("people", f"there is no action {action!r}.", "Use the forms of this page.")


async def _list(request: Request, done: Invitation | str = "") -> Response:
    """Return the list, and what was done."""
    newsroom, url = _newsroom(request), _newsroom(request).config.desk.url
    now = newsroom.clock()

    def members() -> list[Member]:
        if not has_people(newsroom.folder):
            return []
        with People(newsroom.folder) as people:
            return people.members(now)

    return page(
        request,
        "people.html.jinja",
        members=await asyncio.to_thread(members),
        now=now,
        url=url,
        link=done.url(url) if isinstance(done, Invitation) and url else "",
        done=done,
        abilities=ABILITIES,
    )


async def _with_people(request: Request, do: Callable[[People], Invitation | str]) -> Invitation | str:
    newsroom = _newsroom(request)
    if newsroom.config.desk.url is None:
        message = "the desk has no address yet, and a passkey belongs to one."
        raise InvalidError(Problem(where="", check="desk", message=message, remedy="Set [desk] url in writethru.toml."))

    def run() -> Invitation | str:
        with People(newsroom.folder) as people:
            return do(people)

    return await asyncio.to_thread(run)


def _newsroom(request: Request) -> Newsroom:
    newsroom: Newsroom = request.app.state.newsroom
    return newsroom


def _refused(where: str, message: str, remedy: str) -> RefusedError:
    return RefusedError(Problem(where=where, check="desk", message=message, remedy=remedy))
