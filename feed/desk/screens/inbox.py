"""The inbox: what others published or reporters wrote, each field beside what proves it. Take it, or drop it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events import commands
from events.errors import InvalidError, RefusedError
from events.files.markdown import json_text
from events.ledger import Ledger
from events.model import parts as model
from events.model.events import AnyEvent
from events.model.typed_times import TypedTimes
from events.wording.values import field_words
from feed.desk.compose import line_report
from feed.desk.forms import Form, refuse, sent_fields, sent_form, typed_times
from feed.desk.person import Person, Role, person_of, require
from feed.desk.recording import Subject, record_form
from feed.desk.rendering import page, redirect
from feed.intake.draft_events import draft_of, event_id_of, event_of, is_recorded, waiting
from feed.intake.drafts import DESK_ADDRESS, AbsenceDraft, Draft, TextDraft
from feed.intake.inbox import Inbox
from feed.intake.taking import (
    ADVICE,
    SOURCE,
    absence_line,
    outlet_added,
    refuse_decided,
    report_fields,
    rows_of,
    source_of,
)
from feed.newsroom import Newsroom
from feed.reading.model import Field

FIELDS: Final = ("story", "headline", "body", "outlet", "reason")
CONTEXT_CHARS: Final = 160
NUMBER_CHARS_MAX: Final = 16
STATEMENT: Final = "statement"
WORDS: Final = "words-"
"""How the act begins that puts the words of a statement into the text: what follows is its number."""
PARTS: Final[dict[str, type[model.Part]]] = {
    "said_by": model.Speaker,
    "facts": model.Claim,
    "quotes": model.Quote,
    "statement": model.Quote,
    "expects": model.Expectation,
    "resolves": model.Resolution,
    "media": model.Media,
}
NAMES: Final = {
    "said_by": "Who says so",
    "facts": "Fact",
    "quotes": "Quote",
    "expects": "Promise",
    "resolves": "Outcome",
    "media": "Picture",
    "happened": "When it happened",
    "said_on": "When it was said",
    "body": "Text",
    "statement": "Statement",
    "question": "Question",
    "number": "Number",
    "date": "Date",
    "differs": "Differs",
    "published": "Published",
    "author": "Author",
}


class Proof(NamedTuple):
    """A sentence, with what stands around it in the text."""

    before: str
    sentence: str
    after: str


@dataclass(frozen=True, slots=True)
class Row:
    """A field of a draft as an editor sees it: its number, name and value in words, and what proves it."""

    number: int
    name: str
    words: str
    rule: str
    proof: Proof
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A draft, and all that an editor decides by."""

    draft: Draft
    line: str
    stories: list[tuple[str, str]]
    printings: list[tuple[TextDraft, int, str]]
    form: Form


async def show_all(request: Request) -> Response:
    """Return what waits."""
    require(request, Role.EDITOR)
    newsroom: Newsroom = request.app.state.newsroom

    def read(ledger: Ledger) -> list[tuple[Draft, str]]:
        with Inbox(newsroom.folder) as box:
            drafts = waiting(ledger, box)
        rows = rows_of(ledger, [draft for draft in drafts if isinstance(draft, AbsenceDraft)])
        return [(draft, _line(draft, rows)) for draft in drafts]

    return page(request, "inbox.html.jinja", drafts=await request.app.state.ledger.run(read))


async def show(request: Request) -> Response:
    """Return one draft."""
    require(request, Role.EDITOR)
    return await _page(request, None)


async def decide(request: Request) -> Response:
    """Take or drop a draft, or return it with why that was refused."""
    fields = await sent_fields(request)
    person = require(request, Role.CHIEF if fields.get("act") == "retract" else Role.EDITOR)
    form = sent_form(dict.fromkeys(FIELDS, "") | fields)
    newsroom: Newsroom = request.app.state.newsroom
    number, times = _number(request), typed_times(request)

    def record(ledger: Ledger) -> Form | str:
        with Inbox(newsroom.folder) as box:
            draft = draft_of(ledger, box, number)
            try:
                return _decide(ledger, box, person, draft, form, times)
            except (InvalidError, RefusedError) as error:
                return replace(form, problems=error.problems)

    outcome = await request.app.state.ledger.run(record)
    if isinstance(outcome, Form):
        return await _page(request, outcome)
    return redirect(request, outcome)


ROUTES: Final = (
    Route("/inbox", show_all, methods=["GET"]),
    Route("/inbox/{number}", show, methods=["GET"]),
    Route("/inbox/{number}", decide, methods=["POST"]),
)


def _number(request: Request) -> int:
    """Return the number of the draft that a request names."""
    number = request.path_params["number"]
    if not (number.isascii() and number.isdecimal() and len(number) < NUMBER_CHARS_MAX):
        raise HTTPException(404)
    return int(number)


def _decide(ledger: Ledger, box: Inbox, person: Person, draft: Draft, form: Form, times: TypedTimes) -> Form | str:
    """Return where to go on, or the form if it was refused or filled. What is taken twice is recorded once."""
    if form.values.get("act", "").startswith(WORDS):
        return _with_words(draft, form)
    if form.values.get("act") == "drop":
        if is_recorded(ledger, draft):  # it was taken, and the server was killed before it could say so
            box.mark(draft, "taken")
        refuse_decided(box.draft(draft.number))
        box.mark(draft, "dropped")
        return "inbox"
    if not is_recorded(ledger, draft):
        refuse_decided(draft)
    outcome = record_form(ledger, person, form, Subject(), lambda: _event(ledger, box, draft, form, times))
    if not isinstance(outcome, Form):
        box.mark(draft, "taken")
        return f"stories/{outcome.recorded.event.story}/#{outcome.recorded.development}"
    if any(problem.check == "id" for problem in outcome.problems):
        box.mark(draft, "taken")
        message, remedy = f"somebody else took draft {draft.number} meanwhile.", "Copy your text, and report it."
        raise refuse("draft", message, remedy)
    return outcome


def _with_words(draft: Draft, form: Form) -> Form:
    """Return the form of a draft with the words of a statement in its text, and who says so ticked; InvalidError."""
    number = form.values["act"].removeprefix(WORDS)
    fields = draft.content.fields if isinstance(draft, TextDraft) else ()
    statements = {str(at): field for at, field in enumerate(fields) if field.name == STATEMENT}
    if number not in statements:
        raise refuse("", "This draft has no such statement.", "Open it again.")
    body = "\n\n".join(filter(None, (form.values["body"], statements[number].value["text"])))
    return replace(form, values={**form.values, "body": body, f"take-{number}": "yes"})


def _event(ledger: Ledger, box: Inbox, draft: Draft, form: Form, times: TypedTimes) -> AnyEvent:
    """Return the event that taking a draft records; InvalidError."""
    values, act = form.values, form.values.get("act")
    if act == "reprint" and isinstance(draft, TextDraft):
        return outlet_added(ledger, draft, box.printings(draft), values["outlet"] or None)
    row = rows_of(ledger, [draft]).get(draft.number) if isinstance(draft, AbsenceDraft) else None
    if act == "retract" and row is not None:
        return commands.retract(draft.story, row.development, values["reason"], id=event_id_of(ledger, draft))
    story = values["story"] or (draft.story if draft.story in ledger.stories() else "")
    if not story:
        raise refuse("story", "Nobody has said yet which story it belongs to.", "Choose one.")
    fields = _ticked_fields(draft, form) if isinstance(draft, TextDraft) else {}
    body = values["body"] or fields.pop("body", None)
    return line_report(
        story, values["headline"], {**fields, "body": body}, event_id=event_id_of(ledger, draft), times=times
    )


def _ticked_fields(draft: TextDraft, form: Form) -> dict[str, Any]:
    """Return the fields of a draft that an editor takes, and its source."""
    fields = enumerate(draft.content.fields)
    values = report_fields(_as_speaker(field) for number, field in fields if f"take-{number}" in form.values)
    if speakers := values.get("said_by"):
        values["said_by"] = [speaker for at, speaker in enumerate(speakers) if speaker not in speakers[:at]]
    source = {field.name.removeprefix(SOURCE): field.value for field in draft.content.fields if _is_source(field)}
    if form.values["outlet"]:
        source["name"] = form.values["outlet"]
    return values | ({"sources": [source]} if "name" in source else {})


def _as_speaker(field: Field) -> Field:
    """Return who makes a statement, as a field of a report: the words are not theirs, but the outlet's."""
    return replace(field, name="said_by", value=field.value["speaker"]) if field.name == STATEMENT else field


def _is_source(field: Field) -> bool:
    return field.name.startswith(SOURCE)


async def _page(request: Request, form: Form | None) -> Response:
    newsroom: Newsroom = request.app.state.newsroom
    number = _number(request)

    def read(ledger: Ledger) -> Sheet:
        with Inbox(newsroom.folder) as box:
            draft = draft_of(ledger, box, number)
            printings = box.printings(draft) if isinstance(draft, TextDraft) else []
        rows = rows_of(ledger, [draft]) if isinstance(draft, AbsenceDraft) else {}
        reprinted = [(item.draft, round(item.share * 100), _recorded_as(ledger, item.draft)) for item in printings]
        return Sheet(
            draft=draft,
            line=_line(draft, rows),
            stories=[(name, ledger.story(name).headline) for name in ledger.stories()],
            printings=reprinted,
            form=form or Form(values=_values(draft)),
        )

    sheet = await request.app.state.ledger.run(read)
    draft = sheet.draft
    fields = draft.content.fields if isinstance(draft, TextDraft) else ()
    text = draft.content.text if isinstance(draft, TextDraft) else ""
    rows = [_row(number, field, text) for number, field in enumerate(fields)]
    return page(
        request,
        "draft.html.jinja",
        status=sheet.form.status,
        sheet=sheet,
        draft=draft,
        form=sheet.form,
        is_text=isinstance(draft, TextDraft),
        source=source_of(draft) if isinstance(draft, TextDraft) else {},
        is_known=any(name == draft.story for name, _ in sheet.stories),
        is_own=isinstance(draft, TextDraft) and draft.content.address == DESK_ADDRESS,
        may_retract=person_of(request).role >= Role.CHIEF and isinstance(draft, AbsenceDraft) and not draft.slot,
        takeable=[item for item in rows if not _is_source(fields[item.number]) and item.name not in ADVICE],
        statements=[item for item in rows if item.name == STATEMENT],
        source_fields=[item for item in rows if _is_source(fields[item.number])],
        advice=[item for item in rows if item.name in ADVICE and item.name != STATEMENT],
        names=NAMES,
    )


def _values(draft: Draft) -> dict[str, str]:
    """Return what the form of a draft shows at first: nothing is taken that nobody has read."""
    values = dict.fromkeys(FIELDS, "") | {"story": draft.story}
    if isinstance(draft, TextDraft) and draft.content.address == DESK_ADDRESS:  # a reporter of ours wrote it
        values |= {"headline": draft.content.title, "body": draft.content.text}
    return values


def _line(draft: Draft, rows: dict[int, Any]) -> str:
    if isinstance(draft, AbsenceDraft):
        return absence_line(draft, rows.get(draft.number))
    return draft.content.title or draft.content.text[:CONTEXT_CHARS] or draft.content.address


def _recorded_as(ledger: Ledger, draft: TextDraft) -> str:
    event = event_of(ledger, draft)
    return "" if event is None else f"{event.story}/{event.development}"


def _row(number: int, field: Field, text: str) -> Row:
    name = field.name.removeprefix(SOURCE)
    return Row(number, name, _words(field), field.rule, _proof(field.sentence, text), field.value)


def _words(field: Field) -> str:
    """Return the value of a field in words; as JSON if it has none."""
    part = PARTS.get(field.name)
    if isinstance(field.value, str) and part is not model.Speaker:
        return field.value
    match field.value:
        case {"literal": str(words)}:
            return words
        case {"recorded": recorded, "text": text}:
            return f"{text} here, {recorded} recorded"
    try:
        return json_text(field.value) if part is None else field_words(part.model_validate(field.value))
    except ValidationError:
        return json_text(field.value)


def _proof(sentence: str, text: str) -> Proof:
    """Return a sentence with what is before and after it in its paragraph."""
    paragraphs: Iterator[str] = (part for part in text.split("\n\n") if sentence and sentence in part)
    before, _, after = next(paragraphs, "").partition(sentence or "\0")
    return Proof(before[-CONTEXT_CHARS:], sentence, after[:CONTEXT_CHARS])
