"""The fold of whole stories: repairs that remove and restore, standings of developments, views in time."""

from typing import Any

import pytest

from events import commands
from events.fold.development import REMOVED
from events.fold.state import Story
from events.fold.state_parts import Development
from events.fold.story import StoryFold, fold_of
from events.model.events import Recorded
from events.model.parts import Speaker
from tests.builders import STORY, Scenario, at, claim
from tests.facts import ANN, BEN, CY, MON, THU, TUE, WED, aimed, fact_of, hurt


def development(state: Story, name: str) -> Development:
    found = state.development(name)
    assert found is not None
    return found


def standing(story: Scenario, name: str) -> str:
    return development(story.state(), name).standing


def knowledge(story: Scenario) -> dict[str, Any]:
    """Everything that the state says but of the developments themselves."""
    shown = story.state(THU).as_json()
    return {name: shown.get(name) for name in ("facts", "expectations", "disputes")}


def full() -> Scenario:
    story = Scenario().report("a", hurt(2), by=ANN, expects=[{"id": "talks", "what": "Talks", "due": TUE}])
    story.report("denial", by=BEN, disputes=aimed("a", kind="denies", statement="Not so."))
    story.report("support", by=CY, corroborates=aimed("a", verification=True))
    return story.report("outcome", by=CY, resolves=[{"expectation": "talks", "outcome": "met"}])


class TestTakingOut:
    @pytest.mark.parametrize("name", ["a", "denial", "support", "outcome"])
    def test_hold_removes_contributions_and_release_restores_them(self, name: str) -> None:
        story = full()
        before = knowledge(story)
        story.hold(name)
        assert knowledge(story) != before
        story.release(name)
        assert knowledge(story) == before

    @pytest.mark.parametrize("how", ["hold", "retract"])
    def test_withdrawn_report_loses_what_is_addressed_to_it(self, how: str) -> None:
        story = full().report("b", hurt(3), by="Dee (Navy)")
        getattr(story, how)("a")
        fact = fact_of(story)
        assert (fact.origins, fact.denied_by, fact.verified_by, fact.standing) == (("Navy",), (), (), "reported")
        assert story.state().disputes == ()
        assert story.state().expectations == ()

    def test_key_without_reports_is_gone(self) -> None:
        story = full().retract("a")
        assert (story.state().facts, story.fold.fact("hurt"), story.fold.facts()) == ({}, None, {})

    def test_withdrawn_dispute_leaves_the_value(self) -> None:
        story = full().retract("denial")
        assert (fact_of(story).standing, story.state().disputes) == ("corroborated", ())

    def test_redacted_report_folds_as_retracted(self) -> None:
        assert knowledge(full().redact(development="a")) == knowledge(full().retract("a"))
        redacted = development(full().redact(development="a").state(), "a")
        assert (redacted.status, redacted.report, redacted.reason) == ("canceled", None, "A court ordered it.")

    def test_redaction_of_the_reporting_event_redacts_the_report(self) -> None:
        story = full()
        report = next(recorded.id for recorded in story.recorded if recorded.development == "a")
        assert knowledge(story.redact(event=report)) == knowledge(full().retract("a"))

    def test_redaction_counts_before_the_bodies_are_erased(self) -> None:
        story = full().record(commands.redact(STORY, "A court ordered it.", development="a"))
        assert knowledge(story) == knowledge(full().retract("a"))
        assert story.fold.redacted == {"event-2"}

    def test_redacted_correction_leaves_the_text_removed(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, body="Body").correct("a", headline="Wrong", facts=[hurt(3)])
        story.correct("a", body="New body").redact(event="event-3")
        report = development(story.state(), "a").report
        assert report is not None
        assert (report.headline, report.body, report.facts) == (REMOVED, "New body", ())
        assert [item.field for item in story.state().corrections] == ["body"]
        assert development(story.state(), "a").status == "usable"

    def test_redacted_reported_at_falls_back_to_the_first(self) -> None:
        story = Scenario().report("a", hurt(2), at=TUE).correct("a", reported_at=f"{MON}T12:00:00Z", body="Body")
        report = development(story.redact(event="event-3").state(), "a").report
        assert report is not None
        assert (report.reported_at, report.body) == (at(TUE), REMOVED)

    def test_correction_does_not_restore_a_redacted_report(self) -> None:
        story = full().correct("a", facts=[hurt(3)], headline="New").redact(event="event-2")
        assert development(story.state(), "a").report is None
        assert (story.state().facts, story.state().corrections) == ({}, ())

    def test_redacted_report_takes_its_corrections_along(self) -> None:
        story = full().correct("a", facts=[hurt(3)], expects=[{"id": "more", "what": "More"}]).redact(development="a")
        assert story.state().corrections == ()
        assert "more" in story.fold.expectation_ids


class TestRepairs:
    def test_second_retraction_names_the_substitute(self) -> None:
        story = full().retract("a", reason="Wrong.")
        assert development(story.state(), "a").substitute is None
        story.report("b", hurt(3), by=ANN).retract("a", reason="Wrong.", substitute="b")
        assert development(story.state(), "a").substitute == "b"

    def test_correction_replaces_fields_whole_and_null_removes_them(self) -> None:
        story = full().correct("a", headline="New", said_by=None, urgency=2)
        report = development(story.state(), "a").report
        assert report is not None
        assert (report.headline, report.said_by, report.urgency) == ("New", (), 2)
        corrections = {item.field: (item.was, item.now) for item in story.state().corrections}
        assert corrections == {
            "headline": ("Report a", "New"),
            "said_by": ((Speaker(name="Ann", org="Port"),), ()),
            "urgency": (None, 2),
        }

    def test_release_ends_an_embargo(self) -> None:
        story = Scenario().report("a", hurt(2), embargoed_until=f"{THU}T12:00:00Z")
        assert development(story.state(), "a").embargoed_until == at(THU)
        story.release("a")
        assert development(story.state(), "a").embargoed_until is None

    def test_pin_changes_nothing_that_is_known(self) -> None:
        story = full()
        before = knowledge(story)
        story.record(commands.pin(STORY, "a"))
        assert development(story.state(), "a").pinned
        assert knowledge(story) == before
        story.record(commands.unpin(STORY, "a"))
        assert not development(story.state(), "a").pinned

    def test_revision_replaces_the_fields_that_it_sets(self) -> None:
        story = Scenario(summary="First", subjects=["ports"]).record(commands.revise_story(STORY, summary="Second"))
        state = story.state()
        assert (state.headline, state.summary, state.subjects) == ("Fire at the harbour", "Second", ("ports",))

    def test_status_follows_closing_and_reopening(self) -> None:
        story = full().close()
        assert story.state().status == "closed"
        assert story.reopen().state().status == "open"


class TestStandingOfDevelopments:
    def test_standing_comes_from_what_is_addressed_to_it(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(2), by=BEN)
        assert standing(story, "a") == "reported"
        story.report("support", by=CY, corroborates=aimed("a"))
        assert standing(story, "a") == "corroborated"
        story.report("unsure", by=BEN, disputes=aimed("a", kind="cannot_confirm"))
        assert standing(story, "a") == "corroborated"
        story.report("denial", by=BEN, disputes=aimed("a", kind="denies"))
        assert standing(story, "a") == "disputed"
        assert development(story.hold("a").state(), "a").standing == "reported"

    @pytest.mark.parametrize("by", [ANN, {"name": "Dee"}])
    def test_own_side_and_unstated_origins_do_not_corroborate(self, by: Any) -> None:
        story = Scenario().report("a", hurt(2, said_by=[ANN]), source="Wire")
        story.report("support", said_by=[by], corroborates=aimed("a"))
        assert standing(story, "a") == "reported"

    def test_outlet_counts_by_name_only_if_an_outlet_confirms_it(self) -> None:
        outlets = Scenario().report("a", source="Wire").report("support", source="Daily", corroborates=aimed("a"))
        assert standing(outlets, "a") == "corroborated"
        spoken = Scenario().report("a", source="Wire").report("support", by=CY, corroborates=aimed("a"))
        assert standing(spoken, "a") == "reported"
        claims = Scenario().report("a", hurt(2), source="Wire")
        claims.report("support", by=CY, source="Daily", corroborates=aimed("a"))
        assert (standing(claims, "a"), fact_of(claims).standing) == ("reported", "reported")

    def test_both_sides_of_a_contradiction_are_disputed(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("b", hurt(3), by=BEN).report("c", claim("dead", 1))
        assert [standing(story, name) for name in "abc"] == ["disputed", "disputed", "reported"]

    def test_denial_of_a_claim_disputes_the_fact_alone(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN).report("no", hurt(stance="denies"), by=BEN)
        assert [standing(story, name) for name in ("a", "no")] == ["reported", "reported"]
        assert fact_of(story).standing == "disputed"

    def test_denial_of_keys_disputes_their_facts_alone(self) -> None:
        story = Scenario().report("a", hurt(2), claim("dead", 1), by=ANN)
        story.report("no", by=BEN, disputes=[{"development": "a", "kind": "denies", "keys": ["hurt"]}])
        assert standing(story, "a") == "reported"
        facts = story.state().facts
        assert [facts[key].fact.standing for key in ("hurt", "dead")] == ["disputed", "reported"]
        story.report("never", by=BEN, disputes=[{"development": "a", "kind": "denies"}])
        assert standing(story, "a") == "disputed"

    def test_denial_ends_with_what_was_denied(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, headline="Two hurt")
        story.report("no", by=BEN, disputes=[{"development": "a", "kind": "denies"}])
        story.correct("a", headline="Two hurt, port says")
        assert standing(story, "a") == "disputed"  # it still says two
        story.correct("a", facts=[hurt(0)], headline="Nobody hurt")
        assert standing(story, "a") == "reported"

    def test_confirmation_of_one_claim_confirms_no_other(self) -> None:
        story = Scenario().report("a", hurt(2), claim("dead", 1), by=ANN)
        story.report("yes", by=BEN, corroborates=[{"development": "a", "keys": ["hurt"]}])
        assert standing(story, "a") == "reported"
        story.report("both", by=BEN, corroborates=[{"development": "a", "keys": ["hurt", "dead"]}])
        assert standing(story, "a") == "corroborated"

    def test_confirmation_ends_with_what_was_confirmed(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, headline="Two hurt")
        story.report("yes", by=BEN, corroborates=[{"development": "a"}])
        story.correct("a", headline="Two hurt at the port")
        assert standing(story, "a") == "corroborated"
        story.correct("a", facts=[hurt(3)])
        assert standing(story, "a") == "reported"

    def test_confirmed_promise_that_is_moved_is_confirmed_no_more(self) -> None:
        promise = {"id": "ferries", "what": "Ferries run again", "due": "2026-03-05"}
        story = Scenario().report("a", by=ANN, expects=[promise])
        story.report("yes", by=BEN, corroborates=[{"development": "a"}])
        assert standing(story, "a") == "corroborated"
        story.correct("a", expects=[promise | {"due": "2026-03-09"}])
        assert standing(story, "a") == "reported"

    def test_confirmed_headline_may_lose_typos_alone(self) -> None:
        story = Scenario().report("a", by=ANN, headline="Fery sinks")
        story.report("yes", by=BEN, corroborates=[{"development": "a"}])
        story.correct("a", headline="Ferry sinks", level="typo")
        assert standing(story, "a") == "corroborated"
        story.correct("a", headline="Ferry adrift")
        assert standing(story, "a") == "reported"


class TestViews:
    def test_as_of_shows_what_was_reported_by_then(self) -> None:
        story = Scenario(start=TUE).report("a", hurt(2), by=ANN, at=WED).report("b", hurt(3), by=ANN, at=THU)
        assert fact_of(story.state(as_of=WED)).current == fact_of(story.state(as_of=f"{THU}T11:59:59Z")).current
        assert [item.id for item in story.state(as_of=WED).developments] == ["a"]
        assert story.state(as_of=f"{WED}T11:59:59Z").facts == {}

    def test_opening_always_counts(self) -> None:
        story = Scenario(start=THU).report("a", hurt(2), by=ANN, reported=MON)
        assert [item.id for item in story.state(as_of=MON).developments] == ["a"]
        assert story.state(as_of="2026-03-01").headline == "Fire at the harbour"

    def test_late_report_counts_by_report_or_by_recording(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, at=THU, reported=TUE)
        assert "hurt" in story.state(as_of=TUE).facts
        assert story.state(recorded_by=WED).facts == {}
        assert "hurt" in story.state(recorded_by=THU).facts

    def test_event_counts_no_earlier_than_its_development(self) -> None:
        story = Scenario().report("a", hurt(2), by=ANN, at=WED)
        story.record(commands.correct(STORY, "a", {"headline": "New"}, "Wrong."), at=THU, reported=TUE)
        assert story.state(as_of=TUE).developments == ()
        report = development(story.state(as_of=WED), "a").report
        assert report is not None
        assert report.headline == "New"

    def test_both_filters_combine_and_set_now(self) -> None:
        story = full()
        assert story.state(as_of=TUE, recorded_by=f"{MON}T08:30:00Z").developments == ()
        assert story.state(as_of=TUE).now == at(TUE)
        assert story.state(THU, as_of=TUE).now == at(THU)
        talks = story.state(as_of=f"{MON}T09:30:00Z").expectation("talks")
        assert talks is not None
        assert story.state(as_of=f"{MON}T09:30:00Z").status_of(talks) == "pending"
        assert story.state(THU, as_of=f"{MON}T09:30:00Z").overdue == (talks,)


class TestFolding:
    def test_continued_fold_equals_the_whole_fold(self) -> None:
        events = full().correct("a", facts=[hurt(4)]).hold("support").recorded
        whole = fold_of(STORY, events).state(now=at(THU))
        for cut in range(1, len(events)):
            begun = fold_of(STORY, events[:cut])
            begun.state(now=at(THU))
            for recorded in events[cut:]:
                begun.apply(recorded)
            assert begun.state(now=at(THU)) == whole

    def test_state_leaves_the_fold_unchanged(self) -> None:
        story = full()
        assert story.fold.state(now=at(THU)) == story.fold.state(now=at(THU))

    def test_instant_of_a_view_dates_the_story_and_not_its_facts(self) -> None:
        folding = StoryFold(STORY)
        for recorded in Scenario().report("a", hurt(2), by=ANN).recorded:
            folding.apply(recorded, at=at(THU))
        state = folding.state(now=at(THU), public=True)
        assert (state.opened_at, state.updated_at) == (at(THU), at(THU))
        assert fact_of(state).current.as_of.edtf == MON  # type: ignore[union-attr]

    def test_unopened_story_has_no_state(self) -> None:
        with pytest.raises(LookupError, match=STORY):
            StoryFold(STORY).state(now=at(MON))

    def test_events_without_their_context_raise_nothing(self) -> None:
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

    def test_assigned_ids_skip_those_in_use(self) -> None:
        story = (
            Scenario().report("d1", expects=[{"id": "e1", "what": "X"}, {"what": "Y"}]).report().report("d3").report()
        )
        assert list(story.fold.records) == ["d1", "d2", "d3", "d4"]
        assert story.fold.expectation_ids == {"e1", "e2"}

    def test_developments_are_sorted_by_report(self) -> None:
        story = Scenario().report("b", at=WED).report("a", at=THU, reported=TUE).report("c", at=THU, reported=TUE)
        assert [item.id for item in story.state().developments] == ["a", "c", "b"]

    def test_disputes_are_sorted_by_report(self) -> None:
        story = Scenario().report("a").report("late", at=THU, disputes=aimed("a", kind="denies"))
        story.report("early", at=THU, reported=TUE, disputes=aimed("a", kind="disagrees"))
        assert [item.by_development for item in story.state().disputes] == ["early", "late"]


def test_fork_after_a_new_map_of_origins_leaves_the_fold_as_it_was() -> None:
    said = {"name": "Ann Lee", "org": "Fire Service"}
    story = Scenario().report("a", claim("hurt", 2), said_by=[said])
    story.record(commands.revise_story(STORY, origins={"City": ["Fire Service"]}))
    names = {name: set(ids) for name, ids in story.fold._knowledge._said_by.items()}
    fold = story.fold.fork()
    fold.apply(Scenario().report("z").report("b", claim("hurt", 3), said_by=[said]).recorded[-1])
    assert story.fold._knowledge._said_by == names


def test_reports_with_the_same_fields_share_their_sets_of_fields_in_the_fold() -> None:
    story = Scenario().report("a", claim("hurt", 2), said_by=[{"name": "Ann Lee"}])
    story.report("b", claim("doors", 3), said_by=[{"name": "Ben Roe"}])
    one, other = (record.report for record in story.fold.records.values())
    assert one is not None
    assert other is not None
    for part, alike in ((one, other), (one.facts[0], other.facts[0]), (one.said_by[0], other.said_by[0])):
        assert part.model_fields_set is alike.model_fields_set
    changed = other.model_copy(update={"body": "It burns."})
    assert "body" in changed.model_fields_set
    assert "body" not in one.model_fields_set
