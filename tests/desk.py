"""A newsroom, and what its commands print."""

from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner, Result

from events.files.importer import read_events
from events.model.events import AnyEvent
from feed.cli.commands import lists as overview
from feed.cli.commands import read as reading
from feed.cli.desk import Desk
from feed.site import Site
from tests.builders import Clock, newsroom

WORKED_STORY = Path(__file__).parents[1] / "feed" / "demo" / "cuba-53"
NOW = datetime(2015, 1, 24, 8, tzinfo=UTC)
FIRE = "harbour-fire"


class Newsroom:
    """A newsroom in a folder, its clock, and what its commands print."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock(NOW)
        self.site: Site = newsroom(folder, self.clock)

    def record(self, *events: AnyEvent) -> "Newsroom":
        with self.site.ledger() as ledger:
            ledger.append(*events)
        return self

    def worked_story(self) -> "Newsroom":
        for file in sorted(WORKED_STORY.glob("*.yaml")):
            self.record(*(item.event for item in read_events(file.read_bytes(), name=file.name)))
        return self

    def run(self, command: str, *arguments: str, **environment: str) -> Result:
        desk = Desk(named=str(self.site.folder), now=self.clock.now)
        known = {known.name: known for known in (*reading.COMMANDS, *overview.COMMANDS)}
        return CliRunner().invoke(known[command], arguments, obj=desk, env=environment)

    def out(self, command: str, *arguments: str, **environment: str) -> str:
        done = self.run(command, *arguments, **environment)
        assert done.exit_code == 0, done.output
        return done.stdout
