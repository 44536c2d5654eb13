"""The newsroom's pictures in a folder: each file is named after its bytes (events/README.md#pictures-of-the-newsroom).

Nothing in it is trusted: a file whose bytes do not fit its name counts as missing. So a link can bring in nothing else.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from events.model.pictures import NAME
from events.system import PRIVATE_MODE, sync, write_atomically

FOLDER_NAME: Final = "media"
FOLDER_MODE: Final = 0o700
BYTES_MAX: Final = 32 * 1024 * 1024
"""No file of ours is larger: what is, is not read whole."""


def pictures_of_newsroom(folder: Path) -> "MediaFolder":
    """Return the pictures of the newsroom in `folder`."""
    return MediaFolder(folder / FOLDER_NAME)


class MediaFolder:
    """The pictures in the folder `root`, which `add` makes. They may be under embargo, so only its owner reads them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, data: bytes, name: str) -> None:
        """Store a picture under the name that its bytes have, unless it is there already."""
        if self.read(name) is None:
            with suppress(FileExistsError):
                self.root.mkdir(mode=FOLDER_MODE)
                sync(self.root.parent)
            with write_atomically(self.root / name, shared=True, mode=PRIVATE_MODE) as part:
                part.write_bytes(data)

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a picture; None if there is no file with the bytes that its name promises."""
        if NAME.fullmatch(name) is None:
            return None
        try:
            descriptor = os.open(self.root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        with open(descriptor, "rb") as file, suppress(OSError):  # noqa: PTH123 - it is open already
            data = file.read(BYTES_MAX + 1)
            return data if sha256(data).hexdigest() == name.partition(".")[0] else None
        return None

    def remove(self, name: str) -> None:
        """Remove a picture, if it is there, and wait until the disk has forgotten its name."""
        if NAME.fullmatch(name) is not None:
            with suppress(FileNotFoundError):
                (self.root / name).unlink()
                sync(self.root)

    def missing(self, names: Iterable[str]) -> Iterator[str]:
        """Yield those of `names` whose bytes are not there, sorted."""
        return (name for name in sorted(names) if self.read(name) is None)
