"""Mutations of the public log in the ledger: `verify` finds them, and names the leaf."""

import random
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import orjson
import pytest

from events import commands
from events.model.codec import canonical
from events.store.sqlite import SqliteStore
from feed.cli.program import run
from feed.transparency.audit import key_damage, log_damage
from feed.transparency.verifier.merkle import leaf_hash, subtree_hashes
from tests.builders import Clock, newsroom, signing

SEED = 6962
MUTATIONS, MUTATIONS_LONG = 150, 1_000
Rows = list[dict[str, Any]]
NAMES = ("place", "story", "number", "entry", "hashes")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a newsroom whose log has 23 leaves of two stories, and two keys."""
    folder = tmp_path_factory.mktemp("original") / "desk"
    keys = tmp_path_factory.mktemp("keys")
    site = signing(newsroom(folder, Clock()), keys / "one")
    site = signing(site, keys / "two", by=site.signer())
    with site.ledger() as ledger:
        for story, count in (("fire", 12), ("flood", 9)):
            ledger.append(commands.open_story(story, f"Story {story}"))
            ledger.append(
                *(commands.report(story, f"Report {number}", development=f"d{number}") for number in range(count))
            )
    site.publish()
    return folder


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "desk")


def damage(folder: Path, *, beside_output: bool = True) -> list[str]:
    with closing(SqliteStore(folder / "ledger.db")) as store, store.reading() as reading:
        return list(log_damage(reading, folder / "public" if beside_output else None))


def rewrite(folder: Path, change: Callable[[Rows], None]) -> Rows:
    """Change the leaves, with every trigger out of the way and put back; give those that stood there."""
    with closing(apsw.Connection(str(folder / "ledger.db"))) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        before = [
            dict(zip(NAMES, row, strict=True)) for row in connection.execute("SELECT * FROM leaves ORDER BY place")
        ]
        after = [dict(row) for row in before]
        change(after)
        connection.execute("PRAGMA ignore_check_constraints=ON; DELETE FROM leaves")
        connection.executemany("INSERT INTO leaves VALUES (:place, :story, :number, :entry, :hashes)", after)
        for _, sql in triggers:
            connection.execute(str(sql))
    return before


def flip_entry(draw: random.Random, rows: Rows) -> None:
    row = draw.choice(rows)
    at = draw.randrange(len(row["entry"]))
    row["entry"] = row["entry"][:at] + chr(ord(row["entry"][at]) ^ 1) + row["entry"][at + 1 :]


def flip_hash(draw: random.Random, rows: Rows) -> None:
    row = draw.choice(rows)
    changed = bytearray(row["hashes"])
    changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    row["hashes"] = bytes(changed)


def truncate(draw: random.Random, rows: Rows) -> None:
    row = draw.choice(rows)
    row["entry"] = row["entry"][: draw.randrange(len(row["entry"]))]


def shorten_hashes(draw: random.Random, rows: Rows) -> None:
    row = draw.choice(rows)
    row["hashes"] = row["hashes"][: draw.randrange(1, len(row["hashes"]))]


def swap(draw: random.Random, rows: Rows) -> None:
    one, other = draw.sample(rows, 2)
    one["entry"], other["entry"] = other["entry"], one["entry"]


def swap_whole(draw: random.Random, rows: Rows) -> None:
    one, other = draw.sample(rows, 2)
    one["place"], other["place"] = other["place"], one["place"]
    rows.sort(key=lambda row: row["place"])


def renumber(draw: random.Random, rows: Rows) -> None:
    draw.choice(rows)["number"] += 100


def drop(draw: random.Random, rows: Rows) -> None:
    del rows[draw.randrange(len(rows) - 1)]


def drop_tail(draw: random.Random, rows: Rows) -> None:
    del rows[draw.randrange(1, len(rows)) :]


def recompute(draw: random.Random, rows: Rows) -> None:
    """Rewrite an entry, and all hashes of the whole tree with it: only what was published tells."""
    row = draw.choice(rows)
    row["entry"] = canonical(orjson.loads(row["entry"]) | {"digest": "0" * 64}).decode()
    latest: dict[int, bytes] = {}
    for row in rows:
        hashes = subtree_hashes(row["place"], leaf_hash(row["entry"].encode()), lambda level, _: latest[level])
        latest.update(enumerate(hashes))
        row["hashes"] = b"".join(hashes)


MUTATE = (flip_entry, flip_hash, truncate, shorten_hashes, swap, swap_whole, renumber, drop, drop_tail, recompute)


def test_stored_log_is_verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert damage(folder) == []
    assert run(["-C", str(folder), "verify"]) == 0
    assert "no problems found" in capsys.readouterr().out


def test_every_mutation_of_the_stored_log_is_found(
    folder: Path, original: Path, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    draw = random.Random(SEED)
    tried = MUTATIONS_LONG if pytestconfig.getoption("--long") else MUTATIONS
    kinds: Counter[str] = Counter()
    while kinds.total() < tried:
        shutil.copy(original / "ledger.db", folder / "ledger.db")
        mutate = draw.choice(MUTATE)
        after: Rows = []

        def change(rows: Rows, mutate: Callable[[random.Random, Rows], None] = mutate, after: Rows = after) -> None:
            mutate(draw, rows)
            after.extend(rows)

        before = rewrite(folder, change)
        kinds[mutate.__name__] += 1
        problems = damage(folder)
        assert problems, mutate.__name__
        first = next((row["place"] for row, was in zip(before, after, strict=False) if row != was), len(after))
        if mutate not in (drop_tail, recompute):
            assert int(problems[0].split()[1]) <= first, (mutate.__name__, problems[0])
    counts = ", ".join(f"{count} × {name}" for name, count in sorted(kinds.items()))
    record_property("counted", f"{tried} mutations of the log that the ledger keeps ({counts}), all found")


@pytest.mark.parametrize("mutate", [drop_tail, recompute])
def test_change_of_the_whole_log_is_found_by_the_output(folder: Path, mutate: Callable[..., None]) -> None:
    rewrite(folder, lambda rows: mutate(random.Random(SEED), rows))
    assert damage(folder, beside_output=False) == []
    [problem] = damage(folder)
    assert problem.startswith("the public log is not what was published: ")


def test_changed_key_is_found(folder: Path) -> None:
    with closing(SqliteStore(folder / "ledger.db")) as store, store.reading() as reading:
        notes = reading.log_keys()
    assert len(notes) == 2
    assert list(key_damage(notes)) == []
    for number, note in enumerate(notes):
        for at in range(len(note)):
            changed = [*notes]
            changed[number] = note[:at] + chr(ord(note[at]) ^ 1) + note[at + 1 :]
            assert list(key_damage(changed)), (number, at)
    assert list(key_damage(notes[1:])) == ["key 1 of the public log was changed"]


def test_bytes_that_are_not_utf8_are_damage(folder: Path) -> None:
    rewrite(folder, lambda rows: rows[7].update(entry="?" * 40))
    file = folder / "ledger.db"
    file.write_bytes(file.read_bytes().replace(b"?" * 40, b"\xff" * 40))
    assert damage(folder) == ["the public log has bytes that are not UTF-8"]


def test_verify_and_backup_report_a_damaged_log(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(folder, lambda rows: rows[7].update(number=99))
    assert run(["-C", str(folder), "verify", "--json"]) == 5
    [problem] = orjson.loads(capsys.readouterr().out)["problems"]
    assert problem["message"] == "leaf 7 of the public log has an entry of another story or number."
    assert run(["-C", str(folder), "verify"]) == 5
    assert run(["-C", str(folder), "backup", str(tmp_path / "copy.db")]) == 5
    assert not (tmp_path / "copy.db").exists()


def test_log_is_verified_with_a_wrong_configuration(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "writethru.toml").write_text("[newsroom]\n")
    assert run(["-C", str(folder), "verify"]) == 0
    rewrite(folder, lambda rows: rows[7].update(number=99))
    assert run(["-C", str(folder), "verify"]) == 5
    assert "leaf 7 of the public log" in capsys.readouterr().out
