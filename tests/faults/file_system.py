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
    """One operation: what was done to which path; `data` is what a file held or got, `to` where it was moved."""

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
        appended: dict[Path, bytes] = {}
        for done in self.done[:lost_after]:
            if done.what == "append":
                appended[done.path] = appended.get(done.path, b"") + done.data
            elif done.what == "sync" and done.path in appended:
                tree[str(done.path.relative_to(self.root))] += appended.pop(done.path)
            elif done.what == "sync":
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
        for path, data in appended.items():
            tree[str(path.relative_to(self.root))] += data[: draws.randrange(len(data) + 1)]
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
        written = int(self._file.write(data))
        if not self._path.name.endswith(".part"):
            self._watch.done.append(Done("append", self._path, bytes(data[:written])))
        return written


@contextmanager
def watched(watch: Watch) -> Iterator[Watch]:
    """Let `watch` see what is done below its root while the block runs."""
    with pytest.MonkeyPatch.context() as patch:
        for name, what in (("unlink", "remove"), ("rmdir", "remove folder"), ("mkdir", "make folder")):
            patch.setattr(os, name, _seen(watch, getattr(os, name), what))
        opens, fdopens, moves, syncs, times = os.open, os.fdopen, os.replace, os.fsync, os.utime

        def open_(name: Any, flags: int, *arguments: Any, dir_fd: int | None = None) -> int:
            if flags & os.O_CREAT and _path(name, dir_fd).is_relative_to(watch.root):
                watch.operate("make", _path(name, dir_fd))
            return opens(name, flags, *arguments, dir_fd=dir_fd)

        def fdopen(descriptor: int, mode: str, **options: Any) -> Any:
            file = fdopens(descriptor, mode, **options)
            return _File(file, watch, _path(descriptor)) if mode == "wb" else file

        def replace(name: Any, target: Any, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None) -> None:
            if _path(name, src_dir_fd).is_relative_to(watch.root):
                watch.operate("move", _path(name, src_dir_fd), to=_path(target, dst_dir_fd))
            moves(name, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

        def fsync(descriptor: int) -> None:
            path = _path(descriptor)
            if path.is_relative_to(watch.root):
                watch.operate("sync folder" if path.is_dir() else "sync", path)
            syncs(descriptor)

        def utime(path: Any, *arguments: Any, **options: Any) -> None:
            watch.operate("set time", watch.root)
            times(path, *arguments, **options)

        for function in (replace, fsync, utime, fdopen):
            patch.setattr(os, function.__name__, function)
        patch.setattr(os, "open", open_)
        yield watch


def _path(name: Any, folder: int | None = None) -> Path:
    """Return the path of a descriptor, or of a name in the folder of that descriptor."""
    if isinstance(name, int):
        return Path(f"/proc/self/fd/{name}").readlink()
    return Path(name) if folder is None else _path(folder) / name


def _seen(watch: Watch, operation: Callable[..., Any], what: str) -> Callable[..., Any]:
    def seen(name: Any, *arguments: Any, dir_fd: int | None = None, **options: Any) -> Any:
        path = _path(name, dir_fd)
        if path.is_relative_to(watch.root):
            watch.operate(what, path)
        return operation(name, *arguments, dir_fd=dir_fd, **options)

    return seen
