"""`verify`, `backup` and `restore` of a ledger whose notes somebody has changed."""

import sqlite3
from pathlib import Path

import pytest

from feed.paths import CONFIG_NAME
from tests.desk import DeskRunner
from tests.sites import sql


@pytest.fixture
def desk(tmp_path: Path) -> DeskRunner:
    """Return a published newsroom."""
    desk = DeskRunner(tmp_path / "desk").record_worked_story()
    desk.site.publish()
    return desk


def change(desk: DeskRunner, statement: str) -> None:
    with sql(desk.site) as connection:
        connection.execute(statement)


PASSED = "UPDATE notes SET text = '2066-01-01T00:00:00Z' WHERE name = 'passed'"
ASSETS = "UPDATE notes SET text = '../writethru.toml' WHERE name = 'assets'"
NEWEST = "UPDATE notes SET text = replace(text, '<li>', '<script>') WHERE name = 'newest'"
LINE = "INSERT INTO published VALUES ('../../home/docs', 0, 0, '')"


@pytest.mark.parametrize(
    ("statement", "code", "words"),
    [
        (PASSED, 5, "the ledger is ahead of this machine's clock: it has reached 2066-01-01T00:00:00Z"),
        (ASSETS, 5, "what publishing has remembered cannot be used: assets"),
        (NEWEST, 5, "what publishing has remembered cannot be used: newest"),
        (LINE, 5, "what publishing has remembered cannot be used: '../../home/docs'"),
    ],
)
def test_verify_names_a_changed_note(desk: DeskRunner, statement: str, code: int, words: str) -> None:
    change(desk, statement)  # and drops the triggers, which is damage too
    result = desk.run("verify")
    assert (result.exit_code, words in result.output) == (code, True), result.output


@pytest.mark.parametrize("statement", [ASSETS, NEWEST, LINE])
def test_restore_takes_no_caches(desk: DeskRunner, tmp_path: Path, statement: str) -> None:
    assert desk.run("backup", str(tmp_path / "copy.db")).exit_code == 0
    other = DeskRunner(tmp_path / "other")
    (tmp_path / "other" / CONFIG_NAME).write_bytes((tmp_path / "desk" / CONFIG_NAME).read_bytes())
    _in_place(tmp_path / "copy.db", statement)
    (tmp_path / "other/ledger.db").unlink()
    assert other.run("restore", str(tmp_path / "copy.db")).exit_code == 0
    with other.site.ledger() as ledger, ledger.store.reading() as reading:
        assert sorted(reading.notes()) == ["passed", "restored"]
        assert reading.lines(newest=9) == []


def _in_place(file: Path, statement: str) -> None:
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_backup_does_not_need_its_caches(desk: DeskRunner, tmp_path: Path) -> None:
    with desk.site.ledger() as ledger, ledger.store.writing() as writing:
        writing.put_note("assets", "../writethru.toml")
    assert desk.run("backup", str(tmp_path / "copy.db")).exit_code == 0


def test_restore_names_a_ledger_that_is_ahead(desk: DeskRunner, tmp_path: Path) -> None:
    assert desk.run("backup", str(tmp_path / "copy.db")).exit_code == 0
    _in_place(tmp_path / "copy.db", PASSED)
    other = DeskRunner(tmp_path / "other")
    (tmp_path / "other/ledger.db").unlink()
    restored, verified = other.run("restore", str(tmp_path / "copy.db")), other.run("verify")
    assert "the ledger is ahead of this machine's clock" in restored.output
    assert (restored.exit_code, verified.exit_code) == (1, 1)  # nothing is damaged
