"""The calendars of promises: of one story, and of all stories (feed/README.md#calendars). Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import orjson
from pydantic import TypeAdapter

from feed.config import Config
from feed.entries.model import CalendarEvent
from feed.output.file import File
from feed.syndication.ics import ics

CALENDAR: Final = "expected.ics"
CALENDAR_EVENTS_MAX: Final = 1_000
"""The most events in the calendar of all stories: those that changed last."""
_EVENTS = TypeAdapter(tuple[CalendarEvent, ...])


def calendar_text(events: tuple[CalendarEvent, ...]) -> str:
    """Return the events of a story as its line holds them: JSON within JSON, which the index need not parse."""
    return _EVENTS.dump_json(events).decode() if events else ""


def same_calendar(one: str, other: str) -> bool:
    """Return True if two texts of a story's line, "" if it is not public, have the same promises in the calendar."""
    return calendar_in(one) == calendar_in(other)


def render_calendar(config: Config, lines: Iterable[str]) -> Iterator[File]:
    """Yield the calendar of all stories, from the texts of their lines, if there is any promise with a date."""
    events = [event for text in lines for event in calendar_events_in(text)]
    events.sort(key=lambda event: (event.changed_at, event.uid), reverse=True)
    newest = sorted(events[:CALENDAR_EVENTS_MAX], key=lambda event: (event.starts_on, event.uid))
    yield from calendar_file(CALENDAR, newest, name=config.site.title, language=config.site.language)


def calendar_in(text: str) -> str:
    """Return the events in the text of a story's line, unparsed; "" if there are none."""
    return str(orjson.loads(text)["calendar"]) if text else ""


def calendar_events_in(text: str) -> tuple[CalendarEvent, ...]:
    """Return the events in the text of a story's line; ValueError if they are not such."""
    calendar = calendar_in(text)
    return _EVENTS.validate_json(calendar) if calendar else ()


def calendar_file(path: str, events: Sequence[CalendarEvent], *, name: str, language: str) -> Iterator[File]:
    """Yield the calendar of `events`. There is none without events: iCalendar does not allow that."""
    if events:
        changed_at = max(event.changed_at for event in events)
        yield File(path, ics(events, name=name, language=language), changed_at)
