"""The sections of an entry as safe HTML, and its plain-text summary: feed/README.md#body-of-an-entry.

All text of an event is escaped here, or rendered by markdown-it without raw HTML. Only http and https URLs become
links. The HTML reads well without a stylesheet, since feed readers do not have ours.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from html import escape
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from events.changes import Change, change_texts
from events.fold.expectations import Expected
from events.fold.facts import Fact
from events.model.parts import Media, Quote, Source, Speaker
from events.wording.catalogue import listing
from events.wording.changes import ChangeText
from events.wording.claims import WITHDRAWN, claim_value, fact_name, fact_standing
from events.wording.expectations import expected_by, expected_condition, expected_due, expected_what
from events.wording.redactions import Redactions
from events.wording.stances import objections
from events.wording.values import field_words, speaker_words, speakers_words
from feed.entries.graphemes import cut

SUMMARY_CHARS_MAX = 300
_HEADING_BELOW = 3  # an entry's own title is an h3 on the page
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)\]]*\s+(?=\S)")


class Markdown(NamedTuple):
    """A text as HTML, and as one line of plain text."""

    html: str
    plain: str


class Link(NamedTuple):
    """A URL and the text of its link."""

    url: str
    words: str


class Response(NamedTuple):
    """What a report says of another one: a verb (`Denies`), a link to the other, and the report's own words."""

    verb: str
    link: Link
    words: str


class Replacement(NamedTuple):
    """A field that a correction replaced: its name, and its text before and after."""

    field: str
    was: str
    now: str


@lru_cache(maxsize=8)  # an entry's page shows the text that its feeds do
def markdown(text: str) -> Markdown:
    """Render CommonMark `text`: feed/README.md#text-of-an-entry.

    Raw HTML is shown as text, only http and https URLs are linked, and headings are below the entry's own level.
    """
    parser = _commonmark()
    tokens = parser.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + _HEADING_BELOW)}"
    html: str = parser.renderer.render(tokens, parser.options, {})
    return Markdown(html, " ".join(" ".join(_texts(tokens)).split()))


def summary(*texts: str) -> str:
    """Return the first text that is not empty; if it is long, its first two sentences at most."""
    text = next((text for text in texts if text), "")
    if len(text) > SUMMARY_CHARS_MAX:
        text = " ".join(_SENTENCE_END.split(text)[:2])
    if len(text) <= SUMMARY_CHARS_MAX:
        return text
    part = cut(text, SUMMARY_CHARS_MAX)
    return (part.rpartition(" ")[0] or part).rstrip(",;: ") + " …"  # not every script has spaces


def note(label: str, text: str = "", *, link: Link | None = None) -> str:
    """Return a paragraph with a bold label, a text and a link: what edited an entry, or announces it."""
    parts = (f"<strong>{escape(label)}</strong>", _text(text), _link(link) if link else "")
    return f"<p>{' '.join(part for part in parts if part)}</p>\n"


def quotes(items: Iterable[Quote]) -> str:
    """Return quotes with their speakers."""
    return "".join(
        f"<figure><blockquote><p>{_text(quote.text)}</p></blockquote>"
        f"<figcaption>— {escape(speaker_words(quote.speaker))}</figcaption></figure>\n"
        for quote in items
    )


def media(items: Iterable[Media]) -> str:
    """Return pictures with their text alternatives and credits, and links to sound and film."""
    return "".join(_medium(item) for item in items)


def what_changed(changes: Iterable[Change], redactions: Redactions) -> str:
    """Return the computed changes as a list: not every reader draws tables."""
    return change_list(change_texts(changes, redactions))


def change_list(rows: Iterable[ChangeText]) -> str:
    """Return changes in words as a list, each words once."""
    items = "".join(f"<li>{_change(row)}</li>\n" for row in dict.fromkeys(rows))
    return f"<h4>What changed</h4>\n<ul>\n{items}</ul>\n" if items else ""


def was_now(rows: Iterable[Replacement]) -> str:
    """Return what a correction replaced, as a list."""
    items = "".join(
        f"<li><strong>{escape(row.field)}</strong><br>was: <del>{_text(row.was)}</del><br>"
        f"now: <ins>{_text(row.now)}</ins></li>\n"
        for row in rows
    )
    return f"<ul>\n{items}</ul>\n" if items else ""


def replaced_words(value: object, field: str = "") -> str:
    """Return what a corrected `field` of a report was, or is now: a text as readers saw it, without its Markdown."""
    if field == "body" and isinstance(value, str):
        return "\n".join(" ".join(text.split()) for text in _texts(_commonmark().parse(value)))
    return field_words(value)


def who_says_so(
    speakers: Sequence[Speaker],
    facts: Iterable[Fact],
    redactions: Redactions,
    *,
    own: str,
    reported: str = "",
    claims: Mapping[str, str] | None = None,
) -> str:
    """Return who says so, when it was `reported`, and what each fact of the report of development `own` rests on.

    `claims` has the report's own claims in words, by key, that its entry tells nowhere else.
    """
    who = speakers_words(tuple(speakers))
    lines = [f"{who}, {reported}" if who and reported else who or reported]
    claims = claims or {}
    lines += [_standing(fact, redactions, own=own, claim=claims.get(fact.key, "")) for fact in facts]
    items = "".join(f"<li>{escape(line)}</li>\n" for line in lines if line)
    return f"<h4>Who says so</h4>\n<ul>\n{items}</ul>\n" if items else ""


def expected_next(expected: Iterable[Expected], redactions: Redactions) -> str:
    """Return what is still expected, with dates and conditions."""
    items = "".join(f"<li>{escape(_pending(item, redactions))}</li>\n" for item in expected if not item.settled)
    return f"<h4>Expected next</h4>\n<ul>\n{items}</ul>\n" if items else ""


def responses(items: Iterable[Response]) -> str:
    """Return what a report says of other reports."""
    lines = "".join(
        f"<li>{escape(item.verb)}: {_link(item.link)}{f'. {_text(item.words)}' if item.words else ''}</li>\n"
        for item in items
    )
    return f"<h4>On other reports</h4>\n<ul>\n{lines}</ul>\n" if lines else ""


def sources(items: Iterable[Source]) -> str:
    """Return the sources, with their links and whom they credit."""
    lines = [f"<li>{_source(item)}</li>" for item in items]
    return f"<h4>Sources</h4>\n<ul>\n{chr(10).join(lines)}\n</ul>\n" if lines else ""


def credit_list(terms: Iterable[tuple[str, str]], items: Iterable[Source]) -> str:
    """Return where a report comes from, in small lines: pairs of a label and its text, and the sources."""
    lines = [f"{escape(label)} <bdi>{escape(words)}</bdi>" for label, words in terms]
    lines += [f"Source: {_source(item)}" for item in items]
    return f'<ul class="credits">\n{"".join(f"<li>{line}</li>{chr(10)}" for line in lines)}</ul>\n' if lines else ""


def _standing(fact: Fact, redactions: Redactions, *, own: str, claim: str) -> str:
    """Return the report's own `claim` of a fact, the value if that is from another report, and what it rests on."""
    if redactions.key(fact.key) is not None:
        return ""
    name, current = fact_name(fact.key, redactions), fact.current
    if current is None:
        value = f": {claim}; now unknown" if claim else ": unknown"
        return f"{name}{value}{_objections(fact, redactions)}"
    if redactions.claim(current) == WITHDRAWN or redactions.development(current.development) is not None:
        return f"{name}: {claim}" if claim else ""
    if current.development == own:
        value = f", {claim}" if claim else ""
    else:
        now = f"now {claim_value(current, redactions)}"
        value = f": {claim}; {now}" if claim else f", {now}"
    return f"{name}{value}: {fact_standing(fact)}{_objections(fact, redactions)}"


def _change(row: ChangeText) -> str:
    values = escape(" → ".join(part for part in (row.was, row.now) if part))
    note = f" <small>({escape(row.note)})</small>" if row.note else ""
    return f"<strong>{escape(row.subject)}</strong>{f': {values}' if values else ''}{note}"


def _objections(fact: Fact, redactions: Redactions) -> str:
    return "".join(f"; {objection.inline}" for objection in objections(fact, redactions))


def _pending(item: Expected, redactions: Redactions) -> str:
    what = expected_what(item, redactions)
    if what != item.what:
        return what
    terms = (expected_by(item, redactions), expected_condition(item, redactions))
    return f"{', '.join(part for part in (what, *terms) if part)}: {expected_due(item, redactions)}"


def _source(source: Source) -> str:
    title = escape(source.title or source.name)
    name = f"{escape(source.name)}: " if source.title else ""
    link = title if source.url is None else _link(Link(source.url, source.title or source.name))
    credit = f" (crediting {escape(listing(source.via))})" if source.via else ""
    return f"{name}{link}{credit}"


def _medium(item: Media) -> str:
    credit = f"<figcaption>{escape(item.credit)}</figcaption>" if item.credit else ""
    if not item.type.startswith("image/"):
        link = f'<a href="{escape(item.url)}" type="{escape(item.type)}">{_text(item.alt)}</a>'
        return f"<figure>{link}{credit}</figure>\n"
    size = "".join(f' {name}="{px}"' for name, px in (("width", item.width), ("height", item.height)) if px)
    return f'<figure><img src="{escape(item.url)}" alt="{escape(item.alt)}"{size}>{credit}</figure>\n'


def _link(link: Link) -> str:
    return f'<a href="{escape(link.url)}">{escape(link.words)}</a>'


def _text(text: str) -> str:
    """Return plain text as HTML with its line breaks."""
    return escape(text).replace("\n", "<br>")


@cache
def _commonmark() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).disable("image")
    parser.validateLink = lambda url: url.lower().startswith(("http://", "https://"))  # type: ignore[method-assign]  # its documented hook
    return parser


def _texts(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.children:
            yield "".join(child.content or (" " if child.type.endswith("break") else "") for child in token.children)
        elif token.type in {"fence", "code_block"}:
            yield token.content
