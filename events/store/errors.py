"""Errors of SQLite, translated into the ledger's own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from events.errors import Problem, RefusedError, StoreBusyError, StoreDamagedError, StoreError

READ_ERRORS: Final = (apsw.CorruptError, apsw.NotADBError, UnicodeDecodeError)
"""What reading a damaged file raises within a transaction, before it is translated."""


@contextmanager
def translate_sqlite_errors(path: Path, *, so_far: str = "Nothing was recorded.") -> Iterator[None]:
    """Raise errors of SQLite as StoreError about the ledger at `path`. `so_far` says what was recorded before them."""
    try:
        yield
    except (apsw.BusyError, apsw.LockedError) as error:
        raise StoreBusyError(
            str(path),
            "another process has been writing to the ledger for too long.",
            remedy=f"{so_far} Try again. To see which process it is: fuser ledger.db",
            check="locked",
        ) from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise StoreDamagedError(
            str(path), "the file is damaged, or is not a ledger.", remedy="Restore a backup from before the damage."
        ) from error
    except (apsw.SQLError, apsw.TooBigError, apsw.ConstraintError, UnicodeDecodeError) as error:
        raise StoreDamagedError(
            str(path), f"the file is damaged: {error}.", remedy="To see all damage: writethru verify"
        ) from error
    except (apsw.FullError, apsw.IOError) as error:
        # The first process that opens a ledger makes the file for shared memory (-shm), which needs room as well.
        no_room = getattr(error, "extendedresult", None) == apsw.SQLITE_IOERR_SHMSIZE  # apsw's stubs lack it
        is_full = no_room or isinstance(error, apsw.FullError)
        raise disk_error(path, "" if is_full else str(error), so_far=so_far) from error
    except (apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError) as error:
        raise permission_error(path, "ledger", so_far=so_far) from error


def disk_error(path: Path, reason: str, *, so_far: str) -> StoreError:
    """Return the error of a disk that failed for this reason; "": it is full."""
    if reason:
        message, remedy = f"the disk failed: {reason}.", f"{so_far} Check the disk."
    else:
        message, remedy = "the disk is full.", f"{so_far} Free some space and try again."
    return StoreError(str(path), message, remedy=remedy, check="disk")


def permission_error(path: Path, name: str, *, so_far: str) -> StoreError:
    """Return the error of a file that this user cannot read or write; `name` says what it is."""
    unreadable = os.access(path, os.F_OK) and not os.access(path, os.R_OK)
    verb, so_far = ("read", "") if unreadable else ("write", f"{so_far} ")
    remedy = f"{so_far}Check who owns the folder and the file: ls -l"
    return StoreError(str(path), f"you cannot {verb} the {name} here.", remedy=remedy, check="permission")


def as_text(value: object) -> str:
    """Return a value that is text in a sound file; StoreDamagedError if it is not."""
    if not isinstance(value, str):
        raise damaged("a value is not text")
    return value


def damaged(what: str) -> StoreDamagedError:
    """Return the error of a file with values that are not of their column's type."""
    return StoreDamagedError("ledger.db", f"{what}.", remedy="To see all damage: writethru verify")


def not_empty(name: str) -> RefusedError:
    """Return the refusal to restore into a ledger that holds something."""
    return RefusedError(
        Problem(
            where=name,
            check="restore",
            message="the ledger here is not empty; nothing was restored.",
            remedy="Restore into a new one: move ledger.db away, and run this again.",
        )
    )
