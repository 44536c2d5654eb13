"""Audit stored rows: gaps, hash chain, digests, canonical form, replay.

Pure: rows in, damage out. No row is trusted: someone may have edited it, or a failing disk changed it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from events.errors import StoreDamagedError
from events.fold.story import StoryFold, fold_of
from events.model.codec import body_digest, canonical, decode
from events.model.events import (
    ClockReset,
    DevelopmentCorrected,
    DevelopmentReported,
    Erased,
    EventRedacted,
    EventUndone,
    Recorded,
)
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

    fold: the events so far, folded; behind them from an undo on, until `refold`
    recorded_at: when the last of them was recorded
    redacted: how many of them are erased
    """

    def __init__(self, story: str) -> None:
        self.fold = StoryFold(story)
        self.redacted = 0
        self._version = 0
        self.recorded_at: datetime | None = None
        self._events: list[Recorded] = []
        self._is_behind = False

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
        resets = isinstance(recorded.event, ClockReset)
        if self.recorded_at is not None and recorded.recorded_at < self.recorded_at and not resets:
            yield Damage(row.position, "was recorded before the event that precedes it")
        self.recorded_at = recorded.recorded_at
        self._events.append(recorded)
        self.redacted += isinstance(recorded.event, Erased)
        self._is_behind |= isinstance(recorded.event, EventUndone)
        try:
            if not self._is_behind:
                self.fold.apply(recorded)
        except Exception as error:  # noqa: BLE001 - the fold trusts the ledger: any error here is damage
            yield Damage(row.position, f"cannot be folded ({type(error).__name__})")

    def refold(self) -> Iterator[Damage]:
        """Fold the events again if one of them is an undo, which no fold can continue."""
        if self._is_behind:
            self._is_behind = False
            try:
                self.fold = fold_of(self.fold.story, self._events)
            except Exception as error:  # noqa: BLE001 - the fold trusts the ledger: any error here is damage
                yield Damage(self._events[-1].position, f"cannot be folded ({type(error).__name__})")

    def finish(self) -> Iterator[Damage]:
        """Yield texts that are missing without a redaction, and texts that a redaction should have erased."""
        yield from self.refold()
        redactions = [(item.position, item.event) for item in self._events if isinstance(item.event, EventRedacted)]
        erased = set[str]().union(*(self.fold.erased_by(redaction) for _, redaction in redactions))
        for item in self._events:
            match item.event:
                case Erased():
                    if item.id not in erased:
                        yield Damage(item.position, "has lost its text, and no redaction says so")
                case DevelopmentReported() | DevelopmentCorrected():
                    if any(item.position < at and _names(redaction, item) for at, redaction in redactions):
                        yield Damage(item.position, "was redacted, but its text is still here")
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


def _names(redaction: EventRedacted, recorded: Recorded) -> bool:
    """Return True if `redaction` names an event: once, to name a report left its corrections as they were."""
    development = recorded.development
    return recorded.id == redaction.event or (development is not None and development == redaction.development)
