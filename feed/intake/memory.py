"""What is remembered of a source between runs, so that it need not be read again: its last commit, its ETag.

It lies in the inbox, and counts only while the ledger still has what it had then: a ledger that was restored from an
older copy has to read everything again. It also counts only for the same map.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import orjson

from events.ledger import Ledger
from feed.intake.inbox import Inbox
from feed.sync.sheet_map import SheetMap

MAP: Final = "map"


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of one source, under its `name`."""

    inbox: Inbox
    ledger: Ledger
    name: str
    sheet_map: SheetMap

    def recall(self) -> Mapping[str, str]:
        """Return what was remembered last, if it still counts."""
        values, event = self.inbox.progress(self.name)
        with self.ledger.store.reading() as reading:
            counts = values.get(MAP) == self._map_digest() and event and reading.row(event) is not None
        return {name: value for name, value in values.items() if name != MAP} if counts else {}

    def remember(self, values: Mapping[str, str]) -> None:
        """Remember `values`, now that everything that they stand for is recorded."""
        with self.ledger.store.reading() as reading:
            row = next(reading.rows(after=max(reading.head() - 1, 0)), None)
        if row is not None:
            event = str(orjson.loads(row.envelope)["id"])
            self.inbox.remember(self.name, {**values, MAP: self._map_digest()}, event)

    def _map_digest(self) -> str:
        return sha256(self.sheet_map.model_dump_json().encode()).hexdigest()
