"""The state of a story: what is known now, as a frozen value, and as the JSON of vocabulary 1.8."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from events.fold.claims import AttributedClaim
from events.fold.expectations import DueChange, Expected, Running, Status
from events.fold.facts import Fact, HistoryItem, Standing
from events.model.edtf import format_instant
from events.model.events import DevelopmentReported
from events.model.parts import DisputeKind, Level, Source, Speaker
from events.model.values import Value, value_json

DevelopmentStatus = Literal["usable", "withheld", "canceled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFact:
    """A fact with its whole history."""

    fact: Fact
    history: tuple[HistoryItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A development's doubt about another one, both usable."""

    development: str
    by_development: str
    by: tuple[Speaker, ...]
    kind: DisputeKind
    statement: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One field that a correction replaced. `was` and `now` are JSON values, None where there was nothing.

    `event` is the id of the event that corrected it; ids of events are not in the state's JSON.
    """

    event: str
    development: str
    field: str
    was: Any
    now: Any
    level: Level
    note: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Development:
    """A development as it stands. `report` is None where its text is gone for good.

    `reason` and `substitute` tell of a retraction, `embargoed_until` of what the desk may see and nobody else.
    """

    id: str
    status: DevelopmentStatus
    standing: Standing
    reported_at: datetime
    published_at: datetime | None
    report: DevelopmentReported | None
    reason: str | None = None
    substitute: str | None = None
    embargoed_until: datetime | None = None
    pinned: bool = False
    redacted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A running story, folded. `version` is that of the newest event folded; statuses are as of `now`."""

    story: str
    version: int
    headline: str
    summary: str | None
    status: Literal["open", "closed"]
    language: str | None
    subjects: tuple[str, ...]
    opened_at: datetime
    updated_at: datetime
    now: datetime
    running: Running
    facts: Mapping[str, KnownFact]
    expectations: tuple[Expected, ...]
    disputes: tuple[Dispute, ...]
    corrections: tuple[Correction, ...]
    developments: tuple[Development, ...]

    def fact(self, key: str) -> Fact | None:
        """Return what is known of `key`, or None where nobody has said anything of it."""
        known = self.facts.get(key)
        return known.fact if known else None

    def expectation(self, expectation: str) -> Expected | None:
        """Return one expectation by its id."""
        return next((item for item in self.expectations if item.id == expectation), None)

    def development(self, development: str) -> Development | None:
        """Return one development by its id."""
        return next((item for item in self.developments if item.id == development), None)

    def status_of(self, expected: Expected) -> Status:
        """Return the status of one of the story's expectations at `now`."""
        return expected.status(self.now, self.running)

    @property
    def overdue(self) -> tuple[Expected, ...]:
        """The expectations that are past their window and not settled."""
        return tuple(item for item in self.expectations if self.status_of(item) == "overdue")

    def as_json(self) -> dict[str, Any]:
        """Return the state in the shape of 1.8."""
        return _filled(
            {
                "story": self.story,
                "headline": self.headline,
                "summary": self.summary,
                "status": self.status,
                "language": self.language,
                "subjects": list(self.subjects),
                "opened_at": format_instant(self.opened_at),
                "updated_at": format_instant(self.updated_at),
                "facts": {key: _fact_json(known) for key, known in self.facts.items()},
                "expectations": [expected_json(item, self.status_of(item)) for item in self.expectations],
                "disputes": [_dispute_json(dispute) for dispute in self.disputes],
                "corrections": [_correction_json(correction) for correction in self.corrections],
                "developments": [_development_json(development) for development in self.developments],
                "sources": _sources_json(self.developments),
            }
        )


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return `fields` without those that are empty: absent, as 1.8 has it."""
    return {name: field for name, field in fields.items() if field not in (None, [], {}, "")}


def value_state_json(value: Value | None) -> Any:
    """Return a value in the state's form, in which a date's when is always an object."""
    return None if value is None else _wide(value_json(value))


def _wide(json: Any) -> Any:
    """Return the state's form of a value: a date's when is always an object."""
    if isinstance(json, dict) and isinstance(json.get("date"), str):
        return {"date": {"edtf": json["date"]}}
    return json


def speakers_json(speakers: Iterable[Speaker]) -> list[dict[str, Any]]:
    """Return speakers as objects."""
    return [speaker.model_dump(exclude_defaults=True) for speaker in speakers]


def _said_json(voice: AttributedClaim) -> dict[str, Any]:
    return _filled(
        {
            "value": value_state_json(voice.value),
            "of": value_state_json(voice.of),
            "unit": voice.unit,
            "literal": voice.literal,
            "as_of": voice.as_of,
            "development": voice.development,
            "said_by": speakers_json(voice.said_by),
        }
    )


def _listed_json(voices: Iterable[AttributedClaim]) -> list[dict[str, Any]]:
    """Return those who deny, doubt or withhold: a line for each speaker, or one without where nobody is named."""
    return [
        {
            **speaker,
            **_filled({"value": _doubted(voice), "as_of": voice.as_of, "development": voice.development}),
        }
        for voice in voices
        for speaker in speakers_json(voice.said_by) or [{}]
    ]


def _doubted(voice: AttributedClaim) -> Any:
    """Return the value denied or doubted; of a dispute's denial none, since its report may have been taken back."""
    return None if voice.against is not None and voice.stance == "denies" else value_state_json(voice.value)


def _fact_json(known: KnownFact) -> dict[str, Any]:
    fact = known.fact
    current: dict[str, Any] = {"value": None} if fact.current is None else _said_json(fact.current)
    verifications = [
        {
            **speaker,
            **_filled({"method": verification.support.method, "development": verification.support.by}),
            "own_side": verification.own_side,
        }
        for verification in fact.verified_by
        for speaker in speakers_json(verification.support.speakers) or [{}]
    ]
    history = [
        {**_filled(_history_json(item)), "relation": item.relation, "development": item.claim.development}
        for item in known.history
    ]
    return current | _filled(
        {
            "standing": fact.standing,
            "origins": list(fact.origins),
            "contradicted_by": [_said_json(voice) for voice in fact.contradicted_by],
            "denied_by": _listed_json(fact.denied_by),
            "unconfirmed_by": _listed_json(fact.unconfirmed_by),
            "withheld_by": _listed_json(fact.withheld_by),
            "verified_by": verifications,
            "history": history,
        }
    )


def _history_json(item: HistoryItem) -> dict[str, Any]:
    said = _said_json(item.claim)
    if item.relation == "withdrawn":
        return {name: said.get(name) for name in ("as_of", "said_by")}
    return said


def expected_json(expected: Expected, status: Status) -> dict[str, Any]:
    """Return an expectation as the state tells it (1.8)."""
    return _filled(
        {
            "id": expected.id,
            "what": expected.what,
            "by": expected.by,
            "due": expected.due and expected.due.as_object(),
            "wanted_by": expected.wanted_by,
            "condition": expected.condition,
            "status": status,
            "development": expected.development,
            "resolved_by": expected.resolved_by,
            "history": [_due_json(change) for change in expected.history],
        }
    )


def _due_json(change: DueChange) -> dict[str, Any]:
    return _filled({"due": change.due and change.due.as_object(), "development": change.development})


def _dispute_json(dispute: Dispute) -> dict[str, Any]:
    return _filled(
        {
            "development": dispute.development,
            "by_development": dispute.by_development,
            "by": speakers_json(dispute.by),
            "kind": dispute.kind,
            "statement": dispute.statement,
        }
    )


def _correction_json(correction: Correction) -> dict[str, Any]:
    return _filled(
        {
            "development": correction.development,
            "field": correction.field,
            "was": _field_json(correction.field, correction.was),
            "now": _field_json(correction.field, correction.now),
            "level": correction.level,
            "note": correction.note,
            "at": format_instant(correction.at),
        }
    )


def _development_json(development: Development) -> dict[str, Any]:
    told: dict[str, Any] = {}
    publicly_withheld = development.status == "withheld" and development.report is None
    if development.report is not None:
        told = {
            "published_at": development.published_at and format_instant(development.published_at),
            "reported_at": format_instant(development.reported_at),
            "standing": development.standing,
            "pinned": development.pinned or None,
            "embargoed_until": development.embargoed_until and format_instant(development.embargoed_until),
            **_report_json(development.report),
        }
    return _filled(
        {
            "id": development.id,
            "status": development.status,
            "reason": None if publicly_withheld else development.reason,
            "substitute": development.substitute,
            **told,
        }
    )


def _field_json(name: str, given: Any) -> Any:
    """Return a corrected field in the state's form: whens as objects, the rest as it is."""
    match name, given:
        case "happened" | "said_on", str():
            return {"edtf": given}
        case "facts", list():
            return [_claim_json(claim) for claim in given]
        case "expects", list():
            return [
                item | ({"due": {"edtf": item["due"]}} if isinstance(item.get("due"), str) else {}) for item in given
            ]
        case _:
            return given


def _report_json(report: DevelopmentReported) -> dict[str, Any]:
    given = report.model_dump(
        mode="json",
        include={"headline", "body", "said_by", "sources", "facts", "quotes", "urgency", "media"},
        exclude_defaults=True,
    )
    whens = {name: when and when.as_object() for name in ("happened", "said_on") if (when := getattr(report, name))}
    facts = [_claim_json(claim) for claim in given.get("facts", ())]
    return given | whens | ({"facts": facts} if facts else {})


def _claim_json(claim: Mapping[str, Any]) -> dict[str, Any]:
    as_of = claim.get("as_of")
    wide = {name: _wide(field) if name == "value" else field for name, field in claim.items()}
    # An as_of is EDTF and nothing else (1.8): words alone have none.
    return _filled({**wide, "as_of": as_of.get("edtf")}) if isinstance(as_of, dict) else wide


def _sources_json(developments: Iterable[Development]) -> list[dict[str, Any]]:
    """Return each source once, most used first, with the number of developments that name it."""
    counts: dict[str, int] = {}
    for development in developments:
        sources: tuple[Source, ...] = development.report.sources if development.report else ()
        for name in dict.fromkeys(source.name for source in sources):
            counts[name] = counts.get(name, 0) + 1
    return [
        {"name": name, "developments": count}
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
