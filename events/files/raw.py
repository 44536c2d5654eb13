"""A raw event: the plain JSON that a file holds for one event, its line numbers, and what is wrong with it.

The readers of JSON and YAML both return raw events; `events.files.importer` validates them. Reading goes on after a
problem, so that one import reports them all.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException
from typing import Final

from events.errors import PROBLEMS_MAX, Problem
from events.model.text import INTEGER_MAX
from events.model.values import DECIMAL_CHARS_MAX

DEPTH_MAX: Final = 32  # an event itself nests 7 deep: set, facts, a claim, said_by, a speaker
SHOWN_CHARS_MAX: Final = 60
MESSAGE_CHARS_MAX: Final = 1_000
PATH_CHARS_MAX: Final = 120
INTEGER_CHARS_MAX: Final = len(f"-{INTEGER_MAX}")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")


class _Unreadable:
    def __repr__(self) -> str:
        return "…"


UNREADABLE: Final = _Unreadable()
"""The value of what could not be read. Every field refuses it, so no event is made of it."""


@dataclass(slots=True)
class RawEvent:
    """One event of a file, not yet validated.

    line: the line in which it begins
    value: its plain JSON
    lines: the line of each field, by its path (`facts[1].value`)
    problems: what is wrong with it, each with its line; `where` is a path, or "" for the whole
    unreadable_paths: the paths whose value is UNREADABLE
    """

    line: int
    value: object = UNREADABLE
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    unreadable_paths: set[str] = field(default_factory=set)

    def refuse(self, path: str, message: str, remedy: str = "", *, line: int | None = None, check: str = "") -> None:
        """Add a problem of the field at `path`."""
        if len(self.problems) > PROBLEMS_MAX:
            return
        name = check or re.split(r"[.\[]", path, maxsplit=1)[0] or "shape"
        problem = Problem(where=path, check=name, message=message, remedy=remedy)
        self.problems.append((self.line_of(path) if line is None else line, problem))

    def unreadable(
        self, path: str, message: str, remedy: str = "", *, line: int | None = None, check: str = ""
    ) -> object:
        """Add a problem, and return UNREADABLE for the value."""
        self.refuse(path, message, remedy, line=line, check=check)
        self.unreadable_paths.add(path)
        return UNREADABLE

    def too_deep(self, path: str, *, check: str) -> object:
        """Refuse a value that is nested too deep to be part of an event."""
        message = f"is nested more than {DEPTH_MAX} levels deep."
        return self.unreadable(path, message, "Remove some levels.", check=check)

    def number(self, path: str, text: str) -> object:
        """Return the integer or the decimal that `text` is exactly; refuse an integer that JSON readers may round."""
        if _INTEGER.fullmatch(text) and len(text) <= INTEGER_CHARS_MAX and abs(int(text)) <= INTEGER_MAX:
            return int(text)
        fits = len(text) <= DECIMAL_CHARS_MAX
        if fits and _DECIMAL.fullmatch(text):
            return Decimal(text)
        if _INTEGER.fullmatch(text):
            remedy = f'Write {{"decimal": "{text}"}}.' if fits else f"A number has at most {DECIMAL_CHARS_MAX} digits."
            return self.unreadable(path, f"{for_message(text)} is beyond ±(2^53-1).", remedy)
        message = f"{for_message(text)} is not a plain number such as 53 or 7.8."
        return self.unreadable(path, message, f"Write {_plain_number(text)}, or a text in quotes.")

    def line_of(self, path: str) -> int:
        """Return the line of the field at `path`, or of the innermost field around it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, self.line)

    def is_unreadable(self, path: str) -> bool:
        """Return True if the field at `path`, or a field around it, could not be read."""
        return any(path == bad or path.startswith((f"{bad}.", f"{bad}[")) for bad in self.unreadable_paths)


def _plain_number(text: str) -> str:
    """Return how to write a number that has an exponent, a bare point or a plus sign."""
    try:
        number = Decimal(text)
        plain = format(number, "f").removesuffix(".") if abs(number.adjusted()) <= DECIMAL_CHARS_MAX else ""
    except DecimalException:
        plain = ""
    return plain if _INTEGER.fullmatch(plain) or _DECIMAL.fullmatch(plain) else "digits, such as 7.8"


def below(path: str, step: str | int) -> str:
    """Return the path of a field or an item of the value at `path`."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else step


def for_message(text: str) -> str:
    """Return `text` for a message: shortened, and with what a terminal could not show escaped."""
    return escape(clip(text))


def clip(text: str, chars_max: int = SHOWN_CHARS_MAX) -> str:
    """Return `text`, cut off if it is too long to show."""
    return text if len(text) <= chars_max else f"{text[: chars_max - 1]}…"


def escape(text: str) -> str:
    """Return `text` with every character escaped that a terminal could not show, or would take as a command."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def decode_utf8(data: bytes, *, line: int = 1) -> str | RawEvent:
    """Return the text of `data`, which begins in `line`; or a raw event that says where it is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raw = RawEvent(line + data.count(b"\n", 0, error.start))
        column = error.start - data.rfind(b"\n", 0, error.start)
        message = f"byte {column} of the line (0x{data[error.start]:02X}) is not UTF-8."
        raw.refuse("", message, "Save the file as UTF-8.", check="utf8")
        return raw


def with_location(problem: Problem, where: str) -> Problem:
    """Return `problem` with the location FILE:LINE. A check that begins its path gives way to the path."""
    path, check, message = clip(problem.where, PATH_CHARS_MAX), for_message(problem.check), problem.message
    if problem.where.startswith((f"{problem.check}.", f"{problem.check}[")):
        check = escape(path)
    elif problem.where not in {"", problem.check}:
        message = f"{path}: {message}"
    return Problem(
        where=where,
        check=check,
        message=escape(clip(message, MESSAGE_CHARS_MAX)),
        remedy=escape(problem.remedy),
    )
