"""The event types, one closed union, and their parts: vocabulary 1.2 and 1.3, field for field.

An event is our record of a development, never the happening itself. A headline is mandatory, everything else is
optional; nothing that the fold can compute is stored. All values are frozen, unknown fields are refused.

Before it is recorded an event may lack `id`, `development`, `reported_at` and `actor`; `events.commands.decide`
fills them in. `Recorded` is an event in its place in the ledger.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    field_validator,
    model_serializer,
    model_validator,
)

from events.fields import (
    PARTS_MAX,
    Body,
    Count,
    EventId,
    Flag,
    Headline,
    Instant,
    Key,
    Language,
    MediaType,
    Name,
    Note,
    QuoteText,
    Slug,
    Summary,
    Url,
    WhenField,
    folded,
)
from events.speakers import parse_speaker
from events.values import Value, numeric, parse_value, value_json

SCHEMA: Final = 1
"""The version of the shapes below; older ones are upcast on reading (`events.codec`)."""

Stance = Literal["asserts", "denies", "cannot_confirm", "withholds"]
Outcome = Literal["met", "partly_met", "missed", "cancelled"]
DisputeKind = Literal["denies", "cannot_confirm", "disagrees"]
Level = Literal["typo", "clarification", "correction"]

ValueField = Annotated[Value, PlainValidator(parse_value), PlainSerializer(value_json)]


def _number(raw: object) -> Value:
    value = parse_value(raw)
    if not numeric(value):
        raise ValueError("a total is a number or a range")
    return value


Total = Annotated[Value, PlainValidator(_number), PlainSerializer(value_json)]


class Part(BaseModel):
    """A frozen value that takes no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Patch(Part):
    """A part in which `null` clears a field and absence leaves it: the two are kept apart when it is written."""

    @model_serializer(mode="wrap")
    def _with_nulls(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        given = self.model_fields_set
        return {
            name: written.get(name, _empty(getattr(self, name))) for name in type(self).model_fields if name in given
        }


def _empty(value: object) -> object:
    """Give what stands for a cleared field (a cleared list reads as null too)."""
    return None if value == () else value


class Speaker(Part):
    """Who said something. An anonymous speaker has `named` false and no name: a name typed there would go out."""

    name: Name | None = None
    role: Name | None = None
    org: Name | None = None
    named: Flag = True
    origin: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, raw: object) -> object:
        return parse_speaker(raw) if isinstance(raw, str) else raw

    @model_validator(mode="after")
    def _anonymous_means_no_name(self) -> Self:
        if not self.named and self.name is not None:
            raise ValueError("a speaker who is not named has no name: it would be published; give role and org instead")
        if self.name is None and self.role is None and self.org is None:
            raise ValueError("a speaker needs a name, a role or an org")
        return self


class Source(Part):
    """Where a report comes from. `via` credits the outlets that it draws on."""

    name: Name
    url: Url | None = None
    title: Headline | None = None
    published_at: Instant | None = None
    via: Annotated[tuple[Name, ...], Field(max_length=PARTS_MAX)] = ()
    origin: Name | None = None


Speakers = Annotated[tuple[Speaker, ...], Field(max_length=PARTS_MAX)]
Keys = Annotated[tuple[Key, ...], Field(max_length=PARTS_MAX)]


class Claim(Part):
    """What somebody says of one fact. `said_by` defaults to the development's."""

    key: Key
    value: ValueField | None = None
    unit: Name | None = None
    of: Total | None = None
    stance: Stance = "asserts"
    as_of: WhenField | None = None
    said_by: Speakers = ()
    literal: Name | None = None

    @model_validator(mode="after")
    def _asserting_needs_a_value(self) -> Self:
        if self.stance == "asserts" and self.value is None:
            raise ValueError(f"{self.key} asserts nothing: give a value, or another stance")
        return self


class Quote(Part):
    """Verbatim words, and who spoke them."""

    text: QuoteText
    speaker: Speaker


class Expectation(Patch):
    """Something promised or scheduled. Naming a known id restates the fields given; null clears one."""

    id: Slug | None = None
    what: Headline | None = None
    by: Name | None = None
    due: WhenField | None = None
    wanted_by: Name | None = None
    condition: Note | None = None

    @model_validator(mode="before")
    @classmethod
    def _what_cannot_be_cleared(cls, raw: object) -> object:
        if isinstance(raw, dict) and "what" in raw and raw["what"] is None:
            raise ValueError("what is expected can be reworded, but not cleared")
        return {k: v for k, v in raw.items() if k != "id" or v is not None} if isinstance(raw, dict) else raw


class Resolution(Part):
    """How an expectation came out."""

    expectation: Slug
    outcome: Outcome


class Corroboration(Part):
    """Support for another development's claims; `keys` empty means all of them."""

    development: Slug
    keys: Keys = ()
    method: Name | None = None
    verification: Flag = False


class Dispute(Part):
    """Doubt about another development's claims; `keys` empty means all of them."""

    development: Slug
    keys: Keys = ()
    kind: DisputeKind
    statement: Note | None = None


class Media(Part):
    """A picture, sound or film. `alt` says what it shows; sizes in pixels and bytes."""

    url: Url
    type: MediaType
    alt: Note
    credit: Name | None = None
    width: Count | None = None
    height: Count | None = None
    length: Count | None = None


Subjects = Annotated[tuple[Name, ...], Field(max_length=PARTS_MAX)]
Origins = Annotated[dict[Name, Annotated[tuple[Name, ...], Field(max_length=PARTS_MAX)]], Field(max_length=PARTS_MAX)]
Sources = Annotated[tuple[Source, ...], Field(max_length=PARTS_MAX)]
Claims = Annotated[tuple[Claim, ...], Field(max_length=PARTS_MAX)]
Quotes = Annotated[tuple[Quote, ...], Field(max_length=PARTS_MAX)]
Expectations = Annotated[tuple[Expectation, ...], Field(max_length=PARTS_MAX)]
Resolutions = Annotated[tuple[Resolution, ...], Field(max_length=PARTS_MAX)]
Corroborations = Annotated[tuple[Corroboration, ...], Field(max_length=PARTS_MAX)]
Disputes = Annotated[tuple[Dispute, ...], Field(max_length=PARTS_MAX)]
MediaItems = Annotated[tuple[Media, ...], Field(max_length=PARTS_MAX)]
Urgency = Annotated[int, Field(strict=True, ge=1, le=9)]


def _one_claim_a_speaker(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    seen: set[tuple[str, tuple[Speaker, ...]]] = set()
    for claim in claims:
        known_by = (claim.key, claim.said_by)
        if known_by in seen:
            raise ValueError(f"{claim.key} is claimed twice by one speaker; a report holds one claim of each")
        seen.add(known_by)
    return claims


def _none_is_empty(raw: object) -> object:
    return () if raw is None else raw


class Event(Part):
    """The envelope that all events share (1.2), as far as the caller may give it."""

    id: EventId | None = None
    story: Slug
    reported_at: Instant | None = None
    published_at: Instant | None = None
    embargoed_until: Instant | None = None
    actor: Name | None = None


class StoryOpened(Event):
    """A running story begins."""

    type: Literal["story_opened"] = "story_opened"
    headline: Headline
    summary: Summary | None = None
    language: Language | None = None
    subjects: Subjects = ()
    origins: Origins = {}


class StoryRevised(Event):
    """The story's own headline, summary, language, subjects or origins changed; what is given replaces."""

    type: Literal["story_revised"] = "story_revised"
    headline: Headline | None = None
    summary: Summary | None = None
    language: Language | None = None
    subjects: Subjects | None = None
    origins: Origins | None = None


class StoryClosed(Event):
    """Nothing more is expected; repairs are still taken."""

    type: Literal["story_closed"] = "story_closed"
    reason: Note | None = None


class StoryReopened(Event):
    """The story runs again."""

    type: Literal["story_reopened"] = "story_reopened"
    reason: Note | None = None


class DevelopmentReported(Event):
    """A development, as it was reported."""

    type: Literal["development_reported"] = "development_reported"
    development: Slug | None = None
    headline: Headline
    body: Body | None = None
    happened: WhenField | None = None
    said_on: WhenField | None = None
    said_by: Speakers = ()
    sources: Sources = ()
    facts: Claims = ()
    quotes: Quotes = ()
    expects: Expectations = ()
    resolves: Resolutions = ()
    corroborates: Corroborations = ()
    disputes: Disputes = ()
    urgency: Urgency | None = None
    media: MediaItems = ()

    _claims_differ = field_validator("facts")(_one_claim_a_speaker)


class Amendment(Patch):
    """The fields of a report that a correction replaces, each whole; null removes one."""

    reported_at: Instant | None = None
    headline: Headline | None = None
    body: Body | None = None
    happened: WhenField | None = None
    said_on: WhenField | None = None
    said_by: Annotated[Speakers, BeforeValidator(_none_is_empty)] = ()
    sources: Annotated[Sources, BeforeValidator(_none_is_empty)] = ()
    facts: Annotated[Claims, BeforeValidator(_none_is_empty)] = ()
    quotes: Annotated[Quotes, BeforeValidator(_none_is_empty)] = ()
    expects: Annotated[Expectations, BeforeValidator(_none_is_empty)] = ()
    resolves: Annotated[Resolutions, BeforeValidator(_none_is_empty)] = ()
    corroborates: Annotated[Corroborations, BeforeValidator(_none_is_empty)] = ()
    disputes: Annotated[Disputes, BeforeValidator(_none_is_empty)] = ()
    urgency: Urgency | None = None
    media: Annotated[MediaItems, BeforeValidator(_none_is_empty)] = ()

    _claims_differ = field_validator("facts")(_one_claim_a_speaker)

    @model_validator(mode="after")
    def _what_must_stay(self) -> Self:
        given = self.model_fields_set
        if not given:
            raise ValueError("names no field to correct")
        for name in ("headline", "reported_at"):
            if name in given and getattr(self, name) is None:
                raise ValueError(f"{name} can be replaced, but not removed")
        return self


class DevelopmentCorrected(Event):
    """A report was wrong, or unclear, or misspelt. `set` replaces fields; `level` says how loudly to tell it."""

    type: Literal["development_corrected"] = "development_corrected"
    development: Slug
    set: Amendment
    note: Note | None = None
    level: Level = "correction"


class DevelopmentHeld(Event):
    """Withheld pending checks."""

    type: Literal["development_held"] = "development_held"
    development: Slug
    reason: Note | None = None


class DevelopmentReleased(Event):
    """No longer held; or, where it is not held, out before its embargo ends."""

    type: Literal["development_released"] = "development_released"
    development: Slug
    reason: Note | None = None


class DevelopmentRetracted(Event):
    """Withdrawn for good. `substitute` names the development that replaces it."""

    type: Literal["development_retracted"] = "development_retracted"
    development: Slug
    reason: Note
    substitute: Slug | None = None


class DevelopmentPinned(Event):
    """Kept on top of the story's page."""

    type: Literal["development_pinned"] = "development_pinned"
    development: Slug


class DevelopmentUnpinned(Event):
    """No longer kept on top."""

    type: Literal["development_unpinned"] = "development_unpinned"
    development: Slug


class EventRedacted(Event):
    """The bodies of one event, or of all events of a development, were erased; place and digest stay."""

    type: Literal["event_redacted"] = "event_redacted"
    event: EventId | None = None
    development: Slug | None = None
    reason: Note
    authority: Name | None = None

    @model_validator(mode="after")
    def _names_one_target(self) -> Self:
        if self.event is not None and self.development is not None:
            raise ValueError("name an event or a development, not both")
        if self.event is None and self.development is None:
            raise ValueError("name the event, or the development, to redact")
        return self


AnyEvent: TypeAlias = (
    StoryOpened
    | StoryRevised
    | StoryClosed
    | StoryReopened
    | DevelopmentReported
    | DevelopmentCorrected
    | DevelopmentHeld
    | DevelopmentReleased
    | DevelopmentRetracted
    | DevelopmentPinned
    | DevelopmentUnpinned
    | EventRedacted
)
EVENT: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="type")])


class Erased(Event):
    """An event whose body was redacted: what its envelope still tells.

    `was` is its former type, `fields` and `level` what a correction had set, and how loudly.
    """

    type: Literal["erased"] = "erased"
    was: Literal["development_reported", "development_corrected"]
    development: Slug
    expectations: tuple[Slug, ...] = ()
    fields: tuple[str, ...] = ()
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event in its place: `position` in the ledger, `version` in its story, both dense from 1."""

    position: int
    version: int
    recorded_at: datetime
    event: AnyEvent | Erased

    @property
    def id(self) -> str:
        """Give the event's id, which every recorded event has."""
        return _given(self.event.id)

    @property
    def reported_at(self) -> datetime:
        """Give when the source reported it; by default when it was recorded."""
        return self.event.reported_at or self.recorded_at

    @property
    def development(self) -> str | None:
        """Give the development that the event is about, or None for events of the story itself."""
        return getattr(self.event, "development", None)


def _given(text: str | None) -> str:
    if text is None:
        raise TypeError("a recorded event has an id")
    return text


def expectation_ids(expectations: Iterable[Expectation]) -> tuple[str, ...]:
    """Give the ids that `expectations` name, in order."""
    return tuple(expectation.id for expectation in expectations if expectation.id is not None)


def same_name(one: str, other: str) -> bool:
    """Tell whether two names are one by 1.1."""
    return folded(one) == folded(other)
