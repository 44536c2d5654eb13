"""Corners of the core that no story of the other tests turns."""

from events.diff import changes
from events.fold.state_json import dispute_json
from events.fold.story import fold_of
from events.model.events import DevelopmentReported, Recorded
from events.model.parts import Expectation, Resolution
from events.public.sequence import OngoingStory
from events.wording.claims import target_words
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


def test_dispute_of_a_key_that_was_never_claimed_names_the_key_alone() -> None:
    # Ledgers from before such a key was refused may have one.
    story = Scenario().report("a", claim("hurt", 2), by="A (Port)")
    dispute = {"development": "a", "kind": "denies", "keys": ["cause"]}
    event = DevelopmentReported.model_validate(
        {"id": "x", "story": STORY, "development": "no", "headline": "Not so", "disputes": [dispute]}
    )
    story.fold.apply(Recorded(3, 3, START, event))
    [shown] = story.fold.state(now=START).disputes
    assert dispute_json(shown)["claims"] == [{"key": "cause"}]
    assert target_words(shown.target) == "Cause"


def test_dispute_of_a_hidden_key_quotes_no_value() -> None:
    story = Scenario().report("a", claim("hurt", 2), by="A (Port)")
    story.report("no", by="B (City)", disputes=[{"development": "a", "kind": "denies", "keys": ["hurt"]}])
    [shown] = story.state().disputes
    assert target_words(shown.target) == "Hurt: 2"
    assert target_words(shown.target, Redactions(keys={"hurt": "(not shown)"})) == "(not shown)"


def test_aims_that_are_recorded_are_not_refused_again() -> None:
    story = Scenario().report("a", claim("hurt", 2), by="A (Port)")
    dispute = {"development": "a", "kind": "denies", "keys": ["hurt"]}
    story.report("no", by="B (City)", disputes=[dispute]).correct("a", facts=[claim("dead", 1)])
    story.correct("no", disputes=[dispute, {"development": "a", "kind": "disagrees"}])
    assert [item.target.corrected for item in story.state().disputes] == [True, False]
    story.redact(development="a").report("yes", corroborates=[{"development": "a", "keys": ["hurt"]}])
    assert story.state().disputes == ()


def test_denial_that_is_taken_back_names_its_value() -> None:
    story = Scenario().report("a", claim("hurt", 2), by="A (Port)")
    story.report("no", claim("hurt", 2, stance="denies"), by="B (City)")
    before = story.state()
    lines = [str(change) for change in changes(before, story.retract("no").state())]
    assert "Hurt: B (City) no longer denies: 2" in lines


def test_denial_that_its_origin_took_back_stays_ended() -> None:
    story = (
        Scenario()
        .report("d1", claim("hurt", 5), by="Ana (Port)")
        .report("d2", claim("hurt", stance="denies"), by="Ben (City)")
    )
    story.report("d3", by="Ben (City)", corroborates=[{"development": "d1", "keys": ["hurt"]}])
    story.report("d4", claim("hurt", stance="cannot_confirm"), by="Ana (Port)")
    fact = story.state().fact("hurt")
    assert fact is not None
    assert (fact.current, fact.denied_by) == (None, ())


def test_correction_of_an_erased_report_corrects_nothing() -> None:
    # Older releases erased the report alone.
    story = Scenario().report("d1", claim("hurt", 2)).correct("d1", headline="Three hurt")
    opened, report, correction = story.recorded
    story.redact(event=report.id)
    assert fold_of(STORY, [opened, story.recorded[1], correction]).corrections == []


def test_report_that_is_not_public_yet_is_confirmed_once_it_is() -> None:
    later, wire = "2026-04-01T00:00:00Z", {"name": "Wire", "origin": "Wire"}
    story = Scenario().report("secret", claim("hurt", 2), embargoed_until=later)
    story.report("d2", source=wire, corroborates=[{"development": "secret"}])
    before, after = story.public().state, story.public(later).state
    assert before is not None
    assert after is not None
    assert before.fact("hurt") is None
    assert after.fact("hurt") is not None


def test_public_items_without_effects_say_nothing_of_what_they_touch() -> None:
    story = Scenario().report("d1", claim("hurt", 2)).report("d2", corroborates=[{"development": "d1"}])
    bare = OngoingStory(STORY, story.recorded, now=story.clock, effects=False).public
    assert [item.touched_facts for item in bare.items] == [{}] * 3
    assert bare.state is None
