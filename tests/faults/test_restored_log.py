"""What was published is lost, altered, or older than it was: no two roots of one size are ever signed.

The `Desk` of these tests loses its ledger, its output or both, and goes on as the messages of `publish` say. Whoever
alters the output has no key: nothing of theirs is signed, believed or recommended.
"""

import json
import random
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

import pytest

from events import commands
from events.errors import StoreError, WritethruError
from events.integrity import backup as copies
from events.store.sqlite import SqliteStore
from feed.cli import run
from feed.output.tree import Tree
from feed.publication import Publication
from feed.site import Site
from feed.transparency.audit import log_damage
from feed.transparency.keys import Signer, make_key
from feed.transparency.note import sign_note, succession
from feed.transparency.verifier.check import verify
from feed.transparency.verifier.encoding import b64, canonical
from feed.transparency.verifier.files import Files
from feed.transparency.verifier.keys import Head
from feed.transparency.verifier.memory import parse_since
from feed.transparency.verifier.merkle import last_leaf, leaf_hash, root, subtree_hashes
from feed.transparency.verifier.report import Report
from feed.transparency.verifier.tiles import bundle, tiles
from feed.transparency.verifier.tree import TreeCheck
from tests.builders import HOUR, ORIGIN, Clock, newsroom, signing

SEED = 1917
ALTERATIONS, ALTERATIONS_LONG = 40, 1_000
RESTORES, RESTORES_LONG = 12, 200


class Desk:
    """A newsroom that signs, the copies of what it had, and every head that it has signed."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.folder, self.keep = folder / "desk", folder / "kept"
        self.keep.mkdir(parents=True)
        self.site = signing(newsroom(self.folder, self.clock), folder / "key")
        self.reports = 0
        self.signed: dict[int, str] = {}
        self.report(commands.open_story("fire", "Fire"))

    @property
    def web(self) -> Path:
        """What readers have: a copy of the newest output."""
        return self.keep / "web"

    def report(self, *events: object) -> None:
        """Record one more report."""
        self.clock.go(HOUR)
        self.reports += 1
        with self.site.ledger() as ledger:
            ledger.append(*events, commands.report("fire", f"Report {self.reports}"))  # type: ignore[arg-type]  # events

    def publish(self, *, after_restore: bool | str = False, ledger_is_newest: bool = False) -> None:
        """Publish, and fail if another root of a size is signed than before."""
        self.clock.go(HOUR)
        self.site = Site.open(self.folder, clock=self.clock)
        self.site.publish(after_restore=after_restore, ledger_is_newest=ledger_is_newest)
        report = verify(str(self.site.root))
        assert report.head is not None
        root_ = b64(report.head.root)
        assert self.signed.setdefault(report.head.size, root_) == root_, "two signed roots of one size"
        shutil.rmtree(self.web, ignore_errors=True)
        shutil.copytree(self.site.root, self.web)

    def back_up(self, name: str) -> None:
        """Keep a backup of the ledger, and a copy of the output beside it."""
        with closing(SqliteStore(self.folder / "ledger.db")) as store:
            copies.backup(store, self.keep / f"{name}.db", replace=True)
        shutil.rmtree(self.keep / name, ignore_errors=True)
        shutil.copytree(self.site.root, self.keep / name)

    def lose_ledger(self, name: str, *, by: str) -> None:
        """Put a backup in place of the ledger: by the command, or by hand."""
        for path in self.folder.glob("ledger.db*"):
            path.unlink()
        if by == "hand":
            shutil.copy(self.keep / f"{name}.db", self.folder / "ledger.db")
        else:
            assert run(["-C", str(self.folder), "restore", str(self.keep / f"{name}.db")]) == 0

    def lose_output(self, name: str | None) -> None:
        """Remove the output, or put an older copy in its place."""
        shutil.rmtree(self.site.root, ignore_errors=True)
        if name is not None:
            shutil.copytree(self.keep / name, self.site.root)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk that has a backup, "old", and has published one more report since."""
    desk = Desk(tmp_path)
    desk.publish()
    desk.back_up("old")
    desk.report()
    desk.publish()
    return desk


@pytest.mark.parametrize("by", ["hand", "command"])
def test_an_older_ledger_without_output_waits(desk: Desk, by: str) -> None:
    desk.lose_ledger("old", by=by)
    desk.lose_output(None)
    desk.report()
    with pytest.raises(StoreError, match="the output has no checkpoint") as refused:
        desk.publish()
    assert "--after-restore" in str(refused.value)
    assert "--ledger-is-newest" in str(refused.value)
    assert not desk.site.root.exists() or not (desk.site.root / "log").exists()
    desk.publish(after_restore=str(desk.web))
    assert verify(str(desk.site.root)).withdrawn == {"lost": 1}
    desk.report()
    desk.publish()


def test_a_kept_checkpoint_tells_that_the_ledger_is_older(desk: Desk, tmp_path: Path) -> None:
    kept = Path(shutil.copy(desk.site.root / "log/checkpoint", tmp_path / "kept"))
    desk.lose_ledger("old", by="command")
    desk.lose_output(None)
    with pytest.raises(StoreError, match="3 leaves, but this ledger has 2 of them") as refused:
        desk.publish(after_restore=str(kept))
    assert "a copy of the published site" in str(refused.value)


def test_a_kept_checkpoint_tells_that_the_ledger_is_the_newest(desk: Desk, tmp_path: Path) -> None:
    kept = Path(shutil.copy(desk.site.root / "log/checkpoint", tmp_path / "kept"))
    desk.lose_output(None)
    desk.report()
    desk.publish(after_restore=str(kept))
    assert list(desk.signed) == [2, 3, 4]


def test_a_checkpoint_older_than_the_ledger_proves_nothing(desk: Desk) -> None:
    desk.lose_output(None)
    with pytest.raises(StoreError, match="has only 2: it is not the newest"):
        desk.publish(after_restore=str(desk.keep / "old"))


def test_a_restored_ledger_beside_its_output_waits(desk: Desk) -> None:
    desk.back_up("new")
    desk.lose_ledger("new", by="command")
    desk.report()
    with pytest.raises(StoreError, match="this ledger was restored"):
        desk.publish()
    desk.publish(after_restore=True)
    desk.report()
    desk.publish()


def test_a_redaction_does_not_make_a_restored_ledger_sign(desk: Desk) -> None:
    desk.back_up("new")
    desk.lose_ledger("new", by="command")
    with desk.site.ledger() as ledger:
        ledger.append(commands.redact("fire", "A court said so.", development="d1"))
    with pytest.raises(StoreError, match="this ledger was restored"):
        desk.publish()


def test_an_output_older_than_the_ledger_waits(desk: Desk) -> None:
    desk.lose_output("old")
    desk.report()
    with pytest.raises(StoreError, match="the output has 2 of the 3 leaves that this ledger published"):
        desk.publish()
    desk.publish(ledger_is_newest=True)


def test_nobody_can_say_newest_beside_a_proof_of_the_opposite(desk: Desk) -> None:
    desk.lose_ledger("old", by="hand")
    with pytest.raises(StoreError, match="it is an older copy"):
        desk.publish(ledger_is_newest=True)
    desk.report()
    desk.clock.go(HOUR)
    with pytest.raises(StoreError, match="it is an older copy"):
        desk.publish()


def test_an_export_is_restored_and_signs_on(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(desk.folder), "export"]) == 0
    (tmp_path / "all.jsonl").write_text(capsys.readouterr().out)
    for path in desk.folder.glob("ledger.db*"):
        path.unlink()
    desk.lose_output(None)
    assert run(["-C", str(desk.folder), "restore", str(tmp_path / "all.jsonl")]) == 0
    with pytest.raises(WritethruError):
        desk.publish()
    desk.publish(after_restore=str(desk.web))
    assert verify(str(desk.site.root)).problems == []


def test_a_story_that_is_lost_keeps_its_lines(desk: Desk) -> None:
    desk.report(commands.open_story("flood", "Flood"))
    desk.publish()
    desk.lose_ledger("old", by="command")
    desk.lose_output(None)
    desk.publish(after_restore=str(desk.web))
    report = verify(str(desk.site.root))
    assert ([str(problem) for problem in report.problems], report.exit_code) == ([], 8)
    assert report.withdrawn == {"lost": 3}


def test_a_first_publication_that_was_stopped_goes_on(tmp_path: Path) -> None:
    site = signing(newsroom(tmp_path / "desk", Clock()), tmp_path / "key")
    with site.ledger() as ledger:
        ledger.append(commands.open_story("fire", "Fire"))
        now = ledger.advance_publication_time()
        publication = Publication(site.config, site.settings, Tree(site.root), now, 1, site.signer())
        with ledger.store.reading() as reading:
            plan = publication.plan(reading)
        with ledger.store.writing() as writing:
            publication.append_leaves(writing, plan)
    site.publish()
    assert verify(str(site.root)).problems == []


def test_a_log_that_is_signed_for_the_first_time_needs_no_word(tmp_path: Path) -> None:
    site = newsroom(tmp_path / "desk", Clock())
    with site.ledger() as ledger:
        ledger.append(commands.open_story("fire", "Fire"))
    site.publish()
    assert run(["-C", str(site.folder), "keygen", "--key", str(tmp_path / "key")]) == 0
    config = site.folder / "writethru.toml"
    config.write_text(f'{config.read_text()}\n[log]\nkey = "{tmp_path / "key"}"\n')
    Site.open(site.folder, clock=Clock()).publish()
    assert verify(str(site.root)).problems == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--after-restore", "--ledger-is-newest"),
        ("--ledger-is-newest", "--dry-run"),
        ("--ledger-is-newest", "--watch"),
        ("--after-restore", "--watch"),
    ],
)
def test_words_that_do_not_fit_are_usage_errors(desk: Desk, arguments: tuple[str, ...]) -> None:
    assert run(["-C", str(desk.folder), "publish", *arguments]) == 2


def test_the_command_takes_an_address_or_none(desk: Desk, tmp_path: Path) -> None:
    desk.lose_ledger("old", by="hand")
    assert run(["-C", str(desk.folder), "publish"]) == 1
    web = shutil.copytree(desk.web, tmp_path / "copy")
    desk.lose_output(None)
    assert run(["-C", str(desk.folder), "publish", "--after-restore"]) == 1
    assert run(["-C", str(desk.folder), "publish", "--after-restore", str(tmp_path / "nowhere")]) == 1
    assert run(["-C", str(desk.folder), "publish", "--after-restore", str(web)]) == 0
    assert run(["-C", str(desk.folder), "publish", "--after-restore", "-v"]) == 0


def test_restores_in_every_order_of_loss_never_fork(
    tmp_path: Path, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    wanted = RESTORES_LONG if pytestconfig.getoption("--long") else RESTORES
    chance = random.Random(SEED)
    ways: Counter[str] = Counter()
    desk = Desk(tmp_path / "0")
    desk.publish()
    for number in range(wanted):
        if number % 10 == 9:
            desk = Desk(tmp_path / str(number))
            desk.publish()
        desk.back_up("old")
        newest = {"ledger": True, "output": True}
        for _ in range(chance.randrange(3)):
            desk.report()
            desk.publish()
            newest = {"ledger": False, "output": False}
        losses = chance.sample(["ledger", "output"], chance.randrange(1, 3))
        by, output_copy = chance.choice(["hand", "command"]), chance.choice([None, "old"])
        for loss in losses:
            if loss == "ledger":
                desk.lose_ledger("old", by=by)
            else:
                desk.lose_output(output_copy)
        is_newest = newest["ledger"] or "ledger" not in losses
        rolled_back = losses and not is_newest and "output" in losses and output_copy == "old" and by == "hand"
        if rolled_back:  # ledger and output both as they were then: nothing is left that tells. Say so by `restore`.
            desk.lose_ledger("old", by="command")
        desk.report()
        try:
            desk.publish()
            ways["went on"] += 1
        except StoreError:
            try:
                desk.publish(ledger_is_newest=True) if is_newest else desk.publish(after_restore=str(desk.web))
            except StoreError:
                desk.publish(after_restore=str(desk.web))
            ways["waited"] += 1
        assert not verify(str(desk.site.root), since=str(desk.web / "log/checkpoint")).problems
    record_property("counted", f"{wanted} restores ({dict(ways)}), never two signed roots of one size")


# Whoever can write to the output, without the key


class Intruder:
    """Writes whatever log it likes to the output, signed by any key but that of the newsroom."""

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
        refusal = ""
        with closing(SqliteStore(desk.folder / "ledger.db")) as store, store.reading() as reading:
            damage = list(log_damage(reading, desk.site.root))
        assert not damage or (ledger == "old" and way == "other origin"), (way, damage)
        try:
            desk.publish()
        except StoreError as error:
            refusal = str(error)
        if refusal:
            if (desk.site.root / "log/checkpoint").exists():
                assert "--after-restore" not in refusal.replace("--after-restore, with the address", ""), way
            with suppress(WritethruError):
                desk.publish(after_restore=True)
        with closing(SqliteStore(desk.folder / "ledger.db")) as store, store.reading() as reading:
            entries = [leaf.entry for leaf in reading.leaves(until=reading.log_size())]
            assert str(stranger.key) not in "".join(reading.log_keys())
        known = {json.loads(entry)["id"] for entry in entries}
        assert not [name for name in known if name.endswith("-58b1-5e7e-9a11-e42877392d25")], way
        ways[f"{way}, {'refused' if refusal else 'written over'}"] += 1
    told = ", ".join(f"{count} {way}" for way, count in sorted(ways.items()))
    record_property("counted", f"{wanted} alterations of the output without the key ({told}); none taken in")
