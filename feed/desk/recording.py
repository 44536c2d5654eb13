"""Recording what a form says: once, and not over what has changed since its editor looked.

Two editors may report in one story at the same time. They are in each other's way only where one has changed what the
other looked at: a development, a fact, or a promise (feed/README.md#desk-conflicts).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from events.changes import Change
from events.errors import InvalidError, RefusedError, VersionConflictError
from events.fold.state import Story
from events.fold.story import fold_of
from events.fold.undone import at_version
from events.ledger import Ledger
from events.model.codec import decode
from events.model.events import (
    AnyEvent,
    DevelopmentCorrected,
    DevelopmentPinned,
    DevelopmentReported,
    DevelopmentUnpinned,
    EventUndone,
    FactChecked,
    Recorded,
    StoryRevised,
)
from events.model.rows import Row
from events.recorder import Appended
from events.system import uuid7
from feed.desk.forms import Form, refuse
from feed.desk.header import header_changes
from feed.desk.person import Person

TRIES: Final = 5
"""How often an event is decided again if others record in its story meanwhile."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an editor looked at, of a story: its developments, facts and promises, or its header."""

    developments: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    expectations: frozenset[str] = frozenset()
    header: bool = False

    def may_change_by(self, recorded: Recorded) -> bool:
        """Return True if an event may change what was looked at."""
        match recorded.event:
            case _ if self.header:
                return isinstance(recorded.event, StoryRevised | EventUndone)
            case _ if not (self.developments or self.keys or self.expectations):
                return False
            case DevelopmentReported() as report:
                aims = (*report.corroborates, *report.disputes)
                promises = {*(item.expectation for item in report.resolves), *(item.id for item in report.expects)}
                keys = {claim.key for claim in report.facts}
                return bool(aims) or not self.expectations.isdisjoint(promises) or not self.keys.isdisjoint(keys)
            case DevelopmentPinned() | DevelopmentUnpinned() | FactChecked():
                return False
            case _:
                return True

    def concerns(self, change: Change) -> bool:
        """Return True if a change is one of what was looked at."""
        return (
            getattr(change, "development", None) in self.developments
            or getattr(change, "key", None) in self.keys
            or getattr(change, "id", None) in self.expectations
        )


def of_development(name: str) -> Subject:
    """Return one development as what was looked at."""
    return Subject(developments=frozenset({name}))


def of_key(key: str) -> Subject:
    """Return one fact as what was looked at."""
    return Subject(keys=frozenset({key}))


def of_expectation(name: str) -> Subject:
    """Return one promise as what was looked at."""
    return Subject(expectations=frozenset({name}))


def record_form(
    ledger: Ledger, person: Person, form: Form, subject: Subject, build: Callable[[], AnyEvent]
) -> Appended | Form:
    """Record the event that `build` makes of a form. Return the form with what stands against it, if anything does.

    A form that comes back with changes has the version of today: sent again, it is recorded over them.
    """
    try:
        event = build()
        if not is_recorded(ledger, event.id):
            refuse_past_embargo(event, ledger.clock())
        if person.name is not None:
            event = event.model_copy(update={"actor": person.name})
        return _append(ledger, event, form, subject, tries=TRIES)
    except (InvalidError, RefusedError) as error:
        # After "back", a form may say something else under the id of what it recorded.
        event_id = str(uuid7()) if any(problem.check == "id" for problem in error.problems) else form.event_id
        return replace(form, problems=error.problems, event_id=event_id)


def refuse_past_embargo(event: AnyEvent, now: datetime) -> None:
    """Raise InvalidError about an embargo that is over, except in an archive: readers would have the text at once."""
    until: datetime | None = getattr(event, "embargoed_until", None)
    if until is not None and until <= now and not getattr(event, "archive", False):
        message = "This embargo is already over, so the text would be public at once."
        raise refuse("embargoed_until", message, "Give a later time, or leave it empty.")


def _append(ledger: Ledger, event: AnyEvent, form: Form, subject: Subject, *, tries: int) -> Appended | Form:
    version = _version(ledger, event.story)
    since = () if is_recorded(ledger, event.id) else changes_since(ledger, event.story, form.seen, subject)
    if since:
        return replace(form, seen=version, since=since)
    try:
        return ledger.append(event, expected_version=version)[0]
    except VersionConflictError:  # another process has recorded meanwhile
        if tries == 1:
            raise
        return _append(ledger, event, form, subject, tries=tries - 1)


def changes_since(ledger: Ledger, story: str, seen: int, subject: Subject) -> tuple[str, ...]:
    """Return in words what has changed of a subject since a version of its story."""
    with ledger.store.reading() as reading:
        rows = list(islice(reading.rows(story), seen, None)) if reading.version(story) > seen else []
    # Folding a story of 500 developments twice takes 0.2 s: most of what others record concerns something else.
    if not any(subject.may_change_by(decode(row)) for row in rows):
        return ()
    if subject.header:
        return header_changes(ledger, story, seen)
    changes = tuple(str(change) for change in ledger.changes(story, since=seen) if subject.concerns(change))
    return (*changes, *_notes(rows, subject)) if changes else ()


def story_at(ledger: Ledger, slug: str, version: int) -> Story:
    """Return a story as an editor saw it at one of its versions, before later undos; of any other, as it is now."""
    story = ledger.story(slug)
    if not 0 < version < story.version:
        return story
    return fold_of(slug, at_version(ledger.events(slug), version)).state(now=story.now)


def _notes(rows: Iterable[Row], subject: Subject) -> Iterator[str]:
    """Yield who has corrected what was looked at, and what was wrong, which changes do not say."""
    for recorded in map(decode, rows):
        event = recorded.event
        if isinstance(event, DevelopmentCorrected) and event.development in subject.developments:
            yield f"{event.actor}: {event.note or ', '.join(sorted(event.set.model_fields_set))}"


def _version(ledger: Ledger, story: str) -> int:
    with ledger.store.reading() as reading:
        return reading.version(story)


def is_recorded(ledger: Ledger, event_id: str | None) -> bool:
    """Return True if an event of this id is in the ledger: a form was sent before."""
    with ledger.store.reading() as reading:
        return event_id is not None and reading.row(event_id) is not None
