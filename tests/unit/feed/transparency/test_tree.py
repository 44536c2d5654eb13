"""The log's tree, tiles and notes, against the RFC's vectors, a naive tree, and the specifications' own examples."""

from contextlib import suppress
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as some

from feed.transparency.note import format_secret, note_head, parse_secret, sign_note, succession, unb64
from feed.transparency.verifier import notes
from feed.transparency.verifier.encoding import b64, canonical, parse_object
from feed.transparency.verifier.errors import LogError
from feed.transparency.verifier.files import Files
from feed.transparency.verifier.keys import Head, Key, parse_key
from feed.transparency.verifier.memory import parse_since
from feed.transparency.verifier.merkle import Heads, last_leaf, leaf_hash, root, subtree_hashes
from feed.transparency.verifier.notes import SignatureCheck, parse_note
from feed.transparency.verifier.report import Note, Report
from feed.transparency.verifier.tiles import WIDTH, bundle, level_tiles, tiles

# What Certificate Transparency has always tested its trees with.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"


class Grown:
    """A tree that keeps with each leaf what it completes, and counts what it looks up."""

    def __init__(self) -> None:
        self.hashes: list[list[bytes]] = []
        self.looked_up = 0

    def node(self, level: int, index: int) -> bytes:
        self.looked_up += 1
        return self.hashes[last_leaf(level, index)][level]

    def add(self, leaf: bytes) -> None:
        self.hashes.append(subtree_hashes(len(self.hashes), leaf_hash(leaf), self.node))


def naive(leaves: list[bytes]) -> bytes:
    """Return the tree hash word by word as RFC 6962, 2.1 defines it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive(leaves[:k]) + naive(leaves[k:])).digest()


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_are_those_of_rfc_6962(size: int) -> None:
    tree = Grown()
    for leaf in LEAVES[:size]:
        tree.add(leaf)
    assert root(size, tree.node).hex() == ROOTS[size] == naive(LEAVES[:size]).hex()
    heads = Heads()
    for leaf in LEAVES[:size]:
        heads.add(leaf_hash(leaf))
    assert heads.root(size).hex() == ROOTS[size]


@given(some.lists(some.binary(max_size=3), max_size=70), some.data())
def test_root_of_every_former_size_can_be_computed(leaves: list[bytes], data: some.DataObject) -> None:
    tree = Grown()
    for leaf in leaves:
        tree.add(leaf)
    size = data.draw(some.integers(0, len(leaves)))
    assert root(size, tree.node) == naive(leaves[:size])


def test_leaf_and_root_take_few_look_ups() -> None:
    tree = Grown()
    for number in range(4_096):
        tree.add(b"%d" % number)
    assert tree.looked_up < 4_096
    tree.looked_up = 0
    root(4_095, tree.node)
    assert tree.looked_up == 12


# Tiles


def test_tiles_are_those_of_the_specification() -> None:
    paths = [tile.path for tile in tiles(70_000)]
    widths = {path: tile.width for path, tile in zip(paths, tiles(70_000), strict=True)}
    assert len([path for path in paths if path.startswith("log/tile/0/")]) == 274
    assert [path for path in paths if path.startswith(("log/tile/1/", "log/tile/2/"))] == [
        "log/tile/1/000",
        "log/tile/1/001.p/17",
        "log/tile/2/000.p/1",
    ]
    assert widths["log/tile/0/273.p/112"] == 112
    assert "log/tile/entries/273.p/112" in paths


def test_tile_path_has_three_digits_in_each_part() -> None:
    (last,) = [tile for tile in tiles(1_234_068 * WIDTH, since=1_234_067 * WIDTH) if tile.level == 0]
    assert last.path == "log/tile/0/x001/x234/067"


@given(some.integers(0, 70_000), some.integers(0, 600))
def test_tiles_since_a_size_are_the_new_ones(since: int, more: int) -> None:
    size = since + more
    before = {tile.path for tile in tiles(since)}
    now = [tile.path for tile in tiles(size)]
    changed = [tile.path for tile in tiles(size, since=since)]
    assert [path for path in now if path not in before] == [path for path in changed if path not in before]
    assert set(changed) <= set(now)
    assert len(changed) <= 2 * (more // WIDTH + 2) + 8
    for level in (None, 0):
        name = "entries" if level is None else str(level)
        assert [path for path in now if f"/{name}/" in path] == [tile.path for tile in level_tiles(level, size)]


def test_bundle_has_each_entry_after_its_length() -> None:
    assert bundle([b"a", b"", b"x" * 300]) == b"\x00\x01a\x00\x00\x01\x2c" + b"x" * 300


# Notes


def test_key_is_parsed_and_formatted_as_specified() -> None:
    key = parse_key(VKEY)
    assert (key.name, key.id.hex(), str(key)) == ("example.com/foo", "530d903a", VKEY)
    assert str(parse_key(VKEY)) == VKEY


def test_note_of_the_specification_is_verified() -> None:
    base64 = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    note = f"This is an example message.\n\n— example.com/foo {base64}\n"
    parsed = parse_note("note", note)
    ((name, signature),) = parsed.signatures
    assert (parsed.text, name) == ("This is an example message.\n", "example.com/foo")
    key = parse_key(VKEY)
    assert signature[:4] == key.id
    report = Report("")
    check = SignatureCheck(Files(""), report)
    check._check_signature("note", "it", parsed, key)
    assert report.problems == []
    check._check_signature("note", "it", replace(parsed, text=parsed.text + " "), key)
    assert [str(bad) for bad in report.problems] == [f"note: the signature by {VKEY} is false"]


def test_signed_note_is_parsed_again() -> None:
    key = Key("news.example/log", bytes(32))
    head = Head("news.example/log", 7, bytes(range(32)))
    note = sign_note(head.text, key, lambda text: text[:3])
    assert note_head(note) == head
    assert parse_note("note", note) == Note(head.text, [(key.name, key.id + b"new")])
    assert parse_key(succession(key).splitlines()[1]) == key


NO_ROOT = b64(bytes(31))
NO_CHECKPOINTS = ["", "\n\n\n", "a\n1\n", "a\n01\nx\n", "a\n1\nx\n", f"a\n1\n{NO_ROOT}\n", "é" * 30_000]
NO_KEYS = [
    "",
    "a",
    "a+b",
    "a+530d903a+AQ==",
    *(VKEY.replace(*two) for two in (("530", "531"), ("foo", "f o"), ("Aek", "Bek"))),
]


@pytest.mark.parametrize("note", NO_CHECKPOINTS)
def test_text_that_is_no_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(ValueError, match=r"checkpoint|size|base64"):
        note_head(note)


@pytest.mark.parametrize("line", NO_KEYS)
def test_line_that_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"key|base64"):
        parse_key(line)
    with pytest.raises(ValueError, match="verifier key"):
        parse_key(line)


def test_key_file_is_parsed_and_never_quoted() -> None:
    key, seed = Key("news.example/log", bytes(32)), bytes(range(32))
    line = format_secret(key, seed)
    assert parse_secret(line) == (key.name, key.id.hex(), seed)
    for wrong in (line[8:], line.replace("example/", "example /"), line[:-5], "PRIVATE+KEY+"):
        with pytest.raises(ValueError, match=r"keygen|base64") as refused:
            parse_secret(wrong)
        assert b64(b"\x01" + seed)[:20] not in str(refused.value)


def test_base64_has_one_form() -> None:
    assert unb64("AA==", length=1) == b"\x00"
    for other in ("AB==", "AA", "AA==\n", "A A==", "ÀA=="):
        with pytest.raises(ValueError, match="base64"):
            unb64(other, length=1)


# What comes from outside is never trusted, and never lets the check itself fall over.


@given(some.text(max_size=200) | some.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for read in (
        lambda: note_head(text),
        lambda: parse_note("note", text),
        lambda: parse_since(text),
        lambda: parse_key(text),
        lambda: notes.checkpoint_head(text),
        lambda: parse_key(text),
    ):
        with suppress(LogError, ValueError):
            read()


@given(some.binary(max_size=100) | some.integers(0, 5_000).map(lambda depth: b'{"a":' * depth + b"1" + b"}" * depth))
def test_any_bytes_are_a_canonical_object_or_none(data: bytes) -> None:
    value = parse_object(data)
    assert not value or canonical(value) == data
