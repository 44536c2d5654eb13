"""Back up a ledger to one file while others write to it, and restore a backup or an export into an empty ledger.

A copy is made under a temporary name, verified, synced and then renamed: a file that has its name is whole.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from events.errors import StoreDamagedError, StoreError
from events.integrity.verify import Verified, verify
from events.model.rows import NewRow
from events.store import open_copy
from events.store.base import RESTORED, Store
from events.store.errors import check_empty
from events.system import PRIVATE_MODE, write_atomically


def backup(store: Store, path: Path, *, replace: bool = False) -> Verified:
    """Copy the ledger to the file `path`, verify the copy, and return what it holds.

    StoreError if `path` exists, unless `replace`; StoreDamagedError if the ledger is damaged: then no copy is left.
    """
    if path.exists() and not replace:
        raise _exists(path)
    try:
        with write_atomically(path, replace=replace, mode=mode_of(store)) as part, store.copy_to(part) as copy:
            verified = _verify_copy(copy, of=store.name)
    except FileExistsError:  # another process made it meanwhile
        raise _exists(path) from None
    return verified


def mode_of(store: Store) -> int:
    """Return the mode of the ledger's file, which its copies get: 0600, unless somebody has changed it."""
    return PRIVATE_MODE if store.file is None else stat.S_IMODE(store.file.stat().st_mode)


def restore(copy: Path, store: Store, *, folder: Path) -> Verified:
    """Put `copy` into the empty ledger `store`, all or nothing, and return what it holds.

    `folder` is for a temporary copy. RefusedError if the ledger is not empty, StoreDamagedError if `copy` is damaged.
    """
    part = folder / ".restore.part"
    part.unlink(missing_ok=True)  # left behind by a killed run, or a link that would have another file written
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_MODE))
        with open_copy(copy, part) as restored:
            verified = _verify_copy(restored, of=str(copy))
        store.load(part)
    finally:
        part.unlink(missing_ok=True)
    return verified


def restore_rows(rows: Iterable[NewRow], store: Store) -> None:
    """Put the rows of an export into the empty ledger `store`, all or nothing. RefusedError if it is not empty."""
    with store.writing() as writing:
        check_empty(writing, store.name)
        writing.append(rows)
        writing.put_note(RESTORED, "")


def _verify_copy(copy: Store, *, of: str) -> Verified:
    verified = verify(copy)
    if verified.problems:
        first = verified.problems[0]
        raise StoreDamagedError(of, f"the ledger is damaged: {first.message}", remedy=first.remedy)
    return verified


def _exists(path: Path) -> StoreError:
    return StoreError(str(path), "the file already exists.", remedy="Choose another name or --replace.", check="backup")
