"""Files of the output → problems: what a subscriber, a validator or a link checker would stumble over. Pure.

Each check has a name, which its problems bear:

`unreadable`     a feed is not well-formed, breaks its format, or is not there
`self-link`      a feed names another address than the one configured
`unique-id`      two entries of a feed have one id
`date`           a date lies ahead, or a feed is older than an entry of its own
`formats`        the formats of one feed do not say the same
`link`           a link into the site leads nowhere
`archive-chain`  a subscriber cannot walk from the feed to every page of its archive (RFC 5005)
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from urllib.parse import unquote, urljoin

from events.errors import Problem
from feed.output.readers import READERS, FeedRead, PageRead, UnreadableError, read_page, read_xml
from feed.syndication.feeds import ALL_STORIES, CORRECTIONS

REBUILD = "Build it anew: writethru rebuild"
_ARCHIVE_PAGE = re.compile(r"stories/[^/]+/archive/[0-9]+\.atom")
_STORY = re.compile(r"stories/[^/]+/")


class OutputCheck:
    """Checks the `files` of an output (by path in the tree) that shall stand at `base_url`. `now` bounds its dates."""

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
        """Yield every problem, of one `story` only where told. An output that was never built has none."""
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

    def _in_chain(self, folder: str, pages: Mapping[str, FeedRead], archived: Iterable[str]) -> Iterator[Problem]:
        start = f"{folder}feed.atom"
        feed, _ = self._read(start)
        at, previous = start, None if feed is None else feed.previous
        waiting = set(archived)
        while previous is not None:
            path = previous.removeprefix(self._base_url)
            if path not in waiting:
                yield self._problem(
                    at, "archive-chain", f"the page before it, {previous}, is not there, or told twice."
                )
                break
            waiting.discard(path)
            page = pages.get(path)
            if page is None:
                break
            if not page.archive or page.current != f"{self._base_url}{start}":
                yield self._problem(path, "archive-chain", "does not say of which feed it is the archive.")
            at, previous = path, page.previous
        for path in sorted(waiting & set(pages)):
            yield self._problem(path, "archive-chain", f"cannot be reached from {start}.")

    # One feed.

    def _in_feed(self, path: str) -> Iterator[Problem]:
        """Check one feed in all formats: each by itself, then against the first."""
        read: dict[str, FeedRead] = {}
        for extension in READERS:
            place = f"{path}.{extension}"
            feed, problems = self._read(place)
            yield from problems
            if feed is not None:
                read[place] = feed
                yield from self._in_document(place, feed)
        told = [(place, [entry.said for entry in feed.entries]) for place, feed in read.items()]
        for place, entries in told[1:]:
            if entries != told[0][1]:
                yield self._problem(place, "formats", f"does not say the same as {told[0][0]}.")

    def _read(self, path: str) -> tuple[FeedRead | None, list[Problem]]:
        if path not in self._files:
            return None, [self._problem(path, "unreadable", "is not there.")]
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
                    yield self._problem(path, "date", f"{entry.id} bears a date that lies ahead: {date.isoformat()}.")
            if feed.updated is not None and entry.updated is not None and entry.updated > feed.updated:
                yield self._problem(path, "date", f"{entry.id} is newer than the feed says that it is itself.")

    # Links.

    def _in_pages(self, paths: Iterable[str]) -> Iterator[Problem]:
        for path in sorted(path for path in paths if path.endswith(".html")):
            url = f"{self._base_url}{path.removesuffix('index.html')}"
            for link in sorted(set(self._page(path).links)):
                yield from self._in_link(path, urljoin(url, link))

    def _in_link(self, path: str, link: str) -> Iterator[Problem]:
        """Check a link where it leads into the site: the file stands there, and so does the anchor."""
        if not link.startswith(self._base_url):
            if not link.lower().startswith(("http://", "https://")):
                yield self._problem(path, "link", f"{link!r} is no http or https address.")
            return
        address, _, anchor = link.removeprefix(self._base_url).partition("#")
        target = unquote(address.partition("?")[0])
        target = f"{target}index.html" if target == "" or target.endswith("/") else target
        if target not in self._files:
            yield self._problem(path, "link", f"{link} leads nowhere: there is no {target}.")
        elif anchor and unquote(anchor) not in self._anchors_of(target):
            yield self._problem(path, "link", f"{link} leads nowhere: {target} has no such place.")

    def _anchors_of(self, page: str) -> set[str]:
        """Return the anchors of a page; to a story's first page belong those of its further pages, where it leads."""
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
        told = [outline.get("xmlUrl", "") for outline in outlines]
        for link in told:
            yield from self._in_link(path, link)
        for story in stories:
            if f"{self._base_url}stories/{story}/feed.rss" not in told:
                yield self._problem(path, "link", f"does not list the feed of {story}.")

    def _problem(self, path: str, check: str, message: str) -> Problem:
        return Problem(where=path, check=check, message=message, remedy=REBUILD)
