"""Read every stored byte of a ledger again, and report what is damaged, the first bad position first."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from events.errors import Problem
from events.integrity.rows import Damage, StoryAudit, chain_damage
from events.model.edtf import instant
from events.projections.overviews import overview_of
from events.projections.snapshots import thaw
from events.projections.version import FOLD_VERSION
from events.store.base import PASSED_NOTE, Overview, RawRow, Reading, Snapshot, Store
from events.system import Progress, ignore_progress

REMEDY: Final = "Restore a backup from before the damage: writethru restore. To save what is readable: writethru export"
PROGRESS_ROWS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was read, and every problem, the first bad position first."""

    events: int
    stories: int
    redacted: int
    problems: tuple[Problem, ...]


def verify(store: Store, *, progress: Progress = ignore_progress) -> Verified:
    """Read every stored byte of `store` again, and change nothing. StoreError if the file cannot be read at all."""
    with store.reading() as reading:
        audit = _Audit(reading, progress)
        audit.run()
    problems = [f"position {damage.position} {damage.message}." for damage in sorted(set(audit.damages))]
    problems += [f"{message}." for message in audit.messages]
    return Verified(
        events=audit.events,
        stories=audit.stories,
        redacted=audit.redacted,
        problems=tuple(
            Problem(where=store.name, check="verify", message=message, remedy=REMEDY) for message in problems
        ),
    )


class _Audit:
    """Reads a store, and collects `damages` of its rows and `messages` about the rest."""

    def __init__(self, reading: Reading, progress: Progress) -> None:
        self.events = self.stories = self.redacted = 0
        self.damages: list[Damage] = []
        self.messages: list[str] = []
        self._reading = reading
        self._progress = progress
        self._rows = 2 * reading.head()  # along the chain, then story by story
        self._read = 0

    def run(self) -> None:
        for part in (self._store, self._chain, self._stories, self._publishing):
            try:
                part()
            except self._reading.damage_errors:
                self.messages.append(f"the file cannot be read beyond position {self._read}")

    def _store(self) -> None:
        self.messages += self._reading.damage()

    def _chain(self) -> None:
        self.damages += chain_damage(self._counted(self._reading.raw_rows()))
        self.events = self._read

    def _stories(self) -> None:
        overviews = {overview.story: overview for overview in self._reading.overviews()}
        rows = self._counted(self._reading.raw_rows(by_story=True))
        for slug, rows_of_story in groupby(rows, key=lambda row: row.story):
            story = slug.decode(errors="replace")
            snapshot = self._reading.snapshot(story, version=FOLD_VERSION)
            self._story(story, rows_of_story, snapshot, overviews.pop(story, None))
        self.messages += [f"there is an overview of {story}, but no event of it" for story in sorted(overviews)]

    def _story(self, story: str, rows: Iterable[RawRow], snapshot: Snapshot | None, overview: Overview | None) -> None:
        audit = StoryAudit(story)
        compared = snapshot is None
        for row in rows:
            self.damages += audit.take(row)
            if snapshot is not None and row.position == snapshot.position:
                self.damages += audit.refold()
                self.messages += _snapshot_damage(audit, snapshot)
                compared = True
        if not compared:
            self.messages.append(f"the snapshot of {story} ends at a position that is not one of its events")
        self.damages += audit.finish()
        # An overview of another version of the fold counts as absent: it is rebuilt before it is listed.
        if overview is None or (overview.version == FOLD_VERSION and overview != overview_of(audit.fold)):
            self.messages.append(f"the overview of {story} does not match its events")
        self.stories += 1
        self.redacted += audit.redacted

    def _publishing(self) -> None:
        """Check the one note that is not a cache: the instant up to which publishing has gone."""
        passed = self._reading.note(PASSED_NOTE)
        with suppress(ValueError):
            if passed is not None:
                instant(passed)
            return
        self.messages.append("the instant of the last publication is unreadable")

    def _counted(self, rows: Iterable[RawRow]) -> Iterator[RawRow]:
        for row in rows:
            self._read += 1
            if self._read % PROGRESS_ROWS == 0:
                self._progress(self._read, self._rows)
            yield row


def _snapshot_damage(audit: StoryAudit, snapshot: Snapshot) -> Iterator[str]:
    """Compare a snapshot with the events folded up to its position."""
    fold, now = thaw(snapshot.fold), audit.recorded_at
    try:
        sound = (
            fold is not None
            and now is not None
            and fold.state(now=now).as_json() == audit.fold.state(now=now).as_json()
        )
    except Exception:  # noqa: BLE001 - a damaged snapshot may fail in any way
        sound = False
    if not sound:
        yield f"the snapshot of {audit.fold.story} does not match its events"
