"""The contract in SQLite, in both journal modes; and what the file promises to somebody with a SQL prompt."""

import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from events import commands
from events.errors import StoreBusyError, StoreDamagedError, StoreError
from events.ledger import Ledger
from events.model.edtf import EPOCH
from events.model.rows import NewRow, Row
from events.store import sqlite
from events.store.base import PendingLeaf
from events.store.migrations import APPLICATION_ID, SCHEMA_VERSION
from events.store.sqlite import SqliteStore
from tests.contract.store_contract import StoreContract
from tests.contract.stores import SHORT_S, Opener, put

HUGE = (99, 0, 0)
DAMAGED = "the file is damaged, or is not a ledger"
FOREIGN = "this is not a ledger of writethru"


class SqliteContract(StoreContract):
    def open(self, path: Path, *, create: bool = False, busy_timeout_s: float = SHORT_S) -> SqliteStore:
        return SqliteStore(path, create=create, busy_timeout_s=busy_timeout_s)

    def sql(self, path: Path, statement: str) -> None:
        with closing(apsw.Connection(str(path))) as connection:
            connection.execute(statement)

    def test_erased_text_is_in_no_file_of_the_folder(self, store: SqliteStore, tmp_path: Path) -> None:
        def held(text: str) -> bool:
            return any(text.encode() in path.read_bytes() for path in tmp_path.iterdir())

        for position in range(1, 9):
            with store.writing() as writing:
                text = f"body-{position}-" + "x" * 200 * position
                row = Row(position, "{}", "00" * 16, text)
                writing.append([NewRow(f"e{position}", "fire", position, row)])
        with store.writing() as writing:
            writing.erase(["e3", "e8"])
        assert [number for number in range(1, 9) if held(f"body-{number}-xxx")] == [1, 2, 4, 5, 6, 7]

    @pytest.mark.slow
    def test_memory_for_staged_leaves_does_not_grow_with_their_number(self, store: SqliteStore) -> None:
        def peaks(count: int) -> tuple[int, int]:
            """Return the most bytes that SQLite and Python hold while so many leaves are staged and read."""
            tracemalloc.start()
            apsw.memory_high_water(True)
            with store.reading() as reading:
                reading.begin_staging()
                reading.stage_leaves(PendingLeaf(EPOCH, "fire", number, "x" * 300) for number in range(count, 0, -1))
                assert sum(1 for _ in reading.staged_leaves()) == count
            python = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return apsw.memory_high_water(), python

        (few, few_python), (many, many_python) = peaks(20_000), peaks(60_000)  # 6 and 18 MB of text
        assert many - few < 1_000_000
        assert many_python - few_python < 100_000


class TestWal(SqliteContract):
    def test_wal_is_used(self, store: SqliteStore) -> None:
        assert store._connection.pragma("journal_mode") == "wal"


class TestRollbackJournal(SqliteContract):
    @pytest.fixture(autouse=True)
    def unsound(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sqlite, "SOUND_WAL", HUGE)

    def test_unsound_sqlite_uses_the_rollback_journal(self, store: SqliteStore) -> None:
        assert store._connection.pragma("journal_mode") == "delete"

    def test_commit_that_waits_too_long_for_reader_is_rolled_back(self, store: SqliteStore, opener: Opener) -> None:
        reader = opener()
        with reader.reading() as reading:
            reading.head()
            with pytest.raises(StoreBusyError), store.writing() as writing:
                put(writing, 1)
        with store.writing() as writing:
            assert writing.head() == 0
            put(writing, 1)


def test_journal_mode_follows_the_sqlite_that_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    modes = []
    for sound in ((3, 0, 0), HUGE, (3, 0, 0)):
        with pytest.MonkeyPatch.context() as patch, closing(opened_by(path, patch, sound)) as store:
            modes.append(store._connection.pragma("journal_mode"))
    assert modes == ["wal", "delete", "wal"]


def test_ledger_in_use_keeps_its_rollback_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.db"
    with closing(opened_by(path, monkeypatch, HUGE)) as user, user.reading() as reading:
        assert reading.head() == 0
        with closing(opened_by(path, monkeypatch, (3, 0, 0), busy_timeout_s=SHORT_S)) as store:
            assert store._connection.pragma("journal_mode") == "delete"


def opened_by(path: Path, patch: pytest.MonkeyPatch, sound: tuple[int, ...], busy_timeout_s: float = 1) -> SqliteStore:
    patch.setattr(sqlite, "SOUND_WAL", sound)
    return SqliteStore(path, create=True, busy_timeout_s=busy_timeout_s)


# The file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def sql(path: Path) -> Iterator[apsw.Connection]:
    """Yield a SQL prompt at a ledger of two events, the second without a body."""
    with closing(SqliteStore(path, create=True)) as store, store.writing() as writing:
        put(writing, 1)
        put(writing, 2)
        writing.erase(["e2"])
    with closing(apsw.Connection(str(path))) as connection:
        yield connection


def test_what_is_new_and_next_is_found_without_reading_all(sql: apsw.Connection, path: Path) -> None:
    asked: list[str] = []

    def note(_: object, statement: str, __: object) -> bool:
        asked.append(statement)
        return True

    with closing(SqliteStore(path)) as store, store.reading() as reading:
        store._connection.exec_trace = note
        reading.changed(after=1)
        reading.next_at()
    changed, next_at = (plan(sql, statement) for statement in asked if "FROM" in statement)
    assert "USING INTEGER PRIMARY KEY (rowid>?)" in changed
    assert "USING COVERING INDEX published_by_next" in next_at


def plan(sql: apsw.Connection, statement: str) -> str:
    values = (1,) * statement.count("?")
    return "; ".join(str(row[3]) for row in sql.execute(f"EXPLAIN QUERY PLAN {statement}", values))


def test_statements_of_appends_are_compiled_once(tmp_path: Path) -> None:
    compiled: list[object] = []

    def authorizer(*action: object) -> int:
        compiled.append(action)
        return apsw.SQLITE_OK

    with Ledger.create(tmp_path) as ledger:
        assert isinstance(ledger.store, SqliteStore)
        ledger.store._connection.authorizer = authorizer
        ledger.append(commands.open_story("fire", "Fire"), commands.report("fire", "One", id="e1"))
        assert compiled
        compiled.clear()
        ledger.append(commands.report("fire", "Two", id="e2"))
        assert compiled == []


def test_file_has_application_id_and_strict_tables(sql: apsw.Connection, path: Path) -> None:
    assert (sql.pragma("application_id"), sql.pragma("user_version")) == (APPLICATION_ID, SCHEMA_VERSION)
    assert path.read_bytes()[68:72] == b"wrth"
    strict = {name: bool(flag) for name, flag in sql.execute("SELECT name, strict FROM pragma_table_list") if name[:6] != "sqlite"}  # fmt: skip  # noqa: E501
    assert set(strict) >= {"events", "bodies", "notes", "published"}
    assert all(strict.values())


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE events SET envelope = '{}' WHERE position = 1", "events are never changed"),
        ("UPDATE OR REPLACE events SET id = 'e2' WHERE position = 1", "events are never changed"),
        ("DELETE FROM events", "events are never deleted"),
        ("DELETE FROM events WHERE position = 2", "events are never deleted"),
        ("INSERT INTO events VALUES (4, 'e4', 'fire', 3, '{}')", "positions are dense"),
        ("INSERT INTO events VALUES (NULL, 'e4', 'fire', 3, '{}')", "positions are dense"),
        ("INSERT OR REPLACE INTO events VALUES (2, 'e4', 'fire', 3, '{}')", "positions are dense"),
        ("INSERT OR REPLACE INTO events VALUES (3, 'e1', 'fire', 3, '{}')", "an event id is used once"),
        ("INSERT OR REPLACE INTO events VALUES (3, 'e3', 'fire', 2, '{}')", "versions are dense"),
        ("INSERT OR IGNORE INTO events VALUES (3, 'e3', 'fire', 9, '{}')", "versions are dense"),
        ("INSERT INTO events VALUES (3, 'e3', 'other', 2, '{}')", "versions are dense"),
        ("INSERT INTO events VALUES (3, 'e3', 'fire', 3, x'00')", "cannot store BLOB value in TEXT column"),
        ("INSERT INTO events VALUES (3, NULL, 'fire', 3, '{}')", "NOT NULL"),
        ("UPDATE bodies SET body = '{}'", "a body can only be cleared"),
        ("UPDATE bodies SET salt = '00', body = '{}' WHERE position = 2", "a body can only be cleared"),
        ("UPDATE bodies SET body = NULL WHERE position = 1", "a body can only be cleared"),
        ("UPDATE bodies SET position = 9, salt = NULL, body = NULL WHERE position = 1", "a body can only be cleared"),
        ("INSERT OR REPLACE INTO bodies VALUES (1, '00', '{}')", "a body is written once"),
        ("INSERT OR REPLACE INTO bodies VALUES (2, '00', '{}')", "a body is written once"),
        ("INSERT INTO bodies VALUES (3, '00', NULL)", "CHECK"),
        ("DELETE FROM bodies", "bodies are never deleted"),
        ("INSERT OR REPLACE INTO links VALUES (1, zeroblob(32))", "a link is written once"),
        ("INSERT INTO links VALUES (3, x'00')", "CHECK"),
        ("UPDATE links SET link = zeroblob(32)", "links are never changed"),
        ("DELETE FROM links", "links are never deleted"),
        ("INSERT INTO leaves VALUES (1, 'fire', 1, '{}', zeroblob(32))", "the log has no gaps"),
        ("INSERT INTO leaves VALUES (0, 'fire', 2, '{}', zeroblob(32))", "public numbers are dense"),
        ("INSERT INTO leaves VALUES (0, 'fire', 1, '{}', x'00')", "CHECK"),
        ("INSERT INTO log_keys VALUES (2, 'key')", "keys follow one another"),
        ("INSERT INTO notes VALUES ('n', x'00')", "cannot store BLOB value in TEXT column"),
        ("INSERT INTO published VALUES ('fire', 'soon', NULL, '{}')", "cannot store TEXT value in INTEGER column"),
    ],
)
def test_sql_that_changes_events_is_refused(sql: apsw.Connection, statement: str, why: str) -> None:
    def all_of_it() -> list[object]:
        return list(sql.execute("SELECT * FROM events LEFT JOIN bodies USING (position) ORDER BY position"))

    before = all_of_it()
    with pytest.raises(apsw.ConstraintError, match=why):
        sql.execute(statement)
    assert all_of_it() == before


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("INSERT OR REPLACE INTO leaves VALUES (0, 'fire', 2, '{}', zeroblob(32))", "the log has no gaps"),
        ("INSERT OR REPLACE INTO leaves VALUES (1, 'fire', 1, '{}', zeroblob(32))", "public numbers are dense"),
        ("UPDATE leaves SET entry = '[]'", "leaves are never changed"),
        ("DELETE FROM leaves", "leaves are never deleted"),
        ("INSERT OR REPLACE INTO log_keys VALUES (1, 'other')", "keys follow one another"),
        ("UPDATE log_keys SET note = 'other'", "keys are never changed"),
        ("DELETE FROM log_keys", "keys are never deleted"),
    ],
)
def test_sql_that_changes_the_public_log_is_refused(sql: apsw.Connection, statement: str, why: str) -> None:
    sql.execute("INSERT INTO leaves VALUES (0, 'fire', 1, '{}', zeroblob(32))")
    sql.execute("INSERT INTO log_keys VALUES (1, 'key')")
    with pytest.raises(apsw.ConstraintError, match=why):
        sql.execute(statement)
    assert sql.execute("SELECT entry, note FROM leaves, log_keys").fetchall() == [("{}", "key")]


def test_newer_ledger_is_refused_unchanged(sql: apsw.Connection, path: Path) -> None:
    sql.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    for create in (False, True):
        with pytest.raises(StoreError) as caught:
            SqliteStore(path, create=create)
        assert str(caught.value) == (
            f"{path}: schema: the ledger has schema {SCHEMA_VERSION + 1}; this writethru knows {SCHEMA_VERSION}.\n"
            "  Install a newer one. The ledger was not changed."
        )


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize(
    ("made_by", "message"),
    [
        ("CREATE TABLE recipes (name TEXT)", FOREIGN),
        ("PRAGMA application_id=5", FOREIGN),
        ("PRAGMA user_version=1", FOREIGN),
    ],
)
def test_foreign_database_is_refused_unchanged(path: Path, made_by: str, message: str, *, create: bool) -> None:
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute(made_by)
    before = path.read_bytes()
    with pytest.raises(StoreDamagedError, match=message):
        SqliteStore(path, create=create)
    assert path.read_bytes() == before
    assert [path.name for path in path.parent.iterdir()] == ["ledger.db"]


@pytest.mark.parametrize("create", [False, True])
def test_file_that_is_no_database_is_refused_unchanged(path: Path, *, create: bool) -> None:
    path.write_text("Dear diary, " * 100)
    with pytest.raises(StoreDamagedError, match=DAMAGED):
        SqliteStore(path, create=create)
    assert path.read_text() == "Dear diary, " * 100


def test_empty_file_is_a_ledger_only_once_created(path: Path) -> None:
    path.touch()
    with pytest.raises(StoreDamagedError, match=FOREIGN):
        SqliteStore(path)
    SqliteStore(path, create=True).close()
    SqliteStore(path).close()


def test_ledger_half_created_is_created_again(path: Path) -> None:
    with closing(apsw.Connection(str(path))) as connection:
        connection.pragma("journal_mode", "wal")
    SqliteStore(path, create=True).close()
    SqliteStore(path).close()


def test_ledger_created_by_two_is_opened_by_the_second(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def set_journal(store: SqliteStore) -> None:
        monkeypatch.undo()
        SqliteStore(path, create=True).close()
        store._set_journal()

    monkeypatch.setattr(SqliteStore, "_set_journal", set_journal)
    with closing(SqliteStore(path, create=True)) as store, store.writing() as writing:
        put(writing, 1)


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        ("PRAGMA foreign_keys=OFF; INSERT INTO bodies VALUES (9, '00', '{}')", "row 9 of bodies belongs to no event"),
        (
            (
                "DROP TRIGGER bodies_only_cleared; PRAGMA ignore_check_constraints=ON; "
                "UPDATE bodies SET salt = NULL WHERE position = 1"
            ),
            "CHECK constraint failed in bodies",
        ),
        ("DROP TRIGGER links_stay", "links_stay is not as this version makes it"),
        ("CREATE TABLE recipes (name TEXT)", "recipes is not as this version makes it"),
    ],
)
def test_store_reports_damage(sql: apsw.Connection, path: Path, statements: str, message: str) -> None:
    sql.execute(statements)
    with closing(SqliteStore(path)) as store, store.reading() as reading:
        assert message in list(reading.damage())


def test_append_after_unlinked_event_is_refused(sql: apsw.Connection, path: Path) -> None:
    sql.execute("DROP TRIGGER links_last; DELETE FROM links WHERE position = 2")
    with (
        closing(SqliteStore(path)) as store,
        pytest.raises(StoreDamagedError, match="the newest event is not linked to those before it"),
        store.writing() as writing,
    ):
        put(writing, 3)


def test_damaged_page_is_reported(sql: apsw.Connection, path: Path) -> None:
    sql.execute("PRAGMA journal_mode=DELETE")
    sql.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    with pytest.raises(StoreDamagedError, match=DAMAGED), Ledger.open(path) as ledger:
        list(ledger.events())
