"""The parts of events: speakers, sources, claims, quotes, expectations and the rest (events/README.md#parts)."""

from typing import Annotated, Literal, TypeVar

from events.model.constraints import AtMost, Parsed
from events.model.part import Part, Patch
from events.model.speakers import parse_speaker
from events.model.text import (
    PARTS_MAX,
    Count,
    Flag,
    Headline,
    Instant,
    Key,
    MediaType,
    Name,
    Note,
    QuoteText,
    Slug,
    Url,
    WhenField,
)
from events.model.typed_times import TypedTimes
from events.model.values import Value, numeric, parse_value

Stance = Literal["asserts", "denies", "cannot_confirm", "withholds"]
Outcome = Literal["met", "partly_met", "missed", "cancelled"]
DisputeKind = Literal["denies", "cannot_confirm", "disagrees"]
Level = Literal["typo", "clarification", "correction"]

_Item = TypeVar("_Item")
Many = Annotated[tuple[_Item, ...], AtMost(PARTS_MAX)]
"""A list, with the limit of all lists."""


ValueField = Annotated[Value, Parsed(parse_value)]


def _number(raw: object, times: TypedTimes | None) -> Value:
    value = parse_value(raw, times)
    if not numeric(value):
        raise ValueError("a total is a number or a range")
    return value


Total = Annotated[Value, Parsed(_number)]


class Speaker(Part):
    """Who said something. An anonymous speaker has `named` false and no name: a name would be published."""

    name: Name | None = None
    role: Name | None = None
    org: Name | None = None
    named: Flag = True
    origin: Name | None = None

    @staticmethod
    def prepare(raw: object) -> object:
        """Return the fields of a short form (events/README.md#parts)."""
        return parse_speaker(raw) if isinstance(raw, str) else raw

    def check(self) -> None:
        """Refuse a speaker without a name, role or org, and the name of one who is not named."""
        if not self.named and self.name is not None:
            raise ValueError(
                "a speaker who is not named must have no name, since it would be published; give role and org"
            )
        if self.name is None and self.role is None and self.org is None:
            raise ValueError("a speaker needs a name, a role or an org")


class Source(Part):
    """Where a report comes from. `via` credits the outlets that it draws on."""

    name: Name
    url: Url | None = None
    title: Headline | None = None
    published_at: Instant | None = None
    via: Many[Name] = ()
    origin: Name | None = None


class Claim(Part):
    """What somebody says about one fact. `said_by` defaults to that of the report."""

    key: Key
    value: ValueField | None = None
    unit: Name | None = None
    of: Total | None = None
    stance: Stance = "asserts"
    as_of: WhenField | None = None
    said_by: Many[Speaker] = ()
    literal: Name | None = None

    def check(self) -> None:
        """Refuse to assert nothing."""
        if self.stance == "asserts" and self.value is None:
            raise ValueError(f"{self.key} asserts nothing: give a value, or another stance")


class Quote(Part):
    """Verbatim words, and who spoke them."""

    text: QuoteText
    speaker: Speaker


class Expectation(Patch):
    """Something promised or scheduled. With a known id it restates the fields that are set; null clears one."""

    id: Slug | None = None
    what: Headline | None = None
    by: Name | None = None
    due: WhenField | None = None
    wanted_by: Name | None = None
    condition: Note | None = None

    @staticmethod
    def prepare(raw: object) -> object:
        """Refuse to clear what is expected, and return the fields without an id that is null."""
        if isinstance(raw, dict) and "what" in raw and raw["what"] is None:
            raise ValueError("what is expected can be reworded, but not cleared")
        return {k: v for k, v in raw.items() if k != "id" or v is not None} if isinstance(raw, dict) else raw


class Resolution(Part):
    """The outcome of an expectation."""

    expectation: Slug
    outcome: Outcome


class Notice(Part):
    """An overdue notice that was published `at`, for a promise of `development` whose window ended at `ends_at`.

    `resets` says how often the clock had been reset by then.
    """

    development: Slug
    ends_at: Instant
    at: Instant
    resets: Count = 0


class Corroboration(Part):
    """Support for another development's claims: those of `keys`, or all if there are none."""

    development: Slug
    keys: Many[Key] = ()
    method: Name | None = None
    verification: Flag = False


class Dispute(Part):
    """Doubt about another development's claims: those of `keys`, or all if there are none."""

    development: Slug
    keys: Many[Key] = ()
    kind: DisputeKind
    statement: Note | None = None


class Media(Part):
    """A picture, sound or film. `alt` says what it shows; `width` and `height` are in pixels, `length` in bytes."""

    url: Url
    type: MediaType
    alt: Note
    credit: Name | None = None
    width: Count | None = None
    height: Count | None = None
    length: Count | None = None
