"""What a process that publishes again and again keeps of the stories."""

import gc
from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from events.fold.facts import HistoryItem
from events.store.base import Line
from feed.entries.model import Entry
from feed.pages.build import StoryLine
from feed.pages.templating import PARTS
from feed.publishing.residents import Residents
from feed.syndication.atom_rss import ELEMENTS
from tests.builders import STORY, Clock, newsroom

SECRET = "The name of a minor"


def test_no_redacted_text_stays_in_memory(tmp_path: Path) -> None:
    clock = Clock()
    site = newsroom(tmp_path, clock)
    site.residents = Residents()
    with site.ledger() as ledger:
        ledger.append(commands.open_story(STORY, "Fire"))
        facts = [{"key": "victim.name", "value": SECRET}]
        ledger.append(commands.report(STORY, SECRET, facts=facts, development="d1", id="r1"))
    clock.go(timedelta(minutes=1))
    site.publish()
    assert _kept(SECRET)
    with site.ledger() as ledger:
        ledger.append(commands.redact(STORY, "A court ordered it.", event="r1"))
    clock.go(timedelta(minutes=1))
    site.publish()
    assert not _kept(SECRET)


def test_parts_and_elements_are_kept_only_where_one_process_publishes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    caches = (PARTS, ELEMENTS)
    for cache in caches:
        monkeypatch.setattr(cache, "is_on", False)
    Residents()
    assert all(cache.is_on for cache in caches)


def _kept(text: str) -> bool:
    """Return True if an entry, a step of a fact, or a line of the index, that quotes `text` is still in memory."""
    gc.collect()
    kept = (Entry, HistoryItem, Line, StoryLine)
    return any(isinstance(item, kept) and text in str(item) for item in gc.get_objects())
