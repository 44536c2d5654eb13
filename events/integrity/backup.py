"""A ledger's file, copied while others write to it; and a copy put back into an empty ledger.

Copies are made by SQLite's backup interface within one look, so that they hold one moment. They are written beside
their place, checked, synced and then named: half a copy never bears the name of a whole one.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

import apsw

from events.errors import Problem, RefusedError, StoreDamagedError, StoreError
from events.files.exported import Placed
from events.integrity.verify import Verified, verify
from events.store.errors import told
from events.store.sqlite import SqliteStore
from events.system import sync

PAGES: Final = 4096  # copied at a time
NOT_EMPTY: Final = "the ledger here is not empty; nothing was restored."
CACHES = frozenset({"notes", "published", "snapshots", "overviews"})
"""What can be made again, and may stand in a ledger that holds nothing."""


def backup(store: SqliteStore, place: Path, *, replace: bool = False) -> Verified:
    """Copy the ledger to `place`, read every byte of the copy again, and give what it holds.

    StoreError where something stands at `place`, unless told to `replace` it; StoreDamagedError where the ledger is
    damaged: then no copy is left.
    """
    if place.exists() and not replace:
        raise StoreError(str(place), "stands here already.", remedy="Give another name, or --replace.", check="backup")
    with _beside(place) as part:
        with told(place), store.looking() as source, closing(apsw.Connection(str(part))) as target:
            _copy(source, target)
        verified = _sound(part, place)
        with told(place), closing(apsw.Connection(str(part))) as target:
            target.pragma("journal_mode", "delete")  # one file, which a read-only place can hold as well
        sync(part)
        _name(part, place, replace=replace)
        sync(place.parent)
    return verified


def restore(copy: Path, store: SqliteStore) -> Verified:
    """Put `copy` into the empty ledger `store`, all or nothing, and give what it holds.

    RefusedError where the ledger is not empty; StoreDamagedError where the copy is damaged.
    """
    with _beside(store.path) as part:
        with (
            told(copy, so_far=""),
            closing(apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READONLY)) as source,
            closing(apsw.Connection(str(part))) as target,
        ):
            _copy(source, target)
        verified = _sound(part, copy)  # which brings a copy of an older version up to date
        with store.attached(part) as connection:
            _refuse_unless_empty(connection, store.path)
            for (table,) in connection.execute("SELECT name FROM copy.sqlite_schema WHERE type = 'table'").fetchall():
                if not str(table).startswith("sqlite_"):
                    if table in CACHES:
                        connection.execute(f'DELETE FROM main."{table}"')  # noqa: S608 - names of our own tables
                    connection.execute(f'INSERT INTO main."{table}" SELECT * FROM copy."{table}"')  # noqa: S608 - names of our own tables
    return verified


def restore_rows(rows: Iterable[Placed], store: SqliteStore) -> None:
    """Put the rows of an export into the empty ledger `store`, all or nothing. RefusedError where it is not empty."""
    with store.writing() as writing:
        if writing.head() or writing.log_size() or writing.log_keys():
            raise _not_empty(store.path)
        writing.append(rows)


def _refuse_unless_empty(connection: apsw.Connection, place: Path) -> None:
    """Raise RefusedError where the ledger holds anything that a restored one could contradict."""
    for table in ("events", "leaves", "log_keys"):
        if connection.execute(f"SELECT EXISTS (SELECT 1 FROM main.{table})").get:  # noqa: S608 - fixed names
            raise _not_empty(place)


def _not_empty(place: Path) -> RefusedError:
    remedy = "Restore into a new one: move ledger.db away, and run this again."
    return RefusedError(Problem(where=str(place), check="restore", message=NOT_EMPTY, remedy=remedy))


def _sound(part: Path, of: Path) -> Verified:
    with closing(SqliteStore(part)) as store:
        verified = verify(store)
    if verified.problems:
        worst = verified.problems[0]
        raise StoreDamagedError(str(of), f"a copy of it would be damaged: {worst.message}", remedy=worst.remedy)
    return verified


def _copy(source: apsw.Connection, target: apsw.Connection) -> None:
    with target.backup("main", source, "main") as copying:
        while not copying.done:
            copying.step(PAGES)


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """Yield a place for a file in the making; whatever is left there in the end is removed."""
    part = place.with_name(f".{place.name}.part")
    try:
        _remove(part)
        yield part
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            part.with_name(part.name + suffix).unlink()


def _name(part: Path, place: Path, *, replace: bool) -> None:
    if replace:
        part.replace(place)
        return
    try:
        os.link(part, place)  # which fails where something has come to stand there meanwhile
    except FileExistsError:
        raise StoreError(str(place), "stands here already.", remedy="Give another name.", check="backup") from None
