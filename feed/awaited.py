"""What is awaited of all stories: expectations that are overdue, or due. From overviews, without any model."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from events.fold.urgency import urgency_key
from events.model.edtf import EPOCH, MICROSECOND, format_instant, microseconds
from events.store.base import Overview


class Awaited(NamedTuple):
    """An open expectation.

    story: the slug of its story
    status: its status now
    due: its due date in words
    ends_us: the end of its window in microseconds since 1970, if it has one
    name: what is expected, after the headline of its report if the story has others in the same words
    json: the expectation as in the state, except for its status
    """

    story: str
    status: str
    due: str
    ends_us: int | None
    name: str
    json: dict[str, Any]

    def urgency(self) -> tuple[Any, ...]:
        """Return the sort key: the most urgent first."""
        return urgency_key(self.status, self.ends_us, self.story, self.json["id"])


def awaited_at(overviews: Iterable[Overview], now: datetime, within_days: int | None = None) -> Iterator[Awaited]:
    """Yield the expectations that are overdue at `now`, and those of open stories that are due `within_days`."""
    now_us = microseconds(now)
    for overview in overviews:
        if overview.awaited == "[]":
            continue
        closed = orjson.loads(overview.line)["closed"]
        for item in orjson.loads(overview.awaited):
            overdue = item["overdue_us"] is not None and item["overdue_us"] <= now_us
            if overdue or (not closed and (within_days is None or _ends_within(item["latest"], now, within_days))):
                yield Awaited(
                    story=overview.story,
                    status="overdue" if overdue else item["json"]["status"],
                    due=item["due"],
                    ends_us=item["ends_us"],
                    name=item.get("name", item["json"]["what"]),
                    json=item["json"] | embargo_json(item["embargo_us"], now_us),
                )


def embargo_json(until_us: int | None, now_us: int) -> dict[str, str]:
    """Return until when something is under embargo, if it still is, for the JSON of the desk."""
    lasts = until_us is not None and until_us > now_us
    return {"embargoed_until": format_instant(EPOCH + until_us * MICROSECOND)} if until_us and lasts else {}


def _ends_within(latest: str | None, now: datetime, within_days: int) -> bool:
    # Whole days are counted: on the 24th, the 31st is within 7 days at any hour.
    return latest is not None and (date.fromisoformat(latest) - now.date()).days <= within_days
