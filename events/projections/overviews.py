"""Overviews: what the commands `stories` and `due` list of a story, as two texts that are read without any model.

`line` is a JSON object for the list of stories:
    headline, closed, updated_at, updated_us
    developments: their number
    overdue_us: the instants at which its open expectations become overdue
    embargoed_us: the ends of its developments' embargoes
    embargo_us: the end of its own embargo
    embargoes_end_us: the end of the embargo in it that ends last
`awaited` is a JSON list of its open expectations:
    json: the expectation as in the state, with its status before it is overdue
    name: what tells it from others of the story in the same words, if there are any
    due: its due date in words
    latest: its last day
    ends_us, overdue_us: the end of its window, and when it becomes overdue
    embargo_us: the end of the embargo of the report that states it
Names that end in `_us` are microseconds since 1970, or null.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import orjson

from events.fold.expectations import Expected, Running
from events.fold.state_json import expected_json
from events.fold.story import StoryFold
from events.model.edtf import format_instant, microseconds
from events.projections.version import FOLD_VERSION
from events.store.base import Overview, Projections
from events.wording.expectations import expected_due, headed

AWAITED_CACHE_MAX: Final = 1024
"""Of how many expectations is known what is listed: a story is listed again with each event, and few change these."""
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


def overview_of(fold: StoryFold) -> Overview:
    """Return the overview of a story: without texts if its opening was undone."""
    if fold.header is None or fold.updated_at is None:
        return Overview(fold.story, FOLD_VERSION)
    expectations = fold.awaited()
    counts = Counter(item.what for item in expectations)
    awaited = [
        {
            **_awaited_json(item, fold.running, fold.records[item.stated_by].embargoed_until),
            **({"name": _name(fold, item)} if counts[item.what] > 1 else {}),
        }
        for item in expectations
    ]
    line = {
        "headline": fold.header.headline,
        "closed": fold.running.closed,
        "developments": len(fold.records),
        "updated_at": format_instant(fold.updated_at),
        "updated_us": microseconds(fold.updated_at),
        "overdue_us": [item["overdue_us"] for item in awaited if item["overdue_us"] is not None],
        "embargoed_us": list(map(microseconds, fold.embargoes.values())),
        "embargo_us": _optional_us(fold.header.embargoed_until),
        "embargoes_end_us": _optional_us(fold.embargoes_end),
    }
    texts = (orjson.dumps(part, option=orjson.OPT_SORT_KEYS).decode() for part in (line, awaited))
    return Overview(fold.story, FOLD_VERSION, *texts)


def story_names(reading: Projections) -> list[str]:
    """Return the slugs of all stories, sorted, except those whose opening was undone."""
    return [row.story for row in reading.overviews() if row.line or row.version != FOLD_VERSION]


def _name(fold: StoryFold, expected: Expected) -> str:
    report = fold.records[expected.development].readable
    return expected.what if report is None else headed(expected.what, report.headline)


@lru_cache(maxsize=AWAITED_CACHE_MAX)
def _awaited_json(expected: Expected, running: Running, embargoed_until: datetime | None) -> Mapping[str, Any]:
    latest = None if expected.due is None else expected.due.bounds.latest
    ends_at, overdue_at = expected.ends_at, running.overdue_at(expected.ends_at)
    return {
        "json": expected_json(expected, expected.status(BEFORE_ALL, running)),
        "due": expected_due(expected),
        "latest": None if latest is None else latest.isoformat(),
        "ends_us": _optional_us(ends_at),
        "overdue_us": _optional_us(overdue_at),
        "embargo_us": _optional_us(embargoed_until),
    }


def _optional_us(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)
