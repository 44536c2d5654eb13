"""Each command that a refusal suggests succeeds if it is run as it is printed: words in capitals stand for texts."""

from datetime import timedelta
from pathlib import Path

import pytest

from events.commands import (
    close_story,
    correct,
    hold,
    open_story,
    pin,
    redact,
    release,
    reopen_story,
    report,
    retract,
    revise_story,
    undo,
    unpin,
)
from events.errors import WritethruError
from events.model.events import AnyEvent
from events.model.validation import parse_event
from tests.builders import HOUR, START, STORY
from tests.desk import FIRE, DeskRunner
from tests.refusals import CASES, Fields
from tests.remedies import failures, suggested

DENIAL = report(FIRE, "Not so", development="d2", disputes=[{"development": "d1", "kind": "denies"}])
CHECK = report(FIRE, "Two hurt", development="d1", facts=[{"key": "hurt", "value": 2}], id="one")


def refusal(room: DeskRunner, event: AnyEvent) -> str:
    """Return why an event is refused."""
    with room.site.ledger() as ledger, pytest.raises(WritethruError) as caught:
        ledger.append(event)
    return str(caught.value)


def _event(fields: Fields) -> AnyEvent:
    return parse_event({"story": STORY, **fields})


@pytest.mark.parametrize("name", [name for name, events in CASES.items() if events[-1]])
def test_remedies_of_every_refusal_can_be_run(name: str, tmp_path: Path) -> None:
    events, room = CASES[name], DeskRunner(tmp_path / "newsroom")
    room.clock.go(START)
    for event in events[:-1]:
        room.record(_event(event)).clock.go(HOUR)
    fields = dict(events[-1])
    expected_version = fields.pop("expected_version", None)
    with room.site.ledger() as ledger, pytest.raises(WritethruError) as caught:
        ledger.append(_event(fields), expected_version=expected_version)
    assert failures(room, str(caught.value)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("published", "later", "wanted"),
    [
        ((CHECK,), (), undo(FIRE, development="d1")),
        ((CHECK, retract(FIRE, "d1", "Wrong.")), (), undo(FIRE, development="d1")),
        ((CHECK, retract(FIRE, "d1", "Wrong."), close_story(FIRE)), (), undo(FIRE, development="d1")),
        ((CHECK, hold(FIRE, "d1"), release(FIRE, "d1")), (), undo(FIRE)),
        ((CHECK, pin(FIRE, "d1"), unpin(FIRE, "d1")), (), undo(FIRE)),
        ((CHECK, correct(FIRE, "d1", {"headline": "Three hurt"}, "Wrong.")), (), undo(FIRE)),
        ((CHECK, revise_story(FIRE, headline="Fire")), (), undo(FIRE)),
        ((CHECK, close_story(FIRE), reopen_story(FIRE)), (), undo(FIRE)),
        ((CHECK, DENIAL), (), undo(FIRE, development="d1")),
        ((CHECK, DENIAL), (report(FIRE, "Later"),), undo(FIRE, development="d1")),
        ((CHECK,), (DENIAL,), undo(FIRE, development="d1")),
        ((CHECK, DENIAL, retract(FIRE, "d1", "Wrong.")), (), undo(FIRE, development="d1")),
        ((CHECK, report(FIRE, "Later")), (), undo(FIRE, event="one")),
        ((CHECK, redact(FIRE, "A court.", development="d1"), close_story(FIRE)), (), undo(FIRE, development="d1")),
    ],
    ids=lambda item: item.type if not isinstance(item, tuple) else "-".join(event.type for event in item),
)
def test_remedies_of_an_undo_after_a_publication_can_be_run(
    fire: DeskRunner, published: tuple[AnyEvent, ...], later: tuple[AnyEvent, ...], wanted: AnyEvent
) -> None:
    for event in published:
        fire.record(event).clock.go(HOUR)
    fire.output("publish")
    fire.clock.go(HOUR)
    message = refusal(fire.record(*later) if later else fire, wanted)
    assert suggested(message) != []
    assert failures(fire, message) == []


def test_last_event_before_a_reset_of_the_clock_is_to_be_undone(fire: DeskRunner) -> None:
    fire.record(CHECK).clock.go(timedelta(days=30))
    fire.record(DENIAL).clock.go(timedelta(days=-30))
    with fire.site.ledger() as ledger:
        ledger.reset_clock()
    message = refusal(fire, undo(FIRE, development="d1"))
    assert "Undo that first: writethru undo harbour-fire. Or withdraw d1" in message
    assert failures(fire, message) == []


def test_story_that_exists_already_is_revised_as_suggested(fire: DeskRunner) -> None:
    message = refusal(fire, open_story(FIRE, "Fire"))
    assert suggested(message) == [["revise", FIRE, "--headline", "HEADLINE"]]
