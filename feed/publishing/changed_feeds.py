"""Which feeds a publication changes: the hub is told of them (feed/README.md#websub)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from events.model.edtf import microseconds
from events.store.base import Writing
from feed.checkpoint import HUB_NOTE
from feed.config import Config
from feed.output.file import File
from feed.output.tree import Tree
from feed.publishing.hub_queue import HUB_FACTS_NOTE, HubQueue, is_feed, story_of
from feed.publishing.remembered import Remembered, put_queue
from feed.publishing.retries import SECOND_US

NEW_FEEDS_MAX: Final = 100
"""How many feeds of new stories the hub is told of at once: a first build has thousands, which nobody follows yet."""


class ChangedFeeds:
    """Writes files into `tree`, and collects the feeds that change.

    A feed with something newer than the `queue` knows of has changed too: a run that was killed may have written it.
    In a publication `from_scratch` no other has: that its bytes are made in another way is no news. Without a `hub`,
    nothing is collected.
    """

    def __init__(
        self, tree: Tree, hub: str | None, queue: HubQueue | None, *, now: datetime, from_scratch: bool
    ) -> None:
        self._tree, self._hub, self._from_scratch, self._now_us = tree, hub, from_scratch, microseconds(now)
        self._since_us = None if queue is None else queue.published_us
        self._changed: list[str] = []
        self._new: list[str] = []

    def write(self, files: Iterable[File], *, is_new: bool = False) -> None:
        """Write each file, in this order. `is_new` says that they are of a story that was not public before."""
        for file in files:
            is_written = self._tree.write(file.path, file.data, updated=file.updated, grows=file.grows)
            if self._hub is not None and self._has_changed(file, is_written=is_written) and is_feed(file.path):
                is_first = (is_new or self._since_us is None) and story_of(file.path) is not None
                (self._new if is_first else self._changed).append(file.path)

    def paths(self) -> tuple[str, ...]:
        """Return the paths of the feeds that changed, those over all stories first."""
        new = self._new if len(self._new) <= NEW_FEEDS_MAX else ()
        return tuple(sorted((*self._changed, *new), key=lambda path: story_of(path) is not None))

    def _has_changed(self, file: File, *, is_written: bool) -> bool:
        if self._since_us is None:
            return is_written
        updated_us = microseconds(file.updated)  # whole seconds
        is_recent = self._since_us - self._since_us % SECOND_US <= updated_us <= self._now_us
        is_newer = is_recent and updated_us > self._since_us
        return is_newer or (is_written and (is_recent or not self._from_scratch))


def remember_feeds(writing: Writing, config: Config, tree: Tree, paths: Iterable[str], *, now: datetime) -> None:
    """Queue the feeds at `paths` for the hub, after the publication at `now`. Without a hub, nothing waits."""
    if config.site.hub is None:
        for name in (HUB_NOTE, HUB_FACTS_NOTE):
            writing.forget_note(name)
        return
    queue = Remembered(writing, config.site.base_url, sound_only=True).hub_queue() or HubQueue(published_us=0)
    folders = [f"stories/{story}/facts/" for story in queue.fact_stories]  # any of these feeds may have waited
    paths = (*paths, *(folder + name for folder in folders for name in tree.files(folder)))
    put_queue(writing, queue.after_publication(microseconds(now), filter(is_feed, paths)))
