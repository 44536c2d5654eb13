"""Atom, RSS and JSON Feed say the same."""

import json
from datetime import datetime
from email.utils import parsedate_to_datetime

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feed.entries.model import Category, Feed
from feed.syndication.atom_rss import atom, rss
from feed.syndication.feeds import archive_feed
from feed.syndication.jsonfeed import jsonfeed
from tests.feeds import (
    CHANGED,
    HOSTILE,
    PREFIXES,
    REPORTED,
    a_feed,
    an_entry,
    find,
    full_entry,
    parsed,
    text,
)


def facts_of_atom(feed: Feed) -> list[dict[str, object]]:
    document = parsed(atom(feed))
    return [
        {
            "id": text(entry, "a:id"),
            "url": entry.xpath("string(a:link[@rel='alternate']/@href)", namespaces=PREFIXES),
            "title": text(entry, "a:title"),
            "content": text(entry, "a:content"),
            "published": datetime.fromisoformat(text(entry, "a:published")),
            "updated": datetime.fromisoformat(text(entry, "a:updated")),
            "tags": [one.get("label") or one.get("term") for one in find(entry, "a:category")],
            "outlet": next((one.get("href") for one in find(entry, "a:link[@rel='via']")), None),
            "media": next((one.get("href") for one in find(entry, "a:link[@rel='enclosure']")), None),
            "replies to": next((one.get("ref") for one in find(entry, "thr:in-reply-to")), None),
            "language": entry.get("{http://www.w3.org/XML/1998/namespace}lang"),
            "author": text(document, "a:author/a:name"),
        }
        for entry in find(document, "a:entry")
    ]


def facts_of_rss(feed: Feed) -> list[dict[str, object]]:
    return [
        {
            "id": text(item, "guid"),
            "url": text(item, "link"),
            "title": text(item, "title"),
            "content": text(item, "content:encoded"),
            "published": parsedate_to_datetime(text(item, "pubDate")),
            "updated": datetime.fromisoformat(text(item, "a:updated")),
            "tags": [element.text for element in find(item, "category")],
            "outlet": next((one.get("url") for one in find(item, "source")), None),
            "media": next((one.get("url") for one in find(item, "enclosure")), None),
            "replies to": next((one.get("ref") for one in find(item, "thr:in-reply-to")), None),
            "language": next((one.text for one in find(item, "dc:language")), None),
            "author": text(item, "dc:creator"),
        }
        for item in find(parsed(rss(feed)), "channel/item")
    ]


def facts_of_json(feed: Feed) -> list[dict[str, object]]:
    document = json.loads(jsonfeed(feed))
    return [
        {
            "id": item["id"],
            "url": item["url"],
            "title": item["title"],
            "content": item["content_html"],
            "published": datetime.fromisoformat(item["date_published"]),
            "updated": datetime.fromisoformat(item["date_modified"]),
            "tags": item.get("tags", []),
            "outlet": item.get("external_url"),
            "media": next((one["url"] for one in item.get("attachments", [])), None),
            "replies to": item["_writethru"].get("in_reply_to", {}).get("id"),
            "language": item.get("language"),
            "author": document["authors"][0]["name"],
        }
        for item in document["items"]
    ]


def test_the_three_formats_say_the_same() -> None:
    feed = a_feed(full_entry(3), an_entry(2, erased=True), an_entry(1, title=HOSTILE, content=HOSTILE))

    assert facts_of_atom(feed) == facts_of_rss(feed) == facts_of_json(feed)


def test_feedparser_reads_the_same_from_atom_and_rss() -> None:
    feed = a_feed(full_entry(2), an_entry(1, summary='1 < 2 & "x"', title="1 < 2 & more"))

    reads = [feedparser.parse(atom(feed)), feedparser.parse(rss(feed))]

    assert [read.bozo for read in reads] == [False, False]
    assert [read.version for read in reads] == ["atom10", "rss20"]
    for read in reads:
        assert read.feed.title == feed.title
        assert read.feed.subtitle == feed.description
        assert read.feed.link == feed.home_url
        for entry, original in zip(read.entries, feed.entries, strict=True):
            assert (entry.id, entry.link, entry.title) == (original.id, original.url, original.title)
            assert entry.content[0].value == original.content
            assert entry.published_parsed[:6] == REPORTED.timetuple()[:6]
            assert entry.updated_parsed[:6] == CHANGED.timetuple()[:6]
        assert read.entries[0].enclosures[0].href == "https://news.example/a.jpg"


printable = st.text(
    st.one_of(
        st.characters(exclude_categories=["C", "Zl", "Zp"]),
        st.sampled_from("<>&;'\"]\u202e\u200f\U0001f5de"),
    ),
    min_size=1,
)
paragraphs = st.text(st.one_of(st.characters(exclude_categories=["C"]), st.sampled_from("<>&;]/p\t\n\r")))


@pytest.mark.slow
@given(title=printable, content=paragraphs, name=printable)
def test_any_text_is_equal_in_the_three_formats(title: str, content: str, name: str) -> None:
    entry = an_entry(title=title, content=content, categories=(Category(term="t", label=name),))
    feed = a_feed(entry, title=name, author=name)

    said = facts_of_json(feed)

    assert (said[0]["title"], said[0]["content"], said[0]["tags"]) == (title, content, [name])
    assert facts_of_atom(feed) == facts_of_rss(feed) == said


def test_a_hub_is_named_by_the_feed_and_not_by_its_archive() -> None:
    feed = a_feed(an_entry(), hub="https://hub.example/?a=1&b=2")
    hubs = "//a:link[@rel='hub']/@href"
    for write in (atom, rss):
        assert etree.fromstring(write(feed)).xpath(hubs, namespaces=PREFIXES) == ["https://hub.example/?a=1&b=2"]
        assert etree.fromstring(write(a_feed(an_entry()))).xpath(hubs, namespaces=PREFIXES) == []
    assert json.loads(jsonfeed(feed))["hubs"] == [{"type": "WebSub", "url": "https://hub.example/?a=1&b=2"}]
    assert "hubs" not in json.loads(jsonfeed(a_feed()))
    assert archive_feed(feed, 1, (), opened_at=CHANGED).hub is None
