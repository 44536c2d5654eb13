"""The file `inbox.db` beside the ledger: its tables, its versions, and what can be wrong with it.

It is readable by its owner alone, and what is deleted is overwritten: it holds texts of others. Writing it wakes no
publication.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Final, Self

from events.errors import StoreBusyError, StoreDamagedError, StoreError
from events.store.errors import disk_error, permission_error
from events.system import PRIVATE_MODE

INBOX_NAME: Final = "inbox.db"
APPLICATION_ID: Final = 0x77727469  # "wrti"
VERSION: Final = 3
BUSY_TIMEOUT_S: Final = 10.0
NOTHING_SO_FAR: Final = "Nothing was changed."
_TABLES: Final = """
CREATE TABLE drafts (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL DEFAULT 'new', story TEXT NOT NULL,
    made_us INTEGER NOT NULL
) STRICT;
CREATE TABLE absences (
    number INTEGER PRIMARY KEY REFERENCES drafts, "table" TEXT NOT NULL, identity TEXT NOT NULL, last INTEGER NOT NULL,
    slot TEXT NOT NULL, label TEXT NOT NULL, ended_us INTEGER
) STRICT;
CREATE INDEX absences_of_cells ON absences ("table", identity, slot);
CREATE TABLE texts (
    number INTEGER PRIMARY KEY REFERENCES drafts, kind TEXT NOT NULL, address TEXT NOT NULL, name TEXT NOT NULL,
    title TEXT NOT NULL, link TEXT NOT NULL, text TEXT NOT NULL, published TEXT NOT NULL, note TEXT NOT NULL,
    fields TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX texts_of_names ON texts (address, name);
CREATE TABLE shingles (
    number INTEGER NOT NULL REFERENCES texts, shingle INTEGER NOT NULL, PRIMARY KEY (shingle, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE sources (
    url TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, story TEXT NOT NULL, every_s INTEGER NOT NULL,
    allow TEXT NOT NULL, validators TEXT NOT NULL DEFAULT '{}', digest TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '', due_us INTEGER NOT NULL, fetched_us INTEGER, failures INTEGER NOT NULL DEFAULT 0,
    fault TEXT NOT NULL DEFAULT '', is_gone INTEGER NOT NULL DEFAULT FALSE
) STRICT;
CREATE TABLE items (
    source TEXT NOT NULL REFERENCES sources, name TEXT NOT NULL, link TEXT NOT NULL, title TEXT NOT NULL,
    hash TEXT NOT NULL, draft INTEGER, PRIMARY KEY (source, name)
) STRICT;
CREATE INDEX items_of_links ON items (link);
"""
_INDEX: Final = "CREATE INDEX shingles_of_numbers ON shingles (number);"
_PROGRESS: Final = """
CREATE TABLE progress (source TEXT PRIMARY KEY, text TEXT NOT NULL, event TEXT NOT NULL) STRICT;
"""
_BEFORE_MIGRATION: Final = """
DROP INDEX drafts_of_cells;
ALTER TABLE drafts RENAME TO drafts_1;
"""
_AFTER_MIGRATION: Final = """
INSERT INTO drafts SELECT number, id, state, story, made_us FROM drafts_1;
INSERT INTO absences SELECT number, "table", identity, last, slot, label, ended_us FROM drafts_1;
DROP TABLE drafts_1;
"""


def waiting_drafts(folder: Path) -> int:
    """Return how many drafts wait for a decision. Nothing is written: neither an inbox nor its tables are made."""
    path = folder / INBOX_NAME
    if not path.exists():
        return 0
    with (
        translated(path),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)) as file,
    ):
        [version] = file.execute("PRAGMA user_version").fetchone()
        absences = "" if version == 1 else "LEFT JOIN absences USING (number)"
        waiting = f"SELECT count(*) FROM drafts {absences} WHERE state = 'new' AND ended_us IS NULL"  # noqa: S608
        return int(file.execute(waiting).fetchone()[0])


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise errors of SQLite as those of a store."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _store_error(path, error) from None


def _store_error(path: Path, error: sqlite3.DatabaseError) -> StoreError:
    match getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF:  # Python's own errors have no code
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            what = "another process is using the inbox."
            return StoreBusyError(str(path), what, remedy="Try again.", check="inbox")
        case sqlite3.SQLITE_FULL:
            return disk_error(path, "", so_far=NOTHING_SO_FAR)
        case sqlite3.SQLITE_IOERR:
            return disk_error(path, str(error), so_far=NOTHING_SO_FAR)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return permission_error(path, "inbox", so_far=NOTHING_SO_FAR)
        case _:
            return _damaged(path, f"{error}.")


def _damaged(path: Path, what: str) -> StoreDamagedError:
    remedy = "Move it away. The next run of sync makes its drafts again; add the sources again yourself."
    return StoreDamagedError(str(path), what, remedy=remedy, check="inbox")


class InboxFile:
    """The open file. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / INBOX_NAME
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE))
        with self.translated():
            self.connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            with ExitStack() as unless_ready:
                unless_ready.callback(self.connection.close)
                self.connection.execute("PRAGMA trusted_schema = OFF")
                self.connection.execute("PRAGMA secure_delete = ON")
                if self._format() != (APPLICATION_ID, VERSION):  # only looking needs no lock
                    with self.writing():
                        self._prepare()
                unless_ready.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write, all or nothing. In another `writing`, write with it."""
        if self.connection.in_transaction:
            yield
            return
        with self.translated():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                self.connection.rollback()  # unless SQLite has done so itself, as it does if the disk is full
                raise

    def translated(self) -> AbstractContextManager[None]:
        """Raise errors of SQLite as those of a store."""
        return translated(self.path)

    def _prepare(self) -> None:
        """Make the tables, or bring those of an earlier version up to date."""
        match self._format():
            case (0, 0):
                self._run(_TABLES + _INDEX + _PROGRESS)
            case (int(application), 1) if application == APPLICATION_ID:
                self._run(_BEFORE_MIGRATION + _TABLES + _INDEX + _AFTER_MIGRATION)
            case (int(application), 2) if application == APPLICATION_ID:
                self._run(_INDEX)
            case (int(application), int(version)) if (application, version) == (APPLICATION_ID, VERSION):
                return  # another process has just done it
            case _:
                raise _damaged(self.path, "this is not an inbox of this version of writethru.")
        self._run(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};")

    def _format(self) -> tuple[int, int]:
        """Return whose file it is, and of which version."""
        return self._pragma("application_id"), self._pragma("user_version")

    def _run(self, script: str) -> None:
        for statement in script.split(";"):
            self.connection.execute(statement)

    def _pragma(self, name: str) -> int:
        return int(self.connection.execute(f"PRAGMA {name}").fetchone()[0])
