"""Views of a ledger: by report and by recording, from cached folds, and by several readers."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from events import commands
from events.errors import StoreDamagedError
from events.ledger import Ledger
from events.model.codec import plain
from events.projections import folds
from tests.builders import HOUR, START, STORY, Clock
from tests.ledgers import REPORT, other


def test_views_select_by_report_and_by_recording(ledger: Ledger, clock: Clock) -> None:
    clock.go(START + 2 * HOUR)
    ledger.append(commands.report(STORY, "Old news", reported_at=START - HOUR))
    ledger.append(commands.correct(STORY, "d1", {"body": "B"}, "N"))

    def look(**view: Any) -> tuple[int, bool, datetime]:
        state = ledger.story(STORY, **view)
        return state.version, bool(state.developments), state.now

    assert look(as_of=START) == (2, True, START)
    assert look(as_of=START - 2 * HOUR) == (1, False, START - 2 * HOUR)
    assert look(recorded_by=START) == (1, False, START)
    assert look() == (3, True, START + 2 * HOUR)
    assert look(now=START + 9 * HOUR) == (3, True, START + 9 * HOUR)
    assert look(as_of=START, recorded_by=START) == (1, False, START)
    assert look(as_of=START, now=START + HOUR)[2] == START + HOUR


def test_changes_since_an_instant_equal_those_since_a_version(ledger: Ledger, clock: Clock) -> None:
    clock.go(START + HOUR)
    ledger.append(REPORT)
    expected = ledger.changes(STORY, since=1)
    assert expected
    assert ledger.changes(STORY, since=START) == expected
    assert ledger.changes(STORY, since=2) == ()
    assert ledger.changes(STORY, since=0, now=START + 2 * HOUR)
    assert len(ledger.public(STORY).items) == 2


def test_story_can_be_read_while_events_are_read(ledger: Ledger) -> None:
    ledger.append(REPORT)
    assert [ledger.story(recorded.event.story).version for recorded in ledger.events()] == [2, 2]


def test_story_includes_what_another_process_recorded(ledger: Ledger) -> None:
    assert ledger.story(STORY).version == 1
    with other(ledger) as elsewhere:
        elsewhere.append(REPORT)
    assert ledger.story(STORY).version == 2


@pytest.mark.parametrize("here", [True, False])
def test_redacted_text_is_gone_from_cached_folds(ledger: Ledger, *, here: bool) -> None:
    ledger.append(commands.report(STORY, "Two hurt", id="a", body="Named."), commands.report(STORY, "More"))
    ledger.append(commands.correct(STORY, "d1", {"body": "SECRET"}, "N", id="b"))
    assert ledger.story(STORY).corrections[0].now == "SECRET"
    with other(ledger) as elsewhere:
        (ledger if here else elsewhere).append(commands.redact(STORY, "R", event="b"))
        assert "SECRET" not in repr(ledger.story(STORY))
        assert ledger.story(STORY) == elsewhere.story(STORY)
    ledger.append(commands.redact(STORY, "R", development="d2"), commands.report(STORY, "After"))
    assert [item.status for item in ledger.story(STORY).developments] == ["usable", "canceled", "usable"]


def test_folds_are_cached_up_to_a_number_of_events(ledger: Ledger) -> None:
    ledger.folds = folds.Folds(4 * folds.EVENTS_MIN)
    ledger.append(*(commands.open_story(f"story-{n}", "H") for n in range(6)))
    for name in ledger.stories():
        ledger.story(name)
    assert list(ledger.folds._folds) == [f"story-{n}" for n in range(2, 6)]
    ledger.append(*(commands.report("story-0", "R") for _ in range(3 * folds.EVENTS_MIN)))
    assert list(ledger.folds._folds) == ["story-0"]
    ledger.append(*(commands.report("story-0", "R") for _ in range(3 * folds.EVENTS_MIN)))
    assert list(ledger.folds._folds) == ["story-0"]  # heavier than all may be together, but the one in use
    assert ledger.story("story-1").version == 1


def test_damaged_row_is_reported_with_its_position(ledger: Ledger) -> None:
    ledger.append(REPORT)
    ledger.store._connection.execute("DROP TRIGGER events_stay; UPDATE events SET envelope = '{}' WHERE position = 2")  # type: ignore[attr-defined]
    with pytest.raises(StoreDamagedError, match="position 2 does not hold an event"), other(ledger) as elsewhere:
        elsewhere.story(STORY)


def test_events_returns_what_append_returned(ledger: Ledger) -> None:
    recorded = ledger.append(REPORT)[0].recorded
    assert next(ledger.events(after=1)) == recorded
    assert plain(recorded.event).items() >= {"id": "a", "headline": "Two hurt", "development": "d1"}.items()  # type: ignore[arg-type]


def test_ledger_opens_by_folder_or_by_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "other.db"):
        Ledger.create(path).close()
        Ledger.open(path).close()
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["ledger.db", "other.db"]
