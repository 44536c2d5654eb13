"""Reads feeds and pages as a stranger's program would, and notes what breaks their formats. Pure.

Atom follows RFC 4287 and 5005, RSS 2.0 the RSS Advisory Board's profile, JSON Feed 1.1 the strict `json_model`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from pydantic import ValidationError

from events.model.edtf import instant
from feed.output.json_model import Document

FAULTS_LISTED_MAX = 3
_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
_HISTORY = "{http://purl.org/syndication/history/1.0}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRead:
    """One entry: its permanent id, plain title, page, dates (None if missing), and all links in it."""

    id: str
    title: str
    url: str
    published: datetime | None
    updated: datetime | None
    links: tuple[str, ...]

    @property
    def content(self) -> tuple[str, str, str, datetime | None, datetime | None]:
        """What all formats have of it."""
        return (self.id, self.title, self.url, self.published, self.updated)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRead:
    """One feed: its own address, its page, its date, its links in a chain of archives, its entries, and its faults."""

    self_url: str
    home_url: str
    updated: datetime | None
    entries: tuple[EntryRead, ...] = ()
    previous: str | None = None
    current: str | None = None
    archive: bool = False
    faults: tuple[str, ...] = ()


class UnreadableError(ValueError):
    """The data is not a feed: not well-formed, or another kind of document."""


def read_atom(data: bytes) -> FeedRead:
    """Return an Atom feed; UnreadableError if it is not one."""
    root = read_xml(data)
    if root.tag != f"{_ATOM}feed":
        raise UnreadableError(f"is not an Atom feed: its root is {root.tag}.")
    faults: list[str] = []
    _once(root, ("id", "title", "updated"), faults, ns=_ATOM)
    links = {link.get("rel", "alternate"): link.get("href", "") for link in root.findall(f"{_ATOM}link")}
    return FeedRead(
        self_url=links.get("self", ""),
        home_url=links.get("alternate", ""),
        updated=_date(root, f"{_ATOM}updated", instant, faults),
        entries=tuple(_atom_entry(entry, faults) for entry in root.findall(f"{_ATOM}entry")),
        previous=links.get("prev-archive"),
        current=links.get("current"),
        archive=root.find(f"{_HISTORY}archive") is not None,
        faults=tuple(faults),
    )


def read_rss(data: bytes) -> FeedRead:
    """Return an RSS 2.0 feed; UnreadableError if it is not one."""
    root = read_xml(data)
    channel = root.find("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or channel is None:
        raise UnreadableError("is not an RSS 2.0 feed.")
    faults: list[str] = []
    _once(channel, ("title", "link", "description", "lastBuildDate"), faults)
    own = [link.get("href", "") for link in channel.findall(f"{_ATOM}link") if link.get("rel") == "self"]
    return FeedRead(
        self_url=own[0] if own else "",
        home_url=channel.findtext("link", ""),
        updated=_date(channel, "lastBuildDate", parsedate_to_datetime, faults),
        entries=tuple(_rss_item(item, faults) for item in channel.findall("item")),
        faults=tuple(faults),
    )


def read_json(data: bytes) -> FeedRead:
    """Return a JSON Feed; UnreadableError with what the strict model finds wrong."""
    try:
        document = Document.model_validate_json(data)
    except ValidationError as error:
        faults = error.errors()
        first = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in faults[:FAULTS_LISTED_MAX])
        more = f"; and {len(faults) - FAULTS_LISTED_MAX} more" if len(faults) > FAULTS_LISTED_MAX else ""
        raise UnreadableError(f"is not a JSON Feed 1.1: {first}{more}.") from None
    return FeedRead(
        self_url=document.feed_url,
        home_url=document.home_page_url,
        updated=None,
        entries=tuple(
            EntryRead(
                id=item.id,
                title=item.title,
                url=item.url,
                published=item.date_published,
                updated=item.date_modified,
                links=(
                    item.url,
                    *([item.external_url] if item.external_url else []),
                    *(attachment.url for attachment in item.attachments or ()),
                    *([item.writethru.in_reply_to.url] if item.writethru.in_reply_to else []),
                    *read_page(item.content_html).links,
                ),
            )
            for item in document.items
        ),
    )


READERS: dict[str, Callable[[bytes], FeedRead]] = {"atom": read_atom, "rss": read_rss, "json": read_json}
"""The reader of each format, by extension."""


def read_xml(data: bytes) -> ET.Element:
    """Return the root of an XML document; UnreadableError if it is not well-formed, or in an unknown encoding."""
    try:
        # Expat refuses entities that blow up, and the output is our own.
        return ET.fromstring(data)  # noqa: S314
    except (ET.ParseError, LookupError, ValueError) as error:
        raise UnreadableError(f"is not well-formed XML: {error}.") from None


def _atom_entry(entry: ET.Element, faults: list[str]) -> EntryRead:
    _once(entry, ("id", "title", "updated", "published"), faults, ns=_ATOM)
    links = [(link.get("rel", "alternate"), link.get("href", "")) for link in entry.findall(f"{_ATOM}link")]
    return EntryRead(
        id=entry.findtext(f"{_ATOM}id", ""),
        title=entry.findtext(f"{_ATOM}title", ""),
        url=next((href for rel, href in links if rel == "alternate"), ""),
        published=_date(entry, f"{_ATOM}published", instant, faults),
        updated=_date(entry, f"{_ATOM}updated", instant, faults),
        links=(*(href for _, href in links), *_replies(entry), *read_page(entry.findtext(f"{_ATOM}content", "")).links),
    )


def _rss_item(item: ET.Element, faults: list[str]) -> EntryRead:
    _once(item, ("guid", "title", "link", "pubDate"), faults)
    guid = item.find("guid")
    if guid is not None and guid.get("isPermaLink") != "false":
        faults.append(f'{guid.text}: its guid must say isPermaLink="false"')
    return EntryRead(
        id=item.findtext("guid", ""),
        title=item.findtext("title", ""),
        url=item.findtext("link", ""),
        published=_date(item, "pubDate", parsedate_to_datetime, faults),
        updated=_date(item, f"{_ATOM}updated", instant, faults),
        links=(
            item.findtext("link", ""),
            *(enclosure.get("url", "") for enclosure in item.findall("enclosure")),
            *(source.get("url", "") for source in item.findall("source")),
            *_replies(item),
            *read_page(item.findtext(f"{_CONTENT}encoded", "")).links,
        ),
    )


def _replies(node: ET.Element) -> Iterator[str]:
    for reply in node.findall("{http://purl.org/syndication/thread/1.0}in-reply-to"):
        yield reply.get("href", "")


def _once(node: ET.Element, names: tuple[str, ...], faults: list[str], *, ns: str = "") -> None:
    for name in names:
        elements = node.findall(f"{ns}{name}")
        if len(elements) != 1 or not (elements[0].text or "").strip():
            faults.append(f"a {node.tag.removeprefix(ns)} must have one {name} that is not empty")


def _date(node: ET.Element, name: str, read: Callable[[str], datetime], faults: list[str]) -> datetime | None:
    text = node.findtext(name)
    if text is None:
        return None
    try:
        date = read(text)
    except (ValueError, OverflowError):
        date = None
    if date is None or date.tzinfo is None:
        faults.append(f"{text!r} is not a date with a zone")
        return None
    return date


@dataclass(slots=True)
class PageRead:
    """A page or a piece of HTML: the targets of its links, pictures, styles and scripts, and its anchors."""

    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)


class _PageReader(HTMLParser):
    def __init__(self, page: PageRead) -> None:
        super().__init__()
        self._page = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its interface
        for name, value in attrs:
            if name in {"href", "src"}:
                self._page.links.append(value or "")
            elif name == "id":
                self._page.anchors.add(value or "")


def read_page(html: str) -> PageRead:
    """Return the links and anchors of a page, or of a piece of HTML."""
    page = PageRead()
    reader = _PageReader(page)
    reader.feed(html)
    reader.close()
    return page
