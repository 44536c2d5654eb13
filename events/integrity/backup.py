"""Back up a ledger to one file while others write to it, and restore a backup or an export into an empty ledger.

A copy is made under a temporary name, verified, synced and then renamed: a file that has its name is whole.
"""

import os
import stat
from collections.abc import Iterable
from dataclasses import replace as replace_fields
from pathlib import Path

from events.errors import StoreDamagedError, StoreError
from events.integrity.pictures import add_to_copy, missing_pictures, named_pictures, take_from_copy
from events.integrity.verify import Verified, verify
from events.media import pictures_of_newsroom
from events.model.rows import NewRow
from events.store import open_copy
from events.store.base import RESTORED, Store
from events.store.errors import check_empty
from events.system import PRIVATE_MODE, write_atomically


def backup(store: Store, path: Path, *, folder: Path | None = None, replace: bool = False) -> Verified:
    """Copy the ledger and its pictures to the file `path`, verify the copy, and return what it holds.

    `folder` is the newsroom, by default where the ledger's file is. `problems` of what is returned are the pictures
    that are missing, and so are not in the copy.

    StoreError if `path` exists, unless `replace`; StoreDamagedError if the ledger is damaged: then no copy is left.
    """
    if path.exists() and not replace:
        raise _exists(path)
    media = pictures_of_newsroom(folder or (Path() if store.file is None else store.file.parent))
    try:
        with write_atomically(path, replace=replace, mode=mode_of(store)) as part, store.copy_to(part) as copy:
            verified = _verify_copy(copy, of=store.name)
            with copy.reading() as reading:
                names = named_pictures(reading)
            add_to_copy(part, names, media)
    except FileExistsError:  # another process made it meanwhile
        raise _exists(path) from None
    return replace_fields(verified, problems=tuple(missing_pictures(names, media)))


def mode_of(store: Store) -> int:
    """Return the mode of the ledger's file, which its copies get: 0600, unless somebody has changed it."""
    return PRIVATE_MODE if store.file is None else stat.S_IMODE(store.file.stat().st_mode)


def restore(copy: Path, store: Store, *, folder: Path) -> Verified:
    """Put `copy` into the empty ledger `store`, all or nothing, and its pictures first; return what it holds.

    `folder` is the newsroom, also for a temporary copy. RefusedError if the ledger is not empty, StoreDamagedError if
    `copy` is damaged.
    """
    part = folder / ".restore.part"
    part.unlink(missing_ok=True)  # left behind by a killed run, or a link that would have another file written
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_MODE))
        with open_copy(copy, part) as restored:
            verified = _verify_copy(restored, of=str(copy))
            with restored.reading() as reading:
                names = named_pictures(reading)
        with store.reading() as reading:
            check_empty(reading, store.name)  # before anything is added to the pictures
        take_from_copy(part, names, pictures_of_newsroom(folder))
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
