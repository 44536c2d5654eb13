"""Feed and Entry: what every writer of a format gets. They know no store, format or clock.

An `Entry` is complete: its HTML is safe, its URLs are absolute, and what is called plain text has no markup.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

EntryKind = Literal["report", "correction", "withheld", "restored", "retraction", "overdue"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Category(_Value):
    """A subject, the story's slug, or `breaking`. `term` is stable; `label` is for people."""

    term: str
    label: str | None = None


class Outlet(_Value):
    """A source that the entry credits: `source` in RSS, a link with rel="via" in Atom, `external_url` in JSON Feed."""

    name: str
    url: str | None = None


class Enclosure(_Value):
    """A picture, sound or film. `alt` is its text alternative, `length` is in bytes, sizes are in CSS pixels."""

    url: str
    type: str
    alt: str
    credit: str | None = None
    width: int | None = None
    height: int | None = None
    length: int | None = None


class Reply(_Value):
    """The entry that this one answers or corrects (RFC 4685 `thr:in-reply-to`)."""

    id: str
    url: str


class Entry(_Value):
    """One piece of news, as feeds and pages show it.

    `id`         permanent URN; never derived from a title, a URL or an order
    `anchor`     the id of its element on the story's page; `url` is the page's URL with that anchor
    `title`      plain text that carries the meaning alone
    `summary`    plain text, one or two sentences
    `content`    safe, complete HTML
    `published`  the date that it is first shown with
    `updated`    when it last changed in a way that readers should see
    `touched`    when its bytes last changed; all three in UTC and whole seconds
    `listed`     its order in feeds: the number, within its story, of the public item that last listed it
    `listed_at`, `changed_at`  what orders it instead of `updated` and `touched`, if the clock was reset since
    `edited`     True if it was edited in place in a way that readers should see
    `withdrawn`  True if its text is gone: retracted, withheld or redacted
    `erased`     True if it was redacted: Atom feeds have a tombstone for it (RFC 6721)
    `log_size`   the size of the public log with the item that last changed it, or 0 if that is not in the log

    Only pages show these, and nothing stores them:

    `page_title`    its title as HTML, if that names the language of its words
    `page_content`  its HTML for a page, "" if the title says it all; None: `content`. It leaves out what facts rest on
    `dated`         the date that a page shows: as `published`, but that of the report in an archive that was imported
    `key_event`     True if it is breaking news, or moves a value that was known
    `archive`       True if it is no news: no current feed lists it
    """

    id: str
    kind: EntryKind
    story: str
    anchor: str
    url: str
    title: str
    summary: str
    content: str
    published: datetime
    updated: datetime
    touched: datetime
    listed: int
    listed_at: datetime | None = None
    changed_at: datetime | None = None
    language: str | None = None
    categories: tuple[Category, ...] = ()
    outlets: tuple[Outlet, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    in_reply_to: Reply | None = None
    pinned: bool = False
    edited: bool = False
    withdrawn: bool = False
    erased: bool = False
    log_size: int = 0
    page_title: str = Field(default="", exclude=True)
    page_content: str | None = Field(default=None, exclude=True)
    dated: datetime | None = Field(default=None, exclude=True)
    key_event: bool = Field(default=False, exclude=True)
    archive: bool = Field(default=False, exclude=True)


class CalendarEvent(_Value):
    """A promise as an event of a calendar that takes whole days.

    `uid`        permanent
    `sequence`   the number, within its story, of the public item that last changed it
    `changed_at` when that was, in UTC and whole seconds
    `ends_on`    its last day
    `cancelled`  True if it was cancelled, or must not be shown any more
    `url`        the page that says more
    """

    uid: UUID
    sequence: int
    changed_at: AwareDatetime
    starts_on: date
    ends_on: date
    cancelled: bool
    summary: str
    description: str
    language: Annotated[str, Field(pattern="^[A-Za-z0-9-]+$")]
    url: Annotated[str, Field(pattern="^[^\\x00-\\x20]+$")]


class Tombstone(_Value):
    """An entry that was deleted (RFC 6721), and when: subscribers may still hold it."""

    id: str
    when: datetime


class Checkpoint(_Value):
    """The public log when it had `size` leaves. `root` is its RFC 6962 root hash in base64."""

    origin: str
    size: int
    root: str


class Feed(_Value):
    """One feed, in any format.

    `path`        its path in the output without extension: `stories/cuba-53/feed`
    `base_url`    the site's URL, which ends in "/"
    `home_url`    the page that the feed belongs to
    `updated`     when its bytes last changed: the public instant of an event, in UTC and whole seconds
    `entries`     the entry that was listed last comes first
    `checkpoint`  the public log as of `updated`, or None if it is not signed: a copy of the feed witnesses the log
    `icon`, `small_icon`  the paths of the site's icon as a square PNG, for programs that show one beside the title
    `hub`         the WebSub hub that notifies subscribers
    `tombstones`  the entries that were deleted, besides those of `entries` that are erased
    `previous`    the path, with extension, of the archive page before this one (RFC 5005)
    `current`     on archive pages, the path, with extension, of the current feed
    """

    id: str
    path: str
    base_url: str
    home_url: str
    title: str
    description: str
    language: str
    author: str
    updated: datetime
    entries: tuple[Entry, ...]
    checkpoint: Checkpoint | None = None
    icon: str | None = None
    small_icon: str | None = None
    hub: str | None = None
    tombstones: tuple[Tombstone, ...] = ()
    previous: str | None = None
    current: str | None = None

    def url(self, extension: str) -> str:
        """Return the absolute URL of this feed in the format of `extension` ("atom", "rss", "json")."""
        return f"{self.base_url}{self.path}.{extension}"
