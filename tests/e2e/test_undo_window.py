"""A report in its undo window is in no publication, no matter who publishes; then it is."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from events.ledger import Ledger
from events.model.events import AnyEvent
from events.rules.windows import parse_windows
from events.store.base import WINDOWS
from feed.desk.outbox import Outbox
from feed.fast_path import nothing_to_do
from feed.site import Site
from feed.watch import Watch
from tests.builders import Clock, newsroom
from tests.sites import a_site, output, record

WINDOW = timedelta(seconds=10)
SECOND = timedelta(seconds=1)
WITHDRAWALS = [
    commands.hold("flood", "d1"),
    commands.retract("flood", "d1", "It was wrong."),
    commands.redact("flood", "A court ordered it.", development="d1"),
]


@pytest.fixture
def published(tmp_path: Path) -> tuple[Site, Clock]:
    site, clock = a_site(tmp_path / "room", "fire", "flood")
    site.publish()
    clock.go(SECOND)
    return site, clock


def report_with_window(site: Site, headline: str = "Two hurt") -> None:
    with site.ledger() as ledger:
        ledger.undo_window = WINDOW
        ledger.append(commands.report("fire", headline))


def is_public(site: Site, headline: str) -> bool:
    return headline.encode() in output(site)["stories/fire/index.html"]


def is_idle(site: Site, clock: Clock) -> bool:
    return nothing_to_do(str(site.folder), clock.now.timestamp())


def test_report_is_published_once_its_window_has_ended(published: tuple[Site, Clock]) -> None:
    site, clock = published
    before = output(site)
    report_with_window(site)
    site.publish()
    assert output(site) == before
    assert is_idle(site, clock)
    clock.go(9 * SECOND)
    assert is_idle(site, clock)
    clock.go(SECOND)
    assert not is_idle(site, clock)
    site.publish()
    assert is_public(site, "Two hurt")
    clock.go(SECOND)
    assert is_idle(site, clock)


def test_output_does_not_depend_on_the_window(published: tuple[Site, Clock], tmp_path: Path) -> None:
    site, clock = published
    twin, twin_clock = a_site(tmp_path / "twin", "fire", "flood")
    twin_clock.go(SECOND)
    report_with_window(site)
    record(twin, commands.report("fire", "Two hurt"))
    for each, at in ((site, clock), (twin, twin_clock)):
        each.publish()
        at.go(WINDOW)
        each.publish(everything=True)
    pages = [output(each)["stories/fire/history.json"] for each in (site, twin)]
    assert pages[0] == pages[1]


def test_later_report_waits_with_the_one_in_its_window(published: tuple[Site, Clock]) -> None:
    site, clock = published
    report_with_window(site)
    clock.go(SECOND)
    record(site, commands.report("fire", "Ferries stop"))
    site.publish()
    assert not is_public(site, "Ferries stop")
    clock.go(WINDOW)
    site.publish()
    assert is_public(site, "Ferries stop")


@pytest.mark.slow
def test_stream_of_reports_is_published_a_window_late(published: tuple[Site, Clock]) -> None:
    site, clock = published
    for number in range(30):
        report_with_window(site, f"Report {number} ends")
        clock.go(SECOND)
        site.publish()
        assert not is_public(site, f"Report {number - 8} ends")
        assert number < 10 or is_public(site, f"Report {number - 10} ends")


@pytest.mark.parametrize("withdrawal", WITHDRAWALS, ids=lambda event: event.type)
def test_what_withdraws_something_is_published_at_once(published: tuple[Site, Clock], withdrawal: AnyEvent) -> None:
    site, clock = published
    report_with_window(site)
    clock.go(SECOND)
    record(site, withdrawal)
    site.publish()
    assert is_public(site, "Two hurt")
    assert b"First report" not in output(site)["stories/flood/feed.atom"] or withdrawal.type != "event_redacted"


def test_report_in_its_window_can_be_undone(published: tuple[Site, Clock]) -> None:
    site, clock = published
    report_with_window(site)
    site.publish()
    record(site, commands.undo("fire", development="d2"))
    clock.go(WINDOW)
    site.publish()
    assert not is_public(site, "Two hurt")


def test_windows_are_forgotten_once_published(published: tuple[Site, Clock]) -> None:
    site, clock = published

    def windows(ledger: Ledger) -> int:
        with ledger.store.reading() as reading:
            return len(parse_windows(reading.note(WINDOWS)))

    with site.ledger() as ledger:
        report_with_window(site)
        site.publish()
        assert windows(ledger) == 1
        clock.go(WINDOW)
        site.publish()
        assert windows(ledger) == 0


def watch(site: Site, seconds: float) -> None:
    """Watch for a while as `writethru serve` does for its desk."""
    until = time.monotonic() + seconds
    outbox = Outbox(site)
    Watch(
        site.folder,
        stopped=lambda: time.monotonic() > until,
        on_published=lambda _: None,
        on_error=pytest.fail,
        should_publish=outbox.is_due,
    ).run()


@pytest.mark.slow
def test_desk_publishes_when_it_has_recorded_something(tmp_path: Path) -> None:
    site = Site.open(newsroom(tmp_path / "room").folder)  # by the clock of the machine
    record(site, commands.open_story("fire", "Fire at the harbour"))
    site.publish()
    record(site, commands.report("fire", "From a terminal"))
    watch(site, 0.5)
    assert not is_public(site, "From a terminal")
    with site.ledger() as ledger:
        ledger.undo_window = timedelta(0)
        ledger.append(commands.report("fire", "From the desk"))
    watch(site, 2)
    assert is_public(site, "From the desk")
    assert is_public(site, "From a terminal")
