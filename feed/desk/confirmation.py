"""Asks for the passkey again: the person at an open browser may not be the one who signed in."""

import asyncio

from starlette.requests import Request

from feed.desk.rendering import path_of
from feed.newsroom import Newsroom
from feed.people.ceremonies import is_confirmed
from feed.people.people import People
from feed.people.sessions import Session, Sessions


class NotConfirmedError(Exception):
    """Somebody asked for what needs their passkey. `following` is where to go on, within the desk."""

    def __init__(self, following: str) -> None:
        super().__init__(following)
        self.following = following


def require_confirmation(request: Request, following: str | None = None) -> None:
    """Raise NotConfirmedError unless the person signed in has confirmed it with a passkey within five minutes.

    A desk without people has no passkeys, and its editor has a shell on the machine. `following` is where to go on, if
    that is not what was asked for.
    """
    session: Session | None = request.state.session
    newsroom: Newsroom = request.app.state.newsroom
    if session is not None and not is_confirmed(session, newsroom.clock()):
        raise NotConfirmedError(_following(request) if following is None else following)


async def use_confirmation(request: Request) -> None:
    """Use up the confirmation: what cannot be undone is confirmed each time. NotConfirmedError if it was used up.

    Of two requests at once, one does.
    """
    session: Session | None = request.state.session
    newsroom: Newsroom = request.app.state.newsroom

    def use(session: Session) -> bool:
        with People(newsroom.folder) as people:
            return Sessions(people).use_confirmation(session)

    if session is not None and not await asyncio.to_thread(use, session):
        raise NotConfirmedError(_following(request))


def _following(request: Request) -> str:
    return path_of(request)[1:]
