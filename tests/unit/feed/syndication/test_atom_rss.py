"""Atom and RSS: read back by an XML parser and by feedparser, and held against JSON Feed."""

import html
import json
import locale
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import feedparser
import pytest

from feed.entries.model import Category, Enclosure, Feed, Outlet
from feed.pages.asset import ICON_LARGE, ICON_SMALL, ICON_SMALL_PX, asset
from feed.syndication.atom_rss import atom, rss
from feed.syndication.jsonfeed import jsonfeed
from tests.feeds import HOSTILE, a_feed, an_entry, attributes, find, full_entry, parsed, text

ROOT = Path(__file__).parents[4]
# Atom


def test_atom_feed_says_who_it_is_and_where() -> None:
    feed = parsed(atom(a_feed()))

    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    assert dict(feed.attrib) == {"{http://www.w3.org/XML/1998/namespace}lang": "en"}
    assert text(feed, "a:id") == "urn:uuid:0b5cf5f5-7a43-5b7b-a1c5-000000000000"
    assert text(feed, "a:title[not(@type)]") == "Cuba: the 53 prisoners"
    assert text(feed, "a:subtitle[not(@type)]") == "Who is free, and who says so."
    assert text(feed, "a:updated") == "2015-01-13T09:00:05+00:00"
    assert text(feed, "a:author/a:name") == "The news desk"
    assert text(feed, "a:generator[not(@*)]") == "writethru"
    assert attributes(feed, "a:link") == [
        {
            "href": "https://news.example/stories/cuba-53/feed.atom",
            "rel": "self",
            "type": "application/atom+xml",
        },
        {"href": "https://news.example/stories/cuba-53/", "rel": "alternate", "type": "text/html"},
    ]


def test_atom_entry_says_all_that_it_has() -> None:
    (entry,) = find(parsed(atom(a_feed(full_entry()))), "a:entry")

    assert dict(entry.attrib) == {"{http://www.w3.org/XML/1998/namespace}lang": "es"}
    assert text(entry, "a:id") == "urn:uuid:0b5cf5f5-7a43-5b7b-a1c5-000000000001"
    assert text(entry, "a:title[not(@type)]") == "Cuba frees all 53"
    assert text(entry, "a:summary[not(@type)]") == "All prisoners on the list are free."
    assert text(entry, "a:content[@type='html']") == "<p>All are free.</p>"
    assert text(entry, "a:published") == "2015-01-12T14:30:00+00:00"
    assert text(entry, "a:updated") == "2015-01-13T09:00:05+00:00"
    assert attributes(entry, "a:category") == [
        {"term": "cuba-53", "label": "Cuba: the 53"},
        {"term": "breaking"},
    ]
    assert attributes(entry, "thr:in-reply-to") == [
        {
            "ref": "urn:uuid:0b5cf5f5-7a43-5b7b-a1c5-000000000009",
            "href": "https://news.example/stories/cuba-53/#e9",
        },
    ]


def test_atom_links_of_an_entry_keep_all_their_attributes() -> None:
    """Whatever feedgen does, whose 1.0.0 keeps `href` alone: github.com/lkiesow/python-feedgen/issues/135."""
    assert attributes(parsed(atom(a_feed(full_entry()))), "a:entry/a:link") == [
        {
            "href": "https://news.example/stories/cuba-53/?a=1&b=2#e1",
            "rel": "alternate",
            "type": "text/html",
        },
        {"href": "https://reuters.example/a?b=1&c=2", "rel": "via", "title": "Reuters"},
        {"href": "https://ap.example/", "rel": "via", "title": "AP"},
        {
            "href": "https://news.example/a.jpg",
            "rel": "enclosure",
            "type": "image/jpeg",
            "length": "12345",
            "title": "A gate",
        },
        {"href": "https://news.example/b.mp3", "rel": "enclosure", "type": "audio/mpeg"},
    ]


def test_atom_leaves_a_tombstone_for_an_erased_entry_only() -> None:
    feed = parsed(atom(a_feed(an_entry(1), an_entry(2, erased=True, withdrawn=True))))

    assert attributes(feed, "at:deleted-entry") == [
        {"ref": "urn:uuid:0b5cf5f5-7a43-5b7b-a1c5-000000000002", "when": "2015-01-13T09:00:05+00:00"},
    ]
    assert len(find(feed, "a:entry")) == 2


# RSS


def test_rss_channel_says_who_it_is_and_where() -> None:
    document = parsed(rss(a_feed()))
    (channel,) = document

    assert (document.tag, document.get("version"), channel.tag) == ("rss", "2.0", "channel")
    assert [(element.tag, element.text) for element in channel if not element.attrib] == [
        ("title", "Cuba: the 53 prisoners"),
        ("link", "https://news.example/stories/cuba-53/"),
        ("description", "Who is free, and who says so."),
        ("docs", "https://www.rssboard.org/rss-specification"),
        ("generator", "writethru"),
        ("language", "en"),
        ("lastBuildDate", "Tue, 13 Jan 2015 09:00:05 +0000"),
        ("ttl", "5"),
    ]
    assert attributes(channel, "a:link") == [
        {
            "href": "https://news.example/stories/cuba-53/feed.rss",
            "rel": "self",
            "type": "application/rss+xml",
        },
    ]


def test_rss_item_says_all_that_it_has() -> None:
    (item,) = find(parsed(rss(a_feed(full_entry()))), "channel/item")

    assert text(item, "title") == "Cuba frees all 53"
    assert text(item, "link") == "https://news.example/stories/cuba-53/?a=1&b=2#e1"
    assert text(item, "guid[@isPermaLink='false']") == "urn:uuid:0b5cf5f5-7a43-5b7b-a1c5-000000000001"
    assert text(item, "description") == "All prisoners on the list are free."
    assert text(item, "description/following-sibling::content:encoded") == "<p>All are free.</p>"
    assert text(item, "pubDate") == "Mon, 12 Jan 2015 14:30:00 +0000"
    assert text(item, "a:updated") == "2015-01-13T09:00:05+00:00"
    assert text(item, "dc:creator") == "The news desk"
    assert text(item, "dc:language") == "es"
    assert [element.text for element in find(item, "category")] == ["Cuba: the 53", "breaking"]
    assert text(item, "source[@url='https://reuters.example/a?b=1&c=2']") == "Reuters"
    assert attributes(item, "enclosure") == [
        {"url": "https://news.example/a.jpg", "length": "12345", "type": "image/jpeg"},
    ]
    assert attributes(item, "thr:in-reply-to") == [
        {
            "ref": "urn:uuid:0b5cf5f5-7a43-5b7b-a1c5-000000000009",
            "href": "https://news.example/stories/cuba-53/#e9",
        },
    ]


def test_rss_enclosure_of_unknown_size_has_length_zero() -> None:
    film = Enclosure(url="https://news.example/a.mp4", type="video/mp4", alt="The gate opens")

    (enclosure,) = attributes(parsed(rss(a_feed(an_entry(enclosures=(film,))))), "channel/item/enclosure")

    assert enclosure["length"] == "0"


def test_rss_without_an_outlet_that_has_a_url_has_no_source() -> None:
    assert not find(parsed(rss(a_feed(an_entry(outlets=(Outlet(name="An official"),))))), "//source")


def test_rss_titles_escape_markup_once_and_in_hexadecimal() -> None:
    document = rss(a_feed(an_entry(title="AT&T <b>up</b>"), title="R&D <news>", description="a < b & c"))

    assert b"<title>AT&#x26;T &#x3C;b&#x3E;up&#x3C;/b&#x3E;</title>" in document
    assert b"<title>R&#x26;D &#x3C;news&#x3E;</title>" in document
    assert b"<description>a &#x26;lt; b &#x26;amp; c</description>" in document


def test_rss_description_escapes_a_plain_summary_as_html() -> None:
    (item,) = find(parsed(rss(a_feed(an_entry(summary='1 < 2 & "<b>"')))), "channel/item")

    assert text(item, "description") == '1 &lt; 2 &amp; "&lt;b&gt;"'


# Both


@pytest.mark.parametrize("render", [atom, rss])
def test_document_is_declared_utf_8_and_ends_in_a_newline(render: Callable[[Feed], bytes]) -> None:
    document = render(a_feed(an_entry(title="Überschrift 🗞")))

    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<")
    assert document.endswith(b">\n")
    assert "Überschrift 🗞".encode() in document


@pytest.mark.parametrize("render", [atom, rss])
def test_entries_stand_in_the_order_given(render: Callable[[Feed], bytes]) -> None:
    entries = [an_entry(number) for number in (2, 3, 1)]

    read = feedparser.parse(render(a_feed(*entries)))

    assert [entry.id for entry in read.entries] == [entry.id for entry in entries]


@pytest.mark.parametrize("render", [atom, rss])
def test_times_are_whole_seconds_of_utc(render: Callable[[Feed], bytes]) -> None:
    at = datetime(2015, 1, 12, 9, 30, 0, 999_999, tzinfo=timezone(timedelta(hours=-5)))

    document = render(a_feed(an_entry(published=at, updated=at, erased=True), updated=at)).decode()

    assert "999" not in document
    assert "-05" not in document
    assert document.count("14:30:00") == (4 if render is atom else 3)


@pytest.mark.parametrize("render", [atom, rss])
def test_what_is_empty_is_absent(render: Callable[[Feed], bytes]) -> None:
    bare = parsed(render(a_feed(an_entry(summary="", language="en"), description="", author="")))

    # RSS requires both descriptions: the feed's is its title, the item's its content (rss-profile).
    assert not find(bare, "//*[not(node()) and not(@*)]")
    assert not find(bare, "//a:subtitle | //a:summary | //a:author | //dc:creator | //dc:language")
    assert [element.text for element in find(bare, "//description")] == (
        ["Cuba: the 53 prisoners", "<p>All are free.</p>"] if render is rss else []
    )


@pytest.mark.parametrize("render", [atom, rss])
def test_hostile_text_survives_as_text_wherever_it_stands(render: Callable[[Feed], bytes]) -> None:
    entry = an_entry(
        title=HOSTILE,
        content=HOSTILE,
        categories=(Category(term=HOSTILE, label=HOSTILE),),
        outlets=(Outlet(name=HOSTILE, url="https://ap.example/"),),
        enclosures=(Enclosure(url="https://news.example/a.jpg", type="image/jpeg", alt=HOSTILE),),
    )

    document = parsed(render(a_feed(entry, title=HOSTILE, description=HOSTILE, author=HOSTILE)))

    texts = [element.text for element in document.iter() if element.text and "script" in element.text]
    values = [value for element in document.iter() for value in element.attrib.values() if "script" in value]
    # Atom: title, subtitle, author; title, content, media:description. RSS: title, description; title, content,
    # creator, category, source, media:description.
    # RSS's description is HTML, so it is escaped once more.
    escaped = [] if render is atom else [html.escape(HOSTILE, quote=False)]
    assert sorted(texts) == sorted([HOSTILE] * (6 if render is atom else 7) + escaped)
    # Atom: term and label of the category, titles of the outlet and the enclosure.
    assert values == [HOSTILE] * (4 if render is atom else 0)
    assert not find(document, "//script | //a:script")


# Pictures


@pytest.mark.parametrize(("render", "path"), [(atom, "a:entry/m:content"), (rss, "channel/item/m:content")])
def test_media_content_has_every_size_that_is_known(render: Callable[[Feed], bytes], path: str) -> None:
    picture = Enclosure(
        url="https://news.example/a.jpg",
        type="image/jpeg",
        alt="A gate",
        credit="Ann Lee",
        width=800,
        height=600,
        length=9,
    )
    data = Enclosure(url="https://news.example/b.csv", type="text/csv", alt="Counts")
    document = parsed(render(a_feed(an_entry(enclosures=(picture, data)))))
    assert attributes(document, path) == [
        {
            "url": picture.url,
            "type": "image/jpeg",
            "medium": "image",
            "fileSize": "9",
            "width": "800",
            "height": "600",
        },
        {"url": data.url, "type": "text/csv"},
    ]
    assert [[node.text for node in content] for content in find(document, path)] == [["A gate", "Ann Lee"], ["Counts"]]
    assert len(feedparser.parse(render(a_feed(an_entry(enclosures=(picture,))))).entries[0].media_content) == 1


def test_feed_without_media_does_not_name_their_namespace() -> None:
    assert b"mrss" not in atom(a_feed(an_entry())) + rss(a_feed(an_entry()))


def test_icon_of_the_site_is_in_every_format() -> None:
    feed = a_feed(icon="assets/large.png", small_icon="assets/small.png")
    assert text(parsed(atom(feed)), "a:icon") == "https://news.example/assets/large.png"
    [image] = find(parsed(rss(feed)), "channel/image")
    assert {node.tag: node.text for node in image} == {
        "url": "https://news.example/assets/small.png",
        "title": feed.title,
        "link": feed.home_url,
        "width": "144",
        "height": "144",
    }
    document = json.loads(jsonfeed(feed))
    assert (document["icon"], document["favicon"]) == (
        "https://news.example/assets/large.png",
        "https://news.example/assets/small.png",
    )


@pytest.mark.parametrize(("name", "side"), [(ICON_LARGE, 512), (ICON_SMALL, ICON_SMALL_PX)])
def test_icon_is_a_square_png(name: str, side: int) -> None:
    _, data = asset(name)
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">II", data[16:24]) == (side, side)


@pytest.mark.parametrize("render", [atom, rss])
def test_what_xml_cannot_hold_is_shown_as_replaced(render: Callable[[Feed], bytes]) -> None:
    read = feedparser.parse(render(a_feed(an_entry(title="a\x00b\x0cc\x1b\uffffd"))))

    assert not read.bozo
    assert read.entries[0].title == "a\ufffdb\ufffdc\ufffd\ufffdd"


@pytest.mark.parametrize("render", [atom, rss])
def test_empty_feed_is_a_feed(render: Callable[[Feed], bytes]) -> None:
    read = feedparser.parse(render(a_feed()))

    assert not read.bozo
    assert read.feed.title == "Cuba: the 53 prisoners"
    assert read.feed.updated_parsed[:6] == (2015, 1, 13, 9, 0, 5)
    assert read.entries == []


@pytest.mark.parametrize("render", [atom, rss])
def test_process_locale_is_never_switched(render: Callable[[Feed], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    def touched(*_: object) -> None:
        pytest.fail("the locale was touched")

    monkeypatch.setattr(locale, "setlocale", touched)

    assert render(a_feed(full_entry()))


@pytest.mark.slow
@pytest.mark.parametrize("environment", [("C", "UTC", "0"), ("de_DE.UTF-8", "Pacific/Kiritimati", "77")])
def test_bytes_are_the_same_everywhere(environment: tuple[str, str, str]) -> None:
    feed = a_feed(full_entry(), an_entry(2, erased=True, title=HOSTILE))
    language, zone, seed = environment

    elsewhere = subprocess.run(
        [sys.executable, "-c", PRINT_ALL],
        input=feed.model_dump_json().encode(),
        stdout=subprocess.PIPE,
        check=True,
        cwd=ROOT,
        env={**os.environ, "LC_ALL": language, "TZ": zone, "PYTHONHASHSEED": seed},
    )

    assert elsewhere.stdout == atom(feed) + rss(feed) + jsonfeed(feed)


def test_entry_in_another_feed_has_the_language_and_author_of_that() -> None:
    entry = an_entry(language="es")
    here, there = a_feed(entry), a_feed(entry, language="es", author="Another desk")
    before = atom(here) + rss(here)

    assert b'<entry xml:lang="es">' in atom(here)
    assert b"<entry>" in atom(there)
    assert b"<dc:creator>Another desk</dc:creator>" in rss(there)
    assert b"<dc:language>" not in rss(there)
    assert atom(here) + rss(here) == before


PRINT_ALL = """
import locale, sys
from feed.entries.model import Feed
from feed.syndication.feeds import archive_feed
from feed.syndication.jsonfeed import jsonfeed
from feed.pages.asset import ICON_LARGE, ICON_SMALL, ICON_SMALL_PX, asset
from feed.syndication.atom_rss import atom, rss
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass  # not installed here
feed = Feed.model_validate_json(sys.stdin.buffer.read())
sys.stdout.buffer.write(atom(feed) + rss(feed) + jsonfeed(feed))
"""
