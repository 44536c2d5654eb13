"""Progress bars: shown on a terminal for long tasks, and cleared at the end."""

import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from events import commands
from feed.cli.publishing import BAR_STEPS_MIN
from feed.site import Site
from tests.builders import Clock, newsroom
from tests.sites import record

pytestmark = pytest.mark.slow

WRITETHRU = Path(sys.executable).parent / "writethru"
CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a newsroom of so many stories that publishing them shows a bar."""
    site = newsroom(tmp_path, Clock("2026-03-02T08:00:00Z"))
    record(site, *(commands.open_story(f"s{number}", "A story") for number in range(BAR_STEPS_MIN // 2)))
    return site


def on_terminal(*command: str | Path) -> str:
    """Run a command whose stderr is a terminal, and give what that was sent."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=environment)
    os.close(theirs)
    sent = b""
    with suppress(OSError):  # so Linux tells the end of a terminal
        while part := os.read(ours, 65_536):
            sent += part
    os.close(ours)
    assert process.wait() == 0
    return sent.decode()


def test_progress_counts_every_step(site: Site) -> None:
    steps: list[tuple[int, int]] = []
    site.publish(progress=lambda done, of: steps.append((done, of)))
    assert steps == [(done, BAR_STEPS_MIN) for done in range(1, BAR_STEPS_MIN + 1)]
    steps.clear()
    site.verify_rebuild(progress=lambda done, of: steps.append((done, of)))
    assert steps[-1] == (BAR_STEPS_MIN, BAR_STEPS_MIN)
    assert all(one < other for one, other in pairwise(steps))


@pytest.mark.parametrize("command", [("publish",), ("rebuild",), ("rebuild", "--verify")], ids=" ".join)
def test_progress_bar_appears_and_is_cleared(site: Site, command: tuple[str, ...]) -> None:
    sent = on_terminal(WRITETHRU, "-C", site.folder, *command)
    assert f"{BAR_STEPS_MIN}/{BAR_STEPS_MIN}" in sent
    assert CONTROLS.sub("", sent.rsplit("\r", 1)[-1]).strip() == ""


def test_few_stories_show_no_progress_bar(site: Site) -> None:
    site.publish()
    record(site, commands.report("s1", "More"))
    assert on_terminal(WRITETHRU, "-C", site.folder, "publish") == ""


def test_progress_bar_needs_a_terminal(site: Site) -> None:
    done = subprocess.run([WRITETHRU, "-C", site.folder, "rebuild"], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
