"""Feed → JSON Feed 1.1 bytes, with strict models of the format: jsonfeed.org/version/1.1.

Fields are in the specification's order, and empty ones are absent. Times are RFC 3339 in UTC.
"""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal

import orjson
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from feed.entries.model import Checkpoint, Enclosure, Entry, EntryKind, Feed, Reply

VERSION: Final = "https://jsonfeed.org/version/1.1"


def jsonfeed(feed: Feed) -> bytes:
    """Return `feed` as a JSON Feed 1.1 document, indented by two spaces, ending in a newline."""
    document = Document(
        title=feed.title,
        home_page_url=feed.home_url,
        feed_url=feed.url("json"),
        description=feed.description or None,
        icon=feed.icon and f"{feed.base_url}{feed.icon}",
        favicon=feed.small_icon and f"{feed.base_url}{feed.small_icon}",
        authors=(_Author(name=feed.author),) if feed.author else None,
        language=feed.language or None,
        hubs=(_Hub(url=feed.hub),) if feed.hub else None,
        writethru=None if feed.checkpoint is None else _FeedExtension(checkpoint=feed.checkpoint),
        items=tuple(_item(feed, entry) for entry in feed.entries),
    )
    return orjson.dumps(
        document.model_dump(by_alias=True, exclude_none=True),
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z,
    )


def _item(feed: Feed, entry: Entry) -> "_Item":
    return _Item(
        id=entry.id,
        url=entry.url,
        external_url=next((outlet.url for outlet in entry.outlets if outlet.url), None),
        title=entry.title,
        content_html=entry.content,
        summary=entry.summary or None,
        date_published=entry.published,
        date_modified=entry.updated,
        tags=tuple(category.label or category.term for category in entry.categories) or None,
        language=entry.language if entry.language and entry.language != feed.language else None,
        attachments=tuple(_attachment(enclosure) for enclosure in entry.enclosures) or None,
        writethru=_Extension(
            kind=entry.kind,
            in_reply_to=entry.in_reply_to,
        ),
    )


def _attachment(enclosure: Enclosure) -> "_Attachment":
    return _Attachment(
        url=enclosure.url,
        mime_type=enclosure.type,
        title=enclosure.alt or None,
        size_in_bytes=enclosure.length or None,
    )


def _whole_utc_seconds(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


_Instant = Annotated[AwareDatetime, AfterValidator(_whole_utc_seconds)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class _Author(_Part):
    name: str


class _Hub(_Part):
    type: Literal["WebSub"] = "WebSub"
    url: str


class _Attachment(_Part):
    url: str
    mime_type: str
    title: str | None = None
    size_in_bytes: int | None = None


class _Extension(_Part):
    """What JSON Feed has no field for: its extensions are objects whose names begin with an underscore."""

    kind: EntryKind
    in_reply_to: Reply | None = None


class _Item(_Part):
    id: str
    url: str
    external_url: str | None = None
    title: str
    content_html: str
    summary: str | None = None
    date_published: _Instant
    date_modified: _Instant
    tags: tuple[str, ...] | None = None
    language: str | None = None
    attachments: tuple[_Attachment, ...] | None = None
    writethru: _Extension = Field(alias="_writethru")


class _FeedExtension(_Part):
    checkpoint: Checkpoint


class Document(_Part):
    """The whole document, as it is written, and as `writethru check` requires it."""

    version: Literal["https://jsonfeed.org/version/1.1"] = VERSION
    title: str
    home_page_url: str
    feed_url: str
    description: str | None = None
    icon: str | None = None
    favicon: str | None = None
    authors: tuple[_Author, ...] | None = None
    language: str | None = None
    hubs: tuple[_Hub, ...] | None = None
    writethru: _FeedExtension | None = Field(default=None, alias="_writethru")
    items: tuple[_Item, ...]
