"""Damage to the ledger is found, and a backup or an export restores it to the byte."""

import random
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import orjson
import pytest

from events import commands
from events.errors import InvalidError, RefusedError, StoreDamagedError, StoreError
from events.files.exporter import read_export, write_row
from events.files.importer import read_events
from events.integrity import backup as copies
from events.integrity.verify import Verified, verify
from events.ledger import Ledger
from events.model.codec import body_digest, canonical
from events.store import sqlite
from events.store.migrations import migrate
from events.store.sqlite import SqliteStore
from feed.cli.program import run
from feed.site import Site
from tests.builders import STORY, Clock, claim, newsroom
from tests.sites import output

SEED = 20150106
MUTATIONS, MUTATIONS_LONG = 100, 1000
LATER = "2026-03-03T08:00:00Z"
EVENTS = (
    "SELECT position, id, story, version, envelope, salt, body, link "
    "FROM events JOIN bodies USING (position) JOIN links USING (position) ORDER BY position"
)
DROPPED = ("events_stay", "events_last", "bodies_only_cleared", "bodies_last", "links_stay", "links_last")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a published newsroom of forty events in two stories, one event redacted."""
    folder = tmp_path_factory.mktemp("original")
    clock = Clock()
    site = newsroom(folder, clock)
    with site.ledger() as ledger:
        for story in (STORY, "budget"):
            ledger.append(commands.open_story(story, f"Story {story}", id=f"open-{story}"))
            for number in range(18):
                report = commands.report(story, f"Report {number}", id=f"{story}-{number}", facts=[claim("n", number)])
                ledger.append(report)
        ledger.append(commands.redact(STORY, "Names a child.", event=f"{STORY}-3", id="redaction"))
        ledger.append(commands.correct(STORY, "d2", {"headline": "Better"}, "It was worse.", id="correction"))
    site.publish()
    return folder


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "desk"))


def rows(folder: Path) -> list[tuple[object, ...]]:
    with closing(apsw.Connection(str(folder / "ledger.db"))) as connection:
        return list(connection.execute(EVENTS))


def verified(folder: Path) -> Verified:
    with closing(SqliteStore(folder / "ledger.db")) as store:
        return verify(store)


def empty(folder: Path, of: Path) -> Path:
    """Return a new newsroom with the configuration of another."""
    folder.mkdir()
    shutil.copy(of / "writethru.toml", folder)
    Ledger.create(folder).close()
    return folder


# Verify


def test_sound_ledger_is_verified_with_its_redactions(folder: Path) -> None:
    before = (folder / "ledger.db").read_bytes()
    assert verified(folder) == Verified(events=40, stories=2, redacted=1, problems=())
    assert (folder / "ledger.db").read_bytes() == before


Mutate = Callable[[random.Random, dict[str, Any]], None]


def flip(draw: random.Random, row: dict[str, Any]) -> None:
    name = draw.choice([name for name in ("id", "story", "envelope", "salt", "body") if row[name]])
    index = draw.randrange(len(row[name]))
    row[name] = row[name][:index] + chr(ord(row[name][index]) ^ 1) + row[name][index + 1 :]


def flip_link(draw: random.Random, row: dict[str, Any]) -> None:
    changed = bytearray(row["link"])
    changed[draw.randrange(32)] ^= 1 << draw.randrange(8)
    row["link"] = bytes(changed)


def truncate(draw: random.Random, row: dict[str, Any]) -> None:
    name = draw.choice([name for name in ("envelope", "salt", "body") if row[name]])
    row[name] = row[name][: draw.randrange(len(row[name]))]


def recompute(_: random.Random, row: dict[str, Any]) -> None:
    """Rewrite the text, and its digest in the envelope with it: the link tells."""
    envelope = orjson.loads(row["envelope"])
    row["body"] = (row["body"] or "{}").replace("e", "o") + " "
    row["salt"] = row["salt"] or "00" * 16
    envelope["body_digest"] = body_digest(row["salt"], row["body"])
    row["envelope"] = canonical(envelope).decode()


def erase(_: random.Random, row: dict[str, Any]) -> None:
    row["salt"], row["body"] = (None, None) if row["body"] else ("00" * 16, "{}")


def renumber(draw: random.Random, row: dict[str, Any]) -> None:
    row["version"] += draw.randint(100, 200)


ONE_ROW: list[Mutate] = [flip, flip_link, truncate, recompute, erase, renumber]


def mutated(folder: Path, draw: random.Random) -> int:
    """Change something that is stored, with every trigger out of the way; give the first position that differs."""
    with closing(apsw.Connection(str(folder / "ledger.db"))) as connection:
        for trigger in DROPPED:
            connection.execute(f"DROP TRIGGER {trigger}")
        before = _as_rows(connection)
        after = [dict(row) for row in before]
        kind = draw.randrange(len(ONE_ROW) + 3)
        if kind < len(ONE_ROW):
            ONE_ROW[kind](draw, draw.choice(after))
        elif kind == len(ONE_ROW):  # two bodies change places
            one, other = draw.sample([row for row in after if row["body"]], 2)
            one["body"], one["salt"], other["body"], other["salt"] = (
                other["body"], other["salt"], one["body"], one["salt"],
            )  # fmt: skip
        elif kind == len(ONE_ROW) + 1:  # two events do, whole
            one, other = draw.sample(after, 2)
            one["position"], other["position"] = other["position"], one["position"]
            after.sort(key=lambda row: row["position"])
        else:
            del after[draw.randrange(len(after) - 1)]
        _write_rows(connection, after)
        _trigger_again(connection)
    changed: list[int] = [row["position"] for row, was in zip(after, before, strict=False) if row != was]
    return min(changed)


def _as_rows(connection: apsw.Connection) -> list[dict[str, Any]]:
    names = ("position", "id", "story", "version", "envelope", "salt", "body", "link")
    return [dict(zip(names, row, strict=True)) for row in connection.execute(EVENTS)]


def _write_rows(connection: apsw.Connection, after: list[dict[str, Any]]) -> None:
    connection.execute("PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON; BEGIN")
    connection.execute("DROP TRIGGER events_dense; DROP TRIGGER events_version")
    connection.execute("DELETE FROM links; DELETE FROM bodies; DELETE FROM events")
    for row in after:
        connection.execute("INSERT INTO events VALUES (:position, :id, :story, :version, :envelope)", row)
        connection.execute("INSERT INTO bodies VALUES (:position, :salt, :body)", row)
        connection.execute("INSERT INTO links VALUES (:position, :link)", row)
    connection.execute("COMMIT")


def _trigger_again(connection: apsw.Connection) -> None:
    """Put back the triggers, so that their absence tells nothing."""
    with closing(apsw.Connection(":memory:")) as whole:
        migrate(whole)
        rows = whole.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        triggers = {str(name): str(sql) for name, sql in rows}
    for name in (*DROPPED, "events_dense", "events_version"):
        connection.execute(triggers[name])


def test_every_mutation_of_stored_bytes_is_located(
    original: Path, tmp_path: Path, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    draw = random.Random(SEED)
    tried = MUTATIONS_LONG if pytestconfig.getoption("--long") else MUTATIONS
    folder = tmp_path / "desk"
    folder.mkdir()
    number = 0
    while number < tried:
        shutil.copy(original / "ledger.db", folder / "ledger.db")
        try:
            first = mutated(folder, draw)
        except apsw.ConstraintError:
            continue  # it made two ids alike, which not even an edited file can hold
        number += 1
        problems = verified(folder).problems
        assert problems, number
        named = int(problems[0].message.split()[1])
        assert named <= first, (number, problems[0])
    record_property("counted", f"{tried} mutations of stored bytes, every one found")


def test_dropped_trigger_is_damage(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(folder), "verify"]) == 0
    assert capsys.readouterr().out == "40 events in 2 stories, 1 of them redacted: no problems found.\n"
    with closing(apsw.Connection(str(folder / "ledger.db"))) as connection:
        connection.execute("DROP TRIGGER events_stay")
    assert run(["-C", str(folder), "verify", "--json"]) == 5
    [problem] = orjson.loads(capsys.readouterr().out)["problems"]
    assert problem["message"] == "events_stay is not as this version makes it."
    assert run(["-C", str(folder), "verify"]) == 5


# Backup and restore


@pytest.fixture
def backup(folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "backup.db"
    with closing(SqliteStore(folder / "ledger.db")) as store:
        copies.backup(store, path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.db", "desk"]
    return path


def export(folder: Path) -> bytes:
    with Ledger.open(folder) as ledger, ledger.store.reading() as reading:
        return b"".join(map(write_row, reading.rows()))


def republished(folder: Path) -> dict[str, bytes]:
    Site.open(folder, clock=Clock(LATER)).publish()
    return output(folder)


def test_restored_backup_is_identical_and_publishes(folder: Path, backup: Path, tmp_path: Path) -> None:
    other = empty(tmp_path / "other", folder)
    assert run(["-C", str(other), "restore", str(backup)]) == 0
    assert rows(other) == rows(folder)
    assert republished(other) == republished(folder)


def test_restored_export_is_identical_and_publishes(folder: Path, tmp_path: Path) -> None:
    other, lines = empty(tmp_path / "other", folder), tmp_path / "all.jsonl"
    assert run(["-C", str(folder), "export", "-o", str(lines)]) == 0
    assert run(["-C", str(other), "restore", str(lines)]) == 0
    assert rows(other) == rows(folder)
    assert export(other) == lines.read_bytes()
    assert republished(other) == republished(folder)


def test_imported_export_gives_the_same_state(folder: Path, tmp_path: Path) -> None:
    lines = b"".join(line for line in export(folder).splitlines(keepends=True) if b'"story":"budget"' in line)
    with Ledger.create(tmp_path / "other.db") as other, Ledger.open(folder) as ledger:
        other.append_all([item.event for item in read_events(lines, name="all.jsonl")])
        now = Clock(LATER)()
        assert other.story("budget", now=now).as_json() == ledger.story("budget", now=now).as_json()


def test_restore_into_ledger_with_events_is_refused(folder: Path, backup: Path, tmp_path: Path) -> None:
    before = rows(folder)
    with closing(SqliteStore(folder / "ledger.db")) as store:
        with pytest.raises(RefusedError, match="not empty"):
            copies.restore(backup, store, folder=tmp_path)
        with pytest.raises(RefusedError, match="not empty"):
            copies.restore_rows(read_export(export(folder), name="all.jsonl"), store)
    assert rows(folder) == before


def test_backup_overwrites_only_with_replace(folder: Path, backup: Path) -> None:
    backup.write_bytes(b"something else")
    with closing(SqliteStore(folder / "ledger.db")) as store:
        with pytest.raises(StoreError, match="already exists"):
            copies.backup(store, backup)
        assert backup.read_bytes() == b"something else"
        copies.backup(store, backup, replace=True)
    assert backup.read_bytes().startswith(b"SQLite format 3")


def test_damaged_ledger_is_not_backed_up_or_restored(backup: Path, tmp_path: Path) -> None:
    with closing(apsw.Connection(str(backup))) as connection:
        connection.execute("DROP TRIGGER links_stay; UPDATE links SET link = zeroblob(32) WHERE position = 7")
    with Ledger.create(tmp_path / "new.db") as ledger:
        store = ledger.store
        assert isinstance(store, SqliteStore)
        with pytest.raises(StoreDamagedError, match="position 7 "):
            copies.restore(backup, store, folder=tmp_path)
        assert ledger.stories() == []
    with closing(SqliteStore(backup)) as damaged, pytest.raises(StoreDamagedError, match="position 7 "):
        copies.backup(damaged, tmp_path / "second.db")
    assert not (tmp_path / "second.db").exists()


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda lines: lines[:3] + lines[4:], "all.jsonl:4: position: position 4 is missing."),
        (lambda lines: [lines[0].replace(b"Story", b"Tale"), *lines[1:]], "its digest differs"),
        (lambda _: [b"{}\n"], "all.jsonl:1"),
        (lambda _: [b"[1]\n"], "this is not a line of an export (TypeError)"),
        (lambda _: [], "the file holds no events"),
    ],
)
def test_incomplete_export_is_refused(folder: Path, edit: Callable[[list[bytes]], list[bytes]], message: str) -> None:
    lines = edit(export(folder).splitlines(keepends=True))
    with pytest.raises(InvalidError) as caught:
        read_export(b"".join(lines), name="all.jsonl")
    assert message in str(caught.value)


def test_backup_during_writes_is_of_one_moment(folder: Path, tmp_path: Path) -> None:
    with closing(SqliteStore(folder / "ledger.db")) as store, Ledger.open(folder, actor="Other") as other:
        with store.reading() as reading:
            assert reading.head() == 40
            other.append(commands.report(STORY, "Meanwhile"))
            sqlite._copy_pages(store._connection, tmp_path / "copy.db")
        with store.copy_to(tmp_path / "after.db") as copy:
            other.append(commands.report(STORY, "While the copy is verified"))
            assert verify(copy).events == 41
    with closing(SqliteStore(tmp_path / "copy.db")) as copied:
        assert verify(copied).events == 40


def test_backup_leaves_nothing_behind_when_it_fails(folder: Path, tmp_path: Path) -> None:
    (tmp_path / ".second.db.part").write_bytes(b"left by a run that was killed")
    with closing(apsw.Connection(str(folder / "ledger.db"))) as connection:
        connection.execute("DROP TRIGGER events_stay")
    with closing(SqliteStore(folder / "ledger.db")) as store, pytest.raises(StoreDamagedError, match="events_stay"):
        copies.backup(store, tmp_path / "second.db")
    assert [path.name for path in tmp_path.iterdir()] == ["desk"]
