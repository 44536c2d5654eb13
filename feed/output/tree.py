"""The output tree: writes a file only if its bytes differ, and atomically (feed/README.md#writing-files)."""

import os
import secrets
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from events.system import sync, write_atomically
from feed.output.file import File
from feed.paths import TOKEN_NAME

TOKEN_BYTES = 16


class Tree:
    """The folder `root`, into which files are written by their relative paths.

    `settle` syncs the folders of what was written. `changed` lists the paths that were written or removed. With `dry`
    no file is touched, and `changed` lists the paths that would be.
    """

    def __init__(self, root: Path, *, dry: bool = False) -> None:
        self.root = root
        self.dry = dry
        self.changed: list[str] = []
        self._unsettled: set[Path] = set()

    def write(self, path: str, data: bytes, *, updated: datetime) -> bool:
        """Write `data` to `path`; return False if it has these bytes already.

        `updated` is when the content last changed. The file's time is max(updated, its former time + 1 s): web servers
        make ETags from time and size in whole seconds, so a correction of the same size could have the same tag.
        """
        file = self.root / path
        former = _read(file)
        if former == data:
            return False
        self.changed.append(path)
        if self.dry:
            return True
        self._make_folder(file.parent)
        modified = int(updated.timestamp())
        if former is not None:
            modified = max(modified, int(file.stat().st_mtime) + 1)
        with write_atomically(file, sync_folder=False) as part:
            part.write_bytes(data)
            os.utime(part, (modified, modified))
        self._unsettled.add(file.parent)
        return True

    def write_files(self, files: Iterable[File]) -> None:
        """Write each file, in this order."""
        for file in files:
            self.write(file.path, file.data, updated=file.updated)

    @property
    def token(self) -> str | None:
        """The token that ties the tree to its publish checkpoint; None if the tree has none."""
        try:
            return (self.root / TOKEN_NAME).read_text(encoding="ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def renew_token(self, *, made_at: datetime) -> str:
        """Write a new random token into the tree, and return it. `made_at` is the date of its file."""
        token = secrets.token_hex(TOKEN_BYTES)
        self.write(TOKEN_NAME, f"{token}\n".encode(), updated=made_at)
        self.settle()
        return token

    def keep_only(self, folder: str, paths: Container[str], *, ours: Callable[[str], bool]) -> None:
        """Remove the files below `folder` that are not among `paths`, and whose names there are `ours`.

        The folder is read: a run that was killed has written files that no cache lists.
        """
        for name in self.files(folder):
            if ours(name) and folder + name not in paths:
                self.remove(folder + name)

    def remove(self, path: str) -> None:
        """Remove a file of ours, and the folders that are empty then."""
        file = self.root / path
        if not file.is_file():
            return
        self.changed.append(path)
        if self.dry:
            return
        file.unlink()
        folder = file.parent
        while folder != self.root and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent
        self._unsettled.add(folder)

    def files(self, folder: str) -> list[str]:
        """Return the paths of all files below `folder`, relative to it and sorted."""
        return files_of(self.root / folder)

    def settle(self) -> None:
        """Sync the folders, so that renamed files survive a power loss."""
        for folder in sorted(self._unsettled):
            if folder.exists():
                sync(folder)
        self._unsettled.clear()

    def _make_folder(self, folder: Path) -> None:
        for parent in reversed([item for item in (folder, *folder.parents) if not item.exists()]):
            parent.mkdir()
            self._unsettled |= {parent, parent.parent}


class TreeFiles(Mapping[str, bytes]):
    """The files below `root` by their relative paths, each read on access; empty if there is no such folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._paths = {path: root / path for path in files_of(root)}

    def __getitem__(self, path: str) -> bytes:
        return self._paths[path].read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def differences(one: Path, other: Path, paths: Iterable[str]) -> list[str]:
    """Return those of `paths` whose bytes differ between two trees, or that only one of them has."""
    return [path for path in paths if _read(one / path) != _read(other / path)]


def files_of(root: Path) -> list[str]:
    """Return the paths of all files below `root`, relative to it and sorted."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
