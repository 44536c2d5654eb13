"""Whatever was recorded and published: each command that the refusal of an undo suggests succeeds."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given

from events import commands
from events.errors import RefusedError
from events.model.events import AnyEvent, Recorded
from tests.builders import HOUR, START, STORY
from tests.desk import DeskRunner
from tests.properties.player import ORIGINS, Player, Step
from tests.properties.strategies import RANDOMS, runs, step_lists
from tests.remedies import failures


def play(room: DeskRunner, steps: list[Step], random: Random) -> Player:
    """Take steps, let publications pass now and then, and reset a clock that was ahead."""

    def record(event: AnyEvent, at: datetime) -> Recorded:
        room.clock.go(at)
        with room.site.ledger() as ledger:
            return ledger.append(event)[0].recorded

    player = Player(record, names=True)
    for step in steps:
        player.take(step)
        if random.random() < 0.2:
            room.clock.go(player.publish())
            with room.site.ledger() as ledger:
                ledger.advance_publication_time()
    if random.random() < 0.3:
        now = room.clock.now
        room.clock.go(now + timedelta(days=30))
        with room.site.ledger() as ledger:
            closed = ledger.story(STORY).status == "closed"
        reopened = [commands.reopen_story(STORY)] if closed else []
        room.record(*reopened, commands.report(STORY, "By a wrong clock", development="ahead"))
        room.clock.go(now + HOUR)
        with room.site.ledger() as ledger:
            ledger.reset_clock()
    room.clock.go(HOUR)
    return player


@runs(40, 1_000)
@given(step_lists(redactions=True, most=20), RANDOMS)
def test_remedies_of_a_refused_undo_can_be_run(drawn: list[Step], random: Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        room = DeskRunner(Path(folder, "newsroom"))
        if room.site.has_other_hosts:
            pytest.skip("each remedy is run on a copy of the folder, so the ledger must be in it")
        room.clock.go(START)
        room.record(commands.open_story(STORY, "Fire", origins=ORIGINS, id="opening"))
        player = play(room, drawn, random)
        chosen = random.sample(player.developments, min(3, len(player.developments)))
        events = random.sample(player.redactable, min(2, len(player.redactable)))
        wanted = [commands.undo(STORY)]
        wanted += [commands.undo(STORY, development=name) for name in chosen]
        wanted += [commands.undo(STORY, event=name) for name in events]
        failed: list[str] = []
        for event in wanted:
            try:
                with room.site.ledger() as ledger:
                    ledger.preview(event)
            except RefusedError as refused:
                failed += failures(room, str(refused))
        assert failed == []
