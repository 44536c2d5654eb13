"""A story's page for search engines: schema.org/LiveBlogPosting with its updates and corrections, as JSON-LD.

Corrections are schema.org/CorrectionComment.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import orjson
from markupsafe import Markup

from events.fold.state import Story
from events.model.edtf import format_instant
from events.wording.catalogue import sentence_list
from events.wording.language import ENGLISH, Words
from feed.entries.model import Entry

UPDATES_MAX = 50


class Publisher(Protocol):
    """The site, as its pages name it."""

    @property
    def title(self) -> str:
        """The site's name."""

    @property
    def author(self) -> str:
        """The name of the publisher."""

    @property
    def base_url(self) -> str:
        """The site's address, which ends in "/"."""


def live_blog(
    *,
    site: Publisher,
    story: Story,
    url: str,
    entries: Sequence[Entry],
    image: str | None,
    began_at: datetime,
    updated: datetime,
    words: Words = ENGLISH,
) -> Markup:
    """Return the JSON-LD of a story's page, safe in a `script` element.

    `image` is the address of its picture, and `began_at` the date of its first entry.
    """
    publisher = {"@type": "NewsMediaOrganization", "name": site.author, "url": site.base_url}
    blog: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting",
        "@id": url,
        "url": url,
        "mainEntityOfPage": url,
        "headline": story.headline,
        "description": story.summary,
        "image": image,
        "inLanguage": story.language,
        "keywords": list(story.subjects),
        "datePublished": format_instant(story.opened_at),
        "dateModified": format_instant(updated),
        "coverageStartTime": format_instant(min(began_at, story.opened_at)),
        "coverageEndTime": format_instant(_ended_at(entries, updated)) if story.status == "closed" else None,
        "author": publisher,
        "publisher": publisher,
        "isPartOf": {"@type": "WebSite", "name": site.title, "url": site.base_url},
        "liveBlogUpdate": [_update(entry, publisher) for entry in entries[:UPDATES_MAX]],
        "correction": [_correction(entry, words) for entry in _corrections(entries)[:UPDATES_MAX]],
    }
    return script_json(orjson.dumps({name: part for name, part in blog.items() if part not in (None, [], "")}))


def _ended_at(entries: Sequence[Entry], updated: datetime) -> datetime:
    """Return when the coverage of a closed story ended; if all of it is of an archive, by its own dates."""
    dates = [entry.dated for entry in entries if entry.archive and entry.dated is not None]
    return max(dates) if dates and len(dates) == len(entries) else updated


def script_json(data: bytes) -> Markup:
    """Return JSON in which nothing can begin or end a `script` element."""
    text = data.decode().rstrip()
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped just now


def _update(entry: Entry, author: Mapping[str, str]) -> dict[str, Any]:
    return {
        "@type": "BlogPosting",
        "@id": entry.id,
        "url": entry.url,
        "headline": entry.title,
        "articleBody": entry.summary or entry.title,
        "datePublished": format_instant(entry.dated or entry.published),
        "dateModified": format_instant(entry.updated),
        "author": author,
    }


def _corrections(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.kind in {"correction", "retraction"}]


def _correction(entry: Entry, words: Words) -> dict[str, Any]:
    return {
        "@type": "CorrectionComment",
        "url": entry.url,
        "text": sentence_list((entry.title, entry.summary), words),
        "datePublished": format_instant(entry.published),
    }
