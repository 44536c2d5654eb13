"""The published files, at an address or in a folder, within a budget of seconds and bytes."""

import os
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from queue import Empty, Full, Queue
from stat import S_ISREG
from threading import Event, Thread
from time import monotonic
from urllib import request
from urllib.error import HTTPError
from urllib.parse import urlsplit

from .errors import LogError, MissingError, StoppedError, leaf_count, quantity

CHECKPOINT = "log/checkpoint"
KEYS = "log/keys"
SECONDS_MAX = 30
BYTES_MAX = 256_000_000
FILE_BYTES_MAX = 48 * 2**20
FILE_BYTES_START = 64 * 2**10
TEXT_BYTES_MAX = 2**20
LEAF_READ_BYTES_MIN = 512
"""What a leaf takes at least in all files together. A log with more leaves than fit is not begun."""
CHUNK_BYTES = 64 * 2**10
TRIES = 3


class Budget:
    """How much may be read in all: so many seconds and bytes from now on."""

    def __init__(self, seconds: float = SECONDS_MAX, size: int = BYTES_MAX) -> None:
        self._seconds, self._size = seconds, size
        self._ends = monotonic() + seconds
        self._left = size

    def seconds_left(self, where: str) -> float:
        """Return the seconds that are left; StoppedError if none are."""
        left = self._ends - monotonic()
        if left <= 0:
            raise StoppedError(
                where, f"the check took {quantity(self._seconds, 'second')} and was ended; see --max-seconds"
            )
        return left

    def spend(self, where: str, size: int) -> None:
        """Count `size` bytes, which were read. StoppedError if they are too many, or the time is up."""
        self._left -= size
        if self._left < 0:
            read = "byte was" if self._size == 1 else "bytes were"
            raise StoppedError(where, f"more than {self._size} {read} read and the check was ended; see --max-bytes")
        self.seconds_left(where)

    def expect(self, where: str, size: int) -> None:
        """StoppedError if so many leaves cannot be read."""
        if size * LEAF_READ_BYTES_MIN > self._size:
            raise StoppedError(
                where, f"has {leaf_count(size)}, more than {quantity(self._size, 'byte')}; see --max-bytes"
            )


class Files:
    """The files of an output tree, in a folder or on the web."""

    def __init__(self, location: str, budget: Budget | None = None) -> None:
        self.location = location
        self.budget = budget or Budget()
        self.web = urlsplit(location).scheme in {"http", "https"}

    def read(self, path: str) -> bytes:
        """Return a file's bytes, or raise MissingError."""
        data = self._read(path, FILE_BYTES_MAX + 1)
        if len(data) > FILE_BYTES_MAX:
            raise MissingError(path, f"has more than {FILE_BYTES_MAX} bytes")
        return data

    def start(self, path: str) -> bytes:
        """Return the first bytes of a file, or raise MissingError."""
        return self._read(path, FILE_BYTES_START)

    def text(self, path: str) -> str:
        """Return a short file's text; LogError if it is not UTF-8."""
        data = self.read(path)
        if len(data) > TEXT_BYTES_MAX:
            raise LogError(path, f"has more than {TEXT_BYTES_MAX} bytes")
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise LogError(path, "is not UTF-8") from None

    def _read(self, path: str, most: int) -> bytes:
        chunks: list[bytes] = []
        size = 0
        try:
            for chunk in self._web_chunks(path) if self.web else self._chunks(path):
                self.budget.spend(path, len(chunk))
                chunks.append(chunk)
                size += len(chunk)
                if size >= most:
                    break
        except (HTTPException, OSError, ValueError) as error:
            if isinstance(error, HTTPError):
                error.close()
            why = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
            raise MissingError(path, f"cannot be read ({why})") from None
        return b"".join(chunks)[:most]

    def _chunks(self, path: str) -> Iterator[bytes]:
        # Not to wait for a writer, if it is a FIFO; and not to read a device for ever.
        descriptor = os.open(Path(self.location) / path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            if not S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(0, "Not a regular file")
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    def _web_chunks(self, path: str) -> Iterator[bytes]:
        """Yield the chunks that a thread reads: so no slow server can keep us waiting."""
        url = f"{self.location.rstrip('/')}/{path}"
        channel: Queue[bytes | Exception | None] = Queue(maxsize=4)
        stopped = Event()
        seconds = self.budget.seconds_left(path)
        # A second more for the server, so that it is this thread that finds the time over, and says so.
        Thread(target=_download, args=(url, seconds + 1, channel, stopped), daemon=True).start()
        try:
            while True:
                try:
                    item = channel.get(timeout=self.budget.seconds_left(path))
                except Empty:
                    continue  # and the budget is over
                if item is None:
                    return
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            stopped.set()


def _download(url: str, seconds: float, channel: "Queue[bytes | Exception | None]", stopped: Event) -> None:
    """Put the chunks of what `url` answers into `channel`, then None; or the error."""

    def put(item: bytes | Exception | None) -> None:
        while not stopped.is_set():
            try:
                channel.put(item, timeout=1)
            except Full:
                continue
            return

    try:
        with _opener().open(url, timeout=seconds) as response:
            while not stopped.is_set() and (chunk := response.read1(CHUNK_BYTES)):
                put(chunk)
    except (HTTPException, OSError, ValueError) as error:
        put(error)
    except Exception as error:  # noqa: BLE001 - it is raised again in the thread that waits
        put(OSError(0, type(error).__name__))
    else:
        put(None)


def _opener() -> request.OpenerDirector:
    """Return what opens http and https, and nothing else that a server could redirect to."""
    opener = request.OpenerDirector()
    for handler in (
        *(request.ProxyHandler(), request.HTTPHandler(), request.HTTPSHandler()),
        *(request.HTTPDefaultErrorHandler(), request.HTTPRedirectHandler(), request.HTTPErrorProcessor()),
        request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener
