"""What commands say of likely slips: remedies that work when they are followed."""

import pytest

from events.commands import open_story, report
from events.errors import InvalidError
from events.model.validation import parse_event
from tests.desk import FIRE, DeskRunner


def test_story_in_capitals_leads_to_the_one_that_exists(fire: DeskRunner) -> None:
    for name in ("Harbour-Fire", "HARBOUR_FIRE", "harbour fire"):
        for arguments in (("show", name), ("log", name), ("since", name, "1"), ("check", name)):
            message = str(fire.run(*arguments).exception)
            assert "Did you mean harbour-fire?" in message
            assert "writethru open harbour-fire HEADLINE" in message


def test_name_without_letters_suggests_no_slug(fire: DeskRunner) -> None:
    assert "writethru open STORY HEADLINE" in str(fire.run("show", "火").exception)
    with pytest.raises(InvalidError) as caught:
        parse_event({"type": "story_opened", "story": "火", "headline": "Fire"})
    assert "Write:" not in str(caught.value)


def test_wrong_slug_is_answered_with_the_right_one(fire: DeskRunner) -> None:
    assert "Write: mill-fire-2" in str(fire.run("open", "Mill Fire_2", "Fire").exception)
    assert "Write: two-hurt" in str(fire.run("report", FIRE, "Two", "--id", "Two_Hurt").exception)


def test_id_of_a_retracted_report_is_not_to_be_corrected(fire: DeskRunner) -> None:
    fire.output("report", FIRE, "Two hurt")
    assert "writethru correct harbour-fire d1" in str(fire.run("report", FIRE, "Again", "--id", "d1").exception)
    fire.output("retract", FIRE, "d1", "--reason", "Wrong.")
    message = str(fire.run("report", FIRE, "Again", "--id", "d1").exception)
    assert "Give another id, or none." in message
    assert "writethru correct" not in message


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--happened", "2030"), "it is dated as happening after it was reported"),
        (("--said-on", "2015-02-01"), "it is dated as said after it was reported"),
        (("--fact", "hurt=6/5"), "hurt is more than the total that it is of"),
        (("--fact", "hurt=6..7/1..5"), "hurt is more than the total that it is of"),
    ],
)
def test_likely_slip_is_recorded_with_a_warning(fire: DeskRunner, arguments: tuple[str, str], words: str) -> None:
    result = fire.run("report", FIRE, "Two hurt", "--source", "Radio", *arguments)
    assert (result.exit_code, words in result.stderr.lower()) == (0, True)
    assert words in fire.run("check", FIRE).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--happened", "2015"),
        ("--happened", "2015-01-25"),
        ("--said-on", "../2030"),
        ("--fact", "hurt=5/5"),
        ("--fact", "hurt=4..9/5"),
        ("--fact", "hurt=9.."),
    ],
)
def test_what_may_be_right_is_not_warned_of(fire: DeskRunner, arguments: tuple[str, str]) -> None:
    assert "Is this right?" not in fire.run("report", FIRE, "Two hurt", *arguments).stderr


def test_midnight_and_the_end_of_a_day_are_shown_as_given(fire: DeskRunner) -> None:
    fire.record(open_story("mill", "Mill"), report("mill", "Flood"))
    midnight, day = (fire.output("show", FIRE, "--now", text) for text in ("2026-11-30T00:00:00Z", "2026-11-30"))
    assert "Due dates seen from 30 November 2026, 00:00 UTC." in midnight
    assert "Due dates seen from 30 November 2026." in day
    assert "since 30 November 2026." in fire.run("since", FIRE, "2026-11-30").stderr


def test_wrong_development_of_a_fact_to_correct_is_named(fire: DeskRunner) -> None:
    fire.output("report", FIRE, "Two hurt", "--fact", "lanes.closed=2")
    correction = ("--fact", "lanes.closed=3", "--note", "N")
    assert "there is no development d2.\n  To see all: writethru show" in str(
        fire.run("correct", FIRE, "d2", *correction).exception
    )
    wrong = fire.run("correct", FIRE, "d1", "--fact", "lanes.closd=3", "--note", "N")
    assert str(wrong.exception).endswith("its keys are: lanes.closed.\n  Did you mean lanes.closed?")
    fire.output("retract", FIRE, "d1", "--reason", "Wrong.")
    assert "nothing can be corrected in d1." in str(fire.run("correct", FIRE, "d1", *correction).exception)


def test_name_of_something_else_than_a_development_is_told(fire: DeskRunner) -> None:
    fire.output("report", FIRE, "Two hurt", "--expect", "ferries: ferries run", "--event-id", "one")
    for command in (("undo",), ("hold",), ("redact", "--reason", "R"), ("retract", "--reason", "R")):
        told = str(fire.run(command[0], FIRE, "ferries", *command[1:]).exception)
        assert "ferries is an expectation, not a development.\n  d1 states it." in told
    told = str(fire.run("redact", FIRE, "--event", "d1", "--reason", "R").exception)
    assert f"It is a development. To erase it: writethru redact {FIRE} d1 --reason REASON" in told
    fire.output("undo", FIRE)
    assert "d1 was undone." in str(fire.run("hold", FIRE, "d1").exception)


def test_check_of_a_fact_that_is_held_says_so(fire: DeskRunner) -> None:
    fire.output("report", FIRE, "Two hurt", "--fact", "hurt=2")
    fire.output("hold", FIRE, "d1")
    told = str(fire.run("checked", FIRE, "hurt").exception)
    assert f"what is reported of hurt was held with d1.\n  To release it: writethru release {FIRE} d1" in told
    fire.output("retract", FIRE, "d1", "--reason", "Wrong.")
    told = str(fire.run("checked", FIRE, "hurt").exception)
    assert "was withdrawn with d1.\n  Check a fact that counts." in told
