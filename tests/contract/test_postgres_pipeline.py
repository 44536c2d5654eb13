"""Statements that travel together: their answers, their errors, and what is left of the connection after them."""

import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests import postgres

psycopg = pytest.importorskip("psycopg", reason=postgres.MISSING)
from events.store.postgres_pipeline import Pipeline, Statement  # noqa: E402 - it needs psycopg

LARGE = "x" * 100_000
MANY = 200
"""So many large statements and answers fill the buffers of both ends."""
SLOW_S = 0.3


@pytest.fixture
def connection(postgres_server: postgres.Server) -> Iterator[Any]:
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def pipeline(connection: Any) -> Pipeline:
    return Pipeline(connection)


def value(pipeline: Pipeline, sql: str, *parameters: object) -> Any:
    return pipeline.run([Statement(sql, parameters)])[0][0][0]


def test_each_statement_has_its_rows(pipeline: Pipeline) -> None:
    statements = [
        Statement("BEGIN"),
        Statement("CREATE TEMP TABLE pairs (number bigint, text text, bytes bytea) ON COMMIT DROP"),
        *(Statement("INSERT INTO pairs VALUES (?, ?, ?)", (number, "%'\"", b"\0")) for number in (1, 1 << 40)),
        Statement("SELECT number, text, bytes FROM pairs WHERE number = ANY(?) ORDER BY number", ([1, 1 << 40],)),
        Statement("SELECT number FROM pairs WHERE number > ?", (1 << 50,)),
        Statement("COMMIT"),
    ]
    for _ in range(2):  # prepared, and then used again
        rows = [(1, "%'\"", b"\0"), (1 << 40, "%'\"", b"\0")]
        assert pipeline.run(statements) == [[], [], [], [], rows, [], []]


def test_large_statements_and_answers_do_not_wait_for_each_other(pipeline: Pipeline) -> None:
    assert pipeline.run([Statement("SELECT ?::text", (LARGE,))] * MANY) == [[(LARGE,)]] * MANY


def test_answer_may_take_longer_than_psycopg_waits_at_a_time(pipeline: Pipeline) -> None:
    assert value(pipeline, "SELECT 1 FROM pg_sleep(?)", SLOW_S) == 1


def test_first_error_is_raised_and_the_connection_stays(pipeline: Pipeline) -> None:
    statements = [Statement("SELECT 1"), Statement("SELECT 1 / ?::int", (0,)), Statement("SELECT nothing")]
    for _ in range(2):
        with pytest.raises(psycopg.errors.DivisionByZero):
            pipeline.run(statements)
    assert pipeline.run(statements[:1]) == [[(1,)]]
    assert value(pipeline, "SELECT 1 / ?::int", 1) == 1
    assert value(pipeline, "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE ?", "writethru%") > 0


def test_value_that_cannot_be_sent_changes_nothing(pipeline: Pipeline, connection: Any) -> None:
    with pytest.raises(UnicodeEncodeError):
        pipeline.run([Statement("BEGIN"), Statement("SELECT ?::text", ("\ud800",))])
    assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    assert value(pipeline, "SELECT 1") == 1


def test_error_in_a_transaction_leaves_it_to_be_rolled_back(pipeline: Pipeline, connection: Any) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        pipeline.run([Statement("BEGIN"), Statement("SELECT FROM nothing"), Statement("COMMIT")])
    connection.execute("ROLLBACK")
    assert value(pipeline, "SELECT 1") == 1


def test_what_was_sent_runs_first_and_nobody_waits_for_it(pipeline: Pipeline) -> None:
    began = time.monotonic()
    pipeline.send([Statement("BEGIN"), Statement("CREATE TEMP TABLE numbers (number bigint) ON COMMIT DROP")])
    pipeline.send([Statement("INSERT INTO numbers SELECT 1 FROM pg_sleep(?)", (SLOW_S,))])
    assert time.monotonic() - began < SLOW_S
    insert = Statement("INSERT INTO numbers VALUES (?)", (2,))
    pipeline.send([insert])
    asked = Statement("SELECT number FROM numbers ORDER BY number")
    assert pipeline.run([insert, asked]) == [[], [(1,), (2,), (2,)]]
    assert pipeline.run([Statement("COMMIT")]) == [[]]


def test_much_may_be_sent_before_an_answer_is_read(pipeline: Pipeline) -> None:
    for _ in range(MANY):
        pipeline.send([Statement("SELECT ?::text", (LARGE,))])
    assert value(pipeline, "SELECT 1") == 1


@pytest.mark.parametrize("cause", ["SELECT 1 / ?::int", "SELECT nothing, ?::int"])
def test_error_of_what_was_sent_is_raised_by_the_next_run(pipeline: Pipeline, cause: str) -> None:
    for _ in range(2):
        pipeline.send([Statement("SELECT 1"), Statement(cause, (0,)), Statement("SELECT 2")])
        pipeline.send([Statement("SELECT neither")])
        with pytest.raises(psycopg.Error, match=r"division by zero|\"nothing\""):
            pipeline.run([Statement("SELECT 3")])
        assert value(pipeline, "SELECT 2") == 2


def test_what_was_sent_can_be_discarded(pipeline: Pipeline, connection: Any) -> None:
    pipeline.discard()
    pipeline.send([Statement("BEGIN"), Statement("SELECT FROM nothing"), Statement("COMMIT")])
    pipeline.discard()
    connection.execute("ROLLBACK")
    assert value(pipeline, "SELECT 1") == 1


def test_interrupted_wait_closes_the_connection(pipeline: Pipeline, connection: Any) -> None:
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, SLOW_S)
    try:
        with pytest.raises(KeyboardInterrupt):
            value(pipeline, "SELECT pg_sleep(60)")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert connection.closed


def test_lost_connection_is_an_operational_error(pipeline: Pipeline, connection: Any) -> None:
    with pytest.raises(psycopg.OperationalError):
        value(pipeline, "SELECT pg_terminate_backend(pg_backend_pid(), 5000)")
    assert connection.closed
    with pytest.raises(psycopg.OperationalError):
        value(pipeline, "SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        pipeline.send([Statement("SELECT 1")])
