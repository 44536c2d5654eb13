"""SHELL: reads every stored byte of a ledger again, and names what is damaged, the first bad position first."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from multiprocessing import get_context
from typing import Final, TypeAlias

import apsw

from events.errors import Problem
from events.integrity.file import file_damage, stored_by_position, stored_by_story
from events.integrity.rows import Damage, Stored, StoryAudit, chain_damage
from events.ledger import PASSED_NOTE
from events.model.edtf import instant
from events.projections.overviews import overview_of
from events.projections.snapshots import thaw
from events.projections.version import FOLD_VERSION
from events.store.base import Overview
from events.store.sqlite import SqliteReading, SqliteStore
from events.system import Progress, ignore_progress

REMEDY: Final = "Put back a copy from before the damage: writethru restore. What still can be read: writethru export"
STEP: Final = 1000
PARALLEL_EVENTS_MIN: Final = 20_000
"""Below, starting processes takes longer than they save."""
_Story: TypeAlias = tuple[str, list[Stored], tuple[int, bytes] | None, Overview | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was read, and every problem, the first bad position first."""

    events: int
    stories: int
    redacted: int
    problems: tuple[Problem, ...]


def verify(store: SqliteStore, *, progress: Progress = ignore_progress, processes: int = 1) -> Verified:
    """Read every stored byte of `store` again.

    Nothing is changed. StoreError where the file cannot be read at all. Stories are folded in as many `processes`,
    where there are many events; more than one asks of the caller's main module that it may be imported.
    """
    with store.looking() as connection:
        audit = _Audit(connection, progress, processes)
        audit.run()
    where = str(store.path)
    problems = [
        Problem(where=where, check="verify", message=f"position {damage.position} {damage.what}.", remedy=REMEDY)
        for damage in sorted(set(audit.damages))
    ]
    problems += [Problem(where=where, check="verify", message=f"{what}.", remedy=REMEDY) for what in audit.others]
    return Verified(events=audit.events, stories=audit.stories, redacted=audit.redacted, problems=tuple(problems))


class _Audit:
    def __init__(self, connection: apsw.Connection, progress: Progress, processes: int) -> None:
        self.events = self.stories = self.redacted = 0
        self.damages: list[Damage] = []
        self.others: list[str] = []
        self._connection = connection
        self._reading = SqliteReading(connection)
        self._progress = progress
        self._processes = processes
        self._rows = 2 * self._reading.head()  # along the chain, then story by story
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
        for audited in self._audited(self._batches()):
            self.damages += audited.damages
            self.others += audited.others
            self.stories += audited.stories
            self.redacted += audited.redacted

    def _audited(self, batches: Iterator[list[_Story]]) -> Iterator["_Audited"]:
        """Audit the batches, in their order, by as many processes as may be."""
        if self._processes == 1 or self.events < PARALLEL_EVENTS_MIN:
            yield from map(_audited, batches)
            return
        with ProcessPoolExecutor(self._processes, mp_context=get_context("spawn")) as pool:
            # A few in hand, so that none waits and memory stays bounded.
            waiting: deque[Future[_Audited]] = deque()
            for batch in batches:
                waiting.append(pool.submit(_audited, batch))
                if len(waiting) > 2 * self._processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _batches(self) -> Iterator[list[_Story]]:
        """Yield all stories with their rows and kept folds, some together, so that handing them on costs little."""
        batch: list[_Story] = []
        events = 0
        listed = {overview.story: overview for overview in self._reading.overviews()}
        for slug, rows in groupby(self._counted(stored_by_story(self._connection)), key=lambda stored: stored.story):
            name = slug.decode(errors="replace")
            batch.append((name, list(rows), self._snapshot(name), listed.pop(name, None)))
            events += len(batch[-1][1])
            if events >= STEP:
                yield batch
                batch, events = [], 0
        yield batch
        self.others += [f"{name} is listed, and no event of it stands in the ledger" for name in sorted(listed)]

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
                self._progress(self._read, self._rows)
            yield row


@dataclass(slots=True)
class _Audited:
    """What was found in some stories."""

    damages: list[Damage] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    stories: int = 0
    redacted: int = 0


def _audited(batch: Iterable[_Story]) -> _Audited:
    found = _Audited()
    for name, rows, snapshot, overview in batch:
        audit = StoryAudit(name)
        kept = snapshot
        for stored in rows:
            found.damages += audit.take(stored)
            if kept is not None and stored.position == kept[0]:
                found.others += _snapshot_damage(audit, kept[1])
                kept = None
        if kept is not None:
            found.others.append(f"the kept fold of {name} ends where no event of it stands")
        found.damages += audit.finish()
        # What another version of the fold says is not looked at, and folded anew before it is listed.
        if overview is None or (overview.version == FOLD_VERSION and overview != overview_of(audit.fold)):
            found.others.append(f"what is listed of {name} is not what its events say")
        found.stories += 1
        found.redacted += audit.redacted
    return found


def _snapshot_damage(audit: StoryAudit, kept: bytes) -> Iterator[str]:
    """Compare a kept fold with the events folded up to where it was kept."""
    fold, now = thaw(kept), audit.recorded_at
    if fold is None or now is None or fold.state(now=now).as_json() != audit.fold.state(now=now).as_json():
        yield f"the kept fold of {audit.fold.story} is not what its events say"
