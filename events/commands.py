"""Commands: one function for each event that an editor can record. `report("fire", "…")` is a DevelopmentReported.

Each returns an event, ready for `Ledger.append`; None leaves a field out. Parts, such as claims and sources, are
objects, their JSON, or the short text that they allow (events/README.md#parts). InvalidError holds every problem.
"""

from __future__ import annotations  # so that `help` prints Parts, and not what that stands for

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias, TypedDict, TypeVar, Unpack

from pydantic import ValidationError

from events.errors import InvalidError
from events.fold.state import Story
from events.model import events as model
from events.model.edtf import When
from events.model.parts import Level, Part
from events.model.settings import FactSettings
from events.model.typed_times import TypedTimes
from events.model.validation import problems_of

_Event = TypeVar("_Event", bound=model.Event)
Time: TypeAlias = datetime | str
"""An instant with a zone, as a datetime or in RFC 3339."""
ImpreciseTime: TypeAlias = When | Mapping[str, str] | str
"""A when, its object with `edtf` and `literal`, or EDTF."""
Parts: TypeAlias = Sequence[Part | Mapping[str, Any] | str]
Settings: TypeAlias = Mapping[str, FactSettings | Mapping[str, Any]]
"""Settings of facts by key: `label`, `order`, `lead`, `hidden`, `evolving`, `settled`, `follow`, `threshold`."""


class Envelope(TypedDict, total=False):
    """The fields that every event has, by name (events/README.md#the-envelope).

    `times` is no field: it reads the times of the event, which then may lack a zone (events/README.md#typed-times).
    """

    id: str | None
    reported_at: Time | None
    published_at: Time | None
    embargoed_until: Time | None
    actor: str | None
    times: TypedTimes | None


def open_story(
    story: str,
    headline: str,
    *,
    summary: str | None = None,
    language: str | None = None,
    subjects: Sequence[str] = (),
    origins: Mapping[str, Sequence[str]] | None = None,
    facts: Settings | None = None,
    **envelope: Unpack[Envelope],
) -> model.StoryOpened:
    """Open a story under its permanent slug."""
    return _build(model.StoryOpened, locals())


def revise_story(
    story: str | Story,
    *,
    headline: str | None = None,
    summary: str | None = None,
    language: str | None = None,
    subjects: Sequence[str] | None = None,
    origins: Mapping[str, Sequence[str]] | None = None,
    facts: Settings | None = None,
    **envelope: Unpack[Envelope],
) -> model.StoryRevised:
    """Replace the story's headline, summary, language, subjects or origins, or settings of facts.

    `revise_story("fire", facts={"hurt": {"label": "People hurt", "lead": None}})` sets one and takes the other back.
    """
    return _build(model.StoryRevised, locals())


def close_story(story: str | Story, *, reason: str | None = None, **envelope: Unpack[Envelope]) -> model.StoryClosed:
    """Close the story to new reports. Corrections stay possible."""
    return _build(model.StoryClosed, locals())


def reopen_story(story: str | Story, *, reason: str | None = None, **envelope: Unpack[Envelope]) -> model.StoryReopened:
    """Reopen a closed story to new reports."""
    return _build(model.StoryReopened, locals())


def check_fact(
    story: str | Story,
    key: str,
    *,
    checked_on: ImpreciseTime | None = None,
    said_by: Parts = (),
    **envelope: Unpack[Envelope],
) -> model.FactChecked:
    """Say that somebody looked again at a fact, and that nothing had changed. `checked_on` is a day or an instant."""
    return _build(model.FactChecked, locals())


def report(
    story: str | Story,
    headline: str,
    *,
    development: str | None = None,
    body: str | None = None,
    happened: ImpreciseTime | None = None,
    said_on: ImpreciseTime | None = None,
    said_by: Parts = (),
    sources: Parts = (),
    facts: Parts = (),
    quotes: Parts = (),
    expects: Parts = (),
    resolves: Parts = (),
    corroborates: Parts = (),
    disputes: Parts = (),
    urgency: int | None = None,
    media: Parts = (),
    archive: bool = False,
    **envelope: Unpack[Envelope],
) -> model.DevelopmentReported:
    """Report a development: `report("fire", "Two hurt", said_by=["A (Port)"], facts=[{"key": "hurt", "value": 2}])`.

    Of an `archive` nothing is announced: it goes to pages, history, state and the archive behind the feed.
    """
    return _build(model.DevelopmentReported, locals())


def correct(
    story: str | Story,
    development: str,
    changes: Mapping[str, Any],
    note: str | None = None,
    *,
    level: Level = "correction",
    **envelope: Unpack[Envelope],
) -> model.DevelopmentCorrected:
    """Replace fields of a report, each whole. `changes` maps names to new values; None removes a field."""
    fields = locals()
    fields["set"] = fields.pop("changes")
    return _build(model.DevelopmentCorrected, fields)


def hold(
    story: str | Story, development: str, *, reason: str | None = None, **envelope: Unpack[Envelope]
) -> model.DevelopmentHeld:
    """Withhold a development pending checks."""
    return _build(model.DevelopmentHeld, locals())


def release(
    story: str | Story, development: str, *, reason: str | None = None, **envelope: Unpack[Envelope]
) -> model.DevelopmentReleased:
    """Release a held development. If it is not held, end its embargo."""
    return _build(model.DevelopmentReleased, locals())


def retract(
    story: str | Story,
    development: str,
    reason: str,
    *,
    substitute: str | None = None,
    **envelope: Unpack[Envelope],
) -> model.DevelopmentRetracted:
    """Withdraw a development for good. Retract it again to name its substitute later."""
    return _build(model.DevelopmentRetracted, locals())


def pin(story: str | Story, development: str, **envelope: Unpack[Envelope]) -> model.DevelopmentPinned:
    """Keep a development at the top of the story's page."""
    return _build(model.DevelopmentPinned, locals())


def unpin(story: str | Story, development: str, **envelope: Unpack[Envelope]) -> model.DevelopmentUnpinned:
    """Unpin a development."""
    return _build(model.DevelopmentUnpinned, locals())


def redact(
    story: str | Story,
    reason: str,
    *,
    development: str | None = None,
    event: str | None = None,
    authority: str | None = None,
    **envelope: Unpack[Envelope],
) -> model.EventRedacted:
    """Erase the text of one event (`event`), or of a development's reports and corrections (`development`)."""
    return _build(model.EventRedacted, locals())


def undo(
    story: str | Story,
    *,
    development: str | None = None,
    event: str | None = None,
    reason: str | None = None,
    **envelope: Unpack[Envelope],
) -> model.EventUndone:
    """Take back the story's last event, which must be `event` if that is given, or all events about a development."""
    return _build(model.EventUndone, locals())


def _build(kind: type[_Event], parameters: dict[str, Any]) -> _Event:
    """Return the event whose fields are `parameters`: all that a function above was called with."""
    fields = {**parameters.pop("envelope"), **parameters}
    times = fields.pop("times", None) or TypedTimes()
    if isinstance(fields["story"], Story):
        fields["story"] = fields["story"].story
    try:
        payload = {name: value for name, value in fields.items() if value is not None}
        return kind.model_validate(payload, context=times)
    except ValidationError as error:
        raise InvalidError(*problems_of(error, kind)) from None
