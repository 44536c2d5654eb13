"""An entry whose words change says when: feeds, archives and pages that stand all go by that."""

from events import recording
from feed.document import Entry
from feed.drafting import Address
from feed.entries import StoryEntries
from tests.builders import BASE_URL, NEWSROOM, STORY, Scenario, claim


def entry(scenario: Scenario, anchor: str) -> Entry:
    entries = StoryEntries(scenario.public(), Address(newsroom=NEWSROOM, base_url=BASE_URL))
    return next(entry for entry in entries.newest() if entry.anchor == anchor)


def test_doubt_of_a_report_that_is_held_is_told_otherwise_from_then_on() -> None:
    scenario = Scenario()
    scenario.report("first", claim("hurt", 4), said_by=["-, chief (Port)"])
    doubt = {"development": "first", "kind": "cannot_confirm"}
    scenario.report("doubt", said_by=["-, doctor (Clinic)"], disputes=[doubt])
    scenario.report("second", claim("hurt", 5), said_by=["-, chief (Port)"])
    scenario.report("third", claim("hurt", 6), said_by=["-, chief (Harbour)"])
    before = entry(scenario, "third")
    assert "cannot confirm 4" in before.content
    after = entry(scenario.record(recording.hold(STORY, "first")), "third")
    assert "cannot confirm (withheld)" in after.content
    assert after.touched > before.touched
