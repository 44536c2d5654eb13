"""Sources: which is due, and how long the inbox is locked while one is settled."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feed.fetch import Answer
from feed.intake import gather, sources
from feed.intake.inbox import Inbox
from feed.intake.sources import Source, Sources
from feed.reading.model import Field
from feed.reading.page_text import PageText
from tests.desk import NOW
from tests.sources import item, rss
from tests.texts import FEED, ITEM


def test_source_that_is_due_the_longest_is_claimed_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    load = sources._source

    def counted(row: dict[str, object]) -> Source:
        loaded.append(str(row["url"]))
        return load(row)

    with Inbox(tmp_path) as box:
        for number, hours in enumerate((3, 1, 2)):
            Sources(box).add(f"https://{number}.example/", story="", every_s=hours * 3600, allow=(), now=NOW)
        monkeypatch.setattr(sources, "_source", counted)
        claimed = [Sources(box).claim(NOW + timedelta(hours=hours)) for hours in (0, 2, 2, 2)]
    assert [one and one.url for one in claimed] == [None, "https://1.example/", "https://2.example/", None]
    assert loaded == ["https://1.example/", "https://2.example/"]


def test_texts_are_read_before_the_inbox_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def read_unlocked(paragraphs: tuple[str, ...], _: object) -> list[Field]:
        with closing(sqlite3.connect(tmp_path / "inbox.db", timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
        read.extend(paragraphs)
        return [Field("date", "2015-01-24", paragraphs[0], "a day")]

    monkeypatch.setattr(sources, "read_paragraphs", read_unlocked)
    with Inbox(tmp_path) as box:
        feed = Sources(box)
        source = feed.add(FEED, story="", every_s=3600, allow=(), now=NOW)
        items = [replace(ITEM, name=str(number), text=f"Text {number}.", link="") for number in range(12)]
        assert feed.settle(source, items, NOW, kind="feed") == (10, 0)
        assert feed.settle(feed.source(FEED), [replace(items[0], text="Other."), *items[1:]], NOW, failures=0) == (1, 0)
        drafts = [draft.content for draft in box.texts(FEED, "0")]
    assert read == [*(f"Text {number}." for number in range(10)), "Other."]
    assert [draft.fields[-1].sentence for draft in drafts] == ["Text 0.", "Other."]


def removed(feed: Sources) -> None:
    feed.remove(FEED)


def added_again(feed: Sources) -> None:
    feed.remove(FEED)
    feed.add(FEED, story="budget", every_s=3600, allow=(), now=NOW)


@pytest.mark.parametrize("meanwhile", [removed, added_again])
def test_source_that_was_removed_meanwhile_makes_no_draft(tmp_path: Path, meanwhile: Callable[[Sources], None]) -> None:
    items = [replace(ITEM, name=str(number), title=f"Title {number}", link="") for number in range(5)]
    with Inbox(tmp_path) as box:
        feed = Sources(box)
        source = feed.add(FEED, story="", every_s=3600, allow=(), now=NOW)
        meanwhile(feed)
        page = PageText("Title", ("Other words.",))
        assert feed.settle(source, items, NOW, kind="feed", title="Feed") == (0, 0)
        assert feed.settle_page(replace(source, text="Words."), page, NOW, kind="page") == (0, 0)
        assert (box.drafts(), [one.kind for one in feed.all()]) in [([], []), ([], [""])]
        removed(feed)
        source = feed.add(FEED, story="", every_s=3600, allow=(), now=NOW)
        assert feed.settle(source, items, NOW, kind="feed", title="Feed") == (5, 0)


def test_visit_of_a_source_that_was_removed_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Inbox(tmp_path) as box:
        feed = Sources(box)
        source = feed.add(FEED, story="", every_s=3600, allow=(), now=NOW)

        def fetched(*_: object) -> Answer:
            removed(feed)
            return Answer(200, {}, FEED, rss(item(1)))

        monkeypatch.setattr(gather, "fetch", fetched)
        visit = gather.Gathering(feed, NOW, NOW, "https://news.example/").visit(source)
        assert (visit.problem, visit.settled, visit.source.title, box.drafts()) == (None, (0, 0), "Harbour Radio", [])
