"""The sources that the newsroom reads by itself, and the items of each that were seen. They lie in the inbox's file."""

import json
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from events.errors import InvalidError, Problem, did_you_mean
from events.model.edtf import format_instant, microseconds
from feed.intake.inbox import Inbox
from feed.reading.article import stated_day
from feed.reading.model import Field, Text
from feed.reading.page_changes import Change, page_changes
from feed.reading.page_text import PageText
from feed.reading.reading import read_paragraphs

FIRST_ITEMS: Final = 10
"""Of a new source, so many of its newest items become drafts: not a whole archive."""
DRAFTS_MAX: Final = 100
"""More new items wait for the next fetch: a feed with new ids every time cannot fill the disk at once."""
EVERY_MIN: Final = timedelta(minutes=15)
"""Between two requests, however often `intake` runs."""
WAIT_MAX: Final = timedelta(days=31)
"""No source waits longer (`--every` and Retry-After end at 30 days), unless the clock was wrong when it was read."""
READ_CHARS_MAX: Final = 10_000
SECOND: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed or a page that is read by itself.

    kind: "" until it was read for the first time
    story: of its drafts; "": an editor says it
    every_s: the seconds between two fetches
    allow: networks that are not public, and that it may lead to nevertheless
    validators: what its server said of its version, as it stands
    digest: of what was read last
    text: of a page, what it said when it was read last
    due_us: when it is fetched next; fetched_us: when it was fetched last
    failures: how often in a row it could not be read, and why: `fault`
    is_gone: whether its server says that it is gone for good
    """

    url: str
    kind: Literal["feed", "page", ""]
    title: str
    story: str
    every_s: int
    allow: tuple[str, ...]
    validators: Mapping[str, str]
    digest: str
    text: str
    due_us: int
    fetched_us: int | None
    failures: int
    fault: str
    is_gone: bool


class Settled(NamedTuple):
    """How many drafts a fetch made, and how many new items it left for the next one."""

    drafts: int
    left: int = 0


class _Seen(NamedTuple):
    """An item as it was seen last: what it said, and its draft."""

    hash: str
    draft: int | None


class Sources:
    """The sources of an inbox."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._connection = inbox.connection

    def all(self) -> list[Source]:
        """Return the sources, by address."""
        return self._selected("ORDER BY url")

    def _selected(self, clause: str, *values: object) -> list[Source]:
        with self._inbox.translated():
            cursor = self._connection.execute(f"SELECT * FROM sources {clause}", values)  # noqa: S608 - ours
            names = [column[0] for column in cursor.description]
            return [_source(dict(zip(names, row, strict=True))) for row in cursor]

    def source(self, url: str) -> Source:
        """Return the source at an address; InvalidError if there is none."""
        sources = self._selected("WHERE url = ?", url)
        if not sources:
            close = did_you_mean(url, [source.url for source in self.all()])
            remedy = f"Did you mean {close}?" if close else "To see all: writethru source list"
            raise InvalidError(Problem(where=url, check="source", message="there is no such source.", remedy=remedy))
        return sources[0]

    def add(self, url: str, *, story: str, every_s: int, allow: Sequence[str], now: datetime) -> Source:
        """Add a source, and return it; InvalidError if there is one already. Nobody else fetches it meanwhile."""
        values = (url, "", "", story, every_s, json.dumps(allow), microseconds(now) + every_s * SECOND)
        sql = (
            "INSERT INTO sources (url, kind, title, story, every_s, allow, due_us) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING"
        )
        with self._inbox.writing():
            if self._connection.execute(sql, values).rowcount == 0:
                message, remedy = (
                    "it is a source already.",
                    f"To change it, first: writethru source remove {shlex.quote(url)}",
                )
                raise InvalidError(Problem(where=url, check="source", message=message, remedy=remedy))
        return self.source(url)

    def remove(self, url: str) -> None:
        """Remove a source. Its drafts stay."""
        with self._inbox.writing():
            self._connection.execute("DELETE FROM items WHERE source = ?", (url,))
            self._connection.execute("DELETE FROM sources WHERE url = ?", (url,))

    def claim(self, now: datetime) -> Source | None:
        """Return the source that is due the longest, None if none is. Nobody else fetches it before it is due again."""
        now_us = microseconds(now)
        is_due = "(due_us <= ? OR due_us > ?) AND NOT is_gone"
        with self._inbox.writing():
            values = (now_us, microseconds(now + WAIT_MAX))
            due = self._selected(f"WHERE {is_due} ORDER BY due_us, url LIMIT 1", *values)
            if due:
                self.update(due[0], due_us=now_us + due[0].every_s * SECOND)
        return due[0] if due else None

    def _is_current(self, source: Source) -> bool:
        """Return True unless a source was removed, added again or read by another process since it was claimed."""
        sql = "SELECT 1 FROM sources WHERE url = ? AND story = ? AND fetched_us IS ?"
        return self._connection.execute(sql, (source.url, source.story, source.fetched_us)).fetchone() is not None

    def settle(self, source: Source, items: Sequence[Text], now: datetime, **values: Any) -> Settled:
        """Make a draft of each new or changed item of a feed, and remember them and `values`: all or nothing.

        `items` are the newest first. A source that was removed meanwhile makes none.
        """
        links = Counter(item.link for item in items)
        own_links = frozenset(link for link, count in links.items() if link and count == 1)
        items, news = self._read_news(source, items, own_links), list[Text]()
        with self._inbox.writing():
            if not self._is_current(source):
                return Settled(0)
            for item in reversed(items):
                seen = self._seen(source, item, own_links)
                if seen is None:
                    news.append(item)
                elif _is_new(item, seen):
                    since = "." if seen.draft is None else f" since draft {seen.draft}."
                    news.append(replace(item, note=f"Its source changed it{since}"))
                else:
                    self._remember(source, item, seen.draft, own_links)
            made, left = self._make(source, news, now, own_links)
            if left:  # the same version is read once more, for the rest
                values |= {"validators": {}, "digest": ""}
            self.update(source, **values)
        return Settled(made, left)

    def settle_page(self, source: Source, page: PageText, now: datetime, **values: Any) -> Settled:
        """Make a draft of each sentence of a page that changed since it was last read, and remember what it says."""
        text = "\n".join(page.paragraphs)
        changes = page_changes(source.text.split("\n"), page.paragraphs) if source.text else []
        with self._inbox.writing():
            if not self._is_current(source):
                return Settled(0)
            for number, change in enumerate(changes[:DRAFTS_MAX], start=1):
                item = _text_of(change, number, source.url, page.title, now)
                if number == DRAFTS_MAX < len(changes):
                    item = replace(item, note=f"{len(changes) - number} more changed with it: look at the page.")
                self._inbox.add(item, story=source.story, at=now)
            self.update(source, **values, text=text)
        return Settled(min(len(changes), DRAFTS_MAX))

    def update(self, source: Source, **values: Any) -> None:
        """Change what is remembered of a source."""
        columns = ", ".join(f"{name} = ?" for name in values)
        cells = [json.dumps(value) if isinstance(value, dict) else value for value in values.values()]
        with self._inbox.writing():
            sql = f"UPDATE sources SET {columns} WHERE url = ?"  # noqa: S608 - our own names
            self._connection.execute(sql, (*cells, source.url))

    def _read_news(self, source: Source, items: Sequence[Text], own_links: frozenset[str]) -> list[Text]:
        """Return items, the new ones with what their texts prove. It takes seconds, so the inbox is not locked."""
        with self._inbox.translated():
            news = [item for item in reversed(items) if _is_new(item, self._seen(source, item, own_links))]
        drafts = {item.name for item in _candidates(source, news)[:DRAFTS_MAX]}
        return [_read(item) if item.name in drafts else item for item in items]

    def _make(self, source: Source, news: list[Text], now: datetime, own_links: frozenset[str]) -> tuple[int, int]:
        """Make drafts of items, oldest first; return how many, and how many are left for the next fetch."""
        candidates = _candidates(source, news)
        for item in news[: len(news) - len(candidates)]:
            self._remember(source, item, None, own_links)
        numbers = []
        for item in candidates[:DRAFTS_MAX]:
            numbers.append(self._inbox.add(item, story=source.story, at=now))
            self._remember(source, item, numbers[-1], own_links)
        return len(numbers) - numbers.count(None), len(candidates[DRAFTS_MAX:])

    def _seen(self, source: Source, item: Text, own_links: frozenset[str]) -> _Seen | None:
        """Return an item as it was seen last, by its id, otherwise by its link; "" for a hash if another source has it.

        A link that several items of a feed have, such as that of a status page, says nothing.
        """
        conditions: list[tuple[str, tuple[str, ...]]] = [("source = ? AND name = ?", (source.url, item.name))]
        if item.link in own_links:
            conditions.append(("source = ? AND link = ?", (source.url, item.link)))
            conditions.append(("source <> ? AND link = ? AND title = ?", (source.url, item.link, item.title)))
        for condition, values in conditions:
            sql = f"SELECT source, hash, draft FROM items WHERE {condition} ORDER BY rowid DESC"  # noqa: S608 - ours
            row = self._connection.execute(sql, values).fetchone()
            if row is not None:
                return _Seen(row[1] if row[0] == source.url else "", row[2])
        return None

    def _remember(self, source: Source, item: Text, draft: int | None, own_links: frozenset[str]) -> None:
        """Remember an item as it is now. If its link is its own, that is all of it, whatever its id was before."""
        if item.link in own_links:
            self._connection.execute("DELETE FROM items WHERE source = ? AND link = ?", (source.url, item.link))
        row = (source.url, item.name, item.link, item.title, item.hash, draft)
        self._connection.execute("REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?)", row)


def _source(row: dict[str, Any]) -> Source:
    parsed = {"allow": tuple(json.loads(row["allow"])), "validators": json.loads(row["validators"])}
    return Source(**row | parsed | {"is_gone": bool(row["is_gone"])})


def _is_new(item: Text, seen: _Seen | None) -> bool:
    """Return True if an item was not seen, or says something else than when it was."""
    return seen is None or seen.hash not in {item.hash, ""}


def _candidates(source: Source, news: list[Text]) -> list[Text]:
    """Return the items that are to be drafts: of a source that was never read, the newest alone."""
    return news[-FIRST_ITEMS:] if source.kind == "" else news


def _read(item: Text) -> Text:
    """Return an item with what its text proves, if that is short enough for a hundred of them to be read at once."""
    if len(item.text) > READ_CHARS_MAX:
        return item
    fields = read_paragraphs(tuple(item.text.split("\n\n")), stated_day(item.published))
    return replace(item, fields=(*item.fields, *fields))


def _text_of(change: Change, number: int, url: str, title: str, now: datetime) -> Text:
    """Return a draft's text: the sentence, old and new. A page that changes back and forth makes a draft each time."""
    kind = "changed" if change.was and change.now else "new" if change.now else "gone"
    return Text(
        kind="change",
        address=url,
        name=f"{format_instant(now)} {number}",
        title=change.now or change.was,
        link=url,
        text="\n\n".join(filter(None, change)),
        fields=(
            *([Field("source.name", title, title, "title of the page")] if title else ()),
            Field("source.url", url, url, "its address"),
            Field("changed", change._asdict(), change.now or change.was, f"sentence that is {kind}"),
        ),
    )
