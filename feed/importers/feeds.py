"""RSS, Atom and JSON Feed: a feed becomes a story, and an item a development.

feedparser reads RSS and Atom. It is only ever given `BytesIO`: of bytes or a text it would open the file, or fetch the
address, of that name. A document that defines entities, or nests without end, is refused before.
"""

import re
from calendar import timegm
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final, NamedTuple

import orjson

from events.model.edtf import instant
from feed.importers.markup import commonmark, one_line
from feed.importers.model import ITEMS_MAX, ForeignFile, ForeignItem, ForeignStory, headline_of, slug_of, unreadable

FEED_BYTES_MAX: Final = 8 * 1024 * 1024
DEPTH_MAX: Final = 200
TAGS_MAX: Final = 200_000
"""feedparser takes some 20 µs for a tag, and the square of an element's attributes: 4 s for 20,000."""
MARKS_PER_TAG: Final = 2
"""Of < in texts and without an end, for which feedparser takes up to 20 µs; for an & it takes some 2 µs."""
ATTRIBUTES_MAX: Final = 100
_SECTIONS: Final = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))
_VOID: Final = frozenset(b"br hr img input link meta col area base embed source wbr".split())
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
CHECK: Final = "Look at it in a feed reader."
INSTALL: Final = "Install it, in your clone of writethru: pip install '.[intake]'."


class ParsedFeed(NamedTuple):
    """What a feed says of itself, and its entries. A date that is none is None, and `stated` is what stands there."""

    about: Mapping[str, Any]
    entries: list[dict[str, Any]]


def read_feed(data: bytes, *, name: str) -> ForeignFile:
    """Return the story of a feed; InvalidError if the file is none."""
    return _file(name, parse_feed(data, name=name))


def parse_feed(data: bytes, *, name: str, tags_max: int = TAGS_MAX) -> ParsedFeed:
    """Return what a feed says, in the words of JSON Feed; InvalidError if it is none."""
    if len(data) > FEED_BYTES_MAX:
        raise unreadable(name, f"the feed has more than {FEED_BYTES_MAX:,} bytes.", "Split it.")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _json_feed(data, name)
    return _xml_feed(data, name, tags_max)


def _xml_feed(data: bytes, name: str, tags_max: int) -> ParsedFeed:
    _refuse_bombs(data, name, tags_max)
    try:
        import feedparser  # noqa: PLC0415 - of the extra intake, and only needed here
    except ImportError:
        raise unreadable(
            name, "reading RSS and Atom needs the extra intake, which is not installed.", INSTALL
        ) from None
    try:
        document: Any = feedparser.parse(BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    except (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        raise unreadable(name, "it is too broken to be read.", CHECK) from None
    if not document.get("version") or (document.bozo and not document.entries):
        raise unreadable(name, "it is neither RSS nor Atom nor a JSON Feed.", CHECK)
    feed = document.feed
    about = {"title": feed.get("title"), "summary": feed.get("subtitle"), "language": feed.get("language")}
    return ParsedFeed(about, [_entry(entry) for entry in document.entries])


def _entry(entry: Any) -> dict[str, Any]:
    """Return an entry of feedparser in the words of JSON Feed."""
    contents = [part.get("value") for part in entry.get("content", ())]
    # `dict.get`: of its own, feedparser takes the date of publication for a missing one of a change.
    published, updated = (dict.get(entry, f"{key}_parsed") for key in ("published", "updated"))
    return {
        "id": entry.get("id"), "url": entry.get("link"), "title": entry.get("title"),
        "content_html": next(filter(None, contents), None) or entry.get("summary"),
        "published": _utc(published), "updated": _utc(updated),
        "stated": dict.get(entry, "published") or dict.get(entry, "updated"),
        "stated_published": dict.get(entry, "published"), "via": entry.get("source", {}).get("title"),
    }  # fmt: skip


def _utc(parsed: Any) -> datetime | None:
    try:
        return None if parsed is None else datetime.fromtimestamp(timegm(parsed), tz=UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _json_feed(data: bytes, name: str) -> ParsedFeed:
    try:
        feed = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise unreadable(name, f"it is not JSON: {error}.", CHECK) from None
    if "jsonfeed.org/version" not in str(feed.get("version")) or not isinstance(feed.get("items"), list):
        raise unreadable(name, "it is neither RSS nor Atom nor a JSON Feed.", CHECK)
    about = {"title": feed.get("title"), "summary": feed.get("description"), "language": feed.get("language")}
    return ParsedFeed(about, [_json_item(item) if isinstance(item, dict) else {} for item in feed["items"]])


def _json_item(item: dict[str, Any]) -> dict[str, Any]:
    dates = {key: item.get(f"date_{field}") for key, field in (("published", "published"), ("updated", "modified"))}
    return {
        **{key: item.get(key) for key in ("id", "url", "title")},
        "content_html": item.get("content_html") or item.get("content_text") or item.get("summary"),
        **{key: _rfc3339(text) for key, text in dates.items()},
        "stated": dates["published"] or dates["updated"],
        "stated_published": dates["published"],
    }


def _rfc3339(text: object) -> datetime | None:
    try:
        return instant(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _file(name: str, parsed: ParsedFeed) -> ForeignFile:
    about, entries = parsed
    if len(entries) > ITEMS_MAX:
        raise unreadable(name, f"the feed has more than {ITEMS_MAX:,} items.", "Split it.")
    file = ForeignFile()
    headline = headline_of(one_line(text_of(about.get("title"))), "") or name.rpartition("/")[2]
    items = [*filter(None, (_item(f"{name}: item {n}", entry, headline, file) for n, entry in enumerate(entries, 1)))]
    header: dict[str, Any] = {}
    if summary := one_line(text_of(about.get("summary")))[:2_000]:
        header["summary"] = summary
    if _LANGUAGE.fullmatch(language := text_of(about.get("language"))):
        header["language"] = language
    opened_at = min((item.at for item in items if item.at), default=None)
    slug = slug_of(headline, "feed")
    file.stories.append(ForeignStory(slug=slug, headline=headline, items=items, opened_at=opened_at, header=header))
    return file


def _item(where: str, entry: Mapping[str, Any], feed: str, file: ForeignFile) -> ForeignItem | None:
    text = commonmark(text_of(entry.get("content_html")))
    headline = headline_of(one_line(text_of(entry.get("title"))), text)
    if not headline:
        file.refuse(where, "the item has neither a title nor a text.")
        return None
    at = entry.get("published") or entry.get("updated")
    if at is None and entry.get("stated"):
        stated = text_of(entry["stated"])
        file.refuse(where, f'"{stated:.40}" is not a date that can be read.', "Correct it, or remove it.")
        return None
    url = text_of(entry.get("url"))
    link = {"url": url, "title": headline} if re.fullmatch(r"(?i:https?)://[^\s\"<>\\^{}`|]+", url) else {}
    parts: dict[str, Any] = {"sources": [{"name": feed, **link, **({"published_at": at} if at else {})}]}
    return ForeignItem(
        where=where,
        id=text_of(entry.get("id")) or url or f"{at} {headline}",
        headline=headline,
        text=text,
        at=at,
        changed_at=entry.get("updated"),
        parts=parts,
    )


def text_of(value: object) -> str:
    """Return what a feed says as text; "" if it says something else."""
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _refuse_bombs(data: bytes, name: str, tags_max: int) -> None:
    """Refuse what takes a parser of XML far more memory or time than its size says."""
    bare = data.replace(b"\0", b"")  # of UTF-16, the letters that matter
    if b"<!ENTITY" in bare.upper():
        raise unreadable(name, "the feed defines entities of its own.", "A feed needs none: remove its document type.")
    if bare.count(b"<") + bare.count(b"&") // 4 > MARKS_PER_TAG * tags_max:
        raise unreadable(name, f"it has more than {MARKS_PER_TAG * tags_max:,} marks such as < and &.", "Split it.")
    depth = 0
    for count, tag in enumerate(_tags(bare), start=1):
        if count > tags_max or tag.count(b"=") > ATTRIBUTES_MAX:
            message = f"it has more than {tags_max:,} tags, or more than {ATTRIBUTES_MAX} attributes in one of them."
            raise unreadable(name, message, "Split it.")
        if tag.endswith(b"/") or tag.lstrip(b"/").split(maxsplit=1)[0].lower() in _VOID:
            continue
        depth += -1 if tag.startswith(b"/") else 1
        if depth > DEPTH_MAX:
            raise unreadable(name, f"elements are nested more than {DEPTH_MAX} deep.", "A feed needs few levels.")


def _tags(data: bytes) -> Iterator[bytes]:
    """Yield each tag that opens or closes an element, without its brackets. What has no end is left to the parser."""
    at = data.find(b"<")
    while at >= 0:
        ends = next((end for begin, end in _SECTIONS if data.startswith(begin, at)), b">")
        end = data.find(ends, at)
        if end < 0:
            return
        tag = data[at + 1 : end]
        if ends == b">" and (tag[:1].isalpha() or (tag[:1] == b"/" and tag[1:2].isalpha())):
            yield tag
        at = data.find(b"<", end)
