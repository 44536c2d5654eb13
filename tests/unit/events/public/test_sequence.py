"""What is public when, in which order, and that the sequence only grows: events/README.md#the-public-sequence."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from events import commands
from events.errors import RefusedError
from events.fold.development import REMOVED
from events.model.events import Erased
from events.public.sequence import OngoingStory, OverdueNotice, PublicItem, PublicStory, public_story
from tests.builders import STORY, Scenario, claim
from tests.builders import at as instant

NOON = "2026-03-02T12:00:00Z"
EVENING = "2026-03-02T18:00:00Z"
NIGHT = "2026-03-02T23:00:00Z"
MORNING = "2026-03-03T06:00:00Z"


def items_of(public: PublicStory) -> list[str]:
    """Return the sequence in short: `reported d1`, `overdue e1`, without the opening."""
    return [_short(item) for item in public.items][1:]


def _short(item: PublicItem) -> str:
    if isinstance(item, OverdueNotice):
        return f"overdue {item.expectation.id}"
    erased = ["erased"] if isinstance(item.event, Erased) else []
    return " ".join((*erased, item.kind.rpartition("_")[2], item.recorded.development or "")).strip()


def instants(public: PublicStory) -> list[datetime]:
    return [item.at for item in public.items][1:]


def test_items_are_numbered_in_public_order() -> None:
    # Given a development under embargo, and another recorded later without one
    story = Scenario().report("early", embargoed_until=NIGHT).report("late", at=NOON)
    # Then what was public first comes first
    public = story.public(NIGHT)
    assert items_of(public) == ["reported late", "reported early"]
    assert instants(public) == [instant(NOON), instant(NIGHT)]
    assert [item.number for item in public.items] == [1, 2, 3]


def test_nothing_is_public_before_the_story_is() -> None:
    story = Scenario(embargoed_until=NIGHT).report("d1").report("d2", embargoed_until=MORNING)
    before = story.public(EVENING)
    assert (before.items, before.state, before.next_at) == ((), None, instant(NIGHT))
    at_its_instant = story.public(NIGHT)
    assert items_of(at_its_instant) == ["reported d1"]
    assert {item.at for item in at_its_instant.items} == {instant(NIGHT)}
    assert at_its_instant.next_at == instant(MORNING)
    assert items_of(story.public(MORNING)) == ["reported d1", "reported d2"]


def test_revision_before_publication_merges_into_the_opening() -> None:
    story = Scenario(embargoed_until=NIGHT, headline="First words")
    story.record(commands.revise_story(STORY, headline="Better words"), at=NOON)
    story.close(at=EVENING).reopen(at="2026-03-03T08:00:00Z")
    public = story.public()
    assert public.state is not None
    assert public.state.headline == "Better words"
    assert items_of(public) == ["closed", "reopened"]
    assert instants(public) == [instant(NIGHT), instant("2026-03-03T08:00:00Z")]


def test_revision_after_publication_has_its_own_item() -> None:
    story = Scenario().record(commands.revise_story(STORY, headline="New", embargoed_until=NIGHT))
    before, after = story.public(EVENING), story.public(NIGHT)
    assert before.state is not None
    assert after.state is not None
    assert (before.state.headline, after.state.headline) == ("Fire at the harbour", "New")
    assert (items_of(before), items_of(after)) == ([], ["revised"])


def test_story_without_an_opening_is_not_public() -> None:
    story = Scenario().report("d1")
    assert public_story(STORY, story.recorded[1:], now=story.clock) == PublicStory(items=(), state=None, next_at=None)


def test_correction_before_publication_folds_in_silently() -> None:
    story = Scenario().report("d1", headline="Wrong", embargoed_until=NIGHT, reported="2026-03-02T08:30:00Z")
    story.correct("d1", headline="Right", reported_at="2026-03-02T08:00:00Z")
    public = story.public(NIGHT)
    assert items_of(public) == ["reported d1"]
    assert public.state is not None
    assert public.state.corrections == ()
    [development] = public.state.developments
    assert development.report is not None
    assert development.report.headline == "Right"
    assert development.reported_at == instant("2026-03-02T08:00:00Z")


def test_correction_at_the_instant_of_publication_has_an_item() -> None:
    story = Scenario().report("d1", headline="Wrong", embargoed_until=NIGHT).correct("d1", headline="Right", at=NIGHT)
    assert items_of(story.public()) == ["reported d1", "corrected d1"]


def test_retraction_before_publication_leaves_nothing() -> None:
    story = Scenario().report("d1", claim("hurt", 2), embargoed_until=NIGHT).retract("d1")
    public = story.public(NIGHT)
    assert items_of(public) == []
    assert public.state is not None
    assert (public.state.developments, public.state.facts) == ((), {})


def test_redaction_before_publication_leaves_nothing() -> None:
    story = Scenario().report("d1", embargoed_until=NIGHT).redact(development="d1")
    assert items_of(story.public(NIGHT)) == []


def test_silent_correction_dates_its_report_later_than_it_was_recorded() -> None:
    story = Scenario(embargoed_until="2026-03-05T08:00:00Z").report("d1", at="2026-03-02T08:00:00Z")
    story.correct("d1", "2026-03-02T22:00:00Z", reported_at="2026-03-02T10:00:00Z")
    story.correct("d1", "2026-03-02T23:00:00Z", headline="Another")
    public = story.public("2026-03-06").state
    assert public is not None
    dates = [item.reported_at for state in (public, story.state()) for item in state.developments]
    assert dates == [instant("2026-03-02T10:00:00Z")] * 2


def test_redacted_silent_correction_withdraws_no_report() -> None:
    # Given a report under embargo, whose correction was redacted before anybody saw either
    story = Scenario().report("d1", headline="H", body="Wrong", embargoed_until=NIGHT)
    story.correct("d1", body="A name", headline="A name")
    story.redact(event=story.recorded[2].id)
    public = story.public(NIGHT)
    # Then the report appears, without what was removed
    assert items_of(public) == ["reported d1"]
    assert public.state is not None
    report = public.state.developments[0].report
    assert report is not None
    assert (report.headline, report.body) == (REMOVED, REMOVED)


def test_redacted_report_with_a_silent_correction_stays_removed() -> None:
    story = Scenario().report("d1", body="Text", embargoed_until=NIGHT).correct("d1", body="Other")
    story.redact(at=MORNING, development="d1")
    public = story.public()
    assert items_of(public) == ["erased reported d1", "redacted d1"]
    assert public.state is not None
    assert public.state.developments[0].status == "canceled"


def test_silent_pin_takes_effect_with_the_report() -> None:
    story = Scenario().report("d1", embargoed_until=NIGHT).record(commands.pin(STORY, "d1"))
    public = story.public(NIGHT)
    assert items_of(public) == ["reported d1"]
    assert public.state is not None
    assert public.state.developments[0].pinned
    story.record(commands.unpin(STORY, "d1"), at=MORNING)
    assert items_of(story.public()) == ["reported d1", "unpinned d1"]


def test_held_before_publication_is_public_at_its_release() -> None:
    story = Scenario().report("d1", embargoed_until=NOON).hold("d1").release("d1", at=EVENING)
    assert items_of(story.public(NOON)) == []
    assert (items_of(story.public()), instants(story.public())) == (["reported d1"], [instant(EVENING)])


def test_release_ends_the_hold_first_then_the_embargo() -> None:
    story = Scenario().report("d1", embargoed_until=MORNING).hold("d1").release("d1", at=NOON)
    assert items_of(story.public()) == []
    assert story.public().next_at == instant(MORNING)
    assert instants(story.public(MORNING)) == [instant(MORNING)]
    story.release("d1", at=EVENING)
    assert (items_of(story.public()), instants(story.public())) == (["reported d1"], [instant(EVENING)])
    with pytest.raises(RefusedError):
        story.release("d1")


def test_release_of_an_embargo_and_then_a_hold_are_told() -> None:
    story = Scenario().report("d1", embargoed_until=MORNING).release("d1", at=NOON).hold("d1").release("d1")
    assert items_of(story.public()) == ["reported d1", "held d1", "released d1"]


def test_hold_at_the_end_of_an_embargo_prevents_publication() -> None:
    story = Scenario().report("d1", embargoed_until=NIGHT).hold("d1", at=NIGHT).release("d1", at=MORNING)
    assert (items_of(story.public()), instants(story.public())) == (["reported d1"], [instant(MORNING)])


def test_hold_recorded_together_with_the_report_keeps_it_back() -> None:
    story = Scenario().report("d1", at=NOON).hold("d1", at=NOON)
    assert items_of(story.public(NIGHT)) == []


def test_correction_keeps_its_own_embargo() -> None:
    story = Scenario().report("d1", headline="Old", at=NOON).correct("d1", headline="New", embargoed_until=NIGHT)
    before = story.public(EVENING)
    assert (items_of(before), before.next_at) == (["reported d1"], instant(NIGHT))
    assert items_of(story.public(NIGHT)) == ["reported d1", "corrected d1"]


def test_redaction_of_a_correction_under_embargo_waits_for_it() -> None:
    story = Scenario().report("d1", body="Text").correct("d1", body="A name", embargoed_until=NIGHT)
    plain = story.public(EVENING)
    story.redact(at=NOON, event=story.recorded[2].id)
    assert story.public(EVENING) == plain
    assert items_of(story.public(NIGHT)) == ["reported d1", "erased corrected d1", "redacted"]


@pytest.mark.parametrize("withdraw", [lambda s: s.retract("d1"), lambda s: s.redact(development="d1")])
def test_embargoed_correction_of_a_withdrawn_report_is_dropped(
    withdraw: Callable[[Scenario], Any],
) -> None:
    story = Scenario().report("d1").correct("d1", headline="New", embargoed_until=NIGHT)
    withdraw(story)
    assert not any("corrected" in line for line in items_of(story.public(NIGHT)))


def test_references_wait_until_what_they_name_is_public() -> None:
    story = Scenario().report("d1", claim("hurt", 2), by="Chief (Port)").report("sub", embargoed_until=NIGHT)
    story.report("d2", corroborates=[{"development": "sub"}]).retract("d1", substitute="sub")
    before, after = story.public(EVENING).state, story.public(NIGHT).state
    assert before is not None
    assert after is not None
    assert [item.substitute for item in (before.development("d1"), after.development("d1")) if item] == [None, "sub"]


# Overdue notices.


def promise(**fields: Any) -> dict[str, Any]:
    return {"expects": [{"id": "e1", "what": "Ferries run again", "due": "2026-03-04"} | fields]}


ENDS = "2026-03-05T12:00:00Z"


def test_notice_is_made_at_its_instant_from_time_alone() -> None:
    story = Scenario().report("d1", **promise())
    before = story.public("2026-03-05T11:59:59Z")
    assert (items_of(before), before.next_at) == (["reported d1"], instant(ENDS))
    after = story.public("2026-04-01")
    assert (items_of(after), instants(after)[-1], after.next_at) == (["reported d1", "overdue e1"], instant(ENDS), None)
    assert after.state is not None
    assert after.state.updated_at == instant(ENDS)
    assert [expected.id for expected in after.items[-1].expectations] == ["e1"]
    assert items_of(story.public(ENDS)) == items_of(after)


def test_notice_comes_after_all_events_of_its_instant() -> None:
    story = Scenario().report("d1", **promise()).report("d2", at=ENDS)
    assert items_of(story.public()) == ["reported d1", "reported d2", "overdue e1"]
    met = Scenario().report("d1", **promise())
    met.report("d2", at=ENDS, resolves=[{"expectation": "e1", "outcome": "met"}])
    assert items_of(met.public()) == ["reported d1", "reported d2"]


def test_notice_is_never_unmade() -> None:
    story = Scenario().report("d1", **promise())
    story.report("d2", at="2026-03-07", resolves=[{"expectation": "e1", "outcome": "met"}])
    story.retract("d1", at="2026-03-08")
    public = story.public()
    assert items_of(public) == ["reported d1", "overdue e1", "reported d2", "retracted d1"]
    assert instants(public)[1] == instant(ENDS)
    assert public.next_at is None


def test_expectation_moved_after_its_notice_falls_overdue_again() -> None:
    story = Scenario().report("d1", **promise())
    story.report("d2", at="2026-03-07", expects=[{"id": "e1", "due": "2026-03-09"}])
    assert items_of(story.public("2026-03-31")) == ["reported d1", "overdue e1", "reported d2", "overdue e1"]
    # and moved back to a window that was noticed already, it is not noticed twice
    story.report("d3", at="2026-03-11", expects=[{"id": "e1", "due": "2026-03-04"}])
    assert items_of(story.public("2026-03-31"))[-1] == "reported d3"


def test_archive_that_also_resolves_makes_no_notice() -> None:
    story = Scenario().report("d1", at="2026-06-01", reported="2026-03-02", **promise())
    resolved: dict[str, Any] = {"resolves": [{"expectation": "e1", "outcome": "met"}]}
    story.report("d2", at="2026-06-01", reported="2026-03-04", **resolved)
    assert items_of(story.public("2026-06-02")) == ["reported d1", "reported d2"]


def test_notice_of_an_archive_is_no_older_than_the_promise() -> None:
    story = Scenario().report("d1", at="2026-06-01", reported="2026-03-02", archive=True, **promise())
    assert [item.shown_at for item in story.public().items][-1] == instant(ENDS)
    late = Scenario().report("d1", at="2026-06-01", reported="2026-04-02", archive=True, **promise())
    assert [item.shown_at for item in late.public().items][-1] == instant("2026-04-02")
    moved: dict[str, Any] = {"expects": [{"id": "e1", "due": "2026-03-01"}]}
    late.report("d2", at="2026-06-01", reported="2026-05-02", archive=True, **moved)
    assert [item.shown_at for item in late.public().items][-1] == instant("2026-05-02")


def test_imported_unresolved_expectation_is_overdue_at_import() -> None:
    story = Scenario().report("d1", at="2026-06-01", reported="2026-03-02", **promise())
    public = story.public("2026-06-02")
    assert (items_of(public)[-1], instants(public)[-1]) == ("overdue e1", instant("2026-06-01"))


def test_embargoed_expectation_is_overdue_only_once_public() -> None:
    story = Scenario().report("d1", embargoed_until="2026-03-20T00:00:00Z", **promise())
    assert story.public(ENDS).next_at == instant("2026-03-20T00:00:00Z")
    assert instants(story.public("2026-03-20")) == [instant("2026-03-20T00:00:00Z")] * 2


def test_promise_of_a_held_report_is_overdue_once_released() -> None:
    story = Scenario().report("d1", **promise()).hold("d1").release("d1", at="2026-03-10")
    assert items_of(story.public(ENDS)) == ["reported d1", "held d1"]
    assert (items_of(story.public())[-1], instants(story.public())[-1]) == ("overdue e1", instant("2026-03-10"))


def test_closed_story_has_no_notice_until_it_is_reopened() -> None:
    story = Scenario().report("d1", **promise()).close(at="2026-03-03")
    assert items_of(story.public("2026-04-01")) == ["reported d1", "closed"]
    story.reopen(at="2026-05-01")
    assert items_of(story.public()) == ["reported d1", "closed", "reopened", "overdue e1"]
    assert instants(story.public())[-1] == instant("2026-05-01")


def test_two_notices_of_one_instant_are_ordered_by_expectation() -> None:
    story = Scenario().report("d1", expects=[{"id": name, "what": name, "due": "2026-03-04"} for name in ("b", "a")])
    assert items_of(story.public(ENDS)) == ["reported d1", "overdue a", "overdue b"]


def test_expectation_without_an_end_makes_no_notice() -> None:
    story = Scenario().report("d1", **promise(due={"literal": "soon"}))
    assert items_of(story.public("2030-01-01")) == ["reported d1"]


def test_second_retraction_that_waits_for_its_substitute_is_not_lost() -> None:
    # Given a second retraction that names a report on hold
    story = Scenario().report("a", at="2026-03-03").report("b", at="2026-03-04").hold("b", at="2026-03-04")
    story.retract("a", at="2026-03-05").retract("a", at="2026-03-06", substitute="b")
    ongoing = OngoingStory(STORY, story.recorded, now=instant("2026-03-07"))
    # When that report is released
    story.release("b", at="2026-03-08")
    # Then all events are taken again, since the retraction becomes public too
    assert not ongoing.go_on(story.recorded[-1:], now=instant("2026-03-09"))
    assert len(public_story(STORY, story.recorded, now=instant("2026-03-09")).items) == len(ongoing.public.items) + 2


def test_new_map_of_origins_touches_no_promise_that_was_withdrawn() -> None:
    story = Scenario().report("a", expects=[{"id": "x", "what": "Ferries run"}]).report("b").retract("a")
    story.record(commands.revise_story(STORY, origins={"Port": ["Harbour"]}))
    [*_, revised] = story.public().items
    assert isinstance(revised, PublicItem)
    assert revised.touched_expectations == {}


def test_story_that_goes_on_is_that_of_all_its_events() -> None:
    story = Scenario().report("d1", claim("hurt", 2))
    ongoing = OngoingStory(STORY, story.recorded, now=story.clock)
    count = len(story.recorded)
    story.report("d2", claim("hurt", 3)).retract("d1")
    assert ongoing.go_on(story.recorded[count:], now=story.clock)
    assert ongoing.public.items == story.public().items
    assert items_of(ongoing.public) == ["reported d1", "reported d2", "retracted d1"]


def test_story_does_not_go_on_to_an_earlier_time_or_past_what_is_rewritten() -> None:
    story = Scenario().report("d1")
    ongoing = OngoingStory(STORY, story.recorded, now=story.clock)
    assert not ongoing.go_on([], now=story.clock)
    count = len(story.recorded)
    story.redact(development="d1")
    assert not ongoing.go_on(story.recorded[count:], now=story.clock)
