"""Stories as HTML pages: state and entries in, finished bytes out. No store, no clock, no files but our own.

Three kinds of text meet here. An entry's `content` is HTML that is safe already, and only it is marked so. The words of
the interface are in the templates. Everything else came out of events, may be hostile, and is escaped by Jinja.
A policy in each head allows only our own script and style. Pages are complete without script.

Ids of entries are names of events and developments. The page's own ids begin with "~", which those cannot contain.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import resources
from operator import attrgetter
from typing import Any

import orjson
from markupsafe import Markup

from events.fold.state import Story
from events.model.parts import Source
from events.wording.redactions import NO_REDACTIONS, Redactions
from feed.entries.model import Entry
from feed.pages.charts import chart, schedule
from feed.pages.jsonld import live_blog, script_json
from feed.pages.templating import page_path, render, web_address

FEED_TYPES = (
    ("atom", "application/atom+xml", "Atom"),
    ("rss", "application/rss+xml", "RSS"),
    ("json", "application/feed+json", "JSON Feed"),
)
LATEST_MAX = 5
MOVED_MAX = 1_000
"""How many entries of older pages have an anchor on the first page that links to them; the script finds the rest.

Ten thousand anchors are more than half of a page, and a reader waits for them.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteFace:
    """What every page shows of the site.

    base_url: ends in "/"
    stylesheet, script, icon: paths, relative to the root of the output
    image: the path of the picture for sharing pages that have none of their own
    templates: the text of each template that the newsroom replaces, by name
    """

    title: str
    description: str
    base_url: str
    language: str
    author: str
    stylesheet: str
    script: str
    icon: str
    image: str | None = None
    templates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryLine:
    """One story in the index. `change` is the title of its newest entry; counts are those of the public state."""

    story: str
    headline: str
    status: str
    updated_at: datetime
    summary: str | None = None
    change: str | None = None
    developments: int = 0
    overdue: int = 0
    promises: tuple[tuple[str, str], ...] = ()
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PageParts:
    """What a story's page shows besides its state.

    entries: newest first
    rows: the rows of its history
    history: the JSON of `history.json`, if the page is to hold it
    numbered: how many numbered pages of older entries there are
    elsewhere: the numbered page of each entry that is not on this one, by anchor
    image: the path of its picture for sharing
    redactions: what must not be quoted
    """

    entries: Sequence[Entry]
    rows: Sequence[Mapping[str, Any]] = ()
    history: bytes | None = None
    numbered: int = 0
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    image: str | None = None
    redactions: Redactions = NO_REDACTIONS


def story_page(*, site: SiteFace, story: Story, state: Mapping[str, Any], parts: PageParts, updated: datetime) -> bytes:
    """Return the page of one story: what is known, what is expected, what changed.

    `story` is the public state, and `state` its JSON.
    """
    url = f"{site.base_url}stories/{story.story}/"
    entries, elsewhere = parts.entries, tuple(parts.elsewhere.items())
    by_urgency = story.by_urgency
    ahead = [expected for expected in by_urgency if not expected.settled]
    return render(
        "story.html.jinja",
        templates=site.templates,
        site=site,
        root="../../",
        url=url,
        feeds=_feed_links(f"{url}feed", story.headline),
        story=story,
        state=state,
        language=story.language or site.language,
        updated=updated,
        image=parts.image,
        metadata=live_blog(site=site, story=story, url=url, entries=entries, updated=updated),
        history=None if parts.history is None else script_json(parts.history),
        latest=_latest(parts),
        charts={key: chart(fact) for key, fact in story.facts.items()},
        schedule=schedule((expected, story.status_of(expected)) for expected in ahead),
        numbered=parts.numbered,
        elsewhere=parts.elsewhere,
        moved=dict(elsewhere[-MOVED_MAX:]),
        further=_by_page(elsewhere[:-MOVED_MAX]),
        # By key, so that the facts of one subject are together; facts without a value come last.
        facts=sorted(story.facts.items(), key=lambda item: (item[1].fact.current is None, item[0])),
        reports={development.id: development for development in story.developments},
        expected={"ahead": ahead, "settled": [expected for expected in by_urgency if expected.settled]},
        corrections=sorted(story.corrections, key=attrgetter("at"), reverse=True),
        sources=_sources(story, state),
        entries=sorted(entries, key=lambda entry: not entry.pinned),
        anchors=frozenset(entry.anchor for entry in entries) | parts.elsewhere.keys(),
        redactions=parts.redactions,
    )


def older_page(*, site: SiteFace, state: Mapping[str, Any], number: int, entries: Sequence[Entry]) -> bytes:
    """Return a numbered page of a story's older entries."""
    url = f"{site.base_url}stories/{state['story']}/"
    return render(
        "older.html.jinja",
        templates=site.templates,
        site=site,
        root="../../../",
        url=f"{url}{page_path(number)}",
        image=site.image,
        feeds=_feed_links(f"{url}feed", state["headline"]),
        state=state,
        language=state.get("language") or site.language,
        number=number,
        entries=entries,
    )


def index_page(*, site: SiteFace, stories: Sequence[StoryLine], entries: Sequence[Entry]) -> bytes:
    """Return the front page: all `stories` in the order given, and the newest `entries` over all of them."""
    return render(
        "index.html.jinja",
        templates=site.templates,
        site=site,
        root="",
        url=site.base_url,
        image=site.image,
        feeds=_feed_links(f"{site.base_url}feed", site.title),
        correction_feeds=_feed_links(f"{site.base_url}corrections", f"{site.title}: corrections"),
        stories=stories,
        headlines={line.story: line.headline for line in stories},
        entries=entries,
    )


def asset(name: str, replaced: Mapping[str, str] | None = None) -> tuple[str, bytes]:
    """Return the bytes of `style.css`, `page.js` or `icon.svg`, and its path, which changes with its content."""
    data = replaced[name].encode() if replaced and name in replaced else _ours(name)
    stem, _, extension = name.partition(".")
    return f"assets/{stem}-{hashlib.sha256(data).hexdigest()[:8]}.{extension}", data


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedLink:
    """One feed, for the head and the foot of a page."""

    url: str
    type: str
    title: str
    format: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditedSource:
    """An outlet: its pieces that reports rest on, each (title, URL, time of publication), and what it credits."""

    name: str
    developments: int
    pieces: tuple[tuple[str, str, datetime | None], ...]
    via: tuple[str, ...]


@cache
def _ours(name: str) -> bytes:
    return resources.files("feed.pages").joinpath(f"assets/{name}").read_bytes()


def _feed_links(stem: str, title: str) -> tuple[FeedLink, ...]:
    return tuple(
        FeedLink(url=f"{stem}.{extension}", type=media_type, title=f"{title} ({name})", format=name)
        for extension, media_type, name in FEED_TYPES
    )


def _latest(parts: PageParts) -> list[Mapping[str, Any]]:
    """Return the rows of what changed last, without what was withdrawn since: a withdrawal has a row of its own."""
    withdrawn = {entry.anchor for entry in parts.entries if entry.withdrawn}
    return [row for row in reversed(parts.rows) if "entry" in row and row["entry"] not in withdrawn][:LATEST_MAX]


def _by_page(elsewhere: Iterable[tuple[str, int]]) -> Markup | None:
    """Return anchors by the path of their page, as JSON for a script element; None if there are none."""
    anchors: dict[str, list[str]] = {}
    for anchor, number in elsewhere:
        anchors.setdefault(page_path(number), []).append(anchor)
    return script_json(orjson.dumps(anchors)) if anchors else None


def _sources(story: Story, state: Mapping[str, Any]) -> list[CreditedSource]:
    """Return the outlets of the state's list, with their pieces and what they credit."""
    named: dict[str, list[Source]] = {}
    for development in story.developments:
        for source in development.report.sources if development.report else ():
            named.setdefault(source.name, []).append(source)
    return [
        CreditedSource(
            name=outlet["name"],
            developments=outlet["developments"],
            pieces=_pieces(named[outlet["name"]]),
            via=tuple(dict.fromkeys(credit for source in named[outlet["name"]] for credit in source.via)),
        )
        for outlet in state.get("sources", ())
    ]


def _pieces(sources: Iterable[Source]) -> tuple[tuple[str, str, datetime | None], ...]:
    """Return each linked piece once, as (title, URL, time of publication)."""
    linked = ((web_address(source.url), source) for source in sources)
    pieces = {url: (source.title or url, url, source.published_at) for url, source in linked if url is not None}
    return tuple(pieces.values())
