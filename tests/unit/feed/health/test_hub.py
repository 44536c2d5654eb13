"""The calls of one process: one at a time, each failure said once, and nothing lost if something else fails."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from events.errors import StoreError
from feed.health import hub as module
from feed.health.hub import HubCalls, hub_queue
from feed.site import Site
from tests.builders import Clock, reconfigured
from tests.hub import Hub, feeds, hub, with_hub
from tests.sites import a_site, record

pytestmark = pytest.mark.slow  # each test has a server of its own

FIRE = "harbour-fire"
CHANGED = sorted([*feeds(), *feeds(FIRE)])
PATIENCE_S = 30


@pytest.fixture
def told() -> Iterator[Hub]:
    with hub() as state:
        yield state


@pytest.fixture
def desk(tmp_path: Path, told: Hub) -> tuple[Site, Clock, HubCalls, list[str]]:
    """Return a newsroom whose hub was told of everything, its clock, its calls, and their warnings."""
    site, clock = a_site(tmp_path / "desk", FIRE)
    site = with_hub(site, told.url)
    warnings: list[str] = []
    calls = HubCalls(warnings.append)
    site.publish()
    tell(site, calls)
    assert set(told.topics()) > set(CHANGED)
    clock.go(timedelta(minutes=1))
    return site, clock, calls, warnings


def tell(site: Site, calls: HubCalls) -> None:
    calls.begin(site)
    calls.settle(wait_s=PATIENCE_S)


def publish(site: Site) -> None:
    record(site, commands.report(FIRE, "Another report"))
    site.publish()


def waiting(site: Site) -> list[str]:
    queue = hub_queue(site)
    return [] if queue is None else sorted(queue.feeds)


def test_publication_during_a_call_is_told_after_it(desk: tuple[Site, Clock, HubCalls, list[str]], told: Hub) -> None:
    site, clock, calls, _ = desk
    publish(site)
    answers = threading.Event()
    told.status = lambda _: 202 if answers.wait(PATIENCE_S) else 500
    calls.begin(site)
    clock.go(timedelta(minutes=1))
    publish(site)
    calls.begin(site)
    answers.set()
    calls.settle(wait_s=PATIENCE_S)
    assert told.topics() == sorted([*CHANGED, *CHANGED])
    assert waiting(site) == []


@pytest.mark.slow
def test_same_failure_is_said_once_until_it_is_mended(desk: tuple[Site, Clock, HubCalls, list[str]], told: Hub) -> None:
    site, clock, calls, warnings = desk
    for statuses, count in (([503, 503, 429, 429], 2), ([202, 429], 3)):
        for status in statuses:
            told.status = lambda _, status=status: status  # type: ignore[misc]
            publish(site)
            clock.go(timedelta(minutes=15))
            tell(site, calls)
        assert len(warnings) == count
    assert warnings[0].startswith("hub: its server answers 503.\n")


@pytest.mark.slow
def test_refused_feed_is_told_and_said_each_quarter_of_an_hour(
    desk: tuple[Site, Clock, HubCalls, list[str]], told: Hub
) -> None:
    site, clock, calls, warnings = desk
    told.status = lambda topic: 403 if topic.endswith(".json") else 202
    refused = [path for path in CHANGED if path.endswith(".json")]
    minutes: list[list[str]] = []
    for _ in range(17):
        publish(site)
        tell(site, calls)
        minutes.append([path for path in told.topics() if path in refused])
        clock.go(timedelta(minutes=1))
    assert minutes == [refused, *[[]] * 14, refused, []]
    assert waiting(site) == refused
    assert [warning.partition("\n")[0] for warning in warnings] == ["hub: its server answers 403."]


def test_ledger_that_cannot_be_written_is_said_and_nothing_lost(
    desk: tuple[Site, Clock, HubCalls, list[str]], told: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, _, calls, warnings = desk
    publish(site)

    def fail(*_: object) -> None:
        raise StoreError("ledger.db", "the disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(module, "store_answers", fail)
        tell(site, calls)
    assert [warning.partition("\n")[0] for warning in warnings] == ["hub: ledger.db: the disk is full."]
    assert waiting(site) == CHANGED
    told.topics()
    tell(site, calls)
    assert (told.topics(), waiting(site)) == (CHANGED, [])


def test_metrics_that_cannot_be_written_are_left_to_the_report(
    desk: tuple[Site, Clock, HubCalls, list[str]], told: Hub
) -> None:
    """The report of the same run warns of the file, which is no fault of the hub."""
    site, _, calls, warnings = desk
    site = reconfigured(site, "[output]", '[metrics]\nfile = "/proc/desk.prom"\n\n[output]')
    publish(site)
    tell(site, calls)
    assert warnings == []
    assert (told.topics(), waiting(site)) == (CHANGED, [])


def test_newsroom_without_a_hub_calls_none(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path / "desk", FIRE)
    site.publish()
    before = (site.folder / "ledger.db").read_bytes()
    tell(site, HubCalls(pytest.fail))
    assert (site.folder / "ledger.db").read_bytes() == before
