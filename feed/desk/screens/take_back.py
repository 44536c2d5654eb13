"""Hold, retract or redact a development: first what readers will see otherwise, then why."""

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events import commands
from events.errors import InvalidError, RefusedError
from events.fold.state import Story
from events.fold.state_parts import Development
from events.ledger import Ledger
from events.model.events import AnyEvent
from events.recorder import Appended
from feed.desk.confirmation import require_confirmation, use_confirmation
from feed.desk.difference import Trial, difference, trial
from feed.desk.forms import Form, sent_fields, sent_form
from feed.desk.person import Role, require
from feed.desk.recording import is_recorded, of_development, record_form
from feed.desk.rendering import page, redirect

FIELDS: Final = ("reason", "substitute", "authority")
NOT_YET: Final = "…"
"""Why, while nobody has said so yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One way to take a development back, in words. `role` may do it.

    `asks_again`, and for the passkey, if it cannot be undone.
    """

    name: str
    title: str
    role: Role
    effect: str
    reason: str
    button: str
    fields: tuple[str, ...] = ("reason",)
    asks_again: bool = False


ACTS: Final = {
    act.name: act
    for act in (
        Act(
            name="hold",
            title="Hold",
            role=Role.EDITOR,
            effect="Its text leaves the output at once, until you release it.",
            reason="Why, for the desk. It is not published.",
            button="Hold it now",
        ),
        Act(
            name="retract",
            title="Retract",
            role=Role.CHIEF,
            effect="Its text leaves the output at once and for good. That it was retracted, and why, is published.",
            reason="Why, for readers",
            button="Retract it now",
            fields=("reason", "substitute"),
        ),
        Act(
            name="redact",
            title="Redact",
            role=Role.CHIEF,
            effect="Its text is erased from the ledger and from the output for good. Nobody can bring it back.",
            reason="Why, for readers",
            button="Erase it …",
            fields=("reason", "authority"),
            asks_again=True,
        ),
    )
}


RETRACTED: Final = replace(
    ACTS["retract"],
    title="What replaces",
    effect="It was retracted. Say which report replaces it: readers of the old one are led there.",
    button="Name it",
)
"""What is left to do to a development that was retracted."""


async def show(request: Request) -> Response:
    """Return what readers will see otherwise, and the form."""
    act = ACTS[request.scope["path"].rpartition("/")[2]]
    require(request, act.role)
    if act.asks_again:
        require_confirmation(request)
    return await _page(request, act, None)


async def take_back(request: Request) -> Response:
    """Record it, or return the form with why it was not; ask again first where it cannot be undone."""
    act = ACTS[request.scope["path"].rpartition("/")[2]]
    person = require(request, act.role)
    fields = await sent_fields(request)
    form = sent_form(dict.fromkeys(FIELDS, "") | fields)
    slug, name = request.path_params["story"], request.path_params["development"]
    if act.asks_again and not await request.app.state.ledger.run(partial(is_recorded, event_id=form.event_id)):
        require_confirmation(request)
        if "sure" not in fields:
            return await _page(request, act, form, asks=True)
        await use_confirmation(request)  # first: of two redactions at once, one has it

    def record(ledger: Ledger) -> Appended | Form:
        return record_form(ledger, person, form, of_development(name), lambda: _event(act, slug, name, form))

    outcome = await request.app.state.ledger.run(record)
    if isinstance(outcome, Form):
        return await _page(request, act, outcome)
    return redirect(request, f"stories/{slug}/#{name}")


ROUTES: Final = tuple(
    Route(f"/stories/{{story}}/{{development}}/{name}", endpoint, methods=[method])
    for name in ACTS
    for endpoint, method in ((show, "GET"), (take_back, "POST"))
)


async def _page(request: Request, act: Act, form: Form | None, *, asks: bool = False) -> Response:
    """Return the page of an act: with a form as it was sent, or a new one."""
    slug, name = request.path_params["story"], request.path_params["development"]
    config = request.app.state.newsroom.config

    def read(ledger: Ledger) -> tuple[Story, Form, Trial | None]:
        story = ledger.story(slug)
        development = story.development(name)
        if development is None:
            raise HTTPException(404) if form is None else RefusedError(*form.problems)
        filled = form or Form(values=dict.fromkeys(FIELDS, ""), seen=story.version)
        if form is None and _is_retracted(act, development):
            return story, replace(filled, values={**filled.values, "reason": development.reason or ""}), None
        reason = filled.values["reason"] or ("" if asks else NOT_YET)
        values = {**filled.values, "reason": reason}
        try:
            return story, filled, trial(ledger, _event(act, slug, name, replace(filled, values=values)))
        except (InvalidError, RefusedError) as error:
            return story, replace(filled, problems=filled.problems or error.problems), None

    story, filled, tried = await request.app.state.ledger.run(read)
    effect = None if tried is None else await asyncio.to_thread(difference, config, tried)
    development = story.development(name)
    return page(
        request,
        "take_back.html.jinja",
        status=filled.status,
        act=RETRACTED if _is_retracted(act, development) else act,
        story=story,
        development=development,
        others=[item for item in story.developments if item.id != name and item.report is not None],
        form=filled,
        effect=effect,
        pictures=_pictures(development),
        asks=asks and effect is not None,
    )


def _pictures(development: Development | None) -> dict[str, str]:
    """Return what the pictures of a report show, by address."""
    report = None if development is None else development.report
    media = () if report is None else report.media
    return {
        item.url: f"“{item.alt}”" if item.url.startswith("media:") else f"{item.url} (“{item.alt}”)" for item in media
    }


def _is_retracted(act: Act, development: Development | None) -> bool:
    return act.name == "retract" and development is not None and development.status == "canceled"


def _event(act: Act, slug: str, name: str, form: Form) -> AnyEvent:
    """Return the event that a form records; InvalidError."""
    reason, id_ = form.values["reason"], form.event_id
    match act.name:
        case "hold":
            return commands.hold(slug, name, reason=reason or None, id=id_)
        case "retract":
            return commands.retract(slug, name, reason, substitute=form.values["substitute"] or None, id=id_)
        case _:
            return commands.redact(slug, reason, development=name, authority=form.values["authority"] or None, id=id_)
