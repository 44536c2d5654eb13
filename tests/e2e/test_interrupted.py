"""Publications that are stopped midway, and ledgers that are older than the output."""

import os
import pty
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from events import commands
from events.errors import StoreError
from feed.cli.publishing import BAR_STEPS_MIN
from feed.fast_path import nothing_to_do
from feed.output.tree import Tree
from feed.publishing.leftovers import VERIFY_PREFIX
from feed.site import Site
from tests.builders import Clock, newsroom, reconfigured

WRITETHRU = Path(sys.executable).parent / "writethru"


class PowerCut(BaseException):
    """Nothing catches it."""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a newsroom that has published a story."""
    site = newsroom(tmp_path / "room", Clock("2026-03-02T08:00:00Z"))
    record(site, "First report")
    site.publish()
    return site


def record(site: Site, headline: str) -> None:
    with site.ledger() as ledger:
        opening = () if ledger.stories() else (commands.open_story("fire", "Fire"),)
        ledger.append(*opening, commands.report("fire", headline))


def idle(site: Site) -> bool:
    return nothing_to_do(str(site.folder), site.clock().timestamp())


def test_stopped_rebuild_is_redone_with_the_former_settings(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = reconfigured(site, 'title = "Test desk"', 'title = "Wrong desk"')
    write = Tree.write

    def until_the_page(tree: Tree, path: str, data: bytes, **when: object) -> bool:
        done = write(tree, path, data, **when)  # type: ignore[arg-type]
        if path.endswith("index.html"):
            raise PowerCut
        return done

    with monkeypatch.context() as patched:
        patched.setattr(Tree, "write", until_the_page)
        with pytest.raises(PowerCut):
            wrong.publish()
    assert b"Wrong desk" in (site.root / "stories/fire/index.html").read_bytes()
    right = reconfigured(wrong, "Wrong desk", "Test desk")
    assert not idle(right)
    right.publish()
    assert idle(right)
    assert right.verify_rebuild() == ()


def test_older_ledger_is_detected_before_new_events(site: Site, tmp_path: Path) -> None:
    shutil.copy(site.folder / "ledger.db", tmp_path / "older.db")
    record(site, "Second report")
    site.publish()
    assert idle(site)
    shutil.copy(tmp_path / "older.db", site.folder / "ledger.db")
    assert not idle(site)
    with pytest.raises(StoreError, match="it is an older copy"):
        site.publish()
    site.publish(after_restore=True)
    assert idle(site)


def test_leftovers_of_a_killed_verify_are_removed(site: Site) -> None:
    left = site.folder / f"{VERIFY_PREFIX}left"
    left.mkdir()
    (left / "index.html").write_text("Redacted since.", encoding="utf-8")
    assert site.verify_rebuild() == ()
    assert not [path for path in site.folder.iterdir() if path.name.startswith(VERIFY_PREFIX)]


@pytest.mark.slow
def test_progress_bar_restores_the_cursor_on_sigterm(site: Site) -> None:
    with site.ledger() as ledger:
        ledger.append(*(commands.open_story(f"s{number}", "A story") for number in range(20 * BAR_STEPS_MIN)))
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm"}
    process = subprocess.Popen(
        [WRITETHRU, "-C", site.folder, "publish"], stdout=subprocess.DEVNULL, stderr=theirs, env=environment
    )
    os.close(theirs)
    sent = b""
    while b"Publishing" not in sent:
        sent += os.read(ours, 65_536)
    process.send_signal(signal.SIGTERM)
    try:
        while part := os.read(ours, 65_536):
            sent += part
    except OSError:
        os.close(ours)
    assert process.wait() == 128 + signal.SIGTERM
    assert sent.rfind(b"?25h") > sent.rfind(b"?25l") > 0
    assert not idle(site)
