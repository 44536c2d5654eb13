"""`updates.jsonl` is appended to where nothing before has changed, and is always what a build from scratch gives."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from events.model.events import AnyEvent
from feed.site import Site
from feed.transparency.verifier.check import verify
from tests.sites import a_site, record

STORY = "fire"


class PowerCut(BaseException):
    """Nothing catches it."""


class Desk:
    """A newsroom with a published story."""

    def __init__(self, folder: Path) -> None:
        self.site, self._clock = a_site(folder, STORY)
        self.site.publish()
        self.file = self.site.root / f"stories/{STORY}/updates.jsonl"

    def publish(self, *events: AnyEvent) -> Site:
        """Record events, publish them, and check that the output is sound."""
        self._clock.go(timedelta(hours=1))
        record(self.site, *events)
        self.site.publish()
        assert verify(str(self.site.root)).problems == []
        assert self.site.verify_rebuild() == ()
        return self.site


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "newsroom")


@pytest.mark.parametrize(
    ("event", "appends"),
    [
        (commands.report(STORY, "More"), True),
        (commands.correct(STORY, "d1", {"headline": "Better"}, "It was worse."), True),
        (commands.close_story(STORY), True),
        (commands.hold(STORY, "d1"), False),
        (commands.retract(STORY, "d1", "Never said."), False),
        (commands.redact(STORY, "A court ordered it.", development="d1"), False),
    ],
    ids=["report", "correction", "closing", "hold", "retraction", "redaction"],
)
def test_file_is_replaced_only_if_a_line_changes(desk: Desk, event: AnyEvent, *, appends: bool) -> None:
    before, inode = desk.file.read_bytes(), desk.file.stat().st_ino
    desk.publish(event)
    assert desk.file.read_bytes().startswith(before) is appends
    assert (desk.file.stat().st_ino == inode) is appends


def test_lines_that_are_there_are_not_made_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.publish(commands.report(STORY, "More"))
    record(desk.site, commands.report(STORY, "Even more"))
    with monkeypatch.context() as patched:
        patched.setattr("feed.transparency.updates.updates_file", lambda _, *, since: f"{since} lines\n".encode())
        desk.site.publish()
    assert desk.file.read_bytes().splitlines()[3:] == [b"3 lines"]


@pytest.mark.parametrize("altered", [b"First", b'"number":1'], ids=["text", "leaf"])
def test_file_that_somebody_altered_is_replaced(desk: Desk, altered: bytes) -> None:
    whole = desk.file.read_bytes()
    desk.file.write_bytes(whole.replace(altered, altered[::-1]))
    desk.publish(commands.report(STORY, "More"))
    assert desk.file.read_bytes().startswith(whole)


@pytest.mark.parametrize("left", [b"", b'{"at":"2026', b"\0" * 40], ids=["nothing", "a part", "zeros"])
def test_append_that_was_stopped_is_completed(desk: Desk, left: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.file.read_bytes()

    def cut(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink() == desk.file:
            desk.file.write_bytes(before + left)
            raise PowerCut
        os.fdatasync(descriptor)

    record(desk.site, commands.report(STORY, "More"))
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", cut)
        patched.setattr(os, "ftruncate", lambda *_: None)
        with pytest.raises(PowerCut):
            desk.site.publish()
    assert desk.file.read_bytes() == before + left
    desk.publish(commands.report(STORY, "Even more"))
    assert desk.file.read_bytes().startswith(before)
    assert desk.file.read_bytes().count(b"\n") == before.count(b"\n") + 2
