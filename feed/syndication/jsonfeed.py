"""Feed → JSON Feed 1.1 bytes: jsonfeed.org/version/1.1. `feed.output.json_model` is what `check` requires of them.

Fields are in the specification's order, and empty ones are absent. Times are RFC 3339 in UTC.
"""

from datetime import UTC, datetime
from typing import Any, Final

import orjson

from feed.entries.model import Enclosure, Entry, Feed

VERSION: Final = "https://jsonfeed.org/version/1.1"


def jsonfeed(feed: Feed) -> bytes:
    """Return `feed` as a JSON Feed 1.1 document, indented by two spaces, ending in a newline.

    Raises ValueError if a time has no zone.
    """
    checkpoint = None if feed.checkpoint is None else {"checkpoint": feed.checkpoint.model_dump()}
    document = _without_none(
        version=VERSION,
        title=feed.title,
        home_page_url=feed.home_url,
        feed_url=feed.url("json"),
        description=feed.description or None,
        icon=feed.icon and f"{feed.base_url}{feed.icon}",
        favicon=feed.small_icon and f"{feed.base_url}{feed.small_icon}",
        authors=[{"name": feed.author}] if feed.author else None,
        language=feed.language or None,
        hubs=[{"type": "WebSub", "url": feed.hub}] if feed.hub else None,
        _writethru=checkpoint,
        items=[_item(feed, entry) for entry in feed.entries],
    )
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)


def _item(feed: Feed, entry: Entry) -> dict[str, Any]:
    in_reply_to = None if entry.in_reply_to is None else entry.in_reply_to.model_dump()
    return _without_none(
        id=entry.id,
        url=entry.url,
        external_url=next((outlet.url for outlet in entry.outlets if outlet.url), None),
        title=entry.title,
        content_html=entry.content,
        summary=entry.summary or None,
        date_published=_whole_utc_seconds(entry.published),
        date_modified=_whole_utc_seconds(entry.updated),
        tags=[category.label or category.term for category in entry.categories] or None,
        language=entry.language if entry.language and entry.language != feed.language else None,
        attachments=[_attachment(enclosure) for enclosure in entry.enclosures] or None,
        # What JSON Feed has no field for: its extensions are objects whose names begin with an underscore.
        _writethru=_without_none(kind=entry.kind, in_reply_to=in_reply_to),
    )


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return _without_none(
        url=enclosure.url,
        mime_type=enclosure.type,
        title=enclosure.alt or None,
        size_in_bytes=enclosure.length or None,
    )


def _without_none(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _whole_utc_seconds(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at.astimezone(UTC).replace(microsecond=0)
