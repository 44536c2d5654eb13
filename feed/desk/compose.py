"""The form of a report: from its texts to the event, and from the event to what an editor checks before sending.

Each field is a text. Those that have short forms take one a line; a row for each fact takes what follows its key.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from events import commands
from events.errors import InvalidError
from events.fold.known_fact import KnownFact
from events.lint import doubts_about
from events.model.edtf import format_instant
from events.model.events import DevelopmentReported
from events.model.number_forms import NUMBER
from events.model.parts import Claim
from events.model.typed_times import TypedTimes
from events.wording.catalogue import status_words
from events.wording.claims import fact_name, own_claim
from events.wording.names import FactNames
from events.wording.redactions import Redactions
from events.wording.values import speakers_words, when_words
from feed.desk.line import Line, in_quotes, parse_line
from feed.desk.parts import (
    LINE_FORMS,
    fact_line,
    of_field,
    part_json,
    part_lines,
    source_lines,
    speaker_lines,
    when_text,
)
from feed.desk.recording import Subject
from feed.short_forms import report_fields

LINES: Final = ("said_by", "sources", "facts", "quotes", "expects", "corroborates", "disputes", "media")
"""The fields with a short form a line."""
TEXTS: Final = (
    "development", "body", "happened", "said_on", "reported_at", "published_at", "embargoed_until", "urgency",
)  # fmt: skip
"""The fields with one text each. Like those above, they are named as the fields of the event."""
FIELDS: Final = ("headline", "archive", "alt", "credit", *LINES, *TEXTS)
DISPUTES: Final = {"denies": "Denies", "cannot_confirm": "Cannot confirm", "disagrees": "Disagrees with"}
FACT, RESOLUTION = "fact:", "resolve:"
"""How the names of the fields of a known fact and of an open expectation begin."""
_AMOUNT: Final = re.compile(rf"{NUMBER}(?:\.\.(?:{NUMBER})?)?(?:/{NUMBER})?|\.\.{NUMBER}")

_GIVEN_NAME: Final = re.compile("d[0-9]+|[0-9a-f]{12}")
"""A permanent name as the ledger gives them, under an embargo one that says nothing."""


def report_of(
    story: str, event_id: str, values: Mapping[str, str], facts: Mapping[str, KnownFact], times: TypedTimes
) -> DevelopmentReported:
    """Return the report that a form states; InvalidError with everything that is wrong."""
    line = parse_line(values.get("headline", ""))
    texts: dict[str, Any] = {name: lines_of(values.get(name, "")) for name in LINES}
    texts["said_by"] = [*line.said_by, *texts["said_by"]]
    texts["facts"] = [*line.facts, *_fact_rows(values, facts), *texts["facts"]]
    texts["resolves"] = [*line.resolves, *_resolutions(values)]
    texts |= {name: values.get(name) or None for name in TEXTS}
    if texts["urgency"] is not None and texts["urgency"].isascii() and texts["urgency"].isdecimal():
        texts["urgency"] = int(texts["urgency"])
    if values.get("archive"):
        texts["archive"] = True
    fields = {name: value for name, value in texts.items() if value not in (None, [], ())}
    try:
        return commands.report(story, line.headline, id=event_id, times=times, **report_fields(fields, times))
    except InvalidError as error:
        raise InvalidError(*map(of_field, error.problems)) from None


def line_report(
    story: str, text: str, fields: Mapping[str, Any], *, event_id: str, times: TypedTimes
) -> DevelopmentReported:
    """Return the report that a line states together with other `fields` of the event; InvalidError."""
    line = parse_line(text)
    try:
        marked = report_fields({"said_by": line.said_by, "facts": line.facts, "resolves": line.resolves}, times)
    except InvalidError as error:
        raise InvalidError(*map(of_field, error.problems)) from None
    stated = {name: [*parts, *(fields.get(name) or ())] for name, parts in marked.items()}
    return commands.report(story, line.headline, id=event_id, times=times, **{**fields, **stated})


def report_values(report: DevelopmentReported, recorded_at: datetime) -> dict[str, str]:
    """Return the fields of a form that states a report, as far as they can: a line shows less than some parts say.

    What the ledger filled in at `recorded_at` is left out.
    """
    reported_at = None if report.reported_at == recorded_at else report.reported_at
    times = {"reported_at": reported_at, "published_at": report.published_at, "embargoed_until": report.embargoed_until}
    resolved = {item.expectation: item.outcome for item in report.resolves}
    is_plain = parse_line(report.headline) == Line(report.headline)
    marks = [f"!{name}={outcome}" for name, outcome in resolved.items()]
    values = {name: part_lines(name, getattr(report, name)) for name in LINE_FORMS if name in LINES}
    values |= {name: format_instant(at) for name, at in times.items() if at is not None}
    if not is_plain:
        values |= {f"{RESOLUTION}{name}": outcome for name, outcome in resolved.items()}
    return values | {
        "headline": " ".join((report.headline, *marks)) if is_plain else in_quotes(report.headline),
        "body": (report.body or "").strip(),
        "said_by": speaker_lines(report.said_by),
        "sources": source_lines(report.sources),
        "facts": "\n".join(map(fact_line, report.facts)),
        "media": "\n".join(map(part_json, report.media)),
        "happened": when_text(report.happened),
        "said_on": when_text(report.said_on),
        "urgency": str(report.urgency or ""),
        "archive": "yes" if report.archive else "",
        "development": "" if _GIVEN_NAME.fullmatch(report.development or "") else report.development or "",
    }


def subject_of(report: DevelopmentReported) -> Subject:
    """Return what an editor looked at who reports this."""
    return Subject(
        developments=frozenset(aim.development for aim in report.corroborates)
        | frozenset(aim.development for aim in report.disputes),
        keys=frozenset(claim.key for claim in report.facts),
        expectations=frozenset(resolution.expectation for resolution in report.resolves)
        | frozenset(item.id for item in report.expects if item.id is not None and item.what is None),
    )


def readings(report: DevelopmentReported, names: FactNames, promises: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield how each field was read, as (what it is, what it says); `promises` are what is expected, by id."""
    yield "Headline", report.headline
    for speaker in report.said_by:
        parts = (("name", speaker.name), ("role", speaker.role), ("organisation", speaker.org))
        yield "Says so", " · ".join(f"{name}: {part}" for name, part in parts if part)
    redactions = Redactions(names=names)
    for claim in report.facts:
        yield fact_name(claim.key, redactions), claim_words(claim)
    for resolution in report.resolves:
        yield promises.get(resolution.expectation, resolution.expectation), status_words(resolution.outcome)
    for expectation in report.expects:
        due = when_words(expectation.due) if expectation.due else "no date given"
        debtor = expectation.by or "owed by: not stated"
        yield "Expected", " · ".join((expectation.what or str(expectation.id), debtor, due))
    for aim in report.corroborates:
        yield "Confirms", _aim_words(aim.development, aim.keys, redactions)
    for doubt in report.disputes:
        yield DISPUTES[doubt.kind], _aim_words(doubt.development, doubt.keys, redactions)
    for source in report.sources:
        yield "Source", " · ".join(part for part in (source.name, source.url, *source.via) if part)
    for quote in report.quotes:
        yield "Quote", f"{speakers_words((quote.speaker,))}: {quote.text}"
    for item in report.media:
        yield "Picture", item.alt
    if report.happened is not None:
        yield "Happened", when_words(report.happened)


def doubts(report: DevelopmentReported) -> Iterator[str]:
    """Yield what a careful colleague would ask."""
    if report.reported_at is not None:
        for message, remedy in doubts_about(report, report.reported_at):
            yield f"Is this right? {message[:1].upper()}{message[1:]} {remedy}".rstrip()
    if any(speaker.org is None and speaker.origin is None for speaker in report.said_by):
        yield "A speaker without (ORG) states no origin, so nothing is confirmed. Write: NAME, ROLE (ORG)."


def _aim_words(development: str, keys: Iterable[str] | None, redactions: Redactions) -> str:
    names = ", ".join(fact_name(key, redactions) for key in keys or ())
    return f"{development}: {names}" if names else development


def claim_words(claim: Claim) -> str:
    """Return what a report says of a fact: `2 people`, `denies 2 people`, or `cannot confirm`."""
    words, stance = own_claim(claim, None), claim.stance.replace("_", " ")
    if claim.stance == "asserts":
        return words
    return stance if claim.value is None else f"{stance} {words}"


def lines_of(text: str) -> list[str]:
    """Return the lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _resolutions(values: Mapping[str, str]) -> list[str]:
    outcomes = ((name.removeprefix(RESOLUTION), value) for name, value in values.items() if name.startswith(RESOLUTION))
    return [f"{name}={outcome}" for name, outcome in outcomes if outcome]


def _fact_rows(values: Mapping[str, str], facts: Mapping[str, KnownFact]) -> Iterator[str]:
    """Yield the short forms of the rows of known facts: a bare number has the unit that stands beside its field.

    A bare text is one if the fact is: its row says so.
    """
    for name, value in values.items():
        if not name.startswith(FACT) or not value:
            continue
        key = name.removeprefix(FACT)
        current = facts[key].fact.current if key in facts else None
        text = value
        if current is not None and current.unit and _AMOUNT.fullmatch(value):
            text = f"{value}:{current.unit}"
        elif current is not None and isinstance(current.value, str) and value[0] not in '"!':
            text = in_quotes(value)
        yield f"{key}{text}" if value.startswith("!") else f"{key}={text}"
