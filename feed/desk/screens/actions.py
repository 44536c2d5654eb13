"""What a row of the timeline does at once: release, pin, unpin, undo."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events import commands
from events.ledger import Ledger, ledger_time
from events.model.codec import decode
from events.model.events import AnyEvent
from events.rules.undo import HAS_BEEN_PUBLISHED
from events.system import uuid7
from feed.desk.forms import Form, sent_fields, sent_form
from feed.desk.person import Role, require
from feed.desk.recording import Subject, of_development, record_form
from feed.desk.rendering import page, redirect
from feed.intake.draft_events import reopen_after_undo

SEE_OTHER: Final = 303
NAMES: Final = {"release": "Release", "pin": "Pin", "unpin": "Unpin", "undo": "Undo"}


class TooLate(NamedTuple):
    """What an undo came too late for: the last publication was `at`. `development` can be corrected, if any."""

    at: datetime | None
    development: str


async def release(request: Request) -> Response:
    """Release a development that is held; of one that is not, end the embargo, which a chief may."""
    story, development = request.path_params["story"], request.path_params["development"]

    def releaser(ledger: Ledger) -> Role:
        held = ledger.story(story).development(development)
        return Role.EDITOR if held is not None and held.status == "withheld" else Role.CHIEF

    return await _act(request, "release", releaser, commands.release)


async def pin(request: Request) -> Response:
    """Keep a development on top."""
    return await _act(request, "pin", _editor, commands.pin)


async def unpin(request: Request) -> Response:
    """Keep it there no longer."""
    return await _act(request, "unpin", _editor, commands.unpin)


async def undo(request: Request) -> Response:
    """Take back an event, or all events about a development, that no publication has yet.

    The text of a report, or of an opening, is in the form again.
    """
    fields = {"event_id": str(uuid7())} | await sent_fields(request)
    story = request.path_params["story"]
    development, event = fields.get("development") or None, fields.get("event") or None
    build = partial(commands.undo, story, development=development, event=event, id=fields.get("event_id"))
    answer = await _record(request, "undo", fields, _editor, Subject(), build)
    if answer.status_code != SEE_OTHER:
        return answer

    def is_there(ledger: Ledger) -> bool:
        reopen_after_undo(ledger, request.app.state.newsroom.folder)
        return story in ledger.stories()

    following = f"stories/{story}/" if await request.app.state.ledger.run(is_there) else "open"
    return redirect(request, f"{following}?undone={quote(fields['event_id'])}")


def _too_late(ledger: Ledger, story: str, form: Form) -> TooLate | None:
    """Return what to say of an undo that was refused since it came too late, None if it was refused for another."""
    if not any(HAS_BEEN_PUBLISHED in problem.message for problem in form.problems):
        return None
    name = form.values.get("development")
    with ledger.store.reading() as reading:
        at = ledger_time(reading).published_until
        row = None if name else reading.row(form.values.get("event", ""))
    development = ledger.story(story).development(name or ("" if row is None else decode(row).development or ""))
    can_correct = development is not None and development.report is not None and development.status != "canceled"
    return TooLate(at, development.id if development is not None and can_correct else "")


ROUTES: Final = (
    Route("/stories/{story}/undo", undo, methods=["POST"]),
    Route("/stories/{story}/{development}/release", release, methods=["POST"]),
    Route("/stories/{story}/{development}/pin", pin, methods=["POST"]),
    Route("/stories/{story}/{development}/unpin", unpin, methods=["POST"]),
)


def _editor(_: Ledger) -> Role:
    return Role.EDITOR


async def _act(
    request: Request, action: str, role: Callable[[Ledger], Role], command: Callable[..., AnyEvent]
) -> Response:
    story, development = request.path_params["story"], request.path_params["development"]
    fields = await sent_fields(request)
    build = partial(command, story, development, id=fields.get("event_id"))
    return await _record(request, action, fields, role, of_development(development), build)


async def _record(
    request: Request,
    action: str,
    fields: dict[str, str],
    role: Callable[[Ledger], Role],
    subject: Subject,
    build: Callable[[], AnyEvent],
) -> Response:
    """Record an event. Who may is decided with the ledger in hand: a moment later it may be another's."""
    form = sent_form(fields)

    story = request.path_params["story"]

    def record(ledger: Ledger) -> tuple[object, TooLate | None]:
        outcome = record_form(ledger, require(request, role(ledger)), form, subject, build)
        late = _too_late(ledger, story, outcome) if action == "undo" and isinstance(outcome, Form) else None
        return outcome, late

    outcome, late = await request.app.state.ledger.run(record)
    if isinstance(outcome, Form):
        return page(
            request,
            "action.html.jinja",
            status=outcome.status,
            form=outcome,
            name=NAMES[action],
            story=story,
            late=late,
        )
    anchor = request.path_params.get("development", "")
    return redirect(request, f"stories/{story}/#{anchor}")
