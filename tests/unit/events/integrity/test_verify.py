"""What `verify` reports beside the rows of events: snapshots, the publication's instant, and unreadable text."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from events import commands
from events.integrity import verify as verification
from events.integrity.verify import verify
from events.ledger import Ledger
from events.projections.folds import Folds
from events.projections.snapshots import freeze
from events.projections.version import FOLD_VERSION
from events.store import open_store
from events.store.base import PASSED_NOTE, Store
from tests.builders import STORY, Clock


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield the store of a ledger with three events of one story, and one of another."""
    with Ledger.create(tmp_path, clock=Clock()) as ledger:
        ledger.append(commands.open_story(STORY, "Fire"), commands.report(STORY, "Two hurt", development="d1"))
        ledger.append(commands.correct(STORY, "d1", {"headline": "Three hurt"}, "It was worse."))
        ledger.append(commands.open_story("budget", "Budget"))
    with closing(open_store(tmp_path / "ledger.db")) as store:
        yield store


def messages(store: Store) -> list[str]:
    return [problem.message for problem in verify(store).problems]


def put_snapshot(store: Store, *, position: int) -> None:
    """Store the whole story's fold as a snapshot up to `position`."""
    with store.reading() as reading:
        fold = Folds().of(reading, STORY)
    with store.writing() as writing:
        writing.put_snapshot(STORY, version=FOLD_VERSION, position=position, fold=freeze(fold))


def test_verify_accepts_a_whole_snapshot(store: Store) -> None:
    put_snapshot(store, position=3)
    assert messages(store) == []


def test_verify_reports_a_snapshot_of_another_state(store: Store) -> None:
    put_snapshot(store, position=2)
    assert messages(store) == [f"the snapshot of {STORY} does not match its events."]


@pytest.mark.parametrize("position", [4, 9])
def test_verify_reports_a_snapshot_of_another_position(store: Store, position: int) -> None:
    put_snapshot(store, position=position)
    assert messages(store) == [f"the snapshot of {STORY} ends at a position that is not one of its events."]


def test_verify_reports_a_snapshot_that_cannot_be_loaded(store: Store) -> None:
    with store.writing() as writing:
        writing.put_snapshot(STORY, version=FOLD_VERSION, position=3, fold=b"damaged")
    assert messages(store) == [f"the snapshot of {STORY} does not match its events."]


def test_verify_reports_an_unreadable_publication_instant(store: Store) -> None:
    with store.writing() as writing:
        writing.put_note(PASSED_NOTE, "soon")
    assert messages(store) == ["the instant of the last publication is unreadable."]


def test_verify_reports_text_that_is_not_utf8(store: Store) -> None:
    with closing(apsw.Connection(store.name)) as connection:
        connection.execute("INSERT INTO overviews (story) VALUES (CAST(x'ff' AS TEXT))")
    assert messages(store) == ["the file cannot be read beyond position 4."]


def test_verify_calls_progress_with_rows_read_and_their_number(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "PROGRESS_ROWS", 2)
    calls: list[tuple[int, int]] = []
    verify(store, progress=lambda done, of: calls.append((done, of)))
    assert calls == [(2, 8), (4, 8), (6, 8), (8, 8)]
