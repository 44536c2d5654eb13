"""What the check finds: problems, and the report of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .encoding import b64
from .errors import LogError, StoppedError, leaf_count, printable, quantity
from .keys import Head

PROBLEMS_MAX = 1_000
UNCHECKED = 8
"""The exit code if some texts cannot be checked."""


@dataclass(frozen=True)
class Note:
    """A signed note: its text, and (key name, key id and signature) of each signature."""

    text: str
    signatures: list[tuple[str, bytes]]


@dataclass(frozen=True)
class Memory:
    """What somebody remembers of a log: its head, whether it was signed, and the signed checkpoint, if it is one."""

    head: Head
    signed: bool = False
    checkpoint: Note | None = None


@dataclass
class Report:
    """What a check has found at `location`.

    `unchecked`  how many texts are not shown as published, and no leaf says why
    `notes`      what else could not be checked
    """

    location: str
    head: Head | None = None
    key: str | None = None
    memory: Memory | None = None
    stories: int = 0
    bodies: int = 0
    withdrawn: Counter[str] = field(default_factory=Counter)
    unchecked: int = 0
    problems: list[LogError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def since(self) -> Head | None:
        """What is remembered."""
        return None if self.memory is None else self.memory.head

    @property
    def exit_code(self) -> int:
        """0 if everything is verified, 1 if there are problems, 8 if some texts cannot be checked."""
        return 1 if self.problems else UNCHECKED if self.unchecked else 0

    def add(self, where: str, message: str) -> None:
        """Add a problem. StoppedError if there are too many."""
        self.problems.append(LogError(where, message))
        if len(self.problems) >= PROBLEMS_MAX:
            raise StoppedError(where, f"{PROBLEMS_MAX} problems were found; the check ended here")

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON, for programs."""
        return {
            "holds": self.exit_code == 0,
            "log": self.head and {"origin": self.head.origin, "size": self.head.size, "root": b64(self.head.root)},
            "key": self.key,
            "since": self.since and {"size": self.since.size, "root": b64(self.since.root)},
            "stories": self.stories,
            "bodies": self.bodies,
            "withdrawn": dict(sorted(self.withdrawn.items())),
            "problems": [{"where": problem.where, "message": problem.message} for problem in self.problems],
            "notes": [printable(note) for note in self.notes],
        }

    def lines(self) -> Iterator[str]:
        """Yield the report as lines, for people."""
        yield from (str(problem) for problem in self.problems)
        if self.head is not None:
            stories = quantity(self.stories, "story", "stories")
            yield f"{printable(self.head.origin)}: {leaf_count(self.head.size)} of {stories}; {self._result()}."
            withdrawn = ", ".join(f"{count} {why}" for why, count in sorted(self.withdrawn.items()))
            yield f"  Bodies as published: {self.bodies}" + (f"; withdrawn: {withdrawn}." if withdrawn else ".")
        if self.unchecked:
            texts = quantity(self.unchecked, "text")
            yield f"  {texts} cannot be checked: withdrawn for a reason that no leaf confirms."
        yield from (f"  {printable(note)}" for note in self.notes)
        if self.head is not None and not self.problems:
            if self.since is not None:
                size = self.since.size
                words = "leaf is the one" if size == 1 else f"{size} leaves are those"
                yield f"  Its first {words} that you remember."
            key = " --key '{}'".format(self.key.replace("'", "'\"'\"'")) if self.key else ""
            yield f"  For the next check: --since '{self.head.size} {b64(self.head.root)}'{key}"

    def _result(self) -> str:
        if self.problems:
            return "not verified"
        return "verified" if not self.unchecked else "verified except for texts that cannot be checked"
