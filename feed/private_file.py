"""A file of SQLite beside the ledger that its owner alone can read: its versions, its lock, and what can be wrong.

What is deleted from it is overwritten. Writing it wakes no publication.
"""

import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import ClassVar, Final, Self

from events.errors import StoreBusyError, StoreDamagedError, StoreError
from events.store.errors import disk_error, permission_error
from events.system import PRIVATE_MODE

BUSY_TIMEOUT_S: Final = 10.0
NOTHING_SO_FAR: Final = "Nothing was changed."


class PrivateFile(ABC):
    """The open file, which is made if there is none. Use it as a context manager."""

    FILE: ClassVar[str]
    """Its name."""
    CHECK: ClassVar[str]
    NOUN: ClassVar[str]
    """What messages call it."""
    REMEDY: ClassVar[str]
    """What to do if it is damaged."""
    APPLICATION_ID: ClassVar[int]
    VERSION: ClassVar[int]

    def __init__(self, folder: Path) -> None:
        self.path = folder / self.FILE
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE))
        with self.translated():
            self.connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            with ExitStack() as unless_ready:
                unless_ready.callback(self.connection.close)
                self.connection.execute("PRAGMA trusted_schema = OFF")
                self.connection.execute("PRAGMA secure_delete = ON")
                if self._format() != (self.APPLICATION_ID, self.VERSION):  # only looking needs no lock
                    with self.writing():
                        self._prepare()
                unless_ready.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    @abstractmethod
    def script_from(self, version: int) -> str | None:
        """Return the statements that bring a file of an earlier version, 0 of none, up to date; None: unknown."""

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
        return self._translated(self.path)

    @classmethod
    @contextmanager
    def reading(cls, folder: Path) -> Iterator[sqlite3.Connection | None]:
        """Yield a connection that only reads; None if there is no such file. Nothing is written or made."""
        path = folder / cls.FILE
        if not path.exists():
            yield None
            return
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with cls._translated(path), closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S)) as connection:
            yield connection

    def _prepare(self) -> None:
        """Make the tables, or bring those of an earlier version up to date."""
        application, version = self._format()
        if (application, version) == (self.APPLICATION_ID, self.VERSION):
            return  # another process has just done it
        is_ours = application == (self.APPLICATION_ID if version else 0)
        script = self.script_from(version) if is_ours else None
        if script is None:
            raise self._damaged(self.path, f"this is no {self.NOUN} of this version of writethru.")
        for statement in f"{script}PRAGMA application_id = {self.APPLICATION_ID};".split(";"):
            self.connection.execute(statement)
        self.connection.execute(f"PRAGMA user_version = {self.VERSION}")

    def _format(self) -> tuple[int, int]:
        """Return whose file it is, and of which version."""
        return self._pragma("application_id"), self._pragma("user_version")

    def _pragma(self, name: str) -> int:
        return int(self.connection.execute(f"PRAGMA {name}").fetchone()[0])

    @classmethod
    @contextmanager
    def _translated(cls, path: Path) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise cls._store_error(path, error) from None

    @classmethod
    def _store_error(cls, path: Path, error: sqlite3.DatabaseError) -> StoreError:
        match getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF:  # Python's own errors have no code
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                what = f"another process is using the {cls.NOUN}."
                return StoreBusyError(str(path), what, remedy="Try again.", check=cls.CHECK)
            case sqlite3.SQLITE_FULL:
                return disk_error(path, "", so_far=NOTHING_SO_FAR)
            case sqlite3.SQLITE_IOERR:
                return disk_error(path, str(error), so_far=NOTHING_SO_FAR)
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
                return permission_error(path, cls.NOUN, so_far=NOTHING_SO_FAR)
            case _:
                return cls._damaged(path, f"{error}.")

    @classmethod
    def _damaged(cls, path: Path, what: str) -> StoreDamagedError:
        return StoreDamagedError(str(path), what, remedy=cls.REMEDY, check=cls.CHECK)
