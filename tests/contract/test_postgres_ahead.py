"""What an append asks ahead costs as much in a long ledger as in a short one."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from events.store.base import Address, Expected
from tests import postgres
from tests.builders import STORY
from tests.contract.stores import put

psycopg = pytest.importorskip("psycopg", reason=postgres.MISSING)
from psycopg import sql  # noqa: E402

from events.store.postgres import PostgresReading, PostgresStore  # noqa: E402 - it needs psycopg
from events.store.postgres_ahead import Ahead  # noqa: E402
from events.store.postgres_pipeline import _numbered  # noqa: E402

EVENTS = 1_000
READ_MAX = 10
USES = 7
"""After five uses the server may keep a plan for all values."""


@pytest.fixture
def connection(postgres_server: postgres.Server, tmp_path: Path) -> Iterator[Any]:
    """Return a connection to a ledger of many stories."""
    address = Address(postgres_server.url, f"s{abs(hash(tmp_path))}")
    with closing(PostgresStore(address.url, schema=address.schema, create=True)) as store, store.writing() as writing:
        for position in range(1, EVENTS):
            put(writing, position, story=f"story-{position}", version=1)
        put(writing, EVENTS, story=STORY, version=1)
    with psycopg.connect(address.url, autocommit=True) as connection:
        connection.execute(f"SET search_path TO {address.schema}")
        yield connection


def events_read(plan: dict[str, Any]) -> int:
    """Return how many events a plan looked at."""
    each = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Join Filter", 0)
    here = each * plan["Actual Loops"] if plan.get("Relation Name") == "events" else 0
    return int(here) + sum(events_read(part) for part in plan.get("Plans", ()))


@pytest.mark.parametrize("stories", [1, 2])
def test_asking_reads_the_events_of_these_stories_only(connection: Any, stories: int) -> None:
    names = (STORY, "story-1")[:stories]
    expected = Expected(ids=names, stories=tuple((name, 0) for name in names), fold_version="1")
    ahead = Ahead(expected, lambda questions: PostgresReading(questions, questions))
    for number, (statement, parameters) in enumerate(ahead.statements):
        connection.execute(b"PREPARE asked_%d AS %b" % (number, _numbered(statement)))
        values = sql.SQL(", ").join(map(sql.Literal, parameters))
        explain = sql.SQL("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE {} ({})")
        query = explain.format(sql.Identifier(f"asked_{number}"), values)
        *_, ((report,),) = [connection.execute(query).fetchall() for _ in range(USES)]
        assert events_read(report[0]["Plan"]) <= READ_MAX, statement
