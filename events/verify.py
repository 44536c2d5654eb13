"""SHELL: reads every stored byte of a ledger again, and names what is damaged, the first bad position first."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import apsw

from events.errors import Problem
from events.integrity import Damage, Stored, StoryAudit, chain_damage
from events.ledger import PASSED_NOTE
from events.snapshot import FOLD_VERSION, thaw
from events.store.checking import file_damage, stored_by_position, stored_by_story
from events.store.sqlite import SqliteReading, SqliteStore
from events.when import instant

REMEDY: Final = "Put back a copy from before the damage: writethru restore. What still can be read: writethru export"
STEP: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was read, and every problem, the first bad position first."""

    events: int
    stories: int
    redacted: int
    problems: tuple[Problem, ...]


def verify(store: SqliteStore, *, progress: Callable[[int], None] = lambda _: None) -> Verified:
    """Read every stored byte of `store` again. `progress` is told of every thousand events, twice in all.

    Nothing is changed. StoreError where the file cannot be read at all.
    """
    with store.looking() as connection:
        audit = _Audit(connection, progress)
        audit.run()
    where = str(store.path)
    problems = [
        Problem(where=where, check="verify", message=f"position {damage.position} {damage.what}.", remedy=REMEDY)
        for damage in sorted(set(audit.damages))
    ]
    problems += [Problem(where=where, check="verify", message=f"{what}.", remedy=REMEDY) for what in audit.others]
    return Verified(events=audit.events, stories=audit.stories, redacted=audit.redacted, problems=tuple(problems))


class _Audit:
    def __init__(self, connection: apsw.Connection, progress: Callable[[int], None]) -> None:
        self.events = self.stories = self.redacted = 0
        self.damages: list[Damage] = []
        self.others: list[str] = []
        self._connection = connection
        self._reading = SqliteReading(connection)
        self._progress = progress
        self._read = 0

    def run(self) -> None:
        for part in (self._file, self._chain, self._stories, self._beside):
            try:
                part()
            except (apsw.CorruptError, apsw.NotADBError, UnicodeDecodeError):
                self.others.append(f"the file cannot be read beyond {self._read} events")

    def _file(self) -> None:
        self.others += file_damage(self._connection)

    def _chain(self) -> None:
        self.damages += chain_damage(self._counted(stored_by_position(self._connection)))
        self.events = self._read

    def _stories(self) -> None:
        for slug, rows in groupby(self._counted(stored_by_story(self._connection)), key=lambda stored: stored.story):
            audit = StoryAudit(slug.decode(errors="replace"))
            snapshot = self._snapshot(audit.fold.story)
            for stored in rows:
                self.damages += audit.take(stored)
                if snapshot is not None and stored.position == snapshot[0]:
                    self.others += _snapshot_damage(audit, snapshot[1])
                    snapshot = None
            if snapshot is not None:
                self.others.append(f"the kept fold of {audit.fold.story} ends where no event of it stands")
            self.damages += audit.finish()
            self.stories += 1
            self.redacted += audit.redacted

    def _beside(self) -> None:
        """Check what is kept beside the events: the instant that publishing has passed."""
        passed = self._reading.note(PASSED_NOTE)
        with suppress(ValueError):
            if passed is not None:
                instant(passed)
            return
        self.others.append("the instant that publishing has passed is none")

    def _snapshot(self, story: str) -> tuple[int, bytes] | None:
        return self._reading.snapshot(story, version=FOLD_VERSION)

    def _counted(self, rows: Iterator[Stored]) -> Iterator[Stored]:
        for row in rows:
            self._read += 1
            if self._read % STEP == 0:
                self._progress(STEP)
            yield row


def _snapshot_damage(audit: StoryAudit, kept: bytes) -> Iterator[str]:
    """Compare a kept fold with the events folded up to where it was kept."""
    fold, now = thaw(kept), audit.recorded_at
    if fold is None or now is None or fold.state(now=now).as_json() != audit.fold.state(now=now).as_json():
        yield f"the kept fold of {audit.fold.story} is not what its events say"
