"""Whether an overview can be listed as it is stored. Imports no fold: `stories` takes 10 µs a story."""

import re
from datetime import date
from typing import Any

import orjson

from events.projections.version import FOLD_VERSION
from events.store.base import Overview

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
_LINE = {
    "closed": bool,
    "developments": int,
    "embargoed_us": list,
    "headline": str,
    "overdue_us": list,
    "updated_at": str,
    "updated_us": int,
}


def is_current(overview: Overview) -> bool:
    """Return True if this version of the fold made the overview, as far as its shape tells."""
    if (overview.line, overview.awaited) == ("", ""):  # its opening was undone
        return overview.version == FOLD_VERSION
    try:
        return overview.version == FOLD_VERSION and _is_line(overview.line) and _is_awaited(overview.awaited)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False


def _is_line(text: str) -> bool:
    line = orjson.loads(text)
    return (
        {name: type(line[name]) for name in _LINE} == _LINE
        and all(type(at_us) is int for at_us in (*line["overdue_us"], *line["embargoed_us"]))
        and all(map(_is_optional_int, (line["embargo_us"], line["embargoes_end_us"])))
        and _INSTANT.match(line["updated_at"]) is not None
    )


def _is_awaited(text: str) -> bool:
    return text == "[]" or all(map(_is_item, orjson.loads(text)))


def _is_item(item: dict[str, Any]) -> bool:
    texts, instants = (
        [item["due"], item.get("name", ""), *map(item["json"].get, ("id", "status", "what"))],
        (item["ends_us"], item["overdue_us"], item["embargo_us"]),
    )
    if item["latest"] is not None:
        date.fromisoformat(item["latest"])
    return all(type(text) is str for text in texts) and all(map(_is_optional_int, instants))


def _is_optional_int(value: object) -> bool:
    return value is None or type(value) is int
