"""Where a redaction cannot reach, it says so; and a full disk does not keep what was taken back in public."""

import errno
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest
from click.testing import CliRunner

from events import commands
from events.errors import StoreError
from events.model.events import AnyEvent
from events.store import sqlite
from feed.cli.commands.correct import redact
from feed.cli.commands.publish import publish
from feed.cli.desk import Desk
from feed.output.tree import files_of
from feed.site import Site
from tests.builders import Clock, reconfigured
from tests.sites import LATER, a_site, record

SECRET = b"Nobody Else"
FIRE, BUDGET = "harbour-fire", "budget"


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-03-02T08:00:00Z")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a published newsroom with a secret in one of two stories."""
    site, clock = a_site(tmp_path, FIRE, BUDGET)
    record(site, commands.report(FIRE, f"{SECRET.decode()} was there", development="named"))
    site.publish()
    clock.go(LATER)
    return site


def holders(folder: Path) -> set[str]:
    """Return the files that hold the secret."""
    return {path for path in files_of(folder) if SECRET in (folder / path).read_bytes()}


@contextmanager
def reader_of(site: Site) -> Iterator[None]:
    """Hold a read transaction in another connection."""
    with closing(apsw.Connection(str(site.folder / "ledger.db"))) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM events").fetchall()
        yield
        connection.execute("ROLLBACK")


def run(command: Any, site: Site, *arguments: str) -> tuple[int, str]:
    desk = Desk(named=str(site.folder), now=site.clock())
    result = CliRunner().invoke(command, arguments, obj=desk)
    return result.exit_code, result.output


def test_redaction_beside_a_reader_says_what_to_do(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    monkeypatch.setattr(sqlite.SqliteStore.__init__, "__kwdefaults__", {"create": False, "busy_timeout_s": 0.05})
    with reader_of(site):
        code, printed = run(redact, site, FIRE, "named", "--reason", "A court.")
        assert (code, "ledger.db: redaction: a redacted text may still be in this file" in printed) == (3, True)
        assert "fuser ledger.db. Then: writethru publish" in printed
        assert run(publish, site)[0] == 3
        assert "ledger.db" in holders(site.folder) <= {"ledger.db", "ledger.db-wal"}
    # When the reader is gone, the next publication erases it
    assert run(publish, site) == (0, "")
    assert holders(site.folder) == set()
    assert run(publish, site) == (0, "")


def test_temporary_files_of_killed_runs_are_removed(site: Site) -> None:
    for path in (f"public/stories/{FIRE}/.index.html.part", "public/.feed.atom.0a1b2c3d.part", ".verify-x/index.html"):
        (site.folder / path).parent.mkdir(exist_ok=True)
        (site.folder / path).write_bytes(SECRET)
    run(redact, site, FIRE, "named", "--reason", "A court.")
    assert run(publish, site) == (0, "")
    assert holders(site.folder) == set()


def test_former_output_folder_is_named_after_a_redaction(site: Site) -> None:
    moved = reconfigured(site, 'folder = "public"', 'folder = "www"')
    assert moved.publish().problems == ()
    assert run(redact, moved, FIRE, "named", "--reason", "A court.")[0] == 0
    code, printed = run(publish, moved)
    assert (code, printed.splitlines()[0]) == (
        3,
        "public/: redaction: this former output folder has not been published since a redaction: it may hold the text.",
    )
    assert holders(moved.root) == set()
    # When it is removed, nothing is left to say
    for path in files_of(site.root):
        (site.root / path).unlink()
    assert run(publish, moved) == (0, "")


def test_former_output_folder_without_a_redaction_is_no_problem(site: Site) -> None:
    run(redact, site, FIRE, "named", "--reason", "A court.")
    site.publish()
    assert reconfigured(site, 'folder = "public"', 'folder = "www"').publish().problems == ()


TAKEN_BACK: list[AnyEvent] = [
    commands.redact(FIRE, "A court.", development="named"),
    commands.hold(FIRE, "named"),
    commands.retract(FIRE, "named", "It was wrong."),
]


@pytest.mark.parametrize("event", TAKEN_BACK, ids=lambda event: event.type)
def test_withdrawal_goes_out_on_a_full_disk(site: Site, event: AnyEvent, monkeypatch: pytest.MonkeyPatch) -> None:
    record(site, event, commands.report(BUDGET, "A new report"))
    creates = os.open

    def full(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
        if flags & os.O_CREAT and str(path).endswith(".part"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        return creates(path, flags, *arguments, **options)

    before = (site.root / f"stories/{BUDGET}/index.html").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full)
        with pytest.raises((OSError, StoreError), match=r"No space left|full"):
            site.publish()
    assert holders(site.root) == set()
    assert (site.root / f"stories/{BUDGET}/index.html").read_bytes() == before
    # When there is room again, everything is back
    assert site.publish().failed == ()
    assert holders(site.root) == set()
    assert (site.root / f"stories/{FIRE}/index.html").is_file()
    assert site.verify_rebuild() == ()


def test_full_disk_removes_nothing_that_is_not_taken_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    record(site, commands.report(BUDGET, "A new report"))
    before = files_of(site.root)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", _full)
        with pytest.raises(OSError, match="No space left"):
            site.publish()
    assert set(before) <= set(files_of(site.root))


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
