"""Sends statements to PostgreSQL together and reads what they return, by psycopg's libpq without its cursors.

In psycopg's own pipeline each statement has a cursor and waits for the socket by itself, which was most of the
processor time of an append's round trips. Here all are written, and then one loop reads the answers.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import compress, count
from typing import Any, NamedTuple

import psycopg
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait


class Statement(NamedTuple):
    """A statement, with `?` for each of its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


class _Plan(NamedTuple):
    """What the server prepares once in a session: a statement for parameters of these types."""

    sql: str
    types: tuple[int, ...]


class _Message(NamedTuple):
    """A statement as it is sent."""

    plan: _Plan
    values: Sequence[Any]
    formats: Sequence[Format]


class Pipeline:
    """Runs statements on a connection. Values are binary in both directions: psycopg need not quote or parse them."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._adapter = Transformer(connection)
        self._names: dict[_Plan, bytes] = {}
        self._new_names: dict[_Plan, bytes] = {}
        """Those of plans that the server has not said to have prepared."""
        self._numbers = count(1)
        self._is_answer: list[bool] = []
        """Whether each result that is to come answers a statement, or says that one is prepared."""

    def send(self, statements: Sequence[Statement]) -> None:
        """Send `statements`, and wait for nothing: an error among them is raised by the next `run`."""
        messages = [self._message(*statement) for statement in statements]
        with self._connection.lock, self._closed_on_error():
            self._send(messages)
            self._connection.pgconn.flush()

    def run(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """Run `statements`, in one round trip with what was sent before them, and return the rows of each.

        Raise the error of the first that fails, of those sent before too.
        """
        messages = [self._message(*statement) for statement in statements]
        with self._connection.lock, self._closed_on_error():
            self._send(messages)
            results = self._receive()
        is_answer, self._is_answer = self._is_answer, []
        names, self._new_names = self._new_names, {}
        for result in results:
            if result.status == ExecStatus.FATAL_ERROR:
                raise error_from_result(result)
        self._names |= names
        answers = [*compress(results, is_answer)]
        return [self._rows(answer) for answer in answers[len(answers) - len(messages) :]]

    def discard(self) -> None:
        """Wait until all that was sent has run or failed, and forget its results."""
        if self._is_answer:
            with self._connection.lock, self._closed_on_error():
                self._receive()
            self._is_answer, self._new_names = [], {}

    def _message(self, sql: str, parameters: tuple[Any, ...]) -> _Message:
        adapter = self._adapter
        values = adapter.dump_sequence(parameters, [PyFormat.BINARY] * len(parameters))
        return _Message(_Plan(sql, tuple(adapter.types or ())), values, adapter.formats or ())

    def _rows(self, result: PGresult) -> list[Any]:
        self._adapter.set_pgresult(result)
        return self._adapter.load_rows(0, result.ntuples, tuple)

    def _send(self, messages: Sequence[_Message]) -> None:
        """Write `messages` into the buffer of libpq, which sends what fills it."""
        server, names = self._connection.pgconn, self._new_names
        if not self._is_answer:
            server.enter_pipeline_mode()
        for plan, values, formats in messages:
            name = self._names.get(plan) or names.get(plan)
            if name is None:
                name = names[plan] = f"writethru_{next(self._numbers)}".encode()
                server.send_prepare(name, _numbered(plan.sql), plan.types)
                self._is_answer.append(False)
            server.send_query_prepared(name, values, formats, Format.BINARY)
            self._is_answer.append(True)

    def _receive(self) -> list[PGresult]:
        """Return the results of all that was sent since the last time."""
        server = self._connection.pgconn
        server.pipeline_sync()
        results = self._connection.wait(_results(server))
        server.exit_pipeline_mode()
        return results

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        """Close the connection if this fails: results that were not read would be taken for those of later messages."""
        try:
            yield
        except BaseException:
            self._connection.close()
            raise


def _results(server: PGconn) -> PQGen[list[PGresult]]:
    """Send what libpq still holds, and return what the server answers until the end of the pipeline."""
    results: list[PGresult] = []
    while True:
        is_all_sent = server.flush() == 0
        ready = yield Wait.R if is_all_sent else Wait.RW
        if ready and ready & Ready.R:  # psycopg comes back without either from time to time
            server.consume_input()
        is_between = True
        while not server.is_busy():
            result = server.get_result()
            if result is None and is_between:  # nothing more for now: None follows each statement's result once
                break
            is_between = result is None
            if result is not None:
                if result.status == ExecStatus.PIPELINE_SYNC:
                    return results
                results.append(result)


@cache
def _numbered(sql: str) -> bytes:
    """Return a statement with `$1`, `$2` … for its parameters, as the server takes it."""
    first, *rest = sql.split("?")
    return "".join((first, *(f"${number}{text}" for number, text in enumerate(rest, 1)))).encode()
