"""Marks what is under embargo in the lists over all stories: what these would not say, or say otherwise, without it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from events.model.edtf import format_instant, microseconds
from events.store.base import Overview
from feed.awaited import Awaited, awaited_at, embargo_json

if TYPE_CHECKING:
    from events.ledger import Ledger


class Before(NamedTuple):
    """The lines of a story before an embargo ends, as they are without what is not public then.

    `line` is empty if the story is not public itself, and `promises` are those of every status.
    """

    until: str
    line: dict[str, Any]
    promises: set[tuple[Any, ...]]


def story_line(overview: Overview, now: datetime) -> dict[str, Any]:
    """Return a story's line at `now`, with `updated_us` to sort it by."""
    line = orjson.loads(overview.line)
    now_us = microseconds(now)
    embargoed = sum(until_us > now_us for until_us in line["embargoed_us"])
    return {
        "story": overview.story,
        "headline": line["headline"],
        "status": "closed" if line["closed"] else "open",
        "developments": line["developments"],
        "updated_at": line["updated_at"],
        "updated_us": line["updated_us"],
        "overdue": sum(overdue_us <= now_us for overdue_us in line["overdue_us"]),
        **embargo_json(line["embargo_us"], now_us),
    } | ({"embargoed": embargoed} if embargoed else {})


def embargoed_stories(overviews: Iterable[Overview], now: datetime) -> list[str]:
    """Return the stories in which an embargo lasts at `now`."""
    embargoed = [item for item in overviews if '"embargoes_end_us":null' not in item.line]
    return [item.story for item in embargoed if orjson.loads(item.line)["embargoes_end_us"] > microseconds(now)]


def before_embargoes(ledger: "Ledger", stories: Iterable[str], now: datetime) -> dict[str, list[Before]]:
    """Return what is public of each of `stories` before each of its embargoes ends. Each story is folded."""
    return {story: list(_before_embargoes(ledger, story, now)) for story in stories}


def _before_embargoes(ledger: "Ledger", story: str, now: datetime) -> Iterator[Before]:
    from events.fold.story import fold_of  # noqa: PLC0415 - for stories with an embargo alone
    from events.projections.overviews import overview_of  # noqa: PLC0415 - the same

    events = tuple(ledger.events(story))
    for until, covered in ledger.embargoes(story, now=now):
        overview = overview_of(fold_of(story, (event for event in events if event.id not in covered)))
        public = [overview] if overview.line else []
        promises = {_promise_words(item) for item in awaited_at(public, now, None)}
        yield Before(format_instant(until), {} if not public else story_line(overview, now), promises)


def marked_line(line: dict[str, Any], before: Iterable[Before]) -> dict[str, Any]:
    """Return a story's line with the end of the embargo on its headline, and on its being open or closed."""
    names = {"headline": "embargoed_until", "status": "status_embargoed_until"}
    ends = {
        mark: max((item.until for item in before if item.line.get(field) != line[field]), default="")
        for field, mark in names.items()
    }
    if ends["status_embargoed_until"] == ends["embargoed_until"]:
        del ends["status_embargoed_until"]  # the whole story is under embargo
    return line | {mark: until for mark, until in ends.items() if until}


def marked_promise(item: Awaited, before: Iterable[Before]) -> Awaited:
    """Return a promise with the end of the embargo on what it says."""
    until = max((other.until for other in before if _promise_words(item) not in other.promises), default="")
    return item._replace(json=item.json | {"embargoed_until": until}) if until else item


def _promise_words(item: Awaited) -> tuple[Any, ...]:
    return item.json["id"], item.status, item.due, item.name, item.json["what"], item.json.get("by")
