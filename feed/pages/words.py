"""The words of a page: the filters and functions with which templates speak its language.

A page has `words` (our words as HTML), `plain_words` (the same for attributes and titles) and `language`, that of its
texts. Where there is no catalogue for that language, our words are English, and say so.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from events.fold.state_parts import Correction
from events.wording.catalogue import (
    UNATTRIBUTED,
    day_words,
    dispute_words,
    field_name_words,
    instant_words,
    listing,
    question_words,
    relation_words,
    status_words,
)
from events.wording.claims import claim_parts, claim_speakers, claim_value, target_words
from events.wording.direction import direction, first_strong, text_direction
from events.wording.stances import according_to, objections, verifications
from events.wording.values import due_words, speakers_words, when_words
from feed.entries.html import replaced_words
from feed.entries.model import Entry
from feed.languages.choice import words_for
from feed.languages.markup import MarkupWords, Phrase, markup_words


def page_words(language: str, templates: Mapping[str, str]) -> dict[str, Any]:
    """Return what a page in `language` needs to speak it."""
    words = words_for(language, templates)
    return {"language": language, "words": markup_words(words, language), "plain_words": words}


def _worded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of `events.wording` as a filter that speaks the language of the page."""

    @pass_context
    def call(context: Context, /, *values: Any, **named: Any) -> Any:
        return function(*values, **named, words=context["words"])

    return call


@pass_context
def _gettext(context: Context, message: str, /, **values: Any) -> str:
    words: MarkupWords = context["words"]
    return words.gettext(message, **values)


@pass_context
def _pgettext(context: Context, topic: str, message: str, /, **values: Any) -> str:
    words: MarkupWords = context["words"]
    return words.pgettext(topic, message, **values)


@pass_context
def _ngettext(context: Context, one: str, other: str, number: int, /, **values: Any) -> str:
    words: MarkupWords = context["words"]
    return words.ngettext(one, other, number, **values)


@pass_context
def _plain(context: Context, message: str, /, **values: Any) -> str:
    """Return a message for an attribute or a title, which hold no markup."""
    text: str = context["plain_words"].gettext(message, **values)
    return text


@pass_context
def _ours(context: Context) -> Markup:
    """Return the attributes of an element that has only words of ours."""
    words: MarkupWords = context["words"]
    return Markup(words.our_mark)  # noqa: S704 - made of language tags


@pass_context
def _words_of(context: Context, entry: Entry) -> str | None:
    """Return the language of our words in the title of an entry of another story; None if it has none."""
    language = entry.language or context["language"]
    ours = words_for(language, context["site"].templates).language
    return ours if entry.kind != "report" and ours != language else None


@pass_context
def _lang(context: Context, language: str | None, around: str | None = None) -> Markup:
    """Return the attribute of an element in a language, if the page, or what is `around` it, has another."""
    if language is None or language == (around or context["language"]):
        return Markup("")
    return Markup(f' lang="{escape(language)}"')  # noqa: S704 - escaped just now


@pass_context
def _direction(context: Context, text: str, language: str | None = None) -> str:
    """Return the direction of an element with a text of the desk: that of its first letter, as a rule.

    A phrase of ours has that of the page, and says within if it has another.
    """
    tongue = language or context["language"]
    return _prose_direction(context, tongue) if isinstance(text, Phrase) else _towards(text, tongue)


@pass_context
def _prose_direction(context: Context, language: str | None) -> str:
    return "rtl" if direction(language or context["language"]) == "rtl" else "auto"


def _towards(text: str, language: str) -> str:
    """Return "auto", or "rtl" for a text in a right-to-left language that begins with a foreign name."""
    to_left = direction(language) == "rtl" and text_direction(text, "rtl") == "rtl"
    return "rtl" if to_left and first_strong(text) != "rtl" else "auto"


def _element(context: Context, tag: str, text: str, language: str | None = None, attributes: str = "") -> Markup:
    """Return a text or a phrase in an element that isolates it."""
    words: MarkupWords = context["words"]
    if isinstance(text, Phrase):
        html = text.__html__()
        attributes += ' dir="auto"' if tag == "a" else ""
    else:
        tongue = language or context["language"]
        towards = _towards(text, tongue)
        if tongue != context["language"] or words.our_mark:
            attributes += f' lang="{escape(tongue)}"'
        if towards != "auto" or tag not in {"bdi", "span"}:
            attributes += f' dir="{towards}"'
        html = escape(words.marks.get(text, text))
    return Markup(f"<{tag}{attributes}>{html}</{tag}>")  # noqa: S704 - escaped just now


@pass_context
def _bdi(context: Context, text: str, name: str = "", language: str | None = None) -> Markup:
    return _element(context, "bdi", text, language, f' class="{name}"' if name else "")


@pass_context
def _bold(context: Context, text: str) -> Markup:
    return _element(context, "b", text)


@pass_context
def _strong(context: Context, text: str) -> Markup:
    return _element(context, "strong", text)


@pass_context
def _span(context: Context, text: str, language: str | None = None) -> Markup:
    """Return a text of a story in an element that names its language, if the page has another."""
    if language in {None, context["language"]}:
        return escape(text)
    return _element(context, "span", text, language)


@pass_context
def _anchor(context: Context, text: str, href: str) -> Markup:
    return _element(context, "a", text, attributes=f' href="{escape(href)}"')


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pass_context
def _time(context: Context, instant: datetime, name: str = "") -> Markup:
    """Return an instant as the element `time`; the page's script shows those of the class `relative` as an age."""
    words: MarkupWords = context["words"]
    mark = f' class="{name}"' if name else ""
    html = f'<time{mark} datetime="{_iso(instant)}">{words.html(instant_words(instant, words))}</time>'
    return Markup(html)  # noqa: S704 - words of ours


@pass_context
def _sentence(context: Context, text: str) -> str:
    """Return words with a capital at their beginning. Jinja's `capitalize` lowers all other letters."""
    words: MarkupWords = context["words"]
    return words.sentence(text)


@pass_context
def _comma(context: Context) -> str:
    words: MarkupWords = context["words"]
    return words.pgettext("between items", ", ")


@pass_context
def _unattributed(context: Context) -> str:
    words: MarkupWords = context["words"]
    return words.term(UNATTRIBUTED)


@pass_context
def _correction_title(context: Context, correction: Correction) -> str:
    """Return what was corrected, as in `Correction of the text.`."""
    words: MarkupWords = context["words"]
    level, field = status_words(correction.level, words), field_name_words(correction.field, words)
    return words.gettext("{level} of the {field}.", level=words.sentence(level), field=field)


def _entry_title(entry: Entry) -> str:
    """Return the title of an entry, with the language of our words in it if that is not the entry's."""
    return Markup(entry.page_title) if entry.page_title else entry.title  # noqa: S704 - as safe as its content


WORD_FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "anchor": _anchor,
    "bdi": _bdi,
    "bold": _bold,
    "claim_value": _worded(claim_value),
    "correction_title": _correction_title,
    "day": _worded(day_words),
    "dir": _direction,
    "direction": direction,
    "dispute": _worded(dispute_words),
    "due": _worded(due_words),
    "entry_title": _entry_title,
    "field": _worded(replaced_words),
    "field_name": _worded(field_name_words),
    "instant": _worded(instant_words),
    "iso": _iso,
    "lang": _lang,
    "listing": _worded(listing),
    "prose_dir": _prose_direction,
    "question": _worded(question_words),
    "relation": _worded(relation_words),
    "sentence": _sentence,
    "span": _span,
    "speakers": _worded(speakers_words),
    "status": _worded(status_words),
    "strong": _strong,
    "time": _time,
    "value_parts": _worded(claim_parts),
    "words_of": _words_of,
    "when": _worded(when_words),
    "who": _worded(claim_speakers),
}
WORD_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "_": _gettext,
    "according_to": _worded(according_to),
    "comma": _comma,
    "ngettext": _ngettext,
    "objections": _worded(objections),
    "ours": _ours,
    "pgettext": _pgettext,
    "plain": _plain,
    "target_words": _worded(target_words),
    "unattributed": _unattributed,
    "verifications": _worded(verifications),
}
