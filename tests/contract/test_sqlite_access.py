"""The SQLite store of several users and processes: who may read, who may write, many at once."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from events import commands
from events.errors import StoreError
from events.ledger import Ledger
from events.store import sqlite
from tests.builders import STORY

HUGE = (99, 0, 0)
ROOT = Path(__file__).parents[2]


# It imports everything first, and makes a model, which imports more: the user that it becomes may not see the code.
AS_READER = """
import os, sys
import events.recorder  # an append imports it, and the reader may not read where Python is
from pathlib import Path
from events import commands
from events.model.edtf import EPOCH
from events.model.rows import NewRow, Row
from events.errors import StoreError
from events.ledger import Ledger
more = commands.report(sys.argv[2], "More")
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    with Ledger.open(Path(sys.argv[1]), actor="nobody") as ledger:
        print(ledger.stories(), len(list(ledger.events())))
        ledger.append(more)
except StoreError as error:
    print(error)
"""


def as_reader(folder: Path) -> str:
    """Read and try to write the ledger as somebody who may not write there, and give what is printed."""
    command = [sys.executable, "-c", AS_READER, str(folder), STORY]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def readable_folder() -> Iterator[Path]:
    """Yield a folder in which everybody may read, and only its owner write."""
    with tempfile.TemporaryDirectory(prefix="writethru ?#%-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with Ledger.create(folder, actor="Desk") as ledger:
            ledger.append(commands.open_story(STORY, "Fire at the harbour"))
        (folder / "ledger.db").chmod(0o644)  # a new ledger is for its owner alone
        yield folder
        folder.chmod(0o755)


def test_ledger_in_read_only_folder_is_readable_only(readable_folder: Path) -> None:
    readable_folder.chmod(0o555)
    before = (readable_folder / "ledger.db").read_bytes()
    assert as_reader(readable_folder) == (
        f"['{STORY}'] 1\n{readable_folder / 'ledger.db'}: permission: you cannot write the ledger here.\n"
        "  Nothing was recorded. Check who owns the folder and the file: ls -l\n"
    )
    assert [path.name for path in readable_folder.iterdir()] == ["ledger.db"]
    assert (readable_folder / "ledger.db").read_bytes() == before


def test_ledger_in_read_only_folder_is_opened_immutable(readable_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Ledger.open(readable_folder, actor="Desk") as ledger:
        assert ledger.stories() == [STORY]
        with pytest.raises(StoreError, match="you cannot write the ledger here"):
            ledger.append(commands.report(STORY, "More"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write what the reader may not")
def test_ledger_being_written_is_readable_by_others(readable_folder: Path) -> None:
    with Ledger.open(readable_folder, actor="Desk") as ledger:
        ledger.append(commands.report(STORY, "Two hurt"))
        assert as_reader(readable_folder).startswith(f"['{STORY}'] 2\n")


def test_ledger_without_read_permission_is_refused(readable_folder: Path) -> None:
    (readable_folder / "ledger.db").chmod(0o000)
    assert as_reader(readable_folder) == (
        f"{readable_folder / 'ledger.db'}: permission: you cannot read the ledger here.\n"
        "  Check who owns the folder and the file: ls -l\n"
    )


# Many at once

APPENDER = """
import sys
from pathlib import Path
from events import commands
from events.ledger import Ledger
from events.store.sqlite import SqliteStore
for number in range(50):
    with Ledger(SqliteStore(Path(sys.argv[1]), busy_timeout_s=60), actor=sys.argv[2]) as ledger:
        ledger.append(commands.report(sys.argv[3], f"Report {number}", id=f"{sys.argv[2]}-{number}"))
"""


@pytest.mark.slow
@pytest.mark.parametrize("sound", [sqlite.SOUND_WAL, HUGE], ids=["wal", "rollback journal"])
def test_four_processes_appending_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sound: tuple[int, ...]
) -> None:
    path = tmp_path / "ledger.db"
    monkeypatch.setattr(sqlite, "SOUND_WAL", sound)
    with Ledger.create(path, actor="Desk") as ledger:
        ledger.append(commands.open_story(STORY, "Fire at the harbour"))
    code = f"from events.store import sqlite\nsqlite.SOUND_WAL = {sound}\n{APPENDER}"
    actors = [f"actor-{number}" for number in range(4)]
    argument_lists = [[sys.executable, "-c", code, str(path), actor, STORY] for actor in actors]
    appenders = [
        subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, cwd=ROOT) for arguments in argument_lists
    ]
    failures = [error for appender in appenders if (error := appender.communicate()[1])]
    assert failures == []
    with Ledger.open(path) as ledger:
        recorded = list(ledger.events())
    assert [event.position for event in recorded] == [event.version for event in recorded] == list(range(1, 202))
    assert {event.id for event in recorded[1:]} == {f"{actor}-{number}" for actor in actors for number in range(50)}
    assert sorted(str(event.development) for event in recorded[1:]) == sorted(f"d{number}" for number in range(1, 201))
    instants = [event.recorded_at for event in recorded]
    assert instants == sorted(instants)
