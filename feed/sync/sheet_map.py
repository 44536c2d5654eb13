"""The map file `sync.toml`: what each column of a table means (docs/sync.md#the-map). Pure."""

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from ipaddress import ip_network
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from events.errors import InvalidError, Problem, as_slug
from events.model.edtf import instant
from events.model.parts import Outcome
from events.model.text import Headline, Key, Name, Slug
from events.model.validation import problems_of
from feed.config import location_of

MAP_NAME: Final = "sync.toml"
FACTS_MAX: Final = 150
TABLE_CHARS_MAX: Final = 32
_HEADER_LINE: Final = re.compile(r'\s*(?:\[\s*columns\s*\.\s*)?(?:"([^"]+)"|([\w-]+))\s*(?:\]|=\s*\{)')
Role = Literal[
    "story",
    "development",
    "headline",
    "body",
    "fact",
    "source",
    "source_url",
    "speaker",
    "happened",
    "reported",
    "what",
    "by",
    "due",
    "status",
    "correction",
    "ignore",
]
KEY_ROLES: Final[tuple[Role, ...]] = ("story", "development")
REPEATABLE: Final = frozenset({"story", "development", "fact", "ignore"})
STATUS_KEY: Final = "status"
_OUTCOMES: Final[tuple[Outcome, ...]] = ("met", "partly_met", "missed", "cancelled")


def _network(text: str) -> str:
    ip_network(text)
    return text


def _line_of_news(raw: object) -> object:
    """Return the instant of a day, of TOML's own dates, or of RFC 3339 text."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        raw = raw.isoformat()
    if isinstance(raw, datetime):
        return raw if raw.tzinfo else raw.replace(tzinfo=UTC)
    if isinstance(raw, str):
        return instant(f"{raw}T00:00:00Z" if re.fullmatch(r"\d{4}-\d\d-\d\d", raw) else raw)
    return raw


def _listed(raw: object) -> object:
    return (raw,) if isinstance(raw, str) else raw


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


class StoryMap(_Table):
    """[story]: the one story of the whole table."""

    id: Slug
    headline: Headline


class Column(_Table):
    """[columns.HEADER]: what a column means.

    roles: what its cells are; several at once, as a name that is the headline too
    key, type, unit, of, thousands, decimal: of a fact; `of` is the total, a number or the header of a column
    format: how dates are written, such as "%d/%m/%Y"; without it, as on the command line
    public_id: whether addresses show the cells of a key column. Otherwise they show a code
    change: whether a changed cell is a new development, or a correction of what was wrong
    met, partly_met, missed, cancelled: the words of a status for each outcome; other words leave the promise open
    open: the words of a status that leave it open on purpose; sync warns of any others
    """

    roles: Annotated[tuple[Role, ...], Field(alias="as", strict=False, min_length=1), BeforeValidator(_listed)]
    label: Name | None = None
    key: Key | None = None
    type: Literal["text", "number", "date"] = "text"
    unit: Name | None = None
    of: Annotated[int, Field(ge=0)] | str | None = None
    thousands: Literal[",", ".", " ", "'"] | None = None
    decimal: Literal[".", ","] = "."
    format: str | None = None
    public_id: bool = False
    change: Literal["development", "correction"] = "development"
    met: tuple[str, ...] = Field((), strict=False)
    partly_met: tuple[str, ...] = Field((), strict=False)
    missed: tuple[str, ...] = Field((), strict=False)
    cancelled: tuple[str, ...] = Field((), strict=False)
    open: tuple[str, ...] = Field((), strict=False)

    @cached_property
    def outcomes(self) -> Mapping[str, Outcome]:
        """The outcome that each word of a status means."""
        return {word.casefold(): outcome for outcome in _OUTCOMES for word in getattr(self, outcome)}

    def lists(self, word: str) -> bool:
        """Return True if a word of a status is in one of the lists."""
        return word.casefold() in {*self.outcomes, *map(str.casefold, self.open)}


class SheetMap(_Table):
    """`sync.toml`.

    table: the name of the table; the ids of its events have it, so it never changes
    source: who is named as the source of a row that names none
    announce_from: the instant from which what is reported is announced; none: all but the first run
    sheet: the sheet of a workbook; none: the first
    allow: networks that are not public, and that an address may lead to nevertheless
    """

    table: Annotated[Slug, Field(max_length=TABLE_CHARS_MAX)]
    source: Name | None = None
    announce_from: Annotated[datetime | None, BeforeValidator(_line_of_news)] = None
    sheet: str | None = None
    allow: tuple[Annotated[str, AfterValidator(_network)], ...] = Field((), strict=False)
    story: StoryMap | None = None
    columns: dict[str, Column]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        problems = list(self._faults())
        if problems:
            raise ValueError(" ".join(problems))
        return self

    def headers(self, role: Role) -> tuple[str, ...]:
        """Return the headers of the columns with that role, in the order of the map."""
        return tuple(header for header, column in self.columns.items() if role in column.roles)

    def header(self, role: Role) -> str | None:
        """Return the header of the one column with that role."""
        return next(iter(self.headers(role)), None)

    @cached_property
    def names_rows(self) -> bool:
        """Whether a story has several rows, each with a name of its own. Otherwise each row is a story."""
        return bool(self.headers("development"))

    @cached_property
    def facts(self) -> Mapping[str, str]:
        """The header of each fact's column, by the fact's key. A status is a fact too."""
        return {self.key_of(header): header for header in (*self.headers("fact"), *self.headers("status"))}

    def key_of(self, header: str) -> str:
        """Return the key of the fact in a column."""
        column = self.columns[header]
        return column.key or (STATUS_KEY if "status" in column.roles else as_slug(header))

    def label_of(self, header: str) -> str:
        """Return what readers see as the name of a column."""
        return self.columns[header].label or " ".join(header.split())

    def _faults(self) -> list[str]:
        roles = [role for column in self.columns.values() for role in column.roles]
        once = sorted({role for role in roles if role not in REPEATABLE and roles.count(role) > 1})
        keys = [self.key_of(header) for header in (*self.headers("fact"), *self.headers("status"))]
        faults = [f'Only one column can be "{role}".' for role in once]
        if "headline" not in roles and "what" not in roles:
            faults.append('No column is the "headline": every development needs one.')
        if not self.names_rows and "story" not in roles:
            faults.append('No column names the rows: mark one "development", or "story" if each row is a story.')
        if self.story is not None and "story" in roles:
            faults.append('Either [story] or a column "story" says to which story a row belongs, not both.')
        if self.story is None and self.names_rows and "story" not in roles:
            faults.append('Nothing says to which story a row belongs: add [story], or mark a column "story".')
        if "what" not in roles and {"by", "due", "status"} & set(roles):
            faults.append('"by", "due" and "status" are of a promise: mark the column that says "what" is promised.')
        if "source_url" in roles and "source" not in roles and self.source is None:
            faults.append('"source_url" needs the name of the source: mark a column "source", or set source.')
        if len(keys) > FACTS_MAX:
            faults.append(f"At most {FACTS_MAX} columns can be facts.")
        faults += [f"Two facts have the key {key}: set key." for key in sorted({k for k in keys if keys.count(k) > 1})]
        if not all(keys):
            faults.append("A fact's header has no letter from a to z: set its key.")
        for column in self.columns.values():
            if isinstance(column.of, str) and column.of not in self.columns:
                faults.append(f'The map has no column {column.of!r} for a total: add it, as = "ignore".')
        return faults


def parse_map(text: str, *, where: str = MAP_NAME) -> SheetMap:
    """Return the map, or raise InvalidError with every problem in it."""
    try:
        return SheetMap.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        remedy = "See https://toml.io for the syntax."
        raise InvalidError(Problem(where=where, check="toml", message=str(error), remedy=remedy)) from None
    except ValidationError as error:
        problems = problems_of(error, None)
        locations = [_location(text, problem.where, where) if problem.where else where for problem in problems]
        raise InvalidError(*map(Problem.at, problems, locations)) from None


def _location(text: str, setting: str, where: str) -> str:
    """Return `FILE:LINE: SETTING`; of a column, the line of its header."""
    table, _, rest = setting.partition(".")
    if table == "columns" and rest:
        for number, line in enumerate(text.splitlines(), start=1):
            header = _HEADER_LINE.match(line)
            name = "" if header is None else next(filter(None, header.groups()))
            if name and f"{rest}.".startswith(f"{name}."):
                return f"{where}:{number}: {setting}"
    return location_of(text, setting, where)
