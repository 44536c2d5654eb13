"""The contract in PostgreSQL, in a database that sorts text by the rules of English; and what a server adds to it."""

import re
from pathlib import Path

import pytest

from events.store.base import Address
from tests import postgres
from tests.contract.store_contract import StoreContract
from tests.contract.stores import SHORT_S

psycopg = pytest.importorskip("psycopg", reason=postgres.MISSING)
from events.store.postgres import PostgresStore  # noqa: E402 - it needs psycopg


def address_of(server: postgres.Server, path: Path) -> Address:
    """Return the address that stands for a path: a schema of its own."""
    return Address(server.url, re.sub(r"\W", "_", f"s{path}".lower())[-63:].strip("_"))


class TestPostgres(StoreContract):
    server: postgres.Server

    @pytest.fixture(autouse=True)
    def _server(self, postgres_server: postgres.Server) -> None:
        type(self).server = postgres_server

    def open(self, path: Path, *, create: bool = False, busy_timeout_s: float = SHORT_S) -> PostgresStore:
        url, schema = address_of(self.server, path)
        return PostgresStore(url, schema=schema, create=create, busy_timeout_s=busy_timeout_s)

    def sql(self, path: Path, statement: str) -> None:
        url, schema = address_of(self.server, path)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'SET search_path TO "{schema}"')
            connection.execute(statement)
