"""A newsroom of two stories that is published again and again, on a clock that may be wrong."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch

from events import commands
from events.errors import ClockError, RefusedError
from events.model.events import AnyEvent, Recorded
from feed.output.tree import Tree
from feed.publishing.residents import Residents
from feed.site import Site
from tests.builders import HOUR, STORY, Clock, newsroom
from tests.properties.player import ORIGINS, Player, Step

OTHER = "a-second-fire"
JUMP = timedelta(days=3)


class KilledError(Exception):
    """The run ends here."""


class Desk:
    """A newsroom of two stories that one process publishes again and again, on a clock that may be wrong."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.clock, self.random = Clock(), random
        self.site = self.make(folder)
        self.site.residents = Residents()
        self.append(commands.open_story(STORY, "Fire at the harbour", origins=ORIGINS))
        self.append(commands.open_story(OTHER, "Fire in the town", facts={"hurt": {"follow": True}}))

    def make(self, folder: Path) -> Site:
        return newsroom(folder, self.clock)

    def append(self, event: AnyEvent) -> Recorded:
        with self.site.ledger() as ledger:
            [appended] = ledger.append(event)
        return appended.recorded

    def record(self, event: AnyEvent, at: object) -> Recorded:  # noqa: ARG002 - the player knows no wrong clock
        return self.append(event)

    def play(self, steps: Iterable[Step]) -> None:
        """Take each step in one of the stories, and at times publish: that is what a build from scratch publishes."""
        players = [Player(self.record, story=story) for story in (STORY, OTHER)]
        for step in steps:
            self.random.choice(players).take(step)
            self.clock.go(self.clock.now + self.random.choice((timedelta(seconds=1), HOUR, 20 * HOUR)))
            self.disturb()
            if self.random.random() < 0.6:
                self.publish()
                assert self.site.verify_rebuild() == ()

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
