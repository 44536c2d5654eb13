"""The ledger in one SQLite file, through apsw, whose wheel brings its own fixed SQLite.

Every write is one `BEGIN IMMEDIATE` transaction with `synchronous=EXTRA`: with a rollback journal, FULL does not sync
the folder from which the journal is deleted, and a power loss may then undo what was acknowledged. WAL is used where
the linked SQLite is sound (3.7.0 to 3.51.2 can lose a commit when one connection checkpoints while another writes:
sqlite.org/wal.html), else the rollback journal. Triggers refuse what must not happen even at a SQL prompt.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias, cast

import apsw

from events.errors import StoreDamagedError, StoreError
from events.model.edtf import EPOCH, MICROSECOND, microseconds
from events.model.rows import FIRST_LINK, Row, linked
from events.store.base import Line, Overview
from events.store.errors import told
from events.store.migrations import APPLICATION_ID, SCHEMA_VERSION, migrate
from events.store.sqlite_log import LogReading, LogWriting

SOUND_WAL: Final = (3, 51, 3)
BUSY_TIMEOUT_S: Final = 10.0
WAIT_S: Final = 0.003
ERASED_SO_FAR: Final = "The redaction was recorded, but the text may still stand in ledger.db-wal."


class SqliteStore:
    """A store in the file `path`, which `create` makes. Safe for many processes, one writer at a time."""

    def __init__(self, path: Path, *, create: bool = False, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.path = path
        with told(path):
            self._connection = self._open(create=create)
            self._waits = _waiting(busy_timeout_s)
            self._connection.set_busy_handler(self._waits)
            self._prepare(create=create)

    @contextmanager
    def reading(self) -> Iterator["SqliteReading"]:
        """Hold one consistent look; within another one it is the same look."""
        if self._connection.in_transaction:  # such as a story asked for while events are being read
            yield SqliteReading(self._connection)
            return
        with self._transaction("BEGIN"):
            yield SqliteReading(self._connection)

    @contextmanager
    def writing(self, *, wait: bool = True, commit: bool = True) -> Iterator["SqliteWriting"]:
        """Be the one writer, and commit on leaving, or roll back; not to `wait` for another, StoreBusyError."""
        self._connection.set_busy_handler(self._waits if wait else None)
        try:
            with self._transaction("BEGIN IMMEDIATE", end="COMMIT" if commit else "ROLLBACK"):
                writing = SqliteWriting(self._connection)
                yield writing
        finally:
            self._connection.set_busy_handler(self._waits)
        if writing.erased and commit:
            with told(self.path, so_far=ERASED_SO_FAR):
                # What was erased must not survive in the log of changes either.
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def attached(self, path: Path) -> Iterator[apsw.Connection]:
        """Be the one writer, with another file's tables at hand as `copy`; commit on leaving."""
        with told(self.path):
            self._connection.execute("ATTACH ? AS copy", (str(path),))
            try:
                with self._transaction("BEGIN IMMEDIATE"):
                    yield self._connection
            finally:
                self._connection.execute("DETACH copy")

    @contextmanager
    def looking(self) -> Iterator[apsw.Connection]:
        """Hold one consistent look at the file itself: for those who check or copy it."""
        with self._transaction("BEGIN"):
            yield self._connection

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _open(self, *, create: bool) -> apsw.Connection:
        if not create and not self.path.exists():
            raise StoreError(str(self.path), "there is no ledger here.", remedy="Make a newsroom: writethru init")
        if not create and not os.access(self.path.parent, os.W_OK) and not _beside(self.path, "-wal").exists():
            # In a folder that is read-only SQLite cannot make the files that WAL needs; nobody can be writing either.
            name = f"{self.path.absolute().as_uri()}?immutable=1"
            return apsw.Connection(name, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
        flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
        return apsw.Connection(str(self.path), flags=flags)

    def _prepare(self, *, create: bool) -> None:
        is_new = create and self._is_new()
        # Read after that: should another process make the ledger meanwhile, both are seen.
        application, version = self._pragma("application_id"), self._pragma("user_version")
        if is_new:
            self._set_journal()
            with self._transaction("BEGIN IMMEDIATE"):
                if self._is_new():
                    migrate(self._connection)
        elif application != APPLICATION_ID:
            raise StoreDamagedError(
                str(self.path),
                "this is not a ledger of writethru.",
                remedy="Put back a copy of the newsroom's ledger.db.",
            )
        elif version > SCHEMA_VERSION:
            raise StoreError(
                str(self.path),
                f"the ledger has schema {version}; this writethru knows {SCHEMA_VERSION}.",
                remedy="Install a newer writethru; the ledger was left as it is.",
                check="schema",
            )
        elif not self._connection.readonly("main"):
            self._set_journal()
            if version < SCHEMA_VERSION:
                with self._transaction("BEGIN IMMEDIATE"):
                    migrate(self._connection)
        elif version < SCHEMA_VERSION:
            raise StoreError(
                str(self.path),
                f"the ledger has schema {version}, must be brought to {SCHEMA_VERSION}, and cannot be written here.",
                remedy="Run any command once as somebody who may write it, such as: writethru stories",
                check="schema",
            )
        self._connection.execute("PRAGMA synchronous=EXTRA; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON")

    def _is_new(self) -> bool:
        """Return True if the file holds nothing, of ours or of anybody else."""
        holds = self._connection.execute("SELECT count(*) FROM sqlite_master").get
        return (self._pragma("application_id"), self._pragma("user_version"), holds) == (0, 0, 0)

    def _set_journal(self) -> None:
        sound = tuple(int(part) for part in apsw.sqlite_lib_version().split(".")[:3]) >= SOUND_WAL
        wanted = "wal" if sound else "delete"
        if self._connection.pragma("journal_mode") != wanted:
            # Somebody who uses the file now keeps it in the rollback journal, which is as safe; WAL can wait.
            with suppress(apsw.BusyError) if sound else nullcontext():
                self._connection.pragma("journal_mode", wanted)

    def _pragma(self, name: str) -> int:
        return cast("int", self._connection.pragma(name))

    @contextmanager
    def _transaction(self, begin: str, *, end: str = "COMMIT") -> Iterator[None]:
        with told(self.path):
            self._connection.execute(begin)
            try:
                yield
                self._connection.execute(end)
            except BaseException:
                if self._connection.in_transaction:  # SQLite itself has rolled back where the disk was full
                    self._connection.execute("ROLLBACK")
                raise


class SqliteReading(LogReading):
    """What can be asked within one look."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def head(self) -> int:
        """Return the newest position, 0 in an empty store."""
        return cast("int", self._one("SELECT coalesce(max(position), 0) FROM events"))

    def rows(self, story: str | None = None, *, after: int = 0) -> Iterator[Row]:
        """Yield the rows after position `after`, of one story or of all, in order."""
        of_story = "AND e.story = :story ORDER BY e.version" if story is not None else "ORDER BY e.position"
        found = self._connection.execute(
            f"SELECT e.position, e.envelope, b.salt, b.body FROM events e JOIN bodies b USING (position) "  # noqa: S608 - two fixed texts
            f"WHERE e.position > :after {of_story}",
            {"story": story, "after": after},
        )
        for position, envelope, salt, body in found:
            yield Row(cast("int", position), cast("str", envelope), cast("str | None", salt), cast("str | None", body))

    def row(self, event_id: str) -> Row | None:
        """Return the row of one event."""
        found = self._connection.execute(
            "SELECT e.position, e.envelope, b.salt, b.body FROM events e JOIN bodies b USING (position) WHERE e.id = ?",
            (event_id,),
        ).fetchone()
        if found is None:
            return None
        position, envelope, salt, body = found
        return Row(cast("int", position), cast("str", envelope), cast("str | None", salt), cast("str | None", body))

    def stories(self) -> list[str]:
        """Return the slugs of all stories, sorted."""
        return [
            cast("str", story)
            for (story,) in self._connection.execute("SELECT story FROM events WHERE version = 1 ORDER BY story")
        ]

    def version(self, story: str) -> int:
        """Return the number of events of `story`, 0 where there is none."""
        return cast("int", self._one("SELECT coalesce(max(version), 0) FROM events WHERE story = ?", story))

    def changed(self, *, after: int) -> list[str]:
        """Return the stories with events after position `after`, sorted."""
        found = self._connection.execute(
            "SELECT DISTINCT story FROM events WHERE position > ? ORDER BY story", (after,)
        )
        return [cast("str", story) for (story,) in found]

    def snapshot(self, story: str, *, version: str) -> tuple[int, bytes] | None:
        """Return the story's kept fold of that version, with the position that it was folded to."""
        found = self._connection.execute(
            "SELECT position, fold FROM snapshots WHERE story = ? AND version = ?", (story, version)
        ).fetchone()
        return None if found is None else (cast("int", found[0]), cast("bytes", found[1]))

    def overviews(self) -> list[Overview]:
        """Return what is kept of every story for the lists over all of them, by slug."""
        found = self._connection.execute("SELECT story, version, line, awaited FROM overviews ORDER BY story")
        return [Overview._make(cast("_OverviewRow", row)) for row in found]

    def note(self, name: str) -> str | None:
        """Return a note kept beside the events: what publishing has to remember."""
        return cast("str | None", self._one("SELECT text FROM notes WHERE name = ?", name))

    def lines(self, *, newest: int) -> list[Line]:
        """Return the lines of the `newest` published stories, by their last public update, newest first."""
        found = self._connection.execute(
            "SELECT story, updated_us, next_us, text FROM published WHERE updated_us IS NOT NULL "
            "ORDER BY updated_us DESC, story LIMIT ?",
            (newest,),
        )
        return [_line(cast("_LineRow", row)) for row in found]

    def line(self, story: str) -> Line | None:
        """Return one story's line."""
        found = self._connection.execute(
            "SELECT story, updated_us, next_us, text FROM published WHERE story = ?", (story,)
        ).fetchone()
        return None if found is None else _line(cast("_LineRow", found))

    def due(self, *, now: datetime) -> list[str]:
        """Return the published stories that time alone changes by `now`, sorted."""
        found = self._connection.execute(
            "SELECT story FROM published WHERE next_us <= ? ORDER BY story", (_microseconds(now),)
        )
        return [cast("str", story) for (story,) in found]

    def next_at(self) -> datetime | None:
        """Return the first instant at which time alone changes something that is published, or may be."""
        return _instant(cast("int | None", self._one("SELECT min(next_us) FROM published")))

    def _one(self, sql: str, *bindings: str) -> object:
        found = self._connection.execute(sql, bindings).fetchone()
        return None if found is None else found[0]


class SqliteWriting(SqliteReading, LogWriting):
    """What the one writer can do besides."""

    def __init__(self, connection: apsw.Connection) -> None:
        super().__init__(connection)
        self.erased = False
        self._link: bytes | None = None

    def append(self, rows: Iterable[tuple[str, str, int, Row]]) -> None:
        """Append (event id, story, version, row) each, at dense positions."""
        link = self._newest_link() if self._link is None else self._link
        for event_id, story, version, row in rows:
            link = linked(link, row.envelope.encode())
            self._connection.execute(
                "INSERT INTO events (position, id, story, version, envelope) VALUES (?, ?, ?, ?, ?)",
                (row.position, event_id, story, version, row.envelope),
            )
            self._connection.execute("INSERT INTO bodies VALUES (?, ?, ?)", (row.position, row.salt, row.body))
            self._connection.execute("INSERT INTO links VALUES (?, ?)", (row.position, link))
        self._link = link

    def _newest_link(self) -> bytes:
        newest = self._connection.execute(
            "SELECT link FROM events LEFT JOIN links USING (position) ORDER BY position DESC LIMIT 1"
        ).fetchone()
        if newest is None:
            return FIRST_LINK
        if newest[0] is None:
            raise StoreDamagedError(
                "ledger.db", "the newest event is not linked to those before.", remedy="See: writethru verify"
            )
        return cast("bytes", newest[0])

    def erase(self, event_ids: Iterable[str]) -> None:
        """Clear salt and body of these events; their envelopes stay."""
        self._connection.executemany(
            "UPDATE bodies SET salt = NULL, body = NULL WHERE position = (SELECT position FROM events WHERE id = ?)",
            ((event_id,) for event_id in event_ids),
        )
        # What publishing remembers quotes entries whole; without its mark it makes everything anew.
        self._connection.execute("DELETE FROM published; DELETE FROM notes WHERE name <> 'passed'")
        self.erased = True

    def put_snapshot(self, story: str, *, version: str, position: int, fold: bytes) -> None:
        """Keep a story's fold in place of the one before."""
        self._connection.execute(
            "INSERT INTO snapshots VALUES (?, ?, ?, ?) ON CONFLICT (story) DO UPDATE "
            "SET position = excluded.position, version = excluded.version, fold = excluded.fold",
            (story, position, version, fold),
        )

    def forget_snapshot(self, story: str) -> None:
        """Drop a story's kept fold."""
        self._connection.execute("DELETE FROM snapshots WHERE story = ?", (story,))

    def put_overview(self, overview: Overview, *, events: int) -> None:
        """Keep what a story of so many `events` says in lists; nothing is kept where it has more by now."""
        self._connection.execute(
            "UPDATE overviews SET version = ?2, line = ?3, awaited = ?4 "
            "WHERE story = ?1 AND (SELECT max(version) FROM events WHERE story = ?1) = ?5",
            (overview.story, overview.version, overview.line, overview.awaited, events),
        )

    def put_note(self, name: str, text: str) -> None:
        """Keep a note in place of what it said before."""
        self._connection.execute(
            "INSERT INTO notes VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET text = excluded.text", (name, text)
        )

    def forget_note(self, name: str) -> None:
        """Drop a note, if there is one."""
        self._connection.execute("DELETE FROM notes WHERE name = ?", (name,))

    def put_line(self, line: Line) -> None:
        """Keep a story's line in place of what it said before."""
        self._connection.execute(
            "INSERT INTO published VALUES (?, ?, ?, ?) ON CONFLICT (story) DO UPDATE "
            "SET updated_us = excluded.updated_us, next_us = excluded.next_us, text = excluded.text",
            (line.story, _microseconds(line.updated_at), _microseconds(line.next_at), line.text),
        )

    def forget_published(self) -> None:
        """Drop every line: all of it can be made again."""
        self._connection.execute("DELETE FROM published")


_OverviewRow: TypeAlias = tuple[str, str, str, str]
_LineRow: TypeAlias = tuple[str, int | None, int | None, str]


def _line(row: _LineRow) -> Line:
    story, updated_us, next_us, text = row
    return Line(story=story, updated_at=_instant(updated_us), next_at=_instant(next_us), text=text)


def _microseconds(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)


def _instant(at_us: int | None) -> datetime | None:
    return None if at_us is None else EPOCH + at_us * MICROSECOND


def _waiting(timeout_s: float) -> Callable[[int], bool]:
    """Return what SQLite asks whether to go on waiting for a lock, and which waits.

    SQLite's own waits grow to a tenth of a second: among many who record without a pause, whoever has waited long is
    then the least likely to come in. Here all ask alike often. Tries are counted, since tests freeze clocks.
    """
    tries = round(timeout_s / WAIT_S)

    def wait(tried: int) -> bool:
        if tried >= tries:
            return False
        time.sleep(WAIT_S)
        return True

    return wait


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
