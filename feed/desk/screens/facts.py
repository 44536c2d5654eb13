"""What is known of each fact of a story: every voice, and how the desk shows it. Say it again, dispute it, check it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from events import commands
from events.errors import RefusedError
from events.fold.claims import AttributedClaim
from events.fold.facts import Fact
from events.fold.known_fact import KnownFact
from events.fold.prominence import by_prominence
from events.fold.state import Story
from events.ledger import Ledger
from events.model.events import AnyEvent
from events.model.settings import NO_SETTINGS, FactSettings
from events.model.typed_times import TypedTimes
from events.model.values import value_json
from events.recorder import Appended
from events.wording.claims import as_of_words, claim_speakers, claim_value
from events.wording.freshness import freshness_line
from events.wording.names import fact_names
from events.wording.standing import standing_line
from feed.desk import parts
from feed.desk.compose import line_report
from feed.desk.forms import Form, refuse, sent_fields, sent_form, typed_times
from feed.desk.person import Role, require
from feed.desk.recording import of_key, record_form, story_at
from feed.desk.rendering import page, redirect
from feed.desk.story_view import Waiting, embargo_of, waiting

SWITCHES: Final = {
    "lead": "Lead: among the key facts at the top of the page",
    "hidden": "Hidden: the page leaves it out; feeds and history have it",
    "evolving": "Evolving: a newer account replaces the older ones",
    "follow": "Follow: it has a feed of its own",
}
TEXTS: Final = ("label", "order", "threshold", "settled")
KINDS: Final = {
    "again": "Says the same",
    "denies": "Denies it",
    "disagrees": "Disagrees with the report",
    "cannot_confirm": "Cannot confirm it",
}
FIELDS: Final = {
    "settings": (*TEXTS, *SWITCHES, "embargoed_until"),
    "check": ("checked_on", "checked_by"),
    "voice": ("kind", "headline", "said_by", "sources"),
}
"""The fields of each form of a fact, by what it does."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says what of a fact, of when, and since when. `label` says how it counts; an embargo is one that lasts."""

    label: str
    who: str
    origins: str
    value: str
    as_of: str
    since: datetime
    development: str
    embargoed_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """A fact as the desk sees it."""

    key: str
    name: str
    value: str
    standing: str
    freshness: str
    embargoed_until: datetime | None
    item: KnownFact
    settings: FactSettings
    voices: tuple[Voice, ...]

    @property
    def marks(self) -> list[str]:
        """The settings that are made, in a word each."""
        return [name if value is True else f"{name}: {value}" for name, value in self.settings.in_force.items()]


async def show_all(request: Request) -> Response:
    """Return all facts of a story, those that matter most first."""
    require(request, Role.EDITOR)
    story = await _story(request)
    return page(request, "facts.html.jinja", story=story, facts=[_view(story, item) for item in by_prominence(story)])


async def show(request: Request) -> Response:
    """Return one fact, and what can be done with it."""
    require(request, Role.EDITOR)
    return await _page(request, await _story(request), {})


async def act(request: Request) -> Response:
    """Record what one of the forms says, or return it with why it was not."""
    person = require(request, Role.EDITOR)
    fields = await sent_fields(request)
    name = fields.get("act", "")
    if name not in FIELDS:
        raise HTTPException(400)
    form = sent_form(dict.fromkeys(FIELDS[name], "") | fields)
    slug, key, times = request.path_params["story"], request.path_params["key"], typed_times(request)

    def record(ledger: Ledger) -> Appended | Form:
        outcome = record_form(
            ledger, person, form, of_key(key), lambda: EVENTS[name](ledger.story(slug), key, form, times)
        )
        if name == "settings" and isinstance(outcome, Form) and outcome.since:
            return _with_present_settings(ledger, slug, key, form, outcome)
        return outcome

    outcome = await request.app.state.ledger.run(record)
    if isinstance(outcome, Form):
        return await _page(request, await _story(request), {name: outcome})
    return redirect(request, f"stories/{slug}/facts/{key}?recorded")


ROUTES: Final = (
    Route("/stories/{story}/facts", show_all, methods=["GET"]),
    Route("/stories/{story}/facts/{key}", show, methods=["GET"]),
    Route("/stories/{story}/facts/{key}", act, methods=["POST"]),
)


def _with_present_settings(ledger: Ledger, slug: str, key: str, sent: Form, refused: Form) -> Form:
    """Return a refused form of settings, in which those that its editor did not touch are as they are now."""
    was, now = (
        _setting_values(story.settings.get(key, NO_SETTINGS))
        for story in (story_at(ledger, slug, sent.seen), ledger.story(slug))
    )
    untouched = {name: now[name] for name in was if sent.values[name] == was[name]}
    return replace(refused, values={**refused.values, **untouched})


def _change_settings(story: Story, key: str, form: Form, times: TypedTimes) -> AnyEvent:
    """Return the revision that makes the settings those of a form; InvalidError."""
    was = _setting_values(story.settings.get(key, NO_SETTINGS))
    changes: dict[str, Any] = {}
    for name in (*TEXTS, *SWITCHES):
        value = form.values[name]
        if value != was[name]:
            changes[name] = bool(value) if name in SWITCHES else _setting_json(name, value)
    facts, until = {key: changes} if changes else None, form.values["embargoed_until"] or None
    return commands.revise_story(story.story, facts=facts, embargoed_until=until, id=form.event_id, times=times)


def _setting_json(name: str, text: str) -> Any:
    if not text:
        return None
    if name == "order":
        if not text.removeprefix("-").isdecimal() or len(text) > 9:
            message = f"{text!r} is not a whole number of at most nine digits."
            raise refuse("order", message, "Write one such as 10 or -2.")
        return int(text)
    if name == "threshold" and not text.endswith("%"):
        return parts.typed_value(text, "number", "threshold")
    return text


def _check(story: Story, key: str, form: Form, times: TypedTimes) -> AnyEvent:
    """Return that somebody looked again."""
    on, who = form.values["checked_on"], parts.speakers_json(form.values["checked_by"])
    return commands.check_fact(story.story, key, checked_on=on or None, said_by=who, id=form.event_id, times=times)


def _report_voice(story: Story, key: str, form: Form, times: TypedTimes) -> AnyEvent:
    """Return the report of somebody who says the same, or doubts it; InvalidError."""
    kind, item = form.values["kind"], story.facts.get(key)
    current = None if item is None else item.fact.current
    if kind not in KINDS:
        raise refuse("kind", "Nobody has said yet what they say of it.", "Choose one.")
    if current is None:
        raise refuse("kind", "Nothing is asserted of this fact now.", "Report what they say in the story.")
    fields: dict[str, Any]
    if kind == "again":
        claim = {"key": key, "value": value_json(current.value) if current.value is not None else None}
        fields = {"facts": [claim | {name: text for name, text in _amount(current).items() if text is not None}]}
    else:
        fields = {"disputes": [{"development": current.development, "keys": [key], "kind": kind}]}
    fields |= {
        "said_by": parts.speakers_json(form.values["said_by"]),
        "sources": parts.sources_json(form.values["sources"]),
    }
    return line_report(story.story, form.values["headline"], fields, event_id=form.event_id, times=times)


def _amount(claim: AttributedClaim) -> Mapping[str, Any]:
    return {"unit": claim.unit, "of": None if claim.of is None else value_json(claim.of)}


EVENTS: Final[Mapping[str, Callable[[Story, str, Form, TypedTimes], AnyEvent]]] = {
    "settings": _change_settings,
    "check": _check,
    "voice": _report_voice,
}


async def _story(request: Request) -> Story:
    slug = request.path_params["story"]

    def read(ledger: Ledger) -> Story:
        return ledger.story(slug)

    story: Story = await request.app.state.ledger.run(read)
    return story


async def _page(request: Request, story: Story, refused: Mapping[str, Form]) -> Response:
    key = request.path_params["key"]
    if key not in story.facts:
        problems = [problem for form in refused.values() for problem in form.problems]
        raise RefusedError(*problems) if problems else HTTPException(404)
    view = _view(story, story.facts[key])
    values = {
        "settings": {**_setting_values(view.settings), "embargoed_until": ""},
        "check": {"checked_on": story.now.date().isoformat(), "checked_by": ""},
        "voice": dict.fromkeys(FIELDS["voice"], ""),
    }
    forms = {name: refused.get(name) or Form(values=values[name], seen=story.version) for name in FIELDS}
    form = next(iter(refused.values()), None)

    def unpublished(ledger: Ledger) -> list[Waiting]:
        return waiting(ledger, story.story, story.now) if "recorded" in request.query_params else []

    return page(
        request,
        "fact.html.jinja",
        status=200 if form is None else form.status,
        story=story,
        fact=view,
        now=story.now,
        waiting=await request.app.state.ledger.run(unpublished),
        forms=forms,
        fields=FIELDS,
        switches=SWITCHES,
        kinds=KINDS,
        accounts=_accounts(view),
    )


def _accounts(view: FactView) -> dict[str, str]:
    """Return what each development says of a fact, so that one of them can be settled on."""
    settled = view.settings.settled
    accounts = {} if settled is None else {settled: "settled"}
    asserted = (step.claim for step in view.item.history if step.claim.stance == "asserts")
    return accounts | {claim.development: claim_value(claim) for claim in asserted}


def _setting_values(settings: FactSettings) -> dict[str, str]:
    made = settings.in_force
    texts = {name: str(made.get(name, "")) for name in TEXTS}
    return texts | {name: "yes" if made.get(name) else "" for name in SWITCHES}


def _view(story: Story, item: KnownFact) -> FactView:
    fact = item.fact
    return FactView(
        key=fact.key,
        name=fact_names(story).name(fact.key),
        value=claim_value(fact.current),
        standing=standing_line(fact),
        freshness=freshness_line(item, story.checks.get(fact.key)),
        embargoed_until=embargo_of(story, fact.current),
        item=item,
        settings=story.settings.get(fact.key, NO_SETTINGS),
        voices=tuple(_voices(story, item)),
    )


def _voices(story: Story, item: KnownFact) -> Iterator[Voice]:
    """Yield who says something of a fact that counts, then what was said before, the newest first."""
    fact = item.fact
    groups = (
        ("counts", () if fact.current is None else (fact.current,)),
        ("contradicts", fact.contradicted_by),
        ("another account", fact.differing_accounts),
        ("denies", fact.denied_by),
        ("denied another value", fact.other_denials),
        ("cannot confirm", fact.unconfirmed_by),
        ("declines to say", fact.withheld_by),
    )
    counting = [claim for _, claims in groups for claim in claims]
    for label, claims in groups:
        yield from (_voice(story, label, claim) for claim in claims)
    for step in reversed(item.history):
        if step.claim not in counting:
            same = fact.current is not None and step.claim.implies(fact.current)
            yield _voice(story, "says the same" if same else _past_label(story, fact, step.claim), step.claim)


def _past_label(story: Story, fact: Fact, claim: AttributedClaim) -> str:
    """Return how an account is called that counts no more: what came later, and was not settled on, is not past."""
    is_settled = story.settings.get(fact.key, NO_SETTINGS).settled is not None
    is_later = fact.current is not None and claim.order > fact.current.order
    return "set aside, since another account is settled" if is_settled and is_later else "said before"


def _voice(story: Story, label: str, claim: AttributedClaim) -> Voice:
    return Voice(
        label=label,
        who=claim_speakers(claim),
        origins=", ".join(sorted(origin.name for origin in claim.origins if origin.name)),
        value="" if claim.value is None else claim_value(claim),
        as_of=as_of_words(claim),
        since=claim.order.reported_at,
        development=claim.development,
        embargoed_until=embargo_of(story, claim),
    )
