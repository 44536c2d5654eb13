"""Feed and Entry: what every renderer sees. Neutral, frozen, and ignorant of stores, formats and clocks.

An `Entry` is finished: its HTML is safe to show, its URLs are absolute, its texts are plain where they are
called plain. A renderer only puts it into its format.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

EntryKind = Literal["report", "correction", "withheld", "restored", "retraction", "overdue"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Category(_Value):
    """A subject, the story's slug, or `breaking`. `term` is stable; `label` is for people."""

    term: str
    label: str | None = None


class Outlet(_Value):
    """A source that the entry credits: RSS `source`, Atom link rel="via", JSON Feed `external_url`."""

    name: str
    url: str | None = None


class Enclosure(_Value):
    """A picture, sound or film, with its text alternative. `length` is in bytes, sizes in CSS pixels."""

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
    """One thing that subscribers learn of, once.

    `id`         permanent URN; never derived from a title, a URL or an order
    `anchor`     its place in the story's page; `url` is the page's URL with that anchor
    `title`      plain text that carries the meaning alone
    `summary`    plain text, one or two sentences
    `content`    HTML, safe, complete
    `published`  the first date it bears; `updated` the last change that was no typo; `touched` the last
                 change of any kind (all UTC, whole seconds)
    `listed`     its place in feeds: the number, within its story, of the public item that last listed it
    `edited`     it was edited in place, and readers were told
    `withdrawn`  its text is gone: retracted, withheld or redacted
    `erased`     redacted: feeds that have tombstones (RFC 6721) show one
    `log_size`   the size of the public log with the item that last changed it, 0 where it is not in the log
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


class Checkpoint(_Value):
    """The public log when it had `size` items: `root` is its RFC 6962 root in base64."""

    origin: str
    size: int
    root: str


class Feed(_Value):
    """One feed, in whatever format. Entries come newest listing first.

    `path` is the place in the output tree without extension (`stories/cuba-53/feed`): a renderer adds its own
    extension. `base_url` ends in "/". `home_url` is the page that the feed belongs to. `updated` is the public
    instant of the last event that changed the feed's bytes (UTC, whole seconds), and `checkpoint` the public log as of
    then: whoever keeps the feed can tell if the log is rewritten. None where the log is not signed. In a chain of
    archives (RFC 5005) `previous` is the path of the page before, with its extension; `current`, on a page of the
    archive alone, that of the feed which it belongs to. `hub` is the WebSub hub that tells subscribers of changes.
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
    hub: str | None = None
    previous: str | None = None
    current: str | None = None

    def url(self, extension: str) -> str:
        """Return the absolute URL of this feed in the format of `extension` ("atom", "rss", "json")."""
        return f"{self.base_url}{self.path}.{extension}"
