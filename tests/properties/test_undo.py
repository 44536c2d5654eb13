"""A history with undone events gives the same bytes as the one without them, the public log included."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from hypothesis import assume, given, reject

from events import commands, recorder
from events.errors import RefusedError, UnknownStoryError
from events.files.exporter import read_export, write_row
from events.files.importer import read_events
from events.fold.undone import without_undone
from events.integrity.backup import restore_rows
from events.integrity.verify import verify
from events.ledger import Ledger
from events.model.events import AnyEvent, Erased, Recorded
from feed.output.tree import files_of
from feed.paths import TOKEN_NAME
from tests.builders import SALT, START, STORY, Clock, newsroom
from tests.properties.player import ORIGINS, Player, Step
from tests.properties.strategies import RANDOMS, runs, step_lists

Files = dict[str, bytes]


@dataclass
class Desk:
    """A newsroom that records and publishes; `script` is what it did: a command and what it became, or an instant."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    script: list[tuple[AnyEvent, Recorded] | datetime] = field(default_factory=list)
    outputs: list[Files] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.site = newsroom(self.folder, self.clock)

    def record(self, command: AnyEvent, at: datetime) -> Recorded:
        """Record an event at an instant."""
        self.clock.go(at)
        with self.site.ledger() as ledger:
            [appended] = ledger.append(command)
        self.script.append((command, appended.recorded))
        return appended.recorded

    def publish(self, at: datetime) -> None:
        """Publish at an instant."""
        self.clock.go(at)
        assert self.site.publish().failed == ()
        self.script.append(at)
        public = self.site.root
        self.outputs.append({path: (public / path).read_bytes() for path in files_of(public) if path != TOKEN_NAME})

    def events(self) -> tuple[Recorded, ...]:
        """Return all events, with those that were undone."""
        with self.site.ledger() as ledger:
            try:
                return tuple(ledger.events(STORY))
            except UnknownStoryError:
                return ()

    def views(self) -> Any:
        """Return what the desk reads of the story; None if there is none."""
        with self.site.ledger() as ledger:
            assert verify(ledger.store).problems == ()
            if STORY not in ledger.stories():
                return None
            changes = ledger.changes(STORY, since=START)
            return ledger.story(STORY).as_json(), ledger.overviews(), [str(change) for change in changes]


def edit(desk: Desk, steps: list[Step], random: Random) -> None:
    """Take steps, take some of them back, and publish now and then."""
    player = Player(desk.record, names=True)
    for number, step in enumerate(steps):
        if not without_undone(desk.events()):  # at first, and once the opening was undone
            desk.record(commands.open_story(STORY, "Fire", origins=ORIGINS, id=f"opening-{number}"), player.recorded_at)
        player.take(step)
        while random.random() < 0.3:
            target = random.choice(player.developments) if player.developments and random.random() < 0.5 else None
            undo = commands.undo(STORY, development=target, id=f"undo-{number}-{random.random()}")
            try:
                player.newest = desk.record(undo, player.recorded_at).recorded_at
            except RefusedError:
                break
        if random.random() < 0.2:
            desk.publish(player.publish())
    desk.publish(player.publish())


def left(desk: Desk) -> Iterator[tuple[AnyEvent, Recorded] | datetime]:
    """Yield the script of a desk that never recorded what was undone."""
    ids = {event.id for event in without_undone(desk.events())}
    for line in desk.script:
        if isinstance(line, datetime):
            yield line
            continue
        if line[1].id in ids:
            yield line


def replay(desk: Desk, script: Iterator[tuple[AnyEvent, Recorded] | datetime], erased: set[str]) -> None:
    """Do what a script says, at its instants: a command becomes the same event as there.

    A text that was `erased` may have named what was undone since. Without that it cannot be recorded: no case for us.
    """
    for line in script:
        if isinstance(line, datetime):
            desk.publish(line)
        else:
            command, there = line
            try:
                here = desk.record(command, there.recorded_at)
            except RefusedError:
                assert there.id in erased
                reject()
            assert (here.event, here.recorded_at) == (there.event, there.recorded_at)


def check_exchange(desk: Desk, folder: Path) -> None:
    """Restore the export of a desk, and import it unless a text of it was erased: both give the same stories."""
    with desk.site.ledger() as ledger, ledger.store.reading() as reading:
        lines = b"".join(map(write_row, reading.rows()))
    with Ledger.create(folder / "restored.db", clock=desk.clock) as restored:
        restore_rows(read_export(lines, name="export.jsonl"), restored.store)
        assert tuple(restored.events(STORY)) == desk.events()
        assert verify(restored.store).problems == ()
    if any(isinstance(event.event, Erased) for event in desk.events()):
        return
    # A publication may have put the newest event a millisecond after the clock: the import is later than that.
    later = desk.clock.go(timedelta(seconds=1))
    with Ledger.create(folder / "imported.db", clock=Clock(later)) as imported:
        imported.append_all(item.event for item in read_events(lines, name="export.jsonl"))
        assert [event.event for event in imported.events(STORY)] == [event.event for event in desk.events()]


@runs(30, 1_500)
@given(step_lists(redactions=True, most=20), RANDOMS)
def test_undone_events_leave_no_trace_in_the_output(drawn: list[Step], random: Random) -> None:
    assume(drawn)
    with tempfile.TemporaryDirectory() as folder, patch.object(recorder, "_new_salt", lambda: SALT):
        one, other = Desk(Path(folder, "one")), Desk(Path(folder, "other"))
        edit(one, drawn, random)
        replay(other, left(one), {event.id for event in one.events() if isinstance(event.event, Erased)})
        assert len(one.outputs) == len(other.outputs)
        for number, (here, there) in enumerate(zip(one.outputs, other.outputs, strict=True)):
            assert here == there, f"publication {number}"
        assert one.views() == other.views()
        check_exchange(one, Path(folder))
