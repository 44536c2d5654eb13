"""What a person pastes or saves → an article: its title and paragraphs, and what of it was removed.

A web page is read by trafilatura, which knows what of it is the article; when it was published is read from its
JSON-LD, since trafilatura drops the time. Text and Markdown go through a line filter. Nothing of a page is executed,
and nothing that it names is fetched.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from events.errors import InvalidError, Problem
from feed.importers.markup import root_index
from feed.reading.model import TEXT_CHARS_MAX

ARTICLE_BYTES_MAX: Final = 5 * 1024 * 1024
DEPTH_MAX: Final = 20
ELEMENTS_MAX: Final = 20_000
_ROOT: Final = re.compile(rb"<(!doctype\s+html|html|head|body|article|main|div|p)\b", re.IGNORECASE)
_WITHOUT_SEARCH: Final = {"original_date": True, "extensive_search": False}
"""Its own date is not used: to search a page for one in every language takes two seconds."""
_PUBLISHED_NAMES: Final = ("article:published_time", "datePublished", "date", "dc.date", "DC.date.issued", "pubdate")
# Lines of sites, not of articles, whatever stands around them.
_CHROME: Final = re.compile(
    r"skip to (main )?(content|navigation)|accessibility links|breaking news|popular videos?|advertisement|ad"
    r"|share( this)?( (article|story|page))?|related( (articles|stories))?(:.*)?|read more.*|most (read|popular)"
    r"|sign (up|in).*|subscribe.*|log ?in|menu|search|comments?|follow us.*|more on this.*|all rights reserved\.?"
    r"|(©|copyright).*|[^|]+( \| [^|]+){2,}",
    re.IGNORECASE,
)
_SENTENCE_ENDS: Final = re.compile(r"[.!?…:][\"”’')\]*_]*$")
# "By Lena Ostrom and Jo Lind": names alone, so that "By Friday all had left" is none.
_BYLINE: Final = re.compile(r"(By|BY|by) (?P<author>[A-Z][\w.'’-]*(,? (and |of |the )?[A-Z][\w.'’-]*){1,9})")
# A line that says when: "Published 10 February 2026", "Updated: …" is another thing.
_PUBLISHED_LINE: Final = re.compile(r"(first )?(published|posted)( on)?:?\s+(?P<when>.*\d{4}.*)", re.IGNORECASE)
# A line that is a day alone, or with a time: "Friday 8 May 2026, 06.12"
_DAY_LINE: Final = re.compile(
    r"(?:[A-Z][a-z]{2,8}day,? |[A-Z][a-z]{2,3},? )?(?:\d{1,2} [A-Z][a-z]{2,8}\.?|[A-Z][a-z]{2,8}\.? \d{1,2},) \d{4}"
    r"(?:,? (?:at )?\d{1,2}[.:]\d\d.{0,12})?"
)
_CREDIT_BEGINS: Final = re.compile(r"[*_(]*(sources?|credits?|additional |reporting|with )\b", re.IGNORECASE)
_LINES_ALONE: Final = (_BYLINE, _CHROME, _PUBLISHED_LINE, _DAY_LINE)
_MARKDOWN: Final = (
    (re.compile(r"\A---\n.*?\n---\n", re.DOTALL), ""),
    (re.compile(r"!\[[^\[\]]{0,300}\]\([^()]{0,999}\)"), ""),
    (re.compile(r"\[([^\[\]]{0,300})\]\([^()]{0,999}\)"), r"\1"),
    (re.compile(r"^[ \t]{0,3}(>|#{1,6})[ \t]+", re.MULTILINE), ""),
    (re.compile(r"(\*\*|__)(?=\S)(.{1,999}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"\1"),
)


@dataclass(frozen=True, slots=True)
class Article:
    """An article.

    title: its own headline
    paragraphs: its text
    published: when it says that it was published, as it states it: a day, or a time with its offset; "" if it does not
    published_in: where it says so
    author, site: as it states them; "" if it does not
    removed: lines that were taken for parts of the site
    """

    title: str
    paragraphs: tuple[str, ...]
    published: str = ""
    published_in: str = ""
    author: str = ""
    site: str = ""
    removed: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The paragraphs, with an empty line between them."""
        return "\n\n".join(self.paragraphs)


def article_text(body: bytes, *, name: str = "article", media_type: str = "") -> Article:
    """Return the article in `body`; InvalidError if there is none."""
    if len(body) > ARTICLE_BYTES_MAX:
        limit = f"{ARTICLE_BYTES_MAX // 1024**2} MiB"
        raise _fault(name, f"it has more than {limit}.", "Save the article alone, and read that.")
    is_page = media_type in {"text/html", "application/xhtml+xml"} or _ROOT.match(body, root_index(body)) is not None
    article = _web_page(body, name) if is_page else _plain_text(_short(_decoded(body, name), name))
    if not article.paragraphs:
        raise _fault(name, "it holds no text of an article.", "Copy the article's text into a file, and read that.")
    _short(article.text, name)
    return article


def _short(text: str, name: str) -> str:
    """Return a text that is short enough for an article."""
    if len(text) > TEXT_CHARS_MAX:
        raise _fault(name, f"it has more than {TEXT_CHARS_MAX} characters.", "Save the article alone, and read that.")
    return text


def _decoded(body: bytes, name: str) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = body.decode("windows-1252")
        except UnicodeDecodeError:
            raise _fault(name, "it is not text.", "Save it as UTF-8 text or HTML.") from None
    if "\0" in text:
        raise _fault(name, "it is not text.", "Save it as UTF-8 text or HTML.")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")


def _plain_text(text: str) -> Article:
    """Return the article in text or Markdown. Without empty lines, each line is a paragraph."""
    for pattern, replacement in _MARKDOWN:
        text = pattern.sub(replacement, text)
    blocks = re.split(r"\n\s*\n", text.strip()) if re.search(r"\n\s*\n", text.strip()) else text.strip().split("\n")
    lines = [line for block in blocks for line in _lines(block)]
    removed = [line for line in lines if _CHROME.fullmatch(line)]
    lines = [line for line in lines if not _CHROME.fullmatch(line)]
    while lines and not _SENTENCE_ENDS.search(lines[-1]) and not _CREDIT_BEGINS.match(lines[-1]) and len(lines) > 1:
        removed.append(lines.pop())
    title = lines.pop(0) if len(lines) > 1 and not re.search(r"[.…][\"”’']*$", lines[0]) else ""
    author = published = source = ""
    for line in lines[:3]:
        if match := _BYLINE.fullmatch(line):
            author = match["author"]
        elif match := _PUBLISHED_LINE.fullmatch(line):
            published, source = match["when"], line
        elif _DAY_LINE.fullmatch(line):
            published = source = line
        else:
            continue
        lines.remove(line)
    return Article(title, tuple(lines), published, source, author, "", tuple(removed))


def _lines(block: str) -> Iterator[str]:
    """Yield a block's paragraph, and before it the lines that are none: a byline, a part of the site."""
    rest = [line for raw in block.split("\n") if (line := " ".join(raw.split()))]
    while rest and any(form.fullmatch(rest[0]) for form in _LINES_ALONE):
        yield rest.pop(0)
    if len(rest) > 1 and _DAY_LINE.fullmatch(rest[-1]):
        day = rest.pop()
        yield " ".join(rest)
        yield day
    elif rest:
        yield " ".join(rest)


def _web_page(body: bytes, name: str) -> Article:
    try:
        from trafilatura import bare_extraction  # noqa: PLC0415 - of the extra `intake`

        from feed.reading.page_text import page_tree  # noqa: PLC0415 - it needs lxml, of the extra `intake`
    except ImportError:
        message = "to read a web page, writethru needs trafilatura."
        remedy = "Install it: pip install 'writethru[intake]'. Text and Markdown are read without it."
        raise InvalidError(Problem(where=name, check="intake", message=message, remedy=remedy)) from None
    remedy = "Save the article's text, and read that."
    tree = page_tree(body, name=name, elements_max=ELEMENTS_MAX, remedy=remedy)
    try:
        document: Any = bare_extraction(
            body,
            with_metadata=True,
            include_comments=False,
            include_tables=False,
            date_extraction_params=dict(_WITHOUT_SEARCH),
        )
    except (ValueError, RecursionError, AssertionError) as error:
        raise _fault(name, f"it is not a web page: {error}.", remedy) from None
    if document is None or not document.text:
        return Article("", ())
    title = document.title or ""
    lines = [" ".join(line.split()) for line in document.text.split("\n")]
    paragraphs = tuple(line.removeprefix("- ") for line in lines if line and line != title)
    published, published_in = _published(tree)
    removed = _removed(tree, paragraphs)
    return Article(title, paragraphs, published, published_in, document.author or "", document.sitename or "", removed)


def _published(tree: Any) -> tuple[str, str]:
    """Return when a page says that it was published, and where it says so."""
    for script in tree.xpath('//script[@type="application/ld+json"]'):
        try:
            stated = next(_dates(json.loads(script.text or ""), DEPTH_MAX), "")
        except (ValueError, RecursionError):
            continue
        if stated:
            return stated, f'"datePublished": "{stated}"'
    for name in _PUBLISHED_NAMES:
        for value in tree.xpath("//meta[@property=$name or @name=$name or @itemprop=$name]/@content", name=name):
            if is_day_or_time(value):
                return value, f"{name}: {value}"
    return "", ""


def _dates(value: object, depth: int) -> Iterator[str]:
    """Yield each datePublished in JSON-LD, however deep."""
    if isinstance(value, dict) and depth:
        stated = value.get("datePublished")
        if isinstance(stated, str) and is_day_or_time(stated):
            yield stated
        for item in value.values():
            yield from _dates(item, depth - 1)
    elif isinstance(value, list) and depth:
        for item in value:
            yield from _dates(item, depth - 1)


def is_day_or_time(text: str) -> bool:
    """Return True if this is an ISO 8601 day, or a time."""
    return stated_day(text) is not None


def stated_day(text: str) -> date | None:
    """Return the day of an ISO 8601 day or time, where its publisher is; None if it is neither."""
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError:
        return None


def _removed(tree: Any, paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts of blocks of a page that are not in the article."""
    whole = "\n".join(paragraphs)
    blocks = tree.xpath("//body//*[self::p or self::li or self::a or self::h2 or self::h3 or self::footer or self::td]")
    lines = (" ".join(block.text_content().split()) for block in blocks if not block.xpath("ancestor::li"))
    return tuple(dict.fromkeys(line for line in lines if line and line not in whole))


def _fault(name: str, message: str, remedy: str) -> InvalidError:
    return InvalidError(Problem(where=name, check="article", message=message, remedy=remedy))
