"""The file of the inbox: its versions, its lock, and what is said of a disk that fails."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from events.errors import StoreBusyError, StoreDamagedError, StoreError
from feed import private_file
from feed.intake.inbox import Inbox
from feed.intake.inbox_file import VERSION, waiting_drafts
from feed.intake.sources import Sources
from tests.desk import NOW
from tests.texts import ITEM

ROOM = "UPDATE texts SET text = hex(zeroblob(1000000))"


def dumped(folder: Path, name: str) -> None:
    """Make an inbox of an earlier version, as it was written then."""
    with closing(sqlite3.connect(folder / "inbox.db")) as connection:
        connection.executescript((Path(__file__).parent / name).read_text())


def assert_current(box: Inbox) -> None:
    assert box.connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    plan = box.connection.execute("EXPLAIN QUERY PLAN DELETE FROM shingles WHERE number = 1").fetchall()
    assert "SEARCH shingles USING" in str(plan)


def test_inbox_of_version_1_opens_with_its_drafts(tmp_path: Path) -> None:
    dumped(tmp_path, "inbox_1.sql")
    for _ in range(2):
        with Inbox(tmp_path) as box:
            assert [draft.number for draft in box.drafts()] == [2]
            assert [box.draft(number).state for number in (1, 2)] == ["dropped", "new"]
            assert box.progress("cases:x") == ({"ETag": "1"}, "e1")
            assert_current(box)
    with Inbox(tmp_path) as box:
        assert box.add(ITEM, story="", at=NOW) == 3


def test_inbox_of_version_2_opens_with_its_drafts(tmp_path: Path) -> None:
    dumped(tmp_path, "inbox_2.sql")
    for _ in range(2):
        with Inbox(tmp_path) as box:
            assert [draft.number for draft in box.drafts()] == [1]
            assert [source.url for source in Sources(box).all()] == ["https://radio.example/"]
            assert_current(box)


def test_inbox_of_a_later_version_is_refused(tmp_path: Path) -> None:
    with Inbox(tmp_path) as box:
        box.connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(StoreDamagedError, match="no inbox of this version"):
        Inbox(tmp_path)


def test_looking_waits_for_nobody_who_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_file, "BUSY_TIMEOUT_S", 0.0)
    with Inbox(tmp_path) as writer:
        writer.add(ITEM, story="", at=NOW)
        with writer.writing(), Inbox(tmp_path) as reader:
            assert [draft.number for draft in reader.drafts()] == [1]
            with pytest.raises(StoreBusyError):
                reader.purge(NOW.replace(year=2030))


def test_inbox_that_is_in_use_is_not_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_file, "BUSY_TIMEOUT_S", 0.0)
    with Inbox(tmp_path) as writer:
        writer.connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusyError, match="inbox: another process is using the inbox"):
            waiting_drafts(tmp_path)


def test_full_disk_is_no_damage(tmp_path: Path) -> None:
    with Inbox(tmp_path) as box:
        box.add(ITEM, story="", at=NOW)
        pages = box.connection.execute("PRAGMA page_count").fetchone()[0]
        box.connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match=r"full\.\n  Nothing was changed\. Free some") as error, box.writing():
            box.connection.execute(ROOM)
        assert (type(error.value), error.value.problems[0].check) == (StoreError, "disk")
        assert [draft.number for draft in box.drafts()] == [1]


def test_file_that_may_not_be_written_is_no_damage(tmp_path: Path) -> None:
    with Inbox(tmp_path) as box:
        box.add(ITEM, story="", at=NOW)
        box.connection.execute("PRAGMA query_only = ON")
        with pytest.raises(StoreError, match=r"you cannot write the inbox here\.\n  Nothing was changed") as error:
            box.mark(box.draft(1), "dropped")
    assert type(error.value) is StoreError


def test_file_that_cannot_be_opened_is_no_damage(tmp_path: Path) -> None:
    (tmp_path / "inbox.db").mkdir()
    with pytest.raises(StoreError, match="you cannot write the inbox here"):
        Inbox(tmp_path)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (sqlite3.SQLITE_IOERR_WRITE, "the disk failed: disk I/O error.\n  Nothing was changed. Check the disk."),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "another process is using the inbox.\n  Try again."),
        (sqlite3.SQLITE_CORRUPT, "disk I/O error.\n  Move it away."),
    ],
)
def test_error_of_sqlite_is_named_by_its_code(tmp_path: Path, code: int, message: str) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    with Inbox(tmp_path) as box, pytest.raises(StoreError) as raised, box.translated():
        raise error
    assert message in str(raised.value)


def test_file_that_is_none_is_damaged_and_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inbox.db").write_bytes(b"no database" * 100)
    connections: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def connected(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connections.append(connect(*arguments, **options))
        return connections[-1]

    monkeypatch.setattr(sqlite3, "connect", connected)
    with pytest.raises(StoreDamagedError, match="Move it away"):
        Inbox(tmp_path)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connections[0].execute("SELECT 1")
