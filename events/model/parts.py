"""The parts of events: speakers, sources, claims, quotes, expectations and the rest (events/README.md#parts)."""

from functools import lru_cache
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from events.model.speakers import parse_speaker
from events.model.text import (
    PARTS_MAX,
    Count,
    Flag,
    Headline,
    Instant,
    Key,
    MediaType,
    MediaUrl,
    Name,
    Note,
    PictureUrl,
    QuoteText,
    Slug,
    Url,
    WhenField,
)
from events.model.values import Value, numeric, parse_value, value_json

Stance = Literal["asserts", "denies", "cannot_confirm", "withholds"]
Outcome = Literal["met", "partly_met", "missed", "cancelled"]
DisputeKind = Literal["denies", "cannot_confirm", "disagrees"]
Level = Literal["typo", "clarification", "correction"]

PICTURE_TYPES: Final = {"jpg": "image/jpeg", "png": "image/png"}
"""The types of the newsroom's pictures, by the endings of their names."""

FIELD_SETS_MAX: Final = 1_024
"""How many different sets of fields are shared by parts of events."""

_Item = TypeVar("_Item")
Many = Annotated[tuple[_Item, ...], Field(max_length=PARTS_MAX)]
"""A list, with the limit of all lists."""


def _value_field(raw: object, info: ValidationInfo[Any]) -> Value:
    return parse_value(raw, info.context)


ValueField = Annotated[Value, PlainValidator(_value_field), PlainSerializer(value_json)]


def _number(raw: object) -> Value:
    value = parse_value(raw)
    if not numeric(value):
        raise ValueError("a total is a number or a range")
    return value


Total = Annotated[Value, PlainValidator(_number), PlainSerializer(value_json)]


class Part(BaseModel):
    """A frozen value that refuses unknown fields.

    Its validator is built at its first use, since most commands use few of the event types.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def share_field_sets(part: BaseModel) -> None:
    """Let `part` and the parts in it share their sets of fields with others that have the same fields.

    Pydantic keeps a set of names for each: a fifth of the memory of a report. It can be shared, since parts are frozen,
    and a copy of a part has a set of its own.
    """
    object.__setattr__(part, "__pydantic_fields_set__", _field_set(frozenset(part.__pydantic_fields_set__)))
    for value in vars(part).values():
        if type(value) is tuple and value and isinstance(value[0], BaseModel):
            for item in value:
                share_field_sets(item)


@lru_cache(FIELD_SETS_MAX)
def _field_set(names: frozenset[str]) -> set[str]:
    return {*names}


class Patch(Part):
    """A part in which `null` clears a field, and an absent field stays as it is. Its JSON has both."""

    @model_serializer(mode="wrap")
    def _with_nulls(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        dumped: dict[str, Any] = handler(self)
        return {
            name: dumped.get(name, _empty(getattr(self, name)))
            for name in type(self).model_fields
            if name in self.model_fields_set
        }


def _empty(value: object) -> object:
    """Return the JSON of a cleared field: null, for a list too."""
    return None if value == () else value


class Speaker(Part):
    """Who said something. An anonymous speaker has `named` false and no name: a name would be published."""

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
            raise ValueError(
                "a speaker who is not named must have no name, since it would be published; give role and org"
            )
        if self.name is None and self.role is None and self.org is None:
            raise ValueError("a speaker needs a name, a role or an org")
        return self


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
    """Something promised or scheduled. With a known id it restates the fields that are set; null clears one."""

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


class PictureSize(Part):
    """A picture of the newsroom in a smaller size. Its height follows from its width."""

    url: PictureUrl
    width: Count


class Media(Part):
    """A picture, sound or film. `alt` says what it shows; `width` and `height` are in pixels, `length` in bytes.

    The `url` is an address, or the `media:NAME` of a picture of the newsroom, which may have smaller `sizes`.
    """

    url: MediaUrl
    type: MediaType
    alt: Note
    credit: Name | None = None
    width: Count | None = None
    height: Count | None = None
    length: Count | None = None
    sizes: Many[PictureSize] = ()

    @model_validator(mode="after")
    def _describes_its_picture(self) -> Self:
        if not self.url.startswith("media:"):
            if self.sizes:
                raise ValueError("only a picture of the newsroom (media:NAME) has sizes")
            return self
        if not self.width or not self.height:
            raise ValueError("a picture of the newsroom (media:NAME) needs its width and height in pixels")
        if self.type != PICTURE_TYPES[self.url.rpartition(".")[2]]:
            raise ValueError(f"the type of {self.url[-4:]} is {PICTURE_TYPES[self.url.rpartition('.')[2]]}")
        if any(not 0 < size.width < self.width for size in self.sizes):
            raise ValueError("the sizes of a picture are smaller than the picture")
        return self
