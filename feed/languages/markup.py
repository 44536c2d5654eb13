"""Words as HTML: our words are markup, other texts among them are escaped, isolated and marked."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape
from typing import Self

from markupsafe import Markup

from events.wording.direction import Direction, direction, first_strong, needs_isolate, text_direction
from events.wording.language import Words
from feed.languages.choice import has_latin_letters


class Phrase(str):
    """Words of ours as safe HTML. `mark` has the attributes that name their language, if it is not the texts'."""

    __slots__ = ("mark",)
    mark: str

    def __new__(cls, html: str, mark: str = "") -> Self:
        """Return `html`, which is safe, as a phrase."""
        phrase = super().__new__(cls, html)
        phrase.mark = mark
        return phrase

    def __html__(self) -> str:
        """Return it as it stands in an element of the texts' language: markupsafe and Jinja ask for that."""
        return f"<span{self.mark}>{self}</span>" if self.mark else str(self)


@dataclass(frozen=True, eq=False, kw_only=True)
class MarkupWords(Words):
    """The words of a language as HTML, among texts in the language `texts`. All that it returns are phrases."""

    texts: str

    def format(self, template: str, values: Mapping[str, object], *, translated: bool = True) -> Phrase:
        """Return `template` with its values."""
        mark = self.our_mark if translated else self._english_mark
        if not values:
            return _phrase(template, mark)
        html = {name: self._html(value, mark) for name, value in values.items()}
        return Phrase(_escaped(template).format_map(html), mark)

    def join(self, pattern: str, *values: object) -> Phrase:
        """Return a pattern of a list or a range with its values."""
        mark = self.our_mark
        return Phrase(_escaped(pattern).format(*(self._html(value, mark) for value in values)), mark)

    def quote(self, text: str) -> Phrase:
        """Return a text of the desk or of a source as it stands in an element of its language."""
        return Phrase(self._html(text, ""))

    def key_words(self, text: str) -> Phrase:
        """Return the words of a fact's key, which are English among texts without Latin letters."""
        return Phrase(escape(text), "" if has_latin_letters(self.texts) else self._english_mark)

    def ours(self, text: str) -> Phrase:
        """Return a text that is of this language."""
        return Phrase(escape(text), self.our_mark)

    def sentence(self, text: str) -> str:
        """Return a phrase with a capital at its beginning."""
        return Phrase(super().sentence(text), text.mark) if isinstance(text, Phrase) else super().sentence(text)

    def inline(self, text: str) -> str:
        """Return a phrase without the capital at its beginning."""
        return Phrase(super().inline(text), text.mark) if isinstance(text, Phrase) else super().inline(text)

    def html(self, text: str) -> str:
        """Return a phrase or a text as it stands in an element of the texts' language."""
        return text.__html__() if isinstance(text, Phrase) else self._html(text, "")

    def _html(self, value: object, mark: str) -> str:
        """Return a value as it stands among words that have `mark`."""
        if isinstance(value, Phrase):
            return str(value) if value.mark == mark else f"<span{value.mark or self._own_mark}>{value}</span>"
        if not isinstance(value, str) or isinstance(value, Markup):
            return str(value)
        if value in self.marks:
            return self._html(self.ours(self.marks[value]), mark)
        html = escape(value)
        if "\n" in html:
            html = html.replace("\n", "<br>")
        base = "ltr" if mark else self._base  # a mark is that of English
        isolate = (base == "rtl" or not value.isascii()) and needs_isolate(value, base)
        if not mark and not isolate:
            return html
        to = text_direction(value, self._base)
        towards = f' dir="{to}"' if isolate and first_strong(value) not in {None, to} else ""
        return f"<bdi{self._own_mark if mark else ''}{towards}>{html}</bdi>"

    @cached_property
    def _base(self) -> Direction:
        """The direction of the texts."""
        return direction(self.texts)

    @cached_property
    def our_mark(self) -> str:
        """The attributes of words of ours among the texts; "" if they are of one language."""
        return self._mark(self.language)

    @cached_property
    def _english_mark(self) -> str:
        return self._mark("en")

    @property
    def _own_mark(self) -> str:
        """The attributes of a text in the texts' language among words in another."""
        return f' lang="{self.texts}"'

    def _mark(self, language: str) -> str:
        """Return the attributes of words in `language` among the texts; "" if it is theirs."""
        if language.partition("-")[0].lower() == self.texts.partition("-")[0].lower():
            return ""
        to = direction(language)
        return f' lang="{language}"' + (f' dir="{to}"' if to != direction(self.texts) else "")


@lru_cache(maxsize=1024)
def _escaped(message: str) -> str:
    """Return a message as HTML: there are a few hundred of them."""
    return escape(message)


@lru_cache(maxsize=1024)
def _phrase(message: str, mark: str) -> Phrase:
    return Phrase(escape(message), mark)


@lru_cache(maxsize=256)
def markup_words(words: Words, texts: str) -> MarkupWords:
    """Return `words` as HTML, among texts in the language `texts`."""
    return MarkupWords(
        language=words.language,
        catalogue=words.catalogue,
        patterns=words.patterns,
        plural=words.plural,
        marks=words.marks,
        texts=texts,
    )
