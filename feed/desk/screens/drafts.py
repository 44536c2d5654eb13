"""What reporters write: drafts, which wait in the inbox for an editor. Nothing here is drawn from the ledger."""

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from events.errors import InvalidError, Problem, as_slug
from events.model.text import HEADLINE_CHARS_MAX
from feed.desk.forms import sent_fields
from feed.desk.person import Role, require
from feed.desk.rendering import page
from feed.intake.drafts import DESK_ADDRESS, TextDraft
from feed.intake.inbox import Inbox
from feed.newsroom import Newsroom
from feed.reading.model import TEXT_CHARS_MAX, Text


async def show(request: Request) -> Response:
    """Return the form, and one's own drafts."""
    name = _name(request)
    newsroom: Newsroom = request.app.state.newsroom

    def read() -> list[TextDraft]:
        with Inbox(newsroom.folder) as box:
            return box.texts(DESK_ADDRESS, name)

    drafts = await asyncio.to_thread(read)
    return page(request, "drafts.html.jinja", drafts=drafts[::-1], stories=_stories(newsroom))


async def add(request: Request) -> Response:
    """Add a draft to the inbox. Sent twice, it is there once."""
    name, fields = _name(request), await sent_fields(request)
    newsroom: Newsroom = request.app.state.newsroom
    headline, text, story = (fields.get(field, "") for field in ("headline", "text", "story"))
    if not headline or len(headline) > HEADLINE_CHARS_MAX or len(text) > TEXT_CHARS_MAX:
        message = "a draft needs a headline, and what it says may not be endless."
        remedy = f"Write at most {HEADLINE_CHARS_MAX} characters in the headline, and {TEXT_CHARS_MAX:,} below it."
        raise InvalidError(Problem(where="", check="draft", message=message, remedy=remedy))
    draft = Text(kind="draft", address=DESK_ADDRESS, name=name, title=headline, text=text, note=f"Written by {name}.")

    def write() -> None:
        with Inbox(newsroom.folder) as box:
            box.add(draft, story=as_slug(story), at=newsroom.clock())

    await asyncio.to_thread(write)
    return RedirectResponse("./", 303)


ROUTES: Final = (
    Route("/drafts/", show),
    Route("/drafts/", add, methods=["POST"]),
)


def _name(request: Request) -> str:
    return require(request, Role.REPORTER).name or "the desk"


def _stories(newsroom: Newsroom) -> list[str]:
    """Return the stories that are public: those that are published."""
    folder = newsroom.root / "stories"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
