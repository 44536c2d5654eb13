"""The clock: what is explained, a ledger that is ahead, and a reset (events/README.md#the-clock)."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from events.errors import ClockError, RefusedError, StoreDamagedError
from events.files.exporter import write_row
from events.files.importer import stream_events
from events.ledger import Ledger
from events.model.events import ClockReset
from events.public.sequence import PublicItem
from events.rules.clock import LedgerTime
from events.store.base import PASSED_NOTE
from tests.builders import HOUR, START, STORY, Clock, claim

DAY = timedelta(days=1)
JUMPED = START + 3_000 * DAY
OPENED = commands.open_story(STORY, "Fire at the harbour", id="o")


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with Ledger.create(tmp_path, actor="desk", clock=clock) as ledger:
        yield ledger


def jump(ledger: Ledger, clock: Clock) -> None:
    """Publish with a wrong clock, as if somebody had said that it was right."""
    ledger.max_jump = None
    clock.go(JUMPED)
    ledger.advance_publication_time()


def seen(items: Iterable[PublicItem]) -> list[tuple[int, str]]:
    return [(item.at.year, item.key) for item in items]


def export(ledger: Ledger) -> list[bytes]:
    with ledger.store.reading() as reading:
        return [write_row(row) for row in reading.rows()]


@pytest.mark.parametrize(
    ("time", "days", "explained"),
    [
        (LedgerTime(), 10_000, True),
        (LedgerTime(newest_event=START), 400, True),
        (LedgerTime(newest_event=START), 401, False),
        (LedgerTime(newest_event=START - 99 * DAY, published_until=START), 400, True),
        (LedgerTime(published_until=START), 401, False),
        (LedgerTime(newest_event=START, next_at=START + 600 * DAY), 1_000, True),
        (LedgerTime(newest_event=START, next_at=START + 600 * DAY), 1_001, False),
        (LedgerTime(newest_event=START, next_at=START - 600 * DAY), 400, True),
        (LedgerTime(newest_event=START), -10_000, True),
    ],
)
def test_clock_is_explained_up_to_the_bound(time: LedgerTime, days: int, *, explained: bool) -> None:
    assert time.is_explained(START + days * DAY, 400 * DAY) == explained
    assert time.is_explained(START + days * DAY, None)


def test_ledger_is_ahead_after_a_minute() -> None:
    time = LedgerTime(newest_event=START, published_until=START - DAY)
    assert not time.ahead_problems(START - timedelta(seconds=60))
    [problem] = time.ahead_problems(START - timedelta(seconds=61))
    assert problem.message == "the ledger is ahead of this machine's clock: it has reached 2026-03-02T08:00:00Z."


def test_unexplained_clock_records_and_publishes_nothing(ledger: Ledger, clock: Clock) -> None:
    ledger.append(OPENED)
    clock.go(JUMPED)
    for attempt in (
        lambda: ledger.append(commands.close_story(STORY)),
        lambda: ledger.preview(commands.close_story(STORY)),
        ledger.publication_time,
        ledger.advance_publication_time,
    ):
        with pytest.raises(ClockError, match=r"says 2034-05-19, but the newest date .* is 2026-03-02"):
            attempt()
    assert ledger.time() == LedgerTime(newest_event=START)


def test_archive_of_old_dates_needs_no_explanation(ledger: Ledger) -> None:
    ledger.append(commands.open_story(STORY, "Old", reported_at="1998-01-01T00:00:00Z"))
    assert ledger.append(commands.report(STORY, "Older", reported_at="1999-01-01T00:00:00Z"))[0].new


def test_ledger_that_is_ahead_publishes_nothing(ledger: Ledger, clock: Clock) -> None:
    ledger.append(OPENED)
    jump(ledger, clock)
    clock.go(START + HOUR)
    with pytest.raises(RefusedError, match="the ledger is ahead"):
        ledger.advance_publication_time()
    recorded = ledger.append(commands.report(STORY, "Two hurt"))[0].recorded
    assert recorded.recorded_at == JUMPED + timedelta(milliseconds=1)


@pytest.mark.parametrize(("ahead", "until"), [(3_000 * DAY, DAY), (HOUR / 90, HOUR / 99)])
@pytest.mark.parametrize("what", ["a report", "a correction"])
def test_embargo_that_could_not_hold_is_refused(
    ledger: Ledger, clock: Clock, ahead: timedelta, until: timedelta, what: str
) -> None:
    ledger.append(OPENED, commands.report(STORY, "Two hurt", development="d1"))
    ledger.max_jump = None
    clock.go(ahead)
    ledger.append(commands.pin(STORY, "d1"))
    clock.go(START)
    event = (
        commands.report(STORY, "Secret", embargoed_until=START + until)
        if what == "a report"
        else commands.correct(STORY, "d1", {"body": "Secret"}, "More.", embargoed_until=START + until)
    )
    with pytest.raises(RefusedError, match="the ledger is ahead"):
        ledger.append(event)
    assert ledger.append(event.model_copy(update={"embargoed_until": START - DAY}))[0].new


def test_embargo_after_seconds_of_skew_holds(ledger: Ledger, clock: Clock) -> None:
    clock.go(timedelta(seconds=30))
    ledger.append(OPENED)
    clock.go(START)
    ledger.append(commands.report(STORY, "Secret", embargoed_until=START + HOUR))
    now = ledger.advance_publication_time()
    assert (now, ledger.public(STORY, now=now).next_at) == (START, START + timedelta(seconds=30))


def test_reset_lets_new_events_bear_the_clock(ledger: Ledger, clock: Clock) -> None:
    # Given a report under embargo, and a clock that jumps over its end before it is published
    ledger.append(OPENED, commands.report(STORY, "Two hurt", id="a", development="d1"))
    ledger.append(commands.report(STORY, "Secret", id="s", embargoed_until=START + 9 * DAY))
    ledger.advance_publication_time()
    ledger.max_jump = None
    clock.go(JUMPED)
    ledger.append(commands.report(STORY, "Jumped", id="j", expects=[{"id": "e", "what": "Tea", "due": "2030-01-01"}]))
    # When the clock comes back and the ledger is reset
    clock.go(START + HOUR)
    assert ledger.reset_clock() == 1
    after = ledger.append(commands.report(STORY, "After", id="b"))[0].recorded
    # Then what nobody had seen becomes public by the machine's clock, and the embargo holds
    assert after.recorded_at == START + HOUR
    assert seen(ledger.public(STORY).items) == [(2026, "o"), (2026, "a"), (2026, "j"), (2026, "b")]
    assert ledger.public(STORY).next_at == START + 9 * DAY
    assert [item.key for item in ledger.public(STORY, now=START + 10 * DAY).items][4:] == ["s"]


def test_reset_leaves_what_was_public_where_it_is(ledger: Ledger, clock: Clock) -> None:
    promise = {"id": "e", "what": "Tea", "due": "2030-01-01"}
    ledger.append(OPENED, commands.report(STORY, "Two hurt", id="a", expects=[promise]))
    ledger.append(commands.report(STORY, "Embargoed", id="s", embargoed_until=START + 9 * DAY))
    jump(ledger, clock)
    ledger.append(commands.report(STORY, "Jumped", id="j", development="d9"))
    ledger.advance_publication_time()
    clock.go(timedelta(milliseconds=1))
    ledger.advance_publication_time()
    before = ledger.public(STORY).items
    for _ in range(2):
        clock.go(START + HOUR)
        ledger.reset_clock()
        ledger.append(commands.report(STORY, "More", expects=[{"id": "f", "what": "Coffee", "due": "2026-03-03"}]))
        clock.go(START + 5 * DAY)
        ledger.advance_publication_time()
    items = ledger.public(STORY).items
    assert [(item.number, item.at, item.key) for item in items[:5]] == [
        (item.number, item.at, item.key) for item in before
    ]
    assert seen(before) == [
        (2026, "o"), (2026, "a"), (2026, "s"), (2030, "overdue/e/2030-01-02T12:00:00Z"), (2034, "j"),
    ]  # fmt: skip
    assert [item.resets for item in items[4:]] == [0, 1, 1, 2]
    assert [item.sort_at for item in items] == sorted(item.sort_at for item in items)


def test_reset_caps_what_was_reported_before_it(ledger: Ledger, clock: Clock) -> None:
    ledger.append(OPENED)
    ledger.max_jump = None
    clock.go(JUMPED)
    ledger.append(
        commands.report(STORY, "Two", development="d1", facts=[claim("hurt", 2)]), commands.close_story(STORY)
    )
    clock.go(HOUR)
    ledger.append(commands.correct(STORY, "d1", {"reported_at": (JUMPED + HOUR).isoformat()}, "Later."))
    clock.go(START + HOUR)
    ledger.reset_clock()
    ledger.append(commands.reopen_story(STORY), commands.report(STORY, "Three", facts=[claim("hurt", 3)]))
    fact = ledger.story(STORY).fact("hurt")
    assert fact is not None
    assert fact.current is not None
    assert fact.current.value == 3
    state = ledger.story(STORY)
    assert (state.status, state.updated_at) == ("open", START + HOUR)
    assert {item.reported_at for item in state.developments} == {START + HOUR}
    assert len(ledger.story(STORY, as_of=START + HOUR).developments) == 2
    assert len(ledger.story(STORY, recorded_by=START + HOUR).developments) == 2
    assert ledger.story(STORY, recorded_by=START).developments == ()


def test_reset_of_a_ledger_that_is_not_ahead_is_refused(ledger: Ledger) -> None:
    ledger.append(OPENED)
    with pytest.raises(RefusedError, match="not ahead"):
        ledger.reset_clock()
    assert len(list(ledger.events())) == 1


def test_reset_without_stories_frees_publishing(ledger: Ledger, clock: Clock) -> None:
    jump(ledger, clock)
    clock.go(START)
    assert ledger.reset_clock() == 0
    assert ledger.advance_publication_time() == START


def test_notice_of_an_erased_promise_stays_after_a_reset(ledger: Ledger, clock: Clock) -> None:
    promise = {"id": "e", "what": "Tea", "due": "2030-01-01"}
    ledger.append(OPENED, commands.report(STORY, "Two hurt", id="a", development="d1", expects=[promise]))
    jump(ledger, clock)
    clock.go(START + HOUR)
    ledger.reset_clock()
    before = seen(ledger.public(STORY).items)
    redaction = ledger.append(commands.redact(STORY, "A court.", development="d1", id="x"))[0].recorded.event
    assert seen(ledger.public(STORY).items) == [*before, (2026, "x")]
    assert redaction.model_dump(mode="json")["noticed"]["e"][0]["at"] == "2030-01-02T12:00:00Z"
    # And one that a redaction after a reset records is not made before it
    ledger.append(
        commands.report(STORY, "More", development="d2", expects=[{"id": "f", "what": "Tea", "due": "2026-03-02"}])
    )
    clock.go(START + 3 * DAY)
    ledger.advance_publication_time()
    before = seen(ledger.public(STORY).items)
    clock.go(HOUR)
    redacted = ledger.append(commands.redact(STORY, "A court.", development="d2", id="y"))[0].recorded.event
    assert seen(ledger.public(STORY).items) == [*before, (2026, "y")]
    assert redacted.model_dump(mode="json")["noticed"]["f"][0]["resets"] == 1


def test_export_of_a_ledger_that_was_ahead_is_imported(ledger: Ledger, clock: Clock, tmp_path: Path) -> None:
    ledger.append(OPENED, commands.report(STORY, "Two hurt", development="d1"))
    jump(ledger, clock)
    ledger.append(commands.report(STORY, "Jumped", development="d2"))
    ledger.append(commands.correct(STORY, "d2", {"reported_at": JUMPED.isoformat(), "body": "X"}, "More."))
    clock.go(START + HOUR)
    exports = [export(ledger)]
    ledger.reset_clock()
    ledger.append(commands.report(STORY, "After"))
    exports.append(export(ledger))
    for number, lines in enumerate(exports):
        with Ledger.create(tmp_path / f"{number}.db", clock=Clock(START + 2 * HOUR)) as other:
            items = [(item.event, item.where, item.recorded_at) for item in stream_events(lines, name="F.jsonl")]
            assert other.append_stream(items).new == len(lines)
            assert other.append_stream(items).new == 0
            state = other.story(STORY)
            assert {item.reported_at for item in state.developments if item.id == "d2"} <= {
                START + 2 * HOUR,
                START + HOUR,
            }
            assert not [item for item in other.public(STORY).items if item.resets or item.at > START + 2 * HOUR]
    # An export without the instant of its recording is held to the clock, as any file is
    with Ledger.create(tmp_path / "o.db", clock=clock) as other, pytest.raises(RefusedError, match="in the future"):
        other.append_all([item.event for item in stream_events(exports[0], name="F.jsonl")])


def test_early_release_is_imported_after_its_embargo(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append(OPENED, commands.report(STORY, "Early", development="d1", embargoed_until=START + HOUR))
    ledger.append(commands.release(STORY, "d1"))
    lines = export(ledger)
    with Ledger.create(tmp_path / "o.db", clock=Clock(START + 2 * HOUR)) as other:
        items = ((item.event, item.where, item.recorded_at) for item in stream_events(lines, name="F.jsonl"))
        assert other.append_stream(items).new == 3


def test_reset_that_sets_nothing_back_changes_no_sequence(ledger: Ledger) -> None:
    ledger.append(OPENED, commands.report(STORY, "Two hurt", development="d1"), ClockReset(story=STORY))
    ledger.append(commands.correct(STORY, "d1", {"headline": "Three"}, "Miscounted.", id="c"))
    assert [item.resets for item in ledger.public(STORY).items] == [0, 0, 0]


def test_unreadable_time_of_publication_is_named(ledger: Ledger) -> None:
    with ledger.store.writing() as writing:
        writing.put_note(PASSED_NOTE, "soon")
    with pytest.raises(StoreDamagedError, match="the instant of the last publication is unreadable"):
        ledger.append(OPENED)


def test_undo_takes_back_nothing_that_was_published_before_a_reset(ledger: Ledger, clock: Clock) -> None:
    ledger.append(OPENED)
    ledger.max_jump = None
    clock.go(JUMPED)
    ledger.append(commands.report(STORY, "Seen", development="d1"))
    ledger.advance_publication_time()
    ledger.append(commands.report(STORY, "Unseen", development="d2"))
    clock.go(START + HOUR)
    ledger.reset_clock()
    # The reset is no event to take back, and what nobody has seen can be undone
    assert ledger.append(commands.undo(STORY))[0].recorded.event.model_dump()["event"] == unseen(ledger)
    with pytest.raises(RefusedError, match="the report d1 has been published"):
        ledger.append(commands.undo(STORY, development="d1"))


def unseen(ledger: Ledger) -> str:
    return next(event.id for event in ledger.events() if event.development == "d2")


def test_story_whose_opening_was_undone_needs_no_reset(ledger: Ledger, clock: Clock) -> None:
    ledger.max_jump = None
    clock.go(JUMPED)
    ledger.append(OPENED)
    ledger.append(commands.undo(STORY))
    clock.go(START)
    assert ledger.reset_clock() == 0
