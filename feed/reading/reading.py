"""An article → the fields of a report that its text proves, each beside the words that prove it. Pure.

What needs an editor's judgement is a field as well, which is not part of a report: a dated phrase, a number of a total,
a statement, a value that differs from the story's, or a question. English is read whole; of other languages, source
and date.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pydantic import ValidationError

from events.model.parts import Quote
from feed.reading.article import Article, stated_day
from feed.reading.credits import credited, without_acronyms
from feed.reading.dates import dated_phrases, months_that_are_names
from feed.reading.model import Field
from feed.reading.naming import Subject
from feed.reading.numbers import StoryFact, differences, shares
from feed.reading.quotes import Saying, sayings
from feed.reading.text import Stretch, quoted, sentences
from feed.reading.words import word_set

ENGLISH_MIN: Final = 0.15
"""The share of these words among those of English news is 0.2 to 0.4; of other languages, below 0.1."""
_ENGLISH: Final = word_set("the of and to in that is was for on with as by at from it had were said")
_TITLE_CHARS_MAX: Final = 300
SENTENCE_CHARS_MAX: Final = 4_000
"""A longer one is no sentence: its dates and numbers are left."""


@dataclass(frozen=True, slots=True)
class Publication:
    """When an article was published: the day, what states it, and how that was read. No day: nobody has said."""

    day: date | None
    text: str = ""
    sentence: str = ""
    rule: str = ""


def publication(article: Article, typed: date | None = None) -> Publication:
    """Return when an article was published: as an editor typed it, or as it states."""
    if typed is not None:
        return Publication(typed, str(typed), f"--published {typed}", "typed by the editor")
    if (day := stated_day(article.published)) is not None:
        return Publication(day, article.published, article.published_in, "date of publication, as the page states it")
    if article.published:
        phrases = [phrase for phrase in dated_phrases(article.published, None) if len(phrase.edtf) == 10]
        if phrases:
            day = date.fromisoformat(phrases[0].edtf)
            return Publication(day, phrases[0].edtf, article.published_in, "line of publication")
    return Publication(None)


def read(article: Article, published: Publication, *, url: str = "", facts: Iterable[StoryFact] = ()) -> list[Field]:
    """Return the fields that an article proves."""
    fields = [*_source(article, published, url), *read_paragraphs(article.paragraphs, published.day, facts)]
    if published.day is None:
        question = (
            "When was it published? Without its day, phrases such as “Tuesday” stay open. "
            "Read it again with --published DATE."
        )
        fields.append(Field("question", question, "", "no stated date of publication"))
    return fields


def read_paragraphs(
    paragraphs: tuple[str, ...], published: date | None, facts: Iterable[StoryFact] = ()
) -> Iterator[Field]:
    """Yield what paragraphs say, if they are English: quotes and statements, then dates and numbers."""
    if is_english(" ".join(paragraphs)):
        yield from _sayings(paragraphs)
        yield from _details(paragraphs, published, list(facts))


def is_english(text: str) -> bool:
    """Return True if the most frequent words of English are frequent."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return bool(words) and sum(word in _ENGLISH for word in words) >= ENGLISH_MIN * len(words)


def _source(article: Article, published: Publication, url: str) -> Iterator[Field]:
    if article.site:
        yield Field("source.name", article.site, article.site, "name of the site, as the page states it")
    if url:
        yield Field("source.url", url, url, "its address")
    if 0 < len(article.title) <= _TITLE_CHARS_MAX:
        yield Field("source.title", article.title, article.title, "its title")
    if published.text:
        at = _instant(published.text)
        name = "published" if at is None else "source.published_at"
        yield Field(name, at or published.text[:10], published.sentence, published.rule)
    if article.author:
        yield Field("author", article.author, article.author, "byline")
    outlets: dict[str, tuple[str, str]] = {}
    for paragraph in article.paragraphs:
        names, rule = credited(paragraph)
        outlets |= {name: (paragraph, rule) for name in names if name not in outlets}
    if outlets:
        evidence = dict.fromkeys(paragraph for paragraph, _ in outlets.values())
        rules = dict.fromkeys(rule for _, rule in outlets.values())
        yield Field("source.via", without_acronyms(list(outlets)), " … ".join(evidence), ", ".join(rules))


def _instant(text: str) -> str | None:
    """Return a time that states its offset; None if only its day, or its local time, is stated."""
    at = datetime.fromisoformat(text.strip())
    return None if at.tzinfo is None else at.isoformat().replace("+00:00", "Z")


def _sayings(paragraphs: tuple[str, ...]) -> Iterator[Field]:
    for saying in sayings(paragraphs):
        if saying.subject is None or saying.kind == "question":
            yield Field("question", _question(saying), saying.evidence, saying.rule)
            continue
        value = {"text": saying.words, "speaker": _speaker(saying.subject)}
        name = "quotes" if saying.kind == "quote" and _is_quote(value) else "statement"
        yield Field(name, value, saying.evidence, saying.rule)


def _question(saying: Saying) -> str:
    if not saying.words:
        return "Which words are quoted? The quote marks of this paragraph do not match."
    who = "Who says" if saying.subject is None else f"Who is “{saying.subject.words}”, who says"
    return f"{who}: {saying.words}"


def _speaker(subject: Subject) -> dict[str, Any]:
    """Return who speaks: a person or a body by name, or somebody who is only described."""
    if subject.is_body:
        return {"org": subject.name}
    if subject.is_described:
        return {"role": subject.name, "named": False}
    return {"name": subject.name, **({"role": subject.role} if subject.role else {})}


def _is_quote(value: dict[str, Any]) -> bool:
    """Return True if a report can have it: very long ones, or with characters that are not printed, it refuses."""
    try:
        Quote.model_validate(value)
    except ValidationError:
        return False
    return True


def _details(paragraphs: tuple[str, ...], published: date | None, facts: list[StoryFact]) -> Iterator[Field]:
    """Yield the dated phrases and the numbers of each sentence."""
    names = months_that_are_names("\n".join(paragraphs))
    for paragraph in paragraphs:
        quotes = quoted(paragraph).quotes
        for part in sentences(paragraph, quotes):
            sentence = paragraph[part.start : part.end].strip()
            if len(sentence) > SENTENCE_CHARS_MAX:
                continue
            inside = tuple(Stretch(quote.start - part.start, quote.end - part.start) for quote in quotes)
            for phrase in dated_phrases(sentence, published, inside, names):
                if phrase.edtf:
                    yield Field("date", {"edtf": phrase.edtf, "literal": phrase.phrase}, sentence, phrase.rule)
                else:
                    yield Field(
                        "question",
                        f"When is “{phrase.phrase}”? {phrase.why[:1].upper()}{phrase.why[1:]}.",
                        sentence,
                        phrase.rule,
                    )
            numbers = shares(sentence)
            for share in numbers:
                yield Field("number", share.words, sentence, "a number of a total, verbatim")
            for share, fact in differences(numbers, facts):
                value = {"key": fact.key, "recorded": fact.words, "text": share.words}
                yield Field("differs", value, sentence, "another number of the same total")
