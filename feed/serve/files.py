"""Published files in memory, ready to send: feed/README.md#files-from-memory."""

import asyncio
import gzip
import os
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email.utils import formatdate
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO, Final, Self, TypeAlias

from events.errors import StoreError
from feed.output.foreign import served_kind
from feed.output.headers import Kind, hub_link
from feed.output.tree import Tree

MEMORY_BYTES: Final = 6 * 1024 * 1024
"""How much the files in memory may take together, at most: those that were asked for last stay."""
LOOK_S: Final = 0.01
"""The pause between two looks at a file on the disk: a look takes a third of an answer from memory."""
LARGE_BYTES: Final = 2 * 1024 * 1024
"""Larger files are sent from the disk, and not compressed."""
ENTRY_BYTES: Final = 3_000
"""What a file in memory takes beside its bytes: headers, and the entry itself."""
GZIP_LEVEL: Final = 6
TAG_CHARS: Final = 32

NOSNIFF: Final = (b"x-content-type-options", b"nosniff")
Headers: TypeAlias = list[tuple[bytes, bytes]]
Version: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One encoding of a file: the headers of an answer with it, those of a 304, and its bytes if they are in memory."""

    headers: Headers
    unmodified: Headers
    body: bytes | None

    @classmethod
    def of(cls, tag: bytes, common: Iterable[tuple[bytes, bytes]], own: Headers, body: bytes | None) -> Self:
        """Return a variant: a strong ETag stands for bytes, so each has a `tag` of its own."""
        unmodified = [(b"etag", tag), *common]
        return cls([*unmodified, *own], unmodified, body)

    @property
    def size(self) -> int:
        """How much it takes in memory."""
        return len(self.body or b"")


@dataclass(slots=True)
class ServedFile:
    """A file of `length` bytes, as it is sent: `tags` are the ETags that stand for it, in quotes.

    `seen_at` is when it was last compared with the file on the disk.
    """

    seen_at: float
    version: Version
    length: int
    tags: frozenset[bytes]
    modified: bytes
    plain: Variant
    compressed: Variant | None

    @property
    def size(self) -> int:
        """How much it takes in memory."""
        return ENTRY_BYTES + self.plain.size + (self.compressed.size if self.compressed else 0)


class Files:
    """The files below `root`, read when they are asked for, and again once they have changed.

    Each is opened without following links. What is in memory is sent as long as the file at its path is the same one,
    by one look at its inode, times and size; so memory never answers for a file that is gone.
    """

    def __init__(self, root: Path, *, base_url: str, hub: str | None = None, bytes_max: int = MEMORY_BYTES) -> None:
        self._tree = Tree(root)
        self._folder = str(root)  # a third of the time of an answer, as a Path
        self.size = 0
        self._changed_at = 0.0
        self._base_url, self._hub, self._bytes_max = base_url, hub, bytes_max
        self._files: OrderedDict[str, ServedFile] = OrderedDict()
        self._loading: dict[str, asyncio.Task[ServedFile | None]] = {}

    def current(self, path: str) -> ServedFile | None:
        """Return the file at `path` in the output, if it is in memory as it is now."""
        served = self._files.get(path)
        if served is None:
            return None
        now = time.monotonic()
        if now - served.seen_at > LOOK_S or served.seen_at <= self._changed_at:
            if served.version != self._version(path):
                return None
            served.seen_at = now
            self._files.move_to_end(path)
        return served

    def expect_changes(self) -> None:
        """Look at each file again before it is sent: something was published."""
        self._changed_at = time.monotonic()

    def forget(self, path: str) -> None:
        """Read a file again before it is sent: it is not the one in memory."""
        served = self._files.pop(path, None)
        self.size -= served.size if served else 0

    def open(self, path: str, stack: ExitStack) -> BinaryIO | None:
        """Return a file that `stack` closes; None if nobody may read it, or there is none that is no link."""
        try:
            return stack.enter_context(self._tree.open(path))
        except (StoreError, PermissionError, FileNotFoundError):
            return None

    async def find(self, path: str) -> ServedFile | None:
        """Return the file at `path` in the output; None if there is no such file. Many who ask at once share one."""
        served = self.current(path)
        if served is not None or self._version(path) is None:
            return served
        task = self._loading.get(path)
        if task is None:
            task = self._loading[path] = asyncio.create_task(self._remember(path))
        return await asyncio.shield(task)

    async def _remember(self, path: str) -> ServedFile | None:
        try:
            served = await asyncio.to_thread(self._load, path)
        finally:
            del self._loading[path]
        self.forget(path)
        if served is not None:
            self._files[path] = served
            self.size += served.size
            while self.size > self._bytes_max:
                self.forget(next(iter(self._files)))
        return served

    def _load(self, path: str) -> ServedFile | None:
        with ExitStack() as stack:
            file = self.open(path, stack)
            return None if file is None else self._served(path, file)

    def _served(self, path: str, file: BinaryIO) -> ServedFile:
        status = os.fstat(file.fileno())
        kind = served_kind(path)
        # No more than its size: a file that grows may have more by now.
        data = file.read(status.st_size) if status.st_size <= LARGE_BYTES else None
        digest = sha256(data) if data is not None else file_digest(file, sha256)  # type: ignore[arg-type] # a reader
        tag = digest.hexdigest()[:TAG_CHARS]
        tags = f'"{tag}"'.encode(), f'"{tag}-gzip"'.encode()
        packed = gzip.compress(data, GZIP_LEVEL, mtime=0) if data and kind.is_text else None
        modified = formatdate(int(status.st_mtime), usegmt=True).encode()
        common = tuple(self._common_headers(path, kind))
        own = [(b"content-type", kind.content_type.encode()), (b"last-modified", modified), NOSNIFF]
        compressed = None
        if packed is not None and len(packed) < status.st_size:
            length = [(b"content-length", b"%d" % len(packed)), (b"content-encoding", b"gzip")]
            compressed = Variant.of(tags[1], common, [*own, *length], packed)
        return ServedFile(
            seen_at=0.0,
            version=version_of(status),
            length=status.st_size,
            tags=frozenset(tags),
            modified=modified,
            plain=Variant.of(tags[0], common, [*own, (b"content-length", b"%d" % status.st_size)], data),
            compressed=compressed,
        )

    def _common_headers(self, path: str, kind: Kind) -> Iterator[tuple[bytes, bytes]]:
        """Yield the headers that a 304 has as well, so that a cache knows them (RFC 9110, section 15.4.5)."""
        yield b"cache-control", kind.cache_control.encode()
        if kind.is_text:
            yield b"vary", b"Accept-Encoding"
        if kind.is_topic and self._hub is not None:
            yield b"link", hub_link(f"{self._base_url}{path}", self._hub).encode()

    def _version(self, path: str) -> Version | None:
        try:
            return version_of(os.stat(f"{self._folder}/{path}"))  # noqa: PTH116 - to compare; opening refuses links
        except (OSError, ValueError):
            return None


def version_of(status: os.stat_result) -> Version:
    """Return what tells a file from another one, and from itself after a change."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
