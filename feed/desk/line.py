"""One line as editors type it → the texts of a report's fields: feed/README.md#one-line. Pure.

`Two hurt @Ana Ruiz, chief (Port) #hurt=2:people !ferries=met` has the headline first, then marks: `@` who says so,
`#` a fact, `!` how an expectation came out. What follows each is a short form. Nothing is guessed: a sign that does not
begin one of these forms is part of the headline.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPED: Final = re.compile(r'\\(["\\])')
_MARK: Final = re.compile(
    r"(?:(?<=\s)|\A)(?:"
    r"(?P<said_by>@)(?=[^\W\d_]|-,|-\s*\()"
    r"|(?P<facts>#)(?=[a-z0-9]+(?:[._-][a-z0-9]+)*[=!])"
    r"|(?P<resolves>!)(?=[a-z0-9]+(?:-[a-z0-9]+)*=[a-z])"
    r")"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A headline, and the short forms beside it."""

    headline: str
    said_by: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    resolves: tuple[str, ...] = ()

    @property
    def marks(self) -> tuple[str, ...]:
        """The short forms, each after its mark."""
        forms = (("@", self.said_by), ("#", self.facts), ("!", self.resolves))
        return tuple(f"{mark}{text}" for mark, texts in forms for text in texts)


def in_quotes(text: str) -> str:
    """Return a text in double quotes, as a line or a short form has it whole."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def parse_line(text: str) -> Line:
    """Return the parts of a line; a line in double quotes is a headline as a whole."""
    text = text.strip()
    if _QUOTED.fullmatch(text):
        return Line(_ESCAPED.sub(r"\1", text[1:-1]))
    masked = _QUOTED.sub(lambda quoted: '"' * len(quoted[0]), text)
    marks = [match for match in _MARK.finditer(masked) if not _is_handle(match, text)]
    ends = [*(match.start() for match in marks), len(text)]
    parts = [
        (str(match.lastgroup), text[match.end() : end].strip()) for match, end in zip(marks, ends[1:], strict=True)
    ]
    return Line(
        text[: ends[0]].rstrip(), **{name: tuple(_of(name, parts)) for name in ("said_by", "facts", "resolves")}
    )


def _is_handle(match: re.Match[str], text: str) -> bool:
    """Return True for `@jdoe`: people and offices are written with a capital, in scripts that have them."""
    return match.lastgroup == "said_by" and text[match.end()].islower()


def _of(name: str, parts: list[tuple[str, str]]) -> Iterator[str]:
    return (text for part, text in parts if part == name)
