"""The front page: all stories, and the newest entries over all of them."""

from feed.entries.model import Entry
from feed.pages.build import FactLine, StoryLine, index_page
from tests.pages import SITE, a_line, an_entry, assert_valid, words_of


def a_front(stories: tuple[StoryLine, ...] = (), entries: tuple[Entry, ...] = ()) -> str:
    page = index_page(site=SITE, stories=stories, entries=entries)
    assert_valid(page)
    return page.decode()


def test_index_lists_stories_in_the_order_given() -> None:
    fact = FactLine(
        label="Fuel leaked", was="8 tonnes", now="9 tonnes", standing="Single source: Port", term="reported"
    )
    page = a_front(
        (
            a_line(summary="On a sandbank.", fact=fact, change="All ashore", developments=8, overdue=2, disputed=1),
            a_line(story="water", headline="Water", status="closed", developments=1),
        )
    )
    text = words_of(page)
    assert (
        "Ferry aground On a sandbank. Fuel leaked 8 tonnes → 9 tonnes Single source: Port Latest All ashore "
        "Running story Updated 7 March 2024, 12:00 UTC 8 developments 2 overdue 1 disputed "
        "Water Story closed Updated 7 March 2024, 12:00 UTC 1 development"
    ) in text
    assert '<a href="stories/water/index.html">Water</a>' in page
    assert '<link rel="stylesheet" href="assets/style-1a2b3c4d.css">' in page
    assert '<link rel="canonical" href="https://ledger.example/news/">' in page


def test_index_marks_breaking_news() -> None:
    assert "Breaking All ashore" in words_of(a_front((a_line(change="All ashore", breaking=True),)))


def test_index_shows_the_newest_entries_and_all_feeds() -> None:
    page = a_front((a_line(),), (an_entry("d1"), an_entry("d2", story="other", language="ar")))
    assert '<a href="stories/ferry/index.html#d1" dir="auto">Told as d1</a>' in page
    assert '<li class="latest-entry" lang="ar">' in page
    assert words_of(page).count("Ferry aground") == 2  # its line, and below the entry of that story
    for name in ("feed.atom", "feed.rss", "feed.json", "corrections.atom", "corrections.rss", "corrections.json"):
        assert f'href="https://ledger.example/news/{name}"' in page
    assert 'href="stories.opml"' in page


def test_empty_index_is_a_whole_page() -> None:
    assert "No story has been published yet." in a_front()
