"""The fold of whole stories: repairs that remove and restore, standings of developments, views in time."""

from typing import Any

import pytest

from events import commands
from events.fold.development import REMOVED
from events.fold.facts import Fact
from events.fold.state import Story
from events.fold.state_parts import Development
from events.fold.story import StoryFold, fold_of
from events.model.events import Recorded
from events.model.parts import Speaker
from tests.builders import STORY, Scenario, at, claim

ANN, BEN, UN = "Ann (Port)", "Ben (City)", "Cy (UN)"
MON, TUE, WED, THU = "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"


def hurt(value: Any = None, **fields: Any) -> dict[str, Any]:
    return claim("hurt", value, **fields)


def aimed(development: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"development": development, **fields}]


def fact_of(state: Story) -> Fact:
    fact = state.fact("hurt")
    assert fact is not None
    return fact


def development(state: Story, name: str) -> Development:
    found = state.development(name)
    assert found is not None
    return found


def standing(story: Scenario, name: str) -> str:
    return development(story.state(), name).standing


def known(story: Scenario) -> dict[str, Any]:
    """Everything that the state says but of the developments themselves."""
    shown = story.state(THU).as_json()
    return {name: shown.get(name) for name in ("facts", "expectations", "disputes")}


def full() -> Scenario:
    story = Scenario().report("a", hurt(2), by=ANN, expects=[{"id": "talks", "what": "Talks", "due": TUE}])
    story.report("denial", by=BEN, disputes=aimed("a", kind="denies", statement="Not so."))
    story.report("support", by=UN, corroborates=aimed("a", verification=True))
    return story.report("outcome", by=UN, resolves=[{"expectation": "talks", "outcome": "met"}])


class TestTakingOut:
    @pytest.mark.parametrize("name", ["a", "denial", "support", "outcome"])
    def test_holding_takes_out_and_releasing_puts_back(self, name: str) -> None:
        story = full()
        before = known(story)
        story.hold(name)
        assert known(story) != before
        story.release(name)
        assert known(story) == before

    @pytest.mark.parametrize("how", ["hold", "retract"])
    def test_with_a_report_go_the_disputes_and_corroborations_of_it(self, how: str) -> None:
        story = full().report("b", hurt(3), by="Dee (Navy)")
        getattr(story, how)("a")
        fact = fact_of(story.state())
        assert (fact.origins, fact.denied_by, fact.verified_by, fact.standing) == (("Navy",), (), (), "reported")
        assert story.state().disputes == ()
        assert story.state().expectations == ()

    def test_with_the_last_report_of_a_key_the_key_goes(self) -> None:
        story = full().retract("a")
        assert (story.state().facts, story.fold.fact("hurt"), story.fold.facts()) == ({}, None, {})

    def test_a_dispute_taken_out_leaves_the_value(self) -> None:
        story = full().retract("denial")
        assert (fact_of(story.state()).standing, story.state().disputes) == ("corroborated", ())

    def test_a_redacted_report_folds_as_retracted(self) -> None:
        assert known(full().redact(development="a")) == known(full().retract("a"))
        redacted = development(full().redact(development="a").state(), "a")
        assert (redacted.status, redacted.report, redacted.reason) == ("canceled", None, "A court ordered it.")

    def test_a_redacted_event_that_made_the_report_takes_the_report(self) -> None:
        story = full()
        report = next(recorded.id for recorded in story.recorded if recorded.development == "a")
        assert known(story.redact(event=report)) == known(full().retract("a"))

    def test_a_redaction_counts_at_once_before_the_bodies_are_gone(self) -> None:
        story = full().record(commands.redact(STORY, "A court ordered it.", development="a"))
        assert known(story) == known(full().retract("a"))
        assert story.fold.redacted == {"event-2"}

    def test_a_redacted_correction_leaves_removed(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, body="Body").correct("a", headline="Wrong", facts=[hurt(3)])
        story.correct("a", body="New body").redact(event="event-3")
        report = development(story.state(), "a").report
        assert report is not None
        assert (report.headline, report.body, report.facts) == (REMOVED, "New body", ())
        assert [item.field for item in story.state().corrections] == ["body"]
        assert development(story.state(), "a").status == "usable"

    def test_a_redacted_time_of_report_stays_as_it_was_first(self) -> None:
        story = Scenario().report("a", hurt(2), at=TUE).correct("a", reported_at=f"{MON}T12:00:00Z", body="Body")
        report = development(story.redact(event="event-3").state(), "a").report
        assert report is not None
        assert (report.reported_at, report.body) == (at(TUE), REMOVED)

    def test_a_correction_of_a_report_that_alone_is_redacted_brings_nothing_back(self) -> None:
        story = full().correct("a", facts=[hurt(3)], headline="New").redact(event="event-2")
        assert development(story.state(), "a").report is None
        assert (story.state().facts, story.state().corrections) == ({}, ())

    def test_the_corrections_of_a_redacted_report_go_with_it(self) -> None:
        story = full().correct("a", facts=[hurt(3)], expects=[{"id": "more", "what": "More"}]).redact(development="a")
        assert story.state().corrections == ()
        assert "more" in story.fold.expectation_ids


class TestRepairs:
    def test_retracting_again_names_the_substitute_and_keeps_it(self) -> None:
        story = full().retract("a", reason="Wrong.")
        assert development(story.state(), "a").substitute is None
        story.report("b", hurt(3), by=ANN).retract("a", reason="Wrong.", substitute="b")
        assert development(story.state(), "a").substitute == "b"

    def test_a_correction_replaces_fields_whole_and_null_removes_them(self) -> None:
        story = full().correct("a", headline="New", said_by=None, urgency=2)
        report = development(story.state(), "a").report
        assert report is not None
        assert (report.headline, report.said_by, report.urgency) == ("New", (), 2)
        told = {item.field: (item.was, item.now) for item in story.state().corrections}
        assert told == {
            "headline": ("Report a", "New"),
            "said_by": ((Speaker(name="Ann", org="Port"),), ()),
            "urgency": (None, 2),
        }

    def test_releasing_what_is_under_embargo_ends_the_embargo(self) -> None:
        story = Scenario().report("a", hurt(2), embargoed_until=f"{THU}T12:00:00Z")
        assert development(story.state(), "a").embargoed_until == at(THU)
        story.release("a")
        assert development(story.state(), "a").embargoed_until is None

    def test_a_pin_shows_and_takes_out_nothing(self) -> None:
        story = full()
        before = known(story)
        story.record(commands.pin(STORY, "a"))
        assert development(story.state(), "a").pinned
        assert known(story) == before
        story.record(commands.unpin(STORY, "a"))
        assert not development(story.state(), "a").pinned

    def test_a_revision_replaces_what_it_gives(self) -> None:
        story = Scenario(summary="First", subjects=["ports"]).record(commands.revise_story(STORY, summary="Second"))
        state = story.state()
        assert (state.headline, state.summary, state.subjects) == ("Fire at the harbour", "Second", ("ports",))

    def test_closing_and_reopening_show_in_the_status(self) -> None:
        story = full().close()
        assert story.state().status == "closed"
        assert story.reopen().state().status == "open"


class TestStandingOfDevelopments:
    def test_it_comes_from_what_is_addressed_to_it(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(2), by=BEN)
        assert standing(story, "a") == "reported"
        story.report("support", by=UN, corroborates=aimed("a"))
        assert standing(story, "a") == "corroborated"
        story.report("unsure", by=BEN, disputes=aimed("a", kind="cannot_confirm"))
        assert standing(story, "a") == "corroborated"
        story.report("denial", by=BEN, disputes=aimed("a", kind="denies"))
        assert standing(story, "a") == "disputed"
        assert development(story.hold("a").state(), "a").standing == "reported"

    @pytest.mark.parametrize("by", [ANN, {"name": "Dee"}])
    def test_its_own_side_and_unstated_origins_corroborate_nothing(self, by: Any) -> None:
        story = Scenario().report("a", hurt(2, said_by=[ANN]), source="Wire")
        story.report("support", said_by=[by], corroborates=aimed("a"))
        assert standing(story, "a") == "reported"

    def test_an_unattributed_report_counts_by_its_outlet_only_where_one_outlet_confirms_another(self) -> None:
        outlets = Scenario().report("a", source="Wire").report("support", source="Daily", corroborates=aimed("a"))
        assert standing(outlets, "a") == "corroborated"
        spoken = Scenario().report("a", source="Wire").report("support", by=UN, corroborates=aimed("a"))
        assert standing(spoken, "a") == "reported"
        claims = Scenario().report("a", hurt(2), source="Wire")
        claims.report("support", by=UN, source="Daily", corroborates=aimed("a"))
        assert (standing(claims, "a"), fact_of(claims.state()).standing) == ("reported", "reported")

    def test_both_sides_of_a_contradiction_are_disputed(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(3), by=BEN).report("c", claim("dead", 1))
        assert [standing(story, name) for name in "abc"] == ["disputed", "disputed", "reported"]

    def test_a_denial_of_its_current_claim_disputes_it(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("no", hurt(stance="denies"), by=BEN)
        assert [standing(story, name) for name in ("a", "no")] == ["disputed", "reported"]
        story.report("back", hurt(2, stance="denies"), by=ANN)
        assert standing(story, "a") == "reported"


class TestViews:
    def test_as_of_shows_what_had_been_reported_by_then(self) -> None:
        story = Scenario(start=TUE).report("a", hurt(2), by=ANN, at=WED).report("b", hurt(3), by=ANN, at=THU)
        assert fact_of(story.state(as_of=WED)).current == fact_of(story.state(as_of=f"{THU}T11:59:59Z")).current
        assert [item.id for item in story.state(as_of=WED).developments] == ["a"]
        assert story.state(as_of=f"{WED}T11:59:59Z").facts == {}

    def test_the_opening_always_counts(self) -> None:
        story = Scenario(start=THU).report("a", hurt(2), by=ANN, reported=MON)
        assert [item.id for item in story.state(as_of=MON).developments] == ["a"]
        assert story.state(as_of="2026-03-01").headline == "Fire at the harbour"

    def test_a_late_report_counts_from_when_it_was_reported_or_recorded(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, at=THU, reported=TUE)
        assert "hurt" in story.state(as_of=TUE).facts
        assert story.state(recorded_by=WED).facts == {}
        assert "hurt" in story.state(recorded_by=THU).facts

    def test_an_event_about_a_development_counts_no_earlier_than_that_development(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, at=WED)
        story.record(commands.correct(STORY, "a", {"headline": "New"}, "Wrong."), at=THU, reported=TUE)
        assert story.state(as_of=TUE).developments == ()
        report = development(story.state(as_of=WED), "a").report
        assert report is not None
        assert report.headline == "New"

    def test_both_filter_together_and_now_is_the_views_instant_unless_another_is_given(self) -> None:
        story = full()
        assert story.state(as_of=TUE, recorded_by=f"{MON}T08:30:00Z").developments == ()
        assert story.state(as_of=TUE).now == at(TUE)
        assert story.state(THU, as_of=TUE).now == at(THU)
        talks = story.state(as_of=f"{MON}T09:30:00Z").expectation("talks")
        assert talks is not None
        assert story.state(as_of=f"{MON}T09:30:00Z").status_of(talks) == "pending"
        assert story.state(THU, as_of=f"{MON}T09:30:00Z").overdue == (talks,)


class TestFolding:
    def test_folding_on_equals_folding_all(self) -> None:
        events = full().correct("a", facts=[hurt(4)]).hold("support").recorded
        whole = fold_of(STORY, events).state(now=at(THU))
        for cut in range(1, len(events)):
            begun = fold_of(STORY, events[:cut])
            begun.state(now=at(THU))
            for recorded in events[cut:]:
                begun.apply(recorded)
            assert begun.state(now=at(THU)) == whole

    def test_looking_changes_nothing(self) -> None:
        story = full()
        assert story.fold.state(now=at(THU)) == story.fold.state(now=at(THU))

    def test_an_instant_of_its_own_view_counts_for_dates_and_not_for_facts(self) -> None:
        folding = StoryFold(STORY)
        for recorded in Scenario().report("a", hurt(2), by=ANN).recorded:
            folding.apply(recorded, at=at(THU))
        state = folding.state(now=at(THU), public=True)
        assert (state.opened_at, state.updated_at) == (at(THU), at(THU))
        assert fact_of(state).current.as_of.edtf == MON  # type: ignore[union-attr]

    def test_a_story_that_was_not_opened_has_no_state(self) -> None:
        with pytest.raises(LookupError, match=STORY):
            StoryFold(STORY).state(now=at(MON))

    def test_events_out_of_their_context_raise_nothing(self) -> None:
        story = full().record(commands.revise_story(STORY, origins={"All": ["Port"]})).correct("a", headline="New")
        story.hold("a").redact(event="event-7").redact(development="denial")
        reports = {"development_reported", "erased"}
        alone: list[Recorded] = [item for item in story.recorded if item.event.type not in reports]
        for recorded in story.recorded:
            StoryFold(STORY).apply(recorded)
        assert fold_of(STORY, alone).state(now=at(THU)).developments == ()
        assert fold_of(STORY, alone).expected("talks") is None
        aimless = [item for item in full().recorded if item.development != "a"]
        assert fold_of(STORY, aimless).state(now=at(THU)).disputes == ()

    def test_ids_are_assigned_in_turn_past_those_that_were_given(self) -> None:
        story = (
            Scenario().report("d1", expects=[{"id": "e1", "what": "X"}, {"what": "Y"}]).report().report("d3").report()
        )
        assert list(story.fold.records) == ["d1", "d2", "d3", "d4"]
        assert story.fold.expectation_ids == {"e1", "e2"}

    def test_developments_go_by_the_time_of_their_report(self) -> None:
        story = Scenario().report("b", at=WED).report("a", at=THU, reported=TUE).report("c", at=THU, reported=TUE)
        assert [item.id for item in story.state().developments] == ["a", "c", "b"]

    def test_disputes_go_by_the_time_of_their_report(self) -> None:
        story = Scenario().report("a").report("late", at=THU, disputes=aimed("a", kind="denies"))
        story.report("early", at=THU, reported=TUE, disputes=aimed("a", kind="disagrees"))
        assert [item.by_development for item in story.state().disputes] == ["early", "late"]
