"""Stories as HTML pages: state and entries in, finished bytes out. No store, no clock, no files but our own.

Three kinds of text meet here. An entry's `content` is HTML that is safe already, and is the only thing marked
so; the words of the interface stand in the templates; all the rest came out of events, may be hostile, and is
escaped by Jinja. A policy in each head allows our own script and style alone; pages are complete without script.

Ids of entries are names of events and developments. The page's own ids begin with "~", which neither can
hold, so the two never meet.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

import orjson
from markupsafe import Markup

from events.wording import values as words
from feed.entries.model import Entry
from feed.pages.charts import chart, schedule
from feed.pages.jsonld import live_blog, script_json
from feed.pages.templating import claim_words, page_path, render, web_address

FEED_TYPES = (
    ("atom", "application/atom+xml", "Atom"),
    ("rss", "application/rss+xml", "RSS"),
    ("json", "application/feed+json", "JSON Feed"),
)
LATEST_MAX = 5
MOVED_MAX = 1_000
"""How many entries of older pages keep a place on the first, which says where each stands; the script knows the rest.

Ten thousand places are more than half of a page, and a reader waits for them.
"""

# What a reader must act on comes first; what is settled comes last.
_EXPECTED_ORDER = ("overdue", "pending", "partly_met", "open", "missed", "met_late", "met", "cancelled")
_UNSETTLED = frozenset(_EXPECTED_ORDER[:4])


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteFace:
    """What every page shows of the site.

    `base_url` ends in "/"; `stylesheet`, `script` and `icon` are relative to the root of the output. `templates` holds
    the text of each template that the newsroom replaces, `image` the picture for sharing what has none of its own.
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
    """One story in the index. `change` is its newest entry's title; the counts are of the public state."""

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
    """What a story's page shows besides its state: entries newest first, and what else changed when.

    `rows` are those of its history (`history`), `history` the file's JSON where the page is to hold it. `elsewhere`
    gives the numbered page of each entry that is not on this one, of `numbered` in all.
    """

    entries: Sequence[Entry]
    rows: Sequence[Mapping[str, Any]] = ()
    history: bytes | None = None
    numbered: int = 0
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    image: str | None = None


def story_page(*, site: SiteFace, state: Mapping[str, Any], parts: PageParts, updated: datetime) -> bytes:
    """Return the page of one story: what is known, what is expected, what changed.

    `state` is the public state (design 1.8), in which any list may be missing.
    """
    url = f"{site.base_url}stories/{state['story']}/"
    entries, facts = parts.entries, state.get("facts") or {}
    expected = _expected(state.get("expectations") or ())
    return render(
        "story.html.jinja",
        templates=site.templates,
        site=site,
        root="../../",
        url=url,
        feeds=_feed_links(f"{url}feed", state["headline"]),
        state=state,
        language=state.get("language") or site.language,
        updated=updated,
        image=parts.image,
        metadata=live_blog(site=site, state=state, url=url, entries=entries, updated=updated),
        history=None if parts.history is None else script_json(parts.history),
        latest=_latest(parts),
        charts={key: chart(known.get("history") or (), _steps_told(known)) for key, known in facts.items()},
        schedule=schedule(expected["ahead"]),
        numbered=parts.numbered,
        elsewhere=parts.elsewhere,
        moved=dict(tuple(parts.elsewhere.items())[-MOVED_MAX:]),
        further=_by_page(tuple(parts.elsewhere.items())[:-MOVED_MAX]),
        # By key, so that a subject's facts stand together; what nobody knows comes after what somebody says.
        facts=sorted(facts.items(), key=lambda fact: (fact[1].get("value") is None, fact[0])),
        reports={report["id"]: report for report in state.get("developments") or ()},
        expected=expected,
        corrections=sorted(state.get("corrections") or (), key=lambda made: str(made.get("at", "")), reverse=True),
        sources=_sources(state),
        entries=sorted(entries, key=lambda entry: not entry.pinned),
        anchors=frozenset(entry.anchor for entry in entries) | parts.elsewhere.keys(),
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
    """Return the path of `style.css`, `page.js` or `icon.svg` in the output, named by its content, and its bytes."""
    data = replaced[name].encode() if replaced and name in replaced else _ours(name)
    stem, _, extension = name.partition(".")
    return f"assets/{stem}-{hashlib.sha256(data).hexdigest()[:8]}.{extension}", data


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedLink:
    """One feed as the head and the foot of a page name it."""

    url: str
    type: str
    title: str
    format: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditedSource:
    """An outlet: its pieces that reports rest on, each (title, url, published_at), and what it credits."""

    name: str
    developments: int
    pieces: tuple[tuple[str, str, str | None], ...]
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
    """Return the rows of what changed last; of what was taken back since, that it was is told by a row of its own."""
    gone = {entry.anchor for entry in parts.entries if entry.withdrawn}
    return [row for row in reversed(parts.rows) if "entry" in row and row["entry"] not in gone][:LATEST_MAX]


def _by_page(places: Iterable[tuple[str, int]]) -> Markup | None:
    """Return anchors by the path of their page, as JSON for a script element; None if there are none."""
    anchors: dict[str, list[str]] = {}
    for anchor, number in places:
        anchors.setdefault(page_path(number), []).append(anchor)
    return script_json(orjson.dumps(anchors)) if anchors else None


def _expected(expectations: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Part what is still to come from what is settled; in each, the most pressing first."""
    ordered = sorted(expectations, key=_urgency)
    return {
        "ahead": [expected for expected in ordered if expected["status"] in _UNSETTLED],
        "settled": [expected for expected in ordered if expected["status"] not in _UNSETTLED],
    }


def _urgency(expected: Mapping[str, Any]) -> tuple[int, str, str]:
    # Ends of windows order as text. "~" comes after "-" and all digits: a year ends later than its days do,
    # and what has no date comes last.
    end = str((expected.get("due") or {}).get("edtf") or "").rpartition("/")[2].rstrip("?~%")
    rank = _EXPECTED_ORDER.index(expected["status"])
    return rank, f"{end}~" if end[:1].isdigit() else "~", str(expected["id"])


def _sources(state: Mapping[str, Any]) -> list[CreditedSource]:
    """Gather the outlets of the state's list with the pieces that the usable developments name."""
    named = [
        source
        for development in state.get("developments") or ()
        if development.get("status") == "usable"
        for source in development.get("sources") or ()
    ]
    return [
        CreditedSource(
            name=outlet["name"],
            developments=outlet.get("developments", 0),
            pieces=tuple(
                {
                    source["url"]: (
                        source.get("title") or source["url"],
                        source["url"],
                        source.get("published_at"),
                    )
                    for source in named
                    if source["name"] == outlet["name"] and web_address(source.get("url"))
                }.values()
            ),
            via=tuple(
                dict.fromkeys(
                    credit for source in named if source["name"] == outlet["name"] for credit in source.get("via") or ()
                )
            ),
        )
        for outlet in state.get("sources") or ()
    ]


def _steps_told(known: Mapping[str, Any]) -> list[str]:
    """Say each step of a fact's history: when, what, and who."""
    return [
        f"{words.when_words(step.get('as_of'))}: {claim_words(step, known.get('unit'))}"
        + (f", {words.speakers_words(step['said_by'])}" if step.get("said_by") else "")
        for step in known.get("history") or ()
    ]
