"""An event as a file has it, before it is known to be one: plain JSON, where its fields are, what could not be read.

The readers of JSON and YAML both make drafts; `events.files.importer` makes events of them. Reading goes on after a
problem, so that one import tells all of them.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from events.errors import Problem
from events.model.text import INTEGER_MAX
from events.model.values import DECIMAL_CHARS_MAX

DEPTH_MAX: Final = 32  # an event itself nests 7 deep: set, facts, a claim, said_by, a speaker
SHOWN_CHARS_MAX: Final = 60
MESSAGE_CHARS_MAX: Final = 1_000
INTEGER_CHARS_MAX: Final = len(f"-{INTEGER_MAX}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


class _Unreadable:
    def __repr__(self) -> str:
        return "…"


UNREADABLE: Final = _Unreadable()
"""Stands where something could not be read. Every field refuses it, so that nothing is built upon it."""


@dataclass(slots=True)
class RawEvent:
    """One event of a file: `raw` is plain JSON; `lines` tells the line of a field by its path (`facts[1].value`).

    `problems` are what reading found, each with its line; `where` is still a path, or "" for the whole.
    """

    line: int
    raw: object = UNREADABLE
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def refuse(self, path: str, message: str, remedy: str = "", *, line: int | None = None, check: str = "") -> None:
        """Note a problem of the field at `path`; reading goes on."""
        name = check or re.split(r"[.\[]", path, maxsplit=1)[0] or "shape"
        problem = Problem(where=path, check=name, message=message, remedy=remedy)
        self.problems.append((self.line_of(path) if line is None else line, problem))

    def unreadable(
        self, path: str, message: str, remedy: str = "", *, line: int | None = None, check: str = ""
    ) -> object:
        """Note a problem, and give what stands in the place of the value that could not be read."""
        self.refuse(path, message, remedy, line=line, check=check)
        self.unread.add(path)
        return UNREADABLE

    def too_deep(self, path: str, *, check: str) -> object:
        """Refuse a value that is nested too deep to be part of an event."""
        return self.unreadable(path, f"is nested more than {DEPTH_MAX} deep.", "No event is.", check=check)

    def number(self, path: str, text: str) -> object:
        """Return the integer that `text` writes. A float is refused, and what is too large for every JSON reader."""
        if text.removeprefix("-").isdecimal():
            number = int(text) if len(text) <= INTEGER_CHARS_MAX else INTEGER_MAX + 1
            if abs(number) <= INTEGER_MAX:
                return number
            fault = "is beyond ±(2^53-1)."
        else:
            fault = "is a float, and events hold none: they are not exact."
        fits = len(text) <= DECIMAL_CHARS_MAX and _DECIMAL.fullmatch(text)
        example = text if fits else "7.8"
        remedy = f'Write a number as {{"decimal": "{example}"}}, a text in quotes.'
        return self.unreadable(path, f"{shown(text)} {fault}", remedy)

    def line_of(self, path: str) -> int:
        """Return the line of the field at `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, self.line)

    def spoils(self, path: str) -> bool:
        """Return True if the field at `path`, or something around it, could not be read."""
        return any(path == spoilt or path.startswith((f"{spoilt}.", f"{spoilt}[")) for spoilt in self.unread)


def below(path: str, step: str | int) -> str:
    """Return the path of a field or an item of what is at `path`."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else step


def shown(text: str) -> str:
    """Return `text` for a message: shortened, and escaped where a terminal could not show it."""
    return printable(clipped(text))


def clipped(text: str, chars_max: int = SHOWN_CHARS_MAX) -> str:
    """Return `text`, its end cut off where it is too long to show."""
    return text if len(text) <= chars_max else f"{text[: chars_max - 1]}…"


def printable(text: str) -> str:
    """Return `text` with every character escaped that a terminal could not show, or would obey."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def decoded(data: bytes, *, line: int = 1) -> str | RawEvent:
    """Return the text of `data`, which begins in `line`; or a draft that says where it is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        draft = RawEvent(line + data.count(b"\n", 0, error.start))
        column = error.start - data.rfind(b"\n", 0, error.start)
        draft.refuse(
            "",
            f"byte {column} of the line (0x{data[error.start]:02X}) is not UTF-8.",
            "Save it as UTF-8.",
            check="utf8",
        )
        return draft
