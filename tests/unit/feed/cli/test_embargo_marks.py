"""What is still under embargo is marked for the desk, wherever a command shows it."""

import json

import pytest

from events.commands import correct, hold, open_story, release, report
from tests.builders import HOUR
from tests.desk import FIRE, DeskRunner

UNTIL = "2015-02-01T06:00:00Z"
MARK = "[embargoed until 1 February 2015, 06:00 UTC]"
PROMISE = {"id": "talks", "what": "Talks are held", "due": "2015-02-02"}


@pytest.fixture
def secret(fire: DeskRunner) -> DeskRunner:
    fire.record(report(FIRE, "Two hurt", development="two", facts=[{"key": "hurt", "value": 2}]))
    claims = [{"key": "hurt", "value": 5}]
    return fire.record(
        report(FIRE, "Five hurt", development="five", facts=claims, expects=[PROMISE], embargoed_until=UNTIL)
    )


def marked(text: str) -> list[str]:
    """Return the lines that have the mark, without it."""
    return [line.removesuffix(MARK).rstrip() for line in text.splitlines() if line.endswith(MARK)]


def test_log_marks_events_about_an_embargoed_report(secret: DeskRunner) -> None:
    secret.record(correct(FIRE, "five", {"headline": "Five are hurt"}, "Grammar."))
    secret.record(correct(FIRE, "two", {"headline": "Two are hurt"}, "Grammar.", embargoed_until=UNTIL))
    lines = marked(secret.output("log"))
    assert [line.split()[3] for line in lines] == ["reported", "corrected", "corrected"]
    assert "two: headline" in lines[2]


def test_log_marks_nothing_once_the_embargo_was_ended(secret: DeskRunner) -> None:
    secret.record(release(FIRE, "five"))
    assert marked(secret.output("log", FIRE)) == []


def test_since_marks_what_quotes_an_embargoed_report(secret: DeskRunner) -> None:
    secret.record(hold(FIRE, "two"))
    assert marked(secret.output("since", FIRE, "1")) == [
        "Reported: Five hurt",
        "Hurt: 5 (no stated origin; not independently confirmed)",
        "Newly expected: Talks are held: due 2 February 2015",
    ]
    marks = [change.get("embargoed_until") for change in json.loads(secret.output("since", FIRE, "1", "--json"))]
    assert marks == [None, UNTIL, UNTIL, UNTIL]


def test_lists_mark_stories_and_promises_under_embargo(secret: DeskRunner) -> None:
    assert "2 reported (1 embargoed)" in secret.output("stories")
    assert "[harbour-fire talks] [embargoed until 2015-02-01 06:00 UTC]" in secret.output("due")
    [story] = json.loads(secret.output("stories", "--json"))
    [promise] = json.loads(secret.output("due", "--json"))
    assert (story["embargoed"], promise["embargoed_until"]) == (1, UNTIL)


def test_lists_mark_nothing_after_the_embargo(secret: DeskRunner) -> None:
    secret.clock.go(UNTIL)
    for command in ("stories", "due", "log"):
        assert "embargoed" not in secret.output(command)


def test_story_under_embargo_is_marked_itself(room: DeskRunner) -> None:
    room.record(open_story(FIRE, "Fire at the harbour", embargoed_until=UNTIL))
    assert room.output("stories").rstrip().endswith("Fire at the harbour [embargoed until 2015-02-01 06:00 UTC]")
    assert marked(room.output("log")) != []
    room.clock.go(HOUR)
    assert json.loads(room.output("stories", "--json"))[0]["embargoed_until"] == UNTIL
