"""The ledger: all or nothing, each event once, a clock that never goes back, previews, views of any moment."""

import getpass
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from events import commands
from events.errors import RefusedError, UnknownStoryError, VersionConflictError
from events.ledger import Counts, Ledger
from events.model.events import AnyEvent, Erased
from events.recorder import Item
from events.store.base import PASSED_NOTE
from events.system import utc_now
from tests.builders import HOUR, START, STORY, Clock, frozen_at
from tests.ledgers import OPENED, REPORT, other

MINUTE = timedelta(minutes=1)
MILLISECOND = timedelta(milliseconds=1)


def positions(ledger: Ledger) -> list[tuple[int, int, str]]:
    return [(recorded.position, recorded.version, recorded.event.story) for recorded in ledger.events()]


# The same again


def test_append_of_a_recorded_event_returns_its_position(ledger: Ledger) -> None:
    first = ledger.append(REPORT)[0]
    ledger.append(commands.report(STORY, "More"))
    again = ledger.append(REPORT)[0]
    assert (first.new, again.new) == (True, False)
    assert again.recorded == first.recorded
    assert len(positions(ledger)) == 3


def test_event_given_twice_in_one_append_is_recorded_once(ledger: Ledger) -> None:
    assert [appended.new for appended in ledger.append(REPORT, REPORT)] == [True, False]
    assert len(positions(ledger)) == 2


def test_assigned_ids_and_actor_do_not_make_another_event(ledger: Ledger, clock: Clock) -> None:
    ledger.append(commands.report(STORY, "First"))
    stored = ledger.append(REPORT)[0].recorded.event
    assert isinstance(stored, type(REPORT))
    assert (stored.development, stored.expects[0].id, stored.actor) == ("d2", "e1", "Desk")
    clock.go(HOUR)
    with other(ledger) as elsewhere:
        assert not elsewhere.append(REPORT)[0].new
        assert not elsewhere.append(stored)[0].new


def test_used_id_is_refused_before_the_version_is_checked(ledger: Ledger) -> None:
    ledger.append(REPORT)
    with pytest.raises(RefusedError, match="the event id a is already used, at position 2, for other content"):
        ledger.append(commands.report(STORY, "Three hurt", id="a"), expected_version=1)
    assert not ledger.append(REPORT, expected_version=1)[0].new


def test_redacted_event_imported_again_stays_erased(ledger: Ledger) -> None:
    ledger.append(REPORT)
    ledger.append(commands.redact(STORY, "A court ordered it.", event="a"))
    again = ledger.append(REPORT)[0]
    assert (again.new, again.recorded.position, type(again.recorded.event)) == (False, 2, Erased)
    with pytest.raises(RefusedError, match="for other content"):
        ledger.append(commands.hold(STORY, "d1", id="a"))
    assert len(positions(ledger)) == 3


# All or nothing


def test_append_with_refusals_records_nothing_and_lists_all(ledger: Ledger) -> None:
    events: list[AnyEvent] = [
        commands.report(STORY, "One", id="b"),
        commands.hold(STORY, "d9", id="c"),
        commands.report("budget", "Two", id="d"),
        commands.pin(STORY, "d8"),
    ]
    with pytest.raises(RefusedError) as caught:
        ledger.append_all(events, locations={"b": "F:1", "c": "F:2", "d": "F:3"})
    assert [problem.where for problem in caught.value.problems] == ["F:2", "F:3", STORY]
    assert positions(ledger) == [(1, 1, STORY)]
    assert ledger.story(STORY).version == 1


def test_append_interrupted_while_reading_records_nothing(ledger: Ledger) -> None:
    def failing() -> Iterator[AnyEvent]:
        yield REPORT
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ledger.append_all(failing())
    assert positions(ledger) == [(1, 1, STORY)]
    assert ledger.append(REPORT)[0].recorded.position == 2


def test_append_of_nothing_is_refused(ledger: Ledger) -> None:
    with pytest.raises(RefusedError, match="there is nothing to record"):
        ledger.append()


def test_dry_run_returns_positions_and_records_nothing(ledger: Ledger) -> None:
    events: list[AnyEvent] = [REPORT, commands.redact(STORY, "R", event="a")]
    appended = ledger.append_all(events, dry_run=True)
    assert [(item.recorded.position, item.new) for item in appended] == [(2, True), (3, True)]
    assert positions(ledger) == [(1, 1, STORY)]
    assert ledger.story(STORY).developments == ()
    assert ledger.append(REPORT)[0].new


def test_append_stream_returns_how_many_are_new(ledger: Ledger) -> None:
    ledger.append(REPORT)
    stream: list[Item] = [(REPORT, "F:1", None), (commands.report(STORY, "More", id="b"), None, None)]
    assert ledger.append_stream(stream, dry_run=True) == Counts(new=1, skipped=1)
    assert ledger.append_stream(stream) == Counts(new=1, skipped=1)
    assert ledger.append_stream(stream) == Counts(new=0, skipped=2)
    with pytest.raises(RefusedError, match="F:1: hold: d1 is already held"):
        ledger.append_stream((commands.hold(STORY, "d1"), f"F:{line}", None) for line in range(2))
    assert len(positions(ledger)) == 3


# What changed


def test_append_returns_what_each_event_changed(ledger: Ledger) -> None:
    first = commands.report(STORY, "Two hurt", facts=[{"key": "hurt", "value": 2}])
    second = commands.report(STORY, "Three hurt", facts=[{"key": "hurt", "value": 3}])
    changes = [[str(change) for change in item.changes] for item in ledger.append(first, REPORT, second)]
    unattributed = "not independently confirmed"
    assert changes == [
        ["Reported: Two hurt", f"Hurt: 2 ({unattributed})"],
        ["Reported: Two hurt", "Newly expected: A list: due 9 March 2026"],
        ["Reported: Three hurt", f"Hurt: 2 → 3 ({unattributed})"],
    ]
    assert ledger.append(REPORT)[0].changes == ()


@pytest.mark.parametrize("target", [{"development": "d1"}, {"event": "a"}])
def test_changes_of_a_redaction_are_empty(ledger: Ledger, target: dict[str, Any]) -> None:
    ledger.append(commands.report(STORY, "SECRET", id="a", facts=[{"key": "hurt", "value": 2}]))
    assert ledger.append(commands.redact(STORY, "R", **target))[0].changes == ()
    assert ledger.changes(STORY, since=2) == ()


# Previews


def test_preview_returns_what_append_would(ledger: Ledger) -> None:
    ledger.append(commands.report(STORY, "Two hurt", facts=[{"key": "hurt", "value": 2}]))
    preview = ledger.preview(commands.report(STORY, "Three hurt", facts=[{"key": "hurt", "value": 3}]))
    assert (preview.recorded.position, preview.recorded.version, preview.recorded.development) == (3, 3, "d2")
    assert [str(change) for change in preview.changes] == [
        "Reported: Three hurt",
        "Hurt: 2 → 3 (not independently confirmed)",
    ]
    assert len(positions(ledger)) == 2
    assert [item.id for item in ledger.story(STORY).developments] == ["d1"]


def test_preview_while_another_process_writes_does_not_wait(ledger: Ledger) -> None:
    with other(ledger) as elsewhere, elsewhere.store.writing():
        assert ledger.preview(REPORT).new


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (commands.hold(STORY, "d9"), "there is no development d9"),
        (commands.report("budget", "Two"), "there is no story budget"),
        (commands.open_story(STORY, "Another", id="open"), "for other content"),
    ],
)
def test_preview_of_a_refused_event_raises(tmp_path: Path, event: AnyEvent, message: str) -> None:
    with Ledger.create(tmp_path) as ledger:
        ledger.append(commands.open_story(STORY, "Fire", id="open"))
        with pytest.raises(RefusedError, match=message):
            ledger.preview(event)


def test_preview_of_redaction_without_promises_folds_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.append(commands.report(STORY, "Two hurt", development="d1"), REPORT)
    monkeypatch.setattr("events.public.redaction.public_story", Mock(side_effect=AssertionError("folded again")))
    assert ledger.preview(commands.redact(STORY, "A court ordered it.", development="d1")).new
    with pytest.raises(AssertionError, match="folded again"):
        ledger.preview(commands.redact(STORY, "A court ordered it.", event="a"))


# Versions


def test_append_at_a_past_version_is_a_conflict(ledger: Ledger) -> None:
    with other(ledger) as elsewhere:
        elsewhere.append(commands.report(STORY, "In between"))
    with pytest.raises(VersionConflictError) as caught:
        ledger.append(REPORT, expected_version=1)
    assert (caught.value.story, caught.value.expected, caught.value.actual) == (STORY, 1, 2)
    assert caught.value.since[0].endswith("Other: the report d1")
    assert caught.value.since[1:] == ("Reported: In between",)
    assert ledger.append(REPORT, expected_version=2)[0].recorded.version == 3


def test_expected_version_is_that_before_the_append(ledger: Ledger) -> None:
    ledger.append(REPORT, commands.report(STORY, "More"), expected_version=1)
    opening = commands.open_story("budget", "Budget")
    assert ledger.append(opening, expected_version=0)[0].recorded.version == 1


def test_positions_are_dense_per_ledger_and_versions_per_story(ledger: Ledger) -> None:
    ledger.append(commands.open_story("budget", "Budget"), REPORT, commands.report("budget", "Two"))
    assert positions(ledger) == [(1, 1, STORY), (2, 1, "budget"), (3, 2, STORY), (4, 2, "budget")]
    assert [recorded.position for recorded in ledger.events("budget", after=2)] == [4]
    assert ledger.stories() == ["budget", STORY]


def test_unknown_story_suggests_the_closest_one(ledger: Ledger) -> None:
    for ask in (ledger.story, ledger.public, lambda name: list(ledger.events(name))):
        with pytest.raises(UnknownStoryError) as caught:
            ask("harbor-fire")
        assert (caught.value.story, caught.value.suggestion) == ("harbor-fire", STORY)


def test_story_before_it_was_opened_is_unknown(ledger: Ledger) -> None:
    with pytest.raises(UnknownStoryError) as caught:
        ledger.story(STORY, recorded_by=START - HOUR)
    assert caught.value.suggestion is None


# Time


def test_events_of_one_append_share_an_instant(tmp_path: Path) -> None:
    ticks = iter(START + n * HOUR for n in range(9))
    with Ledger.create(tmp_path, clock=lambda: next(ticks)) as ledger:
        ledger.append(OPENED, REPORT, commands.report(STORY, "More"))
        assert {recorded.recorded_at for recorded in ledger.events()} == {START}


def test_recorded_at_never_goes_back_with_the_clock(ledger: Ledger, clock: Clock) -> None:
    clock.go(START - HOUR)
    assert ledger.append(REPORT)[0].recorded.recorded_at == START
    clock.go(START + HOUR)
    assert ledger.append(commands.report(STORY, "More"))[0].recorded.recorded_at == START + HOUR
    clock.go(START)
    opened = ledger.append(commands.open_story("budget", "Budget"))[0].recorded
    assert (opened.recorded_at, opened.reported_at) == (START + HOUR, START + HOUR)


def test_recorded_at_is_after_the_last_publication(ledger: Ledger) -> None:
    assert ledger.advance_publication_time() == START
    recorded = ledger.append(REPORT)[0].recorded
    assert recorded.recorded_at == START + MILLISECOND
    assert ledger.advance_publication_time() == START + MILLISECOND
    assert ledger.append(commands.pin(STORY, "d1"))[0].recorded.recorded_at == START + 2 * MILLISECOND


def test_publication_time_never_goes_back(ledger: Ledger, clock: Clock) -> None:
    clock.go(START + HOUR)
    assert ledger.advance_publication_time() == START + HOUR
    clock.go(-MINUTE)
    assert ledger.publication_time() == ledger.advance_publication_time() == START + HOUR
    with ledger.store.reading() as reading:
        assert reading.note(PASSED_NOTE) == "2026-03-02T09:00:00Z"
    clock.go(HOUR)
    assert ledger.publication_time() == START + 2 * HOUR - MINUTE


def test_publication_waits_for_an_event_of_a_faster_clock(ledger: Ledger, clock: Clock) -> None:
    clock.go(MINUTE)
    ledger.append(REPORT)
    clock.go(-MINUTE)
    assert ledger.publication_time() == START
    public = ledger.public(STORY, now=START)
    assert (len(public.items), public.next_at) == (1, START + MINUTE)


def test_clock_is_the_systems_by_default(tmp_path: Path) -> None:
    with frozen_at("2026-03-02T08:00:00.123456Z"), Ledger.create(tmp_path) as ledger:
        recorded = ledger.append(OPENED)[0].recorded
        assert recorded.recorded_at == datetime(2026, 3, 2, 8, 0, 0, 123000, tzinfo=UTC)
        assert ledger.story(STORY).now == utc_now() == recorded.recorded_at


# Names


def test_event_ids_reveal_their_time_except_under_embargo(ledger: Ledger) -> None:
    embargoed = commands.report(STORY, "Budget", embargoed_until="2026-03-05T00:00:00Z", expects=[{"what": "A vote"}])
    open_, secret = (item.recorded for item in ledger.append(commands.report(STORY, "Two hurt"), embargoed))
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", open_.id)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", secret.id)
    assert (open_.development, len(secret.development or "")) == ("d1", 12)
    later = ledger.append(commands.report(STORY, "Three hurt"))[0].recorded
    assert later.development == "d2"


def test_event_id_starts_with_the_time_of_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: round(START.timestamp()) * 1_000_000_000)
    with Ledger.create(tmp_path) as ledger:
        event_id = ledger.append(OPENED)[0].recorded.id
    assert int(event_id.replace("-", "")[:12], 16) == round(START.timestamp() * 1000)


def test_actor_is_the_system_user_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    with Ledger.create(tmp_path) as ledger:
        assert ledger.append(OPENED)[0].recorded.event.actor == "ann"
        report = commands.report(STORY, "H", actor="Bea")
        assert ledger.append(report)[0].recorded.event.actor == "Bea"


@pytest.mark.parametrize("error", [KeyError("uid"), OSError("no name")])
def test_actor_without_a_system_user_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def getuser() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", getuser)
    with Ledger.create(tmp_path) as ledger:
        assert ledger.append(OPENED)[0].recorded.event.actor == "unknown"


def test_version_that_does_not_exist_yet_is_a_conflict(ledger: Ledger) -> None:
    with pytest.raises(VersionConflictError, match="there is no version 9 yet"):
        ledger.preview(REPORT, expected_version=9)


def test_conflict_lists_no_more_than_can_be_read(ledger: Ledger) -> None:
    ledger.append(*(commands.report(STORY, f"Report {number}") for number in range(30)))
    with pytest.raises(VersionConflictError) as caught:
        ledger.append(REPORT, expected_version=1)
    assert (len(caught.value.since), caught.value.since[-1]) == (21, "…")


def test_conflict_before_the_opening_lists_events_alone(ledger: Ledger) -> None:
    with pytest.raises(VersionConflictError) as caught:
        ledger.append(REPORT, expected_version=0)
    assert [line.partition(": ")[2] for line in caught.value.since] == ["the opening of the story"]
