"""The JSON of a story's parts in `state.json`: events/README.md#the-state-as-json."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from events.fold.claims import AttributedClaim
from events.fold.expectations import DueChange, ExpectationStatus, Expected
from events.fold.facts import HistoryItem
from events.fold.freshness import FactCheck, changed_at, confirmed_at
from events.fold.known_fact import KnownFact
from events.fold.long_lists import LONG_LISTS, listed, unlisted
from events.fold.state_parts import AimTarget, AttributedDispute, Correction, Development, FieldValue
from events.model.addresses import public_url
from events.model.edtf import When, format_instant
from events.model.events import DevelopmentReported
from events.model.parts import Claim, Expectation, Part, Speaker
from events.model.settings import FactSettings
from events.model.text import folded
from events.model.values import DateValue, Value, value_json

HistoryJson: TypeAlias = Callable[[KnownFact], list[dict[str, Any]]]
"""Returns the history of a fact as JSON."""


def filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return `fields` without the empty ones (events/README.md#empty-is-absent)."""
    return {name: field for name, field in fields.items() if field not in (None, [], {}, "")}


def history_json(item: KnownFact) -> list[dict[str, Any]]:
    """Return the history of a fact."""
    return list(map(step_json, item.history))


def fact_json(item: KnownFact, history: HistoryJson) -> dict[str, Any]:
    """Return a fact, and its history as `history` returns it."""
    fact, confirmed = item.fact, confirmed_at(item)
    current: dict[str, Any] = {"value": None} if fact.current is None else _claim_json(fact.current)
    verifications = [
        {
            **speaker,
            **filled({"method": verification.support.method, "development": verification.support.by}),
            "own_side": verification.own_side,
        }
        for verification in listed(fact.verified_by)
        for speaker in _speakers_json(verification.support.speakers) or [{}]
    ]
    return current | filled(
        {
            "standing": fact.standing,
            "origins": list(fact.origins),
            "contradicted_by": list(map(_claim_json, listed(fact.contradicted_by))),
            "differing_accounts": list(map(_claim_json, listed(fact.differing_accounts))),
            "denied_by": _doubts_json(listed(fact.denied_by)),
            "other_denials": _doubts_json(listed(fact.other_denials)),
            "unconfirmed_by": _doubts_json(listed(fact.unconfirmed_by)),
            "withheld_by": _doubts_json(listed(fact.withheld_by)),
            "verified_by": verifications,
            "unlisted": {name: count for name in LONG_LISTS if (count := unlisted(getattr(fact, name)))},
            "history": history(item),
            "last_changed": format_instant(changed_at(item)),
            "last_confirmed": confirmed and format_instant(confirmed),
        }
    )


def check_json(check: FactCheck, item: KnownFact) -> dict[str, Any]:
    """Return the newest check of a fact, and whether another value than the current one was checked."""
    about = check.about(item)
    checked = {"last_checked": check.on.edtf, "checked_by": _speakers_json(check.said_by)}
    return filled(checked | {"checked_value": None if about == "current" else about})


def settings_json(settings: FactSettings, settled: Development | None) -> dict[str, Any]:
    """Return the settings of a fact. `settled` is the development whose account counts, named only while usable."""
    json: dict[str, Any] = settings.model_dump(exclude_defaults=True)
    if settled is None or settled.status != "usable":
        json.pop("settled", None)
    return json


def expected_json(expected: Expected, status: ExpectationStatus) -> dict[str, Any]:
    """Return an expectation."""
    return filled(
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
            "history": list(map(_due_json, expected.history)),
        }
    )


def dispute_json(dispute: AttributedDispute) -> dict[str, Any]:
    """Return a dispute."""
    return filled(
        {
            "development": dispute.development,
            "by_development": dispute.by_development,
            "by": _speakers_json(dispute.by),
            "kind": dispute.kind,
            "claims": [_targeted_json(key, dispute.target) for key in dispute.target.keys],
            "statement": dispute.statement,
        }
    )


def _targeted_json(key: str, target: AimTarget) -> dict[str, Any]:
    """Return what a dispute is about: a key, and the value that the report gave for it."""
    claim = next((claim for claim in target.claims if folded(claim.key) == folded(key)), None)
    if claim is None:
        return {"key": key}
    value, of = _value_json(claim.value), _value_json(claim.of)
    return filled({"key": key, "value": value, "of": of, "unit": claim.unit, "literal": claim.literal})


def correction_json(correction: Correction) -> dict[str, Any]:
    """Return one corrected field."""
    return filled(
        {
            "development": correction.development,
            "field": correction.field,
            "was": _field_json(correction.was),
            "now": _field_json(correction.now),
            "level": correction.level,
            "note": correction.note,
            "at": format_instant(correction.at),
        }
    )


def development_json(development: Development) -> dict[str, Any]:
    """Return a development, with its report if that may be shown."""
    report = development.report
    details = {} if report is None else _report_json(development, report)
    publicly_withheld = development.status == "withheld" and report is None
    return filled(
        {
            "id": development.id,
            "status": development.status,
            "reason": None if publicly_withheld else development.reason,
            "substitute": development.substitute,
            **details,
        }
    )


def sources_json(developments: Iterable[Development]) -> list[dict[str, Any]]:
    """Return each source once, most used first, with the number of developments that name it."""
    counts: dict[str, int] = {}
    for development in developments:
        sources = development.report.sources if development.report else ()
        for name in dict.fromkeys(source.name for source in sources):
            counts[name] = counts.get(name, 0) + 1
    return [
        {"name": name, "developments": count}
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _claim_json(claim: AttributedClaim) -> dict[str, Any]:
    return filled(
        {
            "value": _value_json(claim.value),
            "of": _value_json(claim.of),
            "unit": claim.unit,
            "literal": claim.literal,
            "as_of": claim.as_of.edtf,
            "development": claim.development,
            "said_by": _speakers_json(claim.said_by),
        }
    )


def _doubts_json(claims: Iterable[AttributedClaim]) -> list[dict[str, Any]]:
    """Return an object for each speaker who denies, doubts or withholds; one without a name if nobody is named."""
    return [
        {
            **speaker,
            **filled({"value": _doubted_json(claim), "as_of": claim.as_of.edtf, "development": claim.development}),
        }
        for claim in claims
        for speaker in _speakers_json(claim.said_by) or [{}]
    ]


def _doubted_json(claim: AttributedClaim) -> Any:
    """Return the value denied or doubted; None for the denial of a report that may have been taken back."""
    hidden = claim.against is not None and claim.stance == "denies" and not claim.lasts
    return None if hidden else _value_json(claim.value)


def step_json(item: HistoryItem) -> dict[str, Any]:
    """Return a step of the history of a fact."""
    claim = _claim_json(item.claim)
    if item.relation == "withdrawn":
        claim = {name: claim[name] for name in ("as_of", "said_by") if name in claim}
    return {**claim, "relation": item.relation, "development": item.claim.development}


def _due_json(change: DueChange) -> dict[str, Any]:
    return filled({"due": change.due and change.due.as_object(), "development": change.development})


def _report_json(development: Development, report: DevelopmentReported) -> dict[str, Any]:
    json = report.model_dump(
        mode="json",
        include={"headline", "body", "said_by", "sources", "facts", "quotes", "urgency", "media"},
        exclude_defaults=True,
    )
    linked = [name for name in ("sources", "media") if name in json]
    links: dict[str, Any] = {name: list(map(_with_public_url, json[name])) for name in linked}
    facts = [_stated_json(claim, dumped) for claim, dumped in zip(report.facts, json.get("facts", ()), strict=True)]
    return {
        **json,
        **links,
        "facts": facts,
        "happened": report.happened and report.happened.as_object(),
        "said_on": report.said_on and report.said_on.as_object(),
        "published_at": development.published_at and format_instant(development.published_at),
        "reported_at": format_instant(development.reported_at),
        "standing": development.standing,
        "pinned": development.pinned or None,
        "archive": development.archive or None,
        "embargoed_until": development.embargoed_until and format_instant(development.embargoed_until),
    }


def _with_public_url(part: dict[str, Any]) -> dict[str, Any]:
    """Return a source or a medium with its address encoded."""
    return {**part, "url": public_url(part["url"])} if part.get("url") else part


def _stated_json(claim: Claim, dumped: Mapping[str, Any]) -> dict[str, Any]:
    """Return a claim as its report states it. Its `as_of` is EDTF alone."""
    as_of = None if claim.as_of is None else claim.as_of.edtf
    return filled({**dumped, "value": _value_json(claim.value), "as_of": as_of})


def _field_json(value: FieldValue) -> Any:
    """Return a corrected field, or one part of it."""
    match value:
        case tuple():
            return list(map(_field_json, value))
        case When():
            return value.as_object()
        case datetime():
            return format_instant(value)
        case Part():
            dumped = _with_public_url(value.model_dump(mode="json", exclude_defaults=True))
            match value:
                case Claim():
                    return _stated_json(value, dumped)
                case Expectation(due=When() as due):
                    return {**dumped, "due": due.as_object()}
                case _:
                    return dumped
        case _:
            return value


def _value_json(value: Value | None) -> Any:
    """Return a value; the when of a date is always an object."""
    match value:
        case None:
            return None
        case DateValue(date):
            return {"date": date.as_object()}
        case _:
            return value_json(value)


def _speakers_json(speakers: Iterable[Speaker]) -> list[dict[str, Any]]:
    return [speaker.model_dump(exclude_defaults=True) for speaker in speakers]
