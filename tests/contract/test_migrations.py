"""Ledgers that older versions made: each is brought up to date under one lock, and keeps every byte of its events."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from events import commands
from events.errors import StoreError
from events.integrity.verify import verify
from events.ledger import Ledger
from events.model.rows import FIRST_LINK, linked
from events.projections.version import FOLD_VERSION
from events.store.migrations import APPLICATION_ID, SCHEMA_VERSION, migrate, step
from events.store.sqlite import SqliteStore
from tests.builders import STORY, Clock, newsroom

LEDGERS = Path(__file__).parent / "ledgers"
FROZEN = sorted(LEDGERS.glob("schema-*.db"))
EVENTS = "SELECT position, id, story, version, envelope, salt, body FROM events JOIN bodies USING (position)"


def rows(path: Path, sql: str = EVENTS) -> list[tuple[object, ...]]:
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        return list(connection.execute(sql))


def shape(path: Path) -> set[object]:
    return set(rows(path, "SELECT type, name, tbl_name, sql FROM sqlite_schema"))


@pytest.fixture(params=FROZEN, ids=lambda path: path.stem)
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copy(request.param, tmp_path / "ledger.db"))


@pytest.fixture
def connection() -> Iterator[apsw.Connection]:
    with closing(apsw.Connection(":memory:")) as connection:
        yield connection


def test_each_older_schema_has_a_frozen_ledger() -> None:
    assert [path.stem for path in FROZEN] == [f"schema-{version}" for version in range(1, SCHEMA_VERSION)]
    with pytest.raises(FileNotFoundError):
        step(SCHEMA_VERSION + 1)


def test_older_ledger_is_migrated_and_keeps_its_events(older: Path, tmp_path: Path) -> None:
    before = rows(older)
    with Ledger.open(older, actor="Desk") as ledger:
        assert [recorded.position for recorded in ledger.events()] == list(range(1, len(before) + 1))
    assert rows(older) == before
    # And it is as one made today, which takes more
    Ledger.create(tmp_path / "new.db").close()
    assert shape(older) == shape(tmp_path / "new.db")
    with Ledger.open(older, actor="Desk") as ledger:
        assert ledger.append(commands.report(STORY, "More"))[0].new
    links = [FIRST_LINK]
    for (envelope,) in rows(older, "SELECT envelope FROM events ORDER BY position"):
        links.append(linked(links[-1], str(envelope).encode()))
    expected = [(position, link) for position, link in enumerate(links) if position > 0]
    assert rows(older, "SELECT position, link FROM links ORDER BY position") == expected


def test_older_ledger_opened_by_many_is_migrated_once(older: Path) -> None:
    def opened(_: int) -> None:
        SqliteStore(older, busy_timeout_s=30).close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(opened, range(8)))
    with Ledger.open(older) as ledger:
        assert ledger.stories() == ["budget", STORY]


def test_older_ledger_that_is_read_only_is_refused(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    before = older.read_bytes()
    with pytest.raises(StoreError, match=r"must be updated to [0-9]+, but you cannot write it here\.\n  Run any"):
        Ledger.open(older)
    assert older.read_bytes() == before


def test_caches_of_an_older_fold_count_as_absent(tmp_path: Path) -> None:
    # Its snapshot is a pickle of classes that have other names today.
    site = newsroom(tmp_path, Clock("2026-03-10T12:00:00Z"))
    ledger_file = Path(shutil.copy(LEDGERS / "fold-4.db", tmp_path / "ledger.db"))
    assert rows(ledger_file, "SELECT version FROM snapshots UNION ALL SELECT version FROM overviews") == [("4",)] * 3
    with closing(SqliteStore(ledger_file)) as store:
        assert verify(store).problems == ()
    assert site.publish().failed == ()
    assert site.verify_rebuild() == ()
    with site.ledger() as ledger:
        assert len(ledger.story(STORY).developments) == 12
        assert {overview.version for overview in ledger.overviews()} == {FOLD_VERSION}


def test_missing_steps_are_applied_in_order(connection: apsw.Connection) -> None:
    steps = ["", "CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y", "INSERT INTO a VALUES (1, 2)"]
    assert migrate(connection, to=2, step_to=steps.__getitem__) == [1, 2]
    assert (connection.pragma("user_version"), connection.pragma("application_id")) == (2, APPLICATION_ID)
    assert migrate(connection, to=3, step_to=steps.__getitem__) == [3]
    assert migrate(connection, to=3, step_to=steps.__getitem__) == []
    assert list(connection.execute("SELECT * FROM a")) == [(1, 2)]


def test_step_that_fails_is_rolled_back(connection: apsw.Connection) -> None:
    steps = ["", "CREATE TABLE a (x)", "CREATE TABLE b (x); INSERT INTO b VALUES (1); INSERT INTO nowhere VALUES (1)"]
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(apsw.SQLError):
        migrate(connection, to=2, step_to=steps.__getitem__)
    connection.execute("ROLLBACK")
    assert connection.pragma("user_version") == 0
    assert list(connection.execute("SELECT * FROM sqlite_schema")) == []
