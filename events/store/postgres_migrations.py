"""Migrations of a schema of PostgreSQL: postgres_schema/NNNN.sql takes it from version NNNN - 1 to NNNN.

A released step is never edited: schemas that it made are in use. tests/contract/ledgers has a dump of each older one,
which the tests restore and migrate.
"""

from collections.abc import Callable
from typing import Final

import psycopg
from psycopg import sql

from events.errors import StoreDamagedError, StoreError

VERSION: Final = 1
_TABLES = "SELECT count(*), count(*) FILTER (WHERE relname = 'head') FROM pg_class WHERE relkind = 'r' "
_IN_SCHEMA = "AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s)"


def step(version: int) -> str:
    """Return the SQL that takes a schema from the version before to `version`."""
    from importlib import resources  # noqa: PLC0415 - takes 4 ms, and most ledgers need no step

    return resources.files("events.store").joinpath("postgres_schema", f"{version:04}.sql").read_text(encoding="utf-8")


def prepare(
    connection: psycopg.Connection,
    schema: str,
    *,
    create: bool,
    name: str,
    to: int = VERSION,
    step_to: Callable[[int], str] = step,
) -> None:
    """Check that the schema is a ledger of a version that is known, and take it to version `to`; `create` makes it.

    StoreError or StoreDamagedError if it is none. An advisory lock makes one of two processes do what both begin.
    """
    if connection.info.parameter_status("server_encoding") != "UTF8":
        what, remedy = "the database does not store text as UTF-8.", "Use one made with: createdb --encoding UTF8"
        raise StoreError(name, what, remedy=remedy)
    if _version(connection, schema, create=create, name=name, to=to) == to:
        return
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"writethru {schema}",))
        version = _version(connection, schema, create=create, name=name, to=to)
        if version == 0 and not _has_schema(connection, schema):
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        for number in range(version + 1, to + 1):
            connection.execute(step_to(number).encode())
            connection.execute("UPDATE head SET schema_version = %s", (number,))


def _version(connection: psycopg.Connection, schema: str, *, create: bool, name: str, to: int) -> int:
    """Return the version of the schema; 0 if it is to be made."""
    tables, heads = connection.execute(_TABLES + _IN_SCHEMA, (schema,)).fetchone() or (0, 0)
    if tables == 0:
        if create:
            return 0
        raise StoreError(name, "there is no ledger here.", remedy="Make a newsroom: writethru init")
    if heads == 0:
        remedy = "Name another schema in [ledger], or restore a backup of the newsroom's ledger."
        raise StoreDamagedError(name, "this schema holds no ledger of writethru.", remedy=remedy)
    (version,) = connection.execute("SELECT schema_version FROM head").fetchone() or (0,)
    if version > to:
        what = f"the ledger has schema {version}; this writethru knows {to}."
        raise StoreError(name, what, remedy="Install a newer one. The ledger was not changed.", check="schema")
    return int(version)


def _has_schema(connection: psycopg.Connection, schema: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone() is not None
