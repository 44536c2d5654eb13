"""What a redaction cannot reach, or a killed run has left: found, removed where that is safe, and otherwise reported.

feed/README.md#redacted-text-that-is-left
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Final

from events.errors import Problem, StoreError
from events.store.base import ERASING, ERASING_PICTURES, FOLDERS, Reading, Store
from feed.cache import Cache
from feed.output.tree import Tree
from feed.paths import CACHE_NAME

VERIFY_PREFIX: Final = ".verify-"
"""The prefix of the temporary folders in which `rebuild --verify` builds the output a second time."""
CACHED_PROBLEM: Final = Problem(
    where=f"{CACHE_NAME}/",
    check="redaction",
    message="a redacted text may still be in this folder, which cannot be emptied: it is a link, or not this user's.",
    remedy=f"As its owner, remove it. It is made again: rm -r {CACHE_NAME}",
)
_FORMER: Final = r"([0-9]{1,18}) ([^/\0\n].*)"


def remove_verify_folders(folder: Path) -> None:
    """Remove what killed runs of `rebuild --verify` have left in the newsroom's `folder`."""
    for leftover in folder.glob(f"{VERIFY_PREFIX}*"):
        with suppress(OSError):  # a link is not followed
            shutil.rmtree(leftover)


def folders_text(reading: Reading, folder: str, position: int) -> str:
    """Return the text of the note with each output folder, and the position up to which it was published last."""
    folders = dict(_folders(reading)) | {folder: position}
    return "\n".join(f"{at} {name}" for name, at in sorted(folders.items()))


def published_position(reading: Reading) -> int:
    """Return the position up to which anything was published last, whichever version did it; 0 if nothing was."""
    return max((position for _, position in _folders(reading)), default=0)


def redacted_text_left(store: Store, reading: Reading, folder: Path, output: str, cache: Cache) -> Iterator[Problem]:
    """Yield where redacted text may be left in the newsroom's `folder`, other than in its `output` folder."""
    if reading.note(ERASING) is not None:
        yield erasing_problem(store)
    if reading.note(ERASING_PICTURES) is not None:
        yield Problem(
            where="media/",
            check="redaction",
            message="a redacted picture may still be in this folder, because its file cannot be removed.",
            remedy="Let this user write to the folder, and publish again: writethru publish",
        )
    if cache.may_hold_redacted(reading):
        yield CACHED_PROBLEM
    for name, position in _folders(reading):
        if name != output and _is_output(folder / name) and reading.has_redaction(after=position):
            yield Problem(
                where=f"{name}/",
                check="redaction",
                message="this former output folder has not been published since a redaction: it may hold the text.",
                remedy="Remove the folder, also from the web server.",
            )


def erasing_problem(store: Store) -> Problem:
    """Return the problem of a redacted text that the store could not yet erase from its files."""
    if store.file is None:
        message = "a redacted text may still be in the database's files: its tables are in use, or not this user's."
        remedy = "To see who uses them, look into pg_stat_activity. Then, as their owner: writethru publish"
        return Problem(where=store.name, check="redaction", message=message, remedy=remedy)
    return Problem(
        where="ledger.db",
        check="redaction",
        message="a redacted text may still be in this file or its log (-wal), because another process is reading it.",
        remedy="End that process; to see which it is: fuser ledger.db. Then: writethru publish",
    )


def missing_picture(path: str) -> Problem:
    """Return the problem of a picture, at `path` in the output, whose bytes the newsroom does not have."""
    return Problem(
        where=path,
        check="picture",
        message=f"media/{path.rpartition('/')[2]} is missing, or damaged, so the story is published without it.",
        remedy="Put it back from a backup, then: writethru rebuild",
    )


def is_disk_full(error: OSError | StoreError) -> bool:
    """Return True if there is no room for a file of the output, or in the ledger."""
    if isinstance(error, StoreError):
        return error.what.startswith("the disk is full")
    return error.errno in {ENOSPC, EDQUOT}


def _folders(reading: Reading) -> Iterator[tuple[str, int]]:
    for line in (reading.note(FOLDERS) or "").split("\n"):
        match = re.fullmatch(_FORMER, line)
        if match is not None and ".." not in match[2].split("/"):
            yield match[2], int(match[1])


def _is_output(folder: Path) -> bool:
    with suppress(OSError):
        return Tree(folder).token is not None
    return False
