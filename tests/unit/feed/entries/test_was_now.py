"""What a correction says that was, and is: only what changed, in words (events/README.md#what-a-correction-changed)."""

import re

from tests.builders import Scenario, claim

PROMISE = {"id": "ferries", "what": "Ferries run again", "due": "2026-03-05"}


def was_now(story: Scenario, development: str = "d1") -> list[str]:
    """Return each line of what was and what is, of the only correction of a development."""
    content = story.entry(development, kind="correction").content
    part = content.split("<ul>\n")[1].split("</ul>")[0]
    return [" ".join(re.sub("<.*?>", " ", line).split()) for line in part.strip().split("\n")]


def test_correction_of_one_fact_tells_that_one_alone() -> None:
    story = Scenario().report("d1", "dead=1", "hurt=2", "ships=3")
    story.correct("d1", facts=[claim("dead", 1), claim("hurt", 4), claim("ships", 3)])
    assert was_now(story) == ["Facts was: Hurt: 2 now: Hurt: 4"]
    [made] = story.state().as_json()["corrections"]
    assert (made["was"], made["now"]) == ([{"key": "hurt", "value": 2}], [{"key": "hurt", "value": 4}])


def test_corrected_field_that_stays_as_it_was_is_not_told() -> None:
    story = Scenario().report("d1", headline="Two hurt", body="By smoke.")
    story.correct("d1", headline="Two hurt", body="By fire.")
    assert [made.field for made in story.state().corrections] == ["body"]


def test_new_order_alone_is_told_whole() -> None:
    story = Scenario().report("d1", "dead=1", "hurt=2").correct("d1", facts=[claim("hurt", 2), claim("dead", 1)])
    assert was_now(story) == ["Facts was: Dead: 1; Hurt: 2 now: Hurt: 2; Dead: 1"]


def test_corrected_date_of_a_promise_is_told() -> None:
    story = Scenario().report("d1", expects=[PROMISE]).correct("d1", expects=[PROMISE | {"due": "2026-03-09"}])
    assert was_now(story) == [
        "Expectations was: Ferries run again: due 5 March 2026 now: Ferries run again: due 9 March 2026"
    ]


def test_correction_of_a_restated_promise_says_what_it_is() -> None:
    story = Scenario().report("d1", expects=[PROMISE])
    story.report("d2", expects=[{"id": "ferries", "due": "2026-03-09", "by": "Blue Line", "condition": "No wind."}])
    story.correct("d2", expects=None)
    assert was_now(story, "d2") == [
        "Expectations was: Ferries run again: due 9 March 2026, by Blue Line, on condition: No wind. now: nothing"
    ]


def test_correction_of_an_outcome_says_of_what() -> None:
    story = Scenario().report("d1", expects=[PROMISE])
    story.report("d2", resolves=[{"expectation": "ferries", "outcome": "met"}])
    story.correct("d2", resolves=[{"expectation": "ferries", "outcome": "missed"}])
    assert was_now(story, "d2") == ["Outcomes was: Ferries run again: met now: Ferries run again: missed"]


def test_promise_of_a_withdrawn_report_is_not_quoted_by_a_correction() -> None:
    story = Scenario().report("d1", expects=[PROMISE]).report("d2", expects=[{"id": "ferries", "due": "2026-03-09"}])
    story.correct("d2", expects=None).retract("d1")
    assert "Ferries" not in story.entry("d2", kind="correction").content
