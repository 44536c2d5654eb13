"""Recording one event and reporting what it changed: what the recording commands share."""

import textwrap
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from events.changes import DevelopmentChanged
from events.commands import undo
from events.errors import RefusedError
from events.fold.development import correct
from events.fold.embargoes import embargo_end
from events.fold.state_parts import Correction
from events.fold.undone import undo_targets, without_undone
from events.ledger import Ledger
from events.lint import doubts_about, echoed_embargoes, unspoken_keys
from events.model.edtf import format_instant
from events.model.events import (
    AnyEvent,
    DevelopmentCorrected,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    Erased,
    EventUndone,
    StoryOpened,
    StoryRevised,
)
from events.model.parts import Speaker
from events.recorder import Appended
from events.rules.assignment import is_secret
from events.rules.undo import noun
from events.wording.catalogue import field_name_words
from events.wording.changes import ARROW
from events.wording.redactions import Redactions
from events.wording.values import field_words, when_words
from feed.cli.commands.publish import publish_now
from feed.cli.desk import Desk
from feed.cli.options import Mode
from feed.cli.terminal.event_line import embargo_mark
from feed.cli.terminal.output import DOT, echo, warn

SKEW_MAX: Final = timedelta(seconds=1)


def record(desk: Desk, event: AnyEvent, *, mode: Mode) -> None:
    """Record one event; print how its short forms were read, its position, and what it changed.

    A dry run prints what would be.
    """
    if isinstance(event, DevelopmentReported):
        for line in _readings(event):
            warn(line)
    with desk.ledger() as ledger:
        expected = mode.expected_version
        if mode.dry_run:
            appended = ledger.preview(event, expected_version=expected)
        else:
            appended = ledger.append(event, expected_version=expected)[0]
        print_appended(appended, dry_run=mode.dry_run)
        for line in _undo_lines(appended, ledger):
            echo(f"  {line}")
        _print_changes(appended, ledger)
        _advise(event, appended, ledger, publication="now" if mode.publish else "on the next run")
        warn_of_embargoes(appended, ledger, publishes=mode.publish and not mode.dry_run)
    if mode.publish and not mode.dry_run:
        publish_now(desk)


def _readings(report: DevelopmentReported) -> Iterator[str]:
    """Yield how speakers and expectations were read, before they are recorded: a misread promise is never overdue."""
    for speaker in (*report.said_by, *(quote.speaker for quote in report.quotes)):
        parts = ("name", speaker.name), ("role", speaker.role), ("organisation", speaker.org)
        yield "Read as " + DOT.join(f"{name}: {part}" for name, part in parts if part)
    for expectation in report.expects:
        if expectation.what is None:  # an earlier one: only the fields that are given change
            debtor, due, subject = "", "", f"{expectation.id}, stated before"
        else:
            debtor, due, subject = "owed by: not stated", "no date given", expectation.what
        debtor = f"owed by: {expectation.by}" if expectation.by else debtor
        due = f"due: {when_words(expectation.due)}" if expectation.due else due
        yield "Read as " + DOT.join(part for part in (subject, debtor, due) if part)


def print_appended(appended: Appended, *, dry_run: bool) -> None:
    """Print the position of an event, and the ids of its expectations."""
    recorded = appended.recorded
    subject = f"{recorded.event.story}: {recorded.development}" if recorded.development else recorded.event.story
    if not appended.new:
        echo(f"{subject}: already recorded at position {recorded.position}; nothing changed.")
        return
    verb = "would be " if dry_run else ""
    echo(f"{subject}: {recorded.event.type.replace('_', ' ')}, {verb}position {recorded.position}.")
    if isinstance(recorded.event, DevelopmentReported):
        for expectation in recorded.event.expects:
            echo(f"  {expectation.id}: {expectation.what or 'restated'}")


def _print_changes(appended: Appended, ledger: Ledger) -> None:
    """Print what an event changed, and what of that is under embargo."""
    now = appended.recorded.recorded_at
    redactions = Redactions(names=ledger.fact_names(appended.recorded.event.story))
    with ledger.store.reading() as reading:
        fold = ledger.folds.of(reading, appended.recorded.event.story)
    own = embargo_end(appended.recorded, fold)
    for change in appended.changes:
        if not isinstance(change, DevelopmentChanged):
            quoted = (fold.records[name].embargoed_until for name in change.quotes() if name in fold.records)
            until = max((end for end in (own, *quoted) if end is not None and end > now), default=None)
            echo(f"  {change.text(redactions)}{embargo_mark(until)}")


def _undo_lines(appended: Appended, ledger: Ledger) -> Iterator[str]:
    """Yield what an undo took back; of an event that was recorded before, whether it was undone since."""
    recorded = appended.recorded
    if not appended.new and recorded not in without_undone(ledger.events(recorded.event.story)):
        yield "It was undone since. To record it again, give it another --event-id."
    if isinstance(recorded.event, EventUndone):
        earlier = (event for event in ledger.events(recorded.event.story) if event.position < recorded.position)
        for target in undo_targets(recorded.event, without_undone(earlier)):
            headline = f": {target.event.headline}" if isinstance(target.event, DevelopmentReported) else ""
            yield f"Undone: {noun(target.event)}{headline}"


def _advise(event: AnyEvent, appended: Appended, ledger: Ledger, *, publication: str) -> None:
    """Print what a careful colleague would say; `publication` is when the event is published."""
    until, recorded_at = appended.recorded.event.embargoed_until, appended.recorded.recorded_at
    with ledger.store.reading() as reading:
        end = embargo_end(appended.recorded, ledger.folds.of(reading, event.story))
    if recorded_at - ledger.clock() > SKEW_MAX:
        warn(f"The ledger is ahead of this machine's clock, so this is dated {format_instant(recorded_at)}.")
    if end is not None and end > recorded_at and not isinstance(event, DevelopmentReleased):
        warn(f"Under embargo: this is not published before {format_instant(end)}.")
    elif until is not None:
        warn(f"The embargo ended at {format_instant(until)}: this is published {publication}.")
        if publication != "now" and appended.new:
            about = appended.recorded.development if isinstance(event, DevelopmentReported) else ""
            warn(f"  If that is wrong: {f'writethru undo {event.story} {about}'.rstrip()}")
    if isinstance(event, DevelopmentReleased):
        embargo = _embargo_after_release(event, appended, ledger)
        if embargo is not None and embargo > recorded_at:
            warn(f"It is still under embargo, until {format_instant(embargo)}.")
        else:
            warn(f"It is published {publication}.")
    if isinstance(event, DevelopmentRetracted) and publication != "now":
        with suppress(RefusedError):
            ledger.preview(undo(event.story, development=event.development))
            warn(f"It was not published yet. To leave no trace: writethru undo {event.story} {event.development}")
    if isinstance(event, DevelopmentCorrected) and appended.new:
        for line in _replaced_corrections(event, appended, ledger):
            warn(line)
    if appended.new:
        warn_of_unspoken_keys([event], ledger)
    if isinstance(event, DevelopmentReported) and event.archive:
        warn("Of an archive: it goes to the page and to the archive under its own date, and is announced to nobody.")
    for message, remedy in _doubts(event, recorded_at, ledger):
        warn(f"Is this right? {message[:1].upper()}{message[1:]} {remedy}")
    if isinstance(event, DevelopmentReported) and any(not _states_origin(speaker) for speaker in event.said_by):
        warn("A speaker without (ORG) states no origin, so nothing is confirmed. Write: NAME, ROLE (ORG).")


def _doubts(event: AnyEvent, recorded_at: datetime, ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Yield what is odd about a report, or about what a correction makes of one."""
    if isinstance(event, DevelopmentReported):
        yield from doubts_about(event, event.reported_at or recorded_at)
    elif isinstance(event, DevelopmentCorrected):
        development = ledger.story(event.story).development(event.development)
        if development is not None and development.report is not None:
            reported_at = event.set.reported_at or development.reported_at
            yield from doubts_about(correct(development.report, event), reported_at)


def _replaced_corrections(event: DevelopmentCorrected, appended: Appended, ledger: Ledger) -> Iterator[str]:
    """Yield the earlier corrections that `event` replaces: its author may not have seen them."""
    story, names = ledger.story(event.story), ledger.fact_names(event.story)
    earlier = {
        made.field: made
        for made in story.corrections
        if made.development == event.development and made.event != appended.recorded.id
    }
    for field, made in earlier.items():
        if field in event.set.model_fields_set and _takes_back(made, getattr(event.set, field)):
            by = next(item for item in ledger.events(event.story) if item.id == made.event)
            was, now = (textwrap.shorten(field_words(value, names=names), 200) for value in (made.was, made.now))
            yield (
                f"This replaces a correction by {by.event.actor}, {format_instant(by.recorded_at)}: "
                f"{field_name_words(field)}: {was} {ARROW} {now}.\n"
                "  To replace only what you have seen: --expected-version N, which show prints."
            )


def _takes_back(made: Correction, value: object) -> bool:
    """Return True if a field that is now `value` no longer says what a correction made of it."""
    if not isinstance(value, tuple) or not isinstance(made.now, tuple) or not isinstance(made.was, tuple):
        return value != made.now
    return any(item not in value for item in made.now) or any(item in value for item in made.was)


def warn_of_unspoken_keys(events: Iterable[AnyEvent | Erased], ledger: Ledger) -> None:
    """Warn that nobody has spoken of the keys that `events`, which are recorded, describe: they may be misspelt."""
    described: dict[str, dict[str, None]] = {}
    for event in events:
        if isinstance(event, StoryOpened | StoryRevised):
            described.setdefault(event.story, {}).update(
                dict.fromkeys(key for key, settings in event.facts.items() if settings.in_force)
            )
    with ledger.store.reading() as reading:
        for story, keys in described.items():
            for message, remedy in unspoken_keys(ledger.folds.of(reading, story), keys) if keys else ():
                warn(f"{message[:1].upper()}{message[1:]} {remedy}".rstrip())


def warn_of_embargoes(appended: Appended, ledger: Ledger, *, publishes: bool) -> None:
    """Warn if an event makes a headline public that is that of a development under embargo.

    What is published cannot be undone, but a report can be held.
    """
    recorded = appended.recorded
    match recorded.event:
        case _ if not appended.new:
            return
        case DevelopmentCorrected(set=amendment) as event:
            headline = amendment.headline
        case (StoryRevised() | DevelopmentReported()) as event:
            headline = event.headline
        case _:
            return
    with ledger.store.reading() as reading:
        fold = ledger.folds.of(reading, event.story)
    if headline is None or is_secret(fold, event, recorded.recorded_at):
        return
    target = f"{event.story} {recorded.development}" if isinstance(event, DevelopmentReported) else event.story
    back = f"To take it back: writethru undo {target}."
    if publishes:
        revised = isinstance(event, StoryRevised)
        change = (
            f"revise {event.story} --headline HEADLINE" if revised else f"hold {event.story} {recorded.development}"
        )
        back = f"To withhold it: writethru {change}."
    for secret in echoed_embargoes(fold, headline, recorded.recorded_at):
        until = format_instant(secret.embargoed_until or recorded.recorded_at)
        warn(
            f"{secret.id} has the same headline and is under embargo until {until}, but this is not under embargo.\n"
            f"  {back} To record it under embargo, add: --embargo {until}"
        )


def _embargo_after_release(event: DevelopmentReleased, appended: Appended, ledger: Ledger) -> datetime | None:
    """Return when the embargo of a released development ends, None if it has none any more."""
    if appended.new and not any(isinstance(change, DevelopmentChanged) for change in appended.changes):
        return None  # it was not held, so that the release ended the embargo
    development = ledger.story(event.story).development(event.development)
    return development.embargoed_until if development else None


def _states_origin(speaker: Speaker) -> bool:
    return speaker.org is not None or speaker.origin is not None
