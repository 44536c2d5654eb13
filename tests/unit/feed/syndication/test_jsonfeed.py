"""JSON Feed 1.1: the whole document, read back."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from feed.syndication.jsonfeed import jsonfeed
from tests.feeds import a_feed, an_entry, full_entry

FULL_ITEM = {
    "id": "urn:uuid:0b5cf5f5-7a43-5b7b-a1c5-000000000001",
    "url": "https://news.example/stories/cuba-53/?a=1&b=2#e1",
    "external_url": "https://reuters.example/a?b=1&c=2",
    "title": "Cuba frees all 53",
    "content_html": "<p>All are free.</p>",
    "summary": "All prisoners on the list are free.",
    "date_published": "2015-01-12T14:30:00Z",
    "date_modified": "2015-01-13T09:00:05Z",
    "tags": ["Cuba: the 53", "breaking"],
    "language": "es",
    "attachments": [
        {
            "url": "https://news.example/a.jpg",
            "mime_type": "image/jpeg",
            "title": "A gate",
            "size_in_bytes": 12_345,
        },
        {"url": "https://news.example/b.mp3", "mime_type": "audio/mpeg"},
    ],
    "_writethru": {
        "kind": "correction",
        "in_reply_to": {
            "id": "urn:uuid:0b5cf5f5-7a43-5b7b-a1c5-000000000009",
            "url": "https://news.example/stories/cuba-53/#e9",
        },
    },
}


def test_document_has_keys_in_the_order_of_the_specification() -> None:
    assert json.dumps(json.loads(jsonfeed(a_feed(full_entry())))) == json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Cuba: the 53 prisoners",
            "home_page_url": "https://news.example/stories/cuba-53/",
            "feed_url": "https://news.example/stories/cuba-53/feed.json",
            "description": "Who is free, and who says so.",
            "authors": [{"name": "The news desk"}],
            "language": "en",
            "items": [FULL_ITEM],
        }
    )


def test_what_is_empty_is_absent() -> None:
    bare = a_feed(an_entry(summary="", language="en"), description="", author="", language="en")

    document = json.loads(jsonfeed(bare))

    assert list(document) == ["version", "title", "home_page_url", "feed_url", "language", "items"]
    assert list(document["items"][0]) == [
        *("id", "url", "title", "content_html", "date_published", "date_modified", "_writethru"),
    ]
    assert list(document["items"][0]["_writethru"]) == ["kind"]


def test_empty_feed_has_an_empty_list_of_items() -> None:
    assert json.loads(jsonfeed(a_feed()))["items"] == []


def test_entries_stand_in_the_order_given() -> None:
    entries = [an_entry(id=f"urn:uuid:{number}") for number in (2, 3, 1)]

    document = json.loads(jsonfeed(a_feed(*entries)))

    assert [item["id"] for item in document["items"]] == ["urn:uuid:2", "urn:uuid:3", "urn:uuid:1"]


def test_bytes_are_indented_utf_8_that_ends_in_a_newline() -> None:
    written = jsonfeed(a_feed(title="Kuba 🗞 žánr"))

    assert written.startswith(b'{\n  "version": ')
    assert written.endswith(b"}\n")
    assert "Kuba 🗞 žánr".encode() in written


def test_times_are_whole_seconds_of_utc() -> None:
    havana = timezone(timedelta(hours=-5))
    entry = an_entry(published=datetime(2015, 1, 12, 9, 30, 0, 999_999, tzinfo=havana))

    item = json.loads(jsonfeed(a_feed(entry)))["items"][0]

    assert item["date_published"] == "2015-01-12T14:30:00Z"


def test_time_without_a_zone_is_refused_rather_than_guessed() -> None:
    entry = an_entry().model_copy(update={"published": datetime(2015, 1, 12)})  # noqa: DTZ001 - that is the point

    with pytest.raises(ValueError, match="has no time zone"):
        jsonfeed(a_feed().model_copy(update={"entries": (entry,)}))


def test_hostile_text_comes_back_as_it_was() -> None:
    hostile = '<script>"]]>&amp;\u202e\U0001f5de\t\n\r\x00\u2028'

    item = json.loads(jsonfeed(a_feed(an_entry(title=hostile, summary=hostile, content=hostile))))["items"][0]

    assert (item["title"], item["summary"], item["content_html"]) == (hostile, hostile, hostile)
