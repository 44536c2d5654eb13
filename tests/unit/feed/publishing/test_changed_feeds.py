"""Which feeds wait for the hub after a publication: those that it changed, and no other."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from events import commands
from feed import fast_path
from feed.checkpoint import HUB_NOTE
from feed.health.hub import hub_queue, store_answers
from feed.output.tree import Tree
from feed.publishing import changed_feeds
from feed.publishing.hub_queue import HUB_FACTS_NOTE, Answers
from feed.publishing.remembered import damage
from feed.site import Site
from tests.builders import Clock, reconfigured
from tests.hub import feeds, with_hub
from tests.sites import EMBARGO, a_site, output, record

FIRE, BUDGET = "harbour-fire", "budget"
FIRE_CHANGED = sorted([*feeds(), *feeds(FIRE)])


def waiting(site: Site) -> list[str]:
    """Return the feeds that wait, sorted."""
    queue = hub_queue(site)
    assert queue is not None
    return sorted(queue.feeds)


def call_answered(site: Site) -> None:
    """Let the hub have been told of all that waits."""
    with site.ledger() as ledger, ledger.store.writing() as writing:
        lines = (writing.note(HUB_NOTE) or "").split("\n")
        writing.put_note(HUB_NOTE, "\n".join(["never", lines[1], "0"]))
        writing.put_note(HUB_FACTS_NOTE, "")


@pytest.fixture
def desk(tmp_path: Path) -> tuple[Site, Clock]:
    """Return a newsroom with a hub and two stories, published, and its clock a minute later."""
    site, clock = a_site(tmp_path / "desk", FIRE, BUDGET)
    site = with_hub(site, "https://hub.example/")
    clock.go(timedelta(minutes=1))
    site.publish()
    call_answered(site)
    clock.go(timedelta(minutes=1))
    return site, clock


def report(site: Site, story: str = FIRE, **fields: Any) -> None:
    record(site, commands.report(story, "Another report", **fields))


def test_first_publication_queues_the_feeds_of_a_few_stories(tmp_path: Path) -> None:
    site = with_hub(a_site(tmp_path / "desk", FIRE)[0], "https://hub.example/")
    site.publish()
    corrections = [f"corrections.{name}" for name in ("atom", "rss", "json")]
    assert waiting(site) == sorted([*corrections, *FIRE_CHANGED])


def test_first_publication_of_many_stories_queues_none_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed_feeds, "NEW_FEEDS_MAX", 5)
    site = with_hub(a_site(tmp_path / "desk", FIRE, BUDGET)[0], "https://hub.example/")
    site.publish()
    assert not [path for path in waiting(site) if path.startswith("stories/")]
    assert set(feeds()) < set(waiting(site))


def test_publication_queues_what_it_changed(desk: tuple[Site, Clock]) -> None:
    site, _ = desk
    report(site)
    site.publish()
    assert waiting(site) == FIRE_CHANGED


def test_publication_of_a_correction_queues_that_feed_too(desk: tuple[Site, Clock]) -> None:
    site, _ = desk
    record(site, commands.correct(FIRE, "d1", {"headline": "Better"}, "It was worse.", level="correction"))
    site.publish()
    assert {f"corrections.{name}" for name in ("atom", "rss", "json")} < set(waiting(site))


def test_feed_of_a_fact_is_queued_only_if_it_changes(desk: tuple[Site, Clock]) -> None:
    site, clock = desk
    record(site, commands.revise_story(FIRE, facts={"hurt": {"follow": True}, "lost": {"follow": True}}))
    report(site, facts=[{"key": "hurt", "value": 2}, {"key": "lost", "value": 1}])
    site.publish()
    assert waiting(site) == sorted([*feeds(), *feeds(FIRE, "hurt", "lost")])
    call_answered(site)
    clock.go(timedelta(minutes=1))
    report(site, facts=[{"key": "hurt", "value": 3}])
    site.publish()
    assert waiting(site) == sorted([*feeds(), *feeds(FIRE, "hurt")])


def test_embargoed_change_queues_nothing_before_its_instant(desk: tuple[Site, Clock]) -> None:
    site, clock = desk
    report(site, embargoed_until=EMBARGO)
    site.publish()
    assert waiting(site) == []
    clock.go(EMBARGO)
    site.publish()
    assert waiting(site) == FIRE_CHANGED


def test_publication_without_news_queues_nothing(desk: tuple[Site, Clock]) -> None:
    site, clock = desk
    site.publish()
    clock.go(timedelta(minutes=1))
    site.publish(everything=True)
    assert waiting(site) == []


def test_other_words_of_all_feeds_are_no_news(desk: tuple[Site, Clock]) -> None:
    site, _ = desk
    site = reconfigured(site, 'title = "Test desk"', 'title = "Another desk"')
    report(site, BUDGET)
    assert len(site.publish().changed) > 20
    assert waiting(site) == sorted([*feeds(), *feeds(BUDGET)])


def test_run_after_a_killed_one_queues_what_that_wrote(
    desk: tuple[Site, Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, clock = desk
    report(site)
    clock.go(timedelta(minutes=1))
    with monkeypatch.context() as killed:
        killed.setattr("feed.publishing.publication.Publication.remember", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            site.publish()
    written = output(site)
    report(site, BUDGET, embargoed_until=EMBARGO)
    clock.go(timedelta(minutes=1))
    site.publish()
    assert output(site) == written
    assert waiting(site) == FIRE_CHANGED


def test_publication_after_a_redaction_queues_what_waited(desk: tuple[Site, Clock]) -> None:
    site, clock = desk
    record(site, commands.revise_story(BUDGET, facts={"cost": {"follow": True}}))
    report(site, BUDGET, facts=[{"key": "cost", "value": 2}])
    site.publish()
    clock.go(timedelta(minutes=1))
    record(site, commands.redact(FIRE, "A court ordered it.", development="d1"))
    with site.ledger() as ledger, ledger.store.reading() as reading:
        assert reading.note(HUB_FACTS_NOTE) is None
        assert "cost" not in (reading.note(HUB_NOTE) or "")
    site.publish()
    assert set(waiting(site)) >= {*feeds(), *feeds(FIRE), *feeds(BUDGET, "cost")}


def test_feed_of_a_fact_that_waits_alone_outlives_a_redaction(desk: tuple[Site, Clock]) -> None:
    site, clock = desk
    record(site, commands.revise_story(BUDGET, facts={"cost": {"follow": True}}))
    report(site, BUDGET, facts=[{"key": "cost", "value": 2}])
    site.publish()
    queue = hub_queue(site)
    assert queue is not None
    acknowledged = {path: at for path, at in queue.feeds.items() if "cost" not in path}
    store_answers(site, Answers(acknowledged, refusals=feeds(BUDGET, "cost")[:1], why="its server answers 403"))
    assert waiting(site) == [f"stories/{BUDGET}/facts/cost.atom"]
    clock.go(timedelta(minutes=1))
    record(site, commands.redact(FIRE, "A court ordered it.", development="d1"))
    assert waiting(site) == []
    site.publish()
    assert f"stories/{BUDGET}/facts/cost.atom" in waiting(site)


def test_feeds_over_all_stories_come_first(desk: tuple[Site, Clock]) -> None:
    site, _ = desk
    report(site)
    site.publish()
    queue = hub_queue(site)
    assert queue is not None
    assert sorted(list(queue.feeds)[:3]) == feeds()


def test_removed_hub_is_told_of_nothing_more(desk: tuple[Site, Clock]) -> None:
    site, _ = desk
    report(site)
    site.publish()
    site = reconfigured(site, "hub = ", "# hub = ")
    site.publish()
    assert hub_queue(site) is None


def test_hub_leaves_no_other_trace_in_the_output(desk: tuple[Site, Clock]) -> None:
    site, _ = desk
    before = output(site)
    call_answered(site)
    site.publish(everything=True)
    assert output(site) == before


@pytest.mark.parametrize(
    "note", ["", "x", "never\n0\n0\n1 ../../etc/passwd", "0\n0\n0\n1 https://evil.example/feed.atom"]
)
def test_queue_of_a_stranger_is_named_and_dropped(desk: tuple[Site, Clock], note: str) -> None:
    site, _ = desk
    with site.ledger() as ledger, ledger.store.writing() as writing:
        writing.put_note(HUB_NOTE, note)
    with site.ledger() as ledger, ledger.store.reading() as reading:
        assert list(damage(reading, site.config.site.base_url, now=site.clock())) == [
            "what publishing has remembered cannot be used: hub"
        ]
    report(site)
    site.publish()
    assert set(FIRE_CHANGED) <= set(waiting(site))


def test_idle_run_ends_when_the_hub_is_due(desk: tuple[Site, Clock]) -> None:
    site, clock = desk
    assert fast_path.nothing_to_do(str(site.folder), clock().timestamp())
    report(site)
    site.publish()
    now = clock().timestamp()
    idle = [fast_path.nothing_to_do(str(site.folder), now + seconds) for seconds in (0, 59.9, 60, 600)]
    assert idle == [True, True, False, False]
    call_answered(site)
    assert fast_path.nothing_to_do(str(site.folder), now + 600)


def test_feed_that_vanished_with_the_output_is_queued(desk: tuple[Site, Clock]) -> None:
    site, _ = desk
    shutil.rmtree(site.root)
    report(site)
    site.publish()
    assert waiting(site) == FIRE_CHANGED
    assert Tree(site.root).read("feed.atom") is not None
