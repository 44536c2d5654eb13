"""The board: what is late and what waits for somebody, and all stories, the one that changed last first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events.errors import WritethruError
from events.ledger import Ledger
from events.model.edtf import EPOCH, MICROSECOND, microseconds
from events.store.base import Overview
from feed.desk.person import Role, require
from feed.desk.rendering import page
from feed.intake.inbox_file import waiting_drafts
from feed.newsroom import Newsroom
from feed.serve.status import newsroom_problem

SOON: Final = timedelta(days=1)
HELD_STORIES_MAX: Final = 20
"""In how many stories, the newest, the board looks for what is held: that takes their folds."""
STORIES_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A story in the list: `embargoes` are the ends of what only the desk may see in it."""

    slug: str
    headline: str
    is_closed: bool
    developments: int
    updated_us: int
    overdue: int
    embargoes: tuple[datetime, ...]

    @property
    def updated_at(self) -> datetime:
        """When it changed last."""
        return EPOCH + self.updated_us * MICROSECOND


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that is overdue, or due within a day."""

    slug: str
    id: str
    what: str
    due: str
    ends_us: int
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A development that is held."""

    slug: str
    id: str
    headline: str
    reason: str


@dataclass(frozen=True, slots=True)
class Board:
    """What the board shows."""

    lines: list[Line]
    promises: list[Promise]
    held: list[Held]


async def show(request: Request) -> Response:
    """Return the board."""
    require(request, Role.EDITOR)
    newsroom = request.app.state.newsroom
    now = newsroom.clock()
    board = await request.app.state.ledger.run(partial(_board, now=now))
    problem, drafts = await run_in_threadpool(partial(_around, newsroom))
    embargoes = sorted((at, line.slug, line.headline) for line in board.lines for at in line.embargoes)
    most = None if "all" in request.query_params else STORIES_MAX
    return page(
        request,
        "board.html.jinja",
        lines=board.lines[:most],
        count=len(board.lines),
        promises=board.promises,
        held=board.held,
        embargoes=embargoes,
        drafts=drafts,
        problem=problem,
    )


ROUTES: Final = (Route("/", show),)


def _board(ledger: Ledger, *, now: datetime) -> Board:
    overviews = ledger.overviews()
    lines = sorted((_line(overview, now) for overview in overviews), key=lambda line: line.updated_us, reverse=True)
    promises = sorted(
        (promise for overview in overviews for promise in _promises(overview, now)), key=lambda item: item.ends_us
    )
    held = [item for line in lines[:HELD_STORIES_MAX] for item in _held(ledger, line.slug)]
    return Board(lines, promises, held)


def _line(overview: Overview, now: datetime) -> Line:
    line: dict[str, Any] = orjson.loads(overview.line)
    now_us = microseconds(now)
    ends = sorted({at for at in (*line["embargoed_us"], line["embargo_us"]) if at is not None and at > now_us})
    return Line(
        slug=overview.story,
        headline=line["headline"],
        is_closed=line["closed"],
        developments=line["developments"],
        updated_us=line["updated_us"],
        overdue=sum(at <= now_us for at in line["overdue_us"]),
        embargoes=tuple(EPOCH + at * MICROSECOND for at in ends),
    )


def _promises(overview: Overview, now: datetime) -> Iterator[Promise]:
    now_us, soon_us = microseconds(now), microseconds(now + SOON)
    for item in () if overview.awaited == "[]" else orjson.loads(overview.awaited):
        ends, overdue = item["ends_us"], item["overdue_us"]
        is_overdue = overdue is not None and overdue <= now_us
        if is_overdue or (ends is not None and overdue is not None and ends <= soon_us):
            yield Promise(overview.story, item["json"]["id"], item["json"]["what"], item["due"], ends or 0, is_overdue)


def _held(ledger: Ledger, slug: str) -> Iterator[Held]:
    with ledger.store.reading() as reading:
        records = ledger.folds.of(reading, slug).records
    for record in records.values():
        if record.held and not record.retracted:
            headline = record.id if record.report is None else record.report.headline
            yield Held(slug, record.id, headline, record.held_reason or "")


def _around(newsroom: Newsroom) -> tuple[str, int]:
    """Return what is wrong with what is served ("" if nothing is), and how many drafts wait in the inbox."""
    try:
        drafts = waiting_drafts(newsroom.folder)
    except WritethruError:
        drafts = 0
    return newsroom_problem(newsroom), drafts
