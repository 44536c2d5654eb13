"""Errors that every store and the inbox raise: a full disk, a file of somebody else, contents of another type."""

import os
from pathlib import Path

from events.errors import Problem, RefusedError, StoreDamagedError, StoreError
from events.store.base import MOVED, PublishingState, Reading


def disk_error(path: Path | str, reason: str, *, so_far: str) -> StoreError:
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


def check_not_moved(reading: PublishingState, name: str) -> None:
    """Raise RefusedError if the ledger was moved to another store: what is recorded here would be lost."""
    if (to := reading.note(MOVED)) is not None:
        message = f"the ledger was moved to {to}; nothing was recorded."
        remedy = "Try again. If this comes again, [ledger] in writethru.toml does not say where the ledger is."
        raise RefusedError(Problem(where=name, check="moved", message=message, remedy=remedy))


def check_empty(reading: Reading, name: str, *, verb: str = "restore") -> None:
    """Raise RefusedError if a ledger holds something: then nothing can be restored, or moved, into it."""
    if reading.head() or reading.log_size() or reading.log_keys():
        message = f"the ledger here is not empty; nothing was {verb}d."
        new = "move ledger.db away, and run this again." if name.endswith(".db") else "name another schema."
        remedy = f"{verb.capitalize()} into a new one: {new}"
        raise RefusedError(Problem(where=name, check=verb, message=message, remedy=remedy))
