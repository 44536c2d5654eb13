"""`intake` asks a server seldom, only for what has changed, and not before it may: against a local server."""

from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from feed.intake.gather import PAUSE_MAX, RETRY_AFTER_MAX
from tests.builders import HOUR
from tests.sources import LOOPBACK, SourceDesk, item, rss, server_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(tmp_path: Path) -> SourceDesk:
    return SourceDesk(tmp_path)


def test_server_is_asked_only_for_what_changed(desk: SourceDesk) -> None:
    tags = {"ETag": '"1"', "Last-Modified": "Sat, 24 Jan 2015 07:00:00 GMT"}
    with server_of(rss(item(1)), **tags) as server:
        desk.add(server.url)
        assert "1 source read, 0 drafts" in desk.intake()
        desk.intake()
    asked = [(one.get("If-None-Match"), one.get("If-Modified-Since")) for one in server.requests]
    assert asked == [(None, None), *[(tags["ETag"], tags["Last-Modified"])] * 2]
    assert {one["User-Agent"] for one in server.requests} == {"writethru (+https://news.example/)"}


def test_validators_of_an_unreadable_answer_are_not_used(desk: SourceDesk) -> None:
    with server_of(rss(item(1)), ETag='"1"') as server:
        desk.add(server.url)
        server.body, server.headers = b"<rss", {"ETag": '"2"'}
        assert desk.intake().startswith("1 ")
        server.body = rss(item(2), item(1))
        desk.intake()
    assert [one.get("If-None-Match") for one in server.requests] == [None, '"1"', '"1"']
    assert desk.titles() == ["Item 1", "Item 2"]


def test_source_is_not_read_before_it_is_due(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        desk.add(server.url, "--every", "15m")
        assert "0 sources read" in desk.intake(14 * MINUTE)
        assert "1 source read" in desk.intake(MINUTE)
        assert "0 sources read" in desk.intake(14 * MINUTE)
    assert len(server.requests) == 2


def test_intake_of_every_minute_asks_every_15_minutes(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        desk.add(server.url, "--every", "15m")
        for _ in range(60):
            desk.intake(MINUTE)
    assert len(server.requests) == 1 + 4


@pytest.mark.parametrize("every", ["1m", "14m", "0h", "31d", "soon", "-1h", "1.5h"])
def test_source_is_read_at_most_every_15_minutes(desk: SourceDesk, every: str) -> None:
    with server_of(rss(item(1))) as server:
        result = desk.run("source", "add", server.url, "--allow", LOOPBACK, "--every", every)
    assert result.exit_code == 2
    assert "15m" in result.output or "Write it so: 30m" in result.output
    assert server.requests == []


def test_pause_that_a_server_asks_for_is_kept(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        desk.add(server.url)
        server.status, server.headers = 429, {"Retry-After": "7200"}
        assert (
            "the server answers 429.\n  It asks to be left alone until 2015-01-24T11:00:00Z, and is." in desk.intake()
        )
        assert "0 sources read" in desk.intake(HOUR)
        assert "1 source read" in desk.intake(HOUR)
        server.status, server.headers = 503, {"Retry-After": format_datetime(desk.clock.now + 9 * HOUR)}
        desk.intake(2 * HOUR)
        assert "0 sources read" in desk.intake(6 * HOUR)


@pytest.mark.parametrize("after", ["9" * 400, "99999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_pause_without_end_ends(desk: SourceDesk, after: str) -> None:
    with server_of(rss(item(1))) as server:
        desk.add(server.url)
        server.status, server.headers = 429, {"Retry-After": after}
        desk.intake()
        assert "0 sources read" in desk.intake(RETRY_AFTER_MAX - HOUR)
        assert "1 source read" in desk.intake(HOUR)


def test_source_that_is_gone_is_never_asked_again(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        desk.add(server.url)
        server.status = 410
        output = desk.intake()
        assert output.startswith("1 ")
        assert "gone for good (410), so it is not asked again.\n  To forget it: writethru source remove" in output
        assert desk.intake(80 * 24 * HOUR) == "0 0 sources read, 0 drafts made.\n"
        assert "gone for good" in desk.output("source", "list")
    assert (len(server.requests), desk.state()["next"]) == (2, None)


def test_source_that_fails_is_asked_less_and_less_often(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        desk.add(server.url)
        server.status = 500
        for pause in (1, 1, 2, 4, 8, 16, 24, 24):
            assert "0 sources read" in desk.intake(pause * HOUR - MINUTE)
            assert "the server answers 500" in desk.intake(MINUTE)
        assert desk.state()["failures"] == 8
        server.status = 200
        assert desk.intake(PAUSE_MAX).startswith("0 ")
    assert (desk.state()["failures"], desk.state()["problem"]) == (0, None)


def test_source_that_is_being_read_is_not_asked_twice(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        desk.add(server.url)
        server.before = lambda: desk.output("intake")
        desk.intake()
    assert len(server.requests) == 2


def test_source_that_others_delay_is_not_asked_sooner_again(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as slow, server_of(rss(item(2))) as late:
        for server in (slow, late):
            desk.add(server.url, "--every", "15m")
            desk.clock.go(MINUTE)
        slow.before = lambda: desk.clock.go(5 * MINUTE)
        begun = desk.clock.go(15 * MINUTE)
        assert "2 sources read" in desk.intake(timedelta(0))
        slow.before = lambda: None
        desk.clock.go(begun)
        assert "1 source read" in desk.intake(15 * MINUTE)
        assert "0 sources read" in desk.intake(4 * MINUTE)
        assert "1 source read" in desk.intake(MINUTE)


def test_source_that_a_wrong_clock_read_is_asked_again(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        begun = desk.clock.now
        desk.clock.go(timedelta(days=3650))
        desk.add(server.url)
        desk.clock.go(begun)
        assert "1 source read" in desk.intake(MINUTE)
        assert "0 sources read" in desk.intake(MINUTE)
