"""Errors that every store and the inbox raise: a full disk, a file of somebody else, contents of another type."""

import os
from pathlib import Path

from events.errors import Problem, RefusedError, StoreDamagedError, StoreError


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
