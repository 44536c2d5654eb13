"""A story: the form of a report and what it would change, and the developments, newest first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events.changes import Change, ContradictionChanged, DevelopmentChanged
from events.errors import InvalidError, RefusedError
from events.fold.embargoes import embargo_end
from events.fold.state import Story
from events.fold.story import StoryFold, fold_of
from events.fold.undone import at_version
from events.ledger import Ledger
from events.model.codec import decode
from events.model.events import DevelopmentReported, EventUndone
from events.model.settings import NO_SETTINGS
from events.model.typed_times import TypedTimes
from events.rules.undo import noun
from events.wording.claims import fact_name
from events.wording.names import header_fact_names
from events.wording.redactions import Redactions
from feed.desk import story_view
from feed.desk.compose import FACT, FIELDS, doubts, readings, report_of, report_values, subject_of
from feed.desk.forms import Form, typed_times
from feed.desk.person import Role, require
from feed.desk.pictures import sent_with_picture
from feed.desk.recording import record_form, refuse_past_embargo
from feed.desk.rendering import page, redirect, root_of
from feed.newsroom import Newsroom

RARE: Final = frozenset(
    {"quotes", "corroborates", "disputes", "said_on", "reported_at", "published_at", "urgency", "development", "media"}
    | {"archive", "picture", "alt", "credit"}
)
"""The fields that are folded once more."""
NO_VALUES: Final = dict.fromkeys(FIELDS, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """How a form is read, what it would change, and what a careful colleague would say.

    `disputed` are the facts, as (key, name), that others say otherwise: one of them may just have moved on.
    """

    readings: tuple[tuple[str, str], ...]
    changes: tuple[str, ...]
    doubts: tuple[str, ...]
    disputed: tuple[tuple[str, str], ...] = ()
    embargoed_until: Any = None


class Undoing(NamedTuple):
    """What an undo took back, in words: the id of its event, and the fields of a report as it was then."""

    what: str = ""
    event: str = ""
    values: Mapping[str, str] = MappingProxyType({})


async def show(request: Request) -> Response:
    """Return a story's page."""
    require(request, Role.EDITOR)
    slug = request.path_params["story"]
    return await _page(request, slug, None)


async def compose(request: Request) -> Response:
    """Record a report, or return the form with why it was not."""
    person = require(request, Role.EDITOR)
    slug, times = request.path_params["story"], typed_times(request)
    form = await sent_with_picture(request)
    if form.problems:
        return await _page(request, slug, form)

    def record(ledger: Ledger) -> object:
        try:
            report = _report(ledger, times, slug, form)
        except InvalidError as error:
            return replace(form, problems=error.problems)
        return record_form(ledger, person, form, subject_of(report), lambda: report)

    outcome = await request.app.state.ledger.run(record)
    if not isinstance(outcome, Form):
        return redirect(request, f"stories/{slug}/")
    return await _page(request, slug, outcome)


async def preview(request: Request) -> Response:
    """Return what a form would change: alone for the script, otherwise with the form."""
    require(request, Role.EDITOR)
    slug, times = request.path_params["story"], typed_times(request)
    form = await sent_with_picture(request)
    if form.problems:
        return await _page(request, slug, form)

    def look(ledger: Ledger) -> Preview | Form:
        try:
            return _preview(ledger, _report(ledger, times, slug, form))
        except (InvalidError, RefusedError) as error:
            return replace(form, problems=error.problems)

    seen = await request.app.state.ledger.run(look)
    if "part" in request.query_params:
        problems = seen.problems if isinstance(seen, Form) else ()
        return page(request, "preview.html.jinja", preview=seen, problems=problems, slug=slug)
    return await _page(request, slug, form, preview=seen)


ROUTES: Final = (
    Route("/stories/{story}/", show, methods=["GET"]),
    Route("/stories/{story}/", compose, methods=["POST"]),
    Route("/stories/{story}/preview", preview, methods=["POST"]),
)


async def _page(request: Request, slug: str, form: Form | None, *, preview: Preview | Form | None = None) -> Response:
    most = None if "all" in request.query_params else story_view.ROWS_MAX
    undone = request.query_params.get("undone", "")

    def read(ledger: Ledger) -> dict[str, Any]:
        story = ledger.story(slug)
        return {
            "story": story,
            "facts": story_view.fact_rows(story),
            "promises": story_view.promise_rows(story),
            "rows": story_view.rows(story, most=most),
            "cast": story_view.cast(story),
            "sources": story_view.sources(story),
            "waiting": story_view.waiting(ledger, slug, story.now),
            "undoing": _undoing(ledger, story, undone) if form is None and undone else Undoing(),
        }

    view = await request.app.state.ledger.run(read)
    values: Mapping[str, str] = view["undoing"].values if form is None else form.values
    form = Form(seen=view["story"].version) if form is None else form
    details = {name for name, value in values.items() if value and name not in {"headline", "event_id", "seen"}}
    wrong = {name for name in (*FIELDS, "picture", "resolves") if form.errors(name)}
    return page(
        request,
        "story.html.jinja",
        status=form.status,
        form=replace(form, values=NO_VALUES | dict(values)),
        preview=preview,
        problems=preview.problems if isinstance(preview, Form) else (),
        slug=slug,
        now=request.app.state.newsroom.clock(),
        wrong=wrong,
        folded=bool(details | wrong & RARE),
        more=bool((details | wrong) & RARE),
        undone=undone,
        public_page=_public_page(request, slug),
        **view,
    )


def _undoing(ledger: Ledger, story: Story, undo_id: str) -> Undoing:
    """Return what an undo of a story took back; nothing if there is no such undo."""
    with ledger.store.reading() as reading:
        row = reading.row(undo_id)
        undo = None if row is None else decode(row)
        if undo is None or not isinstance(undo.event, EventUndone) or undo.event.story != story.story:
            return Undoing()
        target = None if undo.event.event is None else reading.row(undo.event.event)
    if target is not None:
        return Undoing(noun(decode(target).event), undo.event.event or "")
    events = at_version(ledger.events(story.story), undo.version - 1)
    was = fold_of(story.story, events).state(now=story.now).development(undo.event.development or "")
    if was is None or was.report is None:
        return Undoing()
    recorded = next(event for event in events if event.development == was.id)
    return Undoing(f"the report {was.id}", recorded.id, report_values(was.report, recorded.recorded_at))


def _public_page(request: Request, slug: str) -> str:
    """Return the address of what readers see of a story, empty if there is nothing yet."""
    newsroom: Newsroom = request.app.state.newsroom
    if not (newsroom.root / f"stories/{slug}/index.html").is_file():
        return ""
    around = f"{root_of(request)}../" if newsroom.config.desk.url is None else newsroom.config.site.base_url
    return f"{around}stories/{slug}/"


def _report(ledger: Ledger, times: TypedTimes, slug: str, form: Form) -> DevelopmentReported:
    fold = _fold(ledger, slug)
    rows = any(text for name, text in form.values.items() if name.startswith(FACT))
    # Most reports use no row: the facts of 500 developments take 5 ms.
    return report_of(slug, form.event_id, form.values, fold.facts() if rows else {}, times)


def _preview(ledger: Ledger, report: DevelopmentReported) -> Preview:
    refuse_past_embargo(report, ledger.clock())
    appended = ledger.preview(report)
    fold = _fold(ledger, report.story)
    redactions = Redactions(names=header_fact_names(fold.header)) if fold.header is not None else Redactions()
    changes = (change for change in appended.changes if not isinstance(change, DevelopmentChanged))
    promises = {item.id: item.what for item in fold.awaited()}
    end = embargo_end(appended.recorded, fold)
    return Preview(
        readings=tuple(readings(report, redactions.names, promises)),
        changes=tuple(str(change.text(redactions)) for change in changes),
        doubts=tuple(doubts(report)),
        disputed=tuple(_disputed(appended.changes, fold, redactions)),
        embargoed_until=end if end is not None and end > appended.recorded.recorded_at else None,
    )


def _disputed(changes: Iterable[Change], fold: StoryFold, redactions: Redactions) -> Iterator[tuple[str, str]]:
    """Yield the facts that a report would make disputed by another value; not those that are set to move on."""
    for key in dict.fromkeys(item.key for item in changes if isinstance(item, ContradictionChanged) and not item.ended):
        if fold.fact(key) is not None and not fold.settings.get(key, NO_SETTINGS).evolving:
            yield key, fact_name(key, redactions)


def _fold(ledger: Ledger, slug: str) -> StoryFold:
    with ledger.store.reading() as reading:
        return ledger.folds.of(reading, slug)
