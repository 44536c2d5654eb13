"""Checks the files of the output for what a feed reader, a validator or a link checker would report. Pure.

Each problem has the name of its check (feed/README.md#checks):

`unreadable`     a feed or a JSON file is missing, is not well-formed, or breaks its format
`self-link`      a feed names another address than the configured one
`unique-id`      two entries of a feed have the same id
`date`           a date is in the future, or a feed is older than one of its entries
`formats`        the formats of a feed differ in content
`link`           a link into the site has no target
`archive-chain`  the pages of an archive cannot all be reached from its feed (RFC 5005)
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from urllib.parse import unquote, urljoin

import orjson

from events.errors import Problem
from events.model.addresses import is_web_address
from feed.output.readers import READERS, FeedRead, PageRead, UnreadableError, read_page, read_xml
from feed.syndication.feeds import ALL_STORIES, CORRECTIONS

NUMBERED_JSON = {"state.json": "older_developments", "history.json": "pages"}
"""The JSON files of a story that are cut into numbered pages, and the field that names these."""
REBUILD = "Rebuild it: writethru rebuild"
_ARCHIVE_PAGE = re.compile(r"stories/[^/]+/archive/[0-9]+\.atom")
_FACT_FEED = re.compile(r"stories/[^/]+/facts/[^/]+\.atom")
_STORY = re.compile(r"stories/[^/]+/")


class OutputCheck:
    """Checks the `files` of an output, by path in the tree, for the address `base_url`. No date may be after `now`."""

    def __init__(self, files: Mapping[str, bytes], *, base_url: str, now: datetime) -> None:
        self._files = files
        self._base_url = base_url
        self._now = now
        self._anchors: dict[str, set[str]] = {}
        self._folders: dict[str, list[str]] = {}
        for path in files:
            story = _STORY.match(path)
            self._folders.setdefault(story[0] if story else "", []).append(path)

    def problems(self, story: str | None = None) -> Iterator[Problem]:
        """Yield the problems of the whole output, or of one `story`. An output that was never built has none."""
        if not self._files:
            return
        stories = sorted(folder.split("/")[1] for folder in self._folders if folder)
        for slug in stories if story is None else [slug for slug in stories if slug == story]:
            yield from self._in_story(slug)
            self._anchors.clear()
        if story is None:
            for path in (ALL_STORIES, CORRECTIONS):
                yield from self._in_feed(path)
            yield from self._in_pages(self._folders.get("", ()))
            yield from self._in_opml(stories)

    # One story.

    def _in_story(self, story: str) -> Iterator[Problem]:
        folder = f"stories/{story}/"
        yield from self._in_feed(f"{folder}feed")
        for path in sorted(path for path in self._folders[folder] if _FACT_FEED.fullmatch(path)):
            feed, problems = self._read(path)
            yield from problems
            yield from () if feed is None else self._in_document(path, feed)
        archived = sorted(path for path in self._folders[folder] if _ARCHIVE_PAGE.fullmatch(path))
        pages: dict[str, FeedRead] = {}
        for path in archived:
            page, problems = self._read(path)
            yield from problems
            if page is not None:
                pages[path] = page
                yield from self._in_document(path, page)
        yield from self._in_chain(folder, pages, archived)
        yield from self._in_pages(self._folders[folder])
        yield from self._in_json(folder)

    def _in_chain(self, folder: str, pages: Mapping[str, FeedRead], archived: Iterable[str]) -> Iterator[Problem]:
        start = f"{folder}feed.atom"
        feed, _ = self._read(start)
        at, previous = start, None if feed is None else feed.previous
        waiting = set(archived)
        while previous is not None:
            path = previous.removeprefix(self._base_url)
            if path not in waiting:
                yield self._problem(
                    at, "archive-chain", f"the previous page, {previous}, is missing, or was linked before."
                )
                break
            waiting.discard(path)
            page = pages.get(path)
            if page is None:
                break
            if not page.archive or page.current != f"{self._base_url}{start}":
                yield self._problem(path, "archive-chain", "does not name the feed that it is an archive of.")
            at, previous = path, page.previous
        waiting -= self._not_linked_yet(feed, pages, waiting)
        for path in sorted(waiting & set(pages)):
            yield self._problem(path, "archive-chain", f"cannot be reached from {start}.")

    def _not_linked_yet(
        self, feed: FeedRead | None, pages: Mapping[str, FeedRead], waiting: AbstractSet[str]
    ) -> set[str]:
        """Return the newest pages, if they are full since `feed` last changed: it links them when it changes again."""
        first = None if feed is None else feed.previous
        path = max(waiting, key=lambda path: (len(path), path), default="")
        newest: set[str] = set()
        while path in waiting and feed is not None:
            page = pages.get(path)
            if page is None or page.updated is None or feed.updated is None or page.updated < feed.updated:
                break
            newest.add(path)
            if page.previous == first:
                return newest
            path = (page.previous or "").removeprefix(self._base_url)
        return set()

    # One feed.

    def _in_feed(self, path: str) -> Iterator[Problem]:
        """Check one feed in all formats: each by itself, then against the first."""
        read: dict[str, FeedRead] = {}
        for extension in READERS:
            file = f"{path}.{extension}"
            feed, problems = self._read(file)
            yield from problems
            if feed is not None:
                read[file] = feed
                yield from self._in_document(file, feed)
        contents = [(file, [entry.content for entry in feed.entries]) for file, feed in read.items()]
        for file, entries in contents[1:]:
            if entries != contents[0][1]:
                yield self._problem(file, "formats", f"differs in content from {contents[0][0]}.")

    def _read(self, path: str) -> tuple[FeedRead | None, list[Problem]]:
        if path not in self._files:
            return None, [self._problem(path, "unreadable", "is missing.")]
        try:
            return READERS[path.rpartition(".")[2]](self._files[path]), []
        except UnreadableError as error:
            return None, [self._problem(path, "unreadable", str(error))]

    def _in_document(self, path: str, feed: FeedRead) -> Iterator[Problem]:
        for fault in feed.faults:
            yield self._problem(path, "unreadable", f"{fault}.")
        if feed.self_url != f"{self._base_url}{path}":
            yield self._problem(
                path, "self-link", f"names {feed.self_url or 'no address'} as its own, not {self._base_url}{path}."
            )
        for entry, count in Counter(entry.id for entry in feed.entries).items():
            if count > 1:
                yield self._problem(path, "unique-id", f"{count} entries have the id {entry}.")
        yield from self._in_dates(path, feed)
        for link in sorted({feed.home_url, *(link for entry in feed.entries for link in entry.links)}):
            yield from self._in_link(path, link)

    def _in_dates(self, path: str, feed: FeedRead) -> Iterator[Problem]:
        for entry in feed.entries:
            for date in (entry.published, entry.updated):
                if date is not None and date > self._now:
                    yield self._problem(path, "date", f"{entry.id} has a date in the future: {date.isoformat()}.")
            if feed.updated is not None and entry.updated is not None and entry.updated > feed.updated:
                yield self._problem(path, "date", f"{entry.id} is newer than the date of the feed.")

    # Links.

    def _in_pages(self, paths: Iterable[str]) -> Iterator[Problem]:
        for path in sorted(path for path in paths if path.endswith(".html")):
            url = f"{self._base_url}{path.removesuffix('index.html')}"
            for link in sorted(set(self._page(path).links)):
                yield from self._in_link(path, urljoin(url, link))

    def _in_json(self, folder: str) -> Iterator[Problem]:
        """Check that the numbered pages exist which the JSON files of a story name."""
        for name, field in NUMBERED_JSON.items():
            path = f"{folder}{name}"
            try:
                links = orjson.loads(self._files.get(path, b"{}")).get(field, [])
            except (AttributeError, ValueError):
                yield self._problem(path, "unreadable", "is not a JSON object.")
                continue
            for link in links:
                yield from self._in_link(path, urljoin(f"{self._base_url}{path}", str(link)))

    def _in_link(self, path: str, link: str) -> Iterator[Problem]:
        """Check that a link into the site has a file, and an anchor in it."""
        if not link.startswith(self._base_url):
            if not is_web_address(link):
                yield self._problem(path, "link", f"{link!r} is not an http or https address.")
            return
        address, _, anchor = link.removeprefix(self._base_url).partition("#")
        target = unquote(address.partition("?")[0])
        target = f"{target}index.html" if target == "" or target.endswith("/") else target
        if target not in self._files:
            yield self._problem(path, "link", f"{link} has no target: there is no {target}.")
        elif anchor and unquote(anchor) not in self._anchors_of(target):
            yield self._problem(path, "link", f"{link} has no target: {target} has no such anchor.")

    def _anchors_of(self, page: str) -> set[str]:
        """Return the anchors of a page. For a page of a story, those of all its pages: a script leads there."""
        if page not in self._anchors:
            story = _STORY.match(page)
            parts = [path for path in self._folders[story[0]] if path.endswith(".html")] if story else [page]
            self._anchors[page] = set().union(*(self._page(path).anchors for path in parts))
        return self._anchors[page]

    def _page(self, path: str) -> PageRead:
        return read_page(self._files[path].decode(errors="replace"))

    def _in_opml(self, stories: Iterable[str]) -> Iterator[Problem]:
        path = "stories.opml"
        try:
            outlines = list(read_xml(self._files.get(path, b"")).iter("outline"))
        except UnreadableError as error:
            yield self._problem(path, "unreadable", str(error))
            return
        links = [outline.get("xmlUrl", "") for outline in outlines]
        for link in links:
            yield from self._in_link(path, link)
        for story in stories:
            if f"{self._base_url}stories/{story}/feed.rss" not in links:
                yield self._problem(path, "link", f"does not list the feed of {story}.")

    def _problem(self, path: str, check: str, message: str) -> Problem:
        return Problem(where=path, check=check, message=message, remedy=REBUILD)
