"""HTTP connections with limits: how many there are, and how long and how large a request may be.

httptools has none, and appends each piece of a header to what came before: one endless header would stop the server.
"""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES_MAX: Final = 64 * 1024
"""How much of a request may be something other than its body. Requests that come at once, in one piece, are not cut."""
REQUEST_S: Final = 10.0
"""How long a client may take to send a request, and before its first."""


class LimitedProtocol(HttpToolsProtocol):
    """One connection. One more than uvicorn's `limit_concurrency` is closed: descriptors are left for the newsroom."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._unfinished = 0
        self._timer: asyncio.TimerHandle | None = None
        most = self.config.limit_concurrency
        if most is not None and len(self.connections) > most:
            transport.abort()
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._end_wait()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read some of a request, or the last of it and some of the next ones."""
        self._unfinished += len(data)
        super().data_received(data)
        if self._unfinished > HEAD_BYTES_MAX:
            self.transport.abort()
        elif self._unfinished and self._timer is None:
            self._wait()

    def on_body(self, body: bytes) -> None:
        """Read some of a body."""
        self._unfinished -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Begin to answer."""
        self._unfinished = 0
        self._end_wait()
        super().on_message_complete()

    def _wait(self) -> None:
        self._timer = self.loop.call_later(REQUEST_S, self.transport.abort)

    def _end_wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
