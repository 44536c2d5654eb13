"""One call of the hub: one connection, one deadline, and what it answers to what."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from events.model.edtf import microseconds
from feed.health import hub_call
from feed.health.hub_call import HubCall
from feed.publishing.hub_queue import Answers, HubQueue
from feed.site import Site
from tests.hub import SECRET, Hub, feeds, hub
from tests.sites import a_site

pytestmark = pytest.mark.slow  # each test has a server of its own

FIRE = "harbour-fire"
QUEUE = HubQueue(published_us=0, feeds=dict.fromkeys([*feeds(), *feeds(FIRE)], 7))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site, _ = a_site(tmp_path / "desk", FIRE)
    site.publish()
    return site


@pytest.fixture
def told() -> Iterator[Hub]:
    with hub() as state:
        yield state


def answers(site: Site, url: str, queue: HubQueue = QUEUE) -> Answers:
    return ended(HubCall(site, url, queue))


def ended(call: HubCall) -> Answers:
    assert call.wait(60)
    return call.answers()


def test_call_tells_of_each_feed_on_one_connection(site: Site, told: Hub) -> None:
    assert answers(site, told.url) == Answers(QUEUE.feeds)
    assert told.topics() == sorted(QUEUE.feeds)
    assert told.connections == 1


def test_call_of_an_address_without_a_path_goes_to_its_root(site: Site, told: Hub) -> None:
    assert answers(site, told.url.replace(f"/{SECRET}", "")) == Answers(QUEUE.feeds)
    assert told.paths == {f"/?key={SECRET}"}


def test_call_leaves_out_a_feed_that_is_gone(site: Site, told: Hub) -> None:
    (site.root / "feed.json").unlink()
    assert answers(site, told.url) == Answers(QUEUE.feeds)
    assert told.topics() == sorted(set(QUEUE.feeds) - {"feed.json"})


@pytest.mark.parametrize(
    "status",
    [301, 307, 400, 404, 429, 500, 503],
)
def test_call_that_is_refused_says_why(site: Site, told: Hub, status: int) -> None:
    told.status = lambda _: status
    answer = answers(site, told.url)
    assert (answer.acknowledged, answer.reached, answer.refusals) == ({}, status in {400, 404}, tuple(QUEUE.feeds))
    assert answer.why.startswith(f"its server answers {status}")
    assert ("set site.hub" in answer.why) == (status < 400)
    assert len(told.forms) == len(QUEUE.feeds), "it follows no redirect"


def test_call_goes_on_after_a_feed_that_is_refused(site: Site, told: Hub) -> None:
    told.status = lambda topic: 422 if topic.endswith(".json") else 204
    answer = answers(site, told.url)
    assert answer == Answers(
        {path: 7 for path in QUEUE.feeds if not path.endswith(".json")},
        refusals=tuple(path for path in QUEUE.feeds if path.endswith(".json")),
        why="its server answers 422",
    )


def test_call_leaves_out_a_feed_that_was_just_refused(site: Site, told: Hub) -> None:
    now_us = microseconds(site.clock())
    queue = QUEUE._replace(pauses={"feed.json": now_us + 1, "feed.rss": now_us})
    assert answers(site, told.url, queue) == Answers({path: 7 for path in QUEUE.feeds if path != "feed.json"})
    assert told.forms[-1]["hub.url"].endswith("/feed.rss"), "what it never refused comes first"


def test_call_that_has_nothing_to_tell_is_no_failure(site: Site) -> None:
    assert answers(site, "http://127.0.0.1:1/", HubQueue(published_us=0)) == Answers({})


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:1/", "its server cannot be reached: Connection refused"),
        ("http://127.0.0.1:99999/", "its server cannot be reached: ValueError"),
        ("http://a..example/", "its server cannot be reached: "),
    ],
)
def test_hub_that_is_not_there_is_named_without_its_address(site: Site, url: str, why: str) -> None:
    answer = answers(site, f"{url}{SECRET}?key={SECRET}")
    assert answer.why.startswith(why)
    assert SECRET not in answer.why
    assert (answer.acknowledged, answer.reached, answer.refusals) == ({}, False, ())


@pytest.mark.slow
def test_slow_hub_has_one_deadline_for_all_feeds(site: Site, told: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_call, "SECONDS_MAX", 2.0)
    ends = threading.Event()
    told.status = lambda _: 202 if len(told.forms) < 2 or ends.wait(60) else 500
    began = time.monotonic()
    call = HubCall(site, told.url, QUEUE)
    assert not call.wait(0)
    answer = ended(call)
    assert time.monotonic() - began < 20
    ends.set()
    assert len(answer.acknowledged) == 2
    assert (answer.reached, answer.unanswered) == (True, list(QUEUE.feeds)[2])
    assert answer.why == "there was no answer within 2 s"


def test_server_that_says_nothing_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_call, "SECONDS_MAX", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        call = HubCall(site, f"http://127.0.0.1:{silent.getsockname()[1]}/", QUEUE)
        first = next(iter(QUEUE.feeds))
        assert ended(call) == Answers({}, unanswered=first, why="there was no answer within 0.3 s", reached=False)
        call._thread.join(5)
        assert not call._thread.is_alive()


def test_call_that_is_ended_does_not_blame_the_server(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_call, "SECONDS_MAX", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        call = HubCall(site, f"http://127.0.0.1:{silent.getsockname()[1]}/", QUEUE)
        assert call.wait(60)
        shut_down = socket.socket.shutdown

        def shut_down_and_see_it(connection: socket.socket, how: int) -> None:
            shut_down(connection, how)
            call._thread.join(5)

        monkeypatch.setattr(socket.socket, "shutdown", shut_down_and_see_it)
        assert call.answers().why == "there was no answer within 0.3 s"


def test_connection_that_is_closed_in_between_is_opened_again(site: Site, told: Hub) -> None:
    told.keeps_alive = False
    assert answers(site, told.url) == Answers(QUEUE.feeds)
    assert told.connections >= len(QUEUE.feeds)
