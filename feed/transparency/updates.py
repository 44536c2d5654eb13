"""`updates.jsonl` as it is in the output: what of it is there already is not made again."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Final, NamedTuple

from feed.transparency.leaves import StoryLog, updates_file

MARK_PATTERN: Final = re.compile(r"[0-9]{1,15} [0-9a-f]{64}")


class UpdatesFile(NamedTuple):
    """The first lines of the file, or all."""

    data: bytes = b""

    @property
    def mark(self) -> str:
        """What is to be remembered of it: its size in bytes, and its SHA-256 in hex."""
        return f"{len(self.data)} {sha256(self.data).hexdigest()}"

    def extended(self, log: StoryLog) -> "UpdatesFile":
        """Return it with the lines of `log` that it lacks."""
        return UpdatesFile(self.data + updates_file(log, since=self.data.count(b"\n")))


NO_UPDATES: Final = UpdatesFile()


def unaltered(mark: str, read: Callable[[int], bytes | None]) -> UpdatesFile:
    """Return what was written, by its mark, if the file still begins with it; `read` returns its first bytes."""
    file = UpdatesFile(read(int(mark.partition(" ")[0])) or b"")
    return file if file.mark == mark else NO_UPDATES
