"""Requests of one address, with the standard library's client: urllib3 takes 40 ms longer to import.

A server that is slow, or never ends its answer, is given up after a few seconds.
"""

import socket
import threading
import zlib
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ssl import SSLError
from typing import Any, Final, Self
from urllib.parse import urlsplit

from feed.health.answers import Answer

CHUNK_BYTES: Final = 64 * 1024
GZIP: Final = 31  # zlib's number for "with gzip's header"


class Web:
    """A server, by the address of a site on it: its connection stays open from one request to the next.

    All requests together may take `seconds`, and each wait of one at most `idle_seconds`. OSError if one fails.
    """

    def __init__(self, url: str, *, seconds: float, idle_seconds: float) -> None:
        parts = urlsplit(url)
        self._base = parts.path or "/"
        self._seconds, self._is_over = seconds, False
        self._timer = threading.Timer(seconds, self._stop)
        self._timer.daemon = True
        connection = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = connection(parts.hostname or "", parts.port, timeout=min(seconds, idle_seconds))

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._connection.close()

    def request(self, path: str, *, most: int, headers: Mapping[str, str] | None = None) -> Answer:
        """Return the answer for a `path` below the address. A body longer than `most` bytes is cut."""
        for is_last in (False, True):
            try:
                return self._request(path, most, headers or {})
            except (HTTPException, OSError) as error:
                self._connection.close()  # perhaps the server has closed an idle one: try once with a new one
                if self._is_over:
                    raise TimeoutError(f"the server took more than {self._seconds:g} s") from None
                if isinstance(error, SSLError):
                    raise
                if is_last or isinstance(error, TimeoutError):
                    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
                    raise OSError(reason) from None
        raise AssertionError

    def certificate(self) -> Mapping[str, Any] | None:
        """Return the fields of the server's certificate; None over http, or before the first request."""
        sock: Any = self._connection.sock
        return sock.getpeercert() if isinstance(self._connection, HTTPSConnection) and sock is not None else None

    def _request(self, path: str, most: int, headers: Mapping[str, str]) -> Answer:
        all_headers = {"User-Agent": "writethru", "Accept-Encoding": "gzip", **headers}
        self._connection.request("GET", f"{self._base}{path}", headers=all_headers)
        response = self._connection.getresponse()
        names = {name.lower(): value for name, value in response.getheaders()}
        is_zipped = names.get("content-encoding", "").lower() == "gzip"
        unzip = zlib.decompressobj(GZIP)
        body = b""
        while chunk := response.read(CHUNK_BYTES):
            try:
                body += unzip.decompress(chunk, most - len(body) + 1) if is_zipped else chunk
            except zlib.error:
                raise OSError("the answer is not gzip, as it says") from None
            if len(body) > most:
                self._connection.close()  # what follows is not wanted
                break
        if self._is_over:
            raise TimeoutError  # the answer may be cut short
        return Answer(response.status, names, body)

    def _stop(self) -> None:
        self._is_over = True
        with suppress(AttributeError, OSError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)
