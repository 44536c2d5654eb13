"""What a file of another program says: stories, their items, and what of it cannot be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from events.errors import PROBLEMS_MAX, InvalidError, Problem, as_slug
from events.model.text import HEADLINE_CHARS_MAX, SLUG_CHARS_MAX
from feed.importers.markup import first_sentence

FILE_BYTES_MAX: Final = 64 * 1024 * 1024
ITEMS_MAX: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignItem:
    """What becomes one report.

    where: its file and its line, row or number in it
    id: what its source calls it, the same in every file
    text: CommonMark
    at: when its source published it
    changed_at: when its source last changed it
    parts: other fields of the report
    """

    where: str
    id: str
    headline: str
    text: str = ""
    at: datetime | None = None
    changed_at: datetime | None = None
    parts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignStory:
    """What becomes one story. `header` are further fields of its opening; `closed_at` is when its source closed it."""

    slug: str
    headline: str
    items: Sequence[ForeignItem]
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    header: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class ForeignFile:
    """What was read of a file, and what could not be."""

    stories: list[ForeignStory] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, where: str, message: str, remedy: str = "") -> None:
        """Note what cannot be read. Everything else goes in."""
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(Problem(where=where, check="unreadable", message=message, remedy=remedy))


def unreadable(name: str, message: str, remedy: str = "") -> InvalidError:
    """Return the refusal of a whole file."""
    return InvalidError(Problem(where=name, check="unreadable", message=message, remedy=remedy))


def slug_of(text: str, otherwise: str) -> str:
    """Return a slug for a story that is called `text`; `otherwise` if no letter of it is in the alphabet of slugs."""
    return as_slug(text)[:SLUG_CHARS_MAX].strip("-") or otherwise


def headline_of(title: str, text: str) -> str:
    """Return the title as a headline, otherwise the first sentence of the text; "" if there is neither."""
    line = " ".join(title.split()) or first_sentence(text)
    return line if len(line) <= HEADLINE_CHARS_MAX else line[: HEADLINE_CHARS_MAX - 1].rstrip() + "…"
