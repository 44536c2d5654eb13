"""Somebody alters the output without the key: nothing of theirs is signed, believed or recommended."""

import json
import random
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

import pytest

from events.errors import StoreError, WritethruError
from events.store.sqlite import SqliteStore
from feed.transparency.audit import log_damage
from feed.transparency.keys import Signer, make_key
from feed.transparency.note import sign_note, succession
from feed.transparency.verifier.encoding import canonical
from feed.transparency.verifier.files import Files
from feed.transparency.verifier.keys import Head
from feed.transparency.verifier.memory import parse_since
from feed.transparency.verifier.merkle import last_leaf, leaf_hash, root, subtree_hashes
from feed.transparency.verifier.report import Report
from feed.transparency.verifier.tiles import bundle, tiles
from feed.transparency.verifier.tree import TreeCheck
from tests.builders import ORIGIN
from tests.faults.signing_desk import Desk

SEED = 1917
ALTERATIONS, ALTERATIONS_LONG = 40, 1_000


class Intruder:
    """Writes a log of its own to the output, signed by any key but that of the newsroom."""

    def __init__(self, root_: Path, signer: Signer) -> None:
        self.root, self.signer = root_, signer
        size = parse_since((root_ / "log/checkpoint").read_text()).size
        self.entries: list[bytes] = []
        check = TreeCheck(Files(str(root_)), Report(""), Head(ORIGIN, size, b""))
        assert check.read_leaves(self.entries) == []

    def invent(self, chance: random.Random, count: int) -> None:
        """Append leaves."""
        for _ in range(count):
            leaf = json.loads(self.entries[-1])
            number = sum(json.loads(entry)["story"] == "fire" for entry in self.entries) + 1
            name = f"{chance.randrange(16**8):08x}"
            leaf |= {"story": "fire", "number": number, "id": f"urn:uuid:{name}-58b1-5e7e-9a11-e42877392d25"}
            leaf["digest"] = sha256(name.encode()).hexdigest()
            self.entries.append(canonical(leaf))

    def write(self, signatures: str) -> None:
        """Write the tiles and the checkpoint."""
        kept: list[list[bytes]] = []

        def node(level: int, index: int) -> bytes:
            return kept[last_leaf(level, index)][level]

        for number, entry in enumerate(self.entries):
            kept.append(subtree_hashes(number, leaf_hash(entry), node))
        for tile in tiles(len(self.entries)):
            places = range(tile.first, tile.first + tile.width)
            hashes = b"" if tile.level is None else b"".join(node(tile.tree_level, place) for place in places)
            path = self.root / tile.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(hashes or bundle(self.entries[place] for place in places))
        text = Head(ORIGIN, len(self.entries), root(len(self.entries), node)).text
        own = sign_note(text, self.signer.key, self.signer.sign)
        checkpoint = self.root / "log/checkpoint"
        before = checkpoint.read_text() if checkpoint.exists() else "\n\n"
        old = before.partition("\n\n")[2]
        checkpoint.write_text(
            {"own": own, "none": f"{text}\n", "copied": f"{text}\n{old}", "both": own + old}[signatures]
        )


def alter(chance: random.Random, desk: Desk, stranger: Signer) -> str:
    """Alter the output in some way, and return which."""
    root_ = desk.site.root
    way = chance.choice(["invent", "cut", "rewrite", "keys", "announce", "remove", "garble", "old", "other origin"])
    intruder = Intruder(root_, stranger)
    match way:
        case "invent":
            intruder.invent(chance, chance.randrange(1, 300))
        case "cut":
            del intruder.entries[chance.randrange(len(intruder.entries)) :]
        case "rewrite":
            del intruder.entries[-1]
            intruder.invent(chance, chance.randrange(1, 3))
        case _:
            pass
    if way in {"invent", "cut", "rewrite"}:
        intruder.write(chance.choice(["own", "none", "copied", "both"]))
    announcement = sign_note(succession(stranger.key), stranger.key, stranger.sign)
    if way == "keys" or (way in {"invent", "cut", "rewrite"} and chance.randrange(2)):
        (root_ / "log/keys").write_text(announcement)
    if way == "announce":
        (root_ / "log/keys").write_text((root_ / "log/keys").read_text() + "\n" + announcement)
    if way == "remove":
        chance.choice([path for path in (root_ / "log").rglob("*") if path.is_file()]).unlink()
    if way == "garble":
        path = chance.choice([path for path in (root_ / "log").rglob("*") if path.is_file()])
        data = bytearray(path.read_bytes() or b"x")
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
    if way == "old":
        shutil.copy(desk.keep / "old/log/checkpoint", root_ / "log/checkpoint")
    if way == "other origin":
        checkpoint = root_ / "log/checkpoint"
        checkpoint.write_text(checkpoint.read_text().replace(ORIGIN, "other.example/log"))
    return way


def refusal_of(desk: Desk) -> str:
    """Publish, and return why that is refused; "" if it is not."""
    try:
        desk.publish()
    except StoreError as error:
        return str(error)
    return ""


def assert_nothing_taken_in(desk: Desk, stranger: Signer) -> None:
    """Hold the ledger's log to our own leaves and keys."""
    with closing(SqliteStore(desk.folder / "ledger.db")) as store, store.reading() as reading:
        ids = {json.loads(leaf.entry)["id"] for leaf in reading.leaves(until=reading.log_size())}
        assert str(stranger.key) not in "".join(reading.log_keys())
    assert not [name for name in ids if name.endswith("-58b1-5e7e-9a11-e42877392d25")]


def test_what_no_key_of_ours_has_signed_is_never_taken_in(
    tmp_path: Path, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    wanted = ALTERATIONS_LONG if pytestconfig.getoption("--long") else ALTERATIONS
    chance = random.Random(SEED)
    desk = Desk(tmp_path)
    desk.publish()
    desk.back_up("old")
    desk.report()
    desk.publish()
    desk.back_up("new")
    stranger = make_key(tmp_path / "stranger", origin=ORIGIN, newsroom=desk.folder)
    signed = dict(desk.signed)
    ways: Counter[str] = Counter()
    for _ in range(wanted):
        ledger = chance.choice(["old", "new"])
        shutil.copy(desk.keep / f"{ledger}.db", desk.folder / "ledger.db")
        desk.lose_output("new")
        way = alter(chance, desk, stranger)
        if ledger == "old" and way in {"announce", "keys", "garble", "remove", "old"}:
            shutil.copy(desk.keep / "new.db", desk.folder / "ledger.db")
            ledger = "new"
        desk.signed = dict(signed)
        desk.report()
        with closing(SqliteStore(desk.folder / "ledger.db")) as store, store.reading() as reading:
            damage = list(log_damage(reading, desk.site.root))
        assert not damage or (ledger == "old" and way == "other origin"), (way, damage)
        refusal = refusal_of(desk)
        if refusal:
            if (desk.site.root / "log/checkpoint").exists():
                assert "--after-restore" not in refusal.replace("--after-restore, with the address", ""), way
            with suppress(WritethruError):
                desk.publish(after_restore=True)
        assert_nothing_taken_in(desk, stranger)
        ways[f"{way}, {'refused' if refusal else 'written over'}"] += 1
    told = ", ".join(f"{count} {way}" for way, count in sorted(ways.items()))
    record_property("counted", f"{wanted} alterations of the output without the key ({told}); none taken in")
