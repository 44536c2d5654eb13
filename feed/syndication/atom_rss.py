"""Feed → Atom 1.0 and RSS 2.0 bytes: the only module that imports feedgen, and all that knows its traps.

The same feed gives the same bytes, with feedgen 0.9 and 1.0 alike: no clock, no locale, no version of ours or
feedgen's. Text is escaped, never put into CDATA, so nothing in it can end it early; only elements without text are
indented. `_Additions` writes what feedgen omits or gets wrong.
"""

import html
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Any, Final

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from feed.entries.model import Entry, Feed, Tombstone
from feed.pages.asset import ICON_SMALL_PX
from feed.reuse import ReuseCache

# Without a version: a new release must not change the bytes of feeds in which nothing happened.
GENERATOR = "writethru"
MEDIUMS = frozenset({"image", "audio", "video"})
TTL_MINUTES = 5
"""How long an aggregator may cache an RSS feed. Cron publishes every few minutes."""
RSS_DOCS = "https://www.rssboard.org/rss-specification"
ELEMENTS: Final = ReuseCache[Any](512)
"""The elements of entries in both formats: those of a story's feed, and of the feeds over all stories."""

ATOM_NAMESPACE = "http://www.w3.org/2005/Atom"
DUBLIN_CORE_NAMESPACE = "http://purl.org/dc/elements/1.1/"
THREAD_NAMESPACE = "http://purl.org/syndication/thread/1.0"
TOMBSTONE_NAMESPACE = "http://purl.org/atompub/tombstones/1.0"
HISTORY_NAMESPACE = "http://purl.org/syndication/history/1.0"
MEDIA_NAMESPACE = "http://search.yahoo.com/mrss/"
WRITETHRU_NAMESPACE = "urn:uuid:5a0b7a5e-3a0f-4d43-9f3b-6f1c2f5d8c11"
"""Our own namespace: a UUID needs no domain."""
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


class _Additions:
    """A feedgen extension: `add` completes the element of a feed or an entry. feedgen makes it without arguments."""

    namespaces: Mapping[str, str]
    add: Callable[[Any], None]

    def extend_ns(self) -> Mapping[str, str]:
        return self.namespaces

    def extend_atom(self, element: Any) -> None:
        self.add(element)

    extend_rss = extend_atom


def atom(feed: Feed) -> bytes:
    """Return `feed` as an Atom 1.0 document (RFC 4287), with replies (RFC 4685) and tombstones (RFC 6721)."""
    document = _document(feed, "atom")
    # Validators do not know tombstones, so a feed that has none does not name their namespace.
    erased = bool(feed.tombstones) or any(entry.erased for entry in feed.entries)
    tombstones = {"at": TOMBSTONE_NAMESPACE} if erased else {}
    archive = {"fh": HISTORY_NAMESPACE} if feed.current else {}
    document.writethru.namespaces = {"thr": THREAD_NAMESPACE} | archive | tombstones | _optional_namespaces(feed)
    document.writethru.add = partial(_complete_atom_feed, feed=feed)
    document.id(feed.id)
    document.subtitle(_text(feed.description))
    document.updated(_instant(feed.updated))
    document.author(name=_text(feed.author))
    return bytes(document.atom_str(pretty=True))


def rss(feed: Feed) -> bytes:
    """Return `feed` as an RSS 2.0 document, by the RSS Advisory Board's profile: rssboard.org/rss-profile."""
    document = _document(feed, "rss")
    namespaces = {"dc": DUBLIN_CORE_NAMESPACE, "thr": THREAD_NAMESPACE} | _optional_namespaces(feed)
    document.writethru.namespaces = namespaces
    document.writethru.add = partial(_complete_rss, feed=feed)
    document.docs(RSS_DOCS)
    # Required here, where Atom's subtitle is optional. HTML, like an item's: readers take both for HTML.
    document.description(html.escape(_text(feed.description or feed.title), quote=False))
    # feedgen formats dates by switching the locale of the whole process, so `_Additions` writes all of them.
    document._FeedGenerator__rss_lastBuildDate = None  # noqa: SLF001 - else it writes the time of day
    return _with_hexadecimal_references(bytes(document.rss_str(pretty=True)))


def _document(feed: Feed, extension: str) -> Any:
    """Return a feedgen document with what both formats say of a feed, and no entries."""
    document = FeedGenerator()
    document.register_extension("writethru", _Additions, _Additions)
    document.title(_text(feed.title))
    document.language(feed.language)
    document.generator(GENERATOR)
    document.link(href=feed.url(extension), rel="self", type=f"application/{extension}+xml")
    # Last: feedgen takes the channel's <link> from the last call.
    document.link(href=feed.home_url, rel="alternate", type="text/html")
    return document


def _element(make: Callable[..., Any], entry: Entry, *said_of_feed: str) -> Any:
    """Return the element that `make` makes of an entry: several feeds show it, and it changes seldom."""
    element = ELEMENTS.get((make, entry, *said_of_feed), partial(make, entry, *said_of_feed))
    return deepcopy(element) if ELEMENTS.is_on else element


def _atom_entry(entry: Entry, feed_language: str) -> Any:
    # Titles and summaries have no `type`, which means that they are plain text: RFC 4287, 3.1.1.
    node = _node(entry)
    node.writethru.add = partial(_complete_atom_entry, entry=entry, feed_language=feed_language)
    node.updated(_instant(entry.updated))
    node.published(_instant(entry.published))
    if entry.summary:
        node.summary(_text(entry.summary))
    return node.atom_entry()


def _rss_item(entry: Entry, feed_language: str, author: str) -> Any:
    node = _node(entry)
    node.writethru.add = partial(_complete_rss_item, entry=entry, feed_language=feed_language, author=author)
    node.link(href=entry.url)
    if entry.summary:
        # The profile says that a description is HTML: plain text is escaped as HTML here, and as XML later.
        node.description(html.escape(_text(entry.summary), quote=False))
    # RSS allows one `source`, and requires its `url`.
    for outlet in [outlet for outlet in entry.outlets if outlet.url][:1]:
        node.source(url=outlet.url, title=_text(outlet.name))
    # The profile allows one enclosure, and requires `length`: "0" if it is unknown. The content shows them all.
    for enclosure in entry.enclosures[:1]:
        node.enclosure(url=enclosure.url, length=str(enclosure.length or 0), type=enclosure.type)
    return node.rss_entry()


def _node(entry: Entry) -> Any:
    """Return a feedgen entry with what both formats say of `entry`."""
    node = FeedEntry()
    node.register_extension("writethru", _Additions)
    node.id(entry.id)  # in RSS the guid, isPermaLink="false"
    node.title(_text(entry.title))
    node.content(_text(entry.content), type="html")
    # RSS has one text for a category, and readers show it: feedgen writes the label there, or else the term.
    node.category([_present(term=_text(one.term), label=_text(one.label or "")) for one in entry.categories])
    return node


def _complete_atom_feed(element: Any, *, feed: Feed) -> None:
    """Add the icon, links to the archive (RFC 5005, 4), the hub and the log, tombstones (RFC 6721, 3), and entries."""
    if feed.icon:
        xml_elem("icon", element).text = f"{feed.base_url}{feed.icon}"
    if feed.current:
        xml_elem(f"{{{HISTORY_NAMESPACE}}}archive", element)
    for relation, path in (("current", feed.current), ("prev-archive", feed.previous)):
        if path:
            xml_elem("link", element, rel=relation, href=f"{feed.base_url}{path}", type="application/atom+xml")
    if feed.hub:
        xml_elem("link", element, rel="hub", href=feed.hub)
    _add_checkpoint(element, feed)
    erased = [Tombstone(id=entry.id, when=entry.updated) for entry in feed.entries if entry.erased]
    for stone in (*erased, *feed.tombstones):
        when = _instant(stone.when).isoformat()
        xml_elem(f"{{{TOMBSTONE_NAMESPACE}}}deleted-entry", element, ref=stone.id, when=when)
    element.extend(_element(_atom_entry, entry, feed.language) for entry in feed.entries)


def _complete_atom_entry(element: Any, *, entry: Entry, feed_language: str) -> None:
    """Add the entry's own language, its links (RFC 4287, 4.2.7) and what it replies to."""
    if language := _own_language(entry, feed_language):
        element.set(f"{{{XML_NAMESPACE}}}lang", language)
    # feedgen 1.0.0 drops all but `href` of an entry's links: github.com/lkiesow/python-feedgen/issues/135
    for link in _atom_links(entry):
        xml_elem("link", element, **link)  # no namespace: feedgen's root has xmlns as a plain attribute
    _add_media(element, entry)
    _add_reply(element, entry)


def _complete_rss(element: Any, *, feed: Feed) -> None:
    [channel] = element
    xml_elem("lastBuildDate", channel).text = _rfc822(feed.updated)
    xml_elem("ttl", channel).text = str(TTL_MINUTES)
    if feed.small_icon:
        image = xml_elem("image", channel)
        texts = {"url": f"{feed.base_url}{feed.small_icon}", "title": _text(feed.title), "link": feed.home_url}
        for name, text in (texts | dict.fromkeys(("width", "height"), str(ICON_SMALL_PX))).items():
            xml_elem(name, image).text = text
    if feed.hub:
        xml_elem(f"{{{ATOM_NAMESPACE}}}link", channel, rel="hub", href=feed.hub)
    _add_checkpoint(channel, feed)
    channel.extend(_element(_rss_item, entry, feed.language, feed.author) for entry in feed.entries)


def _complete_rss_item(element: Any, *, entry: Entry, feed_language: str, author: str) -> None:
    """Add the dates, the author by name (RSS's own `author` is an e-mail address), the language and the reply."""
    xml_elem("pubDate", element).text = _rfc822(entry.published)
    xml_elem(f"{{{ATOM_NAMESPACE}}}updated", element).text = _instant(entry.updated).isoformat()
    if author:
        xml_elem(f"{{{DUBLIN_CORE_NAMESPACE}}}creator", element).text = _text(author)
    if language := _own_language(entry, feed_language):
        xml_elem(f"{{{DUBLIN_CORE_NAMESPACE}}}language", element).text = language
    _add_media(element, entry)
    _add_reply(element, entry)


def _atom_links(entry: Entry) -> list[dict[str, str]]:
    """Return the attributes of an entry's links: to its page, its sources and its enclosures."""
    return [
        {"href": entry.url, "rel": "alternate", "type": "text/html"},
        *(_present(href=item.url, rel="via", title=_text(item.name)) for item in entry.outlets if item.url),
        *(
            _present(
                href=item.url, rel="enclosure", type=item.type, length=str(item.length or ""), title=_text(item.alt)
            )
            for item in entry.enclosures
        ),
    ]


def _optional_namespaces(feed: Feed) -> dict[str, str]:
    media = {"media": MEDIA_NAMESPACE} if any(entry.enclosures for entry in feed.entries) else {}
    return media | ({} if feed.checkpoint is None else {"writethru": WRITETHRU_NAMESPACE})


def _add_checkpoint(element: Any, feed: Feed) -> None:
    """Add the public log as of the feed's last change: subscribers who keep it can tell if the log is rewritten."""
    if (log := feed.checkpoint) is not None:
        name = f"{{{WRITETHRU_NAMESPACE}}}checkpoint"
        xml_elem(name, element, origin=log.origin, size=str(log.size), root=log.root)


def _add_media(element: Any, entry: Entry) -> None:
    """Add `media:content` for each enclosure (rssboard.org/media-rss): RSS allows one enclosure, without its size."""
    for item in entry.enclosures:
        sizes = {"fileSize": item.length, "width": item.width, "height": item.height}
        attributes = {name: str(size) for name, size in sizes.items() if size}
        medium = item.type.partition("/")[0]
        kind = {"medium": medium} if medium in MEDIUMS else {}
        content = xml_elem(f"{{{MEDIA_NAMESPACE}}}content", element, url=item.url, type=item.type, **kind, **attributes)
        xml_elem(f"{{{MEDIA_NAMESPACE}}}description", content).text = _text(item.alt)
        if item.credit:
            xml_elem(f"{{{MEDIA_NAMESPACE}}}credit", content).text = _text(item.credit)


def _add_reply(element: Any, entry: Entry) -> None:
    """Add `thr:in-reply-to` (RFC 4685, 3), which RSS allows too."""
    if reply := entry.in_reply_to:
        xml_elem(f"{{{THREAD_NAMESPACE}}}in-reply-to", element, ref=reply.id, href=reply.url)


def _own_language(entry: Entry, feed_language: str) -> str | None:
    return entry.language if entry.language != feed_language else None


def _present(**attributes: str) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if value}


def _instant(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _rfc822(moment: datetime) -> str:
    return format_datetime(_instant(moment))


# All that an XML 1.0 document cannot hold, not even as a reference: www.w3.org/TR/xml/#charsets
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _text(text: str) -> str:
    """Return `text` with U+FFFD for what XML cannot hold: a stray control must not stop a whole feed."""
    return _UNWRITABLE.sub("\ufffd", text)


_PLAIN_TEXT = re.compile(rb"(<(?:title|category|source|dc:creator|description)(?: [^>]*)?>)([^<]*)")


def _with_hexadecimal_references(document: bytes) -> bytes:
    """Return the RSS `document` with `&`, `<` and `>` in plain text as hexadecimal references.

    RSS never said whether a title is text or HTML. The profile says text, to be escaped once, and found that most
    readers show hexadecimal references as meant: rssboard.org/rss-profile#data-types-characterdata. XML parsers treat
    them like the named ones, and lxml can write only those, hence the regular expression.
    """
    return _PLAIN_TEXT.sub(lambda match: match[1] + _hexadecimal(match[2]), document)


def _hexadecimal(text: bytes) -> bytes:
    return text.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;").replace(b"&gt;", b"&#x3E;")
