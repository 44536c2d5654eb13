"""What is a feed, and what a feed proves of its items: the content says it, and nothing is guessed."""

import json
from typing import Any

import pytest

from feed.intake.items import feeds_of, kind_of, read_items
from feed.reading.model import TEXT_CHARS_MAX, Text
from tests.sources import item, rss

URL = "https://radio.example/feed"
ATOM = b"""\xef\xbb\xbf<?xml version="1.0"?>
<?xml-stylesheet href="a.xsl"?>
<!-- a comment -->
<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Radio</title>
<entry><id>urn:1</id><title>Old</title><published>2026-11-20T10:00:00+02:00</published>
<updated>2026-11-20T10:00:00+02:00</updated></entry>
<entry><id>urn:2</id><title>New</title><updated>2026-11-22T10:00:00Z</updated></entry></feed>"""


def only(**elements: str) -> Text:
    [text] = read_items(rss(item(1, **elements)), url=URL).items
    return text


def values(text: Text) -> dict[str, Any]:
    return {field.name: field.value for field in text.fields}


@pytest.mark.parametrize(
    ("body", "media_type", "kind"),
    [
        (rss(), "text/html", "feed"),
        (ATOM, "text/plain", "feed"),
        (rss().decode().encode("utf-16"), "", "feed"),
        (b"<rdf:RDF xmlns='x'/>", "", "feed"),
        (b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", "", "feed"),
        (b"<!DOCTYPE rss SYSTEM 'http://my.netscape.com/publish/formats/rss-0.91.dtd'>\n<rss/>", "", "feed"),
        (b"<!doctype html><pre><rss></pre>", "", "page"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "application/json", "feed"),
        (b"<!doctype HTML><title>x</title>", "", "page"),
        (b"  <html><p>rss</html>", "text/plain", "page"),
        (b"<p>Hello", "text/html", "page"),
        (b'{"items": []}', "application/json", ""),
        (b"%PDF-1.7", "application/pdf", ""),
        (b"<svg/>", "image/svg+xml", ""),
        (b"", "", ""),
    ],
)
def test_content_says_what_a_document_is(body: bytes, media_type: str, kind: str) -> None:
    assert kind_of(body, media_type) == kind


def test_page_names_its_feeds() -> None:
    page = b"""<html><head><LINK title="x" HREF="/feed.xml?a=1&amp;b=2" type='application/rss+xml' rel="alternate">
        <link rel=alternate type=application/feed+json href=feed.json><link rel="stylesheet" href="a.css">
        <link rel="alternate" hreflang="de" href="/de"></head>"""
    assert feeds_of(page, url="https://radio.example/a/b") == [
        "https://radio.example/feed.xml?a=1&b=2",
        "https://radio.example/a/feed.json",
    ]


def test_item_has_its_text_and_what_the_feed_proves() -> None:
    html = "&lt;p&gt;A ferry &lt;b&gt;hit&lt;/b&gt; the quay.&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;&lt;p&gt;Two hurt."
    text = only(description=html, pubDate="Tue, 24 Nov 2026 14:05:00 +0100", source="Port Wire")
    assert (text.name, text.title, text.link) == ("id-1", "Item 1", "https://radio.example/1")
    assert text.text == "A ferry hit the quay.\n\nTwo hurt."
    assert values(text) == {
        "source.name": "Harbour Radio",
        "source.url": "https://radio.example/1",
        "source.title": "Item 1",
        "source.published_at": "2026-11-24T13:05:00Z",
        "source.via": ["Port Wire"],
    }
    sentences = {field.name: field.sentence for field in text.fields}
    assert sentences["source.published_at"] == "Tue, 24 Nov 2026 14:05:00 +0100"


@pytest.mark.parametrize(
    "date", ["Tue, 24 Nov 2026 14:05:00", "24 Nov 14:05:00 GMT", "2026-11-24", "2026", "--11-24", "24 Nov 26 14:05 GMT"]
)
def test_date_without_year_time_or_zone_is_no_date(date: str) -> None:
    assert only(pubDate=date).published == ""


def test_date_of_a_change_is_none_of_publication() -> None:
    new, old = read_items(ATOM, url=URL).items
    assert (new.title, new.published) == ("New", "")
    assert (old.title, old.published) == ("Old", "2026-11-20T08:00:00Z")


def test_json_feed_is_read_without_a_library() -> None:
    about = {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour Radio"}
    entry = {"id": "1", "content_text": "Two hurt.", "url": "/1", "date_published": "2026-11-24T14:05:00+01:00"}
    [text] = read_items(json.dumps(about | {"items": [entry]}).encode(), url=URL).items
    assert (text.text, text.link, text.published) == ("Two hurt.", "https://radio.example/1", "2026-11-24T13:05:00Z")


def test_item_without_an_id_is_named_by_its_link() -> None:
    [text] = read_items(rss({"title": "A", "link": "https://radio.example/a"}), url=URL).items
    assert text.name == "https://radio.example/a"
    [text] = read_items(rss({"title": "A"}), url=URL).items
    assert text.name == "A"


def test_item_of_text_alone_is_not_named_by_its_words() -> None:
    one, other = read_items(rss({"description": "Two hurt."}, {"description": "Three."}), url=URL).items
    assert one.name != other.name
    assert "hurt" not in one.name


def test_item_that_stands_twice_counts_once() -> None:
    one = item(1)
    assert len(read_items(rss(one, one, item(1, title="Other"), item(2, **one)), url=URL).items) == 1
    assert len(read_items(rss(one, item(1, guid="x", title="Other")), url=URL).items) == 2


def test_field_that_a_source_cannot_hold_is_left_out() -> None:
    text = only(title="x" * 400, link="javascript:alert(1)")
    assert values(text) == {"source.name": "Harbour Radio"}
    [text] = read_items(rss(item(1), title="y" * 400), url=URL).items
    assert values(text)["source.name"] == "radio.example"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://[", "file:///etc/passwd"])
def test_link_that_is_none_is_left_out(link: str) -> None:
    assert only(link=link).link == ""


def test_item_that_says_nothing_is_left_out() -> None:
    assert read_items(rss({"guid": "1"}), url=URL).items == []


def test_long_text_is_cut() -> None:
    assert len(only(description="word " * TEXT_CHARS_MAX).text) <= TEXT_CHARS_MAX
