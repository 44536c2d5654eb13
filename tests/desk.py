"""A newsroom in a folder, and what its commands print."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Self

import click
import pytest
from click.testing import CliRunner, Result

from events import commands
from events.files.importer import read_events
from events.model.events import AnyEvent
from feed.cli.desk import Desk
from feed.cli.program import command
from feed.site import Site
from tests.builders import Clock, newsroom

WORKED_STORY = Path(__file__).parents[1] / "feed" / "demo" / "cuba-53"
NOW = datetime(2015, 1, 24, 8, tzinfo=UTC)
FIRE = "harbour-fire"


@cache
def worked_events() -> list[list[AnyEvent]]:
    """Return the events of the story that `writethru demo` shows, by file. To read them takes as long as to record."""
    return [
        [item.event for item in read_events(file.read_bytes(), name=file.name)]
        for file in sorted(WORKED_STORY.glob("*.yaml"))
    ]


class DeskRunner:
    """Runs commands in a newsroom of its own, at the time of `clock`."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock(NOW)
        self.site: Site = newsroom(folder, self.clock)

    def copy(self, folder: Path) -> "DeskRunner":
        """Return a runner in `folder`, a copy of this newsroom, at the same time."""
        twin = object.__new__(DeskRunner)
        twin.clock = Clock(self.clock.now)
        twin.site = Site.open(folder, clock=twin.clock)
        return twin

    def record(self, *events: AnyEvent) -> Self:
        """Append events to the ledger."""
        with self.site.ledger() as ledger:
            ledger.append(*events)
        return self

    def record_worked_story(self) -> Self:
        """Append the events of the story that `writethru demo` shows."""
        for events in worked_events():
            self.record(*events)
        return self

    def run(self, name: str, *arguments: str, **environment: str) -> Result:
        """Run the command of that name."""
        desk = Desk(named=str(self.site.folder), now=self.clock.now, clock=self.clock)
        return CliRunner().invoke(command(name), arguments, obj=desk, env=environment)

    def output(self, name: str, *arguments: str, **environment: str) -> str:
        """Run a command that must succeed, and return what it prints on stdout."""
        result = self.run(name, *arguments, **environment)
        assert result.exit_code == 0, result.exception or result.output
        return result.stdout


def wait_an_hour(desk: DeskRunner) -> None:
    """Report, and let an hour pass in which nothing publishes."""
    desk.record(commands.report(FIRE, "Three hurt"))
    desk.clock.go(timedelta(hours=1))


def edit_by(monkeypatch: pytest.MonkeyPatch, edit: Callable[[str], str | None]) -> None:
    """Make the editor save what `edit` makes of a text, or close it without saving if that is None."""

    def open_editor(*, filename: str) -> None:
        text = edit(Path(filename).read_text(encoding="utf-8"))
        if text is not None:
            Path(filename).write_text(text, encoding="utf-8")

    monkeypatch.setenv("EDITOR", "the one below")  # there is no terminal
    monkeypatch.setattr(click, "edit", open_editor)
