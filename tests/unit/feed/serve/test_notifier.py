"""What listeners are notified of, by the clock of the newsroom."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from events import commands
from events.errors import Problem, WritethruError
from feed.serve.notifier import Notifier
from feed.site import Site
from tests.builders import STORY, Clock, newsroom
from tests.sites import record

OTHER = "flood"
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(BEGIN)


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Site:
    """Return a newsroom that has published three items of two stories."""
    site = newsroom(tmp_path / "desk", clock)
    record(site, commands.open_story(STORY, "Fire"), commands.open_story(OTHER, "Flood"))
    record(site, commands.report(STORY, "Two hurt"))
    site.publish()
    return site


async def look(notifier: Notifier) -> list[tuple[str, int]]:
    """Return what the next look notifies of."""
    count = notifier.count
    assert await notifier.look()
    return [(item.story, item.number) for item in notifier.since(count)]


def test_embargoed_item_is_notified_of_when_its_embargo_ends(site: Site, clock: Clock) -> None:
    async def heard() -> list[list[tuple[str, int]]]:
        notifier = Notifier(site, lambda: None)
        items = [await look(notifier)]
        record(site, commands.report(STORY, "Secret", embargoed_until=BEGIN + timedelta(hours=1)))
        record(site, commands.report(OTHER, "Water rises"))
        for _ in range(2):
            site.publish()
            items.append(await look(notifier))
            clock.now += timedelta(hours=1)
        return items

    assert asyncio.run(heard()) == [[], [(OTHER, 2)], [(STORY, 3)]]


def test_story_that_failed_before_the_start_is_notified_of(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise WritethruError(Problem(where=STORY, check="test", message="it fails.", remedy=""))

    record(site, commands.report(STORY, "Three hurt"))
    with monkeypatch.context() as broken:
        broken.setattr("feed.publishing.tasks.render_story", fail)
        assert [story for story, _ in site.publish().failed] == [STORY]

    async def heard() -> list[list[tuple[str, int]]]:
        notifier = Notifier(site, lambda: None)
        items = [await look(notifier)]
        site.publish()
        return [*items, await look(notifier)]

    assert asyncio.run(heard()) == [[], [(STORY, 3)]]


def test_missed_items_are_read_once_a_publication(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    read = Notifier._read

    def counted(notifier: Notifier, since: int | None) -> object:
        reads.append(since)
        return read(notifier, since)

    monkeypatch.setattr(Notifier, "_read", counted)

    async def missed() -> list[list[tuple[str, int]]]:
        notifier = Notifier(site, lambda: None)
        await notifier.look()
        answers = [*await asyncio.gather(*map(notifier.missed, range(4))), await notifier.missed(0)]
        return [[(item.story, item.number) for item in answer] for answer in answers]

    flood, fire = (OTHER, 1), (STORY, 2)
    assert asyncio.run(missed()) == [[flood, fire], [fire], [fire], [], [flood, fire]]
    assert len(reads) == 2
