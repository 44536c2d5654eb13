"""A publication on a disk that is full, broken, or loses power: files stay whole, and the next run completes it."""

import errno
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeVar

import apsw
import pytest

from events import commands
from events.errors import WritethruError
from feed.fast_path import nothing_to_do
from feed.output.tree import files_of
from feed.paths import LEDGER_NAME
from feed.site import Published, Site
from tests.builders import STORY, Clock, newsroom
from tests.faults.failing_disk import VFS_NAME, FailingDisk
from tests.faults.file_system import Watch, watched
from tests.sites import record

PUBLISHED, LATER, LATEST = "2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z", "2026-03-02T12:00:00Z"
_Error = TypeVar("_Error", bound=Exception)
LOSSES, LOSSES_LONG = 50, 5_000


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a newsroom that was published once, and has since recorded a correction and another story."""
    folder = tmp_path_factory.mktemp("prepared")
    clock = Clock()
    site = newsroom(folder, clock)
    record(
        site, commands.open_story(STORY, "Fire"), commands.report(STORY, "First", development="d1", body="x" * 5_000)
    )
    site.publish()
    clock.go("2026-03-02T09:00:00Z")
    with site.ledger() as ledger:
        ledger.append(commands.correct(STORY, "d1", {"headline": "Better", "body": "y" * 9_000}, "It was worse."))
        ledger.append(commands.open_story("budget", "Budget"), commands.report("budget", "First of it"))
    return folder


@pytest.fixture(scope="module")
def after(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the output of a clean run."""
    folder = shutil.copytree(prepared, tmp_path_factory.mktemp("clean") / "desk")
    desk(folder).publish()
    return output(folder)


def desk(folder: Path, at: str = PUBLISHED) -> Site:
    return Site.open(folder, clock=Clock(at))


def output(folder: Path) -> dict[str, bytes]:
    public = folder / "public"
    return {path: (public / path).read_bytes() for path in files_of(public)}


def refused(folder: Path, kind: type[_Error]) -> _Error | None:
    """Publish, and give the error of that kind which it raises, if it does."""
    try:
        desk(folder).publish()
    except kind as error:
        return error
    return None


def assert_whole(folder: Path, before: dict[str, bytes], after: dict[str, bytes], *, power_lost: bool = False) -> None:
    """Every file is an old or a new one. Of what was being appended when the power went, a part may be there."""
    for path, data in output(folder).items():
        if power_lost and path.endswith("updates.jsonl") and path in before:
            assert data.startswith(before[path]), path
            assert after[path].startswith(data), path
        elif not path.endswith(".part"):
            assert data in (before.get(path), after.get(path)), path


def assert_completed(folder: Path, after: dict[str, bytes]) -> None:
    """Publish again, and hold the output to a clean run's."""
    desk(folder, LATER).publish()
    assert output(folder) == after
    assert desk(folder, LATEST).publish() == Published()


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
def test_next_run_completes_after_any_failed_write(
    prepared: Path, after: dict[str, bytes], tmp_path: Path, error: int, record_property: Callable[[str, object], None]
) -> None:
    before = output(prepared)
    for point in count(1):
        folder = shutil.copytree(prepared, tmp_path / str(point))
        with watched(Watch(folder / "public", fails_at=point, error=error)):
            failed = refused(folder, OSError)
        if failed is None:
            break
        assert failed.errno == error
        assert_whole(folder, before, after)
        assert_completed(folder, after)
        shutil.rmtree(folder)
    record_property(
        "counted", f"{errno.errorcode[error]} at each of {point - 1} operations on files of one publication"
    )
    assert point > 50


@contextmanager
def failing(error: type[apsw.Error], point: int) -> Iterator[FailingDisk]:
    """Let the ledger's disk fail at its operation number `point`, while the block runs."""
    disk = FailingDisk(error, fails_at=point)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apsw, "Connection", partial(apsw.Connection, vfs=VFS_NAME))
        try:
            yield disk
        finally:
            disk.fails_at = sys.maxsize
            disk.unregister()


@pytest.mark.parametrize("error", [apsw.FullError, apsw.IOError], ids=["ENOSPC", "EIO"])
def test_next_run_completes_after_any_ledger_failure(
    prepared: Path,
    after: dict[str, bytes],
    tmp_path: Path,
    error: type[apsw.Error],
    record_property: Callable[[str, object], None],
) -> None:
    before = output(prepared)
    for point in count(1):
        folder = shutil.copytree(prepared, tmp_path / str(point))
        with failing(error, point) as disk:
            failed = refused(folder, Exception)
        match failed:
            case WritethruError(problems=(problem, *_)):
                assert problem.check == "disk"
            case _:
                # SQLite tells nobody that a disk failed it in closing; but what this one raises there comes through.
                assert failed is None or isinstance(failed, error)
        if disk.done < point:
            break
        assert_whole(folder, before, after)
        assert_completed(folder, after)
        shutil.rmtree(folder)
    record_property("counted", f"{error.__name__} at each of {point - 1} operations on the ledger of one publication")
    assert point > 5


def test_power_loss_leaves_whole_files(
    prepared: Path,
    after: dict[str, bytes],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    # Given everything that one publication asks of the file system, and the ledger as it was before the mark, and after
    before = output(prepared)
    folder = shutil.copytree(prepared, tmp_path / "whole")
    ledgers: list[bytes] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("feed.publishing.publication.Publication.remember", lambda *_: ledgers.append(_ledger(folder)))
        with watched(Watch(folder / "public")) as watch:
            desk(folder).publish()
    desk(folder).publish()
    ledgers.append(_ledger(folder))
    seeds = range(LOSSES_LONG if request.config.getoption("--long") else LOSSES)
    for seed in seeds:
        # When the power goes at some point: now and then after the mark was set
        lost_after = random.Random(seed).randint(0, len(watch.done) + len(watch.done) // 5)
        marked = lost_after > len(watch.done)
        left = _newsroom(prepared, tmp_path / f"left-{seed}", ledgers[marked])
        for path, data in watch.remains(before, lost_after=lost_after, seed=seed).items():
            file = left / "public" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        # Then every file is whole, what the mark claims is true, and the next run completes the work
        assert_whole(left, before, after, power_lost=True)
        assert not nothing_to_do(str(left), 1772445600.0) or output(left) == after
        assert output(left) == after or not marked
        assert_completed(left, after)
        shutil.rmtree(left)
    record_property("counted", f"power lost {len(seeds)} times while {len(watch.done)} operations wrote the output")


def _ledger(folder: Path) -> bytes:
    """Return the whole ledger as one file, what lies in the log beside it included."""
    with desk(folder).ledger() as ledger:
        ledger.store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined]
    return (folder / LEDGER_NAME).read_bytes()


def _newsroom(prepared: Path, folder: Path, ledger: bytes) -> Path:
    """Return a newsroom without output, with the bytes of its ledger."""
    shutil.copytree(prepared, folder, ignore=shutil.ignore_patterns("public", "ledger.db*"))
    (folder / LEDGER_NAME).write_bytes(ledger)
    return folder
