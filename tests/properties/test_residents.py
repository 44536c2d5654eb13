"""What a process publishes that goes on from sequence to sequence is what a build from scratch publishes."""

import tempfile
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given

from events import commands
from feed.publishing import residents
from feed.publishing.sequences import GrowingSequence
from tests.builders import HOUR, STORY
from tests.properties.player import Step
from tests.properties.strategies import RANDOMS, runs, step_lists
from tests.properties.two_stories import Desk


@runs(12, 1_000)
@given(step_lists(redactions=True, most=14), RANDOMS)
def test_resident_stories_publish_what_a_cold_build_does(drawn: list[Step], random: Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), random)
        desk.play(drawn)


def test_residents_go_on_from_the_publication_before(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Random(1))
    desk.publish()
    with patch.object(residents, "GrowingSequence", side_effect=AssertionError):
        for number in range(3):
            desk.clock.go(desk.clock.now + HOUR)
            desk.append(commands.report(STORY, f"Report {number}"))
            desk.publish()
    assert desk.site.verify_rebuild() == ()


def test_residents_go_on_after_a_correction(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Random(1))
    desk.append(commands.report(STORY, "Two hurt", development="d1", facts=[{"key": "hurt", "value": 2}]))
    desk.publish()
    with patch.object(residents, "GrowingSequence", side_effect=AssertionError):
        for hurt in (3, 4):
            desk.clock.go(desk.clock.now + HOUR)
            facts = {"facts": [{"key": "hurt", "value": hurt}]}
            desk.append(commands.correct(STORY, "d1", facts, f"There are {hurt}."))
            desk.publish()
    assert desk.site.verify_rebuild() == ()


def test_value_that_was_corrected_stays_marked_as_the_story_goes_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Random(1))
    desk.append(commands.report(STORY, "Two hurt", development="d1", facts=[{"key": "hurt", "value": 2}]))
    desk.publish()
    desk.clock.go(desk.clock.now + HOUR)
    desk.append(commands.correct(STORY, "d1", {"facts": [{"key": "hurt", "value": 3}]}, "There are 3."))
    desk.publish()
    with patch.object(residents, "GrowingSequence", side_effect=AssertionError):
        for hurt in (4, 5):
            desk.clock.go(desk.clock.now + HOUR)
            desk.append(commands.report(STORY, f"{hurt} hurt", facts=[{"key": "hurt", "value": hurt}]))
            desk.publish()
            assert desk.site.verify_rebuild() == ()


def test_story_goes_on_to_begin_with_its_oldest_report(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Random(1))
    desk.append(commands.report(STORY, "The first sign", reported_at=desk.clock.now - 100 * HOUR, archive=True))
    desk.publish()
    with patch.object(residents, "GrowingSequence", side_effect=AssertionError):
        desk.clock.go(desk.clock.now + HOUR)
        desk.append(commands.report(STORY, "Two hurt"))
        desk.publish()
    assert desk.site.verify_rebuild() == ()


def test_what_was_published_by_a_wrong_clock_stays_after_a_reset(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Random(1))
    desk.site.clock_is_right = True
    desk.clock.go(desk.clock.now + 3_000 * HOUR)
    desk.append(commands.report(STORY, "Two hurt", development="d1"))
    desk.publish()
    desk.clock.go(desk.clock.now - 2_000 * HOUR)
    desk.reset_clock()
    for _ in range(2):
        desk.publish()
        assert b"Two hurt" in (desk.site.root / "stories" / STORY / "feed.atom").read_bytes()
        desk.clock.go(desk.clock.now + HOUR)


def test_residents_hold_no_more_events_than_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(residents, "EVENTS_MAX", 2)
    desk = Desk(tmp_path, Random(1))
    desk.append(commands.report(STORY, "One"))
    desk.publish()
    kept = desk.site.residents
    assert kept is not None
    assert [type(item) for item in kept._sequences.values()] == [GrowingSequence]
