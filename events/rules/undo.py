"""Why an undo is refused (events/README.md#undo). Pure: the caller passes the story's events and what was published."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, assert_never

from events.errors import Problem
from events.fold.undone import undo_targets, without_undone
from events.model.edtf import format_instant
from events.model.events import (
    AnyEvent,
    ClockReset,
    DevelopmentCorrected,
    DevelopmentHeld,
    DevelopmentPinned,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    DevelopmentUnpinned,
    Erased,
    EventRedacted,
    EventUndone,
    FactChecked,
    Recorded,
    StoryClosed,
    StoryOpened,
    StoryReopened,
    StoryRevised,
    expectation_ids,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What an undo is decided against.

    events: all events of the story, in order
    passed: the instant up to which something was published, None if nothing was
    restored: whether the ledger was restored, and may not know what was published last
    same_in_public: `events.public.sequence.same_in_public`
    """

    events: tuple[Recorded, ...]
    passed: datetime | None
    restored: bool
    same_in_public: Callable[..., bool]

    @property
    def last(self) -> Recorded:
        """The last event that was not undone. A reset of the clock cannot be undone, and does not count."""
        return [event for event in without_undone(self.events) if not isinstance(event.event, ClockReset)][-1]


class EventWords(NamedTuple):
    """An event as a noun, and the command that changes it once it is published."""

    noun: str
    remedy: str


def undo_problems(undo: EventUndone, history: History) -> Iterator[Problem]:
    """Yield why `undo`, about a story and a development that exist, is refused."""
    events = without_undone(history.events)
    if undo.development is None and undo.event not in {None, history.last.id}:
        yield _not_the_last(undo, history, events)
        return
    targets = undo_targets(undo.model_copy(update={"event": undo.event or history.last.id}), events)
    ids = {target.id for target in targets}
    if any(
        isinstance(event.event, EventRedacted) and (event.id in ids or event.event.event in ids) for event in events
    ):
        yield _problem(
            "a redaction cannot be undone: the text is erased.",
            f"Report what is still true in a new report: writethru report {undo.story} HEADLINE",
        )
        return
    yield from _later_names(undo, targets, events)
    yield from _publication_problems(undo, targets, history)


def described(event: AnyEvent | Erased) -> EventWords:
    """Return what an event is called, and which command changes what it did once that is published."""
    story, about = event.story, getattr(event, "development", None)
    match event:
        case StoryOpened():
            return EventWords("the opening of the story", f"To end it: writethru close {story}")
        case StoryRevised():
            return EventWords("the revision of the story", f"Revise it again: writethru revise {story} --headline TEXT")
        case StoryClosed():
            return EventWords("the closing of the story", f"To reopen it: writethru reopen {story}")
        case StoryReopened():
            return EventWords("the reopening of the story", f"To close it again: writethru close {story}")
        case DevelopmentReported() | Erased(was="development_reported"):
            remedy = f"To withdraw it: writethru retract {story} {about} --reason REASON"
            return EventWords(f"the report {about}", remedy)
        case DevelopmentCorrected() | Erased():
            return EventWords(
                f"the correction of {about}", f"Correct it again: writethru correct {story} {about} --edit"
            )
        case DevelopmentHeld():
            return EventWords(f"the hold of {about}", f"To release it: writethru release {story} {about}")
        case DevelopmentReleased():
            return EventWords(f"the release of {about}", f"To hold it: writethru hold {story} {about}")
        case DevelopmentRetracted():
            remedy = f"Report what is still true in a new report: writethru report {story} HEADLINE"
            return EventWords(f"the retraction of {about}", remedy)
        case DevelopmentPinned():
            return EventWords(f"the pinning of {about}", f"To unpin it: writethru unpin {story} {about}")
        case DevelopmentUnpinned():
            return EventWords(f"the unpinning of {about}", f"To pin it again: writethru pin {story} {about}")
        case FactChecked(key=key):
            return EventWords(f"the check of {key}", f"Check it again: writethru checked {story} {key}")
        case EventRedacted():
            return EventWords("a redaction", "")
        case EventUndone():
            return EventWords("an undo", "")
        case ClockReset():
            return EventWords("a reset of the clock", "")
        case _:
            assert_never(event)


def _problem(message: str, remedy: str) -> Problem:
    return Problem(where="", check="undo", message=message, remedy=remedy)


def _not_the_last(undo: EventUndone, history: History, events: Iterable[Recorded]) -> Problem:
    """Return the refusal of an event that is not the story's last one."""
    target = next((event for event in history.events if event.id == undo.event), None)
    if target is None:
        remedy = f"To see the ids of its events: writethru log {undo.story} --json"
        return _problem(f"{undo.story} has no event {undo.event}.", remedy)
    if isinstance(target.event, EventUndone):
        return _problem("an undo cannot be undone.", "Record again what it took back, with another event id.")
    if target not in events:
        return _problem(f"{undo.event} was undone already.", "There is nothing to do.")
    remedy = f"To undo the last one: writethru undo {undo.story}"
    if target.development is not None:
        remedy += f". To undo all about {target.development}: writethru undo {undo.story} {target.development}"
    return _problem(f"{undo.event} is not the last event of {undo.story}.", remedy)


def _later_names(undo: EventUndone, targets: Iterable[Recorded], events: tuple[Recorded, ...]) -> Iterator[Problem]:
    """Yield a problem for each event that names the development, or an expectation that it opened."""
    opened: dict[str, str] = {}
    for event in events:
        for name in _statements(event.event):
            opened.setdefault(name, event.id)
    ids = {target.id for target in targets}
    names = {name for name, event in opened.items() if event in ids} | {undo.development or ""}
    for event in events:
        if event.id not in ids and (named := sorted(_names(event.event) & names)):
            command = f"writethru retract {undo.story} {undo.development} --reason REASON"
            first = ""
            if event.id == events[-1].id:
                first = f"Undo that first: writethru undo {undo.story}. "
            elif isinstance(event.event, DevelopmentReported):
                first = f"Undo that first: writethru undo {undo.story} {event.development}. "
            yield _problem(
                f"{described(event.event).noun} names {named[0]}.",
                f"{f'{first}Or withdraw' if first else 'Withdraw'} {undo.development}: {command}",
            )


def _names(event: AnyEvent | Erased) -> set[str]:
    """Return the other developments, and the expectations, that an event names."""
    match event:
        case DevelopmentCorrected(set=part) | (DevelopmentReported() as part):
            return {
                *_statements(event),
                *(aim.development for aim in part.corroborates),
                *(aim.development for aim in part.disputes),
                *(resolution.expectation for resolution in part.resolves),
            }
        case DevelopmentRetracted(substitute=str(substitute)):
            return {substitute}
        case StoryRevised(facts=facts):
            return {settings.settled for settings in facts.values() if settings.settled is not None}
        case _:
            return {*_statements(event)}


def _statements(event: AnyEvent | Erased) -> tuple[str, ...]:
    """Return the expectations that an event states, in words or again."""
    match event:
        case DevelopmentCorrected(set=part) | (DevelopmentReported() as part):
            return expectation_ids(part.expects)
        case Erased(expectations=names):
            return names
        case _:
            return ()


def _publication_problems(undo: EventUndone, targets: tuple[Recorded, ...], history: History) -> Iterator[Problem]:
    """Yield a problem if a publication has passed the public instant of what is to be undone."""
    words = described(targets[0].event if undo.development is not None else targets[-1].event)
    if history.restored:
        yield _problem(
            "this ledger was restored, so what was published last is not known.",
            f"Publish first: writethru publish --after-restore. {words.remedy}",
        )
        return
    passed = history.passed
    reset_since = any(
        isinstance(event.event, ClockReset) and event.position > targets[0].position for event in history.events
    )
    if passed is None or (all(target.recorded_at > passed for target in targets) and not reset_since):
        return
    ids = {target.id for target in targets}
    left = [event for event in history.events if event.id not in ids]
    if not history.same_in_public(undo.story, history.events, left, now=passed):
        yield _problem(
            f"{words.noun} has been published: the last publication was at {format_instant(passed)}.", words.remedy
        )
