"""Worked stories: each is a folder of events, recorded as a desk would, with texts of them that a person can review.

A folder has `views.yaml` (the instants at which to look) and `events.yaml`; or its views name a folder of files to
import. Each event is recorded at the `recorded_at` in its file, otherwise when it was reported; events of one instant
are appended together. The expected texts are the golden files beside the events.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from events.changes import Change, FactChanged
from events.files.importer import read_events
from events.files.yaml import read_yaml
from events.fold.state import Story
from events.model.edtf import format_instant, instant
from events.model.events import (
    AnyEvent,
    DevelopmentCorrected,
    DevelopmentReported,
    DevelopmentRetracted,
    StoryOpened,
)
from events.model.parts import Expectation
from events.public.sequence import OverdueNotice, PublicItem, PublicStory
from events.wording.redactions import Redactions
from feed.cli.commands import read as reading
from feed.cli.desk import Desk
from feed.entries.builder import Address
from feed.entries.model import Entry
from feed.entries.story import StoryEntries
from feed.site import Site
from tests.builders import BASE_URL, NEWSROOM, START, Clock, newsroom

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
VIEWS = "views.yaml"
EVENTS = "events.yaml"
INDENT = " " * 4
DOT = " · "
BLOCKS = {"p", "h4", "h5", "h6", "li", "tr", "blockquote", "figcaption", "figure", "ul", "ol", "table", "pre"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """The instants at which a story is looked at; see the comments in a `views.yaml`."""

    ends_at: datetime
    as_of: tuple[datetime, ...] = ()
    recorded_by: tuple[datetime, ...] = ()
    public: tuple[datetime, ...] = ()
    entries: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedStory:
    """A story in a folder: its events in order, each with the instant at which it is recorded, and when to look."""

    name: str
    events: tuple[tuple[datetime, AnyEvent], ...]
    views: Views

    def record(self, folder: Path) -> "Recording":
        """Record the events in a new newsroom in `folder`, and leave the clock at the story's end."""
        clock = Clock(self.events[0][0])
        site = newsroom(folder, clock)
        with site.ledger() as ledger:
            for at, together in groupby(self.events, key=lambda dated: dated[0]):
                clock.go(at)
                ledger.append(*(event for _, event in together))
        clock.go(self.views.ends_at)
        return Recording(story=self.events[0][1].story, site=site, ends_at=self.views.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A worked story in a newsroom, as the desk and as the public see it."""

    story: str
    site: Site
    ends_at: datetime

    def state(self, *, as_of: datetime | None = None, recorded_by: datetime | None = None) -> Story:
        """Return the desk's view."""
        with self.site.ledger() as ledger:
            return ledger.story(self.story, as_of=as_of, recorded_by=recorded_by)

    def public(self, now: datetime) -> PublicStory:
        """Return what is public at `now`."""
        with self.site.ledger() as ledger:
            return ledger.public(self.story, now=now)

    def show(self, option: str, at: datetime) -> str:
        """Return what `writethru show` prints, 80 columns wide."""
        [show] = [command for command in reading.COMMANDS if command.name == "show"]
        desk = Desk(named=str(self.site.folder), now=self.ends_at)
        plain = {"COLUMNS": "80", "FORCE_COLOR": None, "NO_COLOR": None, "TTY_COMPATIBLE": None}
        arguments = [self.story, option, format_instant(at)]
        result = CliRunner().invoke(show, arguments, obj=desk, env=plain, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    def entries(self, now: datetime) -> tuple[Entry, ...]:
        """Return all entries at `now`, newest listing first."""
        return _story_entries(self.public(now)).newest()


def stories() -> list[str]:
    """Return the names of the worked stories."""
    return sorted(path.parent.name for path in HERE.glob(f"*/{VIEWS}"))


def story(name: str) -> WorkedStory:
    """Return the worked story in the folder `name`."""
    folder = HERE / name
    (item,) = read_yaml((folder / VIEWS).read_text(encoding="utf-8"))
    raw: Any = item.value
    source = PROJECT / raw.pop("events") if "events" in raw else folder / EVENTS
    files = sorted(source.glob("*.yaml")) if source.is_dir() else [source]
    ends_at = instant(raw.pop("ends_at"))
    views = {view: tuple(instant(at) for at in instants) for view, instants in raw.items()}
    events = tuple(dated for file in files for dated in _events(file))
    return WorkedStory(name=name, events=events, views=Views(ends_at=ends_at, **views))


def file_name(at: datetime) -> str:
    """Return an instant as the name of a file: no colons, which Windows refuses."""
    return f"{at:%Y-%m-%dT%H%M}Z"


def golden_files(worked: WorkedStory) -> set[str]:
    """Return the paths of all golden files of a story, in its folder."""
    views = worked.views
    return {
        *(f"state/{file_name(at)}.json" for at in views.as_of),
        *(f"show/{file_name(at)}.txt" for at in views.as_of),
        *(f"state/recorded-{file_name(at)}.json" for at in views.recorded_by),
        *(f"show/recorded-{file_name(at)}.txt" for at in views.recorded_by),
        *(f"state/public-{file_name(at)}.json" for at in views.public),
        *(f"entries-{file_name(at)}.txt" for at in views.entries),
        "entries.txt",
        "changes.txt",
    }


def state_text(state: Story) -> str:
    """Return a state's JSON, indented."""
    return json.dumps(state.as_json(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def entries_text(entries: Iterable[Entry]) -> str:
    """Return entries as text, one block each."""
    return "\n".join(_entry_text(entry) for entry in entries)


def changes_text(public: PublicStory) -> str:
    """Return the public sequence as text, one block an item: the changes that it made, as the feed words them."""
    redactions = _story_entries(public).redactions
    return "\n".join(_item_text(item, redactions) for item in public.items)


def shuffled(events: Sequence[AnyEvent], random_: random.Random) -> list[AnyEvent]:
    """Return `events` in a random order in which each is recorded after what it names.

    Events about one development keep their order, and no event passes the closing or reopening of the story.
    """
    needs = _needs(events)
    order: list[int] = []
    waiting = set(range(len(events)))
    while waiting:
        ready = sorted(index for index in waiting if needs[index].isdisjoint(waiting))
        index = random_.choice(ready)
        order.append(index)
        waiting.remove(index)
    return [events[index] for index in order]


def _events(file: Path) -> Iterator[tuple[datetime, AnyEvent]]:
    data = file.read_bytes()
    for raw_event, incoming in zip(read_yaml(data.decode()), read_events(data, name=file.name), strict=True):
        raw: Any = raw_event.value
        event = incoming.event
        at = instant(raw["recorded_at"]) if "recorded_at" in raw else event.reported_at
        yield at or START, event


def _story_entries(public: PublicStory) -> StoryEntries:
    return StoryEntries(public, Address(newsroom=NEWSROOM, base_url=BASE_URL))


def _entry_text(entry: Entry) -> str:
    marks = [name for name in ("pinned", "withdrawn", "erased") if getattr(entry, name)]
    dates = f"published {format_instant(entry.published)}, updated {format_instant(entry.updated)}"
    touched = "" if entry.touched == entry.updated else f", touched {format_instant(entry.touched)}"
    about = [
        DOT.join([entry.kind, f"listed by item {entry.listed}", *marks]),
        dates + touched,
        f"#{entry.anchor} {entry.id}",
        f"in reply to {entry.in_reply_to.url.removeprefix(BASE_URL)}" if entry.in_reply_to else "",
        f"categories: {', '.join(category.term for category in entry.categories[1:])}",
        f"via: {', '.join(outlet.name for outlet in entry.outlets)}" if entry.outlets else "",
        f"summary: {entry.summary}",
    ]
    lines = [f"== {entry.title}", *(INDENT + line for line in about if line)]
    lines += [f"{INDENT}| {line}" for line in html_lines(entry.content)]
    return "\n".join(lines) + "\n"


def _item_text(item: PublicItem, redactions: Redactions) -> str:
    if isinstance(item, OverdueNotice):
        what = f"overdue notice{DOT}{item.expectation.id}, due until {format_instant(item.ends_at)}"
    else:
        what = DOT.join([item.event.type, *([item.development] if item.development else [])])
    lines = [f"#{item.number} {format_instant(item.at)} {what}"]
    lines += [f"{INDENT}{_change_text(change, redactions)}" for change in item.changes]
    return "\n".join(lines) + "\n"


def _change_text(change: Change, redactions: Redactions) -> str:
    relation = f" [{change.relation}]" if isinstance(change, FactChanged) else ""
    return f"{change.text(redactions)}{relation}"


class _Lines(HTMLParser):
    """Safe HTML as lines of text: [-deleted-], [+inserted+], **bold**, links with their address."""

    MARKS = {"del": ("[-", "-]"), "ins": ("[+", "+]"), "strong": ("**", "**"), "small": ("", "")}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS or tag == "br":
            self.lines.append({"li": "- ", "h4": "# ", "blockquote": "> "}.get(tag, ""))
        elif tag == "td":
            self.lines[-1] += ": "
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")
        elif tag == "img":
            self.lines[-1] += f"[picture: {dict(attrs).get('alt')}]"
        self.lines[-1] += self.MARKS.get(tag, ("", ""))[0]

    def handle_endtag(self, tag: str) -> None:
        self.lines[-1] += self.MARKS.get(tag, ("", ""))[1]
        if tag in BLOCKS:
            self.lines.append("")
        elif tag == "a":
            self.lines[-1] += f" <{self._links.pop().removeprefix(BASE_URL)}>"

    def handle_data(self, data: str) -> None:
        self.lines[-1] += re.sub(r"\s+", " ", data)


def html_lines(html: str) -> list[str]:
    """Return HTML as lines of text, none of them empty."""
    parser = _Lines()
    parser.feed(html)
    parser.close()
    lines: list[str] = []
    for line in (line.strip() for line in parser.lines):
        if lines and lines[-1] == ">":
            lines[-1] = f"> {line}"
        elif line:
            lines.append(line)
    return lines


@dataclass(slots=True)
class _Earlier:
    """The indexes of the events that named something first, and of the last about each development."""

    last_about: dict[str, int] = field(default_factory=dict)
    reports: dict[str, int] = field(default_factory=dict)
    expectations: dict[str, int] = field(default_factory=dict)


def _needs(events: Sequence[AnyEvent]) -> list[set[int]]:
    """Return for each event the indexes of those that must be recorded before it."""
    earlier = _Earlier()
    barrier: int | None = None
    needs: list[set[int]] = []
    for index, event in enumerate(events):
        needed = set() if barrier is None else {barrier}
        development = getattr(event, "development", None)
        if development is None and not isinstance(event, StoryOpened):
            needed = set(range(index))
        if development is None:
            barrier = index
        else:
            needed |= {earlier.last_about[development]} if development in earlier.last_about else set()
            needed |= {earlier.reports[name] for name in _named(event)}
            needed |= {earlier.expectations[name] for name in _awaited(event) if name in earlier.expectations}
            earlier.last_about[development] = index
            earlier.reports.setdefault(development, index)
        for expectation in _expects(event):
            if expectation.what is not None:
                earlier.expectations.setdefault(expectation.id or "", index)
        needs.append(needed)
    return needs


def _named(event: AnyEvent) -> Iterator[str]:
    """Yield the other developments that `event` names."""
    parts = event.set if isinstance(event, DevelopmentCorrected) else event
    if isinstance(event, DevelopmentReported | DevelopmentCorrected):
        yield from (aim.development for aim in (*getattr(parts, "corroborates", ()), *getattr(parts, "disputes", ())))
    if isinstance(event, DevelopmentRetracted) and event.substitute is not None:
        yield event.substitute


def _expects(event: AnyEvent) -> tuple[Expectation, ...]:
    if isinstance(event, DevelopmentCorrected):
        return event.set.expects
    return event.expects if isinstance(event, DevelopmentReported) else ()


def _awaited(event: AnyEvent) -> Iterator[str]:
    """Yield the expectations that `event` takes for granted."""
    parts = event.set if isinstance(event, DevelopmentCorrected) else event
    yield from (item.id or "" for item in _expects(event) if item.what is None)
    if isinstance(event, DevelopmentReported | DevelopmentCorrected):
        yield from (item.expectation for item in getattr(parts, "resolves", ()))
