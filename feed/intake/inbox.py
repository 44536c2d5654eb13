"""What a person has to decide: drafts, in `inbox.db` beside the ledger.

A draft says that a row vanished from a table, or that a cell was emptied. It holds no text of the table, which is read
from the ledger. It is not an event, and writing it wakes no publication. The inbox can be deleted: the next run of sync
makes the drafts again, those that were dropped too.
"""

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal, Self

from events.errors import InvalidError, Problem, StoreBusyError, StoreDamagedError
from events.model.edtf import EPOCH, MICROSECOND, microseconds
from events.system import PRIVATE_MODE
from feed.intake.developments import Occasion
from feed.intake.plan import Absence, Plan

INBOX_NAME: Final = "inbox.db"
APPLICATION_ID: Final = 0x77727469  # "wrti"
VERSION: Final = 1
BUSY_TIMEOUT_S: Final = 10.0
_LASTS: Final = "made_us <= ? AND (ended_us IS NULL OR ended_us > ?)"
State = Literal["new", "taken", "dropped"]
_SCHEMA: Final = f"""
CREATE TABLE drafts (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL DEFAULT 'new', "table" TEXT NOT NULL,
    story TEXT NOT NULL, identity TEXT NOT NULL, last INTEGER NOT NULL, slot TEXT NOT NULL, label TEXT NOT NULL,
    made_us INTEGER NOT NULL, ended_us INTEGER
) STRICT;
CREATE INDEX drafts_of_cells ON drafts ("table", identity, slot);
CREATE TABLE progress (source TEXT PRIMARY KEY, text TEXT NOT NULL, event TEXT NOT NULL) STRICT;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft.

    number: by which a person names it
    id: the id of the event that taking it records
    table, story, identity: of the row that it is about
    last: the number of the row's last event when the draft was made
    slot, label: of the cell that was emptied; "" if the row vanished
    made_us: since when, in microseconds since 1970
    ended_us: when the row or the cell was back; None: it is not
    """

    number: int
    id: str
    state: State
    table: str
    story: str
    identity: str
    last: int
    slot: str
    label: str
    made_us: int
    ended_us: int | None

    @property
    def made_at(self) -> datetime:
        """Since when the row or the cell is gone."""
        return EPOCH + self.made_us * MICROSECOND


class Inbox:
    """The inbox of a newsroom. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / INBOX_NAME
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE))
        self._connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        with self._translated():
            self._connection.execute("PRAGMA trusted_schema = OFF")
            self._connection.execute("PRAGMA secure_delete = ON")
            with self.writing():
                self._prepare()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def settle(self, table: str, plan: Plan, occasion: Occasion) -> int:
        """Make a draft for each absence that has none, end those of what is back, and return how many were made."""
        at_us = microseconds(occasion.reported_at or occasion.now)
        absent = {(absence.identity, absence.slot) for absence in plan.absences}
        with self.writing():
            for draft in list(self._drafts(f'"table" = ? AND {_LASTS}', table, at_us, at_us)):
                if (draft.identity, draft.slot) not in absent and _is_back(draft, plan.present):
                    sql = "UPDATE drafts SET ended_us = ? WHERE number = ?"
                    self._connection.execute(sql, (at_us, draft.number))
            return sum(self._add(table, absence, at_us, occasion.commit) for absence in plan.absences)

    def drafts(self) -> list[Draft]:
        """Return the drafts that wait for a decision, oldest first."""
        with self._translated():
            return list(self._drafts("state = 'new' AND ended_us IS NULL"))

    def draft(self, number: int) -> Draft:
        """Return one draft; InvalidError if there is none of that number."""
        with self._translated():
            draft = next(self._drafts("number = ?", number), None)
        if draft is None:
            remedy = "To see those that wait: writethru inbox"
            raise InvalidError(
                Problem(where="inbox", check="draft", message=f"there is no draft {number}.", remedy=remedy)
            )
        return draft

    def mark(self, draft: Draft, state: State) -> None:
        """Record what was decided of a draft."""
        with self.writing():
            self._connection.execute("UPDATE drafts SET state = ? WHERE number = ?", (state, draft.number))

    def progress(self, source: str) -> tuple[Mapping[str, Any], str]:
        """Return what is remembered of a source, and the newest event of the ledger at that time; nothing: {}, ""."""
        with self._translated():
            row = self._connection.execute("SELECT text, event FROM progress WHERE source = ?", (source,)).fetchone()
        return ({}, "") if row is None else (json.loads(row[0]), row[1])

    def remember(self, source: str, values: Mapping[str, Any], event: str) -> None:
        """Remember something of a source, beside the newest event of the ledger."""
        with self.writing():
            self._connection.execute("REPLACE INTO progress VALUES (?, ?, ?)", (source, json.dumps(values), event))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write, all or nothing."""
        with self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise

    def _prepare(self) -> None:
        version, application = (self._pragma(name) for name in ("user_version", "application_id"))
        if (version, application) == (0, 0):
            for statement in _SCHEMA.split(";\n"):
                self._connection.execute(statement)
        elif (version, application) != (VERSION, APPLICATION_ID):
            raise self._damaged("this is not an inbox of this version of writethru.")

    def _pragma(self, name: str) -> int:
        return int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])

    def _drafts(self, condition: str, *values: object) -> Iterator[Draft]:
        sql = f"SELECT * FROM drafts WHERE {condition} ORDER BY number"  # noqa: S608 - our own conditions
        yield from (Draft(*row) for row in self._connection.execute(sql, values))

    def _add(self, table: str, absence: Absence, at_us: int, commit: str) -> bool:
        """Make a draft, unless there is one of this absence. Return True if it was made."""
        key = (table, absence.identity, absence.slot)
        of_cell = '"table" = ? AND identity = ? AND slot = ?'
        if next(self._drafts(f"{of_cell} AND {_LASTS}", *key, at_us, at_us), None) is not None:
            return False
        earlier = sum(1 for _ in self._drafts(of_cell, *key))
        digest = sha256("\0".join((*key, commit or str(earlier))).encode()).hexdigest()[:32]
        values = (
            f"draft:{digest}",
            table,
            absence.story,
            absence.identity,
            absence.number,
            absence.slot,
            absence.label,
            at_us,
        )
        columns = 'id, "table", story, identity, last, slot, label, made_us'
        sql = f"INSERT OR IGNORE INTO drafts ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own names
        return self._connection.execute(sql, values).rowcount > 0

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StoreBusyError(
                    str(self.path), "another process is using the inbox.", remedy="Try again."
                ) from None
            raise self._damaged(f"{error}.") from None
        except sqlite3.DatabaseError as error:
            raise self._damaged(f"{error}.") from None

    def _damaged(self, what: str) -> StoreDamagedError:
        remedy = "Move it away: the next run of sync makes the drafts again."
        return StoreDamagedError(str(self.path), what, remedy=remedy)


def _is_back(draft: Draft, present: Mapping[str, frozenset[str] | None]) -> bool:
    """Return True if the table has the row, or the cell, again. Of a row that cannot be read, nobody knows."""
    if draft.identity not in present:
        return False
    cells = present[draft.identity]
    return not draft.slot or (cells is not None and draft.slot in cells)
