"""Correct a report, old and new side by side: one of its facts, its headline, its text, and all else it says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events import commands
from events.errors import InvalidError, Problem
from events.fold.state import Story
from events.ledger import Ledger
from events.model.edtf import format_instant
from events.model.events import AnyEvent, DevelopmentReported
from events.model.parts import Claim
from events.model.typed_times import TypedTimes
from events.wording.claims import own_claim
from events.wording.language import Words
from events.wording.names import fact_names
from feed.desk import parts
from feed.desk.forms import Form, refuse, sent_fields, sent_form, typed_times
from feed.desk.person import Person, Role, require
from feed.desk.recording import of_development, record_form, story_at
from feed.desk.rendering import page, redirect
from feed.languages.choice import words_for

WORDS: Final = ("headline", "body")
"""What may be wrong together with a fact."""
FURTHER_FIELDS: Final = ("reported_at", "said_on", "urgency", *parts.LINE_FORMS)
TEXT_FIELDS: Final = (*WORDS, "happened", "said_by", "sources", *FURTHER_FIELDS)
CLAIM_FIELDS: Final = ("value", "kind", "unit", "of", "stance", "as_of", "said_by")
NO_HEADLINE: Final = "…"
TYPO_FIELDS: Final = frozenset({"headline", "body", "media"})
NO_TYPO: Final = "Choose clarification or correction: readers see what was wrong."
LEVELS: Final = {
    "typo": "Typo: edit it silently",
    "clarification": "Clarification: it was unclear. Edit it, and show the note",
    "correction": "Correction: it was wrong. Edit it, and publish the correction as news",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What is corrected: the fact number `fact` of a report with its words, or all else that it says.

    `report` is None if its text is gone, or if nobody has reported it. It was reported at `reported_at`.
    """

    report: DevelopmentReported | None
    reported_at: datetime | None
    fact: int | None

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its fields."""
        return TEXT_FIELDS if self.fact is None else (*CLAIM_FIELDS, *WORDS)

    @property
    def claim(self) -> Claim | None:
        """The fact that is corrected, None if the report does not make it any more."""
        facts = () if self.report is None else self.report.facts
        return facts[self.fact] if self.fact is not None and self.fact < len(facts) else None

    @property
    def values(self) -> dict[str, str]:
        """Its fields, as an editor types them."""
        if self.report is None or (self.fact is not None and self.claim is None):
            return dict.fromkeys(self.fields, "")
        words = {"headline": self.report.headline, "body": (self.report.body or "").strip()}
        if self.claim is not None:
            return parts.claim_values(self.claim) | words
        lines = {name: parts.part_lines(name, getattr(self.report, name)) for name in parts.LINE_FORMS}
        return words | {
            "happened": parts.when_text(self.report.happened),
            "said_by": parts.speaker_lines(self.report.said_by),
            "sources": parts.source_lines(self.report.sources),
            "reported_at": "" if self.reported_at is None else format_instant(self.reported_at),
            "said_on": parts.when_text(self.report.said_on),
            "urgency": str(self.report.urgency or ""),
            **lines,
        }

    def changes(self, values: Mapping[str, str], times: TypedTimes) -> dict[str, Any]:
        """Return the fields of the report that `values` change, each whole; InvalidError."""
        if self.report is None:  # the ledger says why there is nothing to correct
            return {"headline": values["headline"] or NO_HEADLINE}
        if self.fact is not None and self.claim is None:
            raise refuse("", "The report does not say this any more.", "Copy your text, and report it again.")
        was = self.values
        names = TEXT_FIELDS if self.claim is None else WORDS
        changes = {name: _json(name, values[name], self.report, times) for name in names if values[name] != was[name]}
        claim = {name: values[name] for name in CLAIM_FIELDS if self.claim is not None}
        if values["remove"] or any(was[name] != text for name, text in claim.items()):
            changes["facts"] = self._claims(values)
        return changes

    def _claims(self, values: Mapping[str, str]) -> list[Any]:
        """Return the facts of the report with what `values` change of one, as JSON; InvalidError."""
        facts = () if self.report is None else self.report.facts
        claims: list[Any] = [claim.model_dump(mode="json", exclude_defaults=True) for claim in facts]
        if self.claim is not None and values["remove"]:
            del claims[self.fact or 0]
        elif self.claim is not None:
            claims[self.fact or 0] = parts.claim_json(values, self.claim)
        return claims


def _json(name: str, text: str, report: DevelopmentReported, times: TypedTimes) -> Any:
    """Return what a field of a report says, as JSON; InvalidError."""
    if not text:
        return None
    if name == "headline":
        return parts.plain_headline(text)
    if name == "said_by":
        return parts.speakers_json(text, report.said_by)
    if name == "sources":
        return parts.sources_json(text, report.sources)
    if name in parts.LINE_FORMS:
        return parts.lines_json(name, text, getattr(report, name), times)
    return int(text) if name == "urgency" and text.isascii() and text.isdecimal() else text


async def show(request: Request) -> Response:
    """Return the form."""
    require(request, Role.EDITOR)
    slug, name, fact = _asked(request)

    def read(ledger: Ledger) -> Story:
        return ledger.story(slug)

    story = await request.app.state.ledger.run(read)
    target = _target(story, name, fact)
    if story.development(name) is None or (fact is not None and target.claim is None and target.report is not None):
        raise HTTPException(404)
    if target.report is None:
        raise refuse("", f"{name} has no text any more, so nothing can be corrected in it.")
    config = request.app.state.newsroom.config
    words = words_for(story.language or config.site.language, config.templates)
    form = Form(
        values={**target.values, "note": _note(story, target, words), "level": "", "remove": ""}, seen=story.version
    )
    return _page(request, story, target, form)


async def correct(request: Request) -> Response:
    """Record the correction, or return the form with why it was not."""
    person = require(request, Role.EDITOR)
    slug, name, fact = _asked(request)
    form, times = sent_form(await sent_fields(request)), typed_times(request)

    def record(ledger: Ledger) -> tuple[Story, Form | None]:
        return _record(ledger, person, (slug, name, fact), form, times)

    story, refused = await request.app.state.ledger.run(record)
    if refused is None:
        return redirect(request, f"stories/{slug}/#{name}")
    return _page(request, story, _target(story, name, fact), refused)


ROUTES: Final = (
    Route("/stories/{story}/{development}/correct", show, methods=["GET"]),
    Route("/stories/{story}/{development}/correct", correct, methods=["POST"]),
)


def _asked(request: Request) -> tuple[str, str, int | None]:
    """Return the story, the development, and the number of its fact that a request names."""
    number = request.query_params.get("fact", "")
    if number and not (number.isascii() and number.isdecimal() and len(number) < 4):
        raise HTTPException(404)
    return request.path_params["story"], request.path_params["development"], int(number) if number else None


def _record(
    ledger: Ledger, person: Person, asked: tuple[str, str, int | None], sent: Form, times: TypedTimes
) -> tuple[Story, Form | None]:
    """Record what an editor changed of what they looked at. Return the story, and the form if it was refused."""
    slug, name, fact = asked
    looked_at = _target(story_at(ledger, slug, sent.seen), name, fact)
    was = looked_at.values
    values = {field: sent.values.get(field, was[field]) for field in looked_at.fields}
    values |= {field: sent.values.get(field, "") for field in ("note", "remove", "level")}
    form = replace(sent, values=values)
    level = values["level"] if fact is None else "correction"

    def build() -> AnyEvent:
        return _correction(looked_at, (slug, name), form, level, times)

    outcome = record_form(ledger, person, form, of_development(name), build)
    story = ledger.story(slug)
    if not isinstance(outcome, Form):
        return story, None
    if outcome.since:  # what this editor did not change is as it is now
        now = _target(story, name, fact).values
        untouched = {field: now[field] for field in looked_at.fields if values[field] == was[field]}
        outcome = replace(outcome, values=values | untouched)
    return story, outcome


def _correction(looked_at: Target, asked: tuple[str, str], form: Form, level: str, times: TypedTimes) -> AnyEvent:
    """Return the correction that a form states; InvalidError with everything that is wrong."""
    problems, (slug, name) = _level_problems(level), asked
    kind: Any = level if level in LEVELS else "clarification"
    try:
        changes, note = looked_at.changes(form.values, times), form.values["note"] or None
        if not changes:
            raise refuse("", "You have not changed anything yet.", "Change what is wrong, and send it again.")
        if level == "typo" and not TYPO_FIELDS.issuperset(changes):
            raise refuse("level", "A typo changes only the headline, the text and the pictures.", NO_TYPO)
        event = commands.correct(slug, name, changes, note, level=kind, id=form.event_id, times=times)
    except InvalidError as error:
        raise InvalidError(*error.problems, *problems) from None
    if problems:
        raise InvalidError(*problems)
    return event


def _level_problems(level: str) -> tuple[Problem, ...]:
    """Return what is wrong with the kind of a mistake."""
    if level in LEVELS:
        return ()
    return refuse("level", "Nobody has said yet what kind of mistake it was.", "Choose one.").problems


def _target(story: Story, name: str, fact: int | None) -> Target:
    development = story.development(name)
    if development is None:
        return Target(None, None, fact)
    return Target(development.report, development.reported_at, fact)


def _note(story: Story, target: Target, words: Words) -> str:
    """Return the note that is proposed for a fact, in the language of its readers: that it was given as 2 people."""
    if target.claim is None:
        return ""
    name, value = fact_names(story).name(target.claim.key), own_claim(target.claim, None, words)
    return words.gettext("{name} was given as {value}.", name=name, value=value)


def _page(request: Request, story: Story, target: Target, form: Form) -> Response:
    names, was = fact_names(story), target.values
    further = [name for name in FURTHER_FIELDS if name in was]
    claims = () if target.report is None else target.report.facts
    return page(
        request,
        "correct.html.jinja",
        status=form.status,
        story=story,
        development=request.path_params["development"],
        target=target,
        form=form,
        further=any(form.values[name] != was[name] or form.errors(name) for name in further),
        facts=[(names.name(claim.key), own_claim(claim, None)) for claim in claims],
        levels=LEVELS,
        kinds=parts.KINDS,
        stances=parts.STANCES,
    )
