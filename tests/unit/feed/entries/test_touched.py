"""An entry says when its bytes changed: `touched` decides which feeds, archive pages and pages are written again."""

from events import commands
from tests.builders import STORY, Scenario, at, claim

NOON = "2026-03-02T12:00:00Z"
NEXT_DAY = "2026-03-03T09:00:00Z"


def test_retraction_of_a_doubt_touches_the_entry_that_named_it() -> None:
    story = (
        Scenario().report("d1", claim("hurt", 2), by="A (X)").report("d2", claim("hurt", stance="denies"), by="B (Y)")
    )
    story.report("d3", claim("hurt", 2), by="A (X)", at=NOON)
    assert "denied by B (Y)" in story.entry("d3").content
    story.retract("d2", at=NEXT_DAY)
    after = story.entry("d3")
    assert "B (Y)" not in after.content
    assert (after.touched, after.updated) == (at(NEXT_DAY), at(NOON))


def test_doubt_of_a_held_report_is_reworded() -> None:
    scenario = Scenario()
    scenario.report("first", claim("hurt", 4), said_by=["-, chief (Port)"])
    doubt = {"development": "first", "kind": "cannot_confirm"}
    scenario.report("doubt", said_by=["-, doctor (Clinic)"], disputes=[doubt])
    scenario.report("second", claim("hurt", 5), said_by=["-, chief (Port)"])
    scenario.report("third", claim("hurt", 6), said_by=["-, chief (Harbour)"])
    before = scenario.entry("third")
    assert "as to 4" in before.content
    after = scenario.record(commands.hold(STORY, "first")).entry("third")
    assert "as to (withheld)" in after.content
    assert after.touched > before.touched


def test_overdue_notice_is_reworded_when_its_report_is_retracted() -> None:
    scenario = Scenario()
    for development, due, told_at in (
        ("promise", "2026-03-03", "2026-03-02T09:00:00Z"),
        ("moved", "2026-03-11", "2026-03-05T09:00:00Z"),
        ("again", "2026-03-24", "2026-03-06T09:00:00Z"),
    ):
        scenario.report(development, expects=[{"id": "e1", "what": "An answer", "due": due}], at=told_at)
    before = scenario.entry(None, kind="overdue")
    assert "due 3 March 2026 → due 11 March 2026" in before.content
    after = scenario.retract("moved", reason="Never said.", at="2026-03-07T09:00:00Z").entry(None, kind="overdue")
    assert "due 3 March 2026 → (withdrawn)" in after.content
    assert after.touched > before.touched


def test_overdue_notice_moved_and_met_at_once_has_one_note() -> None:
    story = Scenario().report("d1", expects=[{"id": "e1", "what": "Ferries run", "due": "2026-03-04"}])
    met = [{"expectation": "e1", "outcome": "met"}]
    story.report("d2", at="2026-03-07", expects=[{"id": "e1", "due": "2026-03-20"}], resolves=met)
    assert story.entry(None, kind="overdue").content.count("Since then, 7 March 2026:") == 1


def test_corrected_picture_touches_an_earlier_correction() -> None:
    picture = {"url": "https://a.example/1.jpg", "type": "image/jpeg", "alt": "Smoke"}
    story = Scenario().report("d1", media=[picture]).correct("d1", body="It burned.")
    earlier = story.entry(kind="correction")
    story.correct("d1", media=[picture | {"alt": "Fire"}], at=NEXT_DAY)
    [after] = [entry for entry in story.entries() if entry.id == earlier.id]
    assert [enclosure.alt for enclosure in after.enclosures] == ["Fire"]
    assert (after.touched, after.updated) == (at(NEXT_DAY), earlier.updated)


def test_fact_that_is_claimed_again_touches_what_named_it() -> None:
    story = Scenario().report("d1", claim("hurt", 2), by="A (X)")
    story.report("d2", by="B (Y)", corroborates=[{"development": "d1"}]).retract("d1")
    before = story.entry("d2")
    after = story.report("d3", claim("hurt", 9), by="B (Y)", at=NEXT_DAY).entry("d2")
    assert ("Hurt" in before.content, "Hurt" in after.content) == (False, True)
    assert (after.touched, after.updated) == (at(NEXT_DAY), before.updated)


def test_disputed_report_touches_its_dispute_once_it_is_public() -> None:
    story = Scenario().report("d1", headline="Three hurt", embargoed_until=NEXT_DAY)
    story.report("d2", disputes=[{"development": "d1", "kind": "denies"}])
    before, after = story.entry("d2"), story.entry("d2", now=NEXT_DAY)
    assert ("Three hurt" in before.content, "Three hurt" in after.content) == (False, True)
    assert (after.touched, after.updated) == (at(NEXT_DAY), before.updated)


def test_worded_expectation_touches_the_correction_resolving_it() -> None:
    expected = [{"id": "e1", "what": "Ferries run"}]
    story = Scenario().report("d1").report("d2", expects=expected, embargoed_until=NEXT_DAY)
    story.correct("d1", resolves=[{"expectation": "e1", "outcome": "met"}])
    before = story.entry(kind="correction")
    after = story.entry(kind="correction", now=NEXT_DAY)
    assert before.content != after.content
    assert (after.touched, after.updated) == (at(NEXT_DAY), before.updated)
