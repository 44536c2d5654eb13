"""What a process publishes that goes on from sequence to sequence is what a build from scratch publishes."""

import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given

from events import commands
from events.errors import ClockError, RefusedError
from events.model.events import AnyEvent, Recorded
from feed import residents
from feed.output.tree import Tree
from feed.residents import GrowingSequence, Residents
from feed.site import Site
from tests.builders import HOUR, STORY, Clock, newsroom
from tests.properties.player import ORIGINS, Player, Step
from tests.properties.strategies import RANDOMS, runs, step_lists

OTHER = "a-second-fire"
JUMP = timedelta(days=3)


class KilledError(Exception):
    """The run ends here."""


class Desk:
    """A newsroom of two stories that one process publishes again and again, on a clock that may be wrong."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.clock, self.random = Clock(), random
        self.site = newsroom(folder, self.clock)
        self.site.residents = Residents()
        self.append(commands.open_story(STORY, "Fire at the harbour", origins=ORIGINS))
        self.append(commands.open_story(OTHER, "Fire in the town", facts={"hurt": {"follow": True}}))

    def append(self, event: AnyEvent) -> Recorded:
        with self.site.ledger() as ledger:
            [appended] = ledger.append(event)
        return appended.recorded

    def record(self, event: AnyEvent, at: object) -> Recorded:  # noqa: ARG002 - the player knows no wrong clock
        return self.append(event)

    def disturb(self) -> None:
        """Undo something, let the clock go wrong or be set right, or change the configuration."""
        match self.random.randrange(8):
            case 0:
                self.undo()
            case 1:
                self.clock.go(self.clock.now + JUMP)
                self.publish()
                self.clock.go(self.clock.now - JUMP)
                self.reset_clock()
            case 2:
                self.publish_and_stop()
            case 3:
                self.site = Site.open(self.site.folder, clock=self.clock)  # another process
                self.site.residents = Residents()
            case _:
                pass

    def undo(self) -> None:
        with self.site.ledger() as ledger:
            *_, last = ledger.events(self.random.choice((STORY, OTHER)))
        with suppress(ClockError, RefusedError):
            self.append(commands.undo(last.event.story, event=last.id))

    def reset_clock(self) -> None:
        with self.site.ledger() as ledger, suppress(RefusedError):
            ledger.reset_clock()

    def publish(self) -> None:
        assert self.site.publish().failed == ()

    def publish_and_stop(self) -> None:
        """Publish, but fail at some file."""
        files = iter([*range(self.random.randrange(4))])
        write = Tree.write_files

        def failing(tree: Tree, *arguments: object) -> None:
            if next(files, None) is None:
                raise KilledError
            write(tree, *arguments)  # type: ignore[arg-type]

        with patch.object(Tree, "write_files", failing), suppress(KilledError):
            self.publish()


@runs(12, 1_000)
@given(step_lists(redactions=True, most=14), RANDOMS)
def test_resident_stories_publish_what_a_cold_build_does(drawn: list[Step], random: Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), random)
        players = [Player(desk.record, story=story) for story in (STORY, OTHER)]
        for step in drawn:
            player = random.choice(players)
            player.take(step)
            desk.clock.go(desk.clock.now + random.choice((timedelta(seconds=1), HOUR, 20 * HOUR)))
            desk.disturb()
            if random.random() < 0.6:
                desk.publish()
                assert desk.site.verify_rebuild() == ()


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
