"""The small fields of events: texts with limits, names, addresses, instants.

Every text has a named limit. Text that XML 1.0 cannot carry (control characters, noncharacters, lone surrogates) is
refused, since it could never be published.
"""

import re
import unicodedata
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator, StringConstraints, ValidationInfo

from events.model.edtf import When, format_instant, instant, parse_when
from events.model.typed_times import TypedTimes

SLUG_CHARS_MAX = 64
EVENT_ID_CHARS_MAX = 128
KEY_CHARS_MAX = 128
HEADLINE_CHARS_MAX = 300
SUMMARY_CHARS_MAX = 2_000
BODY_CHARS_MAX = 100_000
NAME_CHARS_MAX = 300
NOTE_CHARS_MAX = 2_000
QUOTE_CHARS_MAX = 5_000
TEXT_VALUE_CHARS_MAX = 1_000
URL_CHARS_MAX = 2_000
PARTS_MAX = 200
INTEGER_MAX = 2**53 - 1  # what every JSON reader can hold: RFC 8259, section 6

SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
EVENT_ID_PATTERN = r"^[A-Za-z0-9._:-]+$"
KEY_PATTERN = r"^[a-z0-9]+([._-][a-z0-9]+)*$"

# XML 1.0, section 2.2, less the noncharacters of Unicode, which readers refuse or replace.
_PLANES = "".join(rf"\x{{{plane:x}FFFE}}\x{{{plane:x}FFFF}}" for plane in range(1, 17))
_UNFIT = rf"\x00-\x08\x0B\x0C\x0E-\x1F\x{{FDD0}}-\x{{FDEF}}\x{{FFFE}}\x{{FFFF}}{_PLANES}"
_BREAKS = r"\n\r\x{85}\x{2028}\x{2029}"
TEXT_PATTERN = rf"^[^{_UNFIT}]*$"
LINE_PATTERN = rf"^[^{_UNFIT}{_BREAKS}]*$"
# RFC 3986 without the characters that no URL may hold, so that no output has to fix one; no control characters.
_NOT_IN_URLS = rf"\s\x00-\x1F\x7F\"<>\\^`{{|}}{_UNFIT}"
_WEB_ADDRESS = rf"[Hh][Tt][Tt][Pp][Ss]?://[^/?#{_NOT_IN_URLS}]+[^{_NOT_IN_URLS}]*"
URL_PATTERN = rf"^{_WEB_ADDRESS}$"
PICTURE_PATTERN = r"^media:[0-9a-f]{64}\.(jpg|png)$"
MEDIA_URL_PATTERN = rf"^(media:[0-9a-f]{{64}}\.(jpg|png)|{_WEB_ADDRESS})$"


def _python_class(rust_class: str) -> re.Pattern[str]:
    """Return Python's spelling of a character class written for pydantic's regex engine."""
    return re.compile("[" + re.sub(r"\\x\{([0-9A-Fa-f]+)\}", lambda m: f"\\U{int(m[1], 16):08x}", rust_class) + "]")


UNFIT = _python_class(_UNFIT + r"\x{D800}-\x{DFFF}")
BREAK = _python_class(_BREAKS)


def unfit_character(text: str, *, one_line: bool) -> str | None:
    """Return the first character that `text` must not contain, with its position, or None."""
    match = UNFIT.search(text) or (BREAK.search(text) if one_line else None)
    if match is None:
        return None
    kind = "a line break" if BREAK.match(match[0]) else "a character that feeds cannot carry"
    return f"{kind} (U+{ord(match[0]):04X}) at character {match.start() + 1}"


def _same_line_ends(text: str) -> str:
    # XML readers turn CR LF and CR into LF (XML 1.0, section 2.11). Done before anything is hashed.
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _line(chars_max: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=chars_max, pattern=LINE_PATTERN)


def _text(chars_max: int) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=chars_max, pattern=TEXT_PATTERN)


def parse_instant(raw: object, times: TypedTimes | None = None) -> datetime:
    """Return an aware UTC datetime from RFC 3339 text or an aware datetime; ValueError for a naive one.

    With `times`, text may be as people type it.
    """
    if isinstance(raw, datetime):
        if raw.tzinfo is None:
            raise ValueError(f"{raw.isoformat()} has no time zone; give one, such as Z or +02:00")
        return raw.astimezone(UTC)
    if not isinstance(raw, str):
        kind = type(raw).__name__
        raise ValueError(  # noqa: TRY004 - pydantic does not turn a TypeError into a validation error
            f'must be a time with zone, such as "2015-01-06T18:00:00Z", not {kind}'
        )
    return instant(raw) if times is None else times.instant(raw)


def typed_when(raw: object, times: TypedTimes | None) -> object:
    """Return the JSON of a when with its EDTF as `times` reads it."""
    match raw:
        case str() if times is not None:
            return times.edtf(raw)
        case {"edtf": str(edtf), **others} if times is not None:
            return {**others, "edtf": times.edtf(edtf)}
        case _:
            return raw


def _instant_field(raw: object, info: ValidationInfo[Any]) -> datetime:
    return parse_instant(raw, info.context)


def _when_field(raw: object, info: ValidationInfo[Any]) -> When:
    return parse_when(typed_when(raw, info.context))


def _day_or_instant(when: When, info: ValidationInfo[Any]) -> When:
    day = when.start if when.literal is None else None
    if day is None or day is not when.end or day.qualifier or day.precision not in {"day", "instant"}:
        if info.context is not None and info.context.example:
            raise ValueError(f"must be a day, or a day and a time, as in {info.context.example}")
        raise ValueError('must be a day or an instant, such as "2026-12-05" or "2026-12-05T14:30:00Z"')
    return when


Slug = Annotated[str, StringConstraints(max_length=SLUG_CHARS_MAX, pattern=SLUG_PATTERN)]
EventId = Annotated[str, StringConstraints(max_length=EVENT_ID_CHARS_MAX, pattern=EVENT_ID_PATTERN)]
Key = Annotated[str, StringConstraints(max_length=KEY_CHARS_MAX, pattern=KEY_PATTERN)]
Headline = Annotated[str, _line(HEADLINE_CHARS_MAX)]
Name = Annotated[str, _line(NAME_CHARS_MAX)]
Summary = Annotated[str, _text(SUMMARY_CHARS_MAX), AfterValidator(_same_line_ends)]
Body = Annotated[str, _text(BODY_CHARS_MAX), AfterValidator(_same_line_ends)]
Note = Annotated[str, _text(NOTE_CHARS_MAX), AfterValidator(_same_line_ends)]
QuoteText = Annotated[str, _text(QUOTE_CHARS_MAX), AfterValidator(_same_line_ends)]
Url = Annotated[str, StringConstraints(max_length=URL_CHARS_MAX, pattern=URL_PATTERN)]
MediaUrl = Annotated[str, StringConstraints(max_length=URL_CHARS_MAX, pattern=MEDIA_URL_PATTERN)]
PictureUrl = Annotated[str, StringConstraints(pattern=PICTURE_PATTERN)]
MediaType = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z]+/[A-Za-z0-9.+-]+$")]
Language = Annotated[str, StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
Count = Annotated[int, Field(strict=True, ge=0, le=INTEGER_MAX)]
Flag = Annotated[bool, Field(strict=True)]
Instant = Annotated[datetime, PlainValidator(_instant_field), PlainSerializer(format_instant)]
WhenField = Annotated[When, PlainValidator(_when_field), PlainSerializer(When.as_json)]
DayOrInstant = Annotated[WhenField, AfterValidator(_day_or_instant)]


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """Return `name` as names and units are compared: in NFC, casefolded, white space squeezed."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
