"""A mirror never shows a broken link, whenever its publisher is killed, and then gets the same files as the output."""

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from events import commands
from feed.cli.publishing import publish_site
from feed.site import Site
from tests.bucket import KEYS, Bucket, broken_links, bucket, published, with_mirror
from tests.builders import Clock
from tests.faults.processes import KILLED_PUBLISH, ROOT, run_python
from tests.sites import a_site, record

KILLS, KILLS_LONG = 4, 200
INTERLEAVINGS, INTERLEAVINGS_LONG = 3, 30
SEED = 20261129
AT = "2026-03-02T08:10:00Z"


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """Yield a bucket that is crawled before each request, and when the test ends."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with bucket() as state:
        state.on_request = lambda _: crawl(state)
        yield state
        crawl(state)
        assert state.broken == set()


def crawl(state: Bucket) -> None:
    with state.lock:
        files = state.files()
    state.broken |= broken_links(files)


def prepared(folder: Path, there: Bucket) -> Site:
    """Return a newsroom whose mirror has three stories, and that has recorded of each kind of change since."""
    site, clock = a_site(folder, "fire", "flood", "quiet")
    site = with_mirror(site, there.url)
    record(site, commands.report("flood", "Perhaps sabotage", development="d2"))
    clock.go(timedelta(minutes=1))
    assert publish_site(site).problems == ()
    assert there.files() == published(site)
    clock.go(timedelta(minutes=1))
    record(site, commands.revise_story("fire", facts={"hurt": {"follow": True}}))
    record(site, commands.report("fire", "Hurt", facts=[{"key": "hurt", "value": 3}]))
    record(site, commands.hold("flood", "d2"))
    record(site, commands.open_story("new", "A new story"), commands.report("new", "First"))
    return site


def test_mirror_shows_no_broken_link_between_two_requests(tmp_path: Path, there: Bucket) -> None:
    site = prepared(tmp_path / "desk", there)
    there.asked()
    assert publish_site(site).problems == ()
    assert there.files() == published(site)
    assert len(there.asked()) > 30


def killed_at_request(folder: Path, there: Bucket, number: int) -> int:
    """Publish in a process that is killed when the server gets a request, and return how it ended."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("COV")}
    process = subprocess.Popen([sys.executable, "-c", KILLED_PUBLISH, str(folder), AT, "0"], cwd=ROOT, env=environment)
    there.asked()

    def kill(_: str) -> None:
        crawl(there)
        if len(there.requests) >= number:  # several come at once
            process.kill()

    there.on_request = kill
    code = process.wait(120)
    there.on_request = lambda _: crawl(there)
    return code


def test_killed_publisher_leaves_nothing_out(
    tmp_path: Path, there: Bucket, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    start = prepared(tmp_path / "start", there).folder
    before = dict(there.objects)
    shutil.copytree(start, tmp_path / "clean")
    there.asked()
    ran = run_python("-c", KILLED_PUBLISH, str(tmp_path / "clean"), AT, "0")
    assert ran.returncode == 0, ran.stderr
    looks, requests = int(ran.stdout), len(there.asked())
    kills = KILLS_LONG if request.config.getoption("--long") else KILLS
    record_property(
        "counted", f"mirroring killed {kills} times, at one of {looks} looks at files or {requests} requests"
    )
    choose = random.Random(SEED)
    for number in range(kills):
        folder = tmp_path / f"killed-{number}"
        shutil.copytree(start, folder)
        there.objects = dict(before)
        # When it is killed there, and cron goes on
        if number % 2:
            assert killed_at_request(folder, there, choose.randint(1, requests - 1)) == -signal.SIGKILL
        else:
            ended = run_python("-c", KILLED_PUBLISH, str(folder), AT, str(choose.randint(1, looks)))
            assert ended.returncode == -signal.SIGKILL
        site = Site.open(folder, clock=(clock := Clock(AT)))
        clock.go(timedelta(minutes=1))
        assert publish_site(site).problems == ()
        # Then the next run has put everything
        assert there.files() == published(site), f"kill {number}"
        assert not [path for path, data in there.files().items() if b"Perhaps sabotage" in data]
        shutil.rmtree(folder)


def test_late_publisher_replaces_nothing_newer(
    tmp_path: Path, there: Bucket, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """Another host publishes while one is stopped at any of its requests."""
    late = prepared(tmp_path / "late", there)
    shutil.copytree(late.folder, tmp_path / "newer")
    newer = Site.open(tmp_path / "newer", clock=Clock("2026-03-02T09:00:00Z"))
    before = dict(there.objects)
    count = INTERLEAVINGS_LONG if request.config.getoption("--long") else INTERLEAVINGS
    record_property("counted", f"publishers overtaken at one of {count} requests")
    for number in range(1, count + 1):
        folders = [tmp_path / f"{name}-{number}" for name in ("late", "newer")]
        for folder, site in zip(folders, (late, newer), strict=True):
            shutil.copytree(site.folder, folder)
        first, second = (
            Site.open(folder, clock=site.clock) for folder, site in zip(folders, (late, newer), strict=True)
        )
        record(second, commands.report("fire", "Newest"), commands.report("new", "Newest"))
        there.objects = dict(before)
        there.asked()

        turn = Lock()

        def overtake(_: str, turn: Any = turn, number: int = number, second: Site = second) -> None:
            if len(there.requests) >= number and turn.acquire(blocking=False):
                assert publish_site(second).problems == ()

        there.on_request = overtake
        publish_site(first)
        there.on_request = lambda _: None
        assert turn.locked()
        left = {path: data for path, data in there.files().items() if path in published(second)}
        assert left == published(second)
