"""Runs of cron that go on from what another process has saved, each with an order of sets of its own."""

import os
import subprocess
import sys
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from events import commands
from events.model.edtf import format_instant
from events.model.events import AnyEvent
from feed.site import Site
from tests.builders import HOUR, STORY, Clock, claim, newsroom
from tests.sites import record

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
RUN = """
import sys
from feed.publishing import saved_sequences
from feed.publishing.sequences import GrowingSequence
from feed.site import Site
from tests.builders import Clock

saved_sequences.EVENTS_MIN = saved_sequences.NEW_EVENTS_MIN = 1
folder, now, goes_on = sys.argv[1:]
if goes_on == "goes on":
    GrowingSequence.__init__ = None
site = Site.open(folder, clock=Clock(now))
assert site.publish().failed == ()
"""
STEPS: tuple[tuple[AnyEvent, ...], ...] = (
    (
        commands.report(STORY, "Two hurt", development="d1", said_by=["Ana (Port)"], facts=[claim("hurt", 2)]),
        commands.report(STORY, "Three hurt", development="d2", said_by=["- (Clinic)"], facts=[claim("hurt", 3)]),
    ),
    (commands.report(STORY, "No", disputes=[{"development": "d1", "kind": "denies"}], development="d3"),),
    (commands.correct(STORY, "d1", {"facts": [claim("hurt", 4)]}, "We misheard."),),
    (commands.report(STORY, "So it is", corroborates=[{"development": "d2"}], facts=[claim("ships", 1)]),),
    (commands.retract(STORY, "d2", "Never said."),),
    (commands.pin(STORY, "d1"), commands.revise_story(STORY, headline="Fire at the port")),
)


def publish(site: Site, now: datetime, seed: int, goes_on: str) -> None:
    command = [sys.executable, "-c", RUN, str(site.folder), format_instant(now), goes_on]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": str(seed)}, check=True, timeout=60)


def test_each_process_goes_on_from_the_one_before(tmp_path: Path) -> None:
    clock, seeds = Clock(), count(1)
    site = newsroom(tmp_path, clock)
    record(site, commands.open_story(STORY, "Fire", facts={"hurt": {"follow": True}}))
    publish(site, clock.now, next(seeds), "begins")
    for step in STEPS:
        clock.go(clock.now + HOUR)
        record(site, *step)
        clock.go(clock.now + HOUR)
        publish(site, clock.now, next(seeds), "goes on")
        assert site.verify_rebuild() == ()
