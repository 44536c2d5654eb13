"""The board: all stories, the one that changed last first, and what waits for somebody."""

from operator import itemgetter
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events.ledger import Ledger
from feed.desk.person import Role, require
from feed.desk.rendering import page


async def show(request: Request) -> Response:
    """Return the board."""
    require(request, Role.REPORTER)

    def read(ledger: Ledger) -> list[dict[str, Any]]:
        return [{"story": overview.story, **orjson.loads(overview.line)} for overview in ledger.overviews()]

    lines = await request.app.state.ledger.run(read)
    lines.sort(key=itemgetter("updated_us"), reverse=True)
    return page(request, "board.html.jinja", lines=lines)


ROUTES: Final = (Route("/", show),)
