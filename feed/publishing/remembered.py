"""What publishing has cached in the ledger, read as if a stranger had written it (feed/README.md#what-is-remembered).

A cache that is damaged raises CacheDamagedError, and the publication starts from scratch. It then reads of the caches
only what is sound, to remove what no longer belongs.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from pydantic import TypeAdapter

from events.errors import CacheDamagedError, StoreDamagedError
from events.model.addresses import is_web_address
from events.model.edtf import format_instant, instant
from events.model.text import SLUG_CHARS_MAX, SLUG_PATTERN
from events.rules.windows import format_windows, parse_windows
from events.store.base import LASTING, PASSED_NOTE, WINDOWS, Line, Reading, Writing
from feed.checkpoint import CHECKPOINT_NOTE, HUB_NOTE, MIRROR_NOTE, NEVER, REPORTS_NOTE, parse_checkpoint
from feed.entries.model import Entry
from feed.publishing.hub_queue import HUB_FACTS_NOTE, HubQueue, parse_queue
from feed.publishing.lines import has_own_calendar, story_line
from feed.publishing.mirror_queue import MirrorQueue, parse_mirror_queue
from feed.transparency.log import PublicLog
from feed.transparency.recover import LOG_SIZE, UNSIGNED

NEWEST, CORRECTIONS, ASSETS = "newest", "corrections", "assets"
NOTES: Final = {
    CHECKPOINT_NOTE,
    REPORTS_NOTE,
    NEWEST,
    CORRECTIONS,
    ASSETS,
    LOG_SIZE,
    UNSIGNED,
    HUB_FACTS_NOTE,
    MIRROR_NOTE,
    *LASTING,
}
"""The names of all notes."""
ALL_LINES: Final = 2**53
_Answer = TypeVar("_Answer")
_ENTRIES = TypeAdapter(tuple[Entry, ...])
_SLUG = re.compile(SLUG_PATTERN.removesuffix("$"))
_ASSET = re.compile(r"(?:assets/)?[a-z][a-z0-9-]*\.[a-z]+")
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_TAG = re.compile(
    r"<(?:a|bdi|blockquote|br|code|del|div|em|figcaption|figure|h[1-6]|hr|img|ins|li|ol|p|pre|small|span|strong|ul)"
    r'(?: (?:alt|class|dir|height|lang|start|title|type|width)="[^"<>]*"| (?:href|src)="(?i:https?)://[^"<>]*")* ?/?>'
    r"|</[a-z]+[1-6]?>"
)
"""The tags that entries are made of: no other may be in a cached one."""


class Remembered:
    """What the last publication of the site at `base_url` has cached in `reading`.

    With `sound_only`, what is damaged counts as absent; otherwise it raises CacheDamagedError.
    """

    def __init__(self, reading: Reading, base_url: str, *, sound_only: bool = False) -> None:
        self._reading, self._base_url, self._sound_only = reading, base_url, sound_only

    def checkpoint(self) -> dict[str, str] | None:
        """Return the fields of the publish checkpoint; None if there is none, or if other renderers wrote it."""
        fields = parse_checkpoint(self._note(CHECKPOINT_NOTE))
        if fields is None:
            return None
        numbers = fields["position"], fields["next_us"].replace(NEVER, "0")
        sound = all(map(_NUMBER.fullmatch, numbers)) and 0 <= int(fields["position"]) <= self._reading.head()
        return fields if self._passes(CHECKPOINT_NOTE, sound=sound) else None

    def log_size(self) -> int:
        """Return the size of the public log at the last publication, 0 if it is not known."""
        text = self._note(LOG_SIZE) or "0"
        sound = _NUMBER.fullmatch(text) is not None and 0 <= int(text) <= self._reading.log_size()
        return int(text) if self._passes(LOG_SIZE, sound=sound) else 0

    def assets(self) -> list[str]:
        """Return the paths of the assets that were written."""
        paths = self._note(ASSETS).split("\n")
        return [path for path in paths if path and self._passes(ASSETS, sound=_ASSET.fullmatch(path) is not None)]

    def hub_queue(self) -> HubQueue | None:
        """Return the feeds that a hub is still to be told of; None if no publication has queued any."""
        text = self._ask(partial(self._reading.note, HUB_NOTE), None)
        if text is None:
            return None
        queue = parse_queue(text, self._ask(partial(self._reading.note, HUB_FACTS_NOTE), None))
        return queue if self._passes(HUB_NOTE, sound=queue is not None) else None

    def mirror_queue(self) -> MirrorQueue | None:
        """Return what a mirror lacks; None if no publication has queued anything since one is configured."""
        text = self._note(MIRROR_NOTE)
        queue = parse_mirror_queue(text) if text else None
        return queue if self._passes(MIRROR_NOTE, sound=queue is not None or not text) else None

    def entries(self, name: str) -> tuple[Entry, ...]:
        """Return the entries of a feed over all stories."""
        try:
            entries = _ENTRIES.validate_json(self._note(name) or "[]")
            size = self._reading.log_size()
            sound = all(self._is_safe(entry, size) for entry in entries)
        except (TypeError, ValueError):
            sound, entries = False, ()
        return entries if self._passes(name, sound=sound) else ()

    def line(self, story: str) -> Line | None:
        """Return the line of a story."""
        line = self._ask(partial(self._reading.line, story), None)
        return None if line is None or not self._passes(story, sound=_is_listing(line)) else line

    def lines(self, *, newest: int = ALL_LINES) -> list[Line]:
        """Return the lines of the `newest` public stories, newest first. Calendars are checked if all are read.

        The index, for which some are, says only whether there is one.
        """
        none: list[Line] = []
        lines = self._ask(partial(self._reading.lines, newest=newest), none)
        is_sound = _is_listing if newest < ALL_LINES else partial(_is_whole, base_url=self._base_url)
        return [line for line in lines if self._passes(ascii(line.story), sound=is_sound(line))]

    def due(self, now: datetime) -> list[str]:
        """Return the stories that time alone changes by `now`."""
        return [story for story in self._reading.due(now=now) if self._passes(ascii(story), sound=_is_slug(story))]

    def damage(self) -> Iterator[str]:
        """Yield what is wrong with what is cached, and with the names of the notes."""
        feeds = (partial(self.entries, name) for name in (NEWEST, CORRECTIONS))
        reads: tuple[Callable[[], object], ...] = (
            self.checkpoint,
            self.log_size,
            self.assets,
            self.lines,
            self.hub_queue,
            self.mirror_queue,
            *feeds,
        )
        for read in reads:
            try:
                read()
            except CacheDamagedError as error:
                yield error.what.rstrip(".")

    def _note(self, name: str) -> str:
        return self._ask(partial(self._reading.note, name), None) or ""

    def _ask(self, question: Callable[[], _Answer], otherwise: _Answer) -> _Answer:
        try:
            return question()
        except CacheDamagedError:
            if not self._sound_only:
                raise
            return otherwise

    def _passes(self, name: str, *, sound: bool) -> bool:
        if not sound and not self._sound_only:
            raise CacheDamagedError(name)
        return sound

    def _is_safe(self, entry: Entry, log_size: int) -> bool:
        """Return True if an entry names only our own addresses and sizes, and its HTML has only what we put there."""
        folder = f"{self._base_url}stories/{entry.story}/"
        urls = [*(item.url for item in entry.enclosures), *(item.url for item in entry.outlets if item.url)]
        return (
            _is_slug(entry.story)
            and entry.url.startswith(folder)
            and (entry.in_reply_to is None or entry.in_reply_to.url.startswith(folder))
            and all(map(is_web_address, urls))
            and None not in {at.tzinfo for at in (entry.published, entry.updated, entry.touched)}
            and None not in {at.tzinfo for at in (entry.listed_at, entry.changed_at) if at is not None}
            and 0 <= entry.log_size <= log_size
            and "<" not in _TAG.sub("", entry.content)
        )


def entries_note(entries: tuple[Entry, ...]) -> str:
    """Return the note of the entries of a feed over all stories."""
    return _ENTRIES.dump_json(entries).decode()


def put_queue(writing: Writing, queue: HubQueue) -> None:
    """Replace the queue."""
    for name, text in zip((HUB_NOTE, HUB_FACTS_NOTE), queue.texts(), strict=True):
        writing.put_note(name, text)


def damage(reading: Reading, base_url: str | None, *, now: datetime) -> Iterator[str]:
    """Yield what is wrong with what publishing has remembered. Without `base_url`, caches are not read."""
    try:
        names = set(reading.notes())
        yield from _time_damage(reading, now)
    except StoreDamagedError as error:
        yield error.what.rstrip(".")
        return
    for name in sorted(names - NOTES):
        yield f"the note {name!a} is not one of writethru's"
    if base_url is not None:
        yield from Remembered(reading, base_url).damage()


def _time_damage(reading: Reading, now: datetime) -> Iterator[str]:
    passed, log = _passed(reading), PublicLog(reading, "")
    latest = log.changed_at(log.size)
    if latest is not None and passed is None:
        yield "the instant of the last publication is missing"
    elif latest is not None and passed is not None and passed < latest <= now:  # later if the clock was wrong then
        yield f"the instant of the last publication is before {format_instant(latest)}, when the public log last grew"


def _passed(reading: Reading) -> datetime | None:
    passed = reading.note(PASSED_NOTE)
    with suppress(ValueError):
        return None if passed is None else instant(passed)
    return None  # `events.integrity.verify` reports that


def _is_slug(name: str) -> bool:
    return len(name) <= SLUG_CHARS_MAX and _SLUG.fullmatch(name) is not None


def _is_whole(line: Line, base_url: str) -> bool:
    """Return True if all that a line holds is sound."""
    return _is_listing(line) and has_own_calendar(line.story, line.text, base_url=base_url)


def _is_listing(line: Line) -> bool:
    """Return True if a line is of a story that is not public, or has all that the pages over all stories need."""
    if not _is_slug(line.story):
        return False
    if line.updated_at is None:
        return not line.text
    try:
        story_line(line.story, line.updated_at, line.text)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    return True


def next_publication(writing: Writing, published_at: datetime) -> datetime | None:
    """Return when there may be something to publish next, and forget the undo windows of what is published.

    What waits in a window has been due since it was recorded, and is published when the window ends.
    """
    windows = parse_windows(writing.note(WINDOWS))
    waiting = [window for window in windows if window.since > published_at]
    if len(waiting) != len(windows):
        writing.put_note(WINDOWS, format_windows(waiting))
    next_at = writing.next_at()
    return next_at if next_at is None or not waiting else max(next_at, min(window.ends_at for window in waiting))
