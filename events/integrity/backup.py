"""A ledger's file, copied while others write to it; and a copy put back into an empty ledger.

Copies are made by SQLite's backup interface within one look, so that they hold one moment. They are written beside
their place, checked, synced and then named: half a copy never bears the name of a whole one.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import apsw

from events.errors import Problem, RefusedError, StoreDamagedError, StoreError
from events.files.exported import Placed
from events.integrity.verify import Verified, verify
from events.store.errors import told
from events.store.sqlite import SqliteStore
from events.system import write_atomically

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
        raise _exists(place)
    try:
        with write_atomically(place, replace=replace) as part, _database(part):
            with told(place), store.looking() as source, closing(apsw.Connection(str(part))) as target:
                _copy(source, target)
            verified = _sound(part, place)
            with told(place), closing(apsw.Connection(str(part))) as target:
                target.pragma("journal_mode", "delete")  # one file, which a read-only place can hold as well
    except FileExistsError:  # made since it was looked for
        raise _exists(place) from None
    return verified


def restore(copy: Path, store: SqliteStore) -> Verified:
    """Put `copy` into the empty ledger `store`, all or nothing, and give what it holds.

    RefusedError where the ledger is not empty; StoreDamagedError where the copy is damaged.
    """
    part = store.path.with_name(f".{store.path.name}.part")
    with _database(part, keep=False):
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
def _database(path: Path, *, keep: bool = True) -> Iterator[None]:
    """Remove what a run that was killed left at `path`; in the end its journals, and unless `keep` the file itself."""
    journals = [path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", "-journal")]
    _remove(path, *journals)
    try:
        yield
    finally:
        _remove(*journals, *([] if keep else [path]))


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _exists(path: Path) -> StoreError:
    return StoreError(
        str(path), "the file already exists.", remedy="Choose another name, or --replace.", check="backup"
    )
