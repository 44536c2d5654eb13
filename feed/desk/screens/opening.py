"""Open a new story: its permanent name, and a headline."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events import commands
from events.errors import as_slug
from events.ledger import Ledger
from events.model.events import StoryOpened
from events.model.typed_times import TypedTimes
from feed.desk.forms import Form, sent_fields, sent_form
from feed.desk.parts import plain_headline
from feed.desk.person import Role, require
from feed.desk.recording import Subject, record_form
from feed.desk.rendering import page, redirect

FIELDS: Final = ("headline", "story", "summary", "subjects", "language", "embargoed_until")


async def show(request: Request) -> Response:
    """Return the form."""
    require(request, Role.EDITOR)
    return _page(request, Form(values=dict.fromkeys(FIELDS, "")))


async def open_story(request: Request) -> Response:
    """Open the story, or return the form with why that was refused."""
    person = require(request, Role.EDITOR)
    form = sent_form(dict.fromkeys(FIELDS, "") | await sent_fields(request))
    slug = form.values["story"] or as_slug(form.values["headline"])
    newsroom = request.app.state.newsroom
    times = TypedTimes(zone=newsroom.config.recording.zone, now=newsroom.clock())

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


def _page(request: Request, form: Form) -> Response:
    status = 422 if form.problems else 200
    further = FIELDS[1:]
    opened = any(form.values[name] or form.errors(name) for name in further)
    return page(request, "opening.html.jinja", status=status, form=form, fields=FIELDS, opened=opened)


def _opening(slug: str, event_id: str, values: Mapping[str, str], times: TypedTimes) -> StoryOpened:
    fields: dict[str, Any] = {name: values[name] or None for name in ("summary", "language", "embargoed_until")}
    subjects = [subject.strip() for subject in values["subjects"].split(",") if subject.strip()]
    headline = plain_headline(values["headline"])
    return commands.open_story(slug, headline, subjects=subjects, id=event_id, times=times, **fields)
