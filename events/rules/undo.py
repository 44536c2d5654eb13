"""Why an undo is refused (events/README.md#undo). Pure: the caller passes the story's events and what was published."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias, assert_never

from events.errors import Problem
from events.fold.undone import undo_targets, without_undone
from events.model.edtf import format_instant
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

HAS_BEEN_PUBLISHED: Final = "has been published"
"""What the refusal of an undo that comes too late says, and no other."""


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


Allows: TypeAlias = Callable[[AnyEvent], bool]
"""Whether the ledger would record a command now: nobody is advised to do what would be refused."""


def undo_problems(undo: EventUndone, history: History, allows: Allows) -> Iterator[Problem]:
    """Yield why `undo`, about a story and a development that exist, is refused."""
    events = without_undone(history.events)
    if undo.development is None and undo.event not in {None, history.last.id}:
        yield _not_the_last(undo, history, events, allows)
        return
    targets = _targets(undo, history, events)
    if _is_redacted(targets, events):
        yield _problem("a redaction cannot be undone: the text is erased.", _new_report(undo.story, allows))
        return
    for event, name in _naming_events(undo, targets, events):
        yield _problem(f"{noun(event.event)} names {name}.", _naming_remedy(undo, event, history, allows))
    subject = (targets[0] if undo.development is not None else targets[-1]).event
    if history.restored:
        yield _problem(
            "this ledger was restored, so what was published last is not known.",
            f"Publish first: writethru publish --after-restore. {_remedy(subject, allows)}",
        )
    elif _is_published(undo, targets, history) and history.passed is not None:
        at = format_instant(history.passed)
        message = f"{noun(subject)} {HAS_BEEN_PUBLISHED}: the last publication was at {at}."
        yield _problem(message, _remedy(subject, allows))


def _can_undo(undo: EventUndone, history: History) -> bool:
    """Return True if the last event, or all about a development, can be undone."""
    events = without_undone(history.events)
    targets = _targets(undo, history, events)
    return not (
        history.restored
        or _is_redacted(targets, events)
        or any(_naming_events(undo, targets, events))
        or _is_published(undo, targets, history)
    )


def _targets(undo: EventUndone, history: History, events: tuple[Recorded, ...]) -> tuple[Recorded, ...]:
    return undo_targets(undo.model_copy(update={"event": undo.event or history.last.id}), events)


def _is_redacted(targets: tuple[Recorded, ...], events: tuple[Recorded, ...]) -> bool:
    """Return True if a redaction is to be undone, or what one erased."""
    ids = {target.id for target in targets}
    return any(
        isinstance(event.event, EventRedacted) and (event.id in ids or event.event.event in ids) for event in events
    )


def noun(event: AnyEvent | Erased) -> str:
    """Return what an event is called."""
    about = getattr(event, "development", None)
    match event:
        case StoryOpened():
            return "the opening of the story"
        case StoryRevised():
            return "the revision of the story"
        case StoryClosed():
            return "the closing of the story"
        case StoryReopened():
            return "the reopening of the story"
        case DevelopmentReported() | Erased(was="development_reported"):
            return f"the report {about}"
        case DevelopmentCorrected() | Erased():
            return f"the correction of {about}"
        case DevelopmentHeld():
            return f"the hold of {about}"
        case DevelopmentReleased():
            return f"the release of {about}"
        case DevelopmentRetracted():
            return f"the retraction of {about}"
        case DevelopmentPinned():
            return f"the pinning of {about}"
        case DevelopmentUnpinned():
            return f"the unpinning of {about}"
        case FactChecked(key=key):
            return f"the check of {key}"
        case EventRedacted():
            return "a redaction"
        case EventUndone():
            return "an undo"
        case ClockReset():
            return "a reset of the clock"
        case _:
            assert_never(event)


def _remedy(event: AnyEvent | Erased, allows: Allows) -> str:
    """Return the command that changes what an event did once that is published."""
    reversal = _reversal(event)
    return reversal[1] if reversal is not None and allows(reversal[0]) else _new_report(event.story, allows)


def _reversal(event: AnyEvent | Erased) -> tuple[AnyEvent, str] | None:
    """Return the command that changes what an event did, and how to advise it; None if there is none."""
    story, about = event.story, getattr(event, "development", None) or ""
    it = f"{story} {about}"
    match event:
        case StoryOpened() | StoryReopened():
            return StoryClosed(story=story), f"To close it: writethru close {story}"
        case StoryRevised():
            revision = StoryRevised(story=story, headline="HEADLINE")
            return revision, f"Revise it again: writethru revise {story} --headline HEADLINE"
        case StoryClosed():
            return StoryReopened(story=story), f"To reopen it: writethru reopen {story}"
        case DevelopmentReported():
            return _withdrawal(story, about), f"To withdraw it: {_withdrawal_command(story, about)}"
        case DevelopmentCorrected():
            amendment = Amendment(headline="HEADLINE")
            repair = DevelopmentCorrected(story=story, development=about, set=amendment, note="NOTE")
            return repair, f"Correct it again: writethru correct {it} --edit --note NOTE"
        case DevelopmentHeld():
            return DevelopmentReleased(story=story, development=about), f"To release it: writethru release {it}"
        case DevelopmentReleased():
            return DevelopmentHeld(story=story, development=about), f"To hold it: writethru hold {it}"
        case DevelopmentPinned():
            return DevelopmentUnpinned(story=story, development=about), f"To unpin it: writethru unpin {it}"
        case DevelopmentUnpinned():
            return DevelopmentPinned(story=story, development=about), f"To pin it again: writethru pin {it}"
        case FactChecked(key=key):
            return FactChecked(story=story, key=key), f"Check it again: writethru checked {story} {key}"
        case DevelopmentRetracted() | Erased() | EventRedacted() | EventUndone() | ClockReset():
            return None
        case _:
            assert_never(event)


def new_report(story: str, what: str = "is still true", *, closed: bool) -> str:
    """Return how to report what `what` says. A closed story must be reopened first."""
    if closed:
        return f"To report what {what}, reopen the story first: writethru reopen {story}"
    return f"Report what {what} in a new report: writethru report {story} HEADLINE"


def _new_report(story: str, allows: Allows) -> str:
    return new_report(story, closed=not allows(DevelopmentReported(story=story, headline="HEADLINE")))


def _withdrawal(story: str, development: str) -> DevelopmentRetracted:
    return DevelopmentRetracted(story=story, development=development, reason="REASON")


def _withdrawal_command(story: str, development: str) -> str:
    return f"writethru retract {story} {development} --reason REASON"


def _problem(message: str, remedy: str) -> Problem:
    return Problem(where="", check="undo", message=message, remedy=remedy)


def _not_the_last(undo: EventUndone, history: History, events: Iterable[Recorded], allows: Allows) -> Problem:
    """Return the refusal of an event that is not the story's last one."""
    target = next((event for event in history.events if event.id == undo.event), None)
    if target is None:
        remedy = f"To see the ids of its events: writethru log {undo.story} --json"
        return _problem(f"{undo.story} has no event {undo.event}.", remedy)
    if isinstance(target.event, EventUndone):
        return _problem("an undo cannot be undone.", "Record again what it took back, with another event id.")
    if target not in events:
        return _problem(f"{undo.event} was undone already.", "There is nothing to do.")
    remedies = []
    if _can_undo(EventUndone(story=undo.story), history):
        remedies.append(f"To undo the last one: writethru undo {undo.story}")
    if target.development is not None and _can_undo(_undo_all(undo.story, target.development), history):
        about = target.development
        remedies.append(f"To undo all about {about}: writethru undo {undo.story} {about}")
    remedy = ". ".join(remedies) or _remedy(target.event, allows)
    return _problem(f"{undo.event} is not the last event of {undo.story}.", remedy)


def _undo_all(story: str, development: str) -> EventUndone:
    return EventUndone(story=story, development=development)


def _naming_events(
    undo: EventUndone, targets: Iterable[Recorded], events: Iterable[Recorded]
) -> Iterator[tuple[Recorded, str]]:
    """Yield each other event that names the development, or an expectation that it opened, with that name."""
    opened: dict[str, str] = {}
    for event in events:
        for name in _statements(event.event):
            opened.setdefault(name, event.id)
    ids = {target.id for target in targets}
    names = {name for name, event in opened.items() if event in ids} | {undo.development or ""}
    for event in events:
        if event.id not in ids and (named := sorted(_names(event.event) & names)):
            yield event, named[0]


def _naming_remedy(undo: EventUndone, event: Recorded, history: History, allows: Allows) -> str:
    """Return what to do about an event that names what is to be undone: undo that first, or withdraw this."""
    story, development = undo.story, undo.development or ""
    remedies = []
    if event.id == history.last.id and _can_undo(EventUndone(story=story), history):
        remedies.append(f"Undo that first: writethru undo {story}")
    elif (
        isinstance(event.event, DevelopmentReported)
        and event.development is not None
        and _can_undo(_undo_all(story, event.development), history)
    ):
        remedies.append(f"Undo that first: writethru undo {story} {event.development}")
    if allows(_withdrawal(story, development)):
        remedies.append(
            f"{'Or withdraw' if remedies else 'Withdraw'} {development}: {_withdrawal_command(story, development)}"
        )
    return ". ".join(remedies) or _new_report(story, allows)


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


def _is_published(undo: EventUndone, targets: tuple[Recorded, ...], history: History) -> bool:
    """Return True if a publication has passed the public instant of what is to be undone."""
    passed = history.passed
    reset_since = any(
        isinstance(event.event, ClockReset) and event.position > targets[0].position for event in history.events
    )
    if passed is None or (all(target.recorded_at > passed for target in targets) and not reset_since):
        return False
    ids = {target.id for target in targets}
    left = [event for event in history.events if event.id not in ids]
    return not history.same_in_public(undo.story, history.events, left, now=passed)
