"""The event types, one closed union: events/README.md#event-types.

An event is our record of a development, never the happening itself. Nothing that the fold can compute is stored.

Before it is recorded an event may lack `id`, `development`, `reported_at` and `actor`; `events.decide.decide` fills
them in. `Recorded` is an event with its position in the ledger.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final, Literal, NamedTuple, Self, TypeAlias, TypeVar

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationInfo,
    field_validator,
    model_validator,
)

from events.model.parts import (
    Claim,
    Corroboration,
    Dispute,
    Expectation,
    Level,
    Many,
    Media,
    Notice,
    Part,
    Patch,
    Quote,
    Resolution,
    Source,
    Speaker,
)
from events.model.settings import SettingsOfFacts
from events.model.text import (
    PARTS_MAX,
    Body,
    DayOrInstant,
    EventId,
    Flag,
    Headline,
    Instant,
    Key,
    Language,
    Name,
    Note,
    Slug,
    Summary,
    WhenField,
)

RULES: Final = 2
"""The version of the rules by which new reports fold. A report without one follows the first (events/README.md#rules).
"""

Urgency = Annotated[int, Field(strict=True, ge=1, le=9)]
Origins = Annotated[dict[Name, Many[Name]], Field(max_length=PARTS_MAX)]


def _one_claim_a_speaker(claims: tuple[Claim, ...], info: ValidationInfo) -> tuple[Claim, ...]:
    if len({claim.key for claim in claims}) == len(claims):
        return claims  # without hashing speakers, which takes 1 µs each
    earlier: set[tuple[str, tuple[Speaker, ...]]] = set()
    for claim in claims:
        key_and_speakers = (claim.key, claim.said_by or info.data.get("said_by", ()))
        if key_and_speakers in earlier:
            raise ValueError(f"{claim.key} is claimed twice by the same speaker; remove one of the claims")
        earlier.add(key_and_speakers)
    return claims


_Item = TypeVar("_Item")


def _none_is_empty(raw: object) -> object:
    return () if raw is None else raw


class Event(Part):
    """The envelope that all events share, without what the ledger assigns (events/README.md#the-envelope)."""

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
    subjects: Many[Name] = ()
    origins: Origins = {}  # noqa: RUF012 - frozen, and copied by pydantic
    facts: SettingsOfFacts = {}  # noqa: RUF012 - frozen, and copied by pydantic


class StoryRevised(Event):
    """The story's own headline, summary, language, subjects, origins or settings of facts changed.

    Fields that are set replace them. `facts` changes the settings that it names, and no others.
    """

    type: Literal["story_revised"] = "story_revised"
    headline: Headline | None = None
    summary: Summary | None = None
    language: Language | None = None
    subjects: Many[Name] | None = None
    origins: Origins | None = None
    facts: SettingsOfFacts = {}  # noqa: RUF012 - frozen, and copied by pydantic


class StoryClosed(Event):
    """The story takes no more reports. Corrections stay possible."""

    type: Literal["story_closed"] = "story_closed"
    reason: Note | None = None


class StoryReopened(Event):
    """The story takes reports again."""

    type: Literal["story_reopened"] = "story_reopened"
    reason: Note | None = None


class DevelopmentReported(Event):
    """A development, as its source reported it. One of an `archive` is news to nobody: no current feed carries it."""

    type: Literal["development_reported"] = "development_reported"
    development: Slug | None = None
    headline: Headline
    body: Body | None = None
    happened: WhenField | None = None
    said_on: WhenField | None = None
    said_by: Many[Speaker] = ()
    sources: Many[Source] = ()
    facts: Many[Claim] = ()
    quotes: Many[Quote] = ()
    expects: Many[Expectation] = ()
    resolves: Many[Resolution] = ()
    corroborates: Many[Corroboration] = ()
    disputes: Many[Dispute] = ()
    urgency: Urgency | None = None
    media: Many[Media] = ()
    archive: Flag = False

    _claims_differ = field_validator("facts")(_one_claim_a_speaker)

    @property
    def keys(self) -> frozenset[str]:
        """The keys of its claims."""
        return frozenset(claim.key for claim in self.facts)


class FactChecked(Event):
    """Somebody looked again at a fact, and nothing had changed. `checked_on` is by default the day of `reported_at`."""

    type: Literal["fact_checked"] = "fact_checked"
    key: Key
    checked_on: DayOrInstant | None = None
    said_by: Many[Speaker] = ()


Clearable = Annotated[tuple[_Item, ...], Field(max_length=PARTS_MAX), BeforeValidator(_none_is_empty)]
"""The same, in which null means an empty list."""


class Amendment(Patch):
    """The fields of a report that a correction replaces, each whole; null removes one."""

    reported_at: Instant | None = None
    headline: Headline | None = None
    body: Body | None = None
    happened: WhenField | None = None
    said_on: WhenField | None = None
    said_by: Clearable[Speaker] = ()
    sources: Clearable[Source] = ()
    facts: Clearable[Claim] = ()
    quotes: Clearable[Quote] = ()
    expects: Clearable[Expectation] = ()
    resolves: Clearable[Resolution] = ()
    corroborates: Clearable[Corroboration] = ()
    disputes: Clearable[Dispute] = ()
    urgency: Urgency | None = None
    media: Clearable[Media] = ()

    _claims_differ = field_validator("facts")(_one_claim_a_speaker)

    @model_validator(mode="after")
    def _what_must_stay(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("names no field to correct")
        for name in ("headline", "reported_at"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} can be replaced, but not removed")
        return self


class DevelopmentCorrected(Event):
    """A report was wrong, unclear or misspelt. `set` replaces fields; `level` says whether subscribers are notified."""

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
    """No longer held, or, if it was not held, published before its embargo ends."""

    type: Literal["development_released"] = "development_released"
    development: Slug
    reason: Note | None = None


class DevelopmentRetracted(Event):
    """Withdrawn permanently. `substitute` names the development that replaces it."""

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
    """The bodies of one event, or of all events of a development, were erased. Positions and digests stay.

    The ledger fills in `noticed`: for each expectation in the erased bodies, the overdue notices published by then.
    They are public, and no other event records them (events/README.md#notices-outlive-a-redaction).
    """

    type: Literal["event_redacted"] = "event_redacted"
    event: EventId | None = None
    development: Slug | None = None
    reason: Note
    authority: Name | None = None
    noticed: dict[Slug, tuple[Notice, ...]] = {}  # noqa: RUF012 - frozen, and copied by pydantic

    @model_validator(mode="after")
    def _names_one_target(self) -> Self:
        if self.event is not None and self.development is not None:
            raise ValueError("name an event or a development, not both")
        if self.event is None and self.development is None:
            raise ValueError("name the event, or the development, to redact")
        return self


class EventUndone(Event):
    """The story's last event, or all events about a development, taken back before anybody saw them.

    What is left folds as if they had never been recorded (events/README.md#undo). The ledger fills in `event`, the last
    one that counts, if neither is named.
    """

    type: Literal["event_undone"] = "event_undone"
    event: EventId | None = None
    development: Slug | None = None
    reason: Note | None = None

    @model_validator(mode="after")
    def _names_one_target(self) -> Self:
        if self.event is not None and self.development is not None:
            raise ValueError("name an event or a development, not both")
        return self


class ClockReset(Event):
    """The ledger's clock was ahead, and was set back to the machine's. `Ledger.reset_clock` appends it to every story.

    The ledger fills in `published_until`: the instant up to which something had been published
    (events/README.md#a-reset-of-the-clock).
    """

    type: Literal["clock_reset"] = "clock_reset"
    published_until: Instant | None = None


DevelopmentEvent: TypeAlias = (
    DevelopmentReported
    | DevelopmentCorrected
    | DevelopmentHeld
    | DevelopmentReleased
    | DevelopmentRetracted
    | DevelopmentPinned
    | DevelopmentUnpinned
    | EventRedacted
)
"""The events about a development. A redaction of one event is about that event's development."""
AnyEvent: TypeAlias = (
    StoryOpened | StoryRevised | StoryClosed | StoryReopened | FactChecked | DevelopmentEvent | EventUndone | ClockReset
)
EVENT: TypeAdapter[AnyEvent] = TypeAdapter(
    Annotated[AnyEvent, Field(discriminator="type")], config=ConfigDict(defer_build=True)
)


class Erased(Event):
    """An event whose body was redacted: what is left in its envelope.

    `was` is its former type, `archive` that of a report, `level` that of a correction, and `fields` what that had set.
    """

    type: Literal["erased"] = "erased"
    was: Literal["development_reported", "development_corrected"]
    development: Slug
    expectations: tuple[Slug, ...] = ()
    fields: tuple[str, ...] = ()
    level: Level | None = None
    archive: bool = False


class ReportVersion(NamedTuple):
    """A report as it was from the event at `position` on."""

    position: int
    report: DevelopmentReported


class Recorded(NamedTuple):
    """A recorded event. `position` counts in the ledger, `version` in its story, both from 1 without gaps.

    `rules` is the version of the rules by which a report folds. `report_versions` are those of a report into which
    corrections are merged, oldest first; otherwise empty. `merged_until` is the position of the last revision that is
    merged into an opening, or 0. `redated_at` is when a correction was recorded that is merged and dates its report.
    """

    position: int
    version: int
    recorded_at: datetime
    event: AnyEvent | Erased
    rules: int = RULES
    report_versions: tuple[ReportVersion, ...] = ()
    merged_until: int = 0
    redated_at: datetime | None = None

    @property
    def id(self) -> str:
        """The event's id, which every recorded event has."""
        if self.event.id is None:
            raise TypeError("a recorded event has an id")
        return self.event.id

    @property
    def reported_at(self) -> datetime:
        """When the source reported it, by default when it was recorded.

        It is not after both recording and embargo, even if an event from a ledger with a wrong clock says so. A merged
        correction may date it up to its own recording.
        """
        reported_at = self.event.reported_at
        if reported_at is None or reported_at <= self.recorded_at:
            return reported_at or self.recorded_at
        others = (self.event.embargoed_until, self.redated_at)
        return min(reported_at, max([self.recorded_at, *(at for at in others if at is not None)]))

    @property
    def development(self) -> str | None:
        """The development that the event is about, or None for events of the story itself."""
        return getattr(self.event, "development", None)


def expectation_ids(expectations: Iterable[Expectation]) -> tuple[str, ...]:
    """Return the ids that `expectations` name, in order."""
    return tuple(expectation.id for expectation in expectations if expectation.id is not None)
