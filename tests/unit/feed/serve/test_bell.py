"""What the doorbell says, by the clock of the newsroom."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from events import commands
from events.errors import Problem, WritethruError
from feed.serve.bell import Bell
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


async def look(bell: Bell) -> list[tuple[str, int]]:
    """Return what rings at the next look."""
    count = bell.count
    assert await bell.look()
    return [(ring.story, ring.number) for ring in bell.since(count)]


def test_embargoed_item_rings_when_the_embargo_has_ended(site: Site, clock: Clock) -> None:
    async def heard() -> list[list[tuple[str, int]]]:
        bell = Bell(site, lambda: None)
        rings = [await look(bell)]
        record(site, commands.report(STORY, "Secret", embargoed_until=BEGIN + timedelta(hours=1)))
        record(site, commands.report(OTHER, "Water rises"))
        for _ in range(2):
            site.publish()
            rings.append(await look(bell))
            clock.now += timedelta(hours=1)
        return rings

    assert asyncio.run(heard()) == [[], [(OTHER, 2)], [(STORY, 3)]]


def test_story_that_failed_before_the_start_rings(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise WritethruError(Problem(where=STORY, check="test", message="it fails.", remedy=""))

    record(site, commands.report(STORY, "Three hurt"))
    with monkeypatch.context() as broken:
        broken.setattr("feed.tasks.render_story", fail)
        assert [story for story, _ in site.publish().failed] == [STORY]

    async def heard() -> list[list[tuple[str, int]]]:
        bell = Bell(site, lambda: None)
        rings = [await look(bell)]
        site.publish()
        return [*rings, await look(bell)]

    assert asyncio.run(heard()) == [[], [(STORY, 3)]]


def test_missed_items_are_read_once_a_publication(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    read = Bell._read

    def counted(bell: Bell, since: int | None) -> object:
        reads.append(since)
        return read(bell, since)

    monkeypatch.setattr(Bell, "_read", counted)

    async def missed() -> list[list[tuple[str, int]]]:
        bell = Bell(site, lambda: None)
        await bell.look()
        answers = [*await asyncio.gather(*map(bell.missed, range(4))), await bell.missed(0)]
        return [[(ring.story, ring.number) for ring in answer] for answer in answers]

    flood, fire = (OTHER, 1), (STORY, 2)
    assert asyncio.run(missed()) == [[flood, fire], [fire], [fire], [], [flood, fire]]
    assert len(reads) == 2
