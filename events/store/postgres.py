"""The ledger in a schema of a PostgreSQL database, through psycopg (extra `postgres`).

Every write is one READ COMMITTED transaction that locks the row in `head`, so that there is one writer; every read is
one REPEATABLE READ READ ONLY transaction. Triggers refuse what must not happen, even at a SQL prompt.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import apsw
import psycopg
from psycopg import errors, sql

from events.errors import BusyError, Problem, StoreError
from events.store import postgres_migrations as migrations
from events.store.base import ERASING, NOTHING_EXPECTED, RESTORED, Expected, Host, Store
from events.store.copying import copy_everything, copy_what_lasts
from events.store.errors import check_empty, check_not_moved
from events.store.postgres_ahead import Ahead
from events.store.postgres_connection import PostgresConnection, Questions
from events.store.postgres_errors import (
    DAMAGE_ERRORS,
    NOTHING_SO_FAR,
    UNKNOWN_SO_FAR,
    first_line,
    translate_postgres_errors,
    translated,
)
from events.store.postgres_events import PostgresEvents, PostgresNotes
from events.store.postgres_listen import channel
from events.store.postgres_pipeline import Statement
from events.store.postgres_pooling import check_pooling
from events.store.postgres_publishing import HELD, PublishingSession
from events.store.postgres_timeouts import ANSWER_S, detect_death, server_timeouts
from events.store.sql import SqlConnection
from events.store.sql_events import EventWriting
from events.store.sql_log import LogWriting
from events.store.sql_projections import ProjectionReading, ProjectionWriting
from events.store.sql_publishing import PublishingReading
from events.store.sqlite import SqliteStore, empty_database

BUSY_TIMEOUT_S: Final = 10.0
CONNECT_TIMEOUT_S: Final = 10
VACUUM_TIMEOUT_S: Final = 2.0
LOOK_S: Final = 10.0
"""How long a server may take to come back, if the connection was lost during a COMMIT."""
LOOK_PAUSE_S: Final = 0.2
ERASED_SO_FAR: Final = "The redaction was recorded, but the database's files may still hold the text."
_LOCK = "SELECT position FROM head FOR UPDATE"
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_REWRITTEN = ("bodies", "notes", "snapshots", "published", "overviews")
"""The tables that may hold what a redaction erases."""


class PostgresReading(PostgresEvents, ProjectionReading, PublishingReading):
    """A read transaction."""

    damage_errors = DAMAGE_ERRORS

    def __init__(self, connection: SqlConnection, staging: SqlConnection) -> None:
        self._connection = connection
        self._staging = staging


class PostgresWriting(PostgresReading, PostgresNotes, EventWriting, ProjectionWriting, LogWriting):
    """The write transaction."""

    @property
    def newest_link(self) -> bytes | None:
        """The link of the newest event that this transaction appended."""
        return self._link


def _asking(questions: Questions) -> PostgresReading:
    """Return what asks `questions`. One function for all appends: what each of them asks is made once for it."""
    return PostgresReading(questions, questions)


Transaction = TypeVar("Transaction", bound=PostgresReading)


class PostgresStore:
    """A store in the schema `schema` of the database at `url`, which `create` makes. Safe for many processes."""

    file: None = None

    def __init__(self, url: str, *, schema: str, create: bool = False, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self._url, self._schema = url, schema
        self._busy_timeout_s = busy_timeout_s
        self._transaction: PostgresReading | None = None
        self._session: PublishingSession | None = None
        self._publishes = False
        self._staging = apsw.Connection("")  # a temporary database of SQLite's
        self._connection = self._connect()
        try:
            with translate_postgres_errors(self.name):
                check_pooling(self._connection.raw, self._open, self.name)
                migrations.prepare(self._connection.raw, schema, create=create, name=self.name)
        except BaseException:
            self.close()
            raise

    @property
    def name(self) -> str:
        """The address of the database, and the schema."""
        return f"{self._url} ({self._schema})"

    @property
    def round_trips(self) -> int:
        """How often the connection has waited for the server."""
        return self._connection.round_trips

    def size(self) -> int:
        """Return how many bytes the tables and indexes have."""
        tables = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = "
        with self.reading():
            return int(self._connection.execute(f"{tables} current_schema()::regnamespace").get or 0)

    @contextmanager
    def reading(self) -> Iterator[PostgresReading]:
        """Open a read transaction; within another one of this store, use that one."""
        if self._transaction is not None:
            yield self._transaction
            return
        with self._translated():
            self._begin(_READ, "SELECT 1")
            with self._within(PostgresReading(self._connection, self._staging)) as reading:
                yield reading
                self._connection.end("COMMIT")

    @contextmanager
    def writing(
        self, *, wait: bool = True, commit: bool = True, expected: Expected = NOTHING_EXPECTED
    ) -> Iterator[PostgresWriting]:
        """Open the write transaction; StoreBusyError if another process has it: for too long, or at all without `wait`.

        At the end it is committed, or without `commit` rolled back. `expected` is asked with the lock.
        """
        if self._transaction is not None:
            raise RuntimeError("a transaction cannot write within another one")
        with self._translated():
            ahead = Ahead(expected, _asking)
            questions = [*ahead.statements, *([HELD] if self._publishes else [])]
            results = self._begin("BEGIN", _LOCK if wait else f"{_LOCK} NOWAIT", questions=questions)
            answers = ahead.answers(results[: len(ahead.statements)])
            self._connection.answer(answers | ({HELD: results[-1]} if self._publishes else {}))
            with self._within(PostgresWriting(self._connection, self._staging)) as writing:
                if self._publishes and not self._connection.execute(HELD.sql).get:
                    raise self._publishing_session().lost()
                check_not_moved(writing, self.name)
                yield writing
                if commit:
                    self._commit(writing)
                else:
                    self._connection.end("ROLLBACK")
        if writing.erased and commit:
            self.finish_erasing()

    def finish_erasing(self) -> bool:
        """Rewrite the tables that held erased text. Return False if one is in use, or is not this user's."""
        try:
            with translate_postgres_errors(self.name, so_far=ERASED_SO_FAR):
                self._run(f"SET lock_timeout = '{VACUUM_TIMEOUT_S}s'")
                before = self._files()
                for table in _REWRITTEN:
                    self._run(f"VACUUM (FULL) {table}")
                if self._files() & before:
                    return False  # PostgreSQL only warns of tables that this user does not own, and leaves them
        except StoreError as error:
            if isinstance(error.__cause__, errors.LockNotAvailable):
                return False
            raise
        finally:
            if self._connection.is_usable:
                self._run(f"SET lock_timeout = '{self._busy_timeout_s}s'")
        with self.writing() as writing:
            writing.forget_note(ERASING)
        return True

    def claim(self, host: Host) -> str | None:
        """Let `host` alone publish until this store is closed. Return None, or who publishes already."""
        with self._translated():
            return self._publishing_session().claim(host)

    @contextmanager
    def publishing(self, host: Host, *, wait: bool) -> Iterator[Callable[[], object]]:
        """Publish in this block, as no other host does; BusyError if one has the claim, or without `wait`, publishes.

        A connection that is lost meanwhile is not made again: with it the lock is lost.
        """
        with self._translated():
            session = self._publishing_session()
            while not session.publish(host):
                if not wait:
                    message = "another publication is running."
                    raise BusyError(Problem(where=self.name, check="lock", message=message))
                time.sleep(LOOK_PAUSE_S)
        self._publishes = True
        try:
            yield session.check
        finally:
            self._publishes = False
            session.end()

    @contextmanager
    def copy_to(self, path: Path) -> Iterator[Store]:
        """Copy the store at one moment to the file `path`, a SQLite ledger, and yield the copy, opened."""
        with empty_database(path) as copy:
            with self.reading() as reading, copy.writing() as writing:
                copy_everything(reading, writing)
            yield copy

    def load(self, copy: Path) -> None:
        """Insert everything from the file `copy`, all or nothing; RefusedError unless this store is empty."""
        source = SqliteStore(copy)
        try:
            with source.reading() as reading, self.writing() as writing:
                check_empty(writing, self.name)
                copy_what_lasts(reading, writing)
                writing.put_note(RESTORED, "")
        finally:
            source.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.raw.close()
        self._staging.close()

    def _connect(self) -> PostgresConnection:
        try:
            return PostgresConnection(self._open())
        except psycopg.Error as error:
            what = f"the database cannot be reached: {first_line(error)}."
            remedy = "Check that the server runs, and [ledger] in writethru.toml."
            raise StoreError(self.name, what, remedy=remedy, check="connection") from error

    def _open(self) -> psycopg.Connection:
        connection = psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_S,
            application_name="writethru",
            client_encoding="UTF8",
        )
        settings = sql.SQL(
            "SET search_path TO {}, pg_temp; SET lock_timeout = {}; SET statement_timeout = 0; SET TimeZone = 'UTC'; "
            "SET idle_in_transaction_session_timeout = 0; "
            + server_timeouts(ANSWER_S)
            + "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') IN ('off', 'local')"
        )
        detect_death(connection, ANSWER_S)
        connection.execute(settings.format(sql.Identifier(self._schema), sql.Literal(f"{self._busy_timeout_s}s")))
        return connection

    def _publishing_session(self) -> PublishingSession:
        """Return the locks of the present connection, which is made again first if it was lost."""
        session = self._session
        if session is None or session.connection is not self._connection or not self._connection.is_usable:
            with self.reading() as reading:
                reading.head()
        if self._session is None or self._session.connection is not self._connection:
            self._session = PublishingSession(self._connection, self.name)
        return self._session

    def _begin(self, *statements: str, questions: Sequence[Statement] = ()) -> list[list[Any]]:
        """Begin a transaction, on a new connection if the last one was lost, and return the answers to `questions`."""
        is_last = not self._connection.is_usable or self._publishes
        while True:
            if not self._connection.is_usable and self._publishes and self._session is not None:
                raise self._session.lost()
            if not self._connection.is_usable:
                self._connection = self._connect()
            try:
                return self._connection.begin(*statements, questions=questions)
            except psycopg.OperationalError:
                if is_last or self._connection.is_usable:
                    self._connection.rollback()
                    raise
                is_last = True

    @contextmanager
    def _within(self, transaction: Transaction) -> Iterator[Transaction]:
        self._transaction = transaction
        try:
            yield transaction
        except BaseException:
            self._connection.rollback()
            raise
        finally:
            self._transaction = None

    def _commit(self, writing: PostgresWriting) -> None:
        """Commit. If the connection is lost meanwhile, find out whether the server has done so."""
        link = writing.newest_link
        try:
            self._connection.end(*self._announcement(), "COMMIT")
        except psycopg.OperationalError as error:
            if self._connection.is_usable:
                raise
            self._transaction = None
            if link is None or not self._is_stored(link, error):
                raise

    def _announcement(self) -> tuple[str, ...]:
        """Return the statement that wakes who listens, if something changes: an event, or what was published."""
        return (f'NOTIFY "{channel(self._schema)}"',) if self._connection.has_changes else ()

    def _is_stored(self, link: bytes, error: psycopg.Error) -> bool:
        """Return True if the event with this link was committed. StoreError if the server does not come back to say so.

        No other event has the same link. With the head locked, no transaction is halfway.
        """
        until = time.monotonic() + LOOK_S
        while True:
            try:
                with self.writing(commit=False):
                    return self._connection.execute("SELECT 1 FROM links WHERE link = ?", (link,)).get is not None
            except StoreError:
                if time.monotonic() >= until:
                    raise translated(error, self.name, so_far=UNKNOWN_SO_FAR) from error
            time.sleep(LOOK_PAUSE_S)

    def _files(self) -> set[int]:
        """Return the numbers of the files of the tables that may hold erased text."""
        files = ", ".join(f"pg_relation_filenode('{table}')" for table in _REWRITTEN)
        return {*(self._connection.raw.execute(f"SELECT {files}".encode()).fetchone() or ())}

    def _run(self, statement: str) -> None:
        self._connection.raw.execute(statement.encode())

    @contextmanager
    def _translated(self) -> Iterator[None]:
        with translate_postgres_errors(self.name, so_far=NOTHING_SO_FAR):
            yield
