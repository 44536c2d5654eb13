"""The folder `cache/` of a newsroom: what may be removed at any time (feed/README.md#the-cache).

It holds the text of stories, so what is in it is removed once anything was redacted. `position` says up to which
position of the ledger nothing was.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

import events
import feed
from events.store.base import Reading
from events.system import PRIVATE_MODE, write_atomically
from feed.paths import CACHE_NAME, TOKEN_NAME

SUFFIX: Final = ".sequence"
FOLDER_MODE: Final = 0o700
POSITION: Final = "position"
POSITIONS_MAX: Final = 1_000
"""After how many more events `position` is written again: all of them are searched for a redaction."""
NOTICES: Final = {
    "CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n# Caches of writethru: https://bford.info/cachedir/\n",
    ".gitignore": "*\n",
}
"""Files that tell programs for backups, and git, to leave the folder out."""
_OTHERS_WRITE: Final = 0o022


class Cache:
    """The cache of the newsroom in `newsroom`, whose output is in `root`.

    A folder or a file that somebody else can write is not used, and neither is a link.
    """

    def __init__(self, newsroom: Path, root: Path) -> None:
        self._folder, self._root = newsroom / CACHE_NAME, root

    def read(self, story: str) -> bytes | None:
        """Return what is cached of a story; None if nothing is that can be used."""
        return self._read(f"{story}{SUFFIX}")

    def write(self, story: str, data: bytes, *, position: int) -> None:
        """Cache `data` of a story. It has nothing that was redacted by `position`. OSError if the disk refuses."""
        if os.geteuid() == 0 and self._folder.parent.stat().st_uid != 0:
            return  # a single `sudo writethru publish` would leave a folder that cron's user cannot use
        with suppress(FileExistsError):
            self._folder.mkdir(mode=FOLDER_MODE)
        if self._is_ours():
            for name, text in NOTICES.items():
                if not (self._folder / name).exists():
                    self._put(name, text.encode())
            self._put(POSITION, str(position).encode())
            self._put(f"{story}{SUFFIX}", data)

    def remove(self, story: str) -> None:
        """Remove what is cached of a story."""
        with suppress(OSError):
            (self._folder / f"{story}{SUFFIX}").unlink()

    def clear(self) -> None:
        """Remove what is cached, and nothing else: the folder may be somebody's own. What a link leads to stays."""
        with suppress(OSError):
            for path in () if self._folder.is_symlink() else self._cached():
                with suppress(OSError):
                    path.unlink()

    def forget_redacted(self, reading: Reading) -> bool:
        """Clear the cache if anything was redacted since it was written, perhaps by another host.

        Return False if something redacted may be left.
        """
        if self.may_hold_redacted(reading):
            self.clear()
            return self._is_empty()
        if not self._is_empty() and reading.head() - self._position() > POSITIONS_MAX:
            with suppress(OSError):
                self._put(POSITION, str(reading.head()).encode())
        return True

    def may_hold_redacted(self, reading: Reading) -> bool:
        """Return True if something is cached, and anything was redacted since, as far as anybody can say."""
        if self._is_empty():
            return False
        position = self._position()
        return position > reading.head() or reading.has_redaction(after=position)  # ahead of it: the ledger is older

    def _is_empty(self) -> bool:
        with suppress(OSError):
            return next(self._cached(), None) is None
        return False

    def _cached(self) -> Iterator[Path]:
        """Yield the files with text, those of killed runs too. OSError if the folder cannot be read."""
        with suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith(SUFFIX) or (entry.name[0] == "." and entry.name.endswith(f"{SUFFIX}.part")):
                    yield self._folder / entry.name

    def _position(self) -> int:
        with suppress(ValueError):
            return int(self._read(POSITION) or b"0")
        return 0

    def _read(self, name: str) -> bytes | None:
        with suppress(OSError):
            if self._is_ours():
                descriptor = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
                with open(descriptor, "rb") as file:  # noqa: PTH123 - it is open already
                    if _is_private(os.fstat(descriptor), stat.S_ISREG):
                        return file.read()
        return None

    def _put(self, name: str, data: bytes) -> None:
        with write_atomically(self._folder / name, mode=PRIVATE_MODE) as part:
            part.chmod(PRIVATE_MODE)  # whatever the file before has
            part.write_bytes(data)

    def _is_ours(self) -> bool:
        """Return True if nobody else can write the folder, and none of it is published."""
        if not _is_private(self._folder.lstat(), stat.S_ISDIR) or (self._folder / TOKEN_NAME).exists():
            return False
        return not any(path.exists() and path.samefile(self._folder) for path in (self._root, *self._root.parents))


def _is_private(status: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    """Return True if it is of this kind, and nobody but this user can write it."""
    return is_kind(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_WRITE


def programs() -> str:
    """Return a digest of the names, sizes and times of all files of writethru: it differs after each upgrade."""
    digest = sha256()
    for package in (events, feed):
        for folder, folders, names in os.walk(package.__path__[0]):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(names):
                status = (Path(folder) / name).lstat()
                digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
