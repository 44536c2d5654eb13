"""A story's feed and the archive behind it (RFC 5005): no entry is missing, and no withdrawn text is left."""

from dataclasses import dataclass, field
from datetime import datetime

import feedparser
import pytest
from lxml import etree

from events import commands
from feed.config import new_config, parse_config
from feed.publishing.render import FEED_BYTES_MAX, render_story
from feed.transparency.leaves import StoryLog
from tests.builders import BASE_URL, NEWSROOM, Scenario, claim

PAGE = 3
FEED = "stories/harbour-fire/feed.atom"
TEXT = new_config(NEWSROOM, created_at="2026-03-01T00:00:00Z", base_url=BASE_URL, title="Test desk")


def files(story: Scenario, *, most: int = PAGE, now: str | datetime | None = None) -> dict[str, bytes]:
    config = parse_config(TEXT.replace("entries = 50", f"entries = {most}"))
    public = story.public(now)
    return {file.path: file.data for file in render_story(config, public, StoryLog(updates=(), leaves=())).files}


def archive(tree: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in tree.items() if "/archive/" in path}


@dataclass
class Subscriber:
    """Reads feeds: of entries with one id the most recently updated stands (RFC 5005, 4)."""

    known: dict[str, feedparser.FeedParserDict] = field(default_factory=dict)

    def read(self, data: bytes) -> str | None:
        """Take in a document, and give the address of the one before."""
        document = feedparser.parse(data)
        assert not document.bozo
        for entry in document.entries:
            former = self.known.get(entry.id)
            if former is None or entry.updated_parsed >= former.updated_parsed:
                self.known[entry.id] = entry
        links = [link.href for link in document.feed.links if link.rel == "prev-archive"]
        return links[0] if links else None

    def walk(self, tree: dict[str, bytes]) -> list[str]:
        """Read the feed, then all of the archive, the newest page first; give the addresses walked."""
        walked: list[str] = []
        before = self.read(tree[FEED])
        while before is not None:
            walked.append(before)
            before = self.read(tree[before.removeprefix(BASE_URL)])
        return walked

    @property
    def text(self) -> str:
        return " ".join(f"{entry.title} {entry.content[0].value}" for entry in self.known.values())


def a_long_story(reports: int = 8) -> Scenario:
    story = Scenario()
    for number in range(1, reports + 1):
        story.report(f"d{number}", claim("hurt", number), headline=f"{number} hurt", body=f"Text {number}.")
    return story


def test_short_story_has_no_archive() -> None:
    tree = files(a_long_story(3))
    assert archive(tree) == {}
    assert b"prev-archive" not in tree[FEED]


def test_new_subscriber_walks_the_whole_story() -> None:
    tree = files(a_long_story())
    subscriber = Subscriber()
    assert subscriber.walk(tree) == [f"{BASE_URL}stories/harbour-fire/archive/{number:04}.atom" for number in (2, 1)]
    assert sorted(entry.title for entry in subscriber.known.values()) == [f"{number} hurt" for number in range(1, 9)]


def test_page_of_the_archive_says_that_it_is_one() -> None:
    tree = files(a_long_story())
    page = etree.fromstring(tree["stories/harbour-fire/archive/0002.atom"])
    assert page.find("{http://purl.org/syndication/history/1.0}archive") is not None
    links = {link.get("rel"): link.get("href") for link in page.findall("{http://www.w3.org/2005/Atom}link")}
    assert links["current"] == f"{BASE_URL}{FEED}"
    assert links["self"].endswith("/archive/0002.atom")
    assert links["prev-archive"].endswith("/archive/0001.atom")


def test_full_pages_stay_as_they_are_when_the_story_goes_on() -> None:
    story = a_long_story()
    before = archive(files(story))
    after = archive(files(story.report("d9").report("d10")))
    assert len(after) == len(before) + 1
    assert after.items() >= before.items()


def test_correction_is_in_feed_and_archive_and_changes_no_page() -> None:
    story = a_long_story()
    before = files(story)
    polling = Subscriber()
    polling.walk(before)
    story.correct("d1", body="Better text.", note="The text was wrong.")
    after = files(story)
    assert archive(after).items() >= archive(before).items()
    polling.read(after[FEED])
    walking = Subscriber()
    walking.walk(after)
    for subscriber in (polling, walking):
        assert "Better text." in subscriber.text
        assert "Correction: 1 hurt" in subscriber.text
        [report] = [entry for entry in subscriber.known.values() if entry.title == "1 hurt"]
        assert "Text 1." not in report.content[0].value


@pytest.mark.parametrize("way", ["retract", "hold", "redact"])
def test_text_that_is_taken_back_is_gone_from_every_page(way: str) -> None:
    story = a_long_story()
    story.correct("d1", headline="One was hurt", note="Better words.")
    for number in range(9, 15):
        story.report(f"d{number}")
    assert sum(b"Text 1." in page for page in archive(files(story)).values()) == 2
    match way:
        case "retract":
            story.retract("d1")
        case "hold":
            story.hold("d1")
        case _:
            story.redact(development="d1")
    for path, data in files(story).items():
        if path.endswith((".atom", ".rss", "feed.json")):
            assert b"Text 1." not in data, path
            assert b"1 hurt" not in data.replace(b"11 hurt", b""), path


def test_typo_is_mended_on_every_page() -> None:
    story = a_long_story().correct("d1", happened="2026-03-02", note="The day was missing.", level="clarification")
    for number in range(9, 15):
        story.report(f"d{number}")
    story.correct("d1", body="Textt 1.", level="typo")
    pages = archive(files(story)).values()
    assert sum(b"Textt 1." in page for page in pages) == 2
    assert not any(b"Text 1." in page for page in pages)


def test_entry_stays_as_it_was_where_it_stood_first() -> None:
    story = a_long_story()
    story.correct("d1", body="Better text.", note="The text was wrong.")
    for number in range(9, 15):
        story.report(f"d{number}")
    (
        first,
        *_,
    ) = archive(files(story)).values()
    assert b"Text 1." in first
    assert b"Better text." not in first


def test_long_texts_make_short_pages() -> None:
    story = Scenario()
    for number in range(1, 9):
        story.report(f"d{number}", body="Long text. " * 7_000)
    tree = files(story, most=50)
    assert len(archive(tree)) == 3
    assert all(
        len(data) <= FEED_BYTES_MAX for path, data in tree.items() if path.endswith((".atom", ".rss", "feed.json"))
    )
    assert len(Subscriber().walk(tree)) == 3


def test_all_formats_leave_out_the_same() -> None:
    story = Scenario()
    for number in range(1, 13):
        story.report(f"d{number}", body="Long text & more. " * 1_500)
    tree = files(story, most=50)
    told = {path: data.count(b"urn:uuid:") for path, data in tree.items() if path.endswith((".rss", "feed.json"))}
    entries = len(feedparser.parse(tree[FEED]).entries)
    assert set(told.values()) == {entries}
    assert entries < 12


@pytest.mark.slow
def test_entry_that_is_too_large_alone_goes_out_whole() -> None:
    story = a_long_story().report("huge", body="&" * 100_000)
    tree = files(story, most=50)
    assert len(tree[FEED]) > FEED_BYTES_MAX
    assert [entry.title for entry in feedparser.parse(tree[FEED]).entries] == ["Report huge"]
    subscriber = Subscriber()
    subscriber.walk(tree)
    assert len(subscriber.known) == 9


def test_redacted_report_has_a_tombstone_in_the_archive() -> None:
    story = a_long_story()
    story.correct("d1", headline="One was hurt", note="Better words.")
    for number in range(9, 15):
        story.report(f"d{number}")
    first = archive(files(story.redact(development="d1")))["stories/harbour-fire/archive/0001.atom"]
    assert b"deleted-entry" in first


def test_redacted_correction_is_gone_from_every_page() -> None:
    story = a_long_story().correct("d1", body="A name.", note="Fuller.")
    erased = story.recorded[-1].id
    story.correct("d1", headline="One was hurt", note="Better words.")
    for number in range(9, 16):
        story.report(f"d{number}")
    assert any(b"A name." in page for page in archive(files(story)).values())
    pages = archive(files(story.redact(event=erased))).values()
    assert not any(b"A name." in page for page in pages)
    assert any(b"[removed]" in page for page in pages)


def test_pin_of_a_report_lists_nothing() -> None:
    story = a_long_story()
    before = archive(files(story))
    assert archive(files(story.record(commands.pin(story.slug, "d1")))) == before
