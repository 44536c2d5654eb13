"""Stories as HTML pages: state and entries in, finished bytes out. No store, no clock, no files but our own.

Three kinds of text meet here. An entry's `content` is HTML that is safe already, and only it is marked so. The words of
the interface are in the templates. Everything else came out of events, may be hostile, and is escaped by Jinja.
A policy in each head allows only our own script and style. Pages are complete without script.

Ids of entries are names of events and developments. The page's own ids begin with "~", which those cannot contain.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson
from markupsafe import Markup

from events.fold.state import Story
from events.model.parts import Source
from events.wording.expectations import promise_names
from events.wording.language import Words
from events.wording.questions import open_questions
from events.wording.redactions import NO_REDACTIONS, Redactions
from feed.entries.model import Category, Enclosure, Entry
from feed.languages.markup import MarkupWords
from feed.pages.charts import schedule
from feed.pages.facts import fact_groups, key_rows
from feed.pages.jsonld import live_blog, script_json
from feed.pages.paging import anchor_runs
from feed.pages.script import script_words
from feed.pages.templating import page_path, render, web_address
from feed.pages.words import page_words

FEED_TYPES = (
    ("atom", "application/atom+xml", "Atom"),
    ("rss", "application/rss+xml", "RSS"),
    ("json", "application/feed+json", "JSON Feed"),
)
LATEST_LINES_MAX = 2
QUESTIONS_MAX = 8
BREAKING = Category(term="breaking")
MOVED_MAX = 1_000
"""How many entries of older pages have an anchor on the first page that links to them; the script finds the rest.

Ten thousand anchors are more than half of a page, and a reader waits for them.
"""


class SiteFace(NamedTuple):
    """What every page shows of the site.

    base_url: ends in "/"
    stylesheet, script, icon, icon_png: paths, relative to the root of the output
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
    icon_png: str = ""
    image: str | None = None
    templates: Mapping[str, str] = MappingProxyType({})


class FactLine(NamedTuple):
    """The key fact of a story that changed last, in words: its label, what it was and is, and what it rests on."""

    label: str
    was: str
    now: str
    standing: str
    term: str | None


class StoryLine(NamedTuple):
    """One story in the index. Counts are those of the public state.

    fact: the key fact that changed last
    change: the title of its newest entry, and whether that is breaking news
    shown_at: the date of the newest news
    language: that of its texts, if it is not the site's
    words, change_words: the languages of our words in `fact` and in `change`, if they are not in that
    """

    story: str
    headline: str
    status: str
    updated_at: datetime
    summary: str | None = None
    change: str | None = None
    developments: int = 0
    overdue: int = 0
    disputed: int = 0
    fact: FactLine | None = None
    breaking: bool = False
    shown_at: datetime | None = None
    language: str | None = None
    words: str | None = None
    change_words: str | None = None
    promises: tuple[tuple[str, str], ...] = ()
    subjects: tuple[str, ...] = ()


class PageParts(NamedTuple):
    """What a story's page shows besides its state.

    entries: newest first
    history: the JSON of `history.json`, if the page is to hold it
    numbered: how many numbered pages of older entries there are
    elsewhere: the numbered page of each entry that is not on this one, by anchor
    image: the path of its picture for sharing
    began_at: the date of its first entry
    redactions: what must not be quoted
    followed: the keys of the facts that have feeds of their own
    calendar: whether the story has a calendar of its promises
    """

    entries: Sequence[Entry]
    history: bytes | None = None
    numbered: int = 0
    elsewhere: Mapping[str, int] = MappingProxyType({})
    image: str | None = None
    began_at: datetime | None = None
    redactions: Redactions = NO_REDACTIONS
    followed: Container[str] = ()
    calendar: bool = False


def story_page(*, site: SiteFace, story: Story, state: Mapping[str, Any], parts: PageParts, updated: datetime) -> bytes:
    """Return the page of one story: what is known, what is expected, what changed.

    `story` is the public state, and `state` its JSON.
    """
    url = f"{site.base_url}stories/{story.story}/"
    entries, page = parts.entries, _page_words(story.language or site.language, site)
    words, plain = page["words"], page["plain_words"]
    return render(
        "story.html.jinja",
        templates=site.templates,
        site=site,
        root="../../",
        url=url,
        feeds=_feed_links(f"{url}feed", story.headline),
        story=story,
        state=state,
        **page,
        updated=updated,
        shown_at=newest_at(entries, updated),
        calendar=f"{url}expected.ics" if parts.calendar else None,
        **_sharing(site, story, parts, url=url, updated=updated, words=plain),
        history=None if parts.history is None else script_json(parts.history),
        key_facts=key_rows(story, parts.redactions, words),
        fact_groups=fact_groups(story, parts.redactions, words, plain),
        **_latest(entries),
        **_open(story, parts.redactions, words),
        **_expected(story, parts.redactions, plain),
        **_older(parts),
        reports={development.id: development for development in story.developments},
        **_corrections(story),
        sources=_sources(story, state),
        entries=sorted(entries, key=lambda entry: not entry.pinned),
        anchors=frozenset(entry.anchor for entry in entries) | parts.elsewhere.keys(),
        redactions=parts.redactions,
        followed=parts.followed,
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
        **_page_words(state.get("language") or site.language, site),
        number=number,
        entries=entries,
    )


def index_page(
    *, site: SiteFace, stories: Sequence[StoryLine], entries: Sequence[Entry], calendar: bool = False
) -> bytes:
    """Return the front page: all `stories` in the order given, and the newest `entries` over all of them."""
    page = _page_words(site.language, site)
    corrections = page["plain_words"].gettext("{site}: corrections", site=site.title)
    return render(
        "index.html.jinja",
        templates=site.templates,
        site=site,
        **page,
        root="",
        url=site.base_url,
        image=site.image,
        calendar=f"{site.base_url}expected.ics" if calendar else None,
        feeds=_feed_links(f"{site.base_url}feed", site.title),
        correction_feeds=_feed_links(f"{site.base_url}corrections", corrections),
        stories=stories,
        headlines={line.story: line.headline for line in stories},
        entries=entries,
    )


class FeedLink(NamedTuple):
    """One feed, for the head and the foot of a page."""

    url: str
    type: str
    title: str
    format: str


class CreditedSource(NamedTuple):
    """An outlet: its pieces that reports rest on, each (title, URL, time of publication), and what it credits."""

    name: str
    developments: int
    pieces: tuple[tuple[str, str, datetime | None], ...]
    via: tuple[str, ...]


def _page_words(language: str, site: SiteFace) -> dict[str, Any]:
    """Return the words of a page in `language`, and those of its script, unless that has them already."""
    page = page_words(language, site.templates)
    words: Words = page["plain_words"]
    return page | {"script_words": script_json(orjson.dumps(script_words(words))) if words.catalogue else None}


def _feed_links(stem: str, title: str) -> tuple[FeedLink, ...]:
    return tuple(
        FeedLink(url=f"{stem}.{extension}", type=media_type, title=f"{title} ({name})", format=name)
        for extension, media_type, name in FEED_TYPES
    )


def _sharing(
    site: SiteFace, story: Story, parts: PageParts, *, url: str, updated: datetime, words: Words
) -> dict[str, Any]:
    """Return the page's picture, the newest of a report or ours, and what it says of itself to machines."""
    picture = newest_picture(parts.entries)
    metadata = live_blog(
        site=site,
        story=story,
        url=url,
        entries=parts.entries,
        image=picture.url if picture else parts.image and f"{site.base_url}{parts.image}",
        began_at=parts.began_at or story.opened_at,
        updated=updated,
        words=words,
    )
    return {"image": parts.image, "picture": picture, "metadata": metadata}


def _latest(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the newest entry, and those before it, except those withdrawn since: a withdrawal has its own entry."""
    recent = [entry for entry in entries[: LATEST_LINES_MAX * 4] if not entry.withdrawn] or list(entries[:1])
    newest = recent[0] if recent else None
    return {"newest": newest, "lines": recent[1 : 1 + LATEST_LINES_MAX], "breaking": is_breaking(newest)}


def _open(story: Story, redactions: Redactions, words: MarkupWords) -> dict[str, Any]:
    """Return the open questions, how many there are beyond those shown, and how many of each kind."""
    questions = open_questions(story, redactions, words)
    return {
        "questions": questions[:QUESTIONS_MAX],
        "questions_left": len(questions[QUESTIONS_MAX:]),
        "counts": Counter(question.kind for question in questions),
    }


def _corrections(story: Story) -> dict[str, Any]:
    """Return the corrections, newest first, and when something was last wrong."""
    corrections = sorted(story.corrections, key=attrgetter("at"), reverse=True)
    wrong = (made.at for made in corrections if made.level == "correction")
    return {"corrections": corrections, "corrected_at": next(wrong, None)}


def _expected(story: Story, redactions: Redactions, words: Words) -> dict[str, Any]:
    """Return what is expected and what is settled, and the chart of what has a date."""
    ahead = [expected for expected in story.by_urgency if not expected.settled]
    settled = [expected for expected in story.by_urgency if expected.settled]
    names = promise_names(story, redactions, words)
    bars = schedule(((expected, story.status_of(expected)) for expected in ahead), names, words)
    promises = {expected.id: expected.what for expected in story.expectations}
    return {
        "expected": {"ahead": ahead, "settled": settled},
        "schedule": bars,
        "promises": promises,
        "promise_names": names,
    }


def _older(parts: PageParts) -> dict[str, Any]:
    """Return where older entries are: those with an anchor on this page, and the others by page."""
    elsewhere = tuple(parts.elsewhere.items())
    return {
        "numbered": parts.numbered,
        "elsewhere": parts.elsewhere,
        "moved": dict(elsewhere[-MOVED_MAX:]),
        "further": _by_page(elsewhere[:-MOVED_MAX]),
    }


def is_breaking(newest: Entry | None) -> bool:
    """Return True if the newest entry is an urgent report: it is breaking news until something newer comes."""
    is_report = newest is not None and newest.kind == "report" and not newest.archive
    return newest is not None and is_report and BREAKING in newest.categories and not newest.withdrawn


def newest_at(entries: Sequence[Entry], updated: datetime) -> datetime:
    """Return when the newest news came, by the dates that the entries show: an archive's may be years ago."""
    dates = [entry.updated if entry.edited else entry.dated or entry.published for entry in entries]
    return max(dates, default=updated)


def newest_picture(entries: Sequence[Entry]) -> Enclosure | None:
    """Return the newest picture of a report that is not withdrawn, for those who share the page."""
    files = (file for entry in entries if not entry.withdrawn for file in entry.enclosures)
    return next((file for file in files if file.type.startswith("image/") and web_address(file.url)), None)


def _by_page(elsewhere: Iterable[tuple[str, int]]) -> Markup | None:
    """Return anchors by the path of their page, as JSON for a script element; None if there are none."""
    anchors: dict[str, list[str]] = {}
    for anchor, number in elsewhere:
        anchors.setdefault(page_path(number), []).append(anchor)
    return script_json(orjson.dumps({path: anchor_runs(names) for path, names in anchors.items()})) if anchors else None


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
