"""Promises of all stories, the most urgent first, and what became of one: met, missed, moved."""

from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events.fold.expectations import Expected
from events.fold.state import Story
from events.ledger import Ledger
from events.model.events import AnyEvent
from events.model.typed_times import TypedTimes
from events.recorder import Appended
from events.wording.expectations import expected_condition, expected_due
from feed.awaited import Awaited, awaited_at
from feed.desk import parts
from feed.desk.compose import line_report
from feed.desk.forms import Form, refuse, sent_fields, sent_form, typed_times
from feed.desk.person import Role, require
from feed.desk.recording import of_expectation, record_form
from feed.desk.rendering import page, redirect
from feed.desk.story_view import waiting
from feed.embargo_marks import before_embargoes, embargoed_stories, marked_line, marked_promise, story_line

OUTCOMES: Final = {
    "met": "Met",
    "partly_met": "Partly met",
    "missed": "Missed",
    "moved": "Moved",
    "cancelled": "Cancelled",
}
KEYS: Final = {"met": "m", "partly_met": "p", "missed": "x", "moved": "v", "cancelled": "c"}
FIELDS: Final = ("headline", "outcome", "due", "body", "said_by", "sources", "happened")


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise, and the story that it is of."""

    story: Story
    expected: Expected


async def show_all(request: Request) -> Response:
    """Return all promises that are awaited."""
    require(request, Role.EDITOR)
    now = request.app.state.newsroom.clock()
    slug = request.query_params.get("recorded", "")

    def read(ledger: Ledger) -> dict[str, Any]:
        overviews = ledger.overviews()
        before = before_embargoes(ledger, embargoed_stories(overviews, now), now)
        promises = (marked_promise(item, before.get(item.story, ())) for item in awaited_at(overviews, now, None))
        lines = {item.story: marked_line(story_line(item, now), before.get(item.story, ())) for item in overviews}
        return {
            "promises": sorted(promises, key=Awaited.urgency),
            "lines": lines,
            "waiting": waiting(ledger, slug, now) if slug in lines else [],
        }

    view = await request.app.state.ledger.run(read)
    return page(request, "due.html.jinja", outcomes=OUTCOMES, keys=KEYS, slug=slug, now=now, **view)


async def show(request: Request) -> Response:
    """Return the form of what became of one promise."""
    require(request, Role.EDITOR)
    promise = await _promise(request)
    outcome = request.query_params.get("outcome", "")
    headline = _proposed(promise.expected, outcome) if outcome in OUTCOMES else ""
    values = dict.fromkeys(FIELDS, "") | {"outcome": outcome, "headline": headline}
    return _page(request, promise, Form(values=values, seen=promise.story.version))


async def settle(request: Request) -> Response:
    """Record the report, or return the form with why it was not."""
    person = require(request, Role.EDITOR)
    slug, name = request.path_params["story"], request.path_params["expectation"]
    promise = await _promise(request)
    form = _fitting(sent_form(dict.fromkeys(FIELDS, "") | await sent_fields(request)), promise.expected)
    times = typed_times(request)

    def record(ledger: Ledger) -> Appended | Form:
        return record_form(ledger, person, form, of_expectation(name), lambda: _report(slug, name, form, times))

    outcome = await request.app.state.ledger.run(record)
    if isinstance(outcome, Form):
        return _page(request, await _promise(request), outcome)
    return redirect(request, f"due?recorded={slug}")


ROUTES: Final = (
    Route("/due", show_all, methods=["GET"]),
    Route("/due/{story}/{expectation}", show, methods=["GET"]),
    Route("/due/{story}/{expectation}", settle, methods=["POST"]),
)


def _proposed(expected: Expected, outcome: str) -> str:
    return f"{expected.what}: {OUTCOMES[outcome].lower()}"


def _fitting(form: Form, expected: Expected) -> Form:
    """Return the form with the headline of its outcome: one that was proposed for another would say what is not so."""
    outcome = form.values["outcome"]
    if outcome in OUTCOMES and form.values["headline"] in {_proposed(expected, other) for other in OUTCOMES}:
        return replace(form, values={**form.values, "headline": _proposed(expected, outcome)})
    return form


def _report(slug: str, name: str, form: Form, times: TypedTimes) -> AnyEvent:
    """Return the report that says what became of a promise; InvalidError."""
    values = form.values
    outcome = values["outcome"]
    if outcome not in OUTCOMES:
        raise refuse("outcome", "Nobody has said yet what became of it.", "Choose one.")
    if outcome == "moved" and not values["due"]:
        raise refuse("due", "Nobody has said yet to when it was moved.", "Give the new date, such as 2026-03-09.")
    fields: dict[str, Any] = {"resolves": [{"expectation": name, "outcome": outcome}]}
    if outcome == "moved":
        fields = {"expects": [{"id": name, "due": values["due"]}]}
    fields |= {
        "body": values["body"] or None,
        "happened": values["happened"] or None,
        "said_by": parts.speakers_json(values["said_by"]),
        "sources": parts.sources_json(values["sources"]),
    }
    return line_report(slug, values["headline"], fields, event_id=form.event_id, times=times)


async def _promise(request: Request) -> Promise:
    """Return the promise that a request names; 404 if there is none."""
    slug, name = request.path_params["story"], request.path_params["expectation"]

    def read(ledger: Ledger) -> Story:
        return ledger.story(slug)

    story = await request.app.state.ledger.run(read)
    expected = story.expectation(name)
    if expected is None:
        raise HTTPException(404)
    return Promise(story, expected)


def _page(request: Request, promise: Promise, form: Form) -> Response:
    expected = promise.expected
    return page(
        request,
        "promise.html.jinja",
        status=form.status,
        story=promise.story,
        expected=expected,
        due=expected_due(expected),
        condition=expected_condition(expected),
        state=promise.story.status_of(expected),
        form=form,
        fields=FIELDS,
        outcomes=OUTCOMES,
        asked=request.query_params.get("outcome", ""),
    )
