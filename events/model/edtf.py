"""Imprecise time: the one parser of EDTF. It knows no event and no clock.

It reads the part of level 1 of the Extended Date/Time Format (ISO 8601-2, loc.gov/standards/datetime) that a news desk
uses, and refuses the rest: it never guesses. A refusal is a `ValueError` of one sentence that says what to write
instead. The rules: events/README.md#when.
"""

import json
import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

from events.errors import did_you_mean

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
FURTHEST_AHEAD: Final = timedelta(hours=14)
"""How far the zone furthest ahead is ahead of UTC."""
EDTF_CHARS_MAX: Final = 80  # two instants with microseconds and offsets, qualified, are 67
LITERAL_CHARS_MAX: Final = 200
EXCERPT_CHARS_MAX: Final = 60
PARSED_CACHE_MAX: Final = 4096

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"  # [0-9], since \d takes the digits of every script
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_ZONE = r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_INSTANT = re.compile(rf"{_DAY}[Tt]{_CLOCK}:[0-5][0-9](?:\.[0-9]{{1,6}})?{_ZONE}")
_INSTANT_BEGINS = re.compile(rf"{_DAY}(?:[Tt]| [0-9])")
_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
_SEASON_MONTHS = range(21, 42)
_PRECISIONS: Final = ("year", "month", "day")

# What is wrong with a text that is nearly right, by its form. The first form that matches counts.
_INSTANT_HINTS = {
    _DAY: "needs a time and a zone, as in 2015-01-21T15:00:00Z",
    rf"{_DAY}[Tt ][0-9:.]*": "needs a zone, such as Z or +02:00: write it as in 2015-01-21T15:00:00Z",
    rf"{_DAY} .*": "needs a T between its date and its time, as in 2015-01-21T15:00:00Z",
    rf"{_DAY}[Tt]{_CLOCK}{_ZONE}": "needs its seconds, as in 2015-01-21T15:00:00Z",
    rf"{_DAY}[Tt]{_CLOCK}:60.*": "is a leap second, which cannot be stored: write second 59",
    rf"{_DAY}[Tt]{_CLOCK}:[0-5][0-9]\.[0-9]{{7,}}{_ZONE}": "has more than 6 digits of a second: cut the rest",
}
_INSTANT_EXPECTED = "is not an instant: expected RFC 3339 with a zone, such as 2015-01-21T15:00:00Z"
_DATE_EXPECTED = "is not a date such as 2015, 2015-01, 2015-01-21, 2015-01-21T15:00:00Z or 2015/2016"
_DATE_HINTS = {
    r"[0-9]{4}-[0-9]{1,2}(-[0-9]{1,2})?": "needs two digits for month and day, as in 2015-01-05",
    r"[0-9Xx]{4}(-[0-9Xx]{2}){0,2}": "has X for digits: write the interval, such as 2010/2019 for 201X",
    r"[0-9?~%-]*[?~%][0-9?~%-]*": "may have one ? or ~ or % (both), and only at its end, as in 2015-01~",
    r"[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{2,4}": "may begin with day or month: write the year first, as in 2015-01-21",
    r"[0-9]{1,2}\.? [A-Za-z]{3,9}\.?|[A-Za-z]{3,9}\.? [0-9]{1,2}": "needs its year, as in 2015-01-21",
    r"[+-]?Y?[+-]?[0-9][0-9ES-]*": "is no date of years 0001 to 9999, such as 2015, 2015-01 or 2015-01-21",
}

# What one line of XML 1.0 cannot contain (w3.org/TR/xml/#charsets), and Unicode's noncharacters.
_UNFIT: Final = (
    r"[\x00-\x08\n-\x1f\x85\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 17))
    + "]"
)
_KINDS = {bool: "a boolean", int: "a number", float: "a number", list: "a list", type(None): "null"}


class Bounds(NamedTuple):
    """The UTC days between which something lies, both inclusive. None is unbounded: as far as `date` reaches."""

    earliest: date | None
    latest: date | None

    def overlaps(self, other: "Bounds") -> bool:
        """Return True if some day lies in both."""
        begins = max(self.earliest or date.min, other.earliest or date.min)
        return begins <= min(self.latest or date.max, other.latest or date.max)

    def within(self, other: "Bounds") -> bool:
        """Return True if every day of these lies in `other`."""
        begins_inside = (other.earliest or date.min) <= (self.earliest or date.min)
        return begins_inside and (self.latest or date.max) <= (other.latest or date.max)

    def capped(self, day: date) -> "Bounds":
        """Return the bounds with neither end after `day`. An unbounded earliest day stays unbounded."""
        if self.latest is not None and self.latest <= day:
            return self
        return Bounds(self.earliest and min(self.earliest, day), min(self.latest or day, day))


class TimeSpan(NamedTuple):
    """The instants between which something lies, both inclusive. None is unbounded."""

    begins: datetime | None
    ends: datetime | None

    def overlaps(self, other: "TimeSpan") -> bool:
        """Return True if some instant lies in both."""
        return not _before(self.ends, other.begins) and not _before(other.ends, self.begins)

    def within(self, other: "TimeSpan") -> bool:
        """Return True if every instant of this lies in `other`."""
        begins_inside = other.begins is None or (self.begins is not None and self.begins >= other.begins)
        return begins_inside and (other.ends is None or (self.ends is not None and self.ends <= other.ends))


def _before(end: datetime | None, begin: datetime | None) -> bool:
    return end is not None and begin is not None and end < begin


UNBOUNDED: Final = Bounds(earliest=None, latest=None)


Qualifier: TypeAlias = Literal["", "?", "~", "%"]


class Point(NamedTuple):
    """One end of a when: a year, a month, a day or an instant, and how sure its source was.

    first, last: the instants in UTC within which it lies, both inclusive; one and the same for an instant
    qualifier: "?" uncertain, "~" approximate, "%" both, "" neither
    """

    first: datetime
    last: datetime
    precision: Literal["year", "month", "day", "instant"]
    qualifier: Qualifier

    @property
    def certain(self) -> "Point":
        """What it surely says: of a doubtful instant, the day."""
        if self.precision != "instant" or not self.qualifier:
            return self
        day = self.first.date()
        return Point(datetime.combine(day, time.min, UTC), datetime.combine(day, time.max, UTC), "day", self.qualifier)


class Span(NamedTuple):
    """What an EDTF text says. A single date both starts and ends the span; an open end is None."""

    start: Point | None
    end: Point | None
    bounds: Bounds


_NO_SPAN: Final = Span(start=None, end=None, bounds=UNBOUNDED)


@dataclass(frozen=True, slots=True)
class When:
    """An imprecise time: EDTF that has bounds, the words that a source used for it, or both.

    `2015-01~` and `2015-01` have the same bounds but are not equal: they do not say the same.

    edtf: the text as the source of the event gave it
    literal: the words that a reporter's source used
    start, end: the ends of `edtf`, None if open or if there is no EDTF
    bounds: the UTC days between which it lies; words alone are unbounded
    """

    edtf: str | None = None
    literal: str | None = None
    start: Point | None = field(init=False, repr=False, compare=False)
    end: Point | None = field(init=False, repr=False, compare=False)
    bounds: Bounds = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.edtf is None and self.literal is None:
            raise ValueError('a when needs edtf, literal or both, such as {"literal": "mid December"}.')
        span = _NO_SPAN if self.edtf is None else parse_edtf(self.edtf)
        if self.literal is not None:
            _check_literal(self.literal)
        for name, part in zip(Span._fields, span, strict=True):
            object.__setattr__(self, name, part)

    def __reduce__(self) -> tuple[type["When"], tuple[str | None, str | None]]:
        """Pickle the texts alone: snapshots hold thousands of whens, and their ends are parsed from a cache."""
        return When, (self.edtf, self.literal)

    @property
    def exact(self) -> datetime | None:
        """The instant that it states; None if it is wider than one, or doubtful."""
        at = self.start
        if at is None or at is not self.end or at.precision != "instant" or at.qualifier:
            return None
        return at.first

    @property
    def span(self) -> TimeSpan:
        """The instants between which it lies. A doubtful instant means its whole day, as in `bounds`."""
        return TimeSpan(
            None if self.start is None else self.start.certain.first,
            None if self.end is None else self.end.certain.last,
        )

    def as_json(self) -> str | dict[str, str]:
        """Return the shortest form that `parse_when` reads back: EDTF alone is a plain string."""
        return self.edtf if self.edtf is not None and self.literal is None else self.as_object()

    def as_object(self) -> dict[str, str]:
        """Return the form of the state: always an object, without what is absent."""
        fields = (("edtf", self.edtf), ("literal", self.literal))
        return {name: text for name, text in fields if text is not None}


def parse_when(raw: object) -> When:
    """Return the when that a string of EDTF, or a mapping with `edtf`, `literal` or both, describes."""
    match raw:
        case When():
            return raw
        case str():
            return _when(raw)
        case Mapping():
            return When(**dict(_field(name, value) for name, value in raw.items()))
        case _:
            kind = _KINDS.get(type(raw), type(raw).__name__)  # a bare 2015 in YAML is a number
            raise ValueError(f'a when is not {kind}: put it in quotes, "2015", or give {{"literal": "mid May"}}.')


@lru_cache(maxsize=PARSED_CACHE_MAX)
def _when(edtf: str) -> When:
    """Return a when without words, made once: the dates of one story are few."""
    return When(edtf=edtf)


@lru_cache(maxsize=PARSED_CACHE_MAX)
def parse_edtf(text: str) -> Span:
    """Return what an EDTF date, instant or interval says."""
    if len(text) > EDTF_CHARS_MAX:
        raise refusal(text, f'has more than {EDTF_CHARS_MAX} characters: give words as {{"literal": "…"}}')
    begin, slash, end = text.partition("/")
    if not slash:
        point = _point(text, whole=text)
        return Span(point, point, Bounds(point.first.date(), point.last.date()))
    if not begin or not end or "/" in end:
        sides = "needs a date on each side of one /, or .. for an open end, as in ../2015"
        raise refusal(text, _hint(text, _DATE_HINTS) or sides)
    if begin == end == "..":
        raise refusal(text, 'is open at both ends: leave it out, or give words as {"literal": "…"}')
    start = None if begin == ".." else _point(begin, whole=text)
    close = None if end == ".." else _point(end, whole=text)
    if start and close and close.last < start.first:
        raise refusal(text, "ends before it begins: write the earlier date first")
    earliest, latest = None if start is None else start.first.date(), None if close is None else close.last.date()
    return Span(start, close, Bounds(earliest, latest))


def is_strange(text: str) -> bool:
    """Return True if `text` resembles no date, or is no instant but begins like one."""
    if _INSTANT_BEGINS.match(text):
        return not _INSTANT.fullmatch(text)
    return text not in {"", ".."} and not _DATE.fullmatch(text) and _hint(text, _DATE_HINTS) is None


def instant(text: str) -> datetime:
    """Return the aware UTC datetime of a strict RFC 3339 instant; a time without zone is refused."""
    if not _INSTANT.fullmatch(text):
        raise refusal(text, _hint(text, _INSTANT_HINTS) or _INSTANT_EXPECTED)
    _days(text[:10])  # its errors are clearer than those of fromisoformat
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except OverflowError:
        raise refusal(text, "falls outside the years 0001 to 9999 in UTC: use another offset") from None


def format_instant(at: datetime) -> str:
    """Return the canonical text of an aware instant: in UTC with `Z`, with a fraction only if it has one."""
    if at.tzinfo is not UTC:  # nearly all are in UTC
        if at.utcoffset() is None:
            raise ValueError(f"{at.isoformat()} needs a zone: pass an aware datetime, such as one in UTC.")
        at = at.astimezone(UTC)
    text = at.isoformat().removesuffix("+00:00")
    return f"{text.rstrip('0') if at.microsecond else text}Z"


@lru_cache(maxsize=PARSED_CACHE_MAX)
def due_ends_at(when: When) -> datetime | None:
    """Return the instant at which a due date has passed everywhere, or None if it never passes.

    A day has passed everywhere when it ends at UTC-12, at 12:00Z of the next day. An instant is the same everywhere.
    """
    end = when.end
    if end is None:
        return None
    if end.precision == "instant":
        return end.last
    latest = end.last.date()
    return None if latest == date.max else datetime.combine(latest + timedelta(days=1), time(12), UTC)


def _point(text: str, *, whole: str) -> Point:
    """Return one date or instant, which is all or an end of `whole`."""
    qualifier: Qualifier = ""
    match text[-1:]:
        case "?" | "~" | "%" as qualifier:
            pass
    bare = text.removesuffix(qualifier)
    if _INSTANT_BEGINS.match(bare):
        at = instant(bare)
        return Point(at, at, "instant", qualifier)
    if _DATE.fullmatch(bare):
        first, last = _days(bare)
        begins, ends = datetime.combine(first, time.min, UTC), datetime.combine(last, time.max, UTC)
        return Point(begins, ends, _PRECISIONS[bare.count("-")], qualifier)
    words = whole if whole.isprintable() and whole.strip() else "…"
    literal = json.dumps({"literal": words}, ensure_ascii=False)
    raise refusal(text, _hint(bare, _DATE_HINTS) or f"{_DATE_EXPECTED}: give words as {literal}")


@lru_cache(maxsize=PARSED_CACHE_MAX)
def _days(text: str) -> tuple[date, date]:
    """Return the first and the last day of a year, a month or a day."""
    year, month, day, *_ = [*text.split("-"), "", ""]
    if year == "0000":
        raise refusal(text, "is outside the years 0001 to 9999: give words as a literal")
    if not day and month and int(month) in _SEASON_MONTHS:
        raise refusal(text, "is a season: write the months that it means, such as 2015-03/2015-05")
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise refusal(text, "is not in the calendar: correct its month (01 to 12) or its day") from None
    last_month = first.month if month else 12
    last_day = first.day if day else monthrange(first.year, last_month)[1]
    return first, date(first.year, last_month, last_day)


def _field(name: object, value: object) -> tuple[str, str]:
    match name, value:
        case ("edtf" | "literal") as field_name, str():
            return field_name, value
        case "edtf" | "literal", _:
            kind = _KINDS.get(type(value), type(value).__name__)
            raise ValueError(f"the {name} of a when is not {kind}: put it in quotes, or leave it out.")
        case _:
            guess = did_you_mean(str(name), ("edtf", "literal"))
            hint = f" (did you mean {guess}?)" if guess else ""
            raise refusal(str(name), f"is not a field of a when: expected edtf, literal or both{hint}")


def _check_literal(text: str) -> None:
    if not text.strip():
        raise ValueError("the literal of a when is empty: give the source's words, or leave it out.")
    if len(text) > LITERAL_CHARS_MAX:
        raise refusal(text, f"has more than {LITERAL_CHARS_MAX} characters: keep the words for the time")
    if unfit := re.search(_UNFIT, text):
        character = f"U+{ord(unfit[0]):04X} at character {unfit.start() + 1}"
        raise refusal(text, f"has {character}: remove it, since one line of XML cannot carry it")


def _hint(text: str, hints: Mapping[str, str]) -> str | None:
    return next((hint for form, hint in hints.items() if re.fullmatch(form, text)), None)


def refusal(text: str, why: str) -> ValueError:
    """Return the error, with the text in quotes, shortened, and escaped if it cannot be printed."""
    short = text if len(text) <= EXCERPT_CHARS_MAX else f"{text[: EXCERPT_CHARS_MAX - 1]}…"
    return ValueError(f"{json.dumps(short, ensure_ascii=not short.isprintable())} {why}.")


def microseconds(at: datetime) -> int:
    """Return the whole microseconds from 1970 to `at`, which compare without a parser."""
    return (at - EPOCH) // MICROSECOND


def latest_day_anywhere(at: datetime) -> date:
    """Return the day that `at` is on in the zone furthest ahead, UTC+14.

    A desk in Auckland writes its own date when it is still the day before in UTC.
    """
    return (at.astimezone(UTC) + FURTHEST_AHEAD).date()


class EndOfDay(datetime):
    """24:00 UTC of a day: the same instant as midnight of the next, but people mean the day that ends."""


@lru_cache(maxsize=PARSED_CACHE_MAX)
def end_of_day(day: date) -> EndOfDay:
    """Return 24:00 UTC of `day`."""
    return EndOfDay.combine(day + timedelta(days=1), time(), UTC)
