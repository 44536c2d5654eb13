"""Audit stored rows: gaps, hash chain, digests, canonical form, replay.

Pure: rows in, damage out. No row is trusted: someone may have edited it, or a failing disk changed it.
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
from events.store.base import RawRow


@dataclass(frozen=True, slots=True, order=True)
class Damage:
    """What is wrong at a position; `message` continues "position N …"."""

    position: int
    message: str


def chain_damage(rows: Iterable[RawRow]) -> Iterator[Damage]:
    """Yield gaps and broken links; `rows` are those of the whole ledger, by position."""
    before, link = 0, FIRST_LINK
    for row in rows:
        if row.position != before + 1:
            yield Damage(before + 1, "is missing")
        elif row.link is None:
            yield Damage(row.position, "is not linked to the event before it")
        elif row.link != linked(link, row.envelope):
            yield Damage(row.position, "has a changed envelope or link")
        before, link = row.position, row.link or FIRST_LINK


class StoryAudit:
    """Audits one story: `take` each row in order, then `finish`.

    fold: the events so far, folded
    recorded_at: when the last of them was recorded
    redacted: how many of them are erased
    """

    def __init__(self, story: str) -> None:
        self.fold = StoryFold(story)
        self.redacted = 0
        self._version = 0
        self.recorded_at: datetime | None = None
        self._texts: list[Recorded] = []
        self._erased: list[Recorded] = []
        self._redactions: list[tuple[int, EventRedacted]] = []

    def take(self, row: RawRow) -> Iterator[Damage]:
        """Yield what is wrong with a row, in itself and after the rows before it."""
        if row.version != self._version + 1:
            yield Damage(row.position, f"is version {row.version} of its story, after version {self._version}")
        self._version = row.version
        try:
            message, recorded = _check(row)
        except (StoreDamagedError, KeyError, TypeError, ValueError) as error:
            yield Damage(row.position, f"does not hold an event ({type(error).__name__})")
            return
        if message:
            yield Damage(row.position, message)
        if self.recorded_at is not None and recorded.recorded_at < self.recorded_at:
            yield Damage(row.position, "was recorded before the event that precedes it")
        self.recorded_at = recorded.recorded_at
        self._remember(recorded)
        try:
            self.fold.apply(recorded)
        except Exception as error:  # noqa: BLE001 - the fold trusts the ledger: any error here is damage
            yield Damage(row.position, f"cannot be folded ({type(error).__name__})")

    def finish(self) -> Iterator[Damage]:
        """Yield texts that are missing without a redaction, and texts that a redaction should have erased."""
        for erased in self._erased:
            if not any(_redacts(redaction, erased) for _, redaction in self._redactions):
                yield Damage(erased.position, "has lost its text, and no redaction says so")
        for at, redaction in self._redactions:
            for recorded in self._texts:
                if recorded.position < at and _redacts(redaction, recorded):
                    yield Damage(recorded.position, "was redacted, but its text is still here")

    def _remember(self, recorded: Recorded) -> None:
        match recorded.event:
            case Erased():
                self._erased.append(recorded)
                self.redacted += 1
            case DevelopmentReported() | DevelopmentCorrected():
                self._texts.append(recorded)
            case EventRedacted() as redaction:
                self._redactions.append((recorded.position, redaction))
            case _:
                pass


def _check(row: RawRow) -> tuple[str, Recorded]:
    """Return what is wrong with a row, or "", and the event; raise if it holds none."""
    envelope: dict[str, Any] = orjson.loads(row.envelope)
    salt = None if row.salt is None else row.salt.decode()
    body = None if row.body is None else row.body.decode()
    recorded = decode(Row(row.position, row.envelope.decode(), salt, body))
    columns = (row.position, row.id.decode(), row.story.decode(), row.version)
    if columns != (envelope["position"], envelope["id"], envelope["story"], envelope["version"]):
        return "is stored under another position, id, story or version than its envelope says", recorded
    if canonical(envelope) != row.envelope:
        return "has an envelope that is not in canonical form", recorded
    if not row.has_body or (salt is None) != (body is None):
        return "has no body", recorded
    if salt is not None and body is not None and body_digest(salt, body) != envelope["body_digest"]:
        return "has a changed text or salt: the digest differs", recorded
    return "", recorded


def _redacts(redaction: EventRedacted, recorded: Recorded) -> bool:
    development = recorded.development
    return recorded.id == redaction.event or (development is not None and development == redaction.development)
