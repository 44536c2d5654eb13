"""The words of one language: its messages, and how it writes numbers, dates and lists. Pure.

Messages are those of gettext: the English text is the id of each, with named placeholders, as in `{count} origins`.
`feed.languages` reads the catalogues. Values of a message that are texts of the desk or of a source are isolated if
they are written in the other direction; nothing is escaped here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final, NamedTuple

from events.wording.direction import Direction, direction, isolated

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
CONTEXT_END: Final = "\x04"
"""Between the context of a message and its text: gettext's own separator."""
Catalogue = Mapping[str, tuple[str, ...]]
"""The translations of messages, by context and text: one text, or one for each plural form."""


class Term(NamedTuple):
    """A word of ours in a table: its context for translators, and its English."""

    context: str
    text: str


class Patterns(NamedTuple):
    """How a language writes numbers, dates and lists. Those of English are our own, all others are from CLDR.

    Patterns of dates name CLDR's fields: `d`, `MMMM` (the month in a date), `LLLL` (alone), `M`, `MM`, `y`, `HH`, `mm`.
    Patterns of two dates have `{0[d]}` and `{1[d]}`. Lists have `{0}` and `{1}`.

    numbers: the signs for the decimal point, between groups of digits, and of negative numbers
    counts: words for 0, 1, 2 …; ordinals: words for second, third …
    """

    months: tuple[str, ...] = MONTHS
    months_alone: tuple[str, ...] = MONTHS
    year: str = "{y}"
    month: str = "{LLLL} {y}"
    day: str = "{d} {MMMM} {y}"
    time: str = "{HH}:{mm}"
    years: str = "{0[y]}–{1[y]}"
    months_of_year: str = "{0[LLLL]}–{1[LLLL]} {1[y]}"
    days_of_month: str = "{0[d]}–{1[d]} {1[MMMM]} {1[y]}"
    days_of_year: str = "{0[d]} {0[MMMM]} – {1[d]} {1[MMMM]} {1[y]}"
    between: str = "{0} – {1}"
    pair: str = "{0} and {1}"
    start: str = "{0}, {1}"
    middle: str = "{0}, {1}"
    end: str = "{0} and {1}"
    numbers: tuple[str, str, str] = (".", ",", "−")
    groups: tuple[int, int] = (3, 3)
    percent: str = "{0}%"
    counts: tuple[str, ...] = ()
    ordinals: tuple[str, ...] = ()


ENGLISH_PATTERNS: Final = Patterns(
    counts=("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    ordinals=("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
)


def message(text: str) -> str:
    """Return `text`, a message that is translated elsewhere, for the tool that collects all messages."""
    return text


def english_plural(number: int) -> int:
    """Return which of the two English forms goes with `number`."""
    return int(number != 1)


@dataclass(frozen=True, eq=False, kw_only=True)
class Words:
    """The words of a language (BCP 47), with which this module's functions speak it.

    catalogue: translations; messages that it lacks are English
    plural: the number of the plural form that goes with a number
    marks: the words for texts that are marks of ours, such as `[removed]`
    isolates: whether texts in the other direction are put into isolates
    """

    language: str = "en"
    catalogue: Catalogue = field(default_factory=lambda: MappingProxyType({}))
    patterns: Patterns = ENGLISH_PATTERNS
    plural: Callable[[int], int] = english_plural
    marks: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    isolates: bool = True

    def forms(self, message: str) -> tuple[str, ...]:
        """Return the plural forms of a message; none if it is not translated."""
        return self.catalogue.get(message, ())

    @cached_property
    def direction(self) -> Direction:
        """The direction in which the language is written."""
        return direction(self.language)

    def gettext(self, message: str, /, **values: object) -> str:
        """Return `message` in this language with its values."""
        return self._render(message, message, values)

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """Return the same of a message that has several meanings, by its context."""
        return self._render(f"{context}{CONTEXT_END}{message}", message, values)

    def ngettext(self, one: str, other: str, number: int, /, **values: object) -> str:
        """Return the form of a message that goes with `number`; its placeholder is `count`."""
        counts = self.patterns.counts
        count = counts[number] if number < len(counts) else str(number)
        forms = self.forms(one)
        if not forms:
            return self.format((one, other)[english_plural(number)], {"count": count, **values}, translated=False)
        return self.format(forms[self.plural(number)], {"count": count, **values})

    def term(self, term: Term) -> str:
        """Return a word of a table."""
        return self.pgettext(*term)

    def format(self, template: str, values: Mapping[str, object], *, translated: bool = True) -> str:  # noqa: ARG002 - for subclasses
        """Return `template` with its values, texts in isolates if they need one."""
        if not values:
            return template
        quote = self.quote
        return template.format_map(
            {name: quote(value) if isinstance(value, str) else value for name, value in values.items()}
        )

    def join(self, pattern: str, *values: object) -> str:
        """Return a pattern of a list or a range, such as `{0}, {1}`, with its values."""
        return pattern.format(*(self.quote(value) if isinstance(value, str) else value for value in values))

    def quote(self, text: str) -> str:
        """Return a text of the desk or of a source as it stands among words of ours."""
        text = self.marks.get(text, text)
        if not self.isolates or (text.isascii() and self.direction == "ltr"):
            return text  # as most are
        return isolated(text, self.direction)

    def key_words(self, text: str) -> str:
        """Return the words of a fact's key, which has Latin letters in every language."""
        return text

    def ours(self, text: str) -> str:
        """Return a text that is of this language, such as a date."""
        return text

    def sentence(self, text: str) -> str:
        """Return our own `text` with a capital at its beginning."""
        return text[:1].upper() + text[1:]

    def inline(self, text: str) -> str:
        """Return our own `text` without the capital at its beginning."""
        return text[:1].lower() + text[1:]

    def _render(self, key: str, message: str, values: Mapping[str, object]) -> str:
        forms = self.catalogue.get(key)
        if forms is None:
            return self.format(message, values, translated=self.language == "en")
        return self.format(forms[0], values)


ENGLISH: Final = Words(isolates=False)
"""English for the terminal, which does not need isolates."""
