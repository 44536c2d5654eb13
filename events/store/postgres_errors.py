"""Errors of PostgreSQL, translated into the ledger's own. Each names what the server itself says."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import errors

from events.errors import StoreBusyError, StoreDamagedError, StoreError
from events.store.errors import disk_error

NOTHING_SO_FAR: Final = "Nothing was recorded."
UNKNOWN_SO_FAR: Final = (
    "It is not known whether this was recorded: look with writethru log, or repeat it with the same --event-id."
)
DAMAGE_ERRORS: Final = (psycopg.DataError, psycopg.InternalError, UnicodeDecodeError)
"""What reading damaged tables raises within a transaction, before it is translated."""
_PRIVILEGE = (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)
_BUSY = (errors.LockNotAvailable, errors.DeadlockDetected, errors.QueryCanceled)


@contextmanager
def translate_postgres_errors(name: str, *, so_far: str = NOTHING_SO_FAR) -> Iterator[None]:
    """Raise errors of PostgreSQL as StoreError about the ledger `name`. `so_far` says what was recorded before them."""
    try:
        yield
    except psycopg.Error as error:
        raise translated(error, name, so_far=so_far) from error


def translated(error: psycopg.Error, name: str, *, so_far: str = NOTHING_SO_FAR) -> StoreError:
    """Return an error of PostgreSQL as the ledger's own."""
    message = first_line(error)
    if isinstance(error, _BUSY):
        what = "another process has been writing to the ledger for too long."
        remedy = f"{so_far} Try again. To see which process it is, look into pg_stat_activity."
        return StoreBusyError(name, what, remedy=remedy, check="locked")
    if isinstance(error, _PRIVILEGE):
        remedy = f"{so_far} Check the user in [ledger] url, what it was granted, and that the server is no replica."
        return StoreError(name, f"you cannot use the ledger here: {message}.", remedy=remedy, check="permission")
    if isinstance(error, errors.DiskFull):
        return disk_error(name, "", so_far=so_far)
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        remedy = f"{so_far} Check the server, and try again."
        return StoreError(name, f"the connection to the database failed: {message}.", remedy=remedy, check="connection")
    what = f"the database refused this: {message}."
    return StoreDamagedError(name, what, remedy="To see all damage: writethru verify")


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text, without a full stop at its end."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
