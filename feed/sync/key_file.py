"""The key that makes the codes of rows: a file beside the ledger, readable by its owner alone.

It belongs into the backup: without it, no row would be found again.
"""

import os
from pathlib import Path
from typing import Final

from events.errors import StoreError
from events.system import PRIVATE_MODE, write_atomically

KEY_FILE_NAME: Final = "sync.key"
KEY_BYTES: Final = 32


def read_key(folder: Path) -> bytes | None:
    """Return the key of the newsroom in `folder`, None if it has none yet. StoreError if the file holds no key."""
    path = folder / KEY_FILE_NAME
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), encoding="ascii") as file:
            key = bytes.fromhex(file.read(4 * KEY_BYTES).strip())
    except FileNotFoundError:
        return None
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise StoreError(str(path), "this is not a key of sync.", remedy="Restore it from a backup.", check="key")
    return key


def write_key(folder: Path, key: bytes) -> None:
    """Write the key of the newsroom in `folder`, readable by its owner alone; StoreError if it has another one."""
    path = folder / KEY_FILE_NAME
    try:
        with write_atomically(path, replace=False, shared=True, mode=PRIVATE_MODE) as part:
            part.write_text(key.hex() + "\n", encoding="ascii")
    except FileExistsError:
        if read_key(folder) != key:
            what = "another run has just made the key that names rows."
            raise StoreError(str(path), what, remedy="Run this one again.", check="key") from None
