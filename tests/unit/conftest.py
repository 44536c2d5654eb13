"""Newsrooms for tests of commands: an empty one, one with the worked story, one where a fire has broken out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events.commands import open_story
from tests.desk import FIRE, DeskRunner


@pytest.fixture
def room(tmp_path: Path) -> Iterator[DeskRunner]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
            patch.delenv(name, raising=False)
        yield DeskRunner(tmp_path / "newsroom")


@pytest.fixture
def cuba(room: DeskRunner) -> DeskRunner:
    return room.record_worked_story()


@pytest.fixture
def fire(room: DeskRunner) -> DeskRunner:
    return room.record(open_story(FIRE, "Fire at the harbour"))
