"""Close a story to new reports, and reopen it: first what that changes, then why."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events import commands
from events.errors import InvalidError, RefusedError
from events.fold.state import Story
from events.ledger import Ledger
from events.model.events import AnyEvent
from events.recorder import Appended
from feed.desk.forms import Form, sent_fields, sent_form
from feed.desk.person import Role, require
from feed.desk.recording import Subject, record_form
from feed.desk.rendering import page, redirect
from feed.desk.story_view import promise_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryAct:
    """What can be done to a story as a whole, in words."""

    title: str
    effect: str
    command: Callable[..., AnyEvent]


ACTS: Final = {
    "close": StoryAct(
        title="Close the story",
        effect="It takes no more reports. Corrections, holds and retractions stay possible, and it can be reopened.",
        command=commands.close_story,
    ),
    "reopen": StoryAct(
        title="Reopen the story",
        effect="It takes reports again.",
        command=commands.reopen_story,
    ),
}


async def show(request: Request) -> Response:
    """Return what it changes, and the form."""
    require(request, Role.EDITOR)
    return await _page(request, Form(values={"reason": ""}))


async def act(request: Request) -> Response:
    """Record it, or return the form with why it was not."""
    person = require(request, Role.EDITOR)
    form = sent_form({"reason": ""} | await sent_fields(request))

    def record(ledger: Ledger) -> Appended | Form:
        return record_form(ledger, person, form, Subject(), lambda: _event(request, form))

    outcome = await request.app.state.ledger.run(record)
    if isinstance(outcome, Form):
        return await _page(request, outcome)
    return redirect(request, f"stories/{request.path_params['story']}/")


ROUTES: Final = tuple(
    Route(f"/stories/{{story}}/{name}", endpoint, methods=[method])
    for name in ACTS
    for endpoint, method in ((show, "GET"), (act, "POST"))
)


def _name(request: Request) -> str:
    return str(request.scope["path"].rpartition("/")[2])


def _event(request: Request, form: Form) -> AnyEvent:
    """Return the event that a form records; InvalidError."""
    command = ACTS[_name(request)].command
    return command(request.path_params["story"], reason=form.values["reason"] or None, id=form.event_id)


async def _page(request: Request, form: Form) -> Response:
    def read(ledger: Ledger) -> tuple[Story, Form]:
        story = ledger.story(request.path_params["story"])
        try:
            if not form.problems:
                ledger.preview(_event(request, form))
        except (InvalidError, RefusedError) as error:
            return story, replace(form, problems=error.problems)
        return story, form

    story, tried = await request.app.state.ledger.run(read)
    view: dict[str, Any] = {"story": story, "form": tried, "act": ACTS[_name(request)]}
    awaited = promise_rows(story) if story.status == "open" else []
    return page(request, "close.html.jinja", status=tried.status, awaited=awaited, **view)
