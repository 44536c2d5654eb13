"""Previewing an event gives what recording it gives, and leaves the cached fold as it was."""

import tempfile
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given

from events import commands
from events.errors import RefusedError
from events.fold.aim_index import AimIndex
from events.fold.attribution import OriginMap
from events.fold.claims import OriginClaims
from events.fold.facts import FactFold
from events.fold.knowledge import Knowledge
from events.fold.story import StoryFold
from events.ledger import Ledger
from events.model.events import AnyEvent, Erased, Recorded
from tests.builders import HOUR, STORY, Clock, new_ledger
from tests.properties.player import ORIGINS, Player, Step
from tests.properties.strategies import runs, step_lists


def contents(value: Any) -> Any:
    """Return all that a fold holds, in a form that compares by value, with the order of dicts."""
    match value:
        case StoryFold() | Knowledge() | FactFold() | OriginClaims() | OriginMap() | AimIndex():
            return {name: contents(part) for name, part in vars(value).items()}
        case dict():
            return [(key, contents(part)) for key, part in value.items()]
        case list():
            return [contents(part) for part in value]
        case set():
            return sorted(value)
        case _:
            return value


class Desk:
    """A ledger on which each event is previewed before it is recorded."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self.ledger = ledger
        self.clock = clock

    def record(self, command: AnyEvent, at: datetime) -> Recorded:
        """Preview and append; compare the two, and the fold before and after the preview."""
        self.clock.go(at)
        before = self.fold_contents()
        try:
            preview = self.ledger.preview(command)
        except RefusedError as refusal:
            assert self.fold_contents() == before
            self.check_refusal(command, refusal)  # the append folds the story again, and computes what is asked for
            raise
        assert self.fold_contents() == before
        assert not isinstance(preview.recorded.event, Erased)
        [appended] = self.ledger.append(preview.recorded.event)
        assert appended == preview
        recorded = appended.recorded
        version = recorded.version - 1
        assert appended.changes == self.ledger.changes(STORY, since=version, now=recorded.recorded_at)
        return recorded

    def check_refusal(self, command: AnyEvent, refusal: RefusedError) -> None:
        with pytest.raises(RefusedError) as caught:
            self.ledger.append(command)
        assert caught.value.problems == refusal.problems

    def fold_contents(self) -> Any:
        self.ledger.story(STORY)  # folds what is pending, and what a refusal or a redaction dropped from the cache
        return contents(self.ledger.folds.peek(STORY))


@runs(25, 2_000)
@given(step_lists(redactions=True))
def test_preview_equals_append_and_leaves_the_fold_as_it_was(drawn: list[Step]) -> None:
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder, new_ledger(folder, clock) as ledger:
        ledger.append(commands.open_story(STORY, "Fire at the harbour", origins=ORIGINS))
        Player(Desk(ledger, clock).record).play(drawn)


def test_preview_of_an_opening_leaves_no_story() -> None:
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder, new_ledger(folder, clock) as ledger:
        opening = commands.open_story(STORY, "Fire at the harbour", id="open")
        preview = ledger.preview(opening, now=clock.now + HOUR)
        assert (preview.recorded.position, preview.recorded.recorded_at) == (1, clock.now + HOUR)
        assert ledger.stories() == []
        assert ledger.append(opening)[0].new
        assert not ledger.preview(opening).new
