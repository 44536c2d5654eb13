"""Decide: a wanted event and the story so far → the event to record, complete, or a refusal that says everything.

Pure: the shell hands in the instant, the actor and fresh names. What is decided here is never checked again;
the fold trusts it (vocabulary 1.4).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from difflib import SequenceMatcher
from itertools import count
from typing import Any, assert_never

from events.admission import admission_problems
from events.errors import Problem, RefusedError, did_you_mean
from events.fold.development import DevelopmentFold, correct
from events.fold.story import StoryFold
from events.model.codec import plain
from events.model.edtf import format_instant
from events.model.events import (
    Amendment,
    AnyEvent,
    DevelopmentCorrected,
    DevelopmentHeld,
    DevelopmentPinned,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    DevelopmentUnpinned,
    Erased,
    Event,
    EventRedacted,
    Recorded,
    StoryClosed,
    StoryOpened,
    StoryReopened,
    StoryRevised,
)
from events.model.parts import Claim, Expectation, Notice

KNOWN_SHOWN_MAX = 12
TYPO_LIKENESS_MIN = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the shell knows and decide must not ask for: the instant, who records, and where fresh names come from.

    `event_id` gives a new event id (told whether it must not tell its date), `neutral_id` a random slug, `noticed`
    what `events.public.sequence.published_notices` gives for a redaction.
    """

    recorded_at: datetime
    actor: str
    event_id: Callable[[bool], str]
    neutral_id: Callable[[], str]
    noticed: Callable[[EventRedacted], Mapping[str, tuple[Notice, ...]]]


def decide(fold: StoryFold, wanted: AnyEvent, circumstances: Circumstances) -> AnyEvent:
    """Return `wanted` with everything filled in that the caller left out, or raise RefusedError with every reason."""
    problems = [
        Problem(where=wanted.story, check=problem.check, message=problem.message, remedy=problem.remedy)
        for problem in (
            *admission_problems(wanted),
            *_time_problems(wanted, circumstances),
            *_problems(fold, wanted, circumstances),
        )
    ]
    if problems:
        raise RefusedError(*problems)
    return _completed(fold, wanted, circumstances)


def _problems(fold: StoryFold, wanted: AnyEvent, circumstances: Circumstances) -> Iterator[Problem]:
    now = circumstances.recorded_at
    match wanted:
        case StoryOpened():
            if fold.header is not None:
                yield _no("story", "the story is open already.", f"See: writethru revise {fold.story}")
        case StoryRevised():
            if not set(plain(wanted)) - _ENVELOPE:
                yield _no("revise", "nothing is given that would change.", "Give a headline, a summary, subjects, …")
        case StoryClosed():
            if fold.running.closed:
                yield _no("close", "the story is closed already.", f"See: writethru reopen {fold.story}")
        case StoryReopened():
            if not fold.running.closed:
                yield _no("reopen", "the story is not closed.", f"See: writethru show {fold.story}")
        case DevelopmentReported():
            yield from _report_problems(fold, wanted, now)
        case DevelopmentCorrected():
            yield from _on_record(
                fold, wanted.development, lambda record: _correction_problems(fold, wanted, record, now)
            )
        case DevelopmentHeld():
            yield from _unembargoed(wanted)
            yield from _on_record(fold, wanted.development, _hold_problems)
        case DevelopmentReleased():
            yield from _unembargoed(wanted)
            yield from _on_record(fold, wanted.development, lambda record: _release_problems(record, now))
        case DevelopmentRetracted():
            yield from _retraction_problems(fold, wanted)
        case DevelopmentPinned() | DevelopmentUnpinned():
            yield from _unembargoed(wanted)
            pins = isinstance(wanted, DevelopmentPinned)
            yield from _on_record(fold, wanted.development, lambda record: _pin_problems(record, pins=pins))
        case EventRedacted():
            yield from _unembargoed(wanted)
            yield from _redaction_problems(fold, wanted)
        case _:
            assert_never(wanted)


_ENVELOPE = {*Event.model_fields, "type", "development"}


def _no(check: str, message: str, remedy: str = "") -> Problem:
    return Problem(where="", check=check, message=message, remedy=remedy)


def _time_problems(wanted: AnyEvent, circumstances: Circumstances) -> Iterator[Problem]:
    recorded_at = circumstances.recorded_at
    latest = max(recorded_at, wanted.embargoed_until or recorded_at)
    if wanted.reported_at is not None and wanted.reported_at > latest:
        yield _no(
            "reported_at",
            f"{format_instant(wanted.reported_at)} is in the future: nothing can have been reported then.",
            "Give the time of the report; a forecast is an expectation (expects).",
        )
    if wanted.published_at is not None and wanted.published_at > recorded_at:
        yield _no("published_at", f"{format_instant(wanted.published_at)} is in the future.", "It is for archives.")


def _unembargoed(wanted: AnyEvent) -> Iterator[Problem]:
    if wanted.embargoed_until is not None:
        yield _no("embargoed_until", f"{wanted.type} takes effect at once, without embargo.", "Leave it out.")


def _report_problems(fold: StoryFold, wanted: DevelopmentReported, now: datetime) -> Iterator[Problem]:
    if fold.running.closed:
        yield _no(
            "closed", "the story is closed; it takes repairs, not reports.", f"See: writethru reopen {fold.story}"
        )
    if wanted.development is not None and wanted.development in fold.records:
        yield _no(
            "development",
            f"there is a development {wanted.development} already, and ids are never used again.",
            f"Give another id, or none. To repair it: writethru correct {fold.story} {wanted.development}",
        )
    for name, aims in (("corroborates", wanted.corroborates), ("disputes", wanted.disputes)):
        for aim in aims:
            if aim.development not in fold.records:
                yield _unknown_development(fold, aim.development, check=name, itself=wanted.development)
    yield from _part_problems(fold, wanted, reported_at=wanted.reported_at or now, now=now)


def _part_problems(
    fold: StoryFold, parts: DevelopmentReported | Amendment, *, reported_at: datetime, now: datetime
) -> Iterator[Problem]:
    """Check what a report and a correction both hold: claims, expectations, resolutions."""
    for claim in parts.facts:
        yield from _claim_problems(claim, reported_at)
    stated: set[str] = set()
    for expectation in parts.expects:
        known = expectation.id is not None and expectation.id in fold.expectation_ids
        if not known and expectation.what is None:
            name = f" {expectation.id}" if expectation.id else ""
            yield _no("expects", f"the new expectation{name} does not say what is expected.", "Give what.")
        if expectation.id is not None and expectation.id in stated:
            yield _no("expects", f"{expectation.id} is stated twice in one report.", "State it once.")
        stated.add(expectation.id or "")
    for resolution in parts.resolves:
        if resolution.expectation not in fold.expectation_ids and resolution.expectation not in stated:
            yield _unknown_expectation(fold, resolution.expectation, now)


def _claim_problems(claim: Claim, reported_at: datetime) -> Iterator[Problem]:
    begins = None if claim.as_of is None else claim.as_of.bounds.earliest
    if begins is not None and begins > _latest_day_anywhere(reported_at):
        yield _no(
            "as_of",
            f"{claim.key} is said to hold as of {begins.isoformat()}, after it was reported.",
            "A forecast is an expectation: expects, with due.",
        )


def _latest_day_anywhere(at: datetime) -> date:
    # A desk in Auckland writes its own date while it is still yesterday in UTC; no zone is ahead by more than 14 h.
    return (at.astimezone(UTC) + timedelta(hours=14)).date()


def _on_record(
    fold: StoryFold, development: str, check: Callable[[DevelopmentFold], Iterable[Problem]]
) -> Iterator[Problem]:
    """Check an event about `development`: it must be known, and not withdrawn."""
    record = fold.records.get(development)
    if record is None:
        yield _unknown_development(fold, development, check="development")
    elif record.redacted:
        yield _no("redacted", f"{development} was redacted; nothing more can be recorded about it.")
    elif record.retracted:
        yield _no(
            "retracted",
            f"{development} was retracted; only its substitute can still be named, or its text redacted.",
            f"What replaces it is a report of its own: writethru report {fold.story} HEADLINE",
        )
    else:
        yield from check(record)


def _correction_problems(
    fold: StoryFold, wanted: DevelopmentCorrected, record: DevelopmentFold, now: datetime
) -> Iterator[Problem]:
    if wanted.note is None and wanted.level != "typo":
        yield _no("note", f"a {wanted.level} says in a note what was wrong.", "Give a note, or level typo.")
    before = record.report
    if before is None:
        return
    after = correct(before, wanted)
    moved = wanted.set.reported_at is not None and wanted.set.reported_at != record.reported_at
    if plain(after) == plain(before.model_copy(update={"reported_at": after.reported_at})) and not moved:
        yield _no("set", f"{record.id} says so already; nothing would change.", f"See: writethru log {fold.story}")
    if wanted.set.reported_at is not None and wanted.set.reported_at > max(now, record.embargoed_until or now):
        yield _no("reported_at", f"{format_instant(wanted.set.reported_at)} is in the future.")
    if wanted.set.reported_at is not None and "facts" not in wanted.set.model_fields_set:
        for claim in before.facts:
            yield from _claim_problems(claim, wanted.set.reported_at)
    if wanted.level == "typo":
        yield from _typo_problems(before, after, wanted)
    for name, aims in (("corroborates", wanted.set.corroborates), ("disputes", wanted.set.disputes)):
        for aim in aims:
            if aim.development not in fold.records or aim.development == record.id:
                yield _unknown_development(fold, aim.development, check=name, itself=record.id)
    yield from _part_problems(fold, wanted.set, reported_at=wanted.set.reported_at or record.reported_at, now=now)


def _typo_problems(
    before: DevelopmentReported, after: DevelopmentReported, wanted: DevelopmentCorrected
) -> Iterator[Problem]:
    remedy = "Use level clarification or correction: a typo is not announced."
    other = sorted(wanted.set.model_fields_set - {"headline", "body", "media"})
    if other:
        yield _no("level", f"a typo changes headline, body or media, not {', '.join(other)}.", remedy)
    for name in ("headline", "body"):
        if not _alike(getattr(before, name) or "", getattr(after, name) or ""):
            yield _no("level", f"the {name} says something else: that is no typo.", remedy)
        if _digits(getattr(before, name)) != _digits(getattr(after, name)):
            yield _no("level", f"a digit changed in the {name}: that is no typo.", remedy)


def _alike(one: str, other: str) -> bool:
    """Return True if two texts differ as a typo does. An upper bound of their likeness, which takes linear time."""
    return one == other or SequenceMatcher(None, one, other, autojunk=False).quick_ratio() >= TYPO_LIKENESS_MIN


def _digits(text: str | None) -> list[str]:
    return [char for char in text or "" if char.isdigit()]


def _hold_problems(record: DevelopmentFold) -> Iterator[Problem]:
    if record.held:
        yield _no("hold", f"{record.id} is held already.", "To undo it: writethru release")


def _release_problems(record: DevelopmentFold, now: datetime) -> Iterator[Problem]:
    embargoed = record.embargoed_until is not None and record.embargoed_until > now
    if not record.held and not embargoed:
        yield _no("release", f"{record.id} is neither held nor under embargo; there is nothing to release.")


def _pin_problems(record: DevelopmentFold, *, pins: bool) -> Iterator[Problem]:
    if record.pinned == pins:
        yield _no("pin", f"{record.id} is {'pinned already' if pins else 'not pinned'}.")


def _retraction_problems(fold: StoryFold, wanted: DevelopmentRetracted) -> Iterator[Problem]:
    substitute, record = wanted.substitute, fold.records.get(wanted.development)
    names_substitute = substitute is not None and record is not None and record.retracted and not record.redacted
    if not names_substitute:
        yield from _on_record(fold, wanted.development, lambda _: ())
    elif record is not None and record.substitute == substitute:
        yield _no("substitute", f"{substitute} is named as the substitute already.")
    if substitute is not None and (substitute not in fold.records or substitute == wanted.development):
        yield _unknown_development(fold, substitute, check="substitute", itself=wanted.development)


def _redaction_problems(fold: StoryFold, wanted: EventRedacted) -> Iterator[Problem]:
    if wanted.development is not None:
        record = fold.records.get(wanted.development)
        if record is None:
            yield _unknown_development(fold, wanted.development, check="development")
        elif record.redacted:
            yield _no("redacted", f"{wanted.development} is redacted already.")
    elif wanted.event not in fold.redactable:
        yield _no(
            "event",
            f"{wanted.event} is no report or correction of {fold.story}; only those can be redacted.",
            f"Their ids: writethru log {fold.story} --json",
        )
    elif wanted.event in fold.redacted:
        yield _no("redacted", f"{wanted.event} is redacted already.")


def _unknown_development(fold: StoryFold, development: str, *, check: str, itself: str | None = None) -> Problem:
    others = fold.records.keys() - {development}
    close = did_you_mean(development, others)
    hint = f"Did you mean {close}? " if close else f"Known: {_some(others)}. " if others else ""
    return _no(
        check,
        f"there is no {'other ' if development == itself else ''}development {development} in {fold.story}.",
        f"{hint}See: writethru show {fold.story}",
    )


def _unknown_expectation(fold: StoryFold, expectation: str, now: datetime) -> Problem:
    known = [f"{item.id} ({item.status(now, fold.running)})" for item in fold.expectations()]
    hint = f"Known: {_some(known)}. " if known else "Nothing is expected yet. "
    return _no(
        "resolves",
        f"there is no expectation {expectation} in {fold.story}.",
        f"{hint}See: writethru show {fold.story}",
    )


def _some(names: Iterable[str]) -> str:
    listed = sorted(names)
    shown = ", ".join(listed[:KNOWN_SHOWN_MAX])
    return f"{shown}, …" if len(listed) > KNOWN_SHOWN_MAX else shown


def _completed(fold: StoryFold, wanted: AnyEvent, circumstances: Circumstances) -> AnyEvent:
    """Return `wanted` with ids, actor and time of report filled in."""
    secret = _secret(fold, wanted, circumstances.recorded_at)
    filled: dict[str, Any] = {
        "id": wanted.id or circumstances.event_id(secret),
        "actor": wanted.actor or circumstances.actor,
        "reported_at": wanted.reported_at or circumstances.recorded_at,
    }
    if isinstance(wanted, DevelopmentReported):
        neutral = circumstances.neutral_id if secret else None
        filled["development"] = wanted.development or (neutral() if neutral else fold.free_id("d"))
        filled["expects"] = _with_ids(fold, wanted.expects, neutral)
    elif isinstance(wanted, DevelopmentCorrected) and wanted.set.expects:
        neutral = circumstances.neutral_id if secret else None
        filled["set"] = wanted.set.model_copy(update={"expects": _with_ids(fold, wanted.set.expects, neutral)})
    elif isinstance(wanted, EventRedacted):
        filled["noticed"] = dict(circumstances.noticed(wanted))
    return wanted.model_copy(update=filled)


def _secret(fold: StoryFold, wanted: AnyEvent, now: datetime) -> bool:
    """Return True if `wanted` is under embargo, its own or its development's: its ids must not betray it."""
    record = fold.records.get(getattr(wanted, "development", None) or "")
    until = (wanted.embargoed_until, record.embargoed_until if record else None)
    return any(at is not None and at > now for at in until)


def _with_ids(
    fold: StoryFold, expectations: tuple[Expectation, ...], neutral: Callable[[], str] | None
) -> tuple[Expectation, ...]:
    """Return `expectations`, each with an id of its own."""
    given = {item.id for item in expectations if item.id is not None}
    filled: list[Expectation] = []
    numbers = count(int(fold.free_id("e").removeprefix("e")))
    for item in expectations:
        name = item.id or (neutral() if neutral else None)
        while name is None or (item.id is None and (name in given or name in fold.expectation_ids)):
            name = f"e{next(numbers)}"
        given.add(name)
        filled.append(Expectation(**{**item.model_dump(exclude_unset=True), "id": name}))
    return tuple(filled)


def same_content(given: AnyEvent, recorded: Recorded) -> bool:
    """Return True if `given` has the content of `recorded`. Fields that the caller left empty do not count."""
    stored = recorded.event
    if isinstance(stored, Erased):
        return (given.type, given.story) == (stored.was, stored.story)
    filled: dict[str, Any] = {"id": stored.id, "actor": given.actor or stored.actor}
    if given.reported_at is None and stored.reported_at == recorded.recorded_at:
        filled["reported_at"] = stored.reported_at
    if isinstance(given, DevelopmentReported) and isinstance(stored, DevelopmentReported):
        filled["development"] = given.development or stored.development
        filled["expects"] = _ids_from(given.expects, stored.expects)
    elif isinstance(given, DevelopmentCorrected) and isinstance(stored, DevelopmentCorrected) and given.set.expects:
        filled["set"] = given.set.model_copy(update={"expects": _ids_from(given.set.expects, stored.set.expects)})
    elif isinstance(given, EventRedacted) and isinstance(stored, EventRedacted):
        filled["noticed"] = stored.noticed
    return plain(given.model_copy(update=filled)) == plain(stored)


def _ids_from(given: tuple[Expectation, ...], stored: tuple[Expectation, ...]) -> tuple[Expectation, ...]:
    """Return `given` with the ids that `stored` was assigned at the same places."""
    if len(given) != len(stored):
        return given
    return tuple(
        Expectation(**{**item.model_dump(exclude_unset=True), "id": item.id or other.id})
        for item, other in zip(given, stored, strict=True)
    )
