"""Which feeds there are, what they hold and when they last changed; and OPML."""

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from events.public.sequence import PublicStory
from feed.config import Config, new_config, parse_config
from feed.entries.builder import Address
from feed.entries.story import CORRECTION_KINDS, StoryEntries
from feed.syndication.feeds import ALL_STORIES, CORRECTIONS, merge_entries, site_feed, story_feed, updated_at
from feed.syndication.opml import opml
from tests.builders import BASE_URL, NEWSROOM, START, STORY, Scenario
from tests.builders import at as instant

ADDRESS = Address(newsroom=NEWSROOM, base_url=BASE_URL)


def a_config(*, base_url: str = BASE_URL, title: str = "Desk") -> Config:
    return parse_config(new_config(NEWSROOM, created_at="2026-03-01T00:00:00Z", base_url=base_url, title=title))


def entries_of(public: PublicStory) -> StoryEntries:
    return StoryEntries(public, ADDRESS)


def test_story_feed_introduces_itself_by_the_story() -> None:
    story = Scenario(language="de", summary="What burns.").report("d1")
    feed = story_feed(a_config(), entries_of(story.public()).story, story.entries(), opened_at=START)
    assert (feed.title, feed.description, feed.language) == ("Fire at the harbour", "What burns.", "de")
    assert feed.url("atom") == f"{BASE_URL}stories/{STORY}/feed.atom"
    assert feed.home_url == f"{BASE_URL}stories/{STORY}/"
    assert feed.updated == story.entries()[0].touched


def test_story_feed_without_entries_has_all_required_elements() -> None:
    story = Scenario()
    feed = story_feed(a_config(), entries_of(story.public()).story, (), opened_at=START)
    assert (feed.description, feed.language) == ("Fire at the harbour: what changed, as it was reported.", "en")
    assert feed.updated == START


def test_site_feeds_are_told_apart_and_begin_with_the_newsroom() -> None:
    every, corrections = (site_feed(a_config(), path, ()) for path in (ALL_STORIES, CORRECTIONS))
    assert (every.title, corrections.title) == ("Desk", "Desk: corrections")
    assert every.updated == corrections.updated == datetime(2026, 3, 1, tzinfo=UTC)
    assert (every.url("rss"), corrections.url("json")) == (f"{BASE_URL}feed.rss", f"{BASE_URL}corrections.json")
    assert every.id != corrections.id


def test_feed_ids_stay_when_the_site_moves() -> None:
    moved = a_config(base_url="https://elsewhere.example/news", title="Another")
    for path in (ALL_STORIES, CORRECTIONS):
        assert site_feed(moved, path, ()).id == site_feed(a_config(), path, ()).id
    story = entries_of(Scenario().public()).story
    assert story_feed(moved, story, (), opened_at=START).id == story_feed(a_config(), story, (), opened_at=START).id


@pytest.mark.parametrize("fraction", ["", ".999"])
def test_empty_feed_is_as_old_as_its_story_in_whole_seconds(fraction: str) -> None:
    assert updated_at((), instant(f"2026-03-02T08:00:00{fraction}Z")) == START


# The feeds over all stories.


def test_entries_of_one_second_keep_their_order_within_a_story() -> None:
    story = Scenario().report("d1", at=START).report("d2", at=START).report("d3", at=START)
    assert [entry.anchor for entry in merge_entries((), story.entries(), stories=[STORY], most=9)] == ["d3", "d2", "d1"]


# When a feed changes, it says so.


def seen_in(public: PublicStory, kinds: Any) -> tuple[datetime, list[dict[str, Any]]]:
    entries = () if public.state is None else entries_of(public).newest(kinds=kinds)
    return updated_at(entries, START), [entry.model_dump(exclude={"touched", "pinned"}) for entry in entries]


def test_typo_moves_the_feed_and_not_the_entry() -> None:
    story = Scenario().report("d1").correct("d1", level="typo", headline="Repport d1", at="2026-03-05")
    [entry] = story.entries()
    assert entry.updated == instant("2026-03-02T09:00:00Z")
    assert updated_at([entry], START) == instant("2026-03-05")


def test_corrections_feed_is_updated_when_a_report_is_held() -> None:
    story = Scenario().report("d1").correct("d1", body="Other").hold("d1", at="2026-03-05")
    updated, [correction] = seen_in(story.public(), CORRECTION_KINDS)
    assert correction["withdrawn"]
    assert updated == instant("2026-03-05")


# OPML.


def test_opml_lists_every_feed_by_slug() -> None:
    document = opml(a_config(title="Desk & <Co>"), [("b", "B ]]> <x>"), ("a", 'A "quoted"')], updated=START)
    root = ET.fromstring(document)
    assert root.get("version") == "2.0"
    assert root.findtext("head/title") == "Desk & <Co>"
    assert root.findtext("head/dateModified") == "Mon, 02 Mar 2026 08:00:00 GMT"
    assert [outline.attrib for outline in root.iter("outline")] == [
        {
            "type": "rss",
            "text": text,
            "title": text,
            "xmlUrl": f"{BASE_URL}stories/{slug}/feed.rss",
            "htmlUrl": f"{BASE_URL}stories/{slug}/",
        }
        for slug, text in (("a", 'A "quoted"'), ("b", "B ]]> <x>"))
    ]


def test_opml_of_no_story_is_a_document() -> None:
    assert ET.fromstring(opml(a_config(), [], updated=START)).find("body") is not None
