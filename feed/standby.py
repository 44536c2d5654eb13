"""The host that publishes: of several that stand by, one holds the claim in the database (feed/README.md#standby)."""

import socket
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from events.errors import StoreError
from events.store.base import Address, Host, Store
from feed.newsroom import Newsroom

LOOK_S: Final = 0.5
"""The pause between two attempts to take over, and for how long a claim is believed without asking."""


def this_host(folder: Path) -> Host:
    """Return this machine with the newsroom in `folder`."""
    name = socket.gethostname()
    return Host(name, sha256(f"{name} {folder.resolve()}".encode()).hexdigest()[:8])


class Claim:
    """The claim to publish a newsroom, with the store whose connection holds it, for a process that runs on.

    store: None if the ledger is a file, which one host alone publishes
    other: who has the claim; "" if this process has it
    """

    def __init__(self) -> None:
        self.store: Store | None = None
        self.other = ""
        self._address: Address | None = None
        self._asked_at = float("-inf")

    def take(self, newsroom: Newsroom) -> bool:
        """Return True if this process may publish, which it asks again after LOOK_S. StoreError if nobody can say."""
        address = newsroom.address if isinstance(newsroom.address, Address) else None
        if address != self._address:
            self.close()
            self._address = address
        if address is None:
            return True
        if time.monotonic() - self._asked_at >= LOOK_S:
            self.store = self.store or newsroom.store()
            self.other = self.store.claim(this_host(newsroom.folder)) or ""
            self._asked_at = time.monotonic()
        return self.other == ""

    def close(self) -> None:
        """Release the claim."""
        if self.store is not None:
            with suppress(StoreError):
                self.store.close()
        self.store, self.other, self._address, self._asked_at = None, "", None, float("-inf")
