"""A connection to PostgreSQL that waits for the server twice in an append: when it begins, and at the COMMIT.

While the head is locked nobody else can record, and most of that time is the way to the server and back. What every
append asks first is asked together with the lock (`begin`), and then answered from here. Changes go in one pipeline
with the COMMIT, or with a question that could see them. The server makes the first ones while the others are decided.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import groupby
from typing import Any, Final

import psycopg
from psycopg.pq import TransactionStatus

from events.store.postgres_pipeline import Pipeline, Statement
from events.store.sql_projections import PUT_OVERVIEW

SENT_FIRST: Final = 3
"""How many changes are sent first: the rows of an event. Then it is twice as many each time, up to SENT_MAX."""
SENT_MAX: Final = 48
UNANSWERED_MAX: Final = 5_000
"""How many changes may be sent without an answer: libpq keeps those that the server has not read."""
_TYPES: Final = {
    "INSERT INTO events (position, id, story, version, envelope)": ("bigint", "text", "text", "bigint", "text"),
    "INSERT INTO bodies (position, salt, body)": ("bigint", "text", "text"),
    "INSERT INTO links (position, link)": ("bigint", "bytea"),
    "INSERT INTO leaves (place, story, number, entry, hashes)": ("bigint", "text", "bigint", "text", "bytea"),
}
"""The types of the columns of those rows that one statement inserts together, in the order in which they refer."""
_INSERT: Final = "INSERT"
_PUT_OVERVIEWS: Final = (
    "UPDATE overviews SET version = put.version, line = put.line, awaited = put.awaited "
    "FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[]) "
    "AS put (version, line, awaited, story, same_story, events) "
    "WHERE overviews.story = put.story "
    "AND (SELECT max(version) FROM events WHERE events.story = put.story) = put.events"
)
"""PUT_OVERVIEW of several stories."""
logging.getLogger("psycopg").addHandler(logging.NullHandler())  # it would print errors that are raised as well


Answers = dict[Statement, list[Any]]


class Rows:
    """What a statement returned."""

    def __init__(self, rows: Iterable[Any] = ()) -> None:
        self._rows = iter(rows)

    @property
    def get(self) -> Any:
        """The value of the first column of the first row; None without a row."""
        row = self.fetchone()
        return None if row is None else row[0]

    def fetchone(self) -> Any:
        """Return the next row, None after the last."""
        return next(self._rows, None)

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows."""
        return self._rows


class Questions:
    """A connection that notes what it is asked, and has no answers."""

    def __init__(self) -> None:
        self.asked: list[Statement] = []

    def execute(self, sql: str, parameters: Any = (), /) -> Rows:
        """Note a question."""
        self.asked.append(Statement(sql, tuple(parameters)))
        return Rows()

    def executemany(self, sql: str, rows: Iterable[Any], /) -> None:
        """Do nothing: nobody asks this way."""


class PostgresConnection:
    """Runs statements of a transaction. `round_trips` counts how often it has waited for the server.

    `answered_at` is when that has answered last, on the clock `time.monotonic`.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self.raw = connection
        self.round_trips = 0
        self.answered_at = time.monotonic()
        self.has_changes = False
        """Whether this transaction changes anything."""
        self._pipeline = Pipeline(connection)
        self._pending: list[Statement] = []
        self._send_at, self._unanswered = SENT_FIRST, 0
        self._answers: Answers = {}
        self._questions_about: dict[object, list[Statement]] = {}

    @property
    def is_usable(self) -> bool:
        """Whether the server is at the other end, as far as is known."""
        return not self.raw.closed

    def begin(self, *statements: str, questions: Sequence[Statement] = ()) -> list[list[Any]]:
        """Begin a transaction by `statements`, and return the answers to `questions`. All in one round trip."""
        self.answer({})
        self.has_changes, self._send_at = False, SENT_FIRST
        return self._run([*map(Statement, statements), *questions])[len(statements) :]

    def answer(self, answers: Answers) -> None:
        """Answer these questions from here, until a change may change the answer."""
        self._answers, self._questions_about = answers, {}
        for question in answers:
            for parameter in question.parameters or (None,):
                self._questions_about.setdefault(parameter, []).append(question)

    def execute(self, sql: str, parameters: Any = (), /) -> Rows:
        """Ask a question, after what was changed before it; or keep a change until then."""
        statement = Statement(sql, tuple(parameters))
        if sql.startswith("SELECT"):
            if statement in self._answers:
                return Rows(self._answers[statement])
            return Rows(self._flush(statement)[-1])
        self._forget_answers(statement)
        self._pending.append(statement)
        self.has_changes = True
        if len(self._pending) >= self._send_at:
            self._send()
        return Rows()

    def executemany(self, sql: str, rows: Iterable[Any], /) -> None:
        """Keep a change for each of `rows`, which may ask this connection themselves."""
        for row in rows:
            self.execute(sql, row)

    def ping(self) -> None:
        """Wait for an answer of the server, whatever waits to be sent."""
        self._run([Statement("SELECT 1")])

    def end(self, *statements: str) -> None:
        """Send the changes that wait, and `statements`, which end the transaction."""
        self._flush(*map(Statement, statements))

    def rollback(self) -> None:
        """Roll back. A connection that is lost has done so: its error is reported, and not what comes after it."""
        self._pending.clear()
        self._answers.clear()
        if self.is_usable:
            with suppress(psycopg.OperationalError):
                self._pipeline.discard()
        if self.is_usable and self.raw.info.transaction_status != TransactionStatus.IDLE:
            self.round_trips += 1
            self.raw.execute("ROLLBACK")

    def _forget_answers(self, change: Statement) -> None:
        """Forget what a change may change. A new row changes only what is asked about it, or about everything."""
        if _table(change.sql) not in _TYPES:
            self._answers = {}
            return
        for about in (None, *change.parameters):
            for question in self._questions_about.pop(about, ()):
                self._answers.pop(question, None)

    def _send(self) -> None:
        """Let the server make the changes that wait, and go on meanwhile."""
        self._send_at = min(2 * self._send_at, SENT_MAX)
        self._unanswered += len(self._pending)
        if self._unanswered > UNANSWERED_MAX:
            self._flush()
        else:
            self._pipeline.send(self._changes())

    def _flush(self, *last: Statement) -> list[list[Any]]:
        return self._run([*self._changes(), *last])

    def _changes(self) -> list[Statement]:
        """Return the changes that wait, which do so no longer."""
        changes, self._pending = [*_together(self._pending)], []
        return changes

    def _run(self, statements: Sequence[Statement]) -> list[list[Any]]:
        self.round_trips += 1
        self._unanswered = 0
        rows = self._pipeline.run(statements)
        self.answered_at = time.monotonic()
        return rows


def _together(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield the statements in order, but as one those that follow one another and insert rows, or put overviews."""
    for kind, group in groupby(statements, _kind):
        if kind == _INSERT:
            yield _insert(group)
        elif kind == PUT_OVERVIEW:
            yield _put(list(group))
        else:
            yield from group


def _kind(statement: Statement) -> str:
    return _INSERT if _table(statement.sql) in _TYPES else statement.sql


def _put(overviews: Sequence[Statement]) -> Statement:
    """Return the statement that puts these overviews."""
    if len(overviews) == 1:
        return overviews[0]
    return Statement(_PUT_OVERVIEWS, tuple(map(list, zip(*(put.parameters for put in overviews), strict=True))))


def _insert(statements: Iterable[Statement]) -> Statement:
    """Return the statement that inserts the rows of all tables: what refers to others is checked at its end."""
    batches: dict[str, list[tuple[Any, ...]]] = {}
    for statement in statements:
        batches.setdefault(_table(statement.sql), []).append(statement.parameters)
    inserts: list[str] = []
    values: list[Any] = []
    for table in filter(batches.__contains__, _TYPES):
        rows, types = batches[table], _TYPES[table]
        if len(rows) == 1:  # an array takes psycopg three times as long as its element
            inserts.append(f"{table} SELECT {', '.join(f'?::{name}' for name in types)}")
            values += rows[0]
            continue
        columns = ", ".join(f"?::{name}[]" for name in types)
        inserts.append(f"{table} SELECT * FROM unnest({columns})")  # noqa: S608 - our own names
        values += map(list, zip(*rows, strict=True))
    *first, last = inserts
    parts = ", ".join(f"part{number} AS ({insert})" for number, insert in enumerate(first))
    return Statement(f"WITH {parts} {last}" if first else last, tuple(values))


@cache
def _table(sql: str) -> str:
    """Return how a statement begins that inserts a row."""
    return sql.partition(" VALUES ")[0]
