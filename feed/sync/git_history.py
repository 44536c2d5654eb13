"""A file's history in git: each commit that changed it, oldest first, and what it held then."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from events.errors import InvalidError, Problem

COMMIT_CHARS: Final = 12
ACTOR_CHARS_MAX: Final = 300
_FORMAT: Final = "%x1e%H%x00%ct%x00%an"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that changed the file.

    hash: its hash, in full
    at: when it was committed
    author: who wrote it
    path: the file's path then
    """

    hash: str
    at: datetime
    author: str
    path: str


@dataclass(frozen=True, slots=True)
class GitHistory:
    """The history of the file `path`, relative to the folder `repository`, on the branch that is checked out."""

    repository: str
    path: str

    def commits(self) -> list[Commit]:
        """Return the commits that changed the file, oldest first; InvalidError if there are none.

        Of a merge, only what it brought to this branch counts, so that no row flips back and forth.
        """
        arguments = ["log", "--first-parent", "--follow", "--name-only", f"--format={_FORMAT}", "--", self.path]
        commits = list(_commits(self._git(*arguments).decode(errors="replace")))
        if not commits:
            remedy = "Name a file that is committed, by its path from the top of the repository."
            raise self._fault(f"no commit changed {self.path}.", remedy)
        return commits[::-1]

    def data(self, commit: Commit) -> bytes | None:
        """Return what the file held after a commit; None if the commit deleted it."""
        try:
            return self._git("cat-file", "blob", f"{commit.hash}:{commit.path}")
        except InvalidError:
            return None

    def _git(self, *arguments: str) -> bytes:
        command = ["git", "-C", self.repository, "-c", "core.quotePath=false", "-c", "core.fsmonitor=false", *arguments]
        environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        try:
            result = subprocess.run(command, capture_output=True, check=False, env=environment)  # noqa: S603 - no shell
        except FileNotFoundError:
            raise self._fault("git is not installed.", "Install git.") from None
        if result.returncode:
            message = result.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise self._fault(f"git cannot read it: {message}.", "Name a folder in a git repository.")
        return result.stdout

    def _fault(self, message: str, remedy: str) -> InvalidError:
        where = str(Path(self.repository) / self.path)
        return InvalidError(Problem(where=where, check="git", message=message, remedy=remedy))


def _commits(log: str) -> Iterator[Commit]:
    for record in log.split("\x1e")[1:]:
        head, _, rest = record.partition("\n")
        name, seconds, author = head.split("\0", 2)
        path = rest.strip("\n").rpartition("\n")[2]
        yield Commit(name, datetime.fromtimestamp(int(seconds), UTC), _actor(author), path)


def _actor(author: str) -> str:
    """Return an author's name as an actor: one visible line."""
    line = " ".join("".join(character if character.isprintable() else " " for character in author).split())
    return line[:ACTOR_CHARS_MAX].strip() or "unknown"
