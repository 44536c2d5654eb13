"""Which files a publication changes: a hub is told of the feeds among them, and a mirror gets all of them."""

from datetime import datetime

from events.model.edtf import microseconds
from events.store.base import Writing
from feed.checkpoint import MIRROR_NOTE
from feed.config import Config
from feed.output.tree import Tree
from feed.publishing.changed_feeds import remember_feeds
from feed.publishing.mirror_queue import UNKNOWN, MirrorQueue, mirror_target
from feed.publishing.plan import Written
from feed.publishing.remembered import Remembered


def expect_files(writing: Writing, config: Config, *, now: datetime) -> None:
    """Note that the publication at `now` begins to write files: if it is killed, nobody knows which it has written."""
    if config.mirror.url is not None:
        writing.put_note(MIRROR_NOTE, _queue(writing, config).before_writing(microseconds(now)).text())


def remember_changes(writing: Writing, config: Config, tree: Tree, written: Written, *, now: datetime) -> None:
    """Queue what the publication at `now` has changed in `tree`. Without a hub or a mirror, nothing waits for it."""
    remember_feeds(writing, config, tree, written.feeds, now=now)
    if config.mirror.url is None:
        writing.forget_note(MIRROR_NOTE)
        return
    queue = _queue(writing, config).after_publication(
        microseconds(now),
        {path: tree.tags.get(path, UNKNOWN) for path in tree.changed if is_mirrored(path)},
        target=mirror_target(config),
        log_size=written.log_size,
        withdrawn=written.withdrawals,
        is_behind=written.is_behind,
    )
    writing.put_note(MIRROR_NOTE, queue.text())


def _queue(writing: Writing, config: Config) -> MirrorQueue:
    return Remembered(writing, config.site.base_url, sound_only=True).mirror_queue() or MirrorQueue()


def is_mirrored(path: str) -> bool:
    """Return True unless a name in the path begins with a dot: these are never served either."""
    return not any(name.startswith(".") for name in path.split("/"))
