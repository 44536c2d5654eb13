"""Feed → Atom 1.0 and RSS 2.0 bytes: the only module that imports feedgen, and all that knows its traps.

The same feed gives the same bytes, with feedgen 0.9 and 1.0 alike: no clock, no locale, no version of ours or
feedgen's. Text is escaped, never put into CDATA, so nothing in it can end it early; indentation stands only
between elements that hold no text. What feedgen does not write, or writes wrong, its extensions write: here a
pair of classes, for feed and entry, in each format.
"""

import html
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from feed.entries.model import Entry, Feed

# Without a version: a new release must not change the bytes of feeds in which nothing happened.
GENERATOR = "writethru"
RSS_DOCS = "https://www.rssboard.org/rss-specification"

ATOM_NAMESPACE = "http://www.w3.org/2005/Atom"
DUBLIN_CORE_NAMESPACE = "http://purl.org/dc/elements/1.1/"
THREAD_NAMESPACE = "http://purl.org/syndication/thread/1.0"
TOMBSTONE_NAMESPACE = "http://purl.org/atompub/tombstones/1.0"
HISTORY_NAMESPACE = "http://purl.org/syndication/history/1.0"
WRITETHRU_NAMESPACE = "urn:uuid:5a0b7a5e-3a0f-4d43-9f3b-6f1c2f5d8c11"
"""Ours, and nobody else's; a name that needs no domain."""
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


def atom(feed: Feed) -> bytes:
    """Return `feed` as an Atom 1.0 document (RFC 4287), with replies (RFC 4685) and tombstones (RFC 6721)."""
    document = _document(feed, _AtomFeed, _AtomEntry, self_url=feed.url("atom"), self_type="application/atom+xml")
    document.id(feed.id)
    document.subtitle(_text(feed.description))
    document.updated(_instant(feed.updated))
    document.author(name=_text(feed.author))
    for entry in feed.entries:
        # Titles and summaries bear no `type`, which says that they are text: RFC 4287, 3.1.1.
        node = _add_entry(document, feed, entry)
        node.updated(_instant(entry.updated))
        node.published(_instant(entry.published))
        if entry.summary:
            node.summary(_text(entry.summary))
    return bytes(document.atom_str(pretty=True))


def rss(feed: Feed) -> bytes:
    """Return `feed` as an RSS 2.0 document, by the RSS Advisory Board's profile: rssboard.org/rss-profile."""
    document = _document(feed, _RssFeed, _RssEntry, self_url=feed.url("rss"), self_type="application/rss+xml")
    document.docs(RSS_DOCS)
    # Required here, where Atom's subtitle is optional.
    document.description(_text(feed.description or feed.title))
    # feedgen formats dates by switching the locale of the whole process, and always has a lastBuildDate.
    # Emptied, it is left out, and _RssFeed writes the element. Items get no pubDate for the same reason.
    document._FeedGenerator__rss_lastBuildDate = None  # noqa: SLF001 - there is no public way
    for entry in feed.entries:
        node = _add_entry(document, feed, entry)
        node.link(href=entry.url)
        if entry.summary:
            # An item's description is HTML, the only element that is (rss-profile): so plain text is escaped
            # as HTML here, and as XML later. feedgen puts it before content:encoded, as the profile wants.
            node.description(html.escape(_text(entry.summary), quote=False))
        _add_source(node, entry)
        _add_enclosure(node, entry)
    return _with_hexadecimal_references(bytes(document.rss_str(pretty=True)))


def _document(feed: Feed, feed_extension: type, entry_extension: type, *, self_url: str, self_type: str) -> Any:
    """Return a feedgen document with what both formats say of a feed, and no entries."""
    document = FeedGenerator()
    document.register_extension("writethru", feed_extension, entry_extension)
    document.writethru.feed = feed
    document.title(_text(feed.title))
    document.language(feed.language)
    document.generator(GENERATOR)
    document.link(href=self_url, rel="self", type=self_type)
    # Last: feedgen takes the channel's <link> from the last call.
    document.link(href=feed.home_url, rel="alternate", type="text/html")
    return document


def _add_entry(document: Any, feed: Feed, entry: Entry) -> Any:
    """Append `entry` with what both formats say of it, and give its feedgen node."""
    node = document.add_entry(order="append")
    node.writethru.feed = feed
    node.writethru.entry = entry
    node.id(entry.id)  # in RSS the guid, isPermaLink="false"
    node.title(_text(entry.title))
    node.content(_text(entry.content), type="html")
    # RSS has one text for a category, and readers show it: feedgen writes the label there, else the term.
    node.category([_present(term=_text(one.term), label=_text(one.label or "")) for one in entry.categories])
    return node


def _add_source(node: Any, entry: Entry) -> None:
    """Credit the first outlet that has a URL: RSS allows one `source`, and requires its `url`."""
    for outlet in entry.outlets:
        if outlet.url:
            node.source(url=outlet.url, title=_text(outlet.name))
            return


def _add_enclosure(node: Any, entry: Entry) -> None:
    """Attach the first enclosure: an item should have no more (rss-profile), and its content shows them all.

    `length` is required, and "0" where the size is unknown (rss-profile).
    """
    for enclosure in entry.enclosures[:1]:
        node.enclosure(url=enclosure.url, length=str(enclosure.length or 0), type=enclosure.type)


# feedgen has no types, so its classes are Any to mypy.


class _AtomFeed(BaseExtension):  # type: ignore[misc]
    """Namespaces, and a tombstone for each erased entry (RFC 6721, 3)."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        # Tombstones are rare and validators do not know them: a feed without any does not name them.
        tombstones = any(entry.erased for entry in self.feed.entries)
        tombstone = {"at": TOMBSTONE_NAMESPACE} if tombstones else {}
        archive = {"fh": HISTORY_NAMESPACE} if self.feed.current else {}
        return {"thr": THREAD_NAMESPACE} | archive | tombstone | _checkpoint_namespace(self.feed)

    def extend_atom(self, feed: Any) -> Any:
        self._extend_chain(feed)
        if self.feed.hub:
            xml_elem("link", feed, rel="hub", href=self.feed.hub)
        _extend_checkpoint(feed, self.feed)
        for entry in self.feed.entries:
            if entry.erased:
                when = _instant(entry.updated).isoformat()
                xml_elem(f"{{{TOMBSTONE_NAMESPACE}}}deleted-entry", feed, ref=entry.id, when=when)
        return feed

    def _extend_chain(self, feed: Any) -> None:
        """Add the links by which a subscriber walks back through the archive (RFC 5005, 4)."""
        if self.feed.current:
            xml_elem(f"{{{HISTORY_NAMESPACE}}}archive", feed)
        for relation, path in (("current", self.feed.current), ("prev-archive", self.feed.previous)):
            if path:
                href = f"{self.feed.base_url}{path}"
                xml_elem("link", feed, rel=relation, href=href, type="application/atom+xml")


class _AtomEntry(BaseEntryExtension):  # type: ignore[misc]
    """Links, the entry's own language, and what it replies to.

    feedgen 1.0.0 drops all but `href` of an entry's links, so it is given none:
    github.com/lkiesow/python-feedgen/issues/135
    """

    feed: Feed
    entry: Entry

    def extend_atom(self, entry: Any) -> Any:
        if language := _own_language(self.feed, self.entry):
            entry.set(f"{{{XML_NAMESPACE}}}lang", language)
        for link in _atom_links(self.entry):
            # Without a namespace, as feedgen makes all elements of Atom: its root has xmlns as an attribute.
            xml_elem("link", entry, **link)
        _extend_reply(entry, self.entry)
        return entry


class _RssFeed(BaseExtension):  # type: ignore[misc]
    """Namespaces, and the date that feedgen would write by way of the locale."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        return {"dc": DUBLIN_CORE_NAMESPACE, "thr": THREAD_NAMESPACE} | _checkpoint_namespace(self.feed)

    def extend_rss(self, feed: Any) -> Any:
        channel = feed[0]
        xml_elem("lastBuildDate", channel).text = _rfc822(self.feed.updated)
        if self.feed.hub:
            xml_elem(f"{{{ATOM_NAMESPACE}}}link", channel, rel="hub", href=self.feed.hub)
        _extend_checkpoint(channel, self.feed)
        return feed


class _RssEntry(BaseEntryExtension):  # type: ignore[misc]
    """The dates, the author by name (RSS's own `author` is an e-mail address), the language, the reply."""

    feed: Feed
    entry: Entry

    def extend_rss(self, item: Any) -> Any:
        xml_elem("pubDate", item).text = _rfc822(self.entry.published)
        xml_elem(f"{{{ATOM_NAMESPACE}}}updated", item).text = _instant(self.entry.updated).isoformat()
        if self.feed.author:
            xml_elem(f"{{{DUBLIN_CORE_NAMESPACE}}}creator", item).text = _text(self.feed.author)
        if language := _own_language(self.feed, self.entry):
            xml_elem(f"{{{DUBLIN_CORE_NAMESPACE}}}language", item).text = language
        _extend_reply(item, self.entry)
        return item


def _atom_links(entry: Entry) -> list[dict[str, str]]:
    """Return the attributes of an entry's links: its page, its sources, its enclosures (RFC 4287, 4.2.7)."""
    links = [_present(href=entry.url, rel="alternate", type="text/html")]
    links += [_present(href=outlet.url, rel="via", title=_text(outlet.name)) for outlet in entry.outlets if outlet.url]
    links += [
        _present(
            href=enclosure.url,
            rel="enclosure",
            type=enclosure.type,
            length=str(enclosure.length or ""),
            title=_text(enclosure.alt),
        )
        for enclosure in entry.enclosures
    ]
    return links


def _checkpoint_namespace(feed: Feed) -> dict[str, str]:
    return {} if feed.checkpoint is None else {"writethru": WRITETHRU_NAMESPACE}


def _extend_checkpoint(node: Any, feed: Feed) -> None:
    """Add the public log as of the feed's last change, so that subscribers are its witnesses."""
    if feed.checkpoint is not None:
        told = feed.checkpoint
        name = f"{{{WRITETHRU_NAMESPACE}}}checkpoint"
        xml_elem(name, node, origin=told.origin, size=str(told.size), root=told.root)


def _extend_reply(node: Any, entry: Entry) -> None:
    """Add `thr:in-reply-to` (RFC 4685, 3), which RSS may bear too."""
    if entry.in_reply_to:
        xml_elem(f"{{{THREAD_NAMESPACE}}}in-reply-to", node, ref=entry.in_reply_to.id, href=entry.in_reply_to.url)


def _own_language(feed: Feed, entry: Entry) -> str | None:
    return entry.language if entry.language != feed.language else None


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

    RSS never said whether a title is text or HTML. The profile says text, to be escaped once, and found that
    hexadecimal references come through the most readers (rssboard.org/rss-profile#data-types-characterdata).
    To an XML parser they equal the named ones, which are all that lxml can write. Escaped twice, a title
    would show `&lt;` in every reader that keeps to the profile.
    """
    return _PLAIN_TEXT.sub(lambda match: match[1] + _hexadecimal(match[2]), document)


def _hexadecimal(text: bytes) -> bytes:
    return text.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;").replace(b"&gt;", b"&#x3E;")
