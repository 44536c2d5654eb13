"""A file system that fails, or forgets: what `output.tree` asks of it is counted, refused, or recorded and replayed.

`watched` puts a `Watch` between the output tree and the file system. A watch that `fails_at` an operation raises there,
and at each after it, as a full or broken disk does. A watch that only records can tell with `remains` how the tree may
look after a power loss: what had been synced is there; of the rest each operation is there, or not, or in part.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest


@dataclass(frozen=True, slots=True)
class Done:
    """One operation: what was done to which path; `data` is what a file held, `to` where it was moved."""

    what: str
    path: Path
    data: bytes = b""
    to: Path | None = None


@dataclass(slots=True)
class Watch:
    """Sees every operation below `root` of those that change something."""

    root: Path
    fails_at: int | None = None
    error: int = 0
    done: list[Done] = field(default_factory=list)
    count: int = 0

    def operate(self, what: str, path: Path, *, to: Path | None = None) -> None:
        """Count an operation, and fail where it is to fail."""
        self.count += 1
        if self.fails_at is not None and self.count >= self.fails_at:
            raise OSError(self.error, os.strerror(self.error), str(path))
        data = path.read_bytes() if what in {"sync", "move"} and path.is_file() else b""
        self.done.append(Done(what, path, data, to))

    def remains(self, before: dict[str, bytes], *, lost_after: int, seed: int) -> dict[str, bytes]:
        """Return the tree after a power loss following `lost_after` operations; `before` is the tree at first."""
        draws = random.Random(seed)
        tree = dict(before)
        synced: set[Path] = set()
        waiting: list[Done] = []
        for done in self.done[:lost_after]:
            if done.what == "sync":
                synced.add(done.path)
            elif done.what == "sync folder":
                for one in [one for one in waiting if one.path.parent == done.path]:
                    waiting.remove(one)
                    self._apply(tree, one, whole=one.path in synced, draws=draws)
            else:
                waiting.append(done)
        for one in waiting:
            if draws.random() < 0.5:
                self._apply(tree, one, whole=one.path in synced, draws=draws)
        return tree

    def _apply(self, tree: dict[str, bytes], done: Done, *, whole: bool, draws: random.Random) -> None:
        data = done.data if whole else done.data[: draws.randrange(len(done.data) + 1)]
        if done.what == "move" and done.to is not None:
            tree[str(done.to.relative_to(self.root))] = data
        elif done.what == "remove":
            tree.pop(str(done.path.relative_to(self.root)), None)


class _File:
    """An open file whose writes are watched."""

    def __init__(self, file: Any, watch: Watch, path: Path) -> None:
        self._file, self._watch, self._path = file, watch, path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> int:
        self._watch.operate("write", self._path)
        return int(self._file.write(data))


@contextmanager
def watched(watch: Watch) -> Iterator[Watch]:
    """Let `watch` see what is done below its root while the block runs."""
    with pytest.MonkeyPatch.context() as patch:
        for name, what in (("unlink", "remove"), ("rmdir", "remove folder"), ("mkdir", "make folder")):
            patch.setattr(Path, name, _seen(watch, getattr(Path, name), what))
        opens, moves = Path.open, Path.replace

        def open_(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            if not (mode == "wb" and path.is_relative_to(watch.root)):
                return opens(path, mode, *arguments, **options)
            watch.operate("make", path)
            return _File(opens(path, mode, *arguments, **options), watch, path)

        def replace(path: Path, target: Path) -> Path:
            if path.is_relative_to(watch.root):
                watch.operate("move", path, to=target)
            return moves(path, target)

        patch.setattr(Path, "open", open_)
        patch.setattr(Path, "replace", replace)
        syncs, times = os.fsync, os.utime

        def fsync(descriptor: int) -> None:
            path = Path(f"/proc/self/fd/{descriptor}").readlink()
            if path.is_relative_to(watch.root):
                watch.operate("sync folder" if path.is_dir() else "sync", path)
            syncs(descriptor)

        def utime(path: Any, *arguments: Any, **options: Any) -> None:
            watch.operate("set time", watch.root)
            times(path, *arguments, **options)

        patch.setattr(os, "fsync", fsync)
        patch.setattr(os, "utime", utime)
        yield watch


def _seen(watch: Watch, operation: Callable[..., Any], what: str) -> Callable[..., Any]:
    def seen(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.is_relative_to(watch.root):
            watch.operate(what, path)
        return operation(path, *arguments, **options)

    return seen
