"""Open a new story: its permanent name, and a headline."""

import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events import commands
from events.errors import as_slug
from events.ledger import Ledger
from events.model.codec import decode
from events.model.edtf import format_instant
from events.model.events import EventUndone, StoryOpened
from events.model.typed_times import TypedTimes
from feed.desk.forms import Form, sent_fields, sent_form, typed_times
from feed.desk.parts import plain_headline
from feed.desk.person import Role, require
from feed.desk.recording import Subject, record_form
from feed.desk.rendering import page, redirect

_APOSTROPHES: Final = re.compile("['’]")
FIELDS: Final = ("headline", "story", "summary", "subjects", "language", "embargoed_until")


async def show(request: Request) -> Response:
    """Return the form."""
    require(request, Role.EDITOR)
    undone = request.query_params.get("undone", "")

    def read(ledger: Ledger) -> dict[str, str]:
        return _undone_values(ledger, undone) if undone else {}

    values = await request.app.state.ledger.run(read)
    return _page(request, Form(values=dict.fromkeys(FIELDS, "") | values), is_undone=bool(values))


async def open_story(request: Request) -> Response:
    """Open the story, or return the form with why that was refused."""
    person = require(request, Role.EDITOR)
    form = sent_form(dict.fromkeys(FIELDS, "") | await sent_fields(request))
    slug = form.values["story"] or _slug_of(form.values["headline"])
    times = typed_times(request)

    def record(ledger: Ledger) -> object:
        return record_form(ledger, person, form, Subject(), lambda: _opening(slug, form.event_id, form.values, times))

    outcome = await request.app.state.ledger.run(record)
    if isinstance(outcome, Form):
        return _page(request, outcome)
    return redirect(request, f"stories/{slug}/")


ROUTES: Final = (
    Route("/open", show, methods=["GET"]),
    Route("/open", open_story, methods=["POST"]),
)


def _slug_of(headline: str) -> str:
    """Return the permanent name that is made of a headline: `cubas-release` of `Cuba's release`."""
    return as_slug(_APOSTROPHES.sub("", headline))


def _undone_values(ledger: Ledger, undo_id: str) -> dict[str, str]:
    """Return the fields of the opening that an undo took back; none if it took back something else."""
    with ledger.store.reading() as reading:
        row = reading.row(undo_id)
        undone = None if row is None else decode(row).event
        target = reading.row(undone.event) if isinstance(undone, EventUndone) and undone.event is not None else None
    opening = None if target is None else decode(target).event
    if not isinstance(opening, StoryOpened):
        return {}
    until = opening.embargoed_until
    return {
        "headline": opening.headline,
        "story": "" if opening.story == _slug_of(opening.headline) else opening.story,
        "summary": (opening.summary or "").strip(),
        "subjects": ", ".join(opening.subjects),
        "language": opening.language or "",
        "embargoed_until": "" if until is None else format_instant(until),
    }


def _page(request: Request, form: Form, *, is_undone: bool = False) -> Response:
    further = FIELDS[1:]
    opened = any(form.values[name] or form.errors(name) for name in further)
    return page(
        request, "opening.html.jinja", status=form.status, form=form, fields=FIELDS, opened=opened, is_undone=is_undone
    )


def _opening(slug: str, event_id: str, values: Mapping[str, str], times: TypedTimes) -> StoryOpened:
    fields: dict[str, Any] = {name: values[name] or None for name in ("summary", "language", "embargoed_until")}
    subjects = [subject.strip() for subject in values["subjects"].split(",") if subject.strip()]
    headline = plain_headline(values["headline"])
    return commands.open_story(slug, headline, subjects=subjects, id=event_id, times=times, **fields)
