"""Denials and doubts without a value: they are about what was said then (events/README.md#a-denial-without-a-value)."""

from itertools import permutations
from operator import attrgetter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.fold.claims import AttributedClaim
from events.fold.facts import Fact
from events.fold.story import fold_of
from events.model.events import EventRedacted, StoryRevised
from tests.builders import STORY, Scenario, claim
from tests.facts import fact_of
from tests.properties.disputes import disputed_stories
from tests.properties.strategies import runs

GAC, SCA, BSM = "Said (GAC)", "Lee (SCA)", "Hale (BSM)"
NO: dict[str, Any] = claim("cause", stance="denies")
UNSURE: dict[str, Any] = claim("cause", stance="cannot_confirm")


def cause(value: str, **fields: Any) -> dict[str, Any]:
    return claim("cause", value, **fields)


def said() -> Scenario:
    """GAC says blackout, and BSM denies it."""
    return Scenario().report("a", cause("blackout"), by=GAC).report("no", NO, by=BSM)


def cause_of(story: Scenario) -> Fact:
    return fact_of(story, "cause")


def denials(story: Scenario) -> tuple[list[Any], list[Any]]:
    """Return the denied values: of the current value, and of others."""
    fact = cause_of(story)
    return [item.value for item in fact.denied_by], [item.value for item in fact.other_denials]


def test_denial_stays_with_the_value_that_was_said_then() -> None:
    assert (denials(said()), cause_of(said()).standing) == ((["blackout"], []), "disputed")
    moved = said().report("b", cause("wind"), by=GAC)
    assert (denials(moved), cause_of(moved).standing) == (([], ["blackout"]), "reported")


def test_denial_stays_when_its_origin_names_another_value() -> None:
    story = said().report("b", cause("engine"), by=BSM)
    assert denials(story) == ([], ["blackout"])
    assert [item.value for item in cause_of(story).accounts] == ["engine", "blackout"]


@pytest.mark.parametrize("end", ["repeats", "corroborates", "corrects", "retracts"])
def test_denial_ends_when_its_origin_takes_it_back(end: str) -> None:
    story = said().report("b", cause("wind"), by=GAC)
    match end:
        case "repeats":
            story.report("yes", cause("blackout"), by=BSM)
        case "corroborates":
            story.report("yes", by=BSM, corroborates=[{"development": "a"}])
        case "corrects":
            story.correct("no", facts=[])
        case _:
            story.retract("no")
    assert denials(story) == ([], [])


def test_denial_does_not_follow_a_correction_of_what_it_denied() -> None:
    assert denials(said().correct("a", facts=[cause("wind")])) == ([], ["blackout"])


@pytest.mark.parametrize("end", ["hold", "retract", "redact"])
def test_denial_moves_to_no_older_value(end: str) -> None:
    story = Scenario().report("old", cause("fog"), by=GAC).report("a", cause("wind"), by=GAC).report("no", NO, by=BSM)
    story.redact(development="a") if end == "redact" else getattr(story, end)("a")
    assert denials(story) == (([], []) if end != "redact" else (["fog"], []))


def test_denial_is_of_all_accounts_that_differ() -> None:
    story = (
        Scenario().report("a", cause("blackout"), by=GAC).report("b", cause("wind"), by=SCA).report("no", NO, by=BSM)
    )
    assert denials(story) == (["wind"], ["blackout"])


def test_denial_recorded_late_is_of_what_was_said_before_it() -> None:
    story = Scenario().report("a", cause("blackout"), by=GAC, at="2026-03-02")
    story.report("b", cause("wind"), by=GAC, at="2026-03-06")
    story.report("no", NO, by=BSM, at="2026-03-09", reported="2026-03-04T08:00:00Z")
    assert denials(story) == ([], ["blackout"])


def test_denial_of_nothing_disputes_no_later_value() -> None:
    story = Scenario().report("no", NO, by=BSM, at="2026-03-03")
    assert denials(story) == ([None], [])
    assert denials(story.report("a", cause("wind"), by=GAC, at="2026-03-04")) == ([], [None])


def test_denial_names_what_was_said_before_it_and_recorded_later() -> None:
    story = Scenario().report("no", NO, by=BSM, at="2026-03-03").report("a", cause("wind"), by=GAC, at="2026-03-04")
    story.report("b", cause("fog"), by=SCA, at="2026-03-05", reported="2026-03-02T08:00:00Z")
    assert denials(story) == ([], ["fog"])
    assert denials(story.retract("a")) == (["fog"], [])


@pytest.mark.parametrize("order", list(permutations(["old", "new", "no"])))
def test_doubt_of_a_retracted_report_names_nothing_else(order: tuple[str, ...]) -> None:
    said = {
        "old": (cause("fog"), GAC, "2026-03-02T08:00:00Z"),
        "new": (cause("wind"), GAC, "2026-03-03T08:00:00Z"),
        "no": (UNSURE, BSM, "2026-03-04T08:00:00Z"),
    }
    story = Scenario()
    for name in order:
        fact, by, reported = said[name]
        story.report(name, fact, by=by, at="2026-03-05", reported=reported)
    assert [doubt.value for doubt in cause_of(story).unconfirmed_by] == ["wind"]
    assert cause_of(story.retract("new")).unconfirmed_by == ()


def test_denial_names_no_claim_that_was_made_later_of_earlier() -> None:
    story = Scenario().report("no", NO, by=BSM, at="2026-03-03")
    story.report("a", cause("wind", as_of="2026-03-01"), by=GAC, at="2026-03-04")
    assert denials(story) == ([], [None])
    story = Scenario().report("a", cause("wind", as_of="2026-03-01"), by=GAC, at="2026-03-04")
    story.report("no", NO, by=BSM, at="2026-03-05", reported="2026-03-03T08:00:00Z")
    assert denials(story) == ([], [None])


def test_denial_of_what_was_held_then_names_it_not() -> None:
    story = Scenario().report("a", cause("wind"), by=GAC).hold("a").report("no", NO, by=BSM).release("a")
    assert denials(story) == ([None], [])


def test_own_claim_denied_is_taken_back_by_its_value() -> None:
    story = Scenario().report("a", cause("wind"), by=GAC).report("no", NO, by=GAC)
    assert (cause_of(story).current, denials(story)) == (None, (["wind"], []))
    assert denials(story.report("b", cause("fog"), by=SCA)) == ([], ["wind"])


def test_corrected_date_of_a_denial_aims_it_at_nothing_else() -> None:
    story = said().report("b", cause("wind"), by=GAC).correct("no", facts=[{**NO, "as_of": "2026-03-02"}])
    assert denials(story) == ([], ["blackout"])


def test_corrected_statement_of_a_dispute_aims_it_at_nothing_else() -> None:
    dispute = {"development": "a", "kind": "denies", "keys": ["cause"]}
    story = Scenario().report("a", cause("blackout"), by=GAC).report("no", by=BSM, disputes=[dispute])
    story.correct("a", facts=[cause("wind")]).correct("no", disputes=[{**dispute, "statement": "Not so."}])
    assert denials(story) == ([], ["blackout"])


def test_denial_that_is_added_while_held_is_of_what_was_said_then() -> None:
    story = Scenario().report("a", cause("blackout"), by=GAC).report("no", by=BSM).hold("no")
    story.correct("no", facts=[NO]).report("b", cause("wind"), by=GAC).release("no")
    assert denials(story) == ([], ["blackout"])


def test_two_disputes_of_one_report_are_two_denials() -> None:
    story = Scenario().report("a", cause("blackout"), by=GAC).report("b", cause("wind"), by=SCA)
    story.report("no", by=BSM, disputes=[{"development": name, "kind": "denies"} for name in ("a", "b")])
    assert denials(story) == (["wind"], ["blackout"])


def test_doubt_without_a_value_stays_with_what_was_said_then() -> None:
    story = Scenario().report("a", cause("blackout"), by=GAC).report("b", cause("fog"), by=SCA)
    story.report("unsure", UNSURE, by=BSM)
    assert [item.value for item in cause_of(story).unconfirmed_by] == ["blackout", "fog"]
    story.report("c", cause("wind"), by=SCA)
    assert [item.value for item in cause_of(story).unconfirmed_by] == ["blackout", "fog"]


def test_denial_by_the_first_rules_applies_to_its_key() -> None:
    story = said().report("b", cause("wind"), by=GAC)
    story.recorded = [item._replace(rules=1) for item in story.recorded]
    assert denials(story) == ([None], [])


def test_denial_of_a_secret_names_it_once_it_is_public() -> None:
    story = Scenario().report("a", cause("blackout"), by=GAC, at="2026-03-02")
    story.report("b", cause("wind"), by=GAC, at="2026-03-03", embargoed_until="2026-03-09T08:00:00Z")
    story.report("no", NO, by=BSM, at="2026-03-04")
    shown = [story.public(now).state for now in ("2026-03-08", "2026-03-10")]
    facts = [state.facts["cause"].fact for state in shown if state is not None]
    assert [[item.value for item in fact.denied_by] for fact in facts] == [["blackout"], ["wind"]]
    assert [fact.standing for fact in facts] == ["disputed", "disputed"]


def test_doubt_is_not_about_what_a_silent_correction_added_after_it() -> None:
    """A correction that is merged into a report before anybody sees it was still recorded after the doubt."""
    story = Scenario(embargoed_until="2026-03-05T08:00:00Z").report("a", by=GAC, at="2026-03-02T09:00:00Z")
    story.report("unsure", UNSURE, by=BSM, at="2026-03-02T10:00:00Z")
    story.correct("a", "2026-03-02T11:00:00Z", facts=[cause("blackout")])
    desk, public = cause_of(story), story.public("2026-03-06").state
    assert public is not None
    [doubt] = public.facts["cause"].fact.unconfirmed_by
    assert (doubt.value, doubt.origins) == (None, desk.unconfirmed_by[0].origins)


@pytest.mark.slow
@runs(300, 3_000)
@given(disputed_stories(), st.randoms(use_true_random=False))
def test_denial_names_the_same_when_others_are_known_late(scenario: Scenario, random: Random) -> None:
    """An embargo lets an earlier report be folded after a denial that was recorded later."""
    opening, *events = (item for item in scenario.recorded if not isinstance(item.event, StoryRevised | EventRedacted))
    names = sorted({item.development or "" for item in events})
    random.shuffle(names)
    late = [item for name in names for item in events if item.development == name]
    facts = [fold_of(STORY, [opening, *order]).facts() for order in (events, late)]
    assert facts[0].keys() == facts[1].keys()
    for key, item in facts[0].items():
        assert _doubts(item.fact) == _doubts(facts[1][key].fact)


def _doubts(fact: Fact) -> list[AttributedClaim]:
    return sorted((*fact.denials, *fact.unconfirmed_by), key=attrgetter("order"))
