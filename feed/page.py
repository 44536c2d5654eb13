"""Stories as HTML pages: state and entries in, finished bytes out. No store, no clock, no files but our own.

Three kinds of text meet here. An entry's `content` is HTML that is safe already, and is the only thing marked
so; the words of the interface stand in the templates; all the rest came out of events, may be hostile, and is
escaped by Jinja. A policy in each head allows our own script and style alone; pages are complete without script.

Ids of entries are names of events and developments. The page's own ids begin with "~", which neither can
hold, so the two never meet.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import quote

from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemBytecodeCache, PackageLoader, TemplateSyntaxError
from jinja2.bccache import Bucket
from markupsafe import Markup

from events import words
from events.errors import InvalidError, Problem
from feed.charts import HEIGHT, WIDTH, chart, schedule
from feed.document import Entry
from feed.language import direction
from feed.metadata import live_blog, script_json

# Only what the page itself needs. Pictures may stand anywhere on the web, since sources' pictures do.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' https: http:; "
    "base-uri 'none'; form-action 'none'"
)
FEED_TYPES = (
    ("atom", "application/atom+xml", "Atom"),
    ("rss", "application/rss+xml", "RSS"),
    ("json", "application/feed+json", "JSON Feed"),
)
DESCRIPTION_CHARS_MAX = 300  # of the meta description: longer ones are cut by every reader of them
LATEST_MAX = 5
CORRECTIONS_MAX, PIECES_MAX, HISTORY_STEPS_MAX = 50, 10, 50
HISTORY_OPEN_MAX = 4  # a longer history of one fact is folded away behind its last value

_CONTROLS = re.compile("[\x7f-\x9f]")

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
class Told:
    """What a story's page shows besides its state: entries newest first, and what else changed when.

    `rows` are those of its history (feed.history), `history` the file's JSON where the page is to hold it. `elsewhere`
    gives the numbered page of each entry that is not on this one, of `numbered` in all.
    """

    entries: Sequence[Entry]
    rows: Sequence[Mapping[str, Any]] = ()
    history: Mapping[str, Any] | None = None
    numbered: int = 0
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    image: str | None = None


def story_page(*, site: SiteFace, state: Mapping[str, Any], told: Told, updated: datetime) -> bytes:
    """Give the page of one story: what is known, what is expected, what changed.

    `state` is the public state (design 1.8), in which any list may be missing.
    """
    url = f"{site.base_url}stories/{state['story']}/"
    entries, facts = told.entries, state.get("facts") or {}
    expected = _expected(state.get("expectations") or ())
    return _render(
        "story.html.jinja",
        site=site,
        root="../../",
        url=url,
        feeds=_feed_links(f"{url}feed", state["headline"]),
        state=state,
        language=state.get("language") or site.language,
        updated=updated,
        image=told.image,
        metadata=live_blog(site=site, state=state, url=url, entries=entries, updated=updated),
        history=None if told.history is None else script_json(told.history),
        latest=[row for row in reversed(told.rows) if "entry" in row][:LATEST_MAX],
        charts={key: chart(known.get("history") or (), _steps_told(known)) for key, known in facts.items()},
        schedule=schedule(expected["ahead"]),
        numbered=told.numbered,
        elsewhere=told.elsewhere,
        # By key, so that a subject's facts stand together; what nobody knows comes after what somebody says.
        facts=sorted(facts.items(), key=lambda fact: (fact[1].get("value") is None, fact[0])),
        reports={report["id"]: report for report in state.get("developments") or ()},
        expected=expected,
        corrections=sorted(state.get("corrections") or (), key=lambda made: str(made.get("at", "")), reverse=True),
        sources=_sources(state),
        entries=sorted(entries, key=lambda entry: not entry.pinned),
        anchors=frozenset(entry.anchor for entry in entries) | told.elsewhere.keys(),
    )


def older_page(*, site: SiteFace, state: Mapping[str, Any], number: int, entries: Sequence[Entry]) -> bytes:
    """Give a numbered page of a story's older entries."""
    url = f"{site.base_url}stories/{state['story']}/"
    return _render(
        "older.html.jinja",
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


def page_path(number: int) -> str:
    """Give the place of a numbered page below its story's folder."""
    return f"page/{number:04}.html"


def index_page(*, site: SiteFace, stories: Sequence[StoryLine], entries: Sequence[Entry]) -> bytes:
    """Give the front page: all `stories` in the order given, and the newest `entries` over all of them."""
    return _render(
        "index.html.jinja",
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
    """Give the path of `style.css`, `page.js` or `icon.svg` in the output, named by its content, and its bytes."""
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
    return resources.files("feed").joinpath(f"assets/{name}").read_bytes()


def check_templates(replaced: Mapping[str, str]) -> None:
    """Raise InvalidError where a newsroom's template has a mistake in its syntax, or a name that nothing has."""
    known = {*_environment(()).list_templates(), "style.css"}
    problems = [
        Problem(
            where=f"templates/{name}",
            check="template",
            message="nothing of ours has this name.",
            remedy=f"It could replace: {', '.join(sorted(known))}.",
        )
        for name in sorted(replaced.keys() - known)
    ]
    for name, text in sorted(replaced.items()):
        try:
            _environment(()).parse(text) if name.endswith(".jinja") else None
        except TemplateSyntaxError as error:
            where = f"templates/{name}:{error.lineno}"
            problems.append(Problem(where=where, check="template", message=f"{error.message}."))
    if problems:
        raise InvalidError(*problems)


def _render(template: str, *, site: SiteFace, **context: Any) -> bytes:
    page = _environment(tuple(sorted(site.templates.items()))).get_template(template).render(context, site=site)
    # Controls that no HTML may hold: html.spec.whatwg.org, control-character-in-input-stream.
    return (_CONTROLS.sub("\ufffd", page.rstrip()) + "\n").encode()


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates, kept where Python keeps its own: compiling them takes longer than publishing a story."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, where the folder may be written."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


@cache
def _environment(replaced: tuple[tuple[str, str], ...]) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([DictLoader(dict(replaced)), PackageLoader("feed", "templates")]),
        bytecode_cache=_Compiled(str(resources.files("feed").joinpath("__pycache__")), "jinja-%s.cache"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "claim": _claim,
        "day": words.day_words,
        "direction": direction,
        "due": words.due_words,
        "field": lambda value, field: words.field_words(field, value),
        "field_name": words.field_name_words,
        "iso": _iso,
        "key": words.key_words,
        "kind": words.kind_words,
        "listing": words.listing,
        "page_path": page_path,
        "instant": words.instant_words,
        "relation": words.relation_words,
        "safe_html": Markup,
        "speaker": words.speaker_words,
        "speakers": words.speakers_words,
        "status": words.status_words,
        "teaser": _teaser,
        "voice": _voice,
        "when": words.when_words,
        "web": _web,
    }
    environment.globals |= {
        "CONTENT_SECURITY_POLICY": CONTENT_SECURITY_POLICY,
        "CHART_HEIGHT": HEIGHT,
        "CHART_WIDTH": WIDTH,
        "CORRECTIONS_MAX": CORRECTIONS_MAX,
        "HISTORY_OPEN_MAX": HISTORY_OPEN_MAX,
        "HISTORY_STEPS_MAX": HISTORY_STEPS_MAX,
        "PIECES_MAX": PIECES_MAX,
        "fragment": _fragment,
        "standing_words": words.standing_words,
    }
    return environment


def _feed_links(stem: str, title: str) -> tuple[FeedLink, ...]:
    return tuple(
        FeedLink(url=f"{stem}.{extension}", type=media_type, title=f"{title} ({name})", format=name)
        for extension, media_type, name in FEED_TYPES
    )


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
                    if source["name"] == outlet["name"] and _web(source.get("url"))
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
        f"{words.when_words(step.get('as_of'))}: {_claim(step, known.get('unit'))}"
        + (f", {words.speakers_words(step['said_by'])}" if step.get("said_by") else "")
        for step in known.get("history") or ()
    ]


def _claim(claim: Mapping[str, Any], unit: str | None = None) -> str:
    """Say a claim's value; `unit` is the fact's, for claims that leave it out."""
    return words.value_words(
        claim.get("value"), claim.get("unit") or unit or None, claim.get("of"), claim.get("literal")
    )


def _voice(item: Mapping[str, Any], reports: Mapping[str, Mapping[str, Any]]) -> str:
    """Say who stands behind a claim or a doubt: its speakers, else the outlets of its report."""
    if item.get("said_by"):
        return words.speakers_words(item["said_by"])
    if item.get("name") or item.get("role") or item.get("org"):
        return words.speaker_words(item)
    report = reports.get(str(item.get("development"))) or {}
    outlets = dict.fromkeys(source["name"] for source in report.get("sources") or ())
    return words.listing(list(outlets)) or "an unattributed report"


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _fragment(anchor: str) -> str:
    return f"#{quote(anchor, safe=':~')}"


def _web(url: str | None) -> str | None:
    # Events hold no other scheme; a page that says so itself needs to trust nobody.
    return url if url and url.startswith(("https://", "http://")) else None


def _teaser(text: str) -> str:
    """Cut at a word for a meta description."""
    text = " ".join(text.split())
    if len(text) <= DESCRIPTION_CHARS_MAX:
        return text
    return text[:DESCRIPTION_CHARS_MAX].rpartition(" ")[0] + " …"
