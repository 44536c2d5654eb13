"""The command that has a CDN drop its copies: what it gets, and that nothing of it runs on."""

import os
import select
from pathlib import Path

import pytest

from feed.mirror import purge as module
from feed.mirror.bucket import MirrorError
from feed.mirror.purge import purge

URL = "https://news.example/"


def test_command_gets_each_url(tmp_path: Path) -> None:
    purge("tee urls", ["index.html", "feed.atom"], base_url=URL, folder=tmp_path)
    assert (tmp_path / "urls").read_text().split() == [f"{URL}feed.atom", f"{URL}index.html", URL]


def test_program_may_have_a_space_in_its_path(tmp_path: Path) -> None:
    program = tmp_path / "our desk/purge"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\ncat > urls\n")
    program.chmod(0o700)
    purge(f"'{program}'", ["feed.atom"], base_url=URL, folder=tmp_path)
    assert (tmp_path / "urls").read_text() == f"{URL}feed.atom\n"
    with pytest.raises(MirrorError, match=r"does not start: /nowhere/our: No such file"):
        purge("/nowhere/our desk/purge", ["feed.atom"], base_url=URL, folder=tmp_path)


def test_failure_is_said_with_its_first_line(tmp_path: Path) -> None:
    with pytest.raises(MirrorError, match=r"failed \(2\): no token"):
        purge("sh -c 'echo no token >&2; exit 2'", ["index.html"], base_url=URL, folder=tmp_path)


@pytest.mark.slow
def test_timeout_ends_what_the_command_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_MAX", 1)
    os.mkfifo(tmp_path / "alive")
    reader = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(MirrorError, match="did not end within 1 s"):
            purge("sh -c '(echo begun; sleep 60) > alive; true'", ["index.html"], base_url=URL, folder=tmp_path)
        assert os.read(reader, 100) == b"begun\n"
        # Then no process has the pipe open any more
        assert select.select([reader], [], [], 30)[0]
        assert os.read(reader, 100) == b""
    finally:
        os.close(reader)
