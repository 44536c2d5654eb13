"""Writers that are killed, or that compete: every acknowledged event is stored, once."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from events.integrity.verify import verify
from events.ledger import Ledger
from events.store.sqlite import SqliteStore
from feed.site import Site
from tests.builders import STORY, Clock, newsroom
from tests.sites import record

ROOT = Path(__file__).parents[2]
SEED = 20150112
KILLS, KILLS_LONG = 20, 1_000
APPENDERS, APPENDED = 8, 200
AHEAD_S_MAX = 0.004

# Records reports without end, or argv[4] of them, named by argv[3], and prints each that was acknowledged.
APPENDER = """
import sys
from itertools import count, islice
from events import commands
from events.ledger import Ledger
folder, story, name, most = sys.argv[1:]
numbers = islice(count(), int(most) or None)
for first in numbers:
    with Ledger.open(folder, actor=name) as ledger:
        for number in [first, *islice(numbers, 9)]:
            ledger.append(commands.report(story, f"Report {number}", id=f"{name}-{number}", body="x" * 1_000))
            print(f"{name}-{number}", flush=True)
"""
# Publishes until its standard input ends.
PUBLISHER = """
import sys, threading
from events.errors import BusyError
from feed.site import Site
site, ended = Site.open(sys.argv[1]), threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
while not ended.is_set():
    try:
        site.publish()
    except BusyError:
        pass
"""


def started(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_killed_writer_loses_no_acknowledged_event(
    tmp_path: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    kills = KILLS_LONG if request.config.getoption("--long") else KILLS
    draws = random.Random(SEED)
    with Ledger.create(tmp_path, actor="Desk") as ledger:
        ledger.append(commands.open_story(STORY, "Fire at the harbour"))
    acknowledged: list[str] = []
    for kill in range(kills):
        # When a process that records is killed a moment after one of its events was acknowledged
        with started(APPENDER, tmp_path, STORY, f"run-{kill}", 0) as appender:
            assert appender.stdout is not None
            acknowledged += [appender.stdout.readline().strip() for _ in range(draws.randint(1, 3))]
            time.sleep(draws.uniform(0, AHEAD_S_MAX))
            appender.kill()
            acknowledged += appender.stdout.read().split()
            assert appender.wait() == -signal.SIGKILL
        # Then all that was acknowledged is there, in its order; at most one more; and it can be recorded again
        with Ledger.open(tmp_path, actor="Desk") as ledger:
            stored = [recorded.id for recorded in ledger.events()][1:]
            assert [name for name in stored if name in set(acknowledged)] == acknowledged
            assert len(stored) - len(acknowledged) <= kill + 1
            again = ledger.append(commands.report(STORY, "Report 0", id=f"run-{kill}-0", body="x" * 1_000))
            assert [recorded.new for recorded in again] == [False]
    with Ledger.open(tmp_path) as ledger:
        assert isinstance(ledger.store, SqliteStore)
        assert verify(ledger.store).problems == ()
    record_property("counted", f"append killed {kills} times, {len(acknowledged)} events acknowledged, none lost")


def test_many_record_while_others_publish(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    site = newsroom(tmp_path / "desk")
    record(site, commands.open_story(STORY, "Fire at the harbour"))
    publishers = [started(PUBLISHER, site.folder) for _ in range(2)]
    names = [f"actor-{number}" for number in range(APPENDERS)]
    appenders = [started(APPENDER, site.folder, STORY, name, APPENDED) for name in names]
    failures = [error for appender in appenders if (error := appender.communicate()[1])]
    failures += [error for publisher in publishers if (error := publisher.communicate()[1])]
    assert failures == []
    with site.ledger() as ledger:
        recorded = list(ledger.events())
    total = APPENDERS * APPENDED
    assert [event.position for event in recorded] == [event.version for event in recorded] == list(range(1, total + 2))
    assert sorted(event.id for event in recorded[1:]) == sorted(
        f"{name}-{number}" for name in names for number in range(APPENDED)
    )
    assert Site.open(site.folder, clock=Clock("2036-01-01T00:00:00Z"), clock_is_right=True).verify_rebuild() == ()
    record_property("counted", f"{APPENDERS} processes recorded {APPENDED} events each while two published; none lost")


def test_clock_set_back_keeps_recorded_instants(tmp_path: Path) -> None:
    clock = Clock()
    site = newsroom(tmp_path, clock)
    record(site, commands.open_story(STORY, "Fire at the harbour"), commands.report(STORY, "First"))
    published = site.publish().changed
    clock.go(-timedelta(seconds=1))
    with site.ledger() as ledger:
        ledger.append(commands.report(STORY, "Second"))
        instants = [recorded.recorded_at for recorded in ledger.events()]
    assert instants == sorted(instants)
    assert len(set(instants[1:])) == 2
    assert f"stories/{STORY}/feed.atom" in site.publish().changed
    assert published
    assert site.verify_rebuild() == ()
