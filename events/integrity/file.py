"""Every stored byte of a ledger's file, for those who trust none of it: rows as bytes, and SQLite's own checks."""

from collections.abc import Iterator
from typing import cast

import apsw

from events.integrity.rows import Stored
from events.store.migrations import migrate

_ROWS = (
    "SELECT e.position, CAST(e.id AS BLOB), CAST(e.story AS BLOB), e.version, CAST(e.envelope AS BLOB), "
    "CAST(b.salt AS BLOB), CAST(b.body AS BLOB), b.position IS NOT NULL, l.link "
    "FROM events e LEFT JOIN bodies b USING (position) LEFT JOIN links l USING (position) "
)


def stored_by_position(connection: apsw.Connection) -> Iterator[Stored]:
    """Yield every row in the order of the ledger."""
    return _stored(connection, "ORDER BY e.position")


def stored_by_story(connection: apsw.Connection) -> Iterator[Stored]:
    """Yield every row, story by story, each in order."""
    return _stored(connection, "ORDER BY e.story, e.version")


def file_damage(connection: apsw.Connection) -> Iterator[str]:
    """Find what SQLite itself finds wrong with pages and indexes, and what is missing or added to the file's shape."""
    for (found,) in connection.execute("PRAGMA integrity_check(20)"):
        if found != "ok":
            yield str(found)
    for table, row, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} belongs to no event"
    wanted, found_shape = _shape_wanted(), _shape(connection)
    for name in sorted({name for name, _ in wanted ^ found_shape}):
        yield f"{name} is not as this version makes it"


def _stored(connection: apsw.Connection, order: str) -> Iterator[Stored]:
    for row in connection.execute(_ROWS + order):
        position, event_id, story, version, envelope, salt, body, has_body, link = row
        yield Stored(
            position=cast("int", position),
            id=cast("bytes", event_id),
            story=cast("bytes", story),
            version=cast("int", version),
            envelope=cast("bytes", envelope),
            salt=cast("bytes | None", salt),
            body=cast("bytes | None", body),
            has_body=bool(has_body),
            link=cast("bytes | None", link),
        )


def _shape_wanted() -> set[tuple[str, str]]:
    connection = apsw.Connection(":memory:")
    try:
        migrate(connection)
        return _shape(connection)
    finally:
        connection.close()


def _shape(connection: apsw.Connection) -> set[tuple[str, str]]:
    # What an ANALYZE leaves behind is no part of it.
    found = connection.execute("SELECT name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'")
    return {(str(name), str(sql)) for name, sql in found}
