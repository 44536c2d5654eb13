"""Writes a calendar: iCalendar (RFC 5545), with the name and the interval of RFC 7986, and their older forms."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from feed.entries.model import CalendarEvent

LINE_BYTES_MAX: Final = 75
REFRESH: Final = "PT1H"
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
_SPECIAL = re.compile(r"[\\;,\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def ics(events: Iterable[CalendarEvent], *, name: str, language: str) -> bytes:
    """Return the calendar `name` of `events`, at least one, in the order given."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//writethru//writethru//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        _text("NAME", name, language),
        _text("X-WR-CALNAME", name),
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
        *(line for event in events for line in _event(event)),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _event(event: CalendarEvent) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{_instant(event.changed_at)}"
    yield f"LAST-MODIFIED:{_instant(event.changed_at)}"
    yield f"DTSTART;VALUE=DATE:{_day(event.starts_on)}"
    if event.ends_on < date.max:
        yield f"DTEND;VALUE=DATE:{_day(event.ends_on + timedelta(days=1))}"  # exclusive
    yield _text("SUMMARY", event.summary, event.language)
    yield _text("DESCRIPTION", event.description, event.language)
    yield f"URL:{event.url}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"  # nobody is busy for it
    yield "END:VEVENT"


def _text(name: str, text: str, language: str | None = None) -> str:
    parameter = "" if language is None else f";LANGUAGE={language}"
    return f"{name}{parameter}:{_SPECIAL.sub(lambda match: _ESCAPED[match[0]], _CONTROL.sub('', text))}"


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _instant(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"{_day(utc.date())}T{utc:%H%M%S}Z"


def _folded(line: str) -> Iterator[str]:
    """Yield the parts of a line: of at most 75 bytes, in whole characters, all but the first after a space."""
    if len(line.encode()) <= LINE_BYTES_MAX:
        yield line
        return
    part, size = "", 0
    for char in line:
        width = len(char.encode())
        if size + width > LINE_BYTES_MAX:
            yield part
            part, size = " ", 1
        part, size = part + char, size + width
    yield part
