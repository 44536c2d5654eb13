"""The strict model of JSON Feed 1.1 (jsonfeed.org/version/1.1), with the extensions that our feeds have.

It stands apart from what writes them, which need not validate what `Feed` has validated: 5 ms of each publication.
"""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from feed.entries.model import Checkpoint, EntryKind, Reply


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


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
    date_published: AwareDatetime
    date_modified: AwareDatetime
    tags: tuple[str, ...] | None = None
    language: str | None = None
    attachments: tuple[_Attachment, ...] | None = None
    writethru: _Extension = Field(alias="_writethru")


class _FeedExtension(_Part):
    checkpoint: Checkpoint


class Document(_Part):
    """The whole document, as `writethru check` requires it."""

    version: Literal["https://jsonfeed.org/version/1.1"]
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
