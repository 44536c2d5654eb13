"""Does the ledger still hold what it was given? Row by row: places, links, digests, canonical bytes, the fold.

Pure: rows in, damage out. Nothing here trusts a row: each may have been edited, or hold what a failing disk left.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from events.errors import StoreDamagedError
from events.fold.story import StoryFold
from events.model.codec import body_digest, canonical, decode
from events.model.events import DevelopmentCorrected, DevelopmentReported, Erased, EventRedacted, Recorded
from events.model.rows import FIRST_LINK, Row, linked


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as it is stored, in bytes that may be anything; `link` is None where there is none.

    `salt` and `body` are None once redacted; `has_body` tells whether there is a row for them at all.
    """

    position: int
    id: bytes
    story: bytes
    version: int
    envelope: bytes
    salt: bytes | None
    body: bytes | None
    has_body: bool
    link: bytes | None


@dataclass(frozen=True, slots=True, order=True)
class Damage:
    """What is wrong at a position."""

    position: int
    what: str


def chain_damage(rows: Iterable[Stored]) -> Iterator[Damage]:
    """Find what is wrong with places and links; `rows` are those of the whole ledger, by position."""
    before, link = 0, FIRST_LINK
    for stored in rows:
        if stored.position != before + 1:
            yield Damage(before + 1, "is missing")
        elif stored.link is None:
            yield Damage(stored.position, "is not linked to those before")
        elif stored.link != linked(link, stored.envelope):
            yield Damage(stored.position, "its envelope or its link was changed")
        before, link = stored.position, stored.link or FIRST_LINK


class StoryAudit:
    """One story, row by row in order: `take` each, then ask `finish`.

    `fold` is what its events say, and `recorded_at` when the last of them was recorded.
    """

    def __init__(self, story: str) -> None:
        self.fold = StoryFold(story)
        self.redacted = 0
        self._version = 0
        self.recorded_at: datetime | None = None
        self._texts: dict[str, tuple[int, str | None]] = {}
        self._erased: dict[str, tuple[int, str | None]] = {}
        self._redactions: list[tuple[int, EventRedacted]] = []

    def take(self, stored: Stored) -> Iterator[Damage]:
        """Find what is wrong with a row by itself, and after the rows before it."""
        if stored.version != self._version + 1:
            yield Damage(stored.position, f"is version {stored.version} of its story, after version {self._version}")
        self._version = stored.version
        try:
            what, recorded = _examined(stored)
        except (StoreDamagedError, KeyError, TypeError, ValueError) as error:
            yield Damage(stored.position, f"does not hold an event ({type(error).__name__})")
            return
        if what:
            yield Damage(stored.position, what)
        if self.recorded_at is not None and recorded.recorded_at < self.recorded_at:
            yield Damage(stored.position, "was recorded before what stands before it")
        self.recorded_at = recorded.recorded_at
        self._remember(recorded)
        try:
            self.fold.apply(recorded)
        except Exception as error:  # noqa: BLE001 - the fold trusts the ledger: whatever it meets here is damage
            yield Damage(stored.position, f"cannot be folded ({type(error).__name__})")

    def finish(self) -> Iterator[Damage]:
        """Find texts that are gone though nobody redacted them, and texts that a redaction should have erased."""
        for name, (position, development) in self._erased.items():
            if not any(_names(redaction, name, development) for _, redaction in self._redactions):
                yield Damage(position, "its text is gone, and no redaction says so")
        for at, redaction in self._redactions:
            for name, (position, development) in self._texts.items():
                if position < at and _names(redaction, name, development):
                    yield Damage(position, "was redacted, and its text is still here")

    def _remember(self, recorded: Recorded) -> None:
        place = recorded.position, recorded.development
        match recorded.event:
            case Erased():
                self._erased[recorded.id] = place
                self.redacted += 1
            case DevelopmentReported() | DevelopmentCorrected():
                self._texts[recorded.id] = place
            case EventRedacted() as redaction:
                self._redactions.append((recorded.position, redaction))
            case _:
                pass


def _examined(stored: Stored) -> tuple[str, Recorded]:
    """Return what is wrong with a row, or "", and the event; raises where it holds none."""
    envelope: dict[str, Any] = orjson.loads(stored.envelope)
    salt = None if stored.salt is None else stored.salt.decode()
    body = None if stored.body is None else stored.body.decode()
    recorded = decode(Row(stored.position, stored.envelope.decode(), salt, body))
    columns = (stored.position, stored.id.decode(), stored.story.decode(), stored.version)
    if columns != (envelope["position"], envelope["id"], envelope["story"], envelope["version"]):
        return "is filed under another position, id, story or version than its envelope tells", recorded
    if canonical(envelope) != stored.envelope:
        return "its envelope is not in canonical form", recorded
    if not stored.has_body or (salt is None) != (body is None):
        return "its body is missing", recorded
    if salt is not None and body is not None and body_digest(salt, body) != envelope["body_digest"]:
        return "its text or salt was changed: the digest differs", recorded
    return "", recorded


def _names(redaction: EventRedacted, event_id: str, development: str | None) -> bool:
    return event_id == redaction.event or (development is not None and development == redaction.development)
