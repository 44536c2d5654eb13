"""Commands: functions that return events, ready to append."""

from collections.abc import Callable
from inspect import signature
from typing import Any, get_args

import pytest

from events import commands
from events.errors import InvalidError
from events.model.codec import plain
from events.model.events import AnyEvent, ClockReset, Event
from tests.builders import STORY, Scenario

S = STORY
D = {"story": S, "development": "d1"}
HEADLINE = {"story": S, "headline": "H"}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (commands.open_story(S, "H", language="en"), HEADLINE | {"type": "story_opened", "language": "en"}),
        (commands.revise_story(S, summary="X"), {"type": "story_revised", "story": S, "summary": "X"}),
        (commands.close_story(S, reason="Over."), {"type": "story_closed", "story": S, "reason": "Over."}),
        (commands.reopen_story(S), {"type": "story_reopened", "story": S}),
        (commands.report(S, "H", urgency=1), HEADLINE | {"type": "development_reported", "urgency": 1}),
        (
            commands.correct(S, "d1", {"body": None, "headline": "I"}, "It was wrong.", level="clarification"),
            D
            | {"type": "development_corrected", "set": {"headline": "I", "body": None}}
            | {"note": "It was wrong.", "level": "clarification"},
        ),
        (
            commands.correct(S, "d1", {"headline": "I"}, level="typo"),
            D | {"type": "development_corrected", "set": {"headline": "I"}, "level": "typo"},
        ),
        (commands.hold(S, "d1", reason="R"), D | {"type": "development_held", "reason": "R"}),
        (commands.release(S, "d1"), D | {"type": "development_released"}),
        (
            commands.retract(S, "d1", "R", substitute="d2"),
            D | {"type": "development_retracted", "reason": "R", "substitute": "d2"},
        ),
        (
            commands.check_fact(S, "k", checked_on="2026-03-02", said_by=["A (B)"]),
            {
                "type": "fact_checked",
                "story": S,
                "key": "k",
                "checked_on": "2026-03-02",
                "said_by": ({"name": "A", "org": "B"},),
            },
        ),
        (commands.pin(S, "d1"), D | {"type": "development_pinned"}),
        (commands.unpin(S, "d1"), D | {"type": "development_unpinned"}),
        (commands.redact(S, "R", development="d1"), D | {"type": "event_redacted", "reason": "R"}),
        (commands.redact(S, "R", event="a"), {"type": "event_redacted", "story": S, "event": "a", "reason": "R"}),
        (commands.undo(S, development="d1", reason="R"), D | {"type": "event_undone", "reason": "R"}),
    ],
)
def test_command_returns_its_event(event: AnyEvent, expected: dict[str, Any]) -> None:
    assert plain(event) == expected


COMMANDS = (
    commands.open_story, commands.revise_story, commands.close_story, commands.reopen_story, commands.check_fact,
    commands.report, commands.correct, commands.hold, commands.release, commands.retract, commands.pin, commands.unpin,
    commands.redact, commands.undo,
)  # fmt: skip
EVENTS = [event for event in get_args(AnyEvent) if event is not ClockReset]  # only Ledger.reset_clock makes that
LEFT_TO_THE_LEDGER = {"type", "noticed"}


@pytest.mark.parametrize(("command", "event"), [*zip(COMMANDS, EVENTS, strict=True)])
def test_parameters_of_a_command_are_the_fields_of_its_event(command: Callable[..., Any], event: type[Event]) -> None:
    parameters = {"set" if name == "changes" else name for name in signature(command).parameters} - {"envelope"}
    assert (
        parameters | commands.Envelope.__annotations__.keys() - {"times"}
        == event.model_fields.keys() - LEFT_TO_THE_LEDGER
    )


def test_command_accepts_a_state_as_its_story() -> None:
    state = Scenario().state()
    assert commands.report(state, "H") == commands.report(S, "H")
    assert commands.close_story(state) == commands.close_story(S)


def test_fields_that_are_none_are_left_out() -> None:
    assert plain(commands.report(S, "H", body=None, development=None)) == plain(commands.report(S, "H"))
    assert commands.revise_story(S, subjects=None).model_fields_set == {"story"}


def test_command_reports_every_problem_by_field() -> None:
    with pytest.raises(InvalidError) as caught:
        commands.report("../x", "", facts=[{"key": "hurt", "value": 1.5}], colour="red")  # type: ignore[call-arg]  # a mistake
    assert [problem.where for problem in caught.value.problems] == ["story", "headline", "facts[0].value", "colour"]
    assert caught.value.problems[-1].message == "there is no field 'colour' here."


def test_correction_of_nothing_is_invalid() -> None:
    with pytest.raises(InvalidError, match="set: names no field to correct"):
        commands.correct(S, "d1", {})
