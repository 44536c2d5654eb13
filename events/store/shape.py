"""The shape of a ledger's file: its tables, indexes and triggers, and the files beside it.

It is checked before anything else is asked of the file, which may be a stranger's: a view in place of a table, or a
trigger, would run with the next query. Our tables must be as we made them, and all else must be ours, except what can
do no harm: the statistics that ANALYZE leaves, and plain tables, which replication tools add. An index or a trigger of
ours that is missing does none either. `verify` reports both.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeAlias

import apsw

from events.errors import StoreDamagedError
from events.store.migrations import SCHEMA_VERSION, migrate

JOURNALS: Final = ("-wal", "-shm", "-journal")
"""The ends of the names of the files that SQLite makes beside a database."""
DIGEST: Final = "2790cc8ea00c6b737083f86eea9365a0280ef1efcc617bd93fd9952bc1bb48ce"
"""The digest of the shape of the newest schema, by which a sound file is recognized in 0.1 ms."""
REMEDY: Final = "Use a ledger.db that writethru made: restore a backup, or an export."
_IGNORED = {
    ("table", "pictures", "pictures", "CREATE TABLE pictures(name, data)"),  # of a backup
    ("table", "sqlite_stat1", "sqlite_stat1", "CREATE TABLE sqlite_stat1(tbl,idx,stat)"),
    ("table", "sqlite_stat4", "sqlite_stat4", "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)"),
}
_SUPER_JOURNAL = bytes.fromhex("d9d505f920a163d7")
_Shape: TypeAlias = set[tuple[str, str, str, str]]


def check_files(path: Path) -> None:
    """Raise StoreDamagedError if SQLite should not open the database at `path`.

    What it uses beside a database must be regular files, since it writes to them. And a rollback journal must not name
    a super-journal, as none of ours does: SQLite would delete that file.
    """
    real = Path(os.path.realpath(path))
    for file in (real, *(real.with_name(real.name + end) for end in JOURNALS)):
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(file.lstat().st_mode):
                raise StoreDamagedError(str(file), "this is not a regular file.", remedy=REMEDY)
    with suppress(FileNotFoundError), real.with_name(f"{real.name}-journal").open("rb") as journal:
        journal.seek(max(0, os.fstat(journal.fileno()).st_size - len(_SUPER_JOURNAL)))
        if journal.read() == _SUPER_JOURNAL:
            raise StoreDamagedError(journal.name, "this journal is not one of writethru's.", remedy=REMEDY)


def harden(connection: apsw.Connection) -> None:
    """Let the connection trust no schema, and change none."""
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.execute("PRAGMA cell_size_check=ON")


def check_shape(connection: apsw.Connection, version: int, name: str) -> None:
    """Raise StoreDamagedError unless the database has the shape of schema `version`."""
    if version not in range(1, SCHEMA_VERSION + 1):
        raise StoreDamagedError(name, f"writethru never had a schema {version}.", remedy=REMEDY)
    shape = shape_of(connection)
    if digest(shape) == DIGEST:
        return
    ours = model(version)
    names = {name for _, name, *_ in ours}
    for kind, object_name, table, sql in sorted(shape - ours):
        if {object_name, table} & names or not _is_plain(kind, sql):
            raise StoreDamagedError(name, f"the {kind} {object_name!r:.60} is not one of writethru's.", remedy=REMEDY)
    for kind, object_name, *_ in sorted(ours - shape):
        if kind == "table":
            raise StoreDamagedError(name, f"the table {object_name} is missing.", remedy=REMEDY)


def _is_plain(kind: str, sql: str) -> bool:
    """Return True for a table without expressions, and for the index that its primary key may have."""
    return (kind == "table" and sql.startswith("CREATE TABLE ") and sql.count("(") == 1) or (kind, sql) == ("index", "")


def differences(connection: apsw.Connection, version: int) -> Iterator[str]:
    """Yield the names of what is not as schema `version` has it."""
    yield from sorted({name for _, name, *_ in shape_of(connection) ^ model(version)})


def shape_of(connection: apsw.Connection) -> _Shape:
    """Return the type, name, table and SQL of all that the database has."""
    rows = connection.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema")
    return {(str(kind), str(name), str(table), str(sql)) for kind, name, table, sql in rows} - _IGNORED


def model(version: int) -> _Shape:
    """Return the shape of schema `version`."""
    with closing(apsw.Connection(":memory:")) as connection:
        migrate(connection, to=version)
        return shape_of(connection)


def digest(shape: _Shape) -> str:
    """Return a digest of a shape."""
    return sha256("\0".join("\0".join(item) for item in sorted(shape)).encode()).hexdigest()
