"""An event in one line for `log`, and a change as JSON for `since`. Pure."""

from datetime import datetime
from typing import Any, Final, assert_never

from events.changes import (
    AccountChanged,
    Change,
    ContradictionChanged,
    DenialChanged,
    DevelopmentChanged,
    ExpectationChanged,
    FactChanged,
    MoreClaimsChanged,
    SettingChanged,
    StoryChanged,
)
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
)
from events.wording.catalogue import field_name_words, instant_words, listing
from events.wording.names import FactNames
from events.wording.redactions import Redactions
from events.wording.values import when_words

GAP: Final = "  "
INSTANT_CHARS: Final = len("2015-01-06T12:00:00.000Z")
TYPE_CHARS: Final = len("story_reopened")


def log_line(recorded: Recorded, *, slug_chars: int, embargoed_until: datetime | None = None) -> str:
    """Return `3  cuba-53  2026-11-22T10:00:00Z  2015-01-06T12:00:00Z  reported  some-freed: Some are free`."""
    event = recorded.event
    kind = event.was if isinstance(event, Erased) else event.type
    reported_at = "" if recorded.reported_at == recorded.recorded_at else format_instant(recorded.reported_at)
    text = ": ".join(part for part in (recorded.development, " ".join(_gist(event).split())) if part)
    parts = (
        f"{recorded.position:>5}",
        event.story.ljust(slug_chars),
        format_instant(recorded.recorded_at).ljust(INSTANT_CHARS),
        reported_at.ljust(INSTANT_CHARS),
        kind.removeprefix("development_").ljust(TYPE_CHARS),
        text + embargo_mark(embargoed_until),
    )
    return GAP.join(parts).rstrip()


def embargo_mark(until: datetime | None) -> str:
    """Return ` [embargoed until 1 January 2027, 00:00 UTC]`, or "" if it is under no embargo."""
    return "" if until is None else f" [embargoed until {instant_words(until)}]"


def _gist(event: AnyEvent | Erased) -> str:
    """Return what an event says besides its type and development."""
    match event:
        case StoryOpened() | DevelopmentReported():
            return event.headline
        case StoryRevised():
            changed = event.model_dump(include={"headline", "summary", "language", "subjects", "origins"})
            names = [name for name, value in changed.items() if value is not None]
            names += [f"{name} of {key}" for key, settings in event.facts.items() for name in settings.model_dump()]
            return listing(names)
        case DevelopmentCorrected():
            fields = listing([field_name_words(name) for name in event.set.model_dump()])
            return f"{fields} ({event.level}){_because(event.note)}"
        case FactChecked():
            return f"{event.key}{'' if event.checked_on is None else f', on {when_words(event.checked_on)}'}"
        case DevelopmentRetracted():
            return event.reason + (f" See {event.substitute}." if event.substitute else "")
        case EventRedacted() | EventUndone():
            return f"{event.event or 'the whole development'}{_because(event.reason)}"
        case StoryClosed() | StoryReopened() | DevelopmentHeld() | DevelopmentReleased():
            return event.reason or ""
        case DevelopmentPinned() | DevelopmentUnpinned() | ClockReset():
            return ""
        case Erased():
            return "(redacted)"
        case _:
            assert_never(event)


def _because(note: str | None) -> str:
    return f": {note}" if note else ""


def change_json(change: Change, names: FactNames) -> dict[str, Any]:
    """Return a change as JSON: what changed, how, and in words."""
    text = change.text(Redactions(names=names))
    parts = {**text._asdict(), "text": str(text)}
    return _change_of(change) | {name: words for name, words in parts.items() if words}


def _change_of(change: Change) -> dict[str, Any]:
    """Return what changed, and how."""
    match change:
        case FactChanged():
            return {"change": "fact", "of": change.key, "how": change.relation}
        case ContradictionChanged():
            return {"change": "contradiction", "of": change.key, "how": _opened(ended=change.ended)}
        case AccountChanged():
            return {"change": "account", "of": change.key, "how": change.how}
        case DenialChanged():
            return {"change": "denial", "of": change.key, "how": _opened(ended=change.ended)}
        case MoreClaimsChanged():
            return {"change": "claims", "of": change.key, "how": "more"}
        case ExpectationChanged():
            return {"change": "expectation", "of": change.id, "how": change.how}
        case SettingChanged():
            return {"change": "setting", "of": change.key, "how": change.setting}
        case StoryChanged():
            return {"change": "story", "of": change.field, "how": "revised"}
        case DevelopmentChanged():
            return {"change": "development", "of": change.development, "how": change.how}
        case _:
            assert_never(change)


def _opened(*, ended: bool) -> str:
    return "ended" if ended else "opened"
