"""Some seconds of mirroring: what is put while the lock is held."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Final

from feed.mirror.bucket import Bucket, ForeignError, MirrorError, NewerError
from feed.mirror.stages import CHANGED, is_ours, steps
from feed.output.foreign import served_kind
from feed.output.tree import Tree
from feed.publishing.mirror_queue import Conditions, MirrorQueue

THREADS: Final = 16
SLICE_S: Final = 1.0
"""How long a slice begins requests: publications wait for it. If it was stopped for longer, the lock may be lost."""


class Slice:
    """Puts `files`, each with the tag that the mirror has of it, and calls `purge` once text is taken away there.

    `check` raises what is to stop that: another host may publish by now.

    done: the paths that are as they must be
    changed: those of them that were put or deleted
    purges: the paths of which a CDN must drop its copies
    failure: the first error
    """

    def __init__(
        self,
        bucket: Bucket,
        tree: Tree,
        queue: MirrorQueue,
        files: Mapping[str, str],
        *,
        purge: Callable[[set[str]], None],
        check: Callable[[], object],
    ) -> None:
        self.done: set[str] = set()
        self.changed: list[str] = []
        self.purges = set(queue.purges)
        self.failure: MirrorError | None = None
        self._bucket, self._tree, self._queue, self._files = bucket, tree, queue, files
        self._purge, self._check = purge, check
        self._until = time.monotonic() + SLICE_S

    @property
    def conditions(self) -> Conditions:
        """What the server makes of conditional writes."""
        return self._bucket.conditions

    def run(self) -> None:
        """Put step after step, until all is done, the time is over, or something fails."""
        refusal: MirrorError | None = None
        here = {path for path in self._files if self._tree.has(path)}
        try:
            with ThreadPoolExecutor(THREADS) as pool:
                for (group, *_), paths in steps(self._files, exists=here, is_urgent=self._queue.is_urgent):
                    if group >= CHANGED:
                        self._purge_now()
                        if refusal is not None:
                            break
                    try:
                        self._put_all(pool, paths)
                    except MirrorError as error:
                        refusal = refusal or error
                        if isinstance(error, NewerError | ForeignError) or not self._queue.withdrawn:
                            break  # one file that is refused keeps no other that was taken back waiting
            self._purge_now()
        except _OverError:
            if refusal is not None:
                self._purge_now()
        self.failure = refusal or self.failure

    def _purge_now(self) -> None:
        """Purge, once: a failure does not keep other files waiting."""
        if self.purges and self.failure is None:
            try:
                self._purge(self.purges)
                self.purges = set()
            except MirrorError as error:
                self.failure = error

    def _put_all(self, pool: Executor, paths: Sequence[str]) -> None:
        """Put the files of a step; MirrorError if one fails, once the others are acknowledged."""
        self._check()
        if self._bucket.conditions == "unknown":
            self._put(paths[0])
            self._probe(paths[0])
        failures: list[Exception] = []
        for future in [pool.submit(self._put, path) for path in paths if path not in self.done]:
            error = future.exception()
            if isinstance(error, Exception):
                failures.append(error)
        if failures:
            raise min(failures, key=lambda error: (isinstance(error, _OverError), type(error) is MirrorError))

    def _put(self, path: str) -> None:
        if time.monotonic() > self._until:
            raise _OverError
        data, tag = self._tree.read(path), self._files[path]
        if data is None:
            is_known = path in self._queue.files or (is_ours(path) and not self._bucket.has_attributes)
            is_changed = self._bucket.delete(path, is_known=is_known)
        else:
            is_changed = self._bucket.put(path, data, headers_of(path), tag=tag)
        if self._queue.is_urgent(path) and path in self._queue.files:
            self.purges.add(path)
        self.done.add(path)
        if is_changed:
            self.changed.append(path)

    def _probe(self, path: str) -> None:
        data = self._tree.read(path)
        if data is not None:
            self._bucket.probe(path, data, headers_of(path))


class _OverError(Exception):
    """The time of the slice is over."""


def headers_of(path: str) -> dict[str, str]:
    """Return the headers with which a file is put: those with which it would be served."""
    kind = served_kind(path)
    return {"Content-Type": kind.content_type, "Cache-Control": kind.cache_control}
