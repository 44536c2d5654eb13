"""Sources: which is due, and how long the inbox is locked while one is settled."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feed.intake import sources
from feed.intake.inbox import Inbox
from feed.intake.sources import Source, Sources
from feed.reading.model import Field
from tests.desk import NOW
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
