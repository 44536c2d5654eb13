"""Corners of the core that no story of the other tests turns."""

from events.diff import changes
from events.model.events import DevelopmentReported, Recorded
from events.model.parts import Expectation, Resolution
from events.wording.redactions import Redactions
from tests.builders import START, STORY, Scenario, claim


def test_contradiction_of_a_redacted_key_has_no_details() -> None:
    before = Scenario().report("a", claim("hurt", 2), by="A (Port)")
    earlier = before.state()
    later = before.report("b", claim("hurt", 3), by="B (Clinic)", at="2026-03-02T10:00:00Z").state()
    told = {str(change.text(Redactions(keys={"hurt": "(not shown)"}))) for change in changes(earlier, later)[1:]}
    assert told == {"(not shown)"}
    denied = before.report("c", claim("hurt", stance="denies"), by="C (City)").state()
    told = {str(change.text(Redactions(keys={"hurt": "(not shown)"}))) for change in changes(later, denied)[1:]}
    assert told == {"(not shown)"}


def test_corrections_omit_expectations_that_are_not_public() -> None:
    scenario = Scenario().report("open", expects=[{"id": "e1", "what": "Ferries run"}])
    scenario.report("secret", expects=[{"id": "e2", "what": "A hearing"}], embargoed_until="2026-04-01T00:00:00Z")
    resolved = tuple(Resolution(expectation=name, outcome="met") for name in ("e1", "e2"))
    scenario.correct("open", resolves=[item.model_dump() for item in resolved])
    state = scenario.public().state
    assert state is not None
    assert [made.now for made in state.corrections] == [(Resolution(expectation="e1", outcome="met"),)]
    lifted = scenario.public("2026-04-02").state
    assert lifted is not None
    assert [made.now for made in lifted.corrections] == [resolved]


def test_fold_trusts_even_an_expectation_without_id() -> None:
    scenario = Scenario()
    report = DevelopmentReported(id="x", story=STORY, development="d1", headline="h", expects=(Expectation(what="w"),))
    scenario.fold.apply(Recorded(2, 2, START, report))
    assert scenario.fold.expectations() == ()
