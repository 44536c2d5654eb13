"""A disk under SQLite that fails at one operation and at all after it."""

from typing import Any

import apsw

VFS_NAME = "failing"


class FailingDisk(apsw.VFS):
    """A disk whose operation number `fails_at` fails, and all after it; it counts those that would change a file."""

    def __init__(self, error: type[apsw.Error], *, fails_at: int) -> None:
        self.error, self.fails_at, self.done = error, fails_at, 0
        super().__init__(VFS_NAME, "")

    def operate(self) -> None:
        self.done += 1
        if self.done >= self.fails_at:
            raise self.error("as the test has it")

    def xOpen(self, name: Any, flags: list[int]) -> "FailingFile":  # noqa: N802 - SQLite's name
        return FailingFile(self, name, flags)


class FailingFile(apsw.VFSFile):
    def __init__(self, disk: FailingDisk, name: Any, flags: list[int]) -> None:
        self.disk = disk
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self.disk.operate()
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self.disk.operate()
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self.disk.operate()
        super().xSync(flags)
