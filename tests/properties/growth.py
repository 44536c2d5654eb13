"""The growth of a story from publication to publication: nothing public goes back, or changes without a date."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from events.public.sequence import PublicItem, PublicStory
from feed.calendars import render_calendar
from feed.config import Config, new_config, parse_config
from feed.entries.model import Entry
from feed.entries.story import CORRECTION_KINDS, StoryEntries
from feed.output.file import File
from feed.publishing.render import address, render_opml, render_site, render_story
from feed.syndication.feeds import updated_at
from feed.transparency.leaves import StoryLog, updates_of
from tests.builders import BASE_URL, NEWSROOM

CONFIG_TEXT = new_config(NEWSROOM, created_at="2026-03-01T00:00:00Z", base_url=BASE_URL, title="Test desk")
CONFIG = parse_config(CONFIG_TEXT)
NEWEST = (1, 3, None)


def entries_of(public: PublicStory) -> StoryEntries:
    return StoryEntries(public, address(CONFIG))


def files_of(public: PublicStory, config: Config = CONFIG) -> list[File]:
    """Return every file of a site of this one story."""
    if public.state is None:
        return [*render_site(config, [], (), ()), render_opml(config, [])]
    updates = updates_of(public.state.story, public.items, address(config), {})
    leaves = (update.leaf(story=public.state.story, number=number) for number, update in enumerate(updates, start=1))
    rendered = render_story(config, public, StoryLog(updates=updates, leaves=tuple(enumerate(leaves))))
    line = (public.state.story, public.state.updated_at, rendered.line)
    return [
        *rendered.files,
        *render_site(config, [line], rendered.newest, rendered.corrections),
        render_opml(config, [(public.state.story, rendered.line)]),
        *render_calendar(config, [rendered.line]),
    ]


def published(public: PublicStory) -> dict[str, bytes]:
    """Return every file of a site of this one story, by path, with its date."""
    return {file.path: file.data + file.updated.isoformat().encode() for file in files_of(public)}


def _identity(item: PublicItem) -> tuple[Any, ...]:
    """Return what stays of an item even if its text is erased."""
    return item.number, item.at, item.key, item.development


class Growth:
    """Compares each publication with the one before, and fails if something went back that must not."""

    def __init__(self, *, erasing: bool = False) -> None:
        self.erasing = erasing
        self.now: datetime | None = None
        self.items: tuple[PublicItem, ...] = ()
        self.entries: dict[str, Entry] = {}
        self.updated: dict[Any, datetime] = {}
        self.next_at: datetime | None = None
        self.position = -1

    def see(self, public: PublicStory, now: datetime, *, position: int) -> None:
        """Take what is public at `now`, with the ledger at `position`."""
        items, before = public.items, self.items
        former = items[: len(before)]
        assert [_identity(item) for item in former] == [_identity(item) for item in before]
        assert self.erasing or former == before
        fresh = items[len(before) :]
        assert [item.number for item in items] == list(range(1, len(items) + 1))
        assert all(one.at <= other.at for one, other in pairwise(items))
        for item in fresh:
            assert item.at <= now
            assert self.now is None or item.at > self.now, "it should have been public before"
        assert public.next_at is None or public.next_at > now
        if position == self.position and items != before:
            assert self.next_at is not None
            assert self.next_at <= now, "next_at was too late"
        self.items, self.next_at, self.position = items, public.next_at, position
        if public.state is not None:
            assert public.state.updated_at == items[-1].at
            self._see_entries(entries_of(public), now)
        self.now = now

    def _see_entries(self, story: StoryEntries, now: datetime) -> None:
        every = story.newest()
        current = {entry.id: entry for entry in every}
        assert len(current) == len(every), "an id was used twice"
        assert len({entry.url for entry in every}) == len(every)
        since = self.now and _whole(self.now)
        for name, former in self.entries.items():
            entry = current[name]
            assert (entry.kind, entry.published, entry.url) == (former.kind, former.published, former.url)
            assert entry.updated >= former.updated
            assert entry.touched >= former.touched
            assert entry.listed >= former.listed
            assert (entry.updated > former.updated) <= (entry.listed > former.listed)
            # Pins show on pages only.
            if since is not None and entry.model_copy(update={"pinned": former.pinned}) != former:
                assert entry.touched >= since, "an entry changed without a new date"
        for entry in every:
            assert entry.updated <= entry.touched <= now
        for most in NEWEST:
            for kinds in (None, CORRECTION_KINDS):
                updated = updated_at(story.newest(most, kinds=kinds), CONFIG.newsroom.created_at)
                assert updated >= self.updated.get((most, kinds), updated)
                self.updated[most, kinds] = updated
        self.entries = current


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)
