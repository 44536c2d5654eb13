"""What facts are called: by the desk's label, otherwise by the words of their key, as the story spells them.

The rules are events/README.md#names-of-facts. This is the one place that names a fact.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from events.fold.state import Story
from events.model.events import StoryOpened
from events.model.settings import FactSettings

_WORD = re.compile(r"\w+")
_SEPARATOR = re.compile(r"[._-]")
_BREAK = re.compile(r"[.!?:;…–—\"“”«»‘(\[\n]")
TITLE_WORD_CHARS_MIN: Final = 4
"""In a title in which each word is capitalised, prepositions and articles, which are shorter, are not."""


class FactNames(NamedTuple):
    """The names of the facts of one story.

    labels: those that the desk gives, by key
    spellings: how the story spells words that have capitals, by the word in lower case: `us` → `US`
    """

    labels: Mapping[str, str] = MappingProxyType({})
    spellings: Mapping[str, str] = MappingProxyType({})

    def name(self, key: str) -> str:
        """Return the name of a fact: `Prisoners released`."""
        return self.labels.get(key) or self.words(key)

    def words(self, key: str) -> str:
        """Return the words of a key, or of the first part of one, with the capitals that the story gives them."""
        first, *others = [self.spellings.get(word, word) for word in _SEPARATOR.split(key) if word]
        return " ".join([first if first != first.lower() else first[:1].upper() + first[1:], *others])


KEY_WORDS: Final = FactNames()
"""Names without a story."""


def fact_names(story: Story) -> FactNames:
    """Return the names of a story's facts, as they are now."""
    return _names(story.settings, story.headline, story.summary, story.subjects)


def header_fact_names(header: StoryOpened) -> FactNames:
    """Return the names of the facts of a story with this header."""
    return _names(header.facts, header.headline, header.summary, header.subjects)


def _names(
    settings: Mapping[str, FactSettings], headline: str, summary: str | None, subjects: Iterable[str]
) -> FactNames:
    labels = {key: item.label for key, item in settings.items() if item.label is not None}
    spellings = {word.lower(): word for text in (headline, summary or "") for word in _with_capitals(text)}
    # A subject is a name as the desk writes it: it has no sentence to begin.
    spellings |= {word.lower(): word for subject in subjects for word in _WORD.findall(subject) if word != word.lower()}
    return FactNames(labels, spellings)


def _with_capitals(text: str) -> Iterator[str]:
    """Yield the words that have capitals of their own: not because a sentence begins, or because all words have."""
    if text.isupper():
        return
    words = list(_words(text))
    long = [word for word, begins in words if not begins and len(word) >= TITLE_WORD_CHARS_MIN]
    is_title = len(long) > 1 and all(word != word.lower() for word in long)
    in_lower_case = {word for word, _ in words if word == word.lower()}
    for word, begins in words:
        is_acronym = word[1:] != word[1:].lower()  # or a name such as iPhone
        is_name = word != word.lower() and word.lower() not in in_lower_case and not begins and not is_title
        if is_acronym or is_name:
            yield word


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each word, and whether a sentence or a part of one begins with it."""
    end: int | None = None
    for match in _WORD.finditer(text):
        yield match[0], end is None or _BREAK.search(text, end, match.start()) is not None
        end = match.end()
