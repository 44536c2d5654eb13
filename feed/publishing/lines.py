"""The line of a story: what the files over all stories, and its next publication, need of it, cached as text."""

from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any, Final

import orjson
from pydantic import TypeAdapter

from events.model.edtf import format_instant, instant
from events.wording.expectations import expected_due
from events.wording.questions import open_questions
from feed.calendars import calendar_events_in, calendar_text
from feed.entries.model import CalendarEvent, Entry
from feed.entries.story import StoryEntries
from feed.pages.build import StoryLine, is_breaking, newest_at
from feed.pages.facts import fact_line
from feed.transparency.updates import MARK_PATTERN

PROMISES_MAX = 3
LINES_KEPT: Final = 256
"""How many lines of the index are not validated and parsed again by a process that publishes again and again."""
_LISTED = TypeAdapter(StoryLine)


def line_text(
    entries: StoryEntries,
    newest: tuple[Entry, ...],
    calendar: tuple[CalendarEvent, ...],
    listed_at: datetime,
    items: int,
    updates: str,
) -> str:
    """Return the text of a story's line; `updates` is the mark of its `updates.jsonl`."""
    story, title = entries.story, escape(newest[0].title) if newest else ""
    return orjson.dumps(
        {
            "headline": story.headline,
            "status": story.status,
            "summary": story.summary,
            "fact": fact_line(story, entries.redactions, entries.words),
            "change": newest[0].title if newest else None,
            "breaking": bool(newest) and is_breaking(newest[0]),
            "developments": sum(item.status == "usable" for item in story.developments),
            "overdue": len(story.overdue),
            "disputed": sum(question.kind == "disputed" for question in open_questions(story)),
            "language": story.language,
            "words": entries.words.language if entries.speaks_otherwise else None,
            "change_words": entries.words.language if newest and newest[0].page_title not in {"", title} else None,
            "promises": [(item.what, expected_due(item, words=entries.words)) for item in story.overdue[:PROMISES_MAX]],
            "subjects": list(story.subjects),
            "shown_at": format_instant(newest_at(newest, story.updated_at)),
            "listed_at": format_instant(listed_at),
            "items": items,
            "updates": updates,
            "calendar": calendar_text(calendar),
        }
    ).decode()


def same_listing(one: str, other: str) -> bool:
    """Return True if two texts of a story's line, "" if it is not public, list it at the same time."""
    if not one or not other:
        return one == other
    return bool(orjson.loads(one)["listed_at"] == orjson.loads(other)["listed_at"])


def item_count(text: str) -> int:
    """Return how many public items a story had, from the text of its line."""
    return int(orjson.loads(text)["items"])


def updates_mark(text: str) -> str:
    """Return what is remembered of a story's `updates.jsonl`, from the text of its line."""
    return str(orjson.loads(text)["updates"])


def forget() -> None:
    """Drop the lines that are kept: they quote the stories."""
    story_line.cache_clear()


@lru_cache(LINES_KEPT)
def story_line(story: str, updated_at: datetime, text: str) -> StoryLine:
    """Return a story's line in the index from the text of its cached line, whose calendar is not read.

    Raises ValueError, TypeError, KeyError or AttributeError if that is not one, or is not whole.
    """
    fields: dict[str, Any] = orjson.loads(text)
    instant(fields.pop("listed_at"))
    fields["shown_at"] = instant(fields["shown_at"])
    items, mark, calendar = fields.pop("items"), str(fields.pop("updates")), fields.pop("calendar")
    sound = type(items) is int and items >= 0 and type(calendar) is str
    if not sound or MARK_PATTERN.fullmatch(mark) is None:
        raise ValueError(story)
    return _LISTED.validate_python({**fields, "story": story, "updated_at": updated_at})


def has_own_calendar(story: str, text: str, *, base_url: str) -> bool:
    """Return True if the calendar in the text of a story's cached line is one, and links to that story alone."""
    try:
        events = calendar_events_in(text)
    except (KeyError, ValueError):
        return False
    return all(event.url.startswith(f"{base_url}stories/{story}/") for event in events)
