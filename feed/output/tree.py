"""The output tree: writes a file only if its bytes differ, and atomically (feed/README.md#writing-files)."""

import os
import secrets
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from events.errors import StoreError
from feed.output.file import File
from feed.output.folder import (
    append_to_file,
    files_below,
    is_part,
    names_in,
    open_file,
    open_folder,
    read_file,
    remove_empty_folder,
    remove_file,
    split,
    write_file,
)
from feed.paths import TOKEN_NAME

TOKEN_BYTES = 16


class Tree:
    """The folder `root`, into which files are written by their relative paths. StoreError if a path leaves it.

    `settle` syncs the folders of what was written. `changed` lists the paths that were written or removed. With `dry`
    no file is touched, and `changed` lists the paths that would be. `check` is called before a file is touched, and
    raises what is to stop that. `tag` computes what is noted in `tags` of the bytes that a written file had before.
    """

    def __init__(
        self,
        root: Path,
        *,
        dry: bool = False,
        check: Callable[[], object] = bool,
        tag: Callable[[bytes | None], str] | None = None,
    ) -> None:
        self.root = root
        self.dry = dry
        self._check = check
        self.changed: list[str] = []
        self.tags: dict[str, str] = {}
        self._tag = tag
        self._unsettled: set[str] = set()

    def write(self, path: str, data: bytes, *, updated: datetime, grows: bool = False) -> bool:
        """Write `data` to `path`; return False if it has these bytes already.

        If the file `grows`, and has the first of these bytes, the others are appended to it; else it is replaced.

        `updated` is when the content last changed. The file's time is max(updated, its former time + 1 s): web servers
        make ETags from time and size in whole seconds, so a correction of the same size could have the same tag.
        """
        former = self.read(path)
        if former == data:
            return False
        self.changed.append(path)
        if self._tag is not None:
            self.tags.setdefault(path, self._tag(former))
        if self.dry:
            return True
        self._check()
        folders, name = split(path)
        with open_folder(self.root, folders, grown=self._unsettled) as folder:
            assert folder is not None  # it was made  # noqa: S101
            at = int(updated.timestamp())
            if grows and former and data.startswith(former):
                size = len(former)
                if append_to_file(folder, name, data[size:], size=size, updated=at):
                    return True
            try:
                write_file(folder, name, data, updated=at)
            except IsADirectoryError:
                remedy = "Remove it, and publish again: writethru rebuild"
                file = str(self.root / path)
                raise StoreError(file, "a folder has the name of this file.", remedy=remedy, check="output") from None
        self._unsettled.add("/".join(folders))
        return True

    def write_files(self, files: Iterable[File]) -> None:
        """Write each file, in this order."""
        for file in files:
            self.write(file.path, file.data, updated=file.updated, grows=file.grows)

    def read(self, path: str, *, most: int = -1) -> bytes | None:
        """Return the bytes of a file, the first `most` of them; None if there is no regular file."""
        folders, name = split(path)
        with open_folder(self.root, folders) as folder:
            return read_file(folder, name, most=most)

    def has(self, path: str) -> bool:
        """Return True if there is a regular file."""
        with self.open(path) as file:
            return file is not None

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO | None]:
        """Yield a file, open for reading; None if there is no regular file."""
        folders, name = split(path)
        with open_folder(self.root, folders) as folder, open_file(folder, name) as file:
            yield file

    @property
    def token(self) -> str | None:
        """The token that ties the tree to its publish checkpoint; None if the tree has none."""
        token = self.read(TOKEN_NAME) or b""
        return token.decode().strip() if token.isascii() and token.strip() else None

    def renew_token(self, *, made_at: datetime, state: str = "") -> str:
        """Write a new random token into the tree, with its `state`, and return it. Its file is dated `made_at`."""
        token = f"{secrets.token_hex(TOKEN_BYTES)} {state}".strip()
        self.write(TOKEN_NAME, f"{token}\n".encode(), updated=made_at)
        self.settle()
        return token

    def keep_only(self, folder: str, paths: Container[str], *, ours: Callable[[str], bool]) -> None:
        """Remove the files below `folder` that are not among `paths`, and whose names there are `ours`.

        The folder is read: a run that was killed has written files that no cache lists.
        """
        for name in self.files(folder):
            if is_part(name) or (ours(name) and folder + name not in paths):
                self.remove(folder + name)

    def remove(self, path: str) -> None:
        """Remove a file of ours, and the folders that are empty then."""
        self._check()
        folders, name = split(path)
        with open_folder(self.root, folders) as folder:
            if not remove_file(folder, name, dry=self.dry):
                return
        self.changed.append(path)
        if self.dry:
            return
        emptied = True
        while folders and emptied:
            with open_folder(self.root, folders[:-1]) as folder:
                emptied = remove_empty_folder(folder, folders[-1])
            if emptied:
                folders.pop()
        self._unsettled.add("/".join(folders))

    def remove_parts(self) -> None:
        """Remove all temporary files: a run that was killed has left them."""
        for path in self.files(""):
            if is_part(path):
                self.remove(path)

    def files(self, folder: str) -> list[str]:
        """Return the paths of all files below `folder`, which is "" or ends in a slash, relative to it and sorted."""
        folders, _ = split(f"{folder}file")
        with open_folder(self.root, folders) as handle:
            return sorted(files_below(handle))

    def settle(self) -> None:
        """Sync the folders, so that renamed files survive a power loss, and remove what killed runs have left there."""
        for path in sorted(self._unsettled):
            with open_folder(self.root, path.split("/") if path else ()) as folder:
                if folder is not None:
                    for name in filter(is_part, names_in(folder)):
                        remove_file(folder, name)
                    os.fsync(folder)
        self._unsettled.clear()


class TreeFiles(Mapping[str, bytes]):
    """The files below `root` by their relative paths, each read on access; empty if there is no such folder."""

    def __init__(self, root: Path) -> None:
        self._tree = Tree(root)
        self._paths = dict.fromkeys(files_of(root))

    def __getitem__(self, path: str) -> bytes:
        if path not in self._paths:
            raise KeyError(path)
        return self._tree.read(path) or b""

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def differences(one: Path, other: Path, paths: Iterable[str]) -> list[str]:
    """Return those of `paths` whose bytes differ between two trees, or that only one of them has."""
    trees = Tree(one), Tree(other)
    return [path for path in paths if trees[0].read(path) != trees[1].read(path)]


def files_of(root: Path) -> list[str]:
    """Return the paths of all files below `root`, relative to it and sorted."""
    return Tree(root).files("")
