"""SHELL: the output tree. Writes a file only where its bytes differ, and so that no reader ever sees half of it."""

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from events.system import sync, write_atomically


class Tree:
    """The folder `root`, into which files are written by their relative paths.

    A file is written beside its place, synced, and renamed; the folder is synced by `settle`. `changed` lists the
    paths that were written or removed. With `dry` nothing is touched, and `changed` lists what would be.
    """

    def __init__(self, root: Path, *, dry: bool = False) -> None:
        self.root = root
        self.dry = dry
        self.changed: list[str] = []
        self._unsettled: set[Path] = set()

    def write(self, path: str, data: bytes, *, updated: datetime) -> bool:
        """Make `path` hold `data`, and tell whether it did not before. `updated` is when its content last changed.

        The file's time is max(updated, its former time + 1 s): web servers make ETags from time and size in whole
        seconds, so a correction of the same size could hide behind the same tag.
        """
        place = self.root / path
        former = _read(place)
        if former == data:
            return False
        self.changed.append(path)
        if self.dry:
            return True
        self._make_folder(place.parent)
        modified = int(updated.timestamp())
        if former is not None:
            modified = max(modified, int(place.stat().st_mtime) + 1)
        with write_atomically(place, sync_folder=False) as part:
            part.write_bytes(data)
            os.utime(part, (modified, modified))
        self._unsettled.add(place.parent)
        return True

    def remove(self, path: str) -> None:
        """Remove a file of ours, and the folders that it leaves empty."""
        place = self.root / path
        if not place.is_file():
            return
        self.changed.append(path)
        if self.dry:
            return
        place.unlink()
        folder = place.parent
        while folder != self.root and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent
        self._unsettled.add(folder)

    def files(self, folder: str) -> list[str]:
        """Return every file that stands below `folder`, by its path there, sorted."""
        return files_of(self.root / folder)

    def settle(self) -> None:
        """Make sure that what was renamed survives a power cut."""
        for folder in sorted(self._unsettled):
            if folder.exists():
                sync(folder)
        self._unsettled.clear()

    def _make_folder(self, folder: Path) -> None:
        for parent in reversed([item for item in (folder, *folder.parents) if not item.exists()]):
            parent.mkdir()
            self._unsettled |= {parent, parent.parent}


class TreeFiles(Mapping[str, bytes]):
    """The files below `root` by their relative paths, each read when it is asked for; none where there is no folder."""

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
    """Return every file of the tree below `root`, by relative path, sorted."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def _read(place: Path) -> bytes | None:
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return None
