"""A disk that loses power: what was not synced may be missing or torn afterwards. An apsw VFS, and what is left of it.

Files of SQLite are written through, so that everybody reads what stands there now; beside that the disk knows of each
file what had been synced, and every write since. `remains` gives a folder as it may stand after the power went at some
operation: of what was not synced each write is there, or not, or in part, and so are new and deleted files.

What is assumed is what SQLite assumes of a file system (sqlite.org/atomiccommit.html): a synced file stays, and a write
harms nothing beside the bytes that it is about.
"""

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import apsw

VFS_NAME = "losing-power"
MEMORY = "-shm"  # shared memory that SQLite makes again


class PowerLostError(Exception):
    """The power is gone: nothing can be done any more."""


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes at an offset; or, where `data` is None, the end of the file at it."""

    offset: int
    data: bytes | None


@dataclass(slots=True)
class StoredFile:
    """What the disk knows of one file: its bytes when it was synced last (None: never), and the writes since."""

    synced: bytes | None
    since: list[Write] = field(default_factory=list)


Files: TypeAlias = dict[str, StoredFile]


class Disk(apsw.VFS):
    """A disk whose power goes at operation number `goes_at`. It counts what is `done`, and notes the files `seen`."""

    def __init__(self, folder: Path, *, goes_at: int | None = None) -> None:
        self.folder, self.goes_at, self.done = folder, goes_at, 0
        self.files: Files = {
            path.name: StoredFile(path.read_bytes()) for path in folder.iterdir() if not path.name.endswith(MEMORY)
        }
        self.deleted: Files = {}
        self.seen: set[str] = set()
        super().__init__(VFS_NAME, "")

    def operate(self) -> None:
        """Count an operation that would change something; PowerLostError once the power is gone."""
        self.done += 1
        if self.goes_at is not None and self.done >= self.goes_at:
            raise PowerLostError

    def xOpen(self, name: Any, flags: list[int]) -> "File":  # noqa: N802 - SQLite's name
        return File(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001, N802
        self.operate()
        super().xDelete(filename, syncdir)
        file = self.files.pop(Path(filename).name)
        if not syncdir:
            self.deleted[Path(filename).name] = file

    def remains(self, folder: Path, seed: int) -> None:
        """Write what may be left of the folder into the new folder `folder`."""
        draws = random.Random(seed)
        folder.mkdir()
        for name, file in self.files.items():
            # A file that was never synced may have no name yet.
            if file.synced is not None or draws.random() < 0.5:
                (folder / name).write_bytes(_after(file, draws))
        for name, file in self.deleted.items():
            if name not in self.files and draws.random() < 0.5:
                (folder / name).write_bytes(_after(file, draws))


def _after(file: StoredFile, draws: random.Random) -> bytes:
    content = bytearray(file.synced or b"")
    for write in file.since:
        fate = draws.choice(("there", "missing", "torn"))
        if fate == "missing":
            continue
        if write.data is None:
            del content[write.offset :]
            continue
        data = write.data
        if fate == "torn":
            begin = draws.randrange(len(data) + 1)
            end = draws.randrange(begin, len(data) + 1)
            offset, data = write.offset + begin, data[begin:end]
        else:
            offset = write.offset
        if data:
            content.extend(bytes(max(0, offset + len(data) - len(content))))
            content[offset : offset + len(data)] = data
    return bytes(content)


class File(apsw.VFSFile):
    """A file of SQLite's on that disk."""

    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        self._path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name)
        if not self._path.exists():
            disk.operate()
        super().__init__("", name, flags)
        disk.seen.add(self._path.name)
        disk.files.setdefault(self._path.name, StoredFile(None))

    @property
    def _kept(self) -> StoredFile:
        return self._disk.files.setdefault(self._path.name, StoredFile(None))

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.operate()
        super().xWrite(data, offset)
        self._kept.since.append(Write(offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.operate()
        super().xTruncate(size)
        self._kept.since.append(Write(size, None))

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.operate()
        super().xSync(flags)
        self._disk.files[self._path.name] = StoredFile(self._path.read_bytes())
