"""Undo: what it takes back, what it leaves, and when it is refused (events/README.md#undo)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from events import commands
from events.errors import RefusedError, UnknownStoryError, VersionConflictError
from events.fold.state import Story
from events.fold.story import StoryFold, fold_of
from events.integrity.verify import verify
from events.ledger import Ledger
from events.model.edtf import parse_when
from events.model.events import AnyEvent, ClockReset, EventRedacted, EventUndone, FactChecked, Recorded
from events.projections import folds
from events.rules.undo import noun
from events.store.base import RESTORED
from tests.builders import HOUR, STORY, Clock, Scenario

PROMISE = {"id": "ferries", "what": "Ferries run again", "due": "2026-03-05"}
PUBLISHED = "has been published"


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Ledger:
    ledger = Ledger.create(tmp_path, actor="tester", clock=clock)
    ledger.append(commands.open_story(STORY, "Fire"), commands.report(STORY, "Two hurt", facts=[hurt(2)]))
    clock.go(HOUR)
    return ledger


def hurt(value: int) -> dict[str, object]:
    return {"key": "hurt", "value": value}


def value(state: Story) -> Any:
    """Return how many are hurt."""
    fact = state.fact("hurt")
    return fact and fact.current and fact.current.value


def headline(state: Story) -> str | None:
    """Return the headline of the first report."""
    report = state.developments[0].report
    return None if report is None else report.headline


def refusal(scenario: Scenario, development: str | None = None) -> str:
    """Return why an undo is refused."""
    with pytest.raises(RefusedError) as caught:
        scenario.undo(development)
    return str(caught.value)


def test_undo_takes_back_the_last_event() -> None:
    story = Scenario().report("d1", "hurt=2").report("d2", "hurt=3").undo()
    assert value(story.state()) == 2
    assert [item.id for item in story.state().developments] == ["d1"]


def test_second_undo_takes_back_the_event_before() -> None:
    story = Scenario().report("d1", "hurt=2").correct("d1", headline="Two hurt").report("d2").undo().undo()
    assert headline(story.state()) == "Report d1"
    assert [item.development for item in story.state().corrections] == []


def test_undo_of_a_development_takes_back_all_about_it() -> None:
    story = Scenario().report("d1").report("d2").hold("d1").correct("d1", headline="Two hurt").undo("d1")
    assert [item.id for item in story.state().developments] == ["d2"]
    assert [entry.title for entry in story.entries()] == ["Report d2"]


def test_undone_ids_are_free_again() -> None:
    story = Scenario().report(None, expects=[{"what": "Ferries"}]).undo().report(None, expects=[{"what": "Boats"}])
    [development] = story.state().developments
    [expected] = story.state().expectations
    assert (development.id, expected.id, expected.what) == ("d1", "e1", "Boats")


def test_undone_story_can_be_opened_again() -> None:
    story = Scenario().undo().record(commands.open_story(STORY, "Fire at the port"))
    assert story.state().headline == "Fire at the port"
    public = story.public().state
    assert public is not None
    assert public.headline == "Fire at the port"


def test_undo_shows_in_no_view_but_what_was_recorded_by_then() -> None:
    story = Scenario().report("d1", at="2026-03-03").report("d2", at="2026-03-04").undo(at="2026-03-05")
    assert [item.id for item in story.state(as_of="2026-03-04").developments] == ["d1"]
    assert [item.id for item in story.state(recorded_by="2026-03-04").developments] == ["d1", "d2"]
    assert [item.id for item in story.state(recorded_by="2026-03-05").developments] == ["d1"]


def test_undo_of_a_promise_leaves_no_notice() -> None:
    story = Scenario().report("d1").report("d2", expects=[PROMISE]).undo("d2")
    assert [item.kind for item in story.public("2026-03-09").items] == ["story_opened", "development_reported"]


def test_what_was_published_is_not_undone() -> None:
    story = Scenario().report("d1").publish()
    assert PUBLISHED in refusal(story)
    assert "writethru retract harbour-fire d1" in refusal(story, "d1")


@pytest.mark.parametrize(
    ("command", "remedy"),
    [
        (commands.revise_story(STORY, headline="Fire at the port"), "writethru revise harbour-fire"),
        (commands.close_story(STORY), "writethru reopen harbour-fire"),
        (commands.correct(STORY, "d1", {"headline": "Two hurt"}, "It was."), "writethru correct harbour-fire d1"),
        (commands.hold(STORY, "d1"), "writethru release harbour-fire d1"),
        (commands.retract(STORY, "d1", "It was wrong."), "writethru report harbour-fire"),
        (commands.pin(STORY, "d1"), "writethru unpin harbour-fire d1"),
    ],
    ids=lambda item: getattr(item, "type", ""),
)
def test_refusal_of_what_was_published_names_the_remedy(command: AnyEvent, remedy: str) -> None:
    story = Scenario().report("d1").publish().record(command).publish()
    assert remedy in refusal(story)


@pytest.mark.parametrize(
    ("before", "command", "remedy"),
    [
        (commands.hold(STORY, "d1"), commands.release(STORY, "d1"), "writethru hold harbour-fire d1"),
        (commands.close_story(STORY), commands.reopen_story(STORY), "writethru close harbour-fire"),
        (commands.pin(STORY, "d1"), commands.unpin(STORY, "d1"), "writethru pin harbour-fire d1"),
    ],
    ids=lambda item: getattr(item, "type", ""),
)
def test_refusal_names_how_to_reverse_it(before: AnyEvent, command: AnyEvent, remedy: str) -> None:
    story = Scenario().report("d1").record(before).publish().record(command).publish()
    assert remedy in refusal(story)


def test_published_opening_is_not_undone() -> None:
    assert "writethru close harbour-fire" in refusal(Scenario().publish())


def test_what_was_recorded_since_a_publication_is_undone() -> None:
    story = Scenario().report("d1").publish().report("d2", "hurt=3").undo()
    assert [item.id for item in story.state().developments] == ["d1"]


def test_embargoed_report_is_undone_after_a_publication() -> None:
    story = Scenario().report("d1").report("d2", embargoed_until="2026-03-09T00:00:00Z").publish("2026-03-08")
    assert [item.id for item in story.undo("d2").state().developments] == ["d1"]


def test_report_is_not_undone_once_its_embargo_has_passed() -> None:
    story = Scenario().report("d1").report("d2", embargoed_until="2026-03-09T00:00:00Z").publish("2026-03-09")
    assert PUBLISHED in refusal(story, "d2")


def test_held_report_is_undone_but_not_its_hold() -> None:
    story = Scenario().report("d1").report("d2").hold("d2", at="2026-03-02T10:00:00Z").publish()
    assert PUBLISHED in refusal(story)
    assert [item.id for item in story.undo("d2").state().developments] == ["d1"]


def test_correction_that_a_report_was_published_with_is_not_undone() -> None:
    embargo = "2026-03-09T00:00:00Z"
    story = Scenario().report("d1", embargoed_until=embargo).correct("d1", headline="Two hurt").publish("2026-03-09")
    assert PUBLISHED in refusal(story)


def test_restated_promise_is_undone_though_a_later_report_resolves_it() -> None:
    story = Scenario().report("d1", expects=[PROMISE]).report("d2", expects=[{"id": "ferries", "due": "2026-03-09"}])
    story.report("d3", resolves=[{"expectation": "ferries", "outcome": "met"}]).undo("d2")
    [expected] = story.state().expectations
    assert (expected.outcome, expected.due) == ("met", parse_when("2026-03-05"))


def test_promise_that_a_later_report_restates_is_not_undone() -> None:
    story = Scenario().report("d1", expects=[PROMISE]).report("d2", expects=[PROMISE | {"due": "2026-03-09"}])
    assert "the report d2 names ferries" in refusal(story, "d1")


def test_development_that_settles_accounts_is_not_undone() -> None:
    story = Scenario().report("d1", "hurt=2").report("d2", "hurt=3")
    story.record(commands.revise_story(STORY, facts={"hurt": {"settled": "d1"}}))
    assert "the revision of the story names d1" in refusal(story, "d1")


def test_correction_that_names_a_development_keeps_it() -> None:
    story = Scenario().report("d1").report("d2").report("d3")
    story.correct("d2", corroborates=[{"development": "d3"}])
    assert "the correction of d2 names d3" in refusal(story, "d3")


def test_development_that_an_earlier_correction_names_is_to_be_withdrawn() -> None:
    story = Scenario().report("d1").report("d2").report("d3")
    story.correct("d2", corroborates=[{"development": "d3"}]).report("d4")
    assert "\n  Withdraw d3: writethru retract harbour-fire d3 --reason REASON" in refusal(story, "d3")


def test_earlier_report_that_names_a_development_is_to_be_undone_first() -> None:
    story = Scenario().report("d1").report("d2", disputes=[{"development": "d1", "kind": "denies"}]).report("d3")
    assert "Undo that first: writethru undo harbour-fire d2. Or withdraw d1" in refusal(story, "d1")


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (FactChecked(story=STORY, key="hurt"), "the check of hurt"),
        (EventRedacted(story=STORY, development="d1", reason="R"), "a redaction"),
        (EventUndone(story=STORY), "an undo"),
        (ClockReset(story=STORY), "a reset of the clock"),
    ],
    ids=lambda item: getattr(item, "type", ""),
)
def test_event_of_any_other_type_has_a_noun(event: AnyEvent, words: str) -> None:
    assert noun(event) == words


def test_undone_text_can_be_redacted() -> None:
    story = Scenario().report("d1", "hurt=2", id="secret").undo().redact(event="secret")
    assert story.recorded[1].event.type == "erased"
    assert [item.kind for item in story.public().items] == ["story_opened"]


def test_redaction_of_an_undone_text_touches_no_later_report_of_its_id() -> None:
    story = Scenario().report("d1", id="secret").undo().report("d1", headline="Two hurt").redact(event="secret")
    assert [entry.title for entry in story.entries()] == ["Two hurt"]
    assert headline(story.state()) == "Two hurt"


def test_erased_promise_keeps_its_development() -> None:
    story = (
        Scenario().report("d1").report("d2", expects=[PROMISE], id="two").report("d3", expects=[PROMISE], id="three")
    )
    story.redact(event="three")
    assert "the report d3 names ferries" in refusal(story, "d2")


def test_undo_directly_applied_changes_only_the_version() -> None:
    story = Scenario().report("d1")
    undo = Recorded(3, 3, story.clock, EventUndone(id="u", story=STORY, event=story.recorded[-1].id))
    story.fold.apply(undo)
    assert (story.fold.version, [*story.fold.records]) == (3, ["d1"])


def test_fold_continued_after_an_undo_equals_the_whole(ledger: Ledger, clock: Clock) -> None:
    ledger.append(commands.report(STORY, "Three hurt", facts=[hurt(3)]))
    ledger.append(commands.undo(STORY), commands.report(STORY, "Four hurt", facts=[hurt(4)]))
    state = ledger.story(STORY)
    with Ledger.open(ledger.store.name, clock=clock) as other:
        assert other.story(STORY) == state
    assert (state.version, [item.id for item in state.developments]) == (5, ["d1", "d2"])


def test_other_process_continues_its_fold_after_an_undo(ledger: Ledger, clock: Clock) -> None:
    with Ledger.open(ledger.store.name, clock=clock) as other:
        ledger.append(commands.report(STORY, "Three hurt", facts=[hurt(3)]))
        assert value(other.story(STORY)) == 3
        ledger.append(commands.undo(STORY))
        assert value(other.story(STORY)) == 2


def test_undo_deletes_the_snapshot(ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folds, "SNAPSHOT_EVENTS_MIN", 3)
    ledger.append(commands.report(STORY, "Three hurt", facts=[hurt(3)]))
    monkeypatch.setattr(folds, "SNAPSHOT_EVENTS_MIN", 100)
    ledger.append(commands.undo(STORY))
    with Ledger.open(ledger.store.name, clock=clock) as other:
        assert value(other.story(STORY)) == 2
    assert verify(ledger.store).problems == ()


def test_snapshot_after_an_undo_verifies(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folds, "SNAPSHOT_EVENTS_MIN", 1)
    ledger.append(commands.report(STORY, "Three hurt"), commands.undo(STORY), commands.report(STORY, "Four hurt"))
    assert verify(ledger.store).problems == ()


def test_undo_returns_what_it_changed(ledger: Ledger) -> None:
    ledger.append(commands.report(STORY, "Three hurt", facts=[hurt(3)]))
    preview = ledger.preview(commands.undo(STORY))
    assert isinstance(preview.recorded.event, EventUndone)
    [appended] = ledger.append(preview.recorded.event)
    assert [str(change) for change in appended.changes] == ["Hurt: 3 → 2 (not independently confirmed)"]
    assert appended == preview


def test_changes_since_a_version_name_what_was_undone_after_it(ledger: Ledger) -> None:
    ledger.append(commands.report(STORY, "Three hurt", facts=[hurt(3)]))
    ledger.append(commands.undo(STORY))
    assert list(map(str, ledger.changes(STORY, since=3))) == ["Hurt: 3 → 2 (not independently confirmed)"]
    assert ledger.changes(STORY, since=2) == ledger.changes(STORY, since=4) == ()


def test_conflict_names_what_was_undone_since_the_expected_version(ledger: Ledger) -> None:
    ledger.append(commands.report(STORY, "Three hurt", facts=[hurt(3)]))
    ledger.append(commands.undo(STORY))
    with pytest.raises(VersionConflictError) as conflict:
        ledger.append(commands.report(STORY, "Four hurt", facts=[hurt(4)]), expected_version=3)
    assert conflict.value.since[-1] == "Hurt: 3 → 2 (not independently confirmed)"


def test_undone_story_is_unknown_to_all_but_its_events(ledger: Ledger, clock: Clock) -> None:
    ledger.append(commands.open_story("habour", "Fire"))
    opened_at = clock.now
    clock.go(HOUR)
    [appended] = ledger.append(commands.undo("habour"))
    assert appended.changes == ()
    assert ledger.stories() == [STORY]
    for ask in (ledger.story, lambda story: ledger.changes(story, since=1)):
        with pytest.raises(UnknownStoryError) as caught:
            ask("habour")
        assert caught.value.suggestion == STORY
    with pytest.raises(RefusedError, match="there is no story"):
        ledger.append(commands.report("habour", "Two hurt"))
    assert ledger.story("habour", recorded_by=opened_at).headline == "Fire"
    assert [recorded.event.type for recorded in ledger.events("habour")] == ["story_opened", "event_undone"]
    assert verify(ledger.store).problems == ()
    ledger.append(commands.open_story("habour", "Fire again"))
    assert ledger.stories() == ["habour", STORY]


def test_undo_sees_a_publication_that_has_begun(ledger: Ledger) -> None:
    ledger.append(commands.report(STORY, "Three hurt"))
    ledger.advance_publication_time()  # the publication reads its stories after this, in other transactions
    with pytest.raises(RefusedError, match=PUBLISHED):
        ledger.append(commands.undo(STORY))
    with pytest.raises(RefusedError, match=PUBLISHED):
        ledger.preview(commands.undo(STORY))


def test_undo_in_a_restored_ledger_waits_for_a_publication(ledger: Ledger) -> None:
    with ledger.store.writing() as writing:
        writing.put_note(RESTORED, "")
    with pytest.raises(RefusedError, match="was restored"):
        ledger.append(commands.undo(STORY))


def test_undo_again_under_its_id_is_skipped(ledger: Ledger) -> None:
    undo = commands.undo(STORY, id="undo-1")
    assert ledger.append(undo)[0].new
    assert not ledger.append(undo)[0].new


def test_undone_ids_are_listed_of_one_story_or_of_all(ledger: Ledger) -> None:
    ledger.append(commands.open_story("mill", "Mill"), commands.report("mill", "Flood", id="flood"))
    ledger.append(commands.undo("mill", id="undo-mill"), commands.undo(STORY, development="d1", id="undo-fire"))
    assert ledger.undone("mill") == {"flood", "undo-mill"}
    assert ledger.undone() >= {"flood", "undo-mill", "undo-fire"}
    assert len(ledger.undone()) == 4


def test_fold_skips_what_was_undone_however_it_is_cut() -> None:
    story = Scenario().report("d1").report("d2", "hurt=3").correct("d2", headline="Three hurt").undo("d2").report("d3")
    whole = fold_of(STORY, story.recorded)
    assert isinstance(whole, StoryFold)
    assert [*whole.records] == ["d1", "d3"]
    assert (whole.version, len(whole.redactable)) == (6, 4)
    assert whole.updated_at == story.clock


def test_preview_of_an_undo_leaves_the_fold_as_it_was(ledger: Ledger, clock: Clock) -> None:
    before = ledger.story(STORY)
    ledger.preview(commands.undo(STORY), now=clock.now + timedelta(days=1))
    assert ledger.story(STORY) == before


def test_event_before_the_last_one_is_undone_after_it_if_that_can_be_undone() -> None:
    story = Scenario().record(commands.revise_story(STORY, headline="Fire at the port", id="r1")).report("d2")
    with pytest.raises(RefusedError, match=f"To undo the last one: writethru undo {STORY}"):
        story.undo(event="r1")
    story.publish()
    with pytest.raises(RefusedError, match="Revise it again"):
        story.undo(event="r1")
