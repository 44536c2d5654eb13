"""Requests of the files of a site, over a connection that stays open from one to the next."""

import zlib
from collections.abc import Mapping
from http.client import HTTPException
from ssl import SSLCertVerificationError, SSLSocket
from typing import Any, Final, Self

from feed.health.answers import Answer
from feed.health.client import AGENT, connection, parse_address

CHUNK_BYTES: Final = 64 * 1024
GZIP: Final = 31  # zlib's number for "with gzip's header"


class Web:
    """A server, by the address of a site on it: ValueError if it is none. OSError if a request fails.

    No wait takes more than `idle_seconds`.
    """

    def __init__(self, url: str, *, idle_seconds: float) -> None:
        parts = parse_address(url)
        self._base = parts.path or "/"
        self._connection = connection(parts, seconds=idle_seconds)
        self._certificate: Mapping[str, Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def request(self, path: str, *, most: int, headers: Mapping[str, str] | None = None) -> Answer:
        """Return the answer for a `path` below the address. Of a body longer than `most` bytes, it has the start."""
        for is_last in (False, True):
            try:
                return self._request(path, most, headers or {})
            except (HTTPException, OSError) as error:
                self._connection.close()  # perhaps the server has closed an idle one: try once with a new one
                if isinstance(error, SSLCertVerificationError):
                    raise
                if is_last or isinstance(error, TimeoutError):
                    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
                    raise OSError(reason) from None
        raise AssertionError

    def certificate(self) -> Mapping[str, Any] | None:
        """Return the fields of the server's certificate; None over http, or before the first request."""
        return self._certificate

    def _request(self, path: str, most: int, headers: Mapping[str, str]) -> Answer:
        if self._connection.sock is None:
            self._connection.connect()
            sock: Any = self._connection.sock
            if isinstance(sock, SSLSocket):
                self._certificate = sock.getpeercert()  # now, since after "Connection: close" there is no socket
        all_headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip", **headers}
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
        return Answer(response.status, names, body)
