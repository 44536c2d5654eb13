"""Decide: what is accepted, next to each refusal of test_refusals.py; and what the ledger assigns."""

# ruff: noqa: E501 - a row of a table reads best whole

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events import commands
from events.decide import NAMES_LISTED_MAX, decide
from events.errors import RefusedError
from events.fold.story import StoryFold
from events.model.codec import plain
from events.model.events import AnyEvent, DevelopmentCorrected, DevelopmentReported, Erased, Recorded
from events.rules.assignment import same_content
from tests.builders import HOUR, START, STORY, Scenario, claim

LATER = "2026-03-05T00:00:00Z"
TALKS = {"id": "talks", "what": "Talks", "due": "2026-03-09"}


def newest(story: Scenario) -> AnyEvent:
    event = story.recorded[-1].event
    assert not isinstance(event, Erased)
    return event


def refused_checks(story: Scenario, command: AnyEvent) -> list[str]:
    with pytest.raises(RefusedError) as caught:
        story.record(command)
    return [problem.check for problem in caught.value.problems]


def report_of(story: Scenario, **fields: Any) -> DevelopmentReported:
    report = newest(story.report(**fields))
    assert isinstance(report, DevelopmentReported)
    return report


# What is accepted


def test_closed_story_allows_everything_but_reports() -> None:
    story = Scenario().report("d1").report("d2").close()
    story.correct("d1", headline="Three hurt").hold("d1").release("d1").retract("d1").retract("d1", substitute="d2")
    story.record(commands.pin(STORY, "d2")).record(commands.unpin(STORY, "d2")).redact(development="d1")
    story.record(commands.revise_story(STORY, headline="After the fire"))
    assert refused_checks(story, commands.report(STORY, "More")) == ["closed"]
    assert story.reopen().report("d3").state().status == "open"


def test_substitute_can_be_named_later_and_replaced() -> None:
    story = Scenario().report("d1").report("d2").report("d3").retract("d1").retract("d1", substitute="d2")
    assert story.retract("d1", substitute="d3").state().development("d1").substitute == "d3"  # type: ignore[union-attr]
    assert Scenario().report("d1").report("d2").retract("d2", substitute="d1").fold.records["d2"].substitute == "d1"


def test_retracted_development_can_be_redacted_once() -> None:
    story = Scenario().report("d1").retract("d1").redact(development="d1")
    assert refused_checks(story, commands.redact(STORY, "R", development="d1")) == ["redacted"]


def test_development_can_be_redacted_after_its_correction() -> None:
    story = Scenario().report("d1", body="One").correct("d1", body="Two")
    statuses = [story.redact(event=story.recorded[-1].id).fold.records["d1"].status]
    statuses.append(story.record(commands.redact(STORY, "R", development="d1")).fold.records["d1"].status)
    assert statuses == ["usable", "canceled"]


def test_release_ends_a_hold_first_and_then_an_embargo() -> None:
    story = Scenario().report("d1", embargoed_until=LATER).hold("d1").release("d1")
    assert story.fold.records["d1"].embargoed_until is not None
    assert story.release("d1").fold.records["d1"].embargoed_until is None
    assert refused_checks(story, commands.release(STORY, "d1")) == ["release"]


def test_release_of_a_past_embargo_is_refused() -> None:
    story = Scenario().report("d1", embargoed_until="2026-03-02T12:00:00Z")
    story.clock = datetime(2026, 3, 2, 12, tzinfo=UTC) - HOUR
    assert refused_checks(story, commands.release(STORY, "d1")) == ["release"]


def test_development_can_be_held_and_pinned_again() -> None:
    story = Scenario().report("d1").hold("d1").release("d1").hold("d1")
    story.record(commands.pin(STORY, "d1")).record(commands.unpin(STORY, "d1")).record(commands.pin(STORY, "d1"))
    assert story.fold.records["d1"].held
    assert story.fold.records["d1"].pinned


def test_reopened_story_can_be_closed_again() -> None:
    assert Scenario().close().reopen().close().state().status == "closed"


@pytest.mark.parametrize(
    ("reported", "as_of", "is_accepted"),
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
def test_as_of_may_be_a_local_date_up_to_utc_plus_14(reported: str, as_of: Any, is_accepted: bool) -> None:  # noqa: FBT001
    story = Scenario(start="2026-03-02T06:00:00Z")
    report = commands.report(STORY, "Two hurt", facts=[claim("hurt", 2, as_of=as_of)], reported_at=reported)
    story.clock = datetime(2026, 3, 2, 20, tzinfo=UTC)
    if is_accepted:
        story.record(report)
    else:
        assert refused_checks(story, report) == ["as_of"]


def test_reported_at_may_be_as_late_as_the_embargo() -> None:
    assert report_of(Scenario(), embargoed_until=LATER, reported=LATER).reported_at == datetime(2026, 3, 5, tzinfo=UTC)
    story = Scenario().report("d1", embargoed_until=LATER).correct("d1", reported_at=LATER)
    assert story.fold.records["d1"].reported_at == datetime(2026, 3, 5, tzinfo=UTC)


def test_published_at_may_be_an_old_date() -> None:
    assert report_of(Scenario(), published_at="1999-12-31T00:00:00Z", reported="1999-12-30").published_at is not None


def test_report_can_resolve_its_own_expectation() -> None:
    story = Scenario().report("d1", expects=[TALKS], resolves=[{"expectation": "talks", "outcome": "met"}])
    story.report("d2", expects=[{"id": "talks", "by": "Both"}], resolves=[{"expectation": "talks", "outcome": "met"}])
    assert [expected.id for expected in story.state().expectations] == ["talks"]


def test_correction_of_reported_at_alone_is_a_change() -> None:
    story = Scenario().report("d1", claim("hurt", 2, as_of="2026-03-01"))
    story.correct("d1", reported_at="2026-03-01T08:00:00Z")
    assert story.fold.records["d1"].reported_at == START - timedelta(days=1)


def test_correction_that_clears_a_due_date_is_a_change() -> None:
    story = Scenario().report("d1", expects=[TALKS]).report("d2", expects=[{"id": "talks"}])
    story.correct("d2", expects=[{"id": "talks", "due": None}])
    assert story.state().expectation("talks").due is None  # type: ignore[union-attr]


def test_typo_changes_headline_body_and_media_without_a_note() -> None:
    story = Scenario().report("d1", headline="Two hrut in pier 3", body="A fier in 1999.")
    photo = {"url": "https://x.example/a.jpg", "type": "image/jpeg", "alt": "Smoke"}
    changes = {"headline": "Two hurt in pier 3", "body": "A fire in 1999.", "media": [photo]}
    story.record(commands.correct(STORY, "d1", changes, level="typo"))
    assert story.fold.records["d1"].report.headline == "Two hurt in pier 3"  # type: ignore[union-attr]


def test_report_may_aim_at_a_withdrawn_development() -> None:
    story = Scenario().report("d1", claim("hurt", 2)).report("d2").retract("d2")
    story.report("d3", corroborates=[{"development": "d1"}, {"development": "d2"}])
    story.correct("d3", disputes=[{"development": "d1", "kind": "denies"}], corroborates=[])
    assert [dispute.development for dispute in story.state().disputes] == ["d1"]


def test_old_report_recorded_late_is_accepted() -> None:
    assert report_of(Scenario().report("d1"), reported="2015-01-06").reported_at == datetime(2015, 1, 6, 12, tzinfo=UTC)


def test_correction_of_an_erased_report_is_accepted() -> None:
    """A ledger may hold an erased report without the redaction (a view as of an earlier instant): nothing raises."""
    story = Scenario()
    gone = Erased(id="x", story=STORY, was="development_reported", development="d1", reported_at=START)
    story.fold.apply(Recorded(2, 2, START, gone))
    command = commands.correct(STORY, "d1", {"body": "B"}, "N")
    assert decide(story.fold, command, story.circumstances()).id == "event-2"


def test_refusal_lists_names_up_to_a_limit() -> None:
    story = Scenario()
    for number in range(NAMES_LISTED_MAX + 1):
        story.report(f"pier-{number:02}")
    with pytest.raises(RefusedError) as caught:
        story.hold("zzz")
    assert caught.value.problems[0].remedy == (
        f"Use one of: {', '.join(f'pier-{number:02}' for number in range(NAMES_LISTED_MAX))}, …. "
        "To see all: writethru show harbour-fire"
    )


# What is assigned


def test_development_id_is_the_next_free_one() -> None:
    story = Scenario().report("d2", expects=[{"id": "e1", "what": "A"}])
    first, second = (report_of(story, expects=[{"what": "B"}, {"id": "e3", "what": "C"}, {"what": "D"}]) for _ in "12")
    assert (first.development, second.development) == ("d1", "d3")


def test_expectation_id_is_one_that_was_never_used() -> None:
    story = Scenario().report("d1", expects=[{"id": "e1", "what": "A"}])
    report = report_of(story, expects=[{"what": "B"}, {"id": "e3", "what": "C"}, {"what": "D"}])
    assert [expectation.id for expectation in report.expects] == ["e2", "e3", "e4"]
    corrected = newest(story.correct("d1", expects=[{"id": "e1", "what": "A"}, {"what": "E"}]))
    assert isinstance(corrected, DevelopmentCorrected)
    assert [expectation.id for expectation in corrected.set.expects] == ["e1", "e5"]


def test_ids_of_withdrawn_developments_are_not_reused() -> None:
    story = Scenario().report(expects=[{"what": "A"}]).retract("d1").redact(development="d1")
    report = report_of(story, expects=[{"what": "B"}])
    assert (report.development, report.expects[0].id) == ("d2", "e2")


def test_ids_under_embargo_are_neutral() -> None:
    report = report_of(Scenario(), embargoed_until=LATER, expects=[{"what": "A"}])
    assert str(report.development).startswith("neutral-")
    assert str(report.expects[0].id).startswith("neutral-")
    assert str(report.id).startswith("secret-")


def test_ids_of_events_about_an_embargoed_report_are_neutral() -> None:
    story = Scenario().report("d1", embargoed_until=LATER).correct("d1", expects=[{"what": "A"}])
    corrected = newest(story)
    assert isinstance(corrected, DevelopmentCorrected)
    assert str(corrected.set.expects[0].id).startswith("neutral-")
    assert str(corrected.id).startswith("secret-")
    assert str(newest(story.hold("d1")).id).startswith("secret-")


def test_id_given_under_embargo_stays() -> None:
    report = report_of(Scenario(), development="budget", embargoed_until=LATER, expects=[TALKS])
    assert (report.development, report.expects[0].id) == ("budget", "talks")


def test_ids_under_a_past_embargo_are_ordinary() -> None:
    report = report_of(Scenario(), embargoed_until=START, reported=START)
    assert (report.development, str(report.id)[:6]) == ("d1", "event-")


def test_actor_id_and_reported_at_are_assigned_if_missing() -> None:
    report = newest(Scenario().report())
    assert (report.actor, report.id, report.reported_at) == ("tester", "event-2", START + HOUR)
    given = commands.report(STORY, "H", id="mine", actor="Ann", reported_at="2026-03-01T00:00:00Z")
    report = newest(Scenario().record(given))
    assert (report.actor, report.id, report.reported_at) == ("Ann", "mine", datetime(2026, 3, 1, tzinfo=UTC))


def test_decide_changes_neither_the_fold_nor_the_command() -> None:
    story = Scenario()
    command = commands.report(STORY, "H", expects=[{"what": "A"}])
    before = plain(command)
    event = decide(story.fold, command, story.circumstances())
    assert plain(command) == before
    assert event != command
    assert isinstance(story.fold, StoryFold)
    assert story.fold.records == {}


# Same content


def recorded_as(command: AnyEvent) -> Recorded:
    story = Scenario().report("d1", expects=[TALKS]).report("d9")
    return story.record(command.model_copy(update={"id": "a"})).recorded[-1]


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
def test_same_content_ignores_what_the_caller_left_out(first: AnyEvent, again: AnyEvent) -> None:
    assert same_content(again.model_copy(update={"id": "a"}), recorded_as(first))


@pytest.mark.parametrize(("first", "again"), OTHER)
def test_same_content_notices_every_difference(first: AnyEvent, again: AnyEvent) -> None:
    assert not same_content(again.model_copy(update={"id": "a"}), recorded_as(first))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Minister not guilty of fraud", "Minister guilty of fraud"),
        ("Minister now guilty", "Minister not guilty"),
        ("Police shot man", "Man shot police"),
        ("Talks likely", "Talks unlikely"),
        ("Two hurt", "Two hurt badly"),
        ("He can speak", "He can't speak"),
        ("部长有罪", "部长无罪"),
        ("Magnitude 5.3 quake", "Magnitude 53 quake"),
        ("-5 degrees", "5 degrees"),
        ("1,000 hurt", "1.000 hurt"),
    ],
)
def test_change_of_meaning_is_no_typo(before: str, after: str) -> None:
    with pytest.raises(RefusedError, match="the headline changes too much for a typo"):
        Scenario().report("a", headline=before).record(commands.correct(STORY, "a", {"headline": after}, level="typo"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Teh harbor fire", "The harbour fire"),
        ("Minister recieved a warning", "Minister received a warning"),
        ("Harbourfire, two hurt", "Harbour fire: two hurt"),
        ("FIRE AT THE HARBOUR", "Fire at the harbour"),
        ("Accomodation burns", "Accommodation burns"),
        ("3-5 hurt,", "3–5 hurt"),
    ],
)
def test_mended_words_are_a_typo(before: str, after: str) -> None:
    scenario = Scenario().report("a", headline=before)
    scenario.record(commands.correct(STORY, "a", {"headline": after}, level="typo"))
    assert [item.report and item.report.headline for item in scenario.state().developments] == [after]
