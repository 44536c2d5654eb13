"""The folders of an output as open handles, and the files in them opened relative to these.

Others may be able to write to the output. So no link below its root is followed, even one put there meanwhile; and
only regular files are opened, since opening a FIFO or a device can wait for ever.
"""

import errno
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from events.errors import StoreError
from events.model.text import SLUG_PATTERN
from events.system import PUBLIC_MODE

PART_BYTES: Final = 4
FILE_READERS: Final = 0o044
FOLDER_READERS: Final = 0o055
_FOLDER = os.O_RDONLY | os.O_DIRECTORY
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_SLUG = re.compile(SLUG_PATTERN.removesuffix("$"))
_APPEND = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def split(path: str) -> tuple[list[str], str]:
    """Return the folders and the name of a relative path; StoreError if it leads out of the output, or to no story."""
    *folders, name = path.split("/")
    leaves = "\0" in path or any(part in {"", ".", ".."} for part in (*folders, name))
    if leaves or (len(folders) > 1 and folders[0] == "stories" and not _SLUG.fullmatch(folders[1])):
        raise StoreError(
            ascii(path),
            "this is not a path of the output, so nothing was done with it.",
            remedy="Look for damage in the ledger: writethru verify",
            check="output",
        )
    return folders, name


@contextmanager
def open_folder(root: Path, folders: Sequence[str] = (), *, grown: set[str] | None = None) -> Iterator[int | None]:
    """Yield the handle of a folder below `root`, None if it does not exist; StoreError if anything else has its name.

    Only `root` itself may be a link, to publish elsewhere. With `grown`, missing folders are made, and the paths of
    those in which one was made are added to it.
    """
    if grown is not None:
        root.mkdir(parents=True, exist_ok=True)
    with ExitStack() as handles:
        handle = _open(root)
        for depth, name in enumerate(folders):
            if handle is None:
                break
            handles.callback(os.close, handle)
            below = _open_below(root.joinpath(*folders[: depth + 1]), handle)
            if below is None and grown is not None:
                os.mkdir(name, dir_fd=handle)
                grown.add("/".join(folders[:depth]))
                below = _open(name, handle)
                _let_read(below, handle, FOLDER_READERS)
            handle = below
        if handle is not None:
            handles.callback(os.close, handle)
        yield handle


def read_file(folder: int | None, name: str, *, most: int = -1) -> bytes | None:
    """Return the bytes of a regular file, the first `most` of them; None if there is none of that name."""
    with open_file(folder, name) as file:
        return None if file is None else file.read(most)


@contextmanager
def open_file(folder: int | None, name: str) -> Iterator[BinaryIO | None]:
    """Yield a regular file, open for reading; None if there is none of that name."""
    if folder is None or not _is(stat.S_ISREG, folder, name):
        yield None
        return
    try:
        descriptor = os.open(name, _READ, dir_fd=folder)
    except FileNotFoundError:
        yield None
        return
    with os.fdopen(descriptor, "rb") as file:
        # It may have been replaced since it was looked at.
        yield file if stat.S_ISREG(os.fstat(descriptor).st_mode) else None


def write_file(folder: int, name: str, data: bytes, *, updated: int) -> None:
    """Write `data` to the file `name`, whole or not at all, with `updated` as the least time of its modification.

    It replaces a file or a link. A file that is replaced keeps its mode under any umask, and gets a later second; a new
    one can be read by all who can read the folder.
    """
    part = f".{name}.{secrets.token_hex(PART_BYTES)}.part"
    descriptor = os.open(part, _CREATE, PUBLIC_MODE, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            try:
                former = os.stat(name, dir_fd=folder, follow_symlinks=False)
            except FileNotFoundError:
                _let_read(descriptor, folder, FILE_READERS)
            else:
                if stat.S_ISREG(former.st_mode):
                    os.fchmod(descriptor, stat.S_IMODE(former.st_mode))
                    updated = max(updated, int(former.st_mtime) + 1)
            file.write(data)
            file.flush()
            os.utime(descriptor, (updated, updated))
            os.fsync(descriptor)
        os.replace(part, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(part, dir_fd=folder)
        raise


def _let_read(descriptor: int | None, folder: int, readers: int) -> None:
    """Add those `readers` to the mode of something new that the mode of its folder has: cron may run with umask 077."""
    if descriptor is not None and (missing := os.fstat(folder).st_mode & readers & ~os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, stat.S_IMODE(os.fstat(descriptor).st_mode) | missing)


def append_to_file(folder: int, name: str, data: bytes, *, size: int, updated: int) -> bool:
    """Write `data` after the `size` bytes that the file `name` has; return False if it cannot be changed as it is.

    Not a file with a second name: that may be somebody's copy of an earlier output (`cp -l`). A write that fails is
    taken back. One that is killed leaves a part of `data`; readers meanwhile see the file as it was, or longer.
    """
    try:
        descriptor = os.open(name, _APPEND, dir_fd=folder)
    except OSError:
        return False
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        former = os.fstat(descriptor)
        if not stat.S_ISREG(former.st_mode) or former.st_nlink != 1 or former.st_size != size:
            return False
        updated = max(updated, int(former.st_mtime) + 1)
        try:
            file.seek(size)
            left = memoryview(data)
            while left:
                left = left[file.write(left) :]
            os.utime(descriptor, (updated, updated))
            os.fsync(descriptor)
        except BaseException:
            with suppress(OSError):
                os.ftruncate(descriptor, size)
                os.utime(descriptor, ns=(former.st_atime_ns, former.st_mtime_ns))
            raise
    return True


def remove_file(folder: int | None, name: str, *, dry: bool = False) -> bool:
    """Remove a file or a link, and return True if there was one. `dry` removes nothing."""
    if folder is None or not (_is(stat.S_ISREG, folder, name) or _is(stat.S_ISLNK, folder, name)):
        return False
    if not dry:
        os.unlink(name, dir_fd=folder)
    return True


def remove_empty_folder(folder: int | None, name: str) -> bool:
    """Remove the folder `name` in `folder`, and return True if it was empty."""
    with suppress(OSError):
        os.rmdir(name, dir_fd=folder)
        return True
    return False


def files_below(folder: int | None) -> Iterator[str]:
    """Yield the paths of all regular files below a folder, relative to it. Links are neither followed nor listed."""
    for name in names_in(folder):
        if _is(stat.S_ISREG, folder, name):
            yield name
        elif _is(stat.S_ISDIR, folder, name):
            below = _open(name, folder)
            if below is not None:
                try:
                    yield from (f"{name}/{path}" for path in files_below(below))
                finally:
                    os.close(below)


def names_in(folder: int | None) -> list[str]:
    """Return the names of all that is in a folder."""
    return [] if folder is None else os.listdir(folder)  # noqa: PTH208 - a Path cannot be a handle


def is_part(path: str) -> bool:
    """Return True if a file has the name of a temporary one: a run that was killed has left it."""
    name = path.rpartition("/")[2]
    return name.startswith(".") and name.endswith(".part")


def _open(name: str | Path, parent: int | None = None) -> int | None:
    with suppress(FileNotFoundError):
        return os.open(name, _FOLDER | (0 if parent is None else os.O_NOFOLLOW), dir_fd=parent)
    return None


def _is(kind: Callable[[int], bool], folder: int | None, name: str) -> bool:
    with suppress(FileNotFoundError):
        return kind(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    return False


def _open_below(path: Path, parent: int) -> int | None:
    """Return the handle of the folder at `path` in its `parent`; StoreError if anything else has its name."""
    try:
        return _open(path.name, parent)
    except OSError as error:
        if error.errno not in {errno.ENOTDIR, errno.ELOOP}:
            raise
        what = "a link, which is not followed" if _is(stat.S_ISLNK, parent, path.name) else "not a folder"
        remedy = "Remove it, and publish again: writethru rebuild"
        raise StoreError(str(path), f"this is {what}.", remedy=remedy, check="output") from None
