"""Which feeds there are: one for each story, one for all stories, one for corrections and retractions only."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid5

from events.fold.state import Story
from feed.config import Config
from feed.entries.fact_feed import FactEntries
from feed.entries.model import Entry, Feed
from feed.languages.choice import words_for
from feed.pages.asset import ICON_LARGE, ICON_SMALL, asset
from feed.syndication.atom_rss import atom, rss
from feed.syndication.jsonfeed import jsonfeed

FORMATS = {"atom": atom, "rss": rss, "json": jsonfeed}
"""Each format's extension and writer."""
ALL_STORIES = "feed"
CORRECTIONS = "corrections"


def story_feed(
    config: Config, story: Story, entries: tuple[Entry, ...], *, opened_at: datetime, archived: int = 0
) -> Feed:
    """Return the feed of one story.

    `opened_at` is when it became public, `archived` the number of the archive page before it, or 0.
    """
    folder = f"stories/{story.story}/"
    language = story.language or config.site.language
    about = words_for(language, config.templates).gettext(
        "{headline}: what changed, as it was reported.", headline=story.headline
    )
    return Feed(
        id=_feed_id(config, folder),
        path=f"{folder}feed",
        base_url=config.site.base_url,
        home_url=f"{config.site.base_url}{folder}",
        title=story.headline,
        description=_unless_blank(story.summary) or about,
        language=language,
        author=config.site.author,
        updated=updated_at(entries, opened_at),
        entries=entries,
        icon=asset(ICON_LARGE)[0],
        small_icon=asset(ICON_SMALL)[0],
        hub=config.site.hub,
        previous=archive_path(folder, archived) if archived else None,
    )


def fact_feed(config: Config, story: Story, fact: FactEntries, *, opened_at: datetime) -> Feed:
    """Return the feed of one fact. It has no archive: the story's feed has one."""
    folder = f"stories/{story.story}/"
    path = f"{folder}facts/{fact.key}"
    return Feed(
        id=_feed_id(config, path),
        path=path,
        base_url=config.site.base_url,
        home_url=f"{config.site.base_url}{folder}",
        title=f"{story.headline}: {fact.name}",
        description=_unless_blank(story.summary) or f"{story.headline}: {fact.name}",
        language=story.language or config.site.language,
        author=config.site.author,
        updated=max([updated_at(fact.newest, opened_at), *(stone.when for stone in fact.tombstones)]),
        entries=fact.newest,
        icon=asset(ICON_LARGE)[0],
        small_icon=asset(ICON_SMALL)[0],
        hub=config.site.hub,
        tombstones=fact.tombstones,
    )


def truncate(feed: Feed, most: int) -> Feed:
    """Return `feed` with only the `most` newest of its entries."""
    if most >= len(feed.entries):
        return feed
    entries = feed.entries[:most]
    return feed.model_copy(update={"entries": entries, "updated": updated_at(entries, feed.updated)})


def archive_feed(feed: Feed, number: int, entries: tuple[Entry, ...], *, opened_at: datetime) -> Feed:
    """Return page `number` of the archive of a story's current `feed`. The oldest page is 1.

    Nobody subscribes to a page, so it names no hub.
    """
    folder = f"{feed.path.rpartition('/')[0]}/"
    path = archive_path(folder, number).removesuffix(".atom")
    previous = archive_path(folder, number - 1) if number > 1 else None
    updated = updated_at(entries, opened_at)
    changes = {"path": path, "entries": entries, "updated": updated, "previous": previous}
    return feed.model_copy(update={**changes, "current": f"{feed.path}.atom", "hub": None})


def archive_path(folder: str, number: int) -> str:
    """Return the path of page `number` of the archive of the story in `folder`, which ends in "/"."""
    return f"{folder}archive/{number:04}.atom"


def site_feed(config: Config, path: str, entries: tuple[Entry, ...]) -> Feed:
    """Return the feed over all stories, or that of their corrections, by its `path`."""
    words = words_for(config.site.language, config.templates)
    title, about = config.site.title, _unless_blank(config.site.description) or config.site.title
    if path == CORRECTIONS:
        title = words.gettext("{site}: corrections", site=config.site.title)
        about = words.gettext("Corrections and retractions in all stories.")
    return Feed(
        id=_feed_id(config, path),
        path=path,
        base_url=config.site.base_url,
        home_url=config.site.base_url,
        title=title,
        description=about,
        language=config.site.language,
        author=config.site.author,
        updated=updated_at(entries, config.newsroom.created_at),
        entries=entries,
        icon=asset(ICON_LARGE)[0],
        small_icon=asset(ICON_SMALL)[0],
        hub=config.site.hub,
    )


def _unless_blank(text: str | None) -> str | None:
    """Return `text`, or None where it is blank: no feed may have an empty description."""
    return text if text and text.strip() else None


def updated_at(entries: Iterable[Entry], otherwise: datetime) -> datetime:
    """Return when a feed of `entries` last changed, for a typo too; `otherwise` if there are none."""
    return max((entry.touched for entry in entries), default=otherwise.replace(microsecond=0))


def merge_entries(
    current: Iterable[Entry], new: Sequence[Entry], *, stories: Iterable[str], most: int
) -> tuple[Entry, ...]:
    """Return the `most` newest entries after those of `stories` in `current` are replaced by `new`.

    `new` must hold all entries of `stories`, or their `most` newest. No other story need be read: its entries are never
    removed or listed earlier, so none that `current` lacks can move up.
    """
    replaced = set(stories)
    entries = [*new, *(entry for entry in current if entry.story not in replaced)]
    entries.sort(key=lambda entry: (entry.story, -entry.listed))
    entries.sort(key=lambda entry: entry.listed_at or entry.updated, reverse=True)
    return tuple(entries[:most])


def _feed_id(config: Config, path: str) -> str:
    # No slug contains ":", so no entry has this name.
    return uuid5(config.newsroom.id, f"feed:{path}").urn
