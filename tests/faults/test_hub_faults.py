"""A run that is killed anywhere loses nothing that the hub is to be told of, and makes nothing up."""

import random
import shutil
import signal
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from feed.cli.publishing import publish_site
from feed.health.hub import hub_queue
from feed.site import Site
from tests.builders import Clock
from tests.faults.processes import KILLED_PUBLISH, run_python
from tests.hub import Hub, feeds, hub, with_hub
from tests.sites import EMBARGO, a_site, record

KILLS, KILLS_LONG = 8, 200
SEED = 20261129
STORIES = ("fire", "flood", "quiet")
CHANGED = sorted([*feeds(), *feeds("fire", "hurt"), *feeds("flood")])


def publish(folder: Path, at: str, *, kill_at: int = 0) -> subprocess.CompletedProcess[str]:
    return run_python("-c", KILLED_PUBLISH, str(folder), at, str(kill_at))


def prepared(folder: Path, told: Hub) -> Path:
    """Return a newsroom that has told the hub of three stories, and has recorded more in two, and what is secret."""
    site, clock = a_site(folder, *STORIES)
    site = with_hub(site, told.url)
    record(site, commands.revise_story("fire", facts={"hurt": {"follow": True}, "lost": {"follow": True}}))
    record(site, commands.report("fire", "Hurt", facts=[{"key": "hurt", "value": 2}, {"key": "lost", "value": 1}]))
    clock.go(timedelta(minutes=1))
    publish_site(site)
    assert set(told.topics()) > set(CHANGED)
    clock.go(timedelta(minutes=1))
    record(site, commands.report("fire", "More hurt", facts=[{"key": "hurt", "value": 3}]))
    record(site, commands.report("flood", "Higher"))
    record(site, commands.report("quiet", "Secret", embargoed_until=EMBARGO))
    return folder


def test_hub_hears_of_each_change_although_a_run_was_killed(
    tmp_path: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    with hub() as told:
        start = prepared(tmp_path / "start", told)
        shutil.copytree(start, tmp_path / "clean")
        ran = publish(tmp_path / "clean", "2026-03-02T08:10:00Z")
        assert ran.returncode == 0, ran.stderr
        assert told.topics() == CHANGED
        steps = int(ran.stdout)
        kills = KILLS_LONG if request.config.getoption("--long") else KILLS
        record_property("counted", f"publish killed {kills} times, somewhere in {steps} looks at files and the network")
        for number, kill_at in enumerate(random.Random(SEED).choices(range(1, steps + 1), k=kills)):
            folder = tmp_path / f"killed-{number}"
            shutil.copytree(start, folder)
            # When it is killed there, and cron goes on
            assert publish(folder, "2026-03-02T08:10:00Z", kill_at=kill_at).returncode == -signal.SIGKILL
            site = Site.open(folder, clock=(clock := Clock("2026-03-02T08:10:00Z")))
            for _ in range(3):
                clock.go(timedelta(minutes=1))
                publish_site(site)
            # Then the hub has heard of what changed, at most twice, and of nothing else
            topics = told.topics()
            assert sorted(set(topics)) == CHANGED, f"killed at {kill_at}"
            assert max(map(topics.count, topics)) <= 2
            queue = hub_queue(site)
            assert queue is not None
            assert not queue.feeds
            shutil.rmtree(folder)
