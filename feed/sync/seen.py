"""What was seen of a row: the cells that its events recorded, one event after the other. Pure.

An event of sync has the id `sync:TABLE:IDENTITY:NUMBER` and a letter that says what it holds: `r` restates the row
whole, `t` its text or its day under a headline that says what changed, `c` says what changed of its other cells, `f`
fixes what was wrong. In a replay of git's history the commit follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from feed.sync.cells import FACT, Cell

Kind = Literal["r", "t", "c", "f"]
PREFIX: Final = "sync:"
MARKER: Final = "\n\n* * *\n\n"
"""Divides a row's own text from what changed, in the body of an event that restates it."""


class EventId(NamedTuple):
    """The id of an event of sync, in its parts."""

    table: str
    identity: str
    number: int
    kind: Kind
    commit: str = ""

    def __str__(self) -> str:
        """Return the id."""
        commit = f":{self.commit}" if self.commit else ""
        return f"{PREFIX}{self.table}:{self.identity}:{self.number}{self.kind}{commit}"


def id_mark(table: str) -> str:
    """Return what the envelope of each event of a table has, and no other: a search for it parses none."""
    return f'"id":"{PREFIX}{table}:'


def parse_event_id(text: str) -> EventId | None:
    """Return the parts of an event's id, None if it is not an id of a row's event."""
    parts = text.split(":")
    if len(parts) not in {4, 5} or parts[0] != "sync" or not parts[3][:-1].isdecimal() or parts[3][-1] not in "rtcf":
        return None
    kind: Any = parts[3][-1]
    return EventId(parts[1], parts[2], int(parts[3][:-1]), kind, *parts[4:])


@dataclass(slots=True)
class SeenRow:
    """What was recorded of a row so far.

    development: its first development; `newest`: its last one
    number: the number of its last event, which may have been undone
    cells, totals: what its cells stated when they were last recorded, by slot
    stated_by: the development that stated each of them
    dates: every date that a fact has had, by slot
    restating: the developments that restate it whole, or its text
    outcome, promise: of its promise: the outcome, and the id of the expectation
    notes: the corrections that its own cell asked for, and got
    erased: whether a text of it was redacted
    """

    development: str
    newest: str
    number: int = 0
    cells: dict[str, Cell] = field(default_factory=dict)
    totals: dict[str, Cell] = field(default_factory=dict)
    stated_by: dict[str, str] = field(default_factory=dict)
    dates: dict[str, list[Cell]] = field(default_factory=dict)
    restating: dict[str, Kind] = field(default_factory=dict)
    outcome: str = ""
    promise: str = ""
    notes: set[str] = field(default_factory=set)
    erased: bool = False

    def apply(self, event_id: EventId, envelope: Mapping[str, Any], body: Mapping[str, Any] | None) -> None:
        """Take in the row's next event."""
        development = envelope["development"]
        if body is None:
            self.erased = True
        elif event_id.kind == "f":
            self._fix(development, body["set"], body.get("note", ""))
        else:
            self.newest = development
            self._state(development, event_id.kind, body, envelope.get("published_at"))

    def _state(self, development: str, kind: Kind, body: Mapping[str, Any], reported: str | None) -> None:
        if kind in {"r", "t"}:
            self.restating[development] = kind
            self._put(development, "body", _own_text(body.get("body")))
        if kind == "r":
            self._put(development, "headline", body["headline"])
        if kind == "r" or (kind == "t" and "happened" in body and not body.get("resolves")):
            self._put(development, "happened", body.get("happened"))
        if reported is not None:
            self._put(development, "reported", reported)
        self._attribute(development, body)
        self._claim(development, body.get("facts", ()))
        self._promise(development, body)

    def _fix(self, development: str, changes: Mapping[str, Any], note: str) -> None:
        """Take in a correction: what a development stated last is as the row states it now.

        A correction of one fact repeats the others of its report. What was stated since stays.
        """
        later = {slot: cell for slot, cell in self.cells.items() if self.stated_by[slot] != development}
        totals = {slot: self.totals[slot] for slot in later if slot in self.totals}
        promise, stated_by, outcome = self.promise, dict(self.stated_by), self.outcome
        self._apply_fix(development, changes)
        self.notes.add(note)
        self.cells |= later
        self.totals |= totals
        self.stated_by |= {slot: stated_by[slot] for slot in later}
        if self.promise != promise:
            self.promise, self.outcome = promise, outcome

    def _apply_fix(self, development: str, changes: Mapping[str, Any]) -> None:
        if development in self.restating:
            for slot in ("headline", "happened") if self.restating[development] == "r" else ("happened",):
                if slot in changes:
                    self._put(development, slot, changes[slot])
            if "body" in changes:
                self._put(development, "body", _own_text(changes["body"]))
        if "sources" in changes or "said_by" in changes:
            self._attribute(development, changes)
        self._claim(development, changes.get("facts") or ())
        self._promise(development, changes)

    def _attribute(self, development: str, body: Mapping[str, Any]) -> None:
        [source, *_] = body.get("sources") or [{}]
        [speaker, *_] = body.get("said_by") or [None]
        self._put(development, "source", source.get("name"))
        self._put(development, "source_url", source.get("url"))
        self._put(development, "speaker", speaker)

    def _claim(self, development: str, claims: Any) -> None:
        for claim in claims:
            slot = FACT + claim["key"].removeprefix(f"{self.development}.")
            cell = _without_literal(claim["value"])
            if isinstance(cell, dict) and "date" in cell:
                self.dates.setdefault(slot, []).append(cell)
            self._put(development, slot, cell)
            self.totals[slot] = claim.get("of")

    def _promise(self, development: str, body: Mapping[str, Any]) -> None:
        for expectation in body.get("expects") or ():
            if expectation["id"] != self.promise:
                self.promise, self.outcome = expectation["id"], ""
            for slot in ("what", "by"):
                if slot in expectation:
                    self._put(development, slot, expectation[slot])
            if "due" in expectation:
                self._put(development, "due", _edtf(expectation["due"]))
        for resolution in body.get("resolves") or ():
            self.outcome = resolution["outcome"]

    def _put(self, development: str, slot: str, cell: Cell) -> None:
        if cell is None or cell == "":
            self.cells.pop(slot, None)
        elif self.cells.get(slot) != cell:
            self.cells[slot] = _edtf(cell) if slot == "happened" else cell
            self.stated_by[slot] = development


def _own_text(body: str | None) -> str | None:
    """Return a row's own text, without what changed."""
    own, marker, _ = f"\n\n{body or ''}".rpartition(MARKER)
    return own.removeprefix("\n\n") if marker else body


def _edtf(when: Any) -> Any:
    return when if not isinstance(when, dict) else when.get("edtf", when.get("literal"))


def _without_literal(value: Cell) -> Cell:
    """Return a date as its cell states it: one that is less exact than before is recorded as words."""
    return {"date": _edtf(value["date"])} if isinstance(value, dict) and "date" in value else value
