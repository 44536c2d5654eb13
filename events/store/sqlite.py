"""The ledger in one SQLite file, through apsw, whose wheel brings a recent SQLite.

Every write is one `BEGIN IMMEDIATE` transaction with `synchronous=EXTRA`: with a rollback journal, FULL does not sync
the folder from which the journal is deleted, and a power loss may then undo what was acknowledged. WAL is used if the
linked SQLite is sound (3.7.0 to 3.51.2 can lose a commit when one connection checkpoints while another writes:
sqlite.org/wal.html), otherwise the rollback journal. Triggers refuse what must not happen, even at a SQL prompt.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from enum import Enum, auto
from pathlib import Path
from typing import Final, assert_never, cast

import apsw

from events.errors import StoreDamagedError, StoreError
from events.store.base import ERASING, NOTHING_EXPECTED, PASSED_NOTE, RESTORED, Expected, Host
from events.store.errors import check_empty, check_not_moved
from events.store.migrations import APPLICATION_ID, SCHEMA_VERSION, migrate
from events.store.shape import JOURNALS, check_files, check_shape, harden
from events.store.sql_events import EventWriting
from events.store.sql_log import LogReading, LogWriting
from events.store.sql_projections import ProjectionReading, ProjectionWriting
from events.store.sql_publishing import PublishingReading
from events.store.sqlite_errors import DAMAGE_ERRORS, translate_sqlite_errors
from events.store.sqlite_events import SqliteEvents
from events.system import PRIVATE_MODE

SOUND_WAL: Final = (3, 51, 3)
BUSY_TIMEOUT_S: Final = 10.0
WAIT_S: Final = 0.003
PAGES_PER_STEP: Final = 4096
RESTORED_TABLES: Final = ("events", "bodies", "links", "leaves", "log_keys")
"""The tables that a restore copies. All others are caches, except one note."""
NOTHING_SO_FAR: Final = "Nothing was recorded."
ERASED_SO_FAR: Final = "The redaction was recorded, but ledger.db or its log (-wal) may still hold the text."


class SqliteReading(SqliteEvents, ProjectionReading, PublishingReading, LogReading):
    """A read transaction."""

    damage_errors = DAMAGE_ERRORS

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = self._staging = connection


class SqliteWriting(SqliteReading, EventWriting, ProjectionWriting, LogWriting):
    """The write transaction."""


class _State(Enum):
    """What a file is to this version of writethru."""

    NEW = auto()
    FOREIGN = auto()
    TOO_NEW = auto()
    OUTDATED = auto()
    CURRENT = auto()


class SqliteStore:
    """A store in the file `path`, which `create` makes. Safe for many processes, one writer at a time."""

    def __init__(self, path: Path, *, create: bool = False, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.path = path
        with translate_sqlite_errors(path):
            check_files(path)
            self._connection = self._open(create=create)
            harden(self._connection)
            # Without this SQLite compiles a question for a maximum each time that it is asked, for its parameters.
            self._connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
            self._wait = _wait_for(busy_timeout_s)
            self._connection.set_busy_handler(self._wait)
            self._prepare(create=create)

    @property
    def name(self) -> str:
        """The path of the file."""
        return str(self.path)

    @property
    def file(self) -> Path:
        """The file."""
        return self.path

    def size(self) -> int:
        """Return how many bytes the file has."""
        return self.path.stat().st_size

    @contextmanager
    def reading(self) -> Iterator[SqliteReading]:
        """Open a read transaction; within another one of this store, use that one."""
        if self._connection.in_transaction:  # such as a query for a story while events are being read
            yield SqliteReading(self._connection)
            return
        with self._transaction("BEGIN"):
            yield SqliteReading(self._connection)

    @contextmanager
    def writing(
        self, *, wait: bool = True, commit: bool = True, expected: Expected = NOTHING_EXPECTED
    ) -> Iterator[SqliteWriting]:
        """Open the write transaction; StoreBusyError if another process has it: for too long, or at all without `wait`.

        At the end it is committed, or without `commit` rolled back. `expected` saves nothing here.
        """
        del expected
        self._connection.set_busy_handler(self._wait if wait else None)
        try:
            with self._transaction("BEGIN IMMEDIATE", end="COMMIT" if commit else "ROLLBACK"):
                writing = SqliteWriting(self._connection)
                check_not_moved(writing, self.name)
                yield writing
        finally:
            self._connection.set_busy_handler(self._wait)
        if writing.erased and commit:
            self.finish_erasing()

    def finish_erasing(self) -> bool:
        """Empty the write-ahead log, in which erased text must not survive. Return False if another process reads."""
        with translate_sqlite_errors(self.path, so_far=ERASED_SO_FAR):
            busy, *_ = cast("tuple[int, ...]", self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone())
        if busy:
            return False
        with self._transaction("BEGIN IMMEDIATE", so_far=ERASED_SO_FAR):
            SqliteWriting(self._connection).forget_note(ERASING)
        return True

    def claim(self, host: Host) -> None:
        """Do nothing: the lock of the newsroom's folder is enough."""

    def publishing(self, host: Host, *, wait: bool) -> AbstractContextManager[Callable[[], object]]:  # noqa: ARG002
        """Do nothing: the lock of the newsroom's folder is enough."""
        return nullcontext(bool)

    @contextmanager
    def copy_to(self, path: Path) -> Iterator["SqliteStore"]:
        """Copy the store at one moment to the file `path`, and yield the copy, opened. Others may write meanwhile."""
        with _database(path):
            with self._transaction("BEGIN"), translate_sqlite_errors(path, so_far="The copy was not made."):
                _copy_pages(self._connection, path)
            with _opened_copy(path) as store:
                yield store

    def load(self, copy: Path) -> None:
        """Insert every row of the file `copy`, all or nothing; RefusedError unless this store is empty."""
        with translate_sqlite_errors(self.path, so_far="Nothing was restored."):
            self._connection.execute("ATTACH ? AS copy", (str(copy),))
            try:
                with self._transaction("BEGIN IMMEDIATE"):
                    self._load_tables()
                    SqliteWriting(self._connection).put_note(RESTORED, "")
            finally:
                self._connection.execute("DETACH copy")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _open(self, *, create: bool) -> apsw.Connection:
        if not create and not self.path.exists():
            raise StoreError(self.name, "there is no ledger here.", remedy="Make a newsroom: writethru init")
        if not create and not os.access(self.path.parent, os.W_OK) and not _beside(self.path, "-wal").exists():
            # In a read-only folder SQLite cannot make the files that WAL needs; nobody can be writing either.
            name = f"{self.path.absolute().as_uri()}?immutable=1"
            return apsw.Connection(name, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
        if create:
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE))
        return apsw.Connection(self.name, flags=apsw.SQLITE_OPEN_READWRITE)

    def _prepare(self, *, create: bool) -> None:
        state = self._state(create=create)
        match state:
            case _State.NEW:
                self._set_journal()
                with self._transaction("BEGIN IMMEDIATE"):
                    if self._is_new():  # otherwise another process has just made the ledger
                        migrate(self._connection)
            case _State.FOREIGN:
                remedy = "Restore a backup of the newsroom's ledger.db."
                raise StoreDamagedError(self.name, "this is not a ledger of writethru.", remedy=remedy)
            case _State.TOO_NEW:
                raise self._schema_error(
                    f"; this writethru knows {SCHEMA_VERSION}.",
                    "Install a newer one. The ledger was not changed.",
                )
            case _State.OUTDATED:
                self._migrate()
            case _State.CURRENT:
                if not self._connection.readonly("main"):
                    self._set_journal()
            case _:
                assert_never(state)
        self._connection.execute("PRAGMA synchronous=EXTRA; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON")

    def _state(self, *, create: bool) -> _State:
        is_new = create and self._is_new()
        # These are read after `is_new`: if another process makes the ledger in between, they show it whole.
        application, version = self._pragma("application_id"), self._pragma("user_version")
        if is_new:
            return _State.NEW
        if application != APPLICATION_ID:
            return _State.FOREIGN
        if version > SCHEMA_VERSION:
            return _State.TOO_NEW
        check_shape(self._connection, version, self.name)
        return _State.OUTDATED if version < SCHEMA_VERSION else _State.CURRENT

    def _migrate(self) -> None:
        if self._connection.readonly("main"):
            raise self._schema_error(
                f" and must be updated to {SCHEMA_VERSION}, but you cannot write it here.",
                "Run any command once as a user who can write it, such as: writethru stories",
            )
        self._set_journal()
        with self._transaction("BEGIN IMMEDIATE"):
            migrate(self._connection)

    def _schema_error(self, message: str, remedy: str) -> StoreError:
        schema = self._pragma("user_version")
        return StoreError(self.name, f"the ledger has schema {schema}{message}", remedy=remedy, check="schema")

    def _is_new(self) -> bool:
        """Return True if the file is empty: no tables, neither ours nor anybody else's."""
        tables = self._connection.execute("SELECT count(*) FROM sqlite_master").get
        return (self._pragma("application_id"), self._pragma("user_version"), tables) == (0, 0, 0)

    def _set_journal(self) -> None:
        sound = tuple(int(part) for part in apsw.sqlite_lib_version().split(".")[:3]) >= SOUND_WAL
        mode = "wal" if sound else "delete"
        if self._connection.pragma("journal_mode") != mode:
            # A process that uses the file now keeps it in the rollback journal, which is as safe; WAL can wait.
            with suppress(apsw.BusyError) if sound else nullcontext():
                self._connection.pragma("journal_mode", mode)

    def _pragma(self, name: str) -> int:
        return cast("int", self._connection.pragma(name))

    @contextmanager
    def _transaction(self, begin: str, *, end: str = "COMMIT", so_far: str = NOTHING_SO_FAR) -> Iterator[None]:
        with translate_sqlite_errors(self.path, so_far=so_far):
            self._connection.execute(begin)
            try:
                yield
                self._connection.execute(end)
            except BaseException:
                if self._connection.in_transaction:  # SQLite itself rolls back if the disk is full
                    self._connection.execute("ROLLBACK")
                raise

    def _load_tables(self) -> None:
        reading = SqliteReading(self._connection)
        check_empty(reading, self.name)
        for table in RESTORED_TABLES:
            self._connection.execute(f"INSERT INTO main.{table} SELECT * FROM copy.{table}")  # noqa: S608 - our own names
        sql = "INSERT OR REPLACE INTO main.notes SELECT name, text FROM copy.notes WHERE name = ?"
        self._connection.execute(sql, (PASSED_NOTE,))


def engine() -> str:
    """Return what stores the ledger, and its version."""
    return f"SQLite {apsw.sqlite_lib_version()}"


@contextmanager
def empty_database(path: Path) -> Iterator[SqliteStore]:
    """Yield an empty ledger in the file `path`, which becomes a single file at the end."""
    with _database(path), _opened_copy(path, create=True) as store:
        yield store


@contextmanager
def open_copy(source: Path, path: Path) -> Iterator[SqliteStore]:
    """Copy the ledger's file `source`, which stays as it is, to `path`, and yield that one, opened."""
    with _database(path):
        with (
            translate_sqlite_errors(source, so_far=""),
            _opened_source(source) as connection,
        ):
            _copy_pages(connection, path)
        with _opened_copy(path) as store:
            yield store


def _opened_source(source: Path) -> closing[apsw.Connection]:
    check_files(source)
    return closing(apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READONLY))


def _copy_pages(source: apsw.Connection, path: Path) -> None:
    with closing(apsw.Connection(str(path))) as target, target.backup("main", source, "main") as backup:
        while not backup.done:
            backup.step(PAGES_PER_STEP)


@contextmanager
def _opened_copy(path: Path, *, create: bool = False) -> Iterator[SqliteStore]:
    """Yield the store in a copy, and make it a single file, which a read-only folder can hold as well."""
    with closing(SqliteStore(path, create=create)) as store:  # which updates a copy of an older schema
        yield store
    with translate_sqlite_errors(path), closing(apsw.Connection(str(path))) as connection:
        connection.pragma("journal_mode", "delete")


@contextmanager
def _database(path: Path) -> Iterator[None]:
    """Empty the file at `path`, which keeps its mode, and delete its journals; at the end, the journals it has then."""
    journals = [_beside(path, suffix) for suffix in JOURNALS]
    with suppress(FileNotFoundError):
        os.truncate(path, 0)
    for old in journals:
        old.unlink(missing_ok=True)
    try:
        yield
    finally:
        for journal in journals:
            journal.unlink(missing_ok=True)


def _wait_for(timeout_s: float) -> Callable[[int], bool]:
    """Return a busy handler for SQLite: it sleeps, and returns True to try the lock again.

    SQLite's own sleeps grow to 0.1 s, so that among many busy writers the one that has waited longest is the least
    likely to get the lock. Here all try equally often. Tries are counted because tests freeze clocks.
    """
    tries = round(timeout_s / WAIT_S)

    def wait(tried: int) -> bool:
        if tried >= tries:
            return False
        time.sleep(WAIT_S)
        return True

    return wait


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
