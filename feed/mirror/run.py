"""Puts into a mirror what it lacks, while nobody publishes: feed/README.md#mirror-runs."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from events.ledger import Ledger
from events.model.edtf import microseconds
from feed.config import MirrorSettings
from feed.mirror.bucket import Bucket, ForeignError, MirrorError, NewerError, OccupiedError
from feed.mirror.purge import purge
from feed.mirror.slice import Slice
from feed.mirror.state import check_settled, has_mirrored, read_queue, remember_mirror, store_queue
from feed.output.tree import Tree
from feed.publishing.changed_files import is_mirrored
from feed.publishing.mirror_queue import ABSENT, UNKNOWN, MirrorQueue, tag_of
from feed.site import Site

NEWER: Final = "Does another host publish? If this ledger was restored: writethru mirror --everything"
FOREIGN: Final = "Give each newsroom a prefix of its own. If that one has ended: writethru mirror --everything"
OCCUPIED: Final = "Name an empty one in mirror.url. If nobody needs what is there: writethru mirror --everything"
REMEDIES: Final = {NewerError: NEWER, ForeignError: FOREIGN, OccupiedError: OCCUPIED}
PAUSE_S: Final = 0.01
"""The pause without the lock, in which those who wait for it get it."""


@dataclass(slots=True)
class Mirrored:
    """What a run did.

    changed: the paths that it put or deleted
    waiting: how many files are still to be put or deleted; None if the mirror was not tried
    why: why it did not take all of them; "" if it did
    remedy: what to do about that; "" if a later run makes up for it
    is_news: whether that is to be said: it is the first failure in a row, or text that was taken back is still there
    """

    changed: list[str] = field(default_factory=list)
    waiting: int | None = None
    why: str = ""
    remedy: str = ""
    is_news: bool = False


class Mirror:
    """The mirror of a newsroom. A process that publishes again and again keeps it, with what it has compared.

    `is_forced` if what a later publication has put is replaced too: the ledger was restored.
    """

    def __init__(self, *, is_forced: bool = False) -> None:
        self.is_unfinished = False
        self._is_forced = is_forced
        self._settings: MirrorSettings | None = None
        self._bucket: Bucket | None = None
        self._compared_us: int | None = None
        self._differing: dict[str, str] = {}

    def run(self, site: Site, *, wait: bool, stopped: Callable[[], bool] = bool) -> Mirrored:
        """Put what waits, until nothing does.

        BusyError if another process holds the lock, unless `wait`: if it publishes, it puts what waits.
        """
        mirrored = Mirrored()
        while True:
            self.go_on(site, mirrored, wait=wait)
            if not self.is_unfinished or stopped():
                return mirrored
            time.sleep(PAUSE_S)

    def request(self, site: Site, *, is_overwriting: bool) -> None:
        """Let a run compare all files now, and with `is_overwriting` put all. RefusedError if nothing may be put."""
        with site.publishing(wait=True) as (ledger, _):
            queue, now_us = check_settled(read_queue(site, ledger)), microseconds(site.clock())
            requested = replace(queue, compare_us=now_us, is_overwriting=is_overwriting, failures=0)
            store_queue(ledger, queue, requested.due(now_us))

    def go_on(self, site: Site, mirrored: Mirrored, *, wait: bool) -> None:
        """Put what can be put in one slice; `is_unfinished` says whether there is more."""
        with site.ledger() as ledger:
            queue, self.is_unfinished = read_queue(site, ledger), False
        if queue is None or not queue.is_ready(microseconds(site.clock())):
            return
        failure = self._prepare(site, queue)
        with site.publishing(wait=wait) as (ledger, check):
            queue = read_queue(site, ledger)
            if queue is None:
                return
            # Meanwhile another comparison may have become due: the next slice begins with that.
            former, is_compared = queue, queue.compare_us is not None and queue.compare_us == self._compared_us
            now_us = microseconds(site.clock())
            if failure is None:
                former = queue = self._begin(ledger, queue)
                work = self._slice(site, queue, check)
                work.run()
                failure = work.failure
                mirrored.changed += work.changed
                self._differing = {path: tag for path, tag in self._differing.items() if path not in work.done}
                if is_compared and not self._differing:
                    queue = replace(queue, compare_us=None, is_overwriting=False)
                queue = replace(queue, conditions=work.conditions).after_slice(now_us, work.done, work.purges)
            queue = queue.after_success() if failure is None else queue.after_failure(now_us)
            store_queue(ledger, former, queue)
        self.is_unfinished = failure is None and not queue.is_empty
        mirrored.waiting = len(self._differing.keys() | queue.files.keys())
        if failure is not None:
            mirrored.why = str(failure)
            mirrored.remedy = REMEDIES.get(type(failure), "")
            mirrored.is_news = queue.failures == 1 or bool(queue.purges) or any(map(queue.is_urgent, queue.files))

    def _prepare(self, site: Site, queue: MirrorQueue) -> MirrorError | None:
        """Compare all files, if that is asked for. Others may publish meanwhile: what they change is queued."""
        try:
            if self._bucket is None or self._settings != site.config.mirror:
                self._settings = site.config.mirror
                self._bucket = Bucket(site.config, site.folder, is_forced=self._is_forced)
            if queue.compare_us not in {None, self._compared_us}:
                there = self._bucket.tags()
                if queue.is_new and not self._is_forced and not has_mirrored(site, self._bucket.address):
                    self._bucket.check_vacant(there)
                self._differing = _differing(there, Tree(site.root), is_overwriting=queue.is_overwriting)
                self._compared_us = queue.compare_us
        except MirrorError as error:
            return error
        return None

    def _slice(self, site: Site, queue: MirrorQueue, check: Callable[[], object]) -> Slice:
        assert self._bucket is not None  # noqa: S101 - `_prepare` has opened it
        self._bucket.stamp = queue.stamp
        if queue.conditions != "unknown":
            self._bucket.conditions = queue.conditions
        files = self._differing | dict(queue.files)
        return Slice(self._bucket, Tree(site.root), queue, files, purge=_purge_of(site), check=check)

    def _begin(self, ledger: Ledger, queue: MirrorQueue) -> MirrorQueue:
        """Remember what a run must know if this one is killed, and return the queue as it is stored.

        It has what must go first by name: a CDN must still drop its copies.
        """
        assert self._bucket is not None  # noqa: S101 - `_prepare` has opened it
        remember_mirror(ledger, self._bucket.address)
        urgent = {path: tag for path, tag in self._differing.items() if tag != ABSENT and queue.is_urgent(path)}
        if urgent.keys() <= queue.files.keys() and not queue.is_new:
            return queue
        return store_queue(ledger, queue, replace(queue, is_new=False, files={**urgent, **queue.files}))


def _differing(there: Mapping[str, str], tree: Tree, *, is_overwriting: bool) -> dict[str, str]:
    """Return the files that differ, each with the tag that the mirror has of it, as far as puts need to know it."""
    here = {path: tag_of(tree.read(path)) for path in tree.files("") if is_mirrored(path)}
    return {
        path: UNKNOWN if path in there else ABSENT
        for path in here.keys() | there.keys()
        if here.get(path) != there.get(path) or (is_overwriting and path in here)
    }


def _purge_of(site: Site) -> Callable[[set[str]], None]:
    command = site.config.mirror.purge

    def run(paths: set[str]) -> None:
        if command is not None:
            purge(command, paths, base_url=site.config.site.base_url, folder=site.folder)

    return run
