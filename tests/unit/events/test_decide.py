"""Decide: what is taken, beside each refusal of test_refusals.py; and what decide fills in."""

# ruff: noqa: E501 - a row of a table reads best whole

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events import commands
from events.assignment import same_content
from events.decide import NAMES_LISTED_MAX, decide
from events.errors import RefusedError
from events.fold.story import StoryFold
from events.model.codec import plain
from events.model.events import AnyEvent, DevelopmentCorrected, DevelopmentReported, Erased, Recorded
from tests.builders import HOUR, START, STORY, Scenario, claim

LATER = "2026-03-05T00:00:00Z"
TALKS = {"id": "talks", "what": "Talks", "due": "2026-03-09"}


def newest(story: Scenario) -> AnyEvent:
    event = story.recorded[-1].event
    assert not isinstance(event, Erased)
    return event


def refused(story: Scenario, wanted: AnyEvent) -> list[str]:
    with pytest.raises(RefusedError) as caught:
        story.record(wanted)
    return [problem.check for problem in caught.value.problems]


def report_of(story: Scenario, **fields: Any) -> DevelopmentReported:
    told = newest(story.report(**fields))
    assert isinstance(told, DevelopmentReported)
    return told


# What is taken


def test_a_closed_story_takes_every_repair_and_no_report() -> None:
    story = Scenario().report("d1").report("d2").close()
    story.correct("d1", headline="Three hurt").hold("d1").release("d1").retract("d1").retract("d1", substitute="d2")
    story.record(commands.pin(STORY, "d2")).record(commands.unpin(STORY, "d2")).redact(development="d1")
    story.record(commands.revise_story(STORY, headline="After the fire"))
    assert refused(story, commands.report(STORY, "More")) == ["closed"]
    assert story.reopen().report("d3").state().status == "open"


def test_a_substitute_may_be_named_when_retracting_or_once_later_or_replaced() -> None:
    story = Scenario().report("d1").report("d2").report("d3").retract("d1").retract("d1", substitute="d2")
    assert story.retract("d1", substitute="d3").state().development("d1").substitute == "d3"  # type: ignore[union-attr]
    assert Scenario().report("d1").report("d2").retract("d2", substitute="d1").fold.records["d2"].substitute == "d1"


def test_what_was_retracted_can_be_redacted_once() -> None:
    story = Scenario().report("d1").retract("d1").redact(development="d1")
    assert refused(story, commands.redact(STORY, "R", development="d1")) == ["redacted"]


def test_one_correction_can_be_redacted_and_then_the_whole_development() -> None:
    story = Scenario().report("d1", body="One").correct("d1", body="Two")
    statuses = [story.redact(event=story.recorded[-1].id).fold.records["d1"].status]
    statuses.append(story.record(commands.redact(STORY, "R", development="d1")).fold.records["d1"].status)
    assert statuses == ["usable", "canceled"]


def test_releasing_ends_a_hold_first_and_then_an_embargo() -> None:
    story = Scenario().report("d1", embargoed_until=LATER).hold("d1").release("d1")
    assert story.fold.records["d1"].embargoed_until is not None
    assert story.release("d1").fold.records["d1"].embargoed_until is None
    assert refused(story, commands.release(STORY, "d1")) == ["release"]


def test_an_embargo_that_has_passed_needs_no_release() -> None:
    story = Scenario().report("d1", embargoed_until="2026-03-02T12:00:00Z")
    story.clock = datetime(2026, 3, 2, 12, tzinfo=UTC) - HOUR
    assert refused(story, commands.release(STORY, "d1")) == ["release"]


def test_what_was_held_can_be_held_again_and_what_was_unpinned_pinned() -> None:
    story = Scenario().report("d1").hold("d1").release("d1").hold("d1")
    story.record(commands.pin(STORY, "d1")).record(commands.unpin(STORY, "d1")).record(commands.pin(STORY, "d1"))
    assert story.fold.records["d1"].held
    assert story.fold.records["d1"].pinned


def test_a_story_can_be_closed_again_after_it_was_reopened() -> None:
    assert Scenario().close().reopen().close().state().status == "closed"


@pytest.mark.parametrize(
    ("reported", "as_of", "taken"),
    [
        ("2026-03-02T08:00:00Z", "2026-03-02", True),
        ("2026-03-02T10:00:00Z", "2026-03-03", True),  # 00:00 on 3 March at UTC+14
        ("2026-03-02T09:59:59Z", "2026-03-03", False),
        ("2026-03-02T10:00:00Z", "2026-03-04", False),
        ("2026-03-02T08:00:00Z", "2026-03", True),
        ("2026-03-02T08:00:00Z", "../2026-04", True),
        ("2026-03-02T08:00:00Z", "2026-03-03/2026-03-05", False),
        ("2026-03-02T08:00:00Z", {"literal": "soon"}, True),
    ],
)
def test_as_of_may_be_the_local_date_as_far_as_utc_plus_14(reported: str, as_of: Any, taken: bool) -> None:  # noqa: FBT001
    story = Scenario(start="2026-03-02T06:00:00Z")
    told = commands.report(STORY, "Two hurt", facts=[claim("hurt", 2, as_of=as_of)], reported_at=reported)
    story.clock = datetime(2026, 3, 2, 20, tzinfo=UTC)
    if taken:
        story.record(told)
    else:
        assert refused(story, told) == ["as_of"]


def test_a_report_may_bear_the_time_of_its_embargo_and_no_later_one() -> None:
    assert report_of(Scenario(), embargoed_until=LATER, reported=LATER).reported_at == datetime(2026, 3, 5, tzinfo=UTC)
    story = Scenario().report("d1", embargoed_until=LATER).correct("d1", reported_at=LATER)
    assert story.fold.records["d1"].reported_at == datetime(2026, 3, 5, tzinfo=UTC)


def test_an_archive_may_bear_an_old_date_of_publication() -> None:
    assert report_of(Scenario(), published_at="1999-12-31T00:00:00Z", reported="1999-12-30").published_at is not None


def test_an_expectation_of_the_same_report_can_be_resolved_by_it() -> None:
    story = Scenario().report("d1", expects=[TALKS], resolves=[{"expectation": "talks", "outcome": "met"}])
    story.report("d2", expects=[{"id": "talks", "by": "Both"}], resolves=[{"expectation": "talks", "outcome": "met"}])
    assert [expected.id for expected in story.state().expectations] == ["talks"]


def test_a_correction_may_move_a_report_in_time_only() -> None:
    story = Scenario().report("d1", claim("hurt", 2, as_of="2026-03-01"))
    story.correct("d1", reported_at="2026-03-01T08:00:00Z")
    assert story.fold.records["d1"].reported_at == START - timedelta(days=1)


def test_a_correction_that_clears_a_due_date_changes_something() -> None:
    story = Scenario().report("d1", expects=[TALKS]).report("d2", expects=[{"id": "talks"}])
    story.correct("d2", expects=[{"id": "talks", "due": None}])
    assert story.state().expectation("talks").due is None  # type: ignore[union-attr]


def test_a_typo_may_change_headline_body_and_media_without_a_note() -> None:
    story = Scenario().report("d1", headline="Two hrut in pier 3", body="A fier in 1999.")
    photo = {"url": "https://x.example/a.jpg", "type": "image/jpeg", "alt": "Smoke"}
    changes = {"headline": "Two hurt in pier 3", "body": "A fire in 1999.", "media": [photo]}
    story.record(commands.correct(STORY, "d1", changes, level="typo"))
    assert story.fold.records["d1"].report.headline == "Two hurt in pier 3"  # type: ignore[union-attr]


def test_reports_and_corrections_may_aim_at_developments_that_are_known_even_if_withdrawn() -> None:
    story = Scenario().report("d1", claim("hurt", 2)).report("d2").retract("d2")
    story.report("d3", corroborates=[{"development": "d1"}, {"development": "d2"}])
    story.correct("d3", disputes=[{"development": "d1", "kind": "denies"}], corroborates=[])
    assert [dispute.development for dispute in story.state().disputes] == ["d1"]


def test_an_old_report_recorded_late_is_taken() -> None:
    assert report_of(Scenario().report("d1"), reported="2015-01-06").reported_at == datetime(2015, 1, 6, 12, tzinfo=UTC)


def test_a_correction_of_what_was_erased_is_left_to_the_fold() -> None:
    """A ledger may hold an erased report without the redaction (a view as of an earlier instant): nothing raises."""
    story = Scenario()
    gone = Erased(id="x", story=STORY, was="development_reported", development="d1", reported_at=START)
    story.fold.apply(Recorded(2, 2, START, gone))
    wanted = commands.correct(STORY, "d1", {"body": "B"}, "N")
    assert decide(story.fold, wanted, story.circumstances()).id == "event-2"


def test_what_is_known_is_listed_up_to_a_limit() -> None:
    story = Scenario()
    for number in range(NAMES_LISTED_MAX + 1):
        story.report(f"pier-{number:02}")
    with pytest.raises(RefusedError) as caught:
        story.hold("zzz")
    assert caught.value.problems[0].remedy == (
        f"Use one of: {', '.join(f'pier-{number:02}' for number in range(NAMES_LISTED_MAX))}, …. "
        "To see all: writethru show harbour-fire"
    )


# What is filled in


def test_ids_are_the_next_free_ones() -> None:
    story = Scenario().report("d2", expects=[{"id": "e1", "what": "A"}])
    first, second = (report_of(story, expects=[{"what": "B"}, {"id": "e3", "what": "C"}, {"what": "D"}]) for _ in "12")
    assert (first.development, second.development) == ("d1", "d3")


def test_expectations_get_ids_that_nobody_has_used() -> None:
    story = Scenario().report("d1", expects=[{"id": "e1", "what": "A"}])
    told = report_of(story, expects=[{"what": "B"}, {"id": "e3", "what": "C"}, {"what": "D"}])
    assert [expectation.id for expectation in told.expects] == ["e2", "e3", "e4"]
    corrected = newest(story.correct("d1", expects=[{"id": "e1", "what": "A"}, {"what": "E"}]))
    assert isinstance(corrected, DevelopmentCorrected)
    assert [expectation.id for expectation in corrected.set.expects] == ["e1", "e5"]


def test_ids_of_the_retracted_and_redacted_stay_taken() -> None:
    story = Scenario().report(expects=[{"what": "A"}]).retract("d1").redact(development="d1")
    told = report_of(story, expects=[{"what": "B"}])
    assert (told.development, told.expects[0].id) == ("d2", "e2")


def test_under_embargo_ids_are_neutral() -> None:
    told = report_of(Scenario(), embargoed_until=LATER, expects=[{"what": "A"}])
    assert str(told.development).startswith("neutral-")
    assert str(told.expects[0].id).startswith("neutral-")
    assert str(told.id).startswith("secret-")


def test_what_follows_under_a_developments_embargo_is_neutral_too() -> None:
    story = Scenario().report("d1", embargoed_until=LATER).correct("d1", expects=[{"what": "A"}])
    corrected = newest(story)
    assert isinstance(corrected, DevelopmentCorrected)
    assert str(corrected.set.expects[0].id).startswith("neutral-")
    assert str(corrected.id).startswith("secret-")
    assert str(newest(story.hold("d1")).id).startswith("secret-")


def test_a_name_given_under_embargo_stays() -> None:
    told = report_of(Scenario(), development="budget", embargoed_until=LATER, expects=[TALKS])
    assert (told.development, told.expects[0].id) == ("budget", "talks")


def test_an_embargo_that_has_passed_hides_nothing() -> None:
    told = report_of(Scenario(), embargoed_until=START, reported=START)
    assert (told.development, str(told.id)[:6]) == ("d1", "event-")


def test_actor_id_and_time_of_report_are_filled_in_where_they_lack() -> None:
    told = newest(Scenario().report())
    assert (told.actor, told.id, told.reported_at) == ("tester", "event-2", START + HOUR)
    given = commands.report(STORY, "H", id="mine", actor="Ann", reported_at="2026-03-01T00:00:00Z")
    told = newest(Scenario().record(given))
    assert (told.actor, told.id, told.reported_at) == ("Ann", "mine", datetime(2026, 3, 1, tzinfo=UTC))


def test_deciding_changes_neither_the_fold_nor_what_was_wanted() -> None:
    story = Scenario()
    wanted = commands.report(STORY, "H", expects=[{"what": "A"}])
    before = plain(wanted)
    decided = decide(story.fold, wanted, story.circumstances())
    assert plain(wanted) == before
    assert decided != wanted
    assert isinstance(story.fold, StoryFold)
    assert story.fold.records == {}


# The same again


def known(wanted: AnyEvent) -> Recorded:
    story = Scenario().report("d1", expects=[TALKS]).report("d9")
    return story.record(wanted.model_copy(update={"id": "a"})).recorded[-1]


SAME: list[tuple[AnyEvent, AnyEvent]] = [
    (commands.report(STORY, "H"), commands.report(STORY, "H", actor="tester")),
    (commands.report(STORY, "H"), commands.report(STORY, "H", development="d2", said_by=[], urgency=None)),
    (commands.report(STORY, "H", development="d2"), commands.report(STORY, "H")),
    (commands.report(STORY, "H"), commands.report(STORY, "H", reported_at=START + 3 * HOUR)),
    (commands.report(STORY, "H", actor="Ann"), commands.report(STORY, "H")),
    (commands.report(STORY, "H", said_by=["A"]), commands.report(STORY, "H", said_by=[{"name": "A", "named": True}])),
    (commands.report(STORY, "H", expects=[{"what": "A"}]), commands.report(STORY, "H", expects=[{"what": "A"}])),
    (commands.correct(STORY, "d1", {"body": "B"}, "N"), commands.correct(STORY, "d1", {"body": "B"}, "N", level="correction")),
    (commands.correct(STORY, "d1", {"expects": [{"what": "A"}]}, "N"), commands.correct(STORY, "d1", {"expects": [{"what": "A"}]}, "N")),
]  # fmt: skip
OTHER: list[tuple[AnyEvent, AnyEvent]] = [
    (commands.report(STORY, "H"), commands.report(STORY, "I")),
    (commands.report(STORY, "H"), commands.report(STORY, "H", actor="Ann")),
    (commands.report(STORY, "H"), commands.report(STORY, "H", reported_at=START)),
    (commands.report(STORY, "H", reported_at=START), commands.report(STORY, "H")),
    (commands.report(STORY, "H"), commands.report(STORY, "H", development="d3")),
    (commands.report(STORY, "H"), commands.report(STORY, "H", embargoed_until=LATER)),
    (commands.report(STORY, "H", expects=[{"what": "A"}]), commands.report(STORY, "H")),
    (commands.report(STORY, "H", expects=[{"what": "A"}]), commands.report(STORY, "H", expects=[{"what": "B"}])),
    (commands.report(STORY, "H", expects=[{"what": "A"}]), commands.report(STORY, "H", expects=[{"id": "x", "what": "A"}])),
    (commands.correct(STORY, "d1", {"body": "B"}, "N"), commands.correct(STORY, "d1", {"body": "B", "said_by": None}, "N")),
    (commands.correct(STORY, "d1", {"expects": [{"what": "A"}]}, "N"), commands.correct(STORY, "d1", {"expects": [{"what": "B"}]}, "N")),
    (commands.hold(STORY, "d1"), commands.hold(STORY, "d9")),
    (commands.hold(STORY, "d1"), commands.pin(STORY, "d1")),
]  # fmt: skip


@pytest.mark.parametrize(("first", "again"), SAME)
def test_what_the_caller_left_out_does_not_make_it_another(first: AnyEvent, again: AnyEvent) -> None:
    assert same_content(again.model_copy(update={"id": "a"}), known(first))


@pytest.mark.parametrize(("first", "again"), OTHER)
def test_other_content_is_told_from_the_same(first: AnyEvent, again: AnyEvent) -> None:
    assert not same_content(again.model_copy(update={"id": "a"}), known(first))
