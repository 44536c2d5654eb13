"""The hub is told of each feed that a publication changed, however long it is away, and no publication waits for it."""

import hashlib
import hmac
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from events import commands
from events.system import utc_now
from feed import cron
from feed.cli.publishing import publish_site
from feed.fast_path import nothing_to_do
from feed.health import hub_call
from feed.health.hub import HubCalls, hub_queue
from feed.health.hub_call import HubCall
from feed.newsroom import Newsroom
from feed.publishing.hub_queue import HubQueue
from feed.site import Site
from feed.watch import Watch
from tests.builders import BASE_URL, reconfigured
from tests.desk import FIRE, DeskRunner
from tests.hub import SECRET, Hub, feeds, hub, subscriber, with_hub
from tests.metrics import metrics, samples
from tests.server import serving

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
MINUTE = timedelta(minutes=1)
CHANGED = sorted([*feeds(), *feeds(FIRE)])
EMBARGOED_MINUTES = 10
PATIENCE_S = 30


@pytest.fixture
def told() -> Iterator[Hub]:
    with hub() as state:
        yield state


def a_desk(folder: Path, told: Hub) -> DeskRunner:
    """Return a newsroom whose hub was told of its first publication."""
    desk = DeskRunner(folder)
    desk.site = with_hub(desk.site, told.url)
    desk.record(commands.open_story(FIRE, "Fire"), commands.report(FIRE, "Two hurt"))
    desk.clock.go(MINUTE)
    assert desk.output("publish") == ""
    assert set(told.topics()) >= set(CHANGED)
    return desk


def minute(desk: DeskRunner) -> str:
    """Let a minute pass, and cron run; return what it prints."""
    desk.clock.go(MINUTE)
    if cron._is_idle(str(desk.site.folder), desk.clock().timestamp()):
        return ""
    result = desk.run("publish")
    assert result.exit_code == 0, result.output
    return result.output


def waiting(desk: DeskRunner) -> set[str]:
    queue = hub_queue(desk.site)
    return set() if queue is None else set(queue.feeds)


def test_hub_is_told_of_a_report_at_once(tmp_path: Path, told: Hub) -> None:
    desk = a_desk(tmp_path / "desk", told)
    desk.clock.go(MINUTE)
    desk.output("report", FIRE, "Three hurt", "--publish")
    assert told.topics() == CHANGED
    assert waiting(desk) == set()


def test_idle_minutes_tell_the_hub_nothing(tmp_path: Path, told: Hub) -> None:
    desk = a_desk(tmp_path / "desk", told)
    for _ in range(1_000):
        desk.clock.go(MINUTE)
        assert cron._is_idle(str(desk.site.folder), desk.clock().timestamp())
    assert told.topics() == []


def test_metrics_that_cannot_be_written_are_no_fault_of_the_hub(tmp_path: Path, told: Hub) -> None:
    desk = a_desk(tmp_path / "desk", told)
    file = metrics(desk, "no/such/folder.prom")
    desk.record(commands.report(FIRE, "Three hurt"))
    result = desk.run("publish")
    assert result.exit_code == 0
    [warning] = [line for line in result.stderr.splitlines() if not line.startswith(" ")]
    assert warning.startswith(f"{file}: metrics: they cannot be written: ")


def test_hub_that_is_away_for_an_hour_is_told_of_everything(tmp_path: Path) -> None:
    with hub() as before:
        desk = a_desk(tmp_path / "desk", before)
    file, port, printed = metrics(desk), int(before.url.split(":")[2].partition("/")[0]), []
    minute(desk)
    desk.record(commands.open_story("flood", "Flood"), commands.revise_story(FIRE, facts={"hurt": {"follow": True}}))
    # Given a hub that is away while each quarter of an hour something is reported
    for number in range(60):
        if number % 15 == 3:
            desk.record(commands.report(FIRE, "More hurt", facts=[{"key": "hurt", "value": number}]))
            desk.record(commands.report("flood", "Higher"))
        printed.append(minute(desk))
    changed = sorted([*feeds(), *feeds(FIRE, "hurt"), *feeds("flood")])
    assert waiting(desk) == set(changed)
    # Then it was tried a few times, each failure was said without its address, and nothing else failed
    tries = [text for text in printed if text]
    assert 3 <= len(tries) <= 9
    assert {text.partition("\n")[0] for text in tries} == {"hub: its server cannot be reached: Connection refused."}
    assert SECRET not in "".join(tries)
    values = samples(file)
    assert (values["hub_waiting_feeds"], values["hub_failures_total"]) == (len(changed), len(tries))
    assert (values["failed_runs_total"], values["last_run_success"]) == (0, 1)
    # When it is back, then it is told of each feed once, within a quarter of an hour
    with hub(port) as after:
        for _ in range(15):
            assert minute(desk) == ""
        assert after.topics() == changed
        assert samples(file)["hub_waiting_feeds"] == 0
        for _ in range(15):
            minute(desk)
        assert after.topics() == []


def test_silent_hub_is_waited_for_after_publishing_and_rarely(
    tmp_path: Path, told: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = a_desk(tmp_path / "desk", told)
    monkeypatch.setattr(hub_call, "SECONDS_MAX", 0.1)
    minutes: list[int] = []

    class Call(HubCall):
        def __init__(self, newsroom: Newsroom, hub: str, queue: HubQueue) -> None:
            assert f"Report {number}<" in (newsroom.root / "feed.atom").read_text(), "it is published by then"
            assert not nothing_else_to_do(desk, minutes=2), "it is queued"
            minutes.append(number)
            super().__init__(newsroom, hub, queue)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        desk.site = reconfigured(desk.site, told.url, f"http://127.0.0.1:{silent.getsockname()[1]}/")
        minute(desk)
        desk.record(commands.report(FIRE, "Report 0"))
        monkeypatch.setattr(hub_call, "HubCall", Call)
        for number in range(40):
            minute(desk)
            desk.record(commands.report(FIRE, f"Report {number + 1}"))
    assert minutes == [0, 1, 3, 7, 15, 30]
    assert waiting(desk) >= set(CHANGED)


def nothing_else_to_do(desk: DeskRunner, *, minutes: int) -> bool:
    """Return True if a run so many minutes later has nothing to do."""
    return nothing_to_do(str(desk.site.folder), (desk.clock() + minutes * MINUTE).timestamp())


def test_embargo_tells_the_hub_nothing_before_its_instant(tmp_path: Path, told: Hub) -> None:
    desk = a_desk(tmp_path / "desk", told)
    shutil.copytree(desk.site.folder, tmp_path / "twin")
    twin = desk.copy(tmp_path / "twin")
    until = desk.clock() + EMBARGOED_MINUTES * MINUTE
    desk.record(
        commands.report(FIRE, "Secret", embargoed_until=until),
        commands.open_story("secret", "Secret", embargoed_until=until),
    )
    for number in range(1, EMBARGOED_MINUTES):
        if number == 5:
            for each in (desk, twin):
                each.record(commands.report(FIRE, "Three hurt"))
        told_of = []
        for each in (desk, twin):
            minute(each)
            told_of.append(told.topics())
        assert told_of[0] == told_of[1] == (CHANGED if number == 5 else [])
    minute(desk)
    assert set(told.topics()) >= {*CHANGED, *feeds("secret")}


def test_killed_run_is_made_up_for_by_the_next(tmp_path: Path, told: Hub) -> None:
    desk = a_desk(tmp_path / "desk", told)
    desk.clock.go(MINUTE)
    desk.record(commands.report(FIRE, "Three hurt"))
    script = f"""
import os, signal
from datetime import datetime
from pathlib import Path
from feed.health.hub import HubCalls
from feed.cli.publishing import publish_site
from feed.site import Site
HubCalls.begin = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
now = datetime.fromisoformat({desk.clock().isoformat()!r})
publish_site(Site.open(Path({str(desk.site.folder)!r}), clock=lambda: now))
"""
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == -signal.SIGKILL
    assert told.topics() == []
    assert waiting(desk) == set(CHANGED)
    assert minute(desk) == ""
    assert told.topics() == CHANGED
    minute(desk)
    assert told.topics() == []


def test_feed_that_the_hub_refuses_stops_no_other(tmp_path: Path, told: Hub) -> None:
    desk = a_desk(tmp_path / "desk", told)
    told.status = lambda topic: 404 if topic.endswith(".json") else 202
    desk.record(commands.report(FIRE, "Three hurt"))
    assert minute(desk).startswith("hub: its server answers 404.\n")
    assert told.topics() == CHANGED
    refused = [path for path in CHANGED if path.endswith(".json")]
    assert waiting(desk) == set(refused)
    for _ in range(14):
        assert minute(desk) == ""
    assert minute(desk) != ""
    assert told.topics() == refused


def test_subscriber_gets_the_entry_signed(tmp_path: Path, told: Hub) -> None:
    desk = DeskRunner(tmp_path / "desk")
    with serving(desk.site.root) as web, subscriber() as reader:
        desk.site = with_hub(reconfigured(desk.site, BASE_URL, web.url), told.url)
        Site.open(desk.site.folder, clock=utc_now).publish()
        topic = f"{web.url}feed.atom"
        form = {"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": reader.url, "hub.secret": "shared"}
        urlopen(told.url, urlencode(form).encode()).close()
        until(lambda: bool(told.subscribers))
        run = [sys.executable, "-m", "feed", "-C", str(desk.site.folder)]
        subprocess.run([*run, "open", FIRE, "Fire"], cwd=ROOT, check=True, capture_output=True)
        began = time.monotonic()
        subprocess.run([*run, "report", FIRE, "Two hurt", "--publish"], cwd=ROOT, check=True, capture_output=True)
        ended = time.monotonic()
        until(lambda: bool(reader.contents))
        assert reader.at[0] - ended < 10, f"it came {reader.at[0] - began:.2f} s after the start of the command"
        [(body, headers)] = reader.contents
        assert b"Two hurt" in body
        assert headers["X-Hub-Signature"] == "sha256=" + hmac.new(b"shared", body, hashlib.sha256).hexdigest()
        assert headers["Link"] == f'<{topic}>; rel="self", <{told.url}>; rel="hub"'


@contextmanager
def watching(site: Site) -> Iterator[None]:
    """Watch a newsroom in a thread, as `publish --watch` does."""
    stop, calls = Event(), HubCalls(lambda _: None)
    watch = Watch(
        site.folder,
        publish=lambda site: publish_site(site, calls=calls),
        stopped=stop.is_set,
        on_published=lambda _: None,
        on_error=pytest.fail,
        on_tick=calls.settle,
    )
    thread = Thread(target=watch.run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_watch_tells_the_hub_and_does_not_wait_for_it(
    tmp_path: Path, told: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_call, "SECONDS_MAX", 2 * PATIENCE_S)
    desk = DeskRunner(tmp_path / "desk")
    desk.site = with_hub(Site.open(desk.site.folder, clock=utc_now), told.url)
    desk.record(commands.open_story(FIRE, "Fire"))
    answers = Event()
    with watching(desk.site):
        until(lambda: not waiting(desk) and bool(told.topics()))
        told.status = lambda _: 202 if answers.wait(2 * PATIENCE_S) else 500
        for number in (1, 2):
            desk.record(commands.report(FIRE, f"Report {number}"))
            until(lambda number=number: f"Report {number}<" in (desk.site.root / "feed.atom").read_text())  # type: ignore[misc]
        assert waiting(desk) >= set(CHANGED)
        answers.set()
        until(lambda: not waiting(desk))
    assert set(told.topics()) >= set(CHANGED)


def test_watch_that_is_stopped_does_not_wait_for_a_silent_hub(tmp_path: Path) -> None:
    desk = DeskRunner(tmp_path / "desk")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        desk.site = with_hub(Site.open(desk.site.folder, clock=utc_now), url)
        desk.record(commands.open_story(FIRE, "Fire"))
        command = [sys.executable, "-m", "feed", "-C", str(desk.site.folder), "publish", "--watch"]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as process, silent.accept()[0]:
            process.terminate()
            assert process.wait(PATIENCE_S) == 0
            assert process.stderr is not None
            assert process.stderr.read() == b"", "it has waited until the call was given up"
    assert waiting(desk) >= set(CHANGED)


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.005)
