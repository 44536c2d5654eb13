"""Renders the output files: those of one story, and those over all stories. Pure."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple

import orjson

from events.fold.state import Story
from events.model.edtf import instant
from events.model.pictures import NAME
from events.public.sequence import PublicItem, PublicStory
from events.wording.redactions import Redactions
from feed.calendars import CALENDAR, calendar_file, calendar_in
from feed.config import Config
from feed.entries.builder import Address
from feed.entries.calendar import calendar_events
from feed.entries.fact_feed import FactEntries
from feed.entries.model import Entry, Feed
from feed.entries.pictures import story_pictures
from feed.entries.story import CORRECTION_KINDS, SiteWords, StoryEntries
from feed.output.file import File
from feed.pages.asset import ASSETS, ICON, ICON_LARGE, asset
from feed.pages.build import (
    PageParts,
    SiteFace,
    index_page,
    older_page,
    story_page,
)
from feed.pages.embed import EMBED, OEMBED, embed_page, oembed
from feed.pages.history import History, history_path
from feed.pages.paging import Paging
from feed.pages.share_image import SITE_IMAGE, site_image, story_image
from feed.pages.state_file import StateFile, developments_path
from feed.pages.templating import page_path
from feed.publishing.lines import line_text, story_line
from feed.publishing.unchanged import NOTHING_PUBLISHED, PageContent, PublishedPages
from feed.syndication.archive import Chain
from feed.syndication.atom_rss import atom
from feed.syndication.feeds import (
    ALL_STORIES,
    CORRECTIONS,
    FORMATS,
    archive_feed,
    archive_path,
    fact_feed,
    site_feed,
    story_feed,
    truncate,
    updated_at,
)
from feed.transparency.leaves import StoryLog, checkpoint
from feed.transparency.verifier.keys import Head

FEED_BYTES_MAX = 250_000
STORY_FILES = (
    "media/PICTURE",
    "developments/NNNN.json",
    "state.json",
    "updates.jsonl",
    "history/NNNN.json",
    "history.json",
    "page/NNNN.html",
    "share.png",
    "embed.html",
    "oembed.json",
    "index.html",
    "archive/NNNN.atom",
    "facts/KEY.atom",
    CALENDAR,
    *(f"feed.{extension}" for extension in FORMATS),
)
"""The files in a story's folder. Feeds are written last, since they link to the others.

NNNN is a number, KEY that of a fact, PICTURE that of a picture. A file with such a name that is no longer rendered is
removed.
"""
_PATTERNS = {"NNNN": "[0-9]{4,}", "KEY": "[a-z0-9._-]+", "PICTURE": NAME.pattern}
SITE_FILES = (
    "index.html",
    "stories.opml",
    CALENDAR,
    *(f"{path}.{extension}" for path in (ALL_STORIES, CORRECTIONS) for extension in FORMATS),
)
"""The files over all stories."""
_OURS: Final = "|".join(
    re.sub("NNNN|KEY|PICTURE", lambda word: _PATTERNS[word[0]], re.escape(name)) for name in STORY_FILES
)


class RenderedStory(NamedTuple):
    """A story's files, its entries for the feeds over all stories, and its line for the pages over all stories.

    `unchanged` are the paths of existing pages that would come out the same, and are not among `files`. `pictures` are
    the paths of those that its reports name; their bytes are in the newsroom. `news_at` is when it last had news.
    """

    files: tuple[File, ...]
    pictures: tuple[str, ...]
    unchanged: tuple[str, ...]
    newest: tuple[Entry, ...]
    corrections: tuple[Entry, ...]
    line: str
    news_at: datetime


def is_story_file(name: str) -> bool:
    """Return True if we write files of this name, the path relative to a story's folder."""
    return re.fullmatch(_OURS, name) is not None


def address(config: Config) -> Address:
    """Return the newsroom and the address that entries are published under."""
    return Address(newsroom=config.newsroom.id, base_url=config.site.base_url)


def site_words(config: Config) -> SiteWords:
    """Return what chooses the words of entries besides their story."""
    return SiteWords(language=config.site.language, templates=config.templates)


def asset_files(config: Config) -> Iterator[File]:
    """Yield the files that pages need. The names of all but the site's picture change with their content."""
    for name in ASSETS:
        path, data = asset(name, config.templates)
        yield File(path, data, config.newsroom.created_at)
    if config.output.share_images:
        yield File(SITE_IMAGE, site_image(config.site.title, config.site.description), config.newsroom.created_at)


def render_story(
    config: Config,
    public: PublicStory,
    log: StoryLog,
    *,
    published: PublishedPages = NOTHING_PUBLISHED,
    entries: StoryEntries | None = None,
) -> RenderedStory:
    """Return one public story as files, except the full pages that are already `published` and would not change."""
    entries = entries or StoryEntries(public, address(config), site=site_words(config))
    story, newest = entries.story, log.with_sizes(entries.newest(config.output.entries))
    opened_at = max(story.opened_at, entries.revised_at or story.opened_at)
    chain, paging = Chain(entries, public.items, most=config.output.entries), Paging(entries)
    state, history = StateFile(entries), History(entries, public)
    archived_by = chain.full_by(entries.changed_at(config.output.entries))
    feed = story_feed(config, story, newest, opened_at=opened_at, archived=archived_by)
    with_checkpoint = partial(_with_checkpoint, head=log.head, size_at=log.size_at)
    pages = _full_pages(chain, paging, state, history, published.items)
    unchanged = published.unchanged(pages, entries, public.items)
    folder, updates = f"stories/{story.story}/", published.updates_with(log, public.items)
    facts = _fact_feeds(config, entries, public.items, opened_at=opened_at)
    calendar = calendar_events(entries, public.items, address(config))
    return RenderedStory(
        files=(
            *_numbered(state, developments_path, story, unchanged),
            File(f"{folder}state.json", state.data, story.updated_at),
            File(f"{folder}updates.jsonl", updates.data, story.updated_at, grows=True),
            *calendar_file(f"{folder}{CALENDAR}", calendar, name=story.headline, language=entries.language),
            *_story_pages(config, state.json, history, paging, unchanged, facts, calendar=bool(calendar)),
            *_archives(feed, chain, log, unchanged, opened_at=opened_at),
            *facts.values(),
            *_feed_files(feed, with_checkpoint, least=chain.entries_waiting),
        ),
        pictures=story_pictures(story),
        unchanged=tuple(f"{folder}{name}" for name in sorted(unchanged)),
        newest=newest,
        corrections=log.with_sizes(entries.newest(config.output.entries, kinds=CORRECTION_KINDS)),
        line=line_text(entries, newest or paging.first, calendar, opened_at, len(public.items), updates.mark),
        news_at=entries.news_at,
    )


def _archives(
    feed: Feed, chain: Chain, log: StoryLog, unchanged: Container[str], *, opened_at: datetime
) -> Iterator[File]:
    """Yield the pages of a story's archive that are not `unchanged`."""
    for number in range(1, len(chain.full) + 1):
        if archive_path("", number) not in unchanged:
            page = archive_feed(feed, number, log.with_sizes(chain.page(number)), opened_at=opened_at)
            yield File(
                f"{page.path}.atom", atom(_with_checkpoint(page, head=log.head, size_at=log.size_at)), page.updated
            )


def _full_pages(
    chain: Chain, paging: Paging, state: StateFile, history: History, published: int
) -> dict[str, PageContent]:
    """Return what each full page of a story shows, by its path in the story's folder.

    Pages of the history are left out if what follows the `published` items comes before them.
    """
    in_order = history.numbered if history.adds_at_the_end(published) else ()
    pages = {archive_path("", n): PageContent(plans=chain.plans(n)) for n in range(1, len(chain.full) + 1)}
    pages |= {page_path(n): PageContent(plans=paging.plans(n)) for n in paging.numbered}
    pages |= {developments_path(n): PageContent(developments=state.developments(n)) for n in state.numbered}
    pages |= {history_path(n): PageContent(plans=history.plans(n), keys=partial(history.keys, n)) for n in in_order}
    return pages


def _numbered(
    file: StateFile | History, path: Callable[[int], str], story: Story, unchanged: Container[str]
) -> Iterator[File]:
    """Yield the numbered pages of a JSON file that are not `unchanged`."""
    for number in file.numbered:
        if path(number) not in unchanged:
            yield File(f"stories/{story.story}/{path(number)}", file.page(number), story.updated_at)


def _fact_feeds(
    config: Config, entries: StoryEntries, items: Sequence[PublicItem], *, opened_at: datetime
) -> dict[str, File]:
    """Return, by key, the feed of each fact that the desk marks with `follow` or `lead`, if it has an entry."""
    files: dict[str, File] = {}
    for key, settings in sorted(entries.story.settings.items()):
        if settings.follow or settings.lead:
            fact = FactEntries(entries, key, items, address(config), most=config.output.entries)
            if fact.newest:
                feed = fact_feed(config, entries.story, fact, opened_at=opened_at)
                files[key] = File(f"{feed.path}.atom", atom(feed), feed.updated)
    return files


def _story_pages(
    config: Config,
    state: dict[str, Any],
    history: History,
    paging: Paging,
    unchanged: Container[str],
    followed: Container[str],
    *,
    calendar: bool,
) -> Iterator[File]:
    """Yield a story's pages but those that are `unchanged`: history, older pages, then the first, which links them."""
    story = paging.story
    folder, updated = f"stories/{story.story}/", story.updated_at
    site = site_face(config)
    yield from _numbered(history, history_path, story, unchanged)
    yield File(f"{folder}history.json", history.data, updated)
    for number in paging.numbered:
        if page_path(number) not in unchanged:
            older = paging.page(number)
            page = older_page(site=site, state=state, number=number, entries=older)
            yield File(f"{folder}{page_path(number)}", page, updated_at(older, updated))
    image = story_image(config.site.title, story, paging.words) if config.output.share_images else None
    if image is not None:
        yield File(f"{folder}{SITE_IMAGE}", image, updated)
    yield from _embeds(site, paging, history.redactions)
    parts = PageParts(
        entries=paging.first,
        image=site.image if image is None else f"{folder}{SITE_IMAGE}",
        history=history.embedded,
        numbered=len(paging.numbered),
        elsewhere=paging.elsewhere,
        began_at=paging.began_at,
        redactions=history.redactions,
        followed=followed,
        calendar=calendar,
    )
    yield File(
        f"{folder}index.html", story_page(site=site, story=story, state=state, parts=parts, updated=updated), updated
    )


def _embeds(site: SiteFace, paging: Paging, redactions: Redactions) -> Iterator[File]:
    """Yield what other people's pages show of a story."""
    story = paging.story
    folder, updated = f"stories/{story.story}/", story.updated_at
    embedded = embed_page(site=site, story=story, entries=paging.first, redactions=redactions, updated=updated)
    yield File(f"{folder}{EMBED}", embedded, updated)
    yield File(f"{folder}{OEMBED}", oembed(site=site, story=story, entries=paging.first), updated)


def render_site(
    config: Config,
    lines: Sequence[tuple[str, datetime, str]],
    newest: tuple[Entry, ...],
    corrections: tuple[Entry, ...],
    head: Callable[[int], Head] | None = None,
) -> Iterator[File]:
    """Yield the files over all stories; `lines` are (slug, last public update, text) of the newest stories.

    `head` returns the head of the public log at some size. It is None if the log is not signed.
    """
    stories = [story_line(*line) for line in lines]
    calendar = any(calendar_in(text) for _, _, text in lines)
    updated = max((line.updated_at for line in stories), default=config.newsroom.created_at)
    index = index_page(site=site_face(config), stories=stories, entries=newest, calendar=calendar)
    yield File("index.html", index, updated)
    for path, entries in ((CORRECTIONS, corrections), (ALL_STORIES, newest)):
        yield from _feed_files(site_feed(config, path, entries), partial(_with_checkpoint, head=head))


def render_opml(config: Config, lines: Iterable[tuple[str, str]]) -> File:
    """Return the list of every story's feed, from (slug, text of its line) of all stories."""
    from feed.syndication.opml import opml  # noqa: PLC0415 - its XML writer is needed only if a story is listed differently

    fields: list[tuple[str, dict[str, Any]]] = [(story, orjson.loads(text)) for story, text in lines]
    updated = max((instant(line["listed_at"]) for _, line in fields), default=config.newsroom.created_at)
    headlines = [(story, line["headline"]) for story, line in fields]
    return File("stories.opml", opml(config, headlines, updated=updated), updated)


def site_face(config: Config) -> SiteFace:
    """Return the site as pages show it."""
    return SiteFace(
        title=config.site.title,
        description=config.site.description,
        base_url=config.site.base_url,
        language=config.site.language,
        author=config.site.author,
        stylesheet=asset("style.css", config.templates)[0],
        script=asset("page.js")[0],
        icon=asset(ICON)[0],
        icon_png=asset(ICON_LARGE)[0],
        image=SITE_IMAGE if config.output.share_images else None,
        templates=config.templates,
    )


def _with_checkpoint(
    feed: Feed, *, head: Callable[[int], Head] | None, size_at: Callable[[datetime], int] = lambda _: 0
) -> Feed:
    """Return `feed` with the checkpoint as of its last change; `size_at` is the log's size if it has no entries."""
    sizes = [entry.log_size for entry in feed.entries]
    size = max(sizes) if sizes else size_at(feed.updated)
    return feed.model_copy(update={"checkpoint": checkpoint(head, size)})


def _feed_files(feed: Feed, with_checkpoint: Callable[[Feed], Feed], *, least: int = 1) -> list[File]:
    """Return `feed` in every format, with the same entries in each: the newest that fit, but at least `least`.

    The others are in the archive of their story. A single entry that is too large goes out whole.
    """
    most = len(feed.entries)
    while True:
        fitting = with_checkpoint(truncate(feed, most))
        files = [
            File(f"{feed.path}.{extension}", write(fitting), fitting.updated) for extension, write in FORMATS.items()
        ]
        largest = max(len(file.data) for file in files)
        if largest <= FEED_BYTES_MAX or most <= least:
            return files
        most = max(least, min(most - 1, most * FEED_BYTES_MAX // largest))
