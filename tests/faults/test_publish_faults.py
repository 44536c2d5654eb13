"""A publication that is killed anywhere: files stay whole, and the next run completes it."""

import random
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from events import commands
from feed.fast_path import nothing_to_do
from feed.site import Published, Site
from feed.transparency.verifier.check import verify
from tests.builders import Clock, newsroom, signing
from tests.faults.processes import run_python
from tests.sites import output, record

STORIES = ("a", "b", "c")
KILLS, KILLS_LONG = 20, 1_000
SEED = 20150106

# Publishes with its clock at argv[2], and dies without a word at the nth look at the file system (0: never).
SCRIPT = """
import os, signal, sys
from pathlib import Path
from feed.site import Site
from tests.builders import Clock
site = Site.open(Path(sys.argv[1]), clock=Clock(sys.argv[2]))
left = int(sys.argv[3])
def watch(event, arguments):
    global left
    if event in {"open", "os.rename", "os.mkdir", "os.utime", "os.remove", "os.listdir"}:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
newest = not (site.root / "log/checkpoint").exists()  # it was published once
site.publish(ledger_is_newest=newest)
print(-left, end="")
"""


def publish(folder: Path, at: str, *, kill_at: int = 0, script: str = SCRIPT) -> subprocess.CompletedProcess[str]:
    return run_python("-c", script, str(folder), at, str(kill_at))


def cleanly(start: Path, folder: Path) -> dict[str, bytes]:
    """Return the output of a clean run on a copy of `start`."""
    shutil.copytree(start, folder)
    ran = publish(folder, "2026-03-02T10:00:00Z")
    assert ran.returncode == 0, ran.stderr
    return output(folder)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a newsroom that was published once, and has since recorded more in each story."""
    folder = tmp_path_factory.mktemp("prepared")
    clock = Clock()
    site = signing(newsroom(folder, clock), tmp_path_factory.mktemp("keys") / "key")
    with site.ledger() as ledger:
        for story in STORIES[:-1]:
            ledger.append(
                commands.open_story(story, f"Story {story}"), commands.report(story, "First", development="d1")
            )
    site.publish()
    clock.go("2026-03-02T09:00:00Z")
    with site.ledger() as ledger:
        for story in STORIES[:-1]:
            ledger.append(commands.correct(story, "d1", {"headline": "Better"}, "It was worse."))
        ledger.append(commands.open_story(STORIES[-1], "New story"), commands.report(STORIES[-1], "First of it"))
    return folder


def assert_old_or_new(now: dict[str, bytes], before: dict[str, bytes], after: dict[str, bytes]) -> None:
    """Hold every file to its old or its new bytes, and every new feed to a new page."""
    for path, data in now.items():
        if not path.endswith(".part"):
            assert data in (before.get(path), after.get(path))
    for feed, data in after.items():
        if feed.endswith((".atom", ".rss")) and before.get(feed) != data == now.get(feed):
            page = str(Path(feed).with_name("index.html"))
            assert now[page] == after[page]


@pytest.mark.parametrize("begin", ["from an older tree", "from nothing"])
def test_next_run_after_a_kill_equals_a_clean_run(
    tmp_path: Path,
    prepared: Path,
    begin: str,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    start = tmp_path / "start"
    shutil.copytree(prepared, start)
    if begin == "from nothing":
        shutil.rmtree(start / "public")
    before = output(start)
    clean = tmp_path / "clean"
    shutil.copytree(start, clean)
    ran = publish(clean, "2026-03-02T10:00:00Z")
    assert ran.returncode == 0, ran.stderr
    after = output(clean)
    assert before != after
    steps = int(ran.stdout)
    kills = (KILLS_LONG if request.config.getoption("--long") else KILLS) // 2
    record_property("counted", f"publish killed {kills} times {begin}, somewhere in {steps} looks at the file system")
    for number, kill_at in enumerate(random.Random(SEED).choices(range(1, steps + 1), k=kills)):
        folder = tmp_path / f"killed-{number}"
        shutil.copytree(start, folder)
        # When it is killed there
        assert publish(folder, "2026-03-02T10:00:00Z", kill_at=kill_at).returncode == -signal.SIGKILL
        # Then every file is an old one or a new one, whole, and the mark does not claim that all is done
        now = output(folder)
        assert_old_or_new(now, before, after)
        if nothing_to_do(str(folder), 1772445600.0):
            assert now == after
        signed = now.get("log/checkpoint")
        # And the next run, whenever it comes, completes the work and leaves nothing else behind
        Site.open(folder, clock=Clock("2026-03-02T11:00:00Z")).publish(ledger_is_newest=signed is None)
        assert output(folder) == after
        # And what was signed before it was killed is a beginning of what is signed now
        report = verify(str(folder / "public"), since=None if signed is None else signed.decode())
        assert [str(bad) for bad in report.problems] == []
        assert Site.open(folder, clock=Clock("2026-03-02T12:00:00Z")).publish() == Published()
        shutil.rmtree(folder)


def test_killed_rebuild_of_other_configuration_starts_over(tmp_path: Path, prepared: Path) -> None:
    folder = tmp_path / "desk"
    shutil.copytree(prepared, folder)
    config = folder / "writethru.toml"
    config.write_text(config.read_text().replace("Test desk", "Night desk"))
    assert publish(folder, "2026-03-02T10:00:00Z", kill_at=40).returncode == -signal.SIGKILL
    assert publish(folder, "2026-03-02T10:00:00Z").returncode == 0
    assert Site.open(folder, clock=Clock("2026-03-02T11:00:00Z")).verify_rebuild() == ()
    assert b"Night desk" in output(folder)["feed.atom"]


def test_full_disk_leaves_whole_files(tmp_path: Path, prepared: Path) -> None:
    # Given a limit on the size of files once the output is being written: a write fails half-way, as on a full disk
    folder = tmp_path / "desk"
    shutil.copytree(prepared, folder)
    before, after = output(folder), cleanly(prepared, tmp_path / "clean")
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))"
    script = SCRIPT.replace("    global left\n", f"    global left\n    if '.part' in str(arguments): {limit}\n", 1)
    script = f"import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n{script}"
    ran = publish(folder, "2026-03-02T10:00:00Z", script=script)
    assert ran.returncode != 0
    assert "File too large" in ran.stderr
    for path, data in output(folder).items():
        assert path.endswith(".part") or data in (before.get(path), after.get(path))
    # When there is room again, then all is published, and nothing lies about
    assert publish(folder, "2026-03-02T10:00:00Z").returncode == 0
    assert not [path for path in output(folder) if path.endswith(".part")]
    assert Site.open(folder, clock=Clock("2026-03-02T11:00:00Z")).verify_rebuild() == ()


@pytest.mark.parametrize("moment", ["before the log is kept", "after the log is kept"])
def test_only_committed_leaves_are_signed_after_a_kill(tmp_path: Path, prepared: Path, moment: str) -> None:
    folder = tmp_path / "desk"
    shutil.copytree(prepared, folder)
    clean = cleanly(prepared, tmp_path / "clean")
    before = output(folder)
    room, step = {
        "before the log is kept": ("events.store.sql_log import LogWriting as Room", "add_leaves"),
        "after the log is kept": ("feed.publishing.publication import Publication as Room", "write"),
    }[moment]
    dying = f"from {room}\nRoom.{step} = lambda *given, **named: os.kill(os.getpid(), signal.SIGKILL)"
    script = SCRIPT.replace("site.publish(", f"{dying}\nsite.publish(")
    assert publish(folder, "2026-03-02T10:00:00Z", script=script).returncode == -signal.SIGKILL
    assert output(folder) == before
    # When something else has happened by the next run, what was due is told in its order all the same
    record(Site.open(folder, clock=Clock("2026-03-02T10:30:00Z")), commands.report("a", "Later", development="later"))
    assert publish(folder, "2026-03-02T11:00:00Z").returncode == 0
    since = clean["log/checkpoint"].decode()
    assert verify(str(folder / "public"), since=since).problems == []
