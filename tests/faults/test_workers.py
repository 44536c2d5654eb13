"""Worker processes give the bytes of one process, and end with it (feed/README.md#many-stories)."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from feed.publishing import tasks
from feed.publishing.attempts import Failure
from feed.publishing.workers import Workers
from feed.site import Published, Site
from tests.builders import Clock, newsroom, signing
from tests.golden.stories import stories, story
from tests.sites import a_site, output, sql

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20
STORIES = tuple(f"s{number}" for number in range(12))

# Publishes argv[1] with workers, and stops for good when the third story is written.
SCRIPT = """
import sys, time
from pathlib import Path
from feed.publishing import tasks
from feed.site import Site
from tests.builders import Clock
tasks.STORIES_MIN, tasks._processors = 1, lambda: 2
def progress(done, of):
    if done == of // 2 + 3:
        print("here", flush=True)
        time.sleep(60)
Site.open(Path(sys.argv[1]), clock=Clock("2026-03-02T10:00:00Z")).publish(everything=True, progress=progress)
"""


@pytest.fixture
def use_workers(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what has each later publication use two workers."""

    def use() -> None:
        monkeypatch.setattr(tasks, "STORIES_MIN", 1)
        monkeypatch.setattr(tasks, "_processors", lambda: 2)

    return use


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a newsroom with stories to publish."""
    return a_site(tmp_path / "room", *STORIES)[0]


def children(pid: int | None = None) -> set[int]:
    """Return the worker processes that the main thread of a process has started: of this one by default."""
    parent = pid or os.getpid()
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="utf-8")
    return {child for child in map(int, text.split()) if b"feed.worker" in Path(f"/proc/{child}/cmdline").read_bytes()}


def is_running(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


def golden_newsroom(folder: Path) -> Site:
    """Return a newsroom with all worked stories recorded, nothing published yet, and a key."""
    clock = Clock("2026-01-01T00:00:00Z")
    site = signing(newsroom(folder, clock), folder.with_name(f"{folder.name}.key"))
    recorded = sorted((dated for name in stories() for dated in story(name).events), key=lambda dated: dated[0])
    with site.ledger() as ledger:
        ledger.max_jump = None
        for at, event in recorded:
            clock.go(at)
            ledger.append(event)
    return site


def publish_both(folder: Path, use_workers: Callable[[], None]) -> tuple[tuple[Site, Published], ...]:
    """Publish the newsroom in `folder` in one process, and a copy of it with workers."""
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    clock = Clock("2028-01-01T00:00:00Z")
    alone, shared = (Site.open(room, clock=clock, clock_is_right=True) for room in (folder, copy))
    published = alone.publish()
    use_workers()
    return (alone, published), (shared, shared.publish())


def test_workers_write_what_one_process_writes(tmp_path: Path, use_workers: Callable[[], None]) -> None:
    golden_newsroom(tmp_path / "room")
    (alone, published), (shared, by_workers) = publish_both(tmp_path / "room", use_workers)
    assert by_workers == published
    assert len(published.changed) > 50
    assert output(shared) == output(alone)
    assert shared.verify_rebuild() == ()


def test_story_that_fails_fails_the_same_with_workers(site: Site, use_workers: Callable[[], None]) -> None:
    with sql(site) as connection:  # one cannot be read, another cannot be decoded
        connection.execute("UPDATE bodies SET body = CAST(x'ff' AS TEXT) WHERE position = 4")
        connection.execute("""UPDATE bodies SET body = '{"headline":5}' WHERE position = 8""")
    (alone, published), (shared, by_workers) = publish_both(site.folder, use_workers)
    assert [name for name, _ in published.failed] == ["s1", "s3"]
    assert by_workers == published
    assert output(shared) == output(alone)


def test_killed_worker_fails_its_story_alone(site: Site, use_workers: Callable[[], None]) -> None:
    use_workers()
    killed: list[int] = []

    def kill_once(done: int, of: int) -> None:
        if done == of // 2 + 2 and not killed:
            killed.append(min(children()))
            os.kill(killed[0], signal.SIGKILL)

    published = site.publish(progress=kill_once)
    assert [why for _, why in published.failed] == ["its worker process ended with status -9"]
    assert children() == set()
    assert Site.open(site.folder, clock=site.clock).publish().failed == ()
    assert site.verify_rebuild() == ()


def test_killed_publication_leaves_no_process_and_no_lock(site: Site) -> None:
    expected = site.folder.with_name("expected")
    shutil.copytree(site.folder, expected)
    with subprocess.Popen([sys.executable, "-c", SCRIPT, site.folder], cwd=ROOT, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"here\n"
        started = children(running.pid)
        assert len(started) == 2
        running.kill()
    until = time.monotonic() + PATIENCE_S
    while any(map(is_running, started)) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(map(is_running, started))
    later = Clock("2026-03-02T11:00:00Z")
    assert Site.open(site.folder, clock=later).publish().failed == ()  # BusyError if anything held the lock
    Site.open(expected, clock=later).publish()
    assert output(site) == output(Site.open(expected))


def test_interrupted_call_leaves_no_result_to_the_next() -> None:
    first: list[str | Failure] = [*"abcdefg"]
    second: list[str | Failure] = ["h", Failure("no"), "i"]
    pool = Workers(2)
    try:
        assert next(pool.map(str.upper, first)) == "A"
        assert list(pool.map(str.upper, second)) == ["H", Failure("no"), "I"]
    finally:
        pool.close()
    assert children() == set()


def test_publication_goes_on_without_workers_that_do_not_start(
    site: Site, use_workers: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_workers()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert site.publish().failed == ()
    assert (site.root / "stories/s1/index.html").exists()


def test_one_story_imports_no_worker(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path / "room", "fire")
    publish = SCRIPT.replace("STORIES_MIN", "NO_MATTER")
    imports = "print({'feed.publishing.workers', 'multiprocessing'} & {*sys.modules} - before)"
    script = f"import sys; before = {{*sys.modules}}\n{publish}{imports}"  # coverage has loaded multiprocessing before
    ran = subprocess.run(
        [sys.executable, "-c", script, site.folder], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "set()\n"
