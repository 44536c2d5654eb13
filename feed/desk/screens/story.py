"""A story: what is known of it, and its developments, newest first."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events.fold.state import Story
from events.ledger import Ledger
from feed.desk.person import Role, require
from feed.desk.rendering import page


async def show(request: Request) -> Response:
    """Return a story's page."""
    require(request, Role.REPORTER)
    slug = request.path_params["story"]

    def read(ledger: Ledger) -> Story:
        return ledger.story(slug)

    return page(request, "story.html.jinja", story=await request.app.state.ledger.run(read))


ROUTES: Final = (Route("/stories/{story}/", show),)
