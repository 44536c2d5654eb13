"""A power loss while the desk records: no acknowledged event is lost, and the ledger is sound."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import pytest

from events import commands
from events.errors import WritethruError
from events.integrity.verify import verify
from events.ledger import Ledger
from events.store import sqlite
from tests.builders import STORY
from tests.faults.power import VFS_NAME, Disk, PowerLostError

SEEDS, SEEDS_LONG = 120, 5_000  # of the first 120, one undoes a commit where only the file is synced
RECORDED = 6
JOURNALS = {"wal": sqlite.SOUND_WAL, "rollback journal": (99, 0, 0)}


class Careless(apsw.Connection):
    """A connection that waits for no disk, whatever it is told."""

    def execute(self, statements: str, *arguments: Any, **options: Any) -> apsw.Cursor:
        return super().execute(statements.replace("synchronous=EXTRA", "synchronous=OFF"), *arguments, **options)


@pytest.fixture(params=JOURNALS)
def journal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sqlite, "SOUND_WAL", JOURNALS[request.param])
    return str(request.param)


@pytest.fixture
def seeds(request: pytest.FixtureRequest) -> range:
    return range(SEEDS_LONG if request.config.getoption("--long") else SEEDS)


def record(folder: Path, acknowledged: list[str]) -> None:
    """Record events, some with a newly opened ledger as the command line does; note each that is acknowledged."""
    for number in range(RECORDED):
        with Ledger.open(folder, actor="Desk") as ledger:
            for part in range(1 + number // 3):
                report = commands.report(
                    STORY, f"Report {number}", id=f"r{number}-{part}", body="x" * (1 + 300 * number**2)
                )
                ledger.append(report)
                acknowledged.append(report.id or "")


class Trials:
    """Loses power at a random operation of what `record` does, again and again, and looks at what is left."""

    def __init__(self, tmp_path: Path, connection: type[apsw.Connection] = apsw.Connection) -> None:
        self._tmp_path = tmp_path
        self._connection = connection
        self._operations, disk = self._run("whole", None, [])
        self.files = disk.seen
        self.points: set[int] = set()

    def violations(self, seed: int) -> Iterator[str]:
        """Lose power at one point, and give what is wrong afterwards."""
        point = random.Random(seed).randint(1, self._operations)
        self.points.add(point)
        acknowledged: list[str] = []
        _, disk = self._run(f"run-{seed}", point, acknowledged)
        left = self._tmp_path / f"left-{seed}"
        disk.remains(left, seed)
        try:
            with Ledger.open(left, actor="Desk") as ledger:
                stored = [recorded.id for recorded in ledger.events()][1:]
                if stored[: len(acknowledged)] != acknowledged:
                    yield f"seed {seed}: acknowledged {acknowledged}, found {stored}"
                if len(stored) > len(acknowledged) + 1:
                    yield f"seed {seed}: more than was recorded: {stored}"
                assert isinstance(ledger.store, sqlite.SqliteStore)
                yield from (f"seed {seed}: {problem}" for problem in verify(ledger.store).problems)
                again = commands.report(STORY, "Again", id="again")
                if not (ledger.append(again)[0].new and not ledger.append(again)[0].new):
                    yield f"seed {seed}: recording again did not give one event"
        except (WritethruError, apsw.Error) as error:
            yield f"seed {seed}: {error}"

    def _run(self, name: str, point: int | None, acknowledged: list[str]) -> tuple[int, Disk]:
        folder = self._tmp_path / name
        folder.mkdir()
        with Ledger.create(folder, actor="Desk") as ledger:
            ledger.append(commands.open_story(STORY, "Fire at the harbour"))
        disk = Disk(folder, goes_at=point)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(apsw, "Connection", partial(self._connection, vfs=VFS_NAME))
            try:
                record(folder, acknowledged)
            except (PowerLostError, WritethruError, apsw.Error):
                assert point is not None
            finally:
                disk.unregister()
        return disk.done, disk


def test_power_loss_loses_no_acknowledged_event(
    journal: str, seeds: range, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    trials = Trials(tmp_path)
    assert ("ledger.db-wal" in trials.files, "ledger.db-journal" in trials.files) == (
        journal == "wal",
        journal != "wal",
    )
    violations = [violation for seed in seeds for violation in trials.violations(seed)]
    record_property(
        "counted", f"power lost {len(seeds)} times ({journal}), at {len(trials.points)} different operations"
    )
    assert violations == []


def test_power_loss_without_sync_loses_events(journal: str, tmp_path: Path) -> None:
    trials = Trials(tmp_path, Careless)
    assert [violation for seed in range(SEEDS) for violation in trials.violations(seed)], journal
