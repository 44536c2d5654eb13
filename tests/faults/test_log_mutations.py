"""Mutations of the published log: the verifier finds them, and names the first leaf or line that is wrong."""

import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from events import commands
from feed.output.tree import files_of
from feed.site import Site
from feed.transparency.keys import load_key, make_key
from feed.transparency.note import note_head, sign_note, succession
from feed.transparency.verifier.check import verify
from feed.transparency.verifier.encoding import b64, canonical, parse_object
from feed.transparency.verifier.files import Files
from feed.transparency.verifier.keys import Head
from feed.transparency.verifier.leaves import LEAF_FIELDS
from feed.transparency.verifier.merkle import last_leaf, leaf_hash, root, subtree_hashes
from feed.transparency.verifier.report import Report
from feed.transparency.verifier.stories import body_digest
from feed.transparency.verifier.tiles import bundle, tiles
from feed.transparency.verifier.tree import TreeCheck
from tests.builders import Clock, newsroom

MUTATIONS, MUTATIONS_LONG = 150, 1_000
SEED = 6962
ORIGIN = "news.example/log"


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the output of a newsroom with more than one full tile, and something withdrawn in each way."""
    folder = tmp_path_factory.mktemp("newsroom")
    keys = tmp_path_factory.mktemp("keys")
    newsroom(folder)
    one = make_key(keys / "one", origin=ORIGIN, newsroom=folder)
    two = make_key(keys / "two", origin=ORIGIN, newsroom=folder)
    config = folder / "writethru.toml"
    config.write_text(f'{config.read_text()}\n[log]\nkey = "{keys / "two"}"\n')
    site = Site.open(folder, clock=(clock := Clock("2026-03-02T09:00:00Z")))
    with site.ledger() as ledger:
        with ledger.store.writing() as writing:
            writing.add_log_key(sign_note(succession(one.key), one.key, one.sign))
            writing.add_log_key(sign_note(succession(two.key), one.key, one.sign))
        for story in ("fire", "flood", "mill"):
            ledger.append(commands.open_story(story, f"Story {story}"))
            reports = (
                commands.report(story, f"Report {n}", body=f"Text {n} é", development=f"r{n}") for n in range(100)
            )
            ledger.append(*reports)
    site.publish()
    clock.go("2026-03-02T10:00:00Z")
    with site.ledger() as ledger:
        for story in ("fire", "flood", "mill"):
            ledger.append(commands.retract(story, "r1", "No."), commands.hold(story, "r2"))
            ledger.append(commands.redact(story, "No.", development="r3"))
    site.publish()
    assert load_key(keys / "two", newsroom=folder).key == two.key
    return site.root


@contextmanager
def changed(public: Path, path: str, data: bytes | None) -> Iterator[None]:
    """Let a file hold `data`, or be gone, for a while."""
    file, before = public / path, (public / path).read_bytes()
    if data is None:
        file.unlink()
    else:
        file.write_bytes(data)
    try:
        yield
    finally:
        file.write_bytes(before)


def mutated(chance: random.Random, data: bytes) -> tuple[str, bytes | None]:
    """Return what was done to `data`, and what came of it; None where the file is gone."""
    how = chance.choice(["flip", "swap", "truncate", "drop a line", "repeat a line", "insert", "remove"])
    at = chance.randrange(len(data))
    lines = data.splitlines(keepends=True)
    number = chance.randrange(len(lines))
    match how:
        case "flip":
            return how, data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        case "swap":
            other = next((n for n in range(len(data)) if data[n] != data[at]), 0)
            at, other = sorted((at, other))
            return how, data[:at] + data[other : other + 1] + data[at + 1 : other] + data[at : at + 1] + data[
                other + 1 :
            ]
        case "truncate":
            return how, data[:at]
        case "drop a line":
            return how, b"".join(lines[:number] + lines[number + 1 :])
        case "repeat a line":
            return how, b"".join([*lines[: number + 1], *lines[number:]])
        case "insert":
            return how, data[:at] + bytes([chance.randrange(256)]) + data[at:]
        case _:
            return how, None


def named(path: str, before: bytes, after: bytes | None) -> str:
    """Return what the first problem must name: the updates.jsonl line, the bundle's item, else the file."""
    if after is None:
        return path
    pairs = enumerate(zip(before, after, strict=False))
    at = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
    whole = len(after) == len(before)
    if path.endswith(".jsonl"):
        return f"{path}:" + str(before[:at].count(b"\n") + 1)
    first = 256 if "/001.p/" in path else 0
    if "/entries/" in path and at < len(before):
        index, begin = first, 0
        while (begin := begin + 2 + int.from_bytes(before[begin : begin + 2], "big")) <= at:
            index += 1
        return f"leaf {index}"
    if "/tile/0/" in path and whole:
        return f"leaf {first + at // 32}"
    return path


def log_files(public: Path) -> list[str]:
    return [path for path in files_of(public) if path.startswith("log/") or path.endswith("updates.jsonl")]


def test_log_is_verified_as_published(public: Path) -> None:
    report = verify(str(public))
    assert [str(bad) for bad in report.problems] == []
    assert report.withdrawn == {"retracted": 3, "withheld": 3, "redacted": 3}
    assert {"log/tile/1/000.p/1", "log/tile/0/000", "log/keys"} <= set(log_files(public))


def test_every_mutation_of_published_files_is_located(
    public: Path, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    count = MUTATIONS_LONG if pytestconfig.getoption("--long") else MUTATIONS
    chance = random.Random(SEED)
    paths = log_files(public)
    done: Counter[str] = Counter()
    while done.total() < count:
        path = chance.choice(paths)
        before = (public / path).read_bytes()
        how, after = mutated(chance, before)
        if after == before:
            continue
        with changed(public, path, after):
            problems = [str(bad) for bad in verify(str(public)).problems]
        case = f"{how} in {path}: {problems[:2]}"
        assert problems, case
        assert re.search(rf"{re.escape(named(path, before, after))}\b", problems[0]), case
        done[how] += 1
    how_many = ", ".join(f"{count} × {how}" for how, count in sorted(done.items()))
    record_property("counted", f"{count} mutations of published log files ({how_many}), all found")


class Forger:
    """Rewrites the whole log after one entry, consistently, as somebody can who can write all files."""

    def __init__(self, public: Path, folder: Path) -> None:
        self.root = Path(shutil.copytree(public, folder))
        self.hashes: list[list[bytes]] = []
        self.entries: list[bytes] = []
        head = note_head((public / "log/checkpoint").read_text())
        verify_head = Head(head.origin, head.size, head.root)
        check = TreeCheck(Files(str(public)), Report(""), verify_head)
        assert check.read_leaves(self.entries) == []

    @property
    def size(self) -> int:
        return note_head((self.root / "log/checkpoint").read_text()).size

    def forge(self) -> Head:
        """Let fire's fifth item say something else, from its body up to the root, and give that root."""
        file = self.root / "stories/fire/updates.jsonl"
        lines = file.read_bytes().splitlines()
        update = parse_object(lines[9])
        update["body"]["headline"] = "I always said so"
        update["digest"] = body_digest(update)
        lines[9] = canonical(update)
        file.write_bytes(b"\n".join([*lines, b""]))
        leaf = {name: update[name] for name in update.keys() & LEAF_FIELDS}
        self.entries[update["place"]] = canonical(leaf)
        for number, entry in enumerate(self.entries):
            self.hashes.append(subtree_hashes(number, leaf_hash(entry), self.node))
        for tile in tiles(len(self.entries)):
            indexes = range(tile.first, tile.first + tile.width)
            hashes = b"" if tile.level is None else b"".join(self.node(tile.tree_level, index) for index in indexes)
            (self.root / tile.path).write_bytes(hashes or bundle(self.entries[index] for index in indexes))
        return Head(ORIGIN, len(self.entries), root(len(self.entries), self.node))

    def node(self, level: int, index: int) -> bytes:
        return self.hashes[last_leaf(level, index)][level]


def test_rewritten_log_fails_by_its_signature(public: Path, tmp_path: Path) -> None:
    forger = Forger(public, tmp_path / "forged")
    old = (public / "log/checkpoint").read_text()
    head = forger.forge()
    (forger.root / "log/checkpoint").write_text(head.text + "\n" + old.partition("\n\n")[2])
    (bad,) = verify(str(forger.root)).problems
    assert (bad.where, bad.message.partition(" by ")[0]) == ("log/checkpoint", "the signature")


def test_log_signed_by_another_key_fails_by_the_trusted_key(public: Path, tmp_path: Path) -> None:
    forger = Forger(public, tmp_path / "forged")
    own = make_key(tmp_path / "own", origin=ORIGIN, newsroom=forger.root)
    (forger.root / "log/checkpoint").write_text(sign_note(forger.forge().text, own.key, own.sign))
    (forger.root / "log/keys").write_text(sign_note(succession(own.key), own.key, own.sign))
    problems = [str(problem) for problem in verify(str(forger.root)).problems]
    assert "feed.atom: its checkpoint is not that of the first 312 leaves" in problems
    for feed in [*forger.root.rglob("feed.*"), *forger.root.glob("corrections.*")]:
        feed.unlink()
    assert verify(str(forger.root)).problems == []  # nobody can tell who remembers nothing
    trusted = verify(str(public)).key
    (bad,) = verify(str(forger.root), key=trusted).problems
    assert str(bad) == "log/keys: does not have the key that you trust"


def test_log_rewritten_by_its_newsroom_fails_by_since(public: Path, tmp_path: Path) -> None:
    forger = Forger(public, tmp_path / "forged")
    own = make_key(tmp_path / "own", origin=ORIGIN, newsroom=forger.root)
    (forger.root / "log/checkpoint").write_text(sign_note(forger.forge().text, own.key, own.sign))
    (forger.root / "log/keys").write_text(sign_note(succession(own.key), own.key, own.sign))
    (bad,) = verify(str(forger.root), since=str(public / "log/checkpoint")).problems
    assert str(bad) == f"log/checkpoint: its first {forger.size} leaves are not those that you remember"


def test_shortened_log_fails_by_since(public: Path) -> None:
    remembered = verify(str(public)).head
    assert remembered is not None
    since = f"{remembered.size + 1} {b64(remembered.root)}"
    (bad,) = verify(str(public), since=since).problems
    assert str(bad) == f"log/checkpoint: has {remembered.size} leaves; you remember {remembered.size + 1}"
