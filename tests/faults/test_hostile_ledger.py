"""A stranger's newsroom: nothing outside it is read, written or removed."""

import io
import os
import random
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import apsw
import pytest

from events import commands
from feed.cli import program
from tests.builders import STORY, Clock, claim, newsroom
from tests.faults.strangers import CHANGES

CASES, CASES_LONG = 60, 500
SECONDS_MAX = 30
RESTORE = ["restore"]
COMMANDS = (
    ["verify"],
    ["stories"],
    ["due"],
    ["show", STORY],
    ["log", STORY],
    ["check"],
    ["publish"],
    ["report", STORY, "Three hurt"],
    ["rebuild"],
    ["rebuild", "--verify"],
    ["export", "-o", "out.jsonl"],
    ["backup", "copy.db"],
    ["since", STORY, "2026-03-01"],
    RESTORE,
)
CHANGING = {
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.utime",
}


class Trace:
    """The paths that this process opens or changes, those of SQLite too, while it is on."""

    def __init__(self) -> None:
        self.opened: set[str] = set()
        self.on = False
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.on and (event == "open" or event in CHANGING):
            self.opened |= {os.fsdecode(path) for path in arguments if isinstance(path, str | bytes)}

    @contextmanager
    def watching(self) -> Iterator[set[str]]:
        self.opened, self.on = set(), True
        disk = _TracedDisk(self)
        try:
            yield self.opened
        finally:
            self.on = False
            disk.unregister()


class _TracedDisk(apsw.VFS):
    """SQLite's disk, which tells the trace what it opens and deletes."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        super().__init__("traced", "unix", makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        if name is not None:
            self._trace.opened.add(name.filename() if isinstance(name, apsw.URIFilename) else name)
        return apsw.VFSFile("unix", name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001, N802
        self._trace.opened.add(filename)
        super().xDelete(filename, syncdir)


@pytest.fixture(scope="module")
def trace() -> Trace:
    return Trace()


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a published newsroom with two stories."""
    folder = tmp_path_factory.mktemp("original")
    clock = Clock()
    site = newsroom(folder, clock)
    with site.ledger() as ledger:
        for story in (STORY, "budget"):
            report = commands.report(story, "Two hurt", development="d1", body="Some *text*.", facts=[claim("hurt", 2)])
            ledger.append(commands.open_story(story, f"Story {story}"), report)
        ledger.append(commands.correct(STORY, "d1", {"headline": "Three hurt"}, "It was worse."))
    site.publish()
    return folder


def run(folder: Path, command: list[str]) -> tuple[int, str]:
    """Run a command, and return its exit code and what it prints. `RESTORE` restores into another newsroom."""
    out, err = io.StringIO(), io.StringIO()
    if command == RESTORE:
        newsroom(folder / "other")
        (folder / "other/ledger.db").unlink()
        command, folder = ["restore", str(folder / "ledger.db")], folder / "other"
        code, printed = run(folder, command)
        return run(folder, ["publish"]) if code == 0 else (code, printed)
    with redirect_stdout(out), redirect_stderr(err):
        code = program.run(["-C", str(folder), *command])
    return code, err.getvalue() + out.getvalue()


def canaries_in(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Return the content, the time and the mode of every file in a folder."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode) for path in files}


@pytest.mark.parametrize("part", range(4))
def test_strangers_newsroom_harms_nothing_outside(
    original: Path,
    tmp_path: Path,
    trace: Trace,
    request: pytest.FixtureRequest,
    part: int,
    record_property: Callable[[str, object], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cases = (CASES_LONG if request.config.getoption("--long") else CASES) // 4
    signal.signal(signal.SIGALRM, _too_slow)
    faults: list[str] = []
    for seed in range(part * cases, (part + 1) * cases):
        draw, home = random.Random(seed), tmp_path / str(seed)
        (home / "canaries/docs").mkdir(parents=True)
        for name in ("index.html", ".index.html.part", "checkpoint"):
            (home / "canaries/docs" / name).write_text("mine")
        folder = Path(shutil.copytree(original, home / "desk"))
        monkeypatch.chdir(folder)
        change = draw.choice(CHANGES)(draw, folder, home / "canaries")
        for command in draw.sample(COMMANDS, 4):
            faults += [f"seed {seed}, {change}, {command}: {fault}" for fault in harm(home, command, trace)]
        shutil.rmtree(home)
    assert not faults, "\n".join(faults)
    record_property("counted", f"{cases} changes by a stranger, four commands each")


def harm(home: Path, command: list[str], trace: Trace) -> Iterator[str]:
    """Run a command in the newsroom, and yield what is wrong with what it does."""
    before = canaries_in(home / "canaries")
    signal.alarm(SECONDS_MAX)
    with trace.watching() as opened:
        try:
            code, printed = run(home / "desk", command)
        except Exception as error:  # noqa: BLE001 - it is what must not be
            yield f"{type(error).__name__}: {error}"[:300]
            traceback.print_exc()
            code, printed = 1, "?"
    signal.alarm(0)
    if code not in {0, 1, 3, 5, 6} or "Traceback" in printed or (code and not printed.strip()):
        yield f"exit code {code}: {printed[:200]}"
    for path in opened:
        if _is_canary(path, home):
            yield f"it opened {path}"
    if canaries_in(home / "canaries") != before:
        yield "it changed what is outside"


def _is_canary(path: str, home: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(home / "canaries") or "canaries" in path


def _too_slow(*_: object) -> None:
    raise AssertionError("it takes too long")
