"""The sections of an entry as safe HTML, and its plain-text summary: feed/README.md#body-of-an-entry.

All text of an event is escaped here, or rendered by markdown-it without raw HTML. Only http and https URLs become
links. The HTML reads well without a stylesheet, since feed readers do not have ours.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from events.changes import Change, change_texts
from events.fold.expectations import Expected
from events.fold.facts import Fact
from events.fold.long_lists import listed, unlisted
from events.model.addresses import public_url
from events.model.parts import Media, Quote, Source, Speaker
from events.model.pictures import picture_name
from events.wording.catalogue import comma_list, listing, semicolon_list
from events.wording.changes import ChangeText
from events.wording.claims import claim_value, fact_name, fact_standing, is_corrected
from events.wording.direction import Direction, direction, text_direction
from events.wording.expectations import expected_by, expected_condition, expected_due, expected_what
from events.wording.language import ENGLISH, Words
from events.wording.names import KEY_WORDS, FactNames
from events.wording.redactions import WITHDRAWN, Redactions
from events.wording.stances import objections
from events.wording.values import NO_PROMISES, field_words, speaker_words, speakers_words
from feed.entries.graphemes import cut
from feed.entries.pictures import FEED_WIDTH, FOLDER, ROOT, picture_path, size_for
from feed.entries.plain_text import paragraphs
from feed.languages.markup import MarkupWords

if TYPE_CHECKING:
    from markdown_it.token import Token

SUMMARY_CHARS_MAX = 300
SIZES = "(min-width: 45rem) 42rem, 92vw"
"""How wide the text of a page is, and so a picture in it: `.entry-text` in style.css."""
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


def root(content: str, language: str) -> str:
    """Return the content of an entry in an element that says its direction, if readers would take another."""
    if not content or direction(language) == "ltr":
        return content
    return f'<div lang="{escape(language)}" dir="rtl">\n{content}</div>\n'


@lru_cache(maxsize=8)  # an entry's page shows the text that its feeds do
def markdown(text: str, base: Direction = "ltr") -> Markdown:
    """Render CommonMark `text`: feed/README.md#text-of-an-entry.

    Raw HTML is shown as text, only http and https URLs are linked, and headings are below the entry's own level. What
    is not written in the direction `base` says so.
    """
    plain = paragraphs(text)
    return _parsed(text, base) if plain is None else _plain(plain, base)


def _plain(texts: Sequence[str], base: Direction) -> Markdown:
    """Return paragraphs that contain no marks as the parser would."""
    html = []
    for text in texts:
        to = text_direction(text, base)
        attribute = "" if to == base else f' dir="{to}"'
        html.append(f"<p{attribute}>{escape(text, quote=False).replace(chr(34), '&quot;')}</p>\n")
    return Markdown("".join(html), " ".join(" ".join(texts).split()))


def _parsed(text: str, base: Direction) -> Markdown:
    from feed.entries import commonmark  # noqa: PLC0415 - most texts have no marks, and need no parser

    tokens = commonmark.parse(text)
    _mark_directions(tokens, base)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + _HEADING_BELOW)}"
    return Markdown(commonmark.render(tokens), " ".join(" ".join(commonmark.texts(tokens)).split()))


def summary(*texts: str) -> str:
    """Return the first text that is not empty; if it is long, its first two sentences at most."""
    text = next((text for text in texts if text), "")
    if len(text) > SUMMARY_CHARS_MAX:
        text = " ".join(_SENTENCE_END.split(text, maxsplit=2)[:2])
    if len(text) <= SUMMARY_CHARS_MAX:
        return text
    part = cut(text, SUMMARY_CHARS_MAX)
    return (part.rpartition(" ")[0] or part).rstrip(",;: ") + " …"  # not every script has spaces


def note(words: MarkupWords, label: str, text: str = "", *, link: Link | None = None) -> str:
    """Return a paragraph with a bold label, a text and a link: what edited an entry, or announces it."""
    parts = (f"<strong>{words.html(label)}</strong>", words.html(text), _link(words, link) if link else "")
    return f"<p>{' '.join(part for part in parts if part)}</p>\n"


def paragraph(words: MarkupWords, text: str) -> str:
    """Return a text of the desk as a bold paragraph."""
    return f"<p{_towards(words, text)}><strong>{_text(text)}</strong></p>\n"


def quotes(words: MarkupWords, items: Iterable[Quote]) -> str:
    """Return quotes with their speakers."""
    return "".join(
        f"<figure><blockquote{_towards(words, quote.text)}><p>{_text(quote.text)}</p></blockquote>"
        f"<figcaption>— {words.html(speaker_words(quote.speaker, words))}</figcaption></figure>\n"
        for quote in items
    )


def media(words: MarkupWords, items: Iterable[Media], page: str) -> str:
    """Return pictures with their text alternatives and credits, and links to sound and film, for feeds.

    A picture of the newsroom is below `page`, its story's page.
    """
    return "".join(_medium(words, item, lambda name: f"{page}{FOLDER}/{name}") for item in items)


def page_media(words: MarkupWords, items: Iterable[Media], story: str) -> str:
    """Return the same for a page: of a picture of the newsroom, the browser chooses the size."""
    return "".join(_medium(words, item, lambda name: ROOT + picture_path(name, story), srcset=True) for item in items)


def what_changed(words: MarkupWords, changes: Iterable[Change], redactions: Redactions) -> str:
    """Return the computed changes as a list: not every reader draws tables."""
    return change_list(words, change_texts(changes, redactions, words))


def change_list(words: MarkupWords, rows: Iterable[ChangeText]) -> str:
    """Return changes in words as a list, each words once."""
    return _section(words.gettext("What changed"), [_change(words, row) for row in dict.fromkeys(rows)], words)


def was_now(words: MarkupWords, rows: Iterable[Replacement]) -> str:
    """Return what a correction replaced, as a list."""
    was, now = words.html(words.gettext("was:")), words.html(words.gettext("now:"))
    items = "".join(
        f"<li><strong>{words.html(row.field)}</strong><br>{was} <del>{words.html(row.was)}</del><br>"
        f"{now} <ins>{words.html(row.now)}</ins></li>\n"
        for row in rows
    )
    return f"<ul>\n{items}</ul>\n" if items else ""


def replaced_words(
    value: object,
    field: str = "",
    words: Words = ENGLISH,
    names: FactNames = KEY_WORDS,
    promises: Mapping[str, str] = NO_PROMISES,
) -> str:
    """Return what a corrected `field` of a report was, or is now: a text as readers saw it, without its Markdown."""
    if field == "body" and isinstance(value, str):
        if (plain := paragraphs(value)) is not None:
            return "\n".join(" ".join(text.split()) for text in plain)
        from feed.entries import commonmark  # noqa: PLC0415 - as in `markdown`

        return "\n".join(" ".join(text.split()) for text in commonmark.texts(commonmark.parse(value)))
    return field_words(value, words, names, promises)


def who_says_so(
    words: MarkupWords,
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
    claims = claims or {}
    lines = [comma_list((speakers_words(tuple(speakers), words), reported), words)]
    lines += [_standing(words, fact, redactions, own=own, claim=claims.get(fact.key, "")) for fact in facts]
    return _section(words.gettext("Who says so"), [words.html(line) for line in lines if line], words)


def expected_next(words: MarkupWords, expected: Iterable[Expected], redactions: Redactions) -> str:
    """Return what is still expected, with dates and conditions."""
    items = [words.html(_pending(words, item, redactions)) for item in expected if not item.settled]
    return _section(words.gettext("Expected next"), items, words)


def responses(words: MarkupWords, items: Iterable[Response]) -> str:
    """Return what a report says of other reports."""
    answers = tuple(items)
    lines = [
        f"{words.html(item.verb)}: {_link(words, item.link)}{f'. {words.html(item.words)}' if item.words else ''}"
        for item in listed(answers)
    ]
    if count := unlisted(answers):
        lines.append(words.html(words.ngettext("and {count} more", "and {count} more", count)))
    return _section(words.gettext("On other reports"), lines, words)


def sources(words: MarkupWords, items: Iterable[Source]) -> str:
    """Return the sources, with their links and whom they credit."""
    return _section(words.gettext("Sources"), [_source(words, item) for item in items], words)


def credit_list(words: MarkupWords, terms: Iterable[tuple[str, str]], items: Iterable[Source]) -> str:
    """Return where a report comes from, in small lines: pairs of a label and its text, and the sources."""
    lines = [f"{words.html(label)} <bdi>{words.html(text)}</bdi>" for label, text in terms]
    source = words.html(words.gettext("Source:"))
    lines += [f"{source} {_source(words, item)}" for item in items]
    return f'<ul class="credits">\n{"".join(f"<li>{line}</li>{chr(10)}" for line in lines)}</ul>\n' if lines else ""


def _section(title: str, items: Sequence[str], words: MarkupWords) -> str:
    """Return a list of HTML under a title; nothing if it has no items."""
    lines = "".join(f"<li>{item}</li>\n" for item in items)
    return f"<h4>{words.html(title)}</h4>\n<ul>\n{lines}</ul>\n" if lines else ""


def _standing(words: MarkupWords, fact: Fact, redactions: Redactions, *, own: str, claim: str) -> str:
    """Return the report's own `claim` of a fact, the value if that is from another report, and what it rests on."""
    if redactions.key(fact.key) is not None:
        return ""
    name, current = fact_name(fact.key, redactions, words), fact.current
    if current is None:
        if claim:
            line = words.gettext("{name}: {claim}; now unknown", name=name, claim=claim)
        else:
            line = words.gettext("{name}: unknown", name=name)
        return _objections(words, line, fact, redactions)
    if redactions.claim(current) == WITHDRAWN or redactions.development(current.development) is not None:
        return words.gettext("{name}: {value}", name=name, value=claim) if claim else ""
    value = claim_value(current, redactions, words)
    standing = _objections(words, fact_standing(fact, redactions, words), fact, redactions)
    if is_corrected(current, redactions) and (current.development != own or fact.standing != "reported"):
        if claim:
            return words.gettext("{name}: {value}", name=name, value=claim)
        name = words.gettext("{text} (corrected since)", text=name)
        return words.gettext("{name}: {value}", name=name, value=standing)
    if current.development != own:
        if claim:
            return words.gettext(
                "{name}: {claim}; now {value}: {standing}", name=name, claim=claim, value=value, standing=standing
            )
        return words.gettext("{name}, now {value}: {standing}", name=name, value=value, standing=standing)
    if claim:
        return words.gettext("{name}, {value}: {standing}", name=name, value=claim, standing=standing)
    return words.gettext("{name}: {value}", name=name, value=standing)


def _change(words: MarkupWords, row: ChangeText) -> str:
    values = words.html(row.values(words))
    note = words.gettext("({note})", note=row.note) if row.note else ""
    small = f" <small>{words.html(note)}</small>" if note else ""
    return f"<strong>{words.html(row.subject)}</strong>{f': {values}' if values else ''}{small}"


def _objections(words: MarkupWords, line: str, fact: Fact, redactions: Redactions) -> str:
    """Return `line` with who objects to a fact."""
    return semicolon_list((line, *(item.inline for item in objections(fact, redactions, words))), words)


def _pending(words: MarkupWords, item: Expected, redactions: Redactions) -> str:
    what = expected_what(item, redactions, words)
    if what != item.what:
        return what
    terms = (expected_by(item, redactions, words), expected_condition(item, redactions, words))
    due = expected_due(item, redactions, words)
    return words.gettext("{name}: {value}", name=comma_list((what, *terms), words), value=due)


def _source(words: MarkupWords, source: Source) -> str:
    title = source.title or source.name
    name = f"{words.html(source.name)}: " if source.title else ""
    link = words.html(title) if source.url is None else _link(words, Link(source.url, title))
    if not source.via:
        return f"{name}{link}"
    credit = words.gettext("(crediting {names})", names=listing(source.via, words))
    return f"{name}{link} {words.html(credit)}"


def _medium(words: MarkupWords, item: Media, address: Callable[[str], str], *, srcset: bool = False) -> str:
    """Return a medium; `address` is that of a picture of the newsroom by its name."""
    credit = f"<figcaption{_towards(words, item.credit)}>{escape(item.credit)}</figcaption>" if item.credit else ""
    if picture_name(item.url) is not None:
        return f"<figure>{_picture(item, address, srcset=srcset)}{credit}</figure>\n"
    if not item.type.startswith("image/"):
        link = f'<a href="{escape(public_url(item.url))}" type="{escape(item.type)}">{_text(item.alt)}</a>'
        return f"<figure{_towards(words, item.alt)}>{link}{credit}</figure>\n"
    size = "".join(f' {name}="{px}"' for name, px in (("width", item.width), ("height", item.height)) if px)
    return f'<figure><img src="{escape(public_url(item.url))}" alt="{escape(item.alt)}"{size}>{credit}</figure>\n'


def _picture(item: Media, address: Callable[[str], str], *, srcset: bool) -> str:
    """Return a picture of the newsroom: on a page in all its sizes, in a feed in one that links the full one."""

    def link(url: str) -> str:
        return escape(address(picture_name(url) or ""))

    url, width, height = size_for(item, FEED_WIDTH)
    image = f'<img src="{link(url)}" alt="{escape(item.alt)}" width="{width}" height="{height}"'
    if not srcset:
        return f'<a href="{link(item.url)}">{image}></a>'
    sizes = sorted({(item.width, item.url), *((size.width, size.url) for size in item.sizes)})
    choice = ", ".join(f"{link(url)} {width}w" for width, url in sizes)
    return f'{image} srcset="{choice}" sizes="{SIZES}" loading="lazy" decoding="async">'


def _link(words: MarkupWords, link: Link) -> str:
    return f'<a href="{escape(public_url(link.url))}">{words.html(link.words)}</a>'


def _text(text: str) -> str:
    """Return plain text as HTML with its line breaks."""
    return escape(text).replace("\n", "<br>")


def _towards(words: MarkupWords, text: str) -> str:
    """Return the attribute that says the direction of a text of the desk, if that is not its story's."""
    base = direction(words.texts)
    to = text_direction(text, base)
    return "" if to == base else f' dir="{to}"'


def _mark_directions(tokens: "Sequence[Token]", base: Direction) -> None:
    """Set the direction of each block of Markdown that has not the direction `base`."""
    block: Token | None = None
    for token in tokens:
        if token.type.endswith("_open") and not token.hidden:
            block = token
        elif token.type == "inline" and block is not None:
            to = text_direction(token.content, base)
            if to != base:
                block.attrSet("dir", to)
        elif token.type in {"fence", "code_block"} and base == "rtl":
            token.attrSet("dir", "ltr")
