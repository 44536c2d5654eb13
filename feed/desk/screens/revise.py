"""Change what a story says of itself: its headline, summary, topics, language, and who speaks for whom."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events import commands
from events.errors import InvalidError
from events.ledger import Ledger
from events.model.events import AnyEvent
from events.model.typed_times import TypedTimes
from feed.desk.compose import lines_of
from feed.desk.forms import Form, refuse, sent_fields, sent_form, typed_times
from feed.desk.header import FIELDS, header_texts
from feed.desk.parts import of_field, plain_headline
from feed.desk.person import Person, Role, require
from feed.desk.recording import Subject, record_form
from feed.desk.rendering import page, redirect
from feed.short_forms import parse_origin

REPLACED: Final = ("headline", "summary", "language")
"""The fields that can be replaced, but not removed."""


async def show(request: Request) -> Response:
    """Return the form."""
    require(request, Role.EDITOR)
    slug = request.path_params["story"]

    def read(ledger: Ledger) -> Form:
        values = {**header_texts(ledger, slug), "embargoed_until": ""}
        return Form(values=values, seen=ledger.story(slug).version)

    form = await request.app.state.ledger.run(read)
    return _page(request, form, form.values)


async def revise(request: Request) -> Response:
    """Record the revision, or return the form with why it was not."""
    person = require(request, Role.EDITOR)
    slug, times = request.path_params["story"], typed_times(request)
    form = sent_form(await sent_fields(request))

    def record(ledger: Ledger) -> tuple[Form | None, Mapping[str, str]]:
        return _record(ledger, person, slug, form, times), header_texts(ledger, slug)

    refused, now = await request.app.state.ledger.run(record)
    if refused is None:
        return redirect(request, f"stories/{slug}/")
    return _page(request, refused, now)


ROUTES: Final = (
    Route("/stories/{story}/revise", show, methods=["GET"]),
    Route("/stories/{story}/revise", revise, methods=["POST"]),
)


def _record(ledger: Ledger, person: Person, slug: str, sent: Form, times: TypedTimes) -> Form | None:
    """Record what an editor changed of what they looked at; return the form if it was refused."""
    was = header_texts(ledger, slug, sent.seen)
    until = sent.values.get("embargoed_until", "")
    values = {name: sent.values.get(name, was[name]) for name in FIELDS}
    form = replace(sent, values={**values, "embargoed_until": until})

    def build() -> AnyEvent:
        changes = _changes({name: text for name, text in values.items() if text != was[name]})
        return commands.revise_story(slug, id=form.event_id, embargoed_until=until or None, times=times, **changes)

    outcome = record_form(ledger, person, form, Subject(header=True), build)
    if not isinstance(outcome, Form):
        return None
    now = header_texts(ledger, slug)
    untouched = {name: now[name] for name in FIELDS if outcome.since and values[name] == was[name]}
    return replace(outcome, values={**outcome.values, **untouched})


def _changes(texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of the revision that these texts make; InvalidError."""
    fields: dict[str, Any] = dict(texts)
    for name in REPLACED:
        if fields.get(name) == "":
            raise refuse(name, f"The {name} can be replaced, but not removed.", "Write another one.")
    if "headline" in fields:
        fields["headline"] = plain_headline(texts["headline"])
    if "subjects" in fields:
        fields["subjects"] = [subject.strip() for subject in texts["subjects"].split(",") if subject.strip()]
    if "origins" in fields:
        try:
            fields["origins"] = dict(map(parse_origin, lines_of(texts["origins"])))
        except InvalidError as error:
            raise InvalidError(*map(of_field, error.problems)) from None
    return fields


def _page(request: Request, form: Form, now: Mapping[str, str]) -> Response:
    return page(
        request,
        "revise.html.jinja",
        status=form.status,
        form=form,
        now=now,
        story=request.path_params["story"],
        fields=(*FIELDS, "embargoed_until"),
    )
