"""A feed → the texts of its items, each with what the feed proves of it. Pure.

What a document is, its content says: neither its name nor its media type.
"""

import re
from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from hashlib import sha256
from html import unescape
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urljoin, urlsplit

from pydantic import ValidationError

from events.model.edtf import format_instant, instant
from events.model.parts import Source
from feed.importers.feeds import parse_feed, text_of
from feed.importers.markup import one_line, plain_text, root_index
from feed.reading.model import TEXT_CHARS_MAX, Field, Text

TAGS_MAX: Final = 100_000
"""feedparser takes some 20 µs for each."""
ITEMS_MAX: Final = 2_000
HTML_CHARS_MAX: Final = 4 * TEXT_CHARS_MAX
HEAD_BYTES: Final = 256 * 1024
_DOCTYPE = re.compile(rb"<!doctype(?! *html)", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?(rss|feed|rdf)\b", re.IGNORECASE)
_HTML = re.compile(rb"<!doctype html|<html\b", re.IGNORECASE)
_LINK = re.compile(rb"<link\b[^<>]{1,1000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(rel|type|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_FEED_TYPES: Final = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
_YEAR = re.compile(r"\b[0-9]{4}\b")


class Feed(NamedTuple):
    """A feed: its title, and the texts of its items, the newest first."""

    title: str
    items: list[Text]


def kind_of(body: bytes, media_type: str) -> Literal["feed", "page", ""]:
    """Return what a document is; "" if it is neither a feed nor a web page."""
    head = body[:HEAD_BYTES].replace(b"\0", b"")
    at = root_index(head)
    begins = _ROOT.search(head, at) if _DOCTYPE.match(head, at) else _ROOT.match(head, at)
    if begins or (head[at : at + 1] == b"{" and b"jsonfeed.org/version" in body[:HEAD_BYTES]):
        return "feed"
    is_html = media_type in {"text/html", "application/xhtml+xml"} or _HTML.match(head, at)
    return "page" if is_html else ""


def feeds_of(body: bytes, *, url: str) -> list[str]:
    """Return the addresses of the feeds that a web page links."""
    addresses: dict[str, None] = {}
    for link in _LINK.findall(body[:HEAD_BYTES]):
        pairs = _ATTRIBUTE.findall(link.decode(errors="replace"))
        attributes = {name.lower(): unescape("".join(values)) for name, *values in pairs}
        is_feed = attributes.get("type", "").lower() in _FEED_TYPES
        if is_feed and "alternate" in attributes.get("rel", "").lower().split() and "href" in attributes:
            addresses[urljoin(url, attributes["href"].strip())] = None
    return list(addresses)


def read_items(body: bytes, *, url: str) -> Feed:
    """Return the items of the feed at `url`; InvalidError if it cannot be read."""
    about, entries = parse_feed(body, name=url, tags_max=TAGS_MAX)
    title = one_line(text_of(about.get("title")))
    dated: list[Any] = [entry.get("updated") or entry.get("published") for entry in entries]
    if all(dated):
        order = sorted(range(len(entries)), key=lambda index: dated[index], reverse=True)
        entries = [entries[index] for index in order]
    items: dict[str, Text] = {}
    copies: set[tuple[str, str]] = set()
    for item in filter(None, (_item(entry, url, title) for entry in entries[:ITEMS_MAX])):
        if item.name not in items and (item.link, item.hash) not in copies:  # of two with one id, the newer counts
            items[item.name] = item
            copies |= {(item.link, item.hash)} if item.link else set()
    return Feed(title, list(items.values()))


def _item(entry: dict[str, Any], url: str, feed: str) -> Text | None:
    """Return the text of an entry, None if it says nothing."""
    link = _link(text_of(entry.get("url")), url)
    title = one_line(text_of(entry.get("title"))[:HTML_CHARS_MAX])[:TEXT_CHARS_MAX]
    text = plain_text(text_of(entry.get("content_html"))[:HTML_CHARS_MAX])[:TEXT_CHARS_MAX]
    if not title and not text:
        return None
    published = _published(entry)
    return Text(
        kind="item",
        address=url,
        name=text_of(entry.get("id")) or link or title or sha256(text.encode(errors="replace")).hexdigest(),
        title=title,
        link=link,
        text=text,
        published=published,
        fields=tuple(_fields(entry, title, link, published, feed, url)),
    )


def _fields(entry: dict[str, Any], title: str, link: str, published: str, feed: str, url: str) -> Iterator[Field]:
    """Yield what a feed proves of an entry: who published it, where and when. What no source can hold is left out."""
    host = urlsplit(url).hostname or url
    name = Field("source.name", feed, feed, "the title of the feed")
    yield name if _holds(name) else Field("source.name", host, url, "the host of the feed's address")
    via = one_line(text_of(entry.get("via")))
    others = (
        Field("source.url", link, link, "the link of the item"),
        Field("source.title", title, title, "the title of the item"),
        Field("source.published_at", published, text_of(entry.get("stated_published")), "the date of the item"),
        Field("source.via", [via], via, "the source that the item names") if via and via != feed else None,
    )
    yield from (field for field in others if field is not None and field.value and _holds(field))


def _holds(field: Field) -> bool:
    """Return True if a source can hold the value."""
    try:
        Source.model_validate({"name": "-", field.name.removeprefix("source."): field.value})
    except ValidationError:
        return False
    return True


def _published(entry: dict[str, Any]) -> str:
    """Return when an entry was published, if it states a year, a time and a zone: nothing of it is guessed."""
    stated = text_of(entry.get("stated_published"))
    if not _YEAR.search(stated):
        return ""
    for parse in (instant, parsedate_to_datetime):
        try:
            at = parse(stated)
            return format_instant(at.astimezone(UTC)) if at.tzinfo is not None else ""
        except (ValueError, OverflowError, TypeError):
            continue
    return ""


def _link(link: str, url: str) -> str:
    """Return the address of an item; "" if it has none."""
    try:
        address = urljoin(url, link) if link else ""
        return address if urlsplit(address).scheme in {"http", "https"} else ""
    except ValueError:
        return ""
