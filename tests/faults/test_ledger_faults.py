"""A disk that fails the ledger at each write and each sync, or is full."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import apsw
import pytest

from events import commands
from events.errors import StoreError
from events.ledger import Ledger
from events.model.events import DevelopmentReported
from events.store import sqlite
from tests.builders import STORY
from tests.faults.failing_disk import VFS_NAME, FailingDisk

HUGE = (99, 0, 0)
FULL = "the disk is full.\n  Nothing was recorded. Free some space and try again."
POINTS_MAX = 200
MEBIBYTE = 2**20


def report(number: int, *, chars: int = 2000) -> DevelopmentReported:
    return commands.report(STORY, f"Report {number}", id=f"r{number}", body="x" * chars)


@pytest.fixture(params=[sqlite.SOUND_WAL, HUGE], ids=["wal", "rollback journal"], autouse=True)
def journal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "SOUND_WAL", request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Ledger.create(tmp_path, actor="Desk") as ledger:
        ledger.append(commands.open_story(STORY, "Fire at the harbour"))
    return tmp_path


def ids(folder: Path) -> list[str]:
    with Ledger.open(folder) as ledger:
        return [recorded.id for recorded in ledger.events()][1:]


def on_failing_disk(
    use: Callable[[], object], error: type[apsw.Error], *, fails_at: int
) -> tuple[int, StoreError | None]:
    """Use a ledger on a disk that fails, and give the operations it took and what was said. Then the disk is whole."""
    disk = FailingDisk(error, fails_at=fails_at)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apsw, "Connection", partial(apsw.Connection, vfs=VFS_NAME))
        try:
            use()
        except StoreError as refused:
            return disk.done, refused
        finally:
            disk.fails_at = sys.maxsize
            disk.unregister()
    return disk.done, None


@pytest.mark.parametrize(
    ("error", "check", "message"),
    [(apsw.FullError, "disk", FULL), (apsw.IOError, "disk", "the disk failed: "), (apsw.CorruptError, "ledger", "")],
)
def test_append_failing_anywhere_can_be_retried(
    folder: Path, error: type[apsw.Error], check: str, message: str
) -> None:
    ledgers: list[Ledger] = []

    def append() -> None:
        ledgers.append(Ledger.open(folder, actor="Desk"))
        ledgers[-1].append(event)

    failed = 0
    for point in count(1):
        event, before = report(point), ids(folder)
        done, refused = on_failing_disk(append, error, fails_at=point)
        if refused is None:
            assert ids(folder) == [*before, event.id]
        else:
            failed += 1
            assert (refused.problems[0].check, message in str(refused)) == (check, True)
            assert ids(folder) in (before, [*before, event.id])
            append()
            assert ids(folder) == [*before, event.id]
        for ledger in ledgers:
            ledger.close()
        ledgers.clear()
        if done < point:
            break
        assert point < POINTS_MAX
    assert failed > 1


def test_redaction_failing_anywhere_says_if_recorded(tmp_path: Path) -> None:
    for point in range(1, POINTS_MAX):
        path, ledgers = tmp_path / f"{point}.db", list[Ledger]()
        with Ledger.create(path, actor="Desk") as ledger:
            ledger.append(commands.open_story(STORY, "Fire at the harbour"), report(1))

        def redact() -> None:
            ledgers.append(Ledger.open(path, actor="Desk"))  # noqa: B023
            ledgers[-1].append(commands.redact(STORY, "A court ordered it.", event="r1"))  # noqa: B023

        done, refused = on_failing_disk(redact, apsw.FullError, fails_at=point)
        recorded = len(ids(path)) == 2
        if refused is not None:
            remedy = sqlite.ERASED_SO_FAR if recorded else "Nothing was recorded."
            assert refused.problems[0].remedy == f"{remedy} Free some space and try again."
        for ledger in ledgers:
            ledger.close()
        if done < point:
            assert recorded
            return
    pytest.fail("a redaction never came to an end")


def test_creation_failing_anywhere_can_be_retried(tmp_path: Path) -> None:
    ledgers: list[Ledger] = []
    for point in range(1, POINTS_MAX):
        path = tmp_path / f"{point}.db"
        made = partial(Ledger.create, path)
        done, refused = on_failing_disk(lambda: ledgers.append(made()), apsw.FullError, fails_at=point)  # noqa: B023
        assert refused is None or FULL in str(refused)
        with Ledger.create(path, actor="Desk") as ledger:
            ledger.append(commands.open_story(STORY, "Fire at the harbour"))
        for ledger in ledgers:
            ledger.close()
        ledgers.clear()
        if done < point:
            return
    pytest.fail("making a ledger never came to an end")


# A disk that is really full


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small tmpfs")
    path = tmp_path / "small"
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(path)]
    mounted = subprocess.run(command, check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"no small tmpfs here: {mounted.stderr.decode().strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def test_full_disk_is_reported_and_loses_nothing(small_disk: Path) -> None:
    with Ledger.create(small_disk, actor="Desk") as ledger:
        ledger.append(commands.open_story(STORY, "Fire at the harbour"))
        stored = []
        with pytest.raises(StoreError) as caught:  # noqa: PT012
            for number in range(MEBIBYTE):
                ledger.append(report(number, chars=50_000))
                stored.append(f"r{number}")
        assert str(caught.value) == f"{small_disk / 'ledger.db'}: disk: {FULL}"
        assert [recorded.id for recorded in ledger.events()][1:] == stored
        with pytest.raises(StoreError, match="the disk is full"):
            ledger.append(report(len(stored), chars=50_000))
    assert ids(small_disk) == stored
    assert len(stored) > 3


def test_ledger_recovers_from_a_full_disk(small_disk: Path) -> None:
    with Ledger.create(small_disk, actor="Desk") as ledger:
        ledger.append(commands.open_story(STORY, "Fire at the harbour"))
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left on device"):  # noqa: PT012
        while True:
            file.write(b"x" * 512)
    with pytest.raises(StoreError, match="the disk is full"), Ledger.open(small_disk, actor="Desk") as ledger:
        ledger.append(report(1))
    ballast.unlink()
    with Ledger.open(small_disk, actor="Desk") as ledger:
        assert ledger.append(report(1))[0].new
    assert ids(small_disk) == ["r1"]
