"""Statuspage's `incidents.json` and `scheduled-maintenances.json`: an incident is a story, an update a development.

The state of the incident is the fact `status`, which moves on. A maintenance is expected in its window, and its
completion is the outcome. An incident that is resolved is closed.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from events.model.edtf import format_instant, instant
from events.model.text import PARTS_MAX
from feed.importers.markup import commonmark, one_line
from feed.importers.model import ForeignFile, ForeignItem, ForeignStory, headline_of, slug_of, unreadable

_CLOSING: Final = frozenset({"resolved", "postmortem", "completed"})
_WINDOW: Final = "maintenance"


def read_statuspage(data: bytes, *, name: str) -> ForeignFile:
    """Return a story for each incident; InvalidError if the file is no list of incidents."""
    try:
        page = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise unreadable(name, f"it is not JSON: {error}.") from None
    lists = [page.get(key) for key in ("incidents", "scheduled_maintenances")] if isinstance(page, dict) else []
    if not any(isinstance(incidents, list) for incidents in lists):
        raise unreadable(name, "it has no list of incidents.", "Is it the incidents.json of a status page?")
    file = ForeignFile()
    publisher = one_line(str(_fields(page.get("page")).get("name") or ""))[:300] or "Status page"
    for incidents in lists:
        for number, incident in enumerate(incidents or (), start=1):
            story = _story(f"{name}: incident {number}", _fields(incident), publisher, file)
            file.stories += [] if story is None else [story]
    return file


def _story(where: str, incident: Mapping[str, Any], publisher: str, file: ForeignFile) -> ForeignStory | None:
    headline = headline_of(one_line(_text(incident, "name")), "")
    if not headline or not _text(incident, "id"):
        file.refuse(where, "the incident has no name or no id.")
        return None
    items: list[ForeignItem] = []
    for number, update in enumerate(incident.get("incident_updates") or (), start=1):
        try:
            items.append(_item(f"{where}, update {number}", incident, _fields(update), publisher))
        except ValueError as error:
            file.refuse(f"{where}, update {number}", str(error), "Give the update a status, and dates with a zone.")
    items.sort(key=lambda item: item.at or datetime.max.replace(tzinfo=UTC))
    components = [one_line(_text(_fields(component), "name")) for component in incident.get("components") or ()]
    header: dict[str, Any] = {"facts": {"status": {"evolving": True}}}
    if names := list(dict.fromkeys(filter(None, components)))[:PARTS_MAX]:
        header["subjects"] = names
    try:
        opened_at, closed_at = _turns(incident)
        if items and incident.get("scheduled_for"):
            items[0] = _with_window(items[0], incident, headline)
    except ValueError as error:
        file.refuse(where, str(error), "Give the incident dates with a zone.")
        return None
    return ForeignStory(
        slug=slug_of(f"incident-{_text(incident, 'id')}", "incident"),
        headline=headline,
        items=items,
        opened_at=opened_at,
        closed_at=closed_at,
        header=header,
    )


def _item(where: str, incident: Mapping[str, Any], update: Mapping[str, Any], publisher: str) -> ForeignItem:
    status, text = _text(update, "status").replace("_", " "), commonmark(_text(update, "body"))
    at = _instant(update, "display_at") or _instant(update, "created_at")
    if not status or at is None:
        raise ValueError("the update has no status or no date.")
    source = {"name": publisher} | ({"url": incident["shortlink"]} if _text(incident, "shortlink") else {})
    parts: dict[str, Any] = {"sources": [source], "facts": [{"key": "status", "value": status}]}
    if status == "completed" and incident.get("scheduled_for"):
        parts["resolves"] = [{"expectation": _WINDOW, "outcome": "met"}]
    title = headline_of("", text) or one_line(_text(incident, "name"))
    return ForeignItem(
        where=where,
        id=_text(update, "id") or f"{format_instant(at)} {status}",
        headline=headline_of(f"{status.capitalize()}: {title}", ""),
        text=text,
        at=at,
        changed_at=_instant(update, "updated_at"),
        parts=parts,
    )


def _turns(incident: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Return when an incident began, and when it was over: None if it is not."""
    opened_at = _instant(incident, "started_at") or _instant(incident, "created_at")
    is_over = _text(incident, "status") in _CLOSING
    return opened_at, (_instant(incident, "resolved_at") or _instant(incident, "updated_at")) if is_over else None


def _with_window(item: ForeignItem, incident: Mapping[str, Any], headline: str) -> ForeignItem:
    """Return the first update of a maintenance, with what is expected."""
    ends = [at for at in (_instant(incident, "scheduled_for"), _instant(incident, "scheduled_until")) if at is not None]
    due = "/".join(map(format_instant, ends))
    expects = [{"id": _WINDOW, "what": headline, "due": due}]
    return replace(item, parts={**item.parts, "expects": expects})


def _instant(fields: Mapping[str, Any], name: str) -> datetime | None:
    text = fields.get(name)
    return instant(text) if isinstance(text, str) and text else None


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def _fields(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
