"""A feed with an entry that has everything, and how Atom and RSS are read back."""

from datetime import UTC, datetime
from typing import Any

from lxml import etree

from feed.entries.model import Category, Enclosure, Entry, Feed, Outlet, Reply

REPORTED = datetime(2015, 1, 12, 14, 30, tzinfo=UTC)
CHANGED = datetime(2015, 1, 13, 9, 0, 5, tzinfo=UTC)
HOSTILE = "</b><script>alert(1)</script> ]]> &amp; &lt; ' \" \u202egnp\u202c \U0001f5de a\tb\nc\rd"

# Elements by the prefixes that the documents themselves use.
PREFIXES = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "m": "http://search.yahoo.com/mrss/",
    "thr": "http://purl.org/syndication/thread/1.0",
}


def an_entry(number: int = 1, **changed: Any) -> Entry:
    plain = Entry(
        id=f"urn:uuid:0b5cf5f5-7a43-5b7b-a1c5-{number:012}",
        kind="report",
        story="cuba-53",
        anchor=f"e{number}",
        url=f"https://news.example/stories/cuba-53/?a=1&b=2#e{number}",
        title="Cuba frees all 53",
        summary="All prisoners on the list are free.",
        content="<p>All are free.</p>",
        published=REPORTED,
        updated=CHANGED,
        touched=CHANGED,
        listed=number,
    )
    return Entry.model_validate({**plain.model_dump(), **changed})


def a_feed(*entries: Entry, **changed: Any) -> Feed:
    plain = Feed(
        id="urn:uuid:0b5cf5f5-7a43-5b7b-a1c5-000000000000",
        path="stories/cuba-53/feed",
        base_url="https://news.example/",
        home_url="https://news.example/stories/cuba-53/",
        title="Cuba: the 53 prisoners",
        description="Who is free, and who says so.",
        language="en",
        author="The news desk",
        updated=CHANGED,
        entries=entries,
    )
    return Feed.model_validate({**plain.model_dump(), **changed})


def full_entry(number: int = 1) -> Entry:
    return an_entry(
        number,
        kind="correction",
        language="es",
        categories=(Category(term="cuba-53", label="Cuba: the 53"), Category(term="breaking")),
        outlets=(
            Outlet(name="An official"),
            Outlet(name="Reuters", url="https://reuters.example/a?b=1&c=2"),
            Outlet(name="AP", url="https://ap.example/"),
        ),
        enclosures=(
            Enclosure(url="https://news.example/a.jpg", type="image/jpeg", alt="A gate", length=12_345),
            Enclosure(url="https://news.example/b.mp3", type="audio/mpeg", alt=""),
        ),
        in_reply_to=Reply(
            id="urn:uuid:0b5cf5f5-7a43-5b7b-a1c5-000000000009",
            url="https://news.example/stories/cuba-53/#e9",
        ),
    )


def parsed(document: bytes) -> Any:
    return etree.fromstring(document)


def find(node: Any, path: str) -> list[Any]:
    found: list[Any] = node.xpath(path, namespaces=PREFIXES)
    return found


def text(node: Any, path: str) -> str:
    """Return the text of the only element at `path`."""
    (element,) = find(node, path)
    return element.text or ""


def attributes(node: Any, path: str) -> list[dict[str, str]]:
    return [dict(element.attrib) for element in find(node, path)]
