"""What is still under embargo is marked for the desk, wherever a command shows it."""

import json

import pytest

from events.commands import (
    check_fact,
    close_story,
    correct,
    hold,
    open_story,
    release,
    report,
    revise_story,
)
from events.model.edtf import instant
from feed.cli.terminal import layout, story_view
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
        "Hurt: 5 (not independently confirmed)",
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


SHORT = "[embargoed until 2015-02-01 06:00 UTC]"


def shown(desk: DeskRunner) -> list[str]:
    """Return the lines of `show`, none of them wrapped, without spaces around them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "WIDTH_MAX", 300)
        patch.setattr(story_view, "WIDE_FROM", 1_000)
        return [line.strip() for line in desk.output("show", FIRE, COLUMNS="300").splitlines()]


@pytest.fixture
def public(fire: DeskRunner) -> DeskRunner:
    facts = [{"key": "hurt", "value": 2}]
    return fire.record(
        report(FIRE, "Two hurt", development="two", facts=facts, said_by=["Ana Ruiz (Port)"], expects=[PROMISE])
    )


def test_public_story_has_no_mark(public: DeskRunner) -> None:
    for command in (("show", FIRE), ("since", FIRE, "1"), ("stories",), ("due",)):
        assert "embargo" not in public.output(*command).lower()


def test_revision_under_embargo_is_marked(public: DeskRunner) -> None:
    labels = {"hurt": {"label": "People hurt"}}
    public.record(revise_story(FIRE, headline="Port: arson", summary="Secret.", facts=labels, embargoed_until=UNTIL))
    lines = shown(public)
    assert lines[0] == f"Port: arson {MARK}"
    assert f"Secret. {MARK}" in lines
    assert lines.count(f"People hurt {MARK}") == 2
    assert f"key hurt {MARK}" in lines
    assert f"Two hurt {MARK}" not in lines
    assert marked(public.output("since", FIRE, "2")) == [
        "Story headline: Fire at the harbour → Port: arson",
        "Story summary: Secret.",
        "hurt, label: none → People hurt",
    ]
    assert public.output("stories").rstrip().endswith(f"Port: arson {SHORT}")
    assert json.loads(public.output("stories", "--json"))[0]["embargoed_until"] == UNTIL


def test_closing_under_embargo_is_marked(public: DeskRunner) -> None:
    public.record(close_story(FIRE).model_copy(update={"embargoed_until": instant(UNTIL)}))
    assert "closed" in shown(public)[1]
    assert shown(public)[1].endswith(MARK)
    assert f"closed {SHORT}" in public.output("stories")
    assert not public.output("stories").rstrip().endswith(SHORT)
    assert json.loads(public.output("stories", "--json"))[0]["status_embargoed_until"] == UNTIL


def test_correction_under_embargo_is_marked(public: DeskRunner) -> None:
    changes = {"headline": "Three hurt", "facts": [{"key": "hurt", "value": 3}]}
    changes["expects"] = [PROMISE | {"due": "2015-02-03"}]
    public.record(correct(FIRE, "two", changes, "The port was wrong.", embargoed_until=UNTIL))
    lines = shown(public)
    assert any(line.endswith(f"The port was wrong. {MARK}") for line in lines)
    assert sum("Three hurt [corrected]" in line and line.endswith(MARK) for line in lines) == 2
    assert [line for line in lines if line.startswith("Hurt") and line.endswith(f"3 {MARK}")] != []
    assert f"due 3 February 2015 · talks {MARK}" in lines
    assert "Corrected: Three hurt" in marked(public.output("since", FIRE, "2"))
    assert f"[harbour-fire talks] {SHORT}" in public.output("due")


def test_check_under_embargo_is_marked(public: DeskRunner) -> None:
    public.record(check_fact(FIRE, "hurt", embargoed_until=UNTIL))
    assert [line for line in shown(public) if MARK in line] == [f"last checked 24 January 2015 {MARK}"]


def test_account_under_embargo_is_marked_in_the_key_facts(public: DeskRunner) -> None:
    denial = [{"development": "two", "kind": "denies"}]
    public.record(report(FIRE, "Nobody hurt", disputes=denial, said_by=["-, clerk (Line)"], embargoed_until=UNTIL))
    lines = shown(public)
    facts = lines[lines.index("KEY FACTS") : lines.index("LATEST")]
    assert f"Disputed: denied by clerk, Line (unnamed) {MARK}" in facts
    assert f"DISPUTED: Hurt {MARK}" in lines
    assert f"DENIED by clerk, Line (unnamed), as of 24 January 2015 {MARK}" in lines
    assert all(line.endswith(MARK) for line in lines if line.startswith(("Disputed  ", "denies this  ")))


def test_mark_names_the_embargo_that_ends_last(public: DeskRunner) -> None:
    public.record(revise_story(FIRE, headline="Port: arson", embargoed_until=UNTIL))
    public.record(revise_story(FIRE, summary="Secret.", embargoed_until="2015-02-02T06:00:00Z"))
    lines = shown(public)
    assert lines[0] == f"Port: arson {MARK}"
    assert "Secret. [embargoed until 2 February 2015, 06:00 UTC]" in lines
    public.clock.go(UNTIL)
    assert shown(public)[0] == "Port: arson"


def test_story_under_embargo_is_marked_all_over(room: DeskRunner) -> None:
    room.record(open_story(FIRE, "Fire", embargoed_until=UNTIL), report(FIRE, "Two hurt", development="two"))
    lines = shown(room)
    assert lines[0] == f"Fire {MARK}"
    assert sum(line.endswith(f"Two hurt {MARK}") for line in lines) == 2
    assert marked(room.output("since", FIRE, "1")) == ["Reported: Two hurt"]
    assert all(line.endswith(MARK) for line in room.output("log").splitlines())
    assert room.output("stories").count(SHORT) == 1


def test_what_is_recorded_about_a_secret_is_marked(secret: DeskRunner) -> None:
    told = secret.run("correct", FIRE, "five", "--fact", "hurt=6", "--note", "Wrong.")
    assert marked(told.stdout) == ["  Hurt: 5 → 6 (not independently confirmed)"]
    assert told.stderr == f"Under embargo: this is not published before {UNTIL}.\n"
