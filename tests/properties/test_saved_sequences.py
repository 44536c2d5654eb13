"""What runs of cron publish that go on from saved sequences is what a build from scratch publishes."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given

from events import commands
from feed.paths import CACHE_NAME
from feed.publishing import saved_sequences
from feed.site import Site
from tests.builders import HOUR, STORY
from tests.properties.player import Step
from tests.properties.strategies import RANDOMS, runs, step_lists
from tests.properties.two_stories import Desk


class Cron(Desk):
    """A newsroom of two stories, both long enough to be saved, that a new process publishes each time."""

    def publish(self) -> None:
        self.site = Site.open(self.site.folder, clock=self.clock)
        super().publish()
        self._lose()

    def _lose(self) -> None:
        """Remove or damage what is saved of a story, at times."""
        for path in (self.site.folder / CACHE_NAME).glob("*.sequence"):
            match self.random.randrange(20):
                case 0:
                    path.unlink()
                case 1:
                    path.write_bytes(path.read_bytes()[: self.random.randrange(path.stat().st_size)])
                case _:
                    pass


@pytest.fixture(autouse=True, scope="module")
def all_are_long() -> Iterator[None]:
    with (
        patch.object(saved_sequences, "EVENTS_MIN", 1),
        patch.object(saved_sequences, "NEW_EVENTS_MIN", 2),
    ):
        yield


@runs(24, 1_000)
@given(step_lists(redactions=True, most=14), RANDOMS)
def test_saved_sequences_publish_what_a_cold_build_does(drawn: list[Step], random: Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Cron(Path(folder), random)
        desk.play(drawn)


def test_report_whose_embargo_ends_between_two_runs_is_published(tmp_path: Path) -> None:
    desk = Cron(tmp_path, Random(1))
    desk.append(commands.report(STORY, "Two hurt", embargoed_until=desk.clock.now + HOUR))
    desk.publish()
    assert list(tmp_path.glob("cache/*.sequence"))
    desk.clock.go(desk.clock.now + 2 * HOUR)
    desk.publish()
    assert b"Two hurt" in (desk.site.root / "stories" / STORY / "feed.atom").read_bytes()
    assert desk.site.verify_rebuild() == ()
