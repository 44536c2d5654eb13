"""An entry whose words change says when: feeds, archives and pages that stand all go by that."""

from events import commands
from feed.entries.model import Entry
from tests.builders import STORY, Scenario, at, claim

NOON = "2026-03-02T12:00:00Z"
NEXT_DAY = "2026-03-03T09:00:00Z"


def entry(scenario: Scenario, anchor: str) -> Entry:
    return next(entry for entry in scenario.entries() if entry.anchor == anchor)


def notice(scenario: Scenario) -> Entry:
    [overdue] = [entry for entry in scenario.entries() if entry.kind == "overdue"]
    return overdue


def test_retraction_of_a_doubt_touches_the_entry_that_named_it() -> None:
    story = (
        Scenario().report("d1", claim("hurt", 2), by="A (X)").report("d2", claim("hurt", stance="denies"), by="B (Y)")
    )
    story.report("d3", claim("hurt", 2), by="A (X)", at=NOON)
    assert "B (Y) denies it" in entry(story, "d3").content
    story.retract("d2", at=NEXT_DAY)
    after = entry(story, "d3")
    assert "B (Y)" not in after.content
    assert (after.touched, after.updated) == (at(NEXT_DAY), at(NOON))


def test_doubt_of_a_report_that_is_held_is_told_otherwise_from_then_on() -> None:
    scenario = Scenario()
    scenario.report("first", claim("hurt", 4), said_by=["-, chief (Port)"])
    doubt = {"development": "first", "kind": "cannot_confirm"}
    scenario.report("doubt", said_by=["-, doctor (Clinic)"], disputes=[doubt])
    scenario.report("second", claim("hurt", 5), said_by=["-, chief (Port)"])
    scenario.report("third", claim("hurt", 6), said_by=["-, chief (Harbour)"])
    before = entry(scenario, "third")
    assert "cannot confirm 4" in before.content
    after = entry(scenario.record(commands.hold(STORY, "first")), "third")
    assert "cannot confirm (withheld)" in after.content
    assert after.touched > before.touched


def test_notice_that_tells_of_a_report_is_told_otherwise_once_that_is_taken_back() -> None:
    scenario = Scenario()
    for development, due, told_at in (
        ("promise", "2026-03-03", "2026-03-02T09:00:00Z"),
        ("moved", "2026-03-11", "2026-03-05T09:00:00Z"),
        ("again", "2026-03-24", "2026-03-06T09:00:00Z"),
    ):
        scenario.report(development, expects=[{"id": "e1", "what": "An answer", "due": due}], at=told_at)
    before = notice(scenario)
    assert "due 3 March 2026 → due 11 March 2026" in before.content
    after = notice(scenario.retract("moved", reason="Never said.", at="2026-03-07T09:00:00Z"))
    assert "due 3 March 2026 → (withdrawn)" in after.content
    assert after.touched > before.touched


def test_overdue_notice_moved_and_met_at_once_has_one_note() -> None:
    story = Scenario().report("d1", expects=[{"id": "e1", "what": "Ferries run", "due": "2026-03-04"}])
    met = [{"expectation": "e1", "outcome": "met"}]
    story.report("d2", at="2026-03-07", expects=[{"id": "e1", "due": "2026-03-20"}], resolves=met)
    assert notice(story).content.count("Since then, 7 March 2026:") == 1
