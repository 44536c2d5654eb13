"""A story for other people's pages: `embed.html` in a frame, and `oembed.json`, which says how (oembed.com).

The embed is one file of less than 20 KB, with its own style, no script, and no request to anywhere: texts are cut, and
there are no pictures. Programs that show one before they frame it get the newest. Its links open the story's page in a
window of its own.
"""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from html import escape
from importlib import resources
from typing import Final, NamedTuple

import orjson
from markupsafe import Markup

from events.fold.state import Story
from events.wording.claims import claim_value
from events.wording.language import Words
from events.wording.redactions import Redactions
from feed.entries.graphemes import cut
from feed.entries.model import Entry
from feed.pages.build import SiteFace, newest_at, newest_picture
from feed.pages.facts import FactRow, key_rows
from feed.pages.templating import render
from feed.pages.words import page_words

EMBED, OEMBED = "embed.html", "oembed.json"
EMBED_BYTES_MAX: Final = 20_000
ENTRIES_MAX: Final = 5
HEADLINE_CHARS_MAX, TITLE_CHARS_MAX, STANDING_CHARS_MAX, VALUE_CHARS_MAX, LABEL_CHARS_MAX = 200, 150, 120, 90, 60
WIDTH_PX, HEIGHT_PX = 600, 560
CACHE_S: Final = 3_600


class EmbeddedFact(NamedTuple):
    """A key fact in words: its label, what it was before, if that is known, what it is, and what it rests on."""

    label: str
    was: str
    now: str
    standing: str
    term: str


def embed_page(
    *, site: SiteFace, story: Story, entries: Sequence[Entry], redactions: Redactions, updated: datetime
) -> bytes:
    """Return the page to embed: headline, key facts and the newest entries, which come first in `entries`."""
    page = page_words(story.language or site.language, site.templates)
    words, plain = page["words"], page["plain_words"]
    rows = zip(key_rows(story, redactions, words), key_rows(story, redactions, plain), strict=True)
    return render(
        "embed.html.jinja",
        templates=site.templates,
        site=site,
        url=f"{site.base_url}stories/{story.story}/",
        **page,
        style=Markup(_style()),  # noqa: S704 - a file of ours
        style_digest=b64encode(hashlib.sha256(_style().encode()).digest()).decode(),
        headline=_cut(story.headline, HEADLINE_CHARS_MAX),
        status=story.status,
        shown_at=newest_at(entries, updated),
        key_facts=[_fact(_Texts(row, words), _Texts(row_as_text, plain), redactions) for row, row_as_text in rows],
        entries=_newest(entries),
    )


def oembed(*, site: SiteFace, story: Story, entries: Sequence[Entry]) -> bytes:
    """Return the oEmbed answer for the story's page, as JSON: with the newest picture of `entries`, newest first."""
    url = f"{site.base_url}stories/{story.story}/{EMBED}"
    frame = (
        f'<iframe src="{escape(url)}" title="{escape(story.headline)}" width="{WIDTH_PX}" height="{HEIGHT_PX}"'
        ' style="border:0;max-width:100%" loading="lazy"></iframe>'
    )
    answer = {
        "version": "1.0",
        "type": "rich",
        "title": story.headline,
        "author_name": site.author,
        "author_url": site.base_url,
        "provider_name": site.title,
        "provider_url": site.base_url,
        "cache_age": CACHE_S,
        "html": frame,
        "width": WIDTH_PX,
        "height": HEIGHT_PX,
        **_thumbnail(entries),
    }
    return orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _thumbnail(entries: Sequence[Entry]) -> dict[str, str | int]:
    """Return the newest picture in the words of oEmbed, which wants its size; nothing without one."""
    picture = newest_picture(entries)
    if picture is None or not (picture.width and picture.height):
        return {}
    sizes = {"thumbnail_width": picture.width, "thumbnail_height": picture.height}
    return {"thumbnail_url": picture.url, **sizes}


def _newest(entries: Sequence[Entry]) -> list[Entry]:
    """Return the newest entries, except those withdrawn since, with their titles cut."""
    usable = [entry for entry in entries if not entry.withdrawn][:ENTRIES_MAX]
    return [
        entry
        if len(entry.title) <= TITLE_CHARS_MAX
        else entry.model_copy(update={"title": _cut(entry.title, TITLE_CHARS_MAX), "page_title": ""})
        for entry in usable
    ]


class _Texts(NamedTuple):
    """A row of the key facts, in words that are HTML or plain text."""

    row: FactRow
    words: Words

    def was(self, redactions: Redactions) -> str:
        return "" if self.row.was is None else claim_value(self.row.was, redactions, self.words)

    def now(self, redactions: Redactions) -> str:
        return claim_value(self.row.item.fact.current, redactions, self.words)


def _fact(html: _Texts, text: _Texts, redactions: Redactions) -> EmbeddedFact:
    """Return a key fact in words; those that are too long as text, which can be cut."""
    return EmbeddedFact(
        label=_fitted(html.row.label, text.row.label, LABEL_CHARS_MAX),
        was=_fitted(html.was(redactions), text.was(redactions), VALUE_CHARS_MAX),
        now=_fitted(html.now(redactions), text.now(redactions), VALUE_CHARS_MAX),
        standing=_fitted(html.row.standing, text.row.standing, STANDING_CHARS_MAX),
        term=html.row.item.fact.standing or "",
    )


def _fitted(html: str, text: str, chars_max: int) -> str:
    return html if len(text) <= chars_max else _cut(text, chars_max)


def _cut(text: str, chars_max: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= chars_max else f"{cut(text, chars_max - 1)}…"


@cache
def _style() -> str:
    return resources.files("feed.pages").joinpath("assets/embed.css").read_text(encoding="utf-8")
