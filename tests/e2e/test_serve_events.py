"""The event stream of `writethru serve`: what it says, when, and what it never says."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from events import commands
from events.system import utc_now
from feed.site import Site
from tests.builders import STORY, newsroom
from tests.served import TO_END_S, Serving, serving
from tests.sites import record, sql

pytestmark = pytest.mark.slow

OTHER = "flood"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a newsroom that has published three items of two stories, by the real clock."""
    site = Site.open(newsroom(tmp_path / "desk").folder, clock=utc_now)
    record(site, commands.open_story(STORY, "Fire"), commands.open_story(OTHER, "Flood"))
    publish(site, STORY, "Two hurt")
    return site


@pytest.fixture
def server(site: Site) -> Iterator[Serving]:
    with serving(site) as server:
        yield server


def publish(site: Site, story: str, headline: str, **fields: Any) -> None:
    record(site, commands.report(story, headline, **fields))
    site.publish()


def notice(story: str, number: int) -> str:
    return f'{{"story":"{story}","n":{number}}}'


def test_publication_by_another_process_rings(site: Site, server: Serving) -> None:
    with server.listening() as listener:
        assert listener.response.getheader("content-type") == "text/event-stream; charset=utf-8"
        assert listener.response.getheader("cache-control") == "no-store"
        hello = listener.hello
        assert (hello["event"], hello["id"], hello["data"]) == ("hello", "3", '{"size":3}')
        assert 2_000 <= int(hello["retry"]) <= 5_000
        publish(site, STORY, "Three hurt")
        assert listener.heard() == ("4", notice(STORY, 3))
        assert b"Three hurt" in server.ask(f"/stories/{STORY}/feed.atom").body
        publish(site, OTHER, "Water rises")
        assert listener.heard() == ("5", notice(OTHER, 2))


def test_listener_to_one_story_hears_no_other(site: Site, server: Serving) -> None:
    with server.listening(f"?story={OTHER}") as listener:
        publish(site, STORY, "Three hurt")
        publish(site, OTHER, "Water rises")
        assert listener.heard() == ("5", notice(OTHER, 2))


def test_who_comes_back_hears_the_newest_of_each_story(site: Site) -> None:
    for number in range(3):
        publish(site, STORY, f"Report {number}")
    fire = ("6", notice(STORY, 5))
    with serving(site) as server:
        publish(site, OTHER, "Water rises")
        newest = ("7", notice(OTHER, 2))
        with server.listening() as listener:
            assert listener.hello["id"] == "7" or listener.heard() == newest
        for last, missed in {"0": [fire, newest], "5": [fire, newest], "6": [newest]}.items():
            with server.listening(Last_Event_ID=last) as listener:
                assert listener.hello["id"] == last
                assert [listener.heard() for _ in missed] == missed
    with serving(site) as server, server.listening(f"?story={OTHER}", Last_Event_ID="0") as listener:
        assert listener.heard() == newest


@pytest.mark.parametrize("last", ["", "x", "-1", "7", "9" * 40, "1e3", "0x1", " "])
def test_id_that_is_none_of_this_log_is_answered_by_hello(server: Serving, last: str) -> None:
    with server.listening(Last_Event_ID=last) as listener:
        assert listener.hello["id"] == "3"


def test_watch_publishes_and_rings(site: Site) -> None:
    with serving(site, "--watch") as server, server.listening() as listener:
        for number in range(3, 8):
            record(site, commands.report(STORY, f"Report {number}"))
            assert listener.heard() == (str(number + 1), notice(STORY, number))
            assert f"Report {number}".encode() in server.ask(f"/stories/{STORY}/").body
        assert server.stop() == (0, "")


def test_watch_serves_a_newsroom_that_has_not_published(tmp_path: Path) -> None:
    site = Site.open(newsroom(tmp_path / "desk").folder, clock=utc_now)
    with serving(site, "--watch") as server:
        ends = time.monotonic() + 20
        while server.ask("/healthz").status != 200:
            assert time.monotonic() < ends
        assert server.ask("/").status == 200


def test_secret_does_not_ring_before_its_time(site: Site) -> None:
    with serving(site, "--watch") as server, server.listening() as listener:
        record(site, commands.report(OTHER, "It rains"))
        assert listener.heard()[1] == notice(OTHER, 2)  # so it has begun to publish, which takes a while
        lifts = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=8)
        record(
            site,
            commands.open_story("secret", "Secret"),
            commands.report(STORY, "Secret", embargoed_until=lifts),
            commands.report("secret", "More", embargoed_until=lifts),
        )
        record(site, commands.report(OTHER, "Water rises"))
        heard = {listener.heard()[1] for _ in range(2)}
        assert heard == {notice(OTHER, 3), notice("secret", 1)}  # that the story is open is public
        with server.listening(Last_Event_ID="0") as late:
            assert {late.heard()[1] for _ in range(3)} == heard | {notice(STORY, 2)}
        assert datetime.now(UTC) < lifts
        assert {listener.heard()[1] for _ in range(2)} == {notice(STORY, 3), notice("secret", 2)}
        assert datetime.now(UTC) >= lifts


def test_story_that_failed_rings_once_it_is_published(site: Site, server: Serving) -> None:
    record(site, commands.report(STORY, "Three hurt"), commands.report(OTHER, "Water rises"))
    with sql(site) as ledger:
        [(body,)] = ledger.execute("SELECT body FROM bodies WHERE position = 4").fetchall()
        ledger.execute("UPDATE bodies SET body = '{' WHERE position = 4")
    with server.listening() as listener:
        assert [story for story, _ in site.publish().failed] == [STORY]
        assert listener.heard()[1] == notice(OTHER, 2)
        with sql(site) as ledger:
            ledger.execute("UPDATE bodies SET body = ? WHERE position = 4", (body,))
        assert site.publish().failed == ()
        assert listener.heard()[1] == notice(STORY, 3)


def test_sigterm_ends_open_streams_politely(site: Site) -> None:
    with serving(site, "--watch") as server:
        listeners = [server.listening() for _ in range(50)]
        opened = [listener.__enter__() for listener in listeners]
        began = time.monotonic()
        assert server.stop() == (0, "")
        assert time.monotonic() - began < TO_END_S
        for listener in opened:
            assert listener.next() == {"": "bye"}
            assert listener.response.read() == b""
        for listening in listeners:
            listening.__exit__(None, None, None)


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("POST", 405)])
def test_only_get_opens_a_stream(server: Serving, method: str, status: int) -> None:
    answer = server.ask("/~events", method=method)
    assert (answer.status, answer.body if method == "HEAD" else b"") == (status, b"")


def test_stream_is_for_known_hosts_alone(server: Serving) -> None:
    assert server.ask("/~events", Host="evil.example").status == 421
