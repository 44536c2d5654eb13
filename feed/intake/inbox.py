"""What a person has to decide: drafts, in `inbox.db` beside the ledger.

A draft is not an event, and writing it wakes no publication. The inbox can be deleted: the next run of sync makes its
drafts again, those that were dropped too. `read` and `intake` delete texts of others that are older than TEXT_DAYS.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

from events.errors import InvalidError, Problem
from events.model.edtf import microseconds
from feed.intake.drafts import AbsenceDraft, Draft, State, TextDraft
from feed.intake.inbox_file import InboxFile
from feed.reading.model import Field, Text
from feed.reading.reprints import REPRINT_MIN, containment, sample, shingles
from feed.sync.developments import Occasion
from feed.sync.plan import Absence, Plan

TEXT_DAYS: Final = 90
CANDIDATES: Final = 20
"""So many texts are compared whole, those that share the most of what is looked up."""
_LASTS: Final = "made_us <= ? AND (ended_us IS NULL OR ended_us > ?)"
_ABSENCES: Final = (
    'SELECT number, id, state, story, made_us, "table", identity, last, slot, label, ended_us '
    "FROM drafts JOIN absences USING (number)"
)
_TEXTS: Final = (
    "SELECT number, id, state, story, made_us, kind, address, name, title, link, text, published, note, fields "
    "FROM drafts JOIN texts USING (number)"
)
_SHARING: Final = (
    "SELECT number FROM drafts JOIN texts USING (number) JOIN "
    "(SELECT number, count(*) AS shared FROM shingles WHERE shingle IN ({}) GROUP BY number) USING (number) "
    "WHERE state <> 'dropped' AND (address, name) <> (?, ?) AND (link = '' OR link <> ?) "
    "ORDER BY shared DESC, number DESC LIMIT ?"
)
_OLD: Final = (
    "SELECT number FROM drafts JOIN texts USING (number) WHERE made_us < ? AND (state = 'new' OR text <> '' "
    "OR fields <> '[]' OR note <> '' OR (kind = 'change' AND title <> ''))"
)


class Printing(NamedTuple):
    """Another printing of a text: its draft, and the share of the shorter of both that is in the other."""

    draft: TextDraft
    share: float


class Inbox(InboxFile):
    """The inbox of a newsroom. Use it as a context manager."""

    def settle(self, table: str, plan: Plan, occasion: Occasion) -> int:
        """Make a draft for each absence that has none, end those of what is back, and return how many were made."""
        at_us = microseconds(occasion.reported_at or occasion.now)
        absent = {(absence.identity, absence.slot) for absence in plan.absences}
        with self.writing():
            for draft in list(self._absences(f'"table" = ? AND {_LASTS}', table, at_us, at_us)):
                if (draft.identity, draft.slot) not in absent and _is_back(draft, plan.present):
                    sql = "UPDATE absences SET ended_us = ? WHERE number = ?"
                    self.connection.execute(sql, (at_us, draft.number))
            return sum(self._add_absence(table, absence, at_us, occasion.commit) for absence in plan.absences)

    def add(self, text: Text, *, story: str, at: datetime) -> int | None:
        """Make a draft of a text, and return its number; None if there is one of this version already."""
        values = asdict(text)
        values["fields"] = json.dumps(values["fields"])
        with self.writing():
            number = self._add(text.event_id, story, microseconds(at))
            if number is not None:
                self._insert("texts", {"number": number, **values, "hash": text.hash})
                rows = [(number, shingle) for shingle in sample(shingles(text.text))]
                self.connection.executemany("INSERT INTO shingles VALUES (?, ?)", rows)
        return number

    def drafts(self) -> list[Draft]:
        """Return the drafts that wait for a decision, oldest first."""
        with self.translated():
            waiting: list[Draft] = [
                *self._absences("state = 'new' AND ended_us IS NULL"),
                *self._texts("state = 'new'"),
            ]
        return sorted(waiting, key=lambda draft: draft.number)

    def draft(self, number: int) -> Draft:
        """Return one draft; InvalidError if there is none of that number."""
        with self.translated():
            drafts: list[Draft] = [*self._absences("number = ?", number), *self._texts("number = ?", number)]
        if not drafts:
            remedy = "To see those that wait: writethru inbox"
            raise InvalidError(
                Problem(where="inbox", check="draft", message=f"there is no draft {number}.", remedy=remedy)
            )
        return drafts[0]

    def taken_drafts(self, ids: Iterable[str]) -> list[Draft]:
        """Return those of the drafts with these ids that were taken."""
        drafts: list[Draft] = []
        with self.translated():
            for id_ in ids:
                drafts += [
                    *self._absences("state = 'taken' AND id = ?", id_),
                    *self._texts("state = 'taken' AND id = ?", id_),
                ]
        return drafts

    def texts(self, address: str, name: str) -> list[TextDraft]:
        """Return the drafts of all versions of a text, oldest first."""
        with self.translated():
            return list(self._texts("address = ? AND name = ?", address, name))

    def version(self, text: Text) -> TextDraft:
        """Return the draft of a text that was added before."""
        with self.translated():
            return next(self._texts("id = ?", text.event_id))

    def printings(self, draft: TextDraft) -> list[Printing]:
        """Return the texts that share most of a draft's words, or all but those of a cut, the most alike first.

        A version of the same text, or what has the same link, is none. Dropped drafts do not count.
        """
        content = draft.content
        own = shingles(content.text)
        looked_up = sample(own)
        values = (*looked_up, content.address, content.name, content.link, CANDIDATES)
        with self.translated():
            numbers = self.connection.execute(_SHARING.format(", ".join("?" * len(looked_up))), values).fetchall()
            others = [other for (number,) in numbers for other in self._texts("number = ?", number)]
        printings = [Printing(other, containment(own, shingles(other.content.text))) for other in others]
        return sorted((item for item in printings if item.share >= REPRINT_MIN), key=lambda item: -item.share)

    def mark(self, draft: Draft, state: State) -> None:
        """Record what was decided of a draft."""
        with self.writing():
            self.connection.execute("UPDATE drafts SET state = ? WHERE number = ?", (state, draft.number))

    def purge(self, now: datetime) -> int:
        """Delete the texts that are older than TEXT_DAYS, drop the drafts that still wait, and return how many did.

        The title of a change is a sentence of the page; a note may say what stood around the text.
        """
        before_us = microseconds(now - timedelta(days=TEXT_DAYS))
        with self.translated():
            old = self.connection.execute(_OLD, (before_us,)).fetchall()
        if not old:
            return 0
        emptied = "text = '', fields = '[]', note = '', title = iif(kind = 'change', '', title)"
        with self.writing():
            self.connection.executemany(f"UPDATE texts SET {emptied} WHERE number = ?", old)  # noqa: S608 - ours
            self.connection.executemany("DELETE FROM shingles WHERE number = ?", old)
            sql = "UPDATE drafts SET state = 'dropped' WHERE state = 'new' AND number = ?"
            return self.connection.executemany(sql, old).rowcount

    def progress(self, source: str) -> tuple[Mapping[str, Any], str]:
        """Return what is remembered of a table, and the newest event of the ledger at that time; nothing: {}, ""."""
        with self.translated():
            row = self.connection.execute("SELECT text, event FROM progress WHERE source = ?", (source,)).fetchone()
        return ({}, "") if row is None else (json.loads(row[0]), row[1])

    def remember(self, source: str, values: Mapping[str, Any], event: str) -> None:
        """Remember something of a table, beside the newest event of the ledger."""
        with self.writing():
            self.connection.execute("REPLACE INTO progress VALUES (?, ?, ?)", (source, json.dumps(values), event))

    def _absences(self, condition: str, *values: object) -> Iterator[AbsenceDraft]:
        names = ("number", "id", "state", "story", "made_us", "table", "identity", "last", "slot", "label", "ended_us")
        for row in self.connection.execute(f"{_ABSENCES} WHERE {condition} ORDER BY number", values):
            yield AbsenceDraft(**dict(zip(names, row, strict=True)))

    def _texts(self, condition: str, *values: object) -> Iterator[TextDraft]:
        names = ("kind", "address", "name", "title", "link", "text", "published", "note")
        for row in self.connection.execute(f"{_TEXTS} WHERE {condition} ORDER BY number", values):
            number, id_, state, story, made_us, *content, fields = row
            text = Text(
                **dict(zip(names, content, strict=True)), fields=tuple(Field(**item) for item in json.loads(fields))
            )
            yield TextDraft(number=number, id=id_, state=state, story=story, made_us=made_us, content=text)

    def _add_absence(self, table: str, absence: Absence, at_us: int, commit: str) -> bool:
        """Make a draft, unless there is one of this absence. Return True if it was made."""
        key = (table, absence.identity, absence.slot)
        of_cell = '"table" = ? AND identity = ? AND slot = ?'
        if next(self._absences(f"{of_cell} AND {_LASTS}", *key, at_us, at_us), None) is not None:
            return False
        earlier = sum(1 for _ in self._absences(of_cell, *key))
        digest = sha256("\0".join((*key, commit or str(earlier))).encode()).hexdigest()[:32]
        number = self._add(f"draft:{digest}", absence.story, at_us)
        if number is not None:
            of_row = {
                "identity": absence.identity,
                "last": absence.number,
                "slot": absence.slot,
                "label": absence.label,
            }
            self._insert("absences", {"number": number, "table": table, **of_row})
        return number is not None

    def _add(self, id_: str, story: str, at_us: int) -> int | None:
        """Return the number of a new draft; None if there is one with this id."""
        sql = "INSERT INTO drafts (id, story, made_us) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING number"
        row = self.connection.execute(sql, (id_, story, at_us)).fetchone()
        return None if row is None else int(row[0])

    def _insert(self, table: str, values: Mapping[str, Any]) -> None:
        columns = ", ".join(f'"{name}"' for name in values)
        sql = f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(values))})"  # noqa: S608 - our own names
        self.connection.execute(sql, tuple(values.values()))


def _is_back(draft: AbsenceDraft, present: Mapping[str, frozenset[str] | None]) -> bool:
    """Return True if the table has the row, or the cell, again. Of a row that cannot be read, nobody knows."""
    if draft.identity not in present:
        return False
    cells = present[draft.identity]
    return not draft.slot or (cells is not None and draft.slot in cells)
