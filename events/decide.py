"""Decide: a command and the story so far → the event to record, or a refusal with every reason.

A command is an event as an editor gives it, without what the ledger fills in. Pure: the caller passes the instant, the
actor and new ids. Nothing checks again what is decided here: the fold trusts it (events/README.md#what-is-refused).
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import assert_never

from events.errors import Problem, RefusedError, did_you_mean
from events.fold.contributions import aims, targeted_claims
from events.fold.development import DevelopmentFold, correct
from events.fold.story import StoryFold
from events.model.codec import plain
from events.model.edtf import format_instant, latest_day_anywhere
from events.model.events import (
    Amendment,
    AnyEvent,
    ClockReset,
    DevelopmentCorrected,
    DevelopmentHeld,
    DevelopmentPinned,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    DevelopmentUnpinned,
    Event,
    EventRedacted,
    EventUndone,
    FactChecked,
    StoryClosed,
    StoryOpened,
    StoryReopened,
    StoryRevised,
)
from events.model.parts import Claim, Corroboration, Dispute
from events.rules.admission import admission_problems
from events.rules.assignment import Circumstances, complete
from events.rules.fact_checks import fact_check_problems
from events.rules.pictures import picture_problems
from events.rules.settings import settings_problems
from events.rules.timing import embargo_problems, time_problems
from events.rules.typos import differ_by_typos, digits
from events.rules.undo import new_report, undo_problems

ALREADY_ERASED = "Its text is erased. There is nothing to do."
NAMES_LISTED_MAX = 12


def decide(fold: StoryFold, command: AnyEvent, circumstances: Circumstances) -> AnyEvent:
    """Return `command` with everything filled in that the caller left out, or raise RefusedError with every reason."""
    problems = (
        *admission_problems(command),
        *time_problems(command, circumstances),
        *embargo_problems(command, circumstances),
        *picture_problems(command, circumstances.has_picture),
        *_problems(fold, command, circumstances),
    )
    if problems:
        raise RefusedError(*(problem.at(command.story) for problem in problems))
    return complete(fold, command, circumstances)


def _problems(fold: StoryFold, command: AnyEvent, circumstances: Circumstances) -> Iterator[Problem]:
    now = circumstances.recorded_at
    match command:
        case StoryOpened() | StoryRevised() | StoryClosed() | StoryReopened() | FactChecked():
            yield from _story_problems(fold, command, circumstances)
        case ClockReset():
            pass
        case DevelopmentReported():
            yield from _report_problems(fold, command, now)
        case DevelopmentCorrected():
            check = partial(_correction_problems, fold, command, circumstances.latest)
            yield from _record_problems(fold, command.development, check)
        case DevelopmentHeld():
            yield from _record_problems(fold, command.development, lambda record: _hold_problems(fold, record))
        case DevelopmentReleased():
            # An export is imported after the embargo that the release ended: judge the release by its own time.
            at = min(now, command.reported_at or now)
            yield from _record_problems(fold, command.development, lambda record: _release_problems(record, at))
        case DevelopmentRetracted():
            yield from _retraction_problems(fold, command)
        case DevelopmentPinned() | DevelopmentUnpinned():
            pins = isinstance(command, DevelopmentPinned)
            yield from _record_problems(fold, command.development, partial(_pin_problems, fold, pins=pins))
        case EventRedacted():
            yield from _redaction_problems(fold, command)
        case EventUndone():
            yield from _undo_problems(fold, command, circumstances)
        case _:
            assert_never(command)


def _story_problems(
    fold: StoryFold,
    command: StoryOpened | StoryRevised | StoryClosed | StoryReopened | FactChecked,
    circumstances: Circumstances,
) -> Iterator[Problem]:
    match command:
        case StoryOpened() | StoryRevised():
            if isinstance(command, StoryOpened) and fold.header is not None:
                remedy = f"To change it: writethru revise {fold.story} --headline HEADLINE"
                yield _problem("story", "the story already exists.", remedy)
            if isinstance(command, StoryRevised) and not set(plain(command)) - _ENVELOPE:
                remedy = "Give a headline, a summary, a language, subjects, origins or settings of facts."
                yield _problem("revise", "the revision changes nothing.", remedy)
            until, now = command.embargoed_until, circumstances.recorded_at
            yield from settings_problems(fold, command.facts, embargoed_until=until, now=now)
        case StoryClosed() if fold.running.closed:
            yield _problem("close", "the story is already closed.", f"To reopen it: writethru reopen {fold.story}")
        case StoryReopened() if not fold.running.closed:
            yield _problem("reopen", "the story is not closed.", "You can report to it as it is.")
        case StoryClosed() | StoryReopened():
            pass
        case FactChecked():
            yield from fact_check_problems(fold, command, now=circumstances.latest)
        case _:
            assert_never(command)


_ENVELOPE = {*Event.model_fields, "type", "development"}


def _problem(check: str, message: str, remedy: str) -> Problem:
    return Problem(where="", check=check, message=message, remedy=remedy)


def _report_problems(fold: StoryFold, command: DevelopmentReported, now: datetime) -> Iterator[Problem]:
    if fold.running.closed:
        yield _problem(
            "closed", "the story is closed to new reports.", f"Reopen it first: writethru reopen {fold.story}"
        )
    record = fold.records.get(command.development or "")
    if record is not None:
        change = f" To change that development: writethru correct {fold.story} {record.id} --edit --note NOTE"
        yield _problem(
            "development",
            f"the id {record.id} was already used in this story.",
            f"Give another id, or none.{'' if record.withdrawn else change}",
        )
    yield from _aim_problems(fold, command, itself=command.development)
    yield from _part_problems(fold, command, reported_at=command.reported_at or now, now=now)


def _aim_problems(
    fold: StoryFold,
    parts: DevelopmentReported | Amendment,
    *,
    itself: str | None,
    before: Collection[Corroboration | Dispute] = (),
) -> Iterator[Problem]:
    """Check the developments and the claims at which corroborations and disputes are aimed; `before` are recorded."""
    for name, addressed in (("corroborates", parts.corroborates), ("disputes", parts.disputes)):
        for aim in addressed:
            record = fold.records.get(aim.development)
            if record is None or (aim.development == itself and isinstance(parts, Amendment)):
                yield _unknown_development(fold, aim.development, check=name, itself=itself)
            elif record.report is not None and aim not in before:
                keys = {claim.key for claim in targeted_claims(record.report)}
                unknown = (key for key in dict.fromkeys(aim.keys) if key not in keys)
                yield from (_unclaimed_key(aim.development, key, keys, check=name) for key in unknown)


def _unclaimed_key(development: str, key: str, keys: Collection[str], *, check: str) -> Problem:
    """Return the problem of a key that a development claims nothing about: nobody can confirm or deny that."""
    message = f"{development} says nothing of {key}."
    if not keys:
        return _problem(check, message, f"Leave out the key: {development} as a whole is meant then.")
    close = did_you_mean(key, keys)
    return _problem(check, message, f"Did you mean {close}?" if close else f"Use one of: {_listed(keys)}.")


def _part_problems(
    fold: StoryFold, parts: DevelopmentReported | Amendment, *, reported_at: datetime, now: datetime
) -> Iterator[Problem]:
    """Check what reports and corrections share: claims, expectations and resolutions."""
    subject = "report" if isinstance(parts, DevelopmentReported) else "correction"
    for claim in parts.facts:
        yield from _claim_problems(claim, reported_at)
    stated: set[str] = set()
    for expectation in parts.expects:
        exists = expectation.id is not None and expectation.id in fold.expectation_ids
        if not exists and expectation.what is None:
            name = f" {expectation.id}" if expectation.id else ""
            yield _problem(
                "expects",
                f"the new expectation{name} does not say what is expected.",
                "Add what, or give the id of an expectation that exists.",
            )
        if expectation.id is not None and expectation.id in stated:
            yield _problem("expects", f"the {subject} states {expectation.id} twice.", "State it once.")
        stated.add(expectation.id or "")
    for resolution in parts.resolves:
        if resolution.expectation not in fold.expectation_ids and resolution.expectation not in stated:
            yield _unknown_expectation(fold, resolution.expectation, now)


def _claim_problems(claim: Claim, reported_at: datetime) -> Iterator[Problem]:
    begins = None if claim.as_of is None else claim.as_of.bounds.earliest
    if begins is not None and begins > latest_day_anywhere(reported_at):
        yield _problem(
            "as_of",
            f"{claim.key} holds as of {begins.isoformat()}, which is after it was reported.",
            "Correct the date. A forecast is an expectation (expects), with a due date.",
        )


def _record_problems(
    fold: StoryFold, development: str, check: Callable[[DevelopmentFold], Iterable[Problem]]
) -> Iterator[Problem]:
    """Check a command about `development`, which must exist and not be withdrawn."""
    record = fold.records.get(development)
    if record is None:
        yield _unknown_development(fold, development, check="development")
    elif record.redacted:
        yield _problem(
            "redacted",
            f"{development} was redacted, so nothing more can be recorded about it.",
            new_report(fold.story, closed=fold.running.closed),
        )
    elif record.retracted:
        yield _problem(
            "retracted",
            f"{development} was retracted: you can only name its substitute, or redact its text.",
            new_report(fold.story, "replaces it", closed=fold.running.closed),
        )
    else:
        yield from check(record)


def _correction_problems(
    fold: StoryFold, command: DevelopmentCorrected, now: datetime, record: DevelopmentFold
) -> Iterator[Problem]:
    if command.note is None and command.level != "typo":
        yield _problem(
            "note", f"a {command.level} needs a note that says what was wrong.", "Add a note, or use level typo."
        )
    before = record.report
    if before is None:
        return
    after = correct(before, command)
    moved = command.set.reported_at is not None and command.set.reported_at != record.reported_at
    if plain(after) == plain(before.model_copy(update={"reported_at": after.reported_at})) and not moved:
        yield _problem(
            "set",
            f"the correction changes nothing: {record.id} already says so.",
            f"To see what is recorded: writethru log {fold.story}",
        )
    if command.set.reported_at is not None and command.set.reported_at > max(now, record.embargoed_until or now):
        yield _problem(
            "reported_at",
            f"{format_instant(command.set.reported_at)} is in the future.",
            "Give the time at which it was reported.",
        )
    if command.set.reported_at is not None and "facts" not in command.set.model_fields_set:
        for claim in before.facts:
            yield from _claim_problems(claim, command.set.reported_at)
    if command.level == "typo":
        yield from _typo_problems(before, after, command)
    yield from _aim_problems(fold, command.set, itself=record.id, before=aims(before))
    yield from _part_problems(fold, command.set, reported_at=command.set.reported_at or record.reported_at, now=now)


def _typo_problems(
    before: DevelopmentReported, after: DevelopmentReported, command: DevelopmentCorrected
) -> Iterator[Problem]:
    remedy = "Use level clarification or correction, so that readers are told."
    others = sorted(command.set.model_fields_set - {"headline", "body", "media"})
    if others:
        yield _problem("level", f"a typo cannot change {', '.join(others)}: only headline, body and media.", remedy)
    for name in ("headline", "body"):
        if digits(getattr(before, name)) != digits(getattr(after, name)):
            yield _problem("level", f"a digit of the {name} changes, so this is not a typo.", remedy)
        elif not differ_by_typos(getattr(before, name) or "", getattr(after, name) or ""):
            yield _problem("level", f"the {name} changes too much for a typo.", remedy)


def _hold_problems(fold: StoryFold, record: DevelopmentFold) -> Iterator[Problem]:
    if record.held:
        release = f"writethru release {fold.story} {record.id}"
        yield _problem("hold", f"{record.id} is already held.", f"To release it: {release}")


def _release_problems(record: DevelopmentFold, at: datetime) -> Iterator[Problem]:
    embargoed = record.embargoed_until is not None and record.embargoed_until > at
    if not record.held and not embargoed:
        yield _problem("release", f"{record.id} is neither held nor under embargo.", "There is nothing to release.")


def _pin_problems(fold: StoryFold, record: DevelopmentFold, *, pins: bool) -> Iterator[Problem]:
    if record.pinned == pins:
        state, opposite = ("already pinned", "unpin") if pins else ("not pinned", "pin")
        remedy = f"To {opposite} it: writethru {opposite} {fold.story} {record.id}"
        yield _problem("pin", f"{record.id} is {state}.", remedy)


def _retraction_problems(fold: StoryFold, command: DevelopmentRetracted) -> Iterator[Problem]:
    substitute, record = command.substitute, fold.records.get(command.development)
    names_substitute = substitute is not None and record is not None and record.retracted and not record.redacted
    if not names_substitute:
        yield from _record_problems(fold, command.development, lambda _: ())
    elif record is not None and record.substitute == substitute:
        yield _problem(
            "substitute", f"{substitute} is already the substitute of {record.id}.", "There is nothing to change."
        )
    if substitute is not None and (substitute not in fold.records or substitute == command.development):
        yield _unknown_development(fold, substitute, check="substitute", itself=command.development)


def _redaction_problems(fold: StoryFold, command: EventRedacted) -> Iterator[Problem]:
    if command.development is not None:
        record = fold.records.get(command.development)
        undone = [name for name, development in fold.redactable.items() if development == command.development]
        if record is None and undone:
            left = next((name for name in undone if name not in fold.redacted), None)
            remedy = f"To erase its text: writethru redact {fold.story} --event {left} --reason REASON"
            remedy = ALREADY_ERASED if left is None else remedy
            yield _problem("development", f"{command.development} was undone.", remedy)
        elif record is None:
            yield _unknown_development(fold, command.development, check="development")
        elif fold.erased_by(command) <= fold.redacted:
            yield _problem("redacted", f"{command.development} is already redacted.", ALREADY_ERASED)
    elif command.event not in fold.redactable:
        remedy = f"Only those can be redacted. To see their ids: writethru log {fold.story} --json"
        if command.event in fold.records:
            remedy = f"It is a development. To erase it: writethru redact {fold.story} {command.event} --reason REASON"
        yield _problem("event", f"{command.event} is not a report or a correction of {fold.story}.", remedy)
    elif fold.erased_by(command) <= fold.redacted:
        yield _problem("redacted", f"{command.event} is already redacted.", ALREADY_ERASED)


def _undo_problems(fold: StoryFold, command: EventUndone, circumstances: Circumstances) -> Iterator[Problem]:
    if command.development is None or command.development in fold.records:
        yield from undo_problems(
            command,
            circumstances.history(command.story),
            lambda other: not any(_problems(fold, other, circumstances)),
        )
    else:
        yield _unknown_development(fold, command.development, check="development")


def _unknown_development(fold: StoryFold, development: str, *, check: str, itself: str | None = None) -> Problem:
    others = fold.records.keys() - {development}
    close = did_you_mean(development, others)
    hint = f"Did you mean {close}?" if close else f"Use one of: {_listed(others)}."
    message = f"there is no development {development}."
    expected = fold.expected(development)
    if development == itself:
        message = f"{development} cannot name itself."
    elif development in fold.redactable.values():
        message = f"{development} was undone."
    elif expected is not None:
        message, hint = f"{development} is an expectation, not a development.", f"{expected.stated_by} states it."
    return _problem(
        check,
        message,
        f"{hint} To see all: writethru show {fold.story}" if others else "Nothing else is reported in this story yet.",
    )


def _unknown_expectation(fold: StoryFold, expectation: str, now: datetime) -> Problem:
    names = [f"{item.id} ({item.status(now, fold.running)})" for item in fold.expectations()]
    remedy = f"Use one of: {_listed(names)}. To see all: writethru show {fold.story}"
    return _problem(
        "resolves",
        f"there is no expectation {expectation}.",
        remedy if names else f"Nothing is expected in this story {'any more' if fold.expectation_ids else 'yet'}.",
    )


def _listed(names: Collection[str]) -> str:
    first, more = sorted(names)[:NAMES_LISTED_MAX], len(names) > NAMES_LISTED_MAX
    return ", ".join([*first, "…"] if more else first)
