"""Logs and feeds by somebody who wants `verify-log` to err, to hang, or to fill the memory: always a right verdict."""

import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from events import commands
from feed.cli import run
from feed.site import Site
from feed.transparency.keys import Signer, make_key
from feed.transparency.note import sign_note, succession
from feed.transparency.verifier.__main__ import main
from feed.transparency.verifier.check import verify
from feed.transparency.verifier.encoding import b64
from feed.transparency.verifier.files import SECONDS_MAX, Files
from feed.transparency.verifier.keys import Head
from feed.transparency.verifier.memory import parse_memory, parse_since
from feed.transparency.verifier.merkle import Heads, last_leaf, leaf_hash, root, subtree_hashes
from feed.transparency.verifier.report import Report
from feed.transparency.verifier.tiles import bundle, tiles
from feed.transparency.verifier.tree import TreeCheck
from tests.builders import HOUR, ORIGIN, Clock, newsroom, signing

SEED = 9162
MUTATIONS, MUTATIONS_LONG = 200, 10_000
MEMORY_MAX = 256 * 2**20
POSE = f'Fire :checkpoint origin="{ORIGIN}" size="0" root="47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="'
POSE_JSON = f'"checkpoint": {{"origin": "{ORIGIN}", "size": 0, "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}}'


class Publisher:
    """Somebody who has the signing key, and publishes whatever leaves and lines they like."""

    def __init__(self, root_: Path, signer: Signer) -> None:
        self.root, self.signer = root_, signer
        size = parse_since((root_ / "log/checkpoint").read_text()).size
        entries: list[bytes] = []
        head = Head(ORIGIN, size, b"")
        assert TreeCheck(Files(str(root_)), Report(""), head).read_leaves(entries) == []
        self.leaves: list[dict[str, Any]] = [json.loads(entry) for entry in entries]

    def lines(self, story: str) -> list[dict[str, Any]]:
        """Return the lines of a story."""
        return [json.loads(line) for line in (self.root / f"stories/{story}/updates.jsonl").read_bytes().splitlines()]

    def put_lines(self, story: str, lines: list[dict[str, Any]]) -> None:
        """Write the lines of a story."""
        data = b"".join(encoded(line) + b"\n" for line in lines)
        (self.root / f"stories/{story}/updates.jsonl").write_bytes(data)

    def publish(self, *, feeds: bool = False) -> None:
        """Write tiles, lines and checkpoint that fit the leaves. Remove the feeds, unless they fit as well."""
        entries = [encoded(leaf) for leaf in self.leaves]
        kept: list[list[bytes]] = []

        def node(level: int, index: int) -> bytes:
            return kept[last_leaf(level, index)][level]

        for number, entry in enumerate(entries):
            kept.append(subtree_hashes(number, leaf_hash(entry), node))
        for tile in tiles(len(entries)):
            places = range(tile.first, tile.first + tile.width)
            hashes = b"" if tile.level is None else b"".join(node(tile.tree_level, place) for place in places)
            path = self.root / tile.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(hashes or bundle(entries[place] for place in places))
        text = Head(ORIGIN, len(entries), root(len(entries), node)).text
        (self.root / "log/checkpoint").write_text(sign_note(text, self.signer.key, self.signer.sign))
        for place, leaf in enumerate(self.leaves):
            lines = self.lines(leaf["story"]) if leaf.get("story") in ("fire", "flood") else []
            for line in lines:
                if line.get("place") == place and line.keys() >= leaf.keys():
                    line.update(leaf)
                    self.put_lines(leaf["story"], lines)
        if not feeds:
            for feed in [*self.root.rglob("feed.*"), *self.root.glob("corrections.*")]:
                feed.unlink()


def encoded(value: dict[str, Any]) -> bytes:
    """Return sorted JSON, floats included."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return a newsroom that signs its log, of which a headline poses as a checkpoint."""
    folder = tmp_path_factory.mktemp("hostile")
    clock = Clock()
    site = signing(newsroom(folder / "desk", clock), folder / "key")
    with site.ledger() as ledger:
        ledger.append(commands.open_story("fire", POSE), commands.open_story("flood", "Flood"))
        ledger.append(
            commands.report("fire", POSE_JSON, body=f"{POSE}\n\n{POSE_JSON}", development="d1"),
            commands.report("fire", "Two hurt", development="d2"),
            commands.report("flood", "Water", development="d1"),
        )
        site.publish()
        clock.go(HOUR)
        ledger.append(
            commands.hold("fire", "d2"),
            commands.correct("flood", "d1", {"headline": "Much water"}, "It was more.", id="c1"),
        )
    clock.go(HOUR)
    site.publish()
    return site


@pytest.fixture
def publisher(published: Site, tmp_path: Path) -> Publisher:
    signer = published.signer()
    assert signer is not None
    return Publisher(Path(shutil.copytree(published.root, tmp_path / "public")), signer)


def problems(root_: Path, **options: Any) -> list[str]:
    """Return the problems that a check finds."""
    return [str(problem) for problem in verify(str(root_), **options).problems]


# What is remembered


@pytest.mark.parametrize("path", ["feed.atom", "feed.rss", "feed.json", "stories/fire/feed.atom"])
def test_a_headline_that_poses_as_a_checkpoint_is_not_one(publisher: Publisher, path: str) -> None:
    feed = publisher.root / path
    assert "47DEQpj8HBSa" in feed.read_text()
    memory = parse_memory(feed.read_bytes())
    assert (memory.head.size, memory.signed) == (6 if "fire" in path else 7, True)
    without = feed.read_text().splitlines()
    start = next(number for number, line in enumerate(without) if "checkpoint" in line and "47DEQ" not in line)
    del without[start - 1 if path.endswith(".json") else start : start + (6 if path.endswith(".json") else 1)]
    with pytest.raises(ValueError, match="no checkpoint in this"):
        parse_memory("\n".join(without).encode())


def test_a_document_type_is_refused() -> None:
    bomb = b'<!DOCTYPE feed [<!ENTITY a "a"><!ENTITY b "&a;&a;">]><feed xmlns="http://www.w3.org/2005/Atom">&b;</feed>'
    with pytest.raises(ValueError, match="document type"):
        parse_memory(bomb)


@pytest.mark.parametrize(
    "memory",
    [
        b"<" * 200_000,
        b"<a>" * 100_000,
        b"[" * 200_000,
        b'{"a":' * 50_000,
        b'{"_writethru":{"checkpoint":{"origin":1,"size":2,"root":3}}}',
        b'{"_writethru":{"checkpoint":{"origin":"a","size":1e3,"root":"x"}}}',
        b'{"a":1,"a":2}',
        b'{"a":1}{}',
        b'{"' + b"a" * 100,
        b"\xff\xfe<\x00a\x00",
        b"<?xml version='1.0' encoding='rot13'?><a/>",
        b"<?xml version='1.0' encoding='no-such'?><a/>",
        b"<?xml version='1.0' encoding='utf-7'?><a/>",
        b"{" + b" " * 5_000_000,
        b'{"items":[' + b"[]," * 4_000_000 + b"[]]}",
    ],
)
def test_a_memory_that_is_none_is_a_sentence(memory: bytes) -> None:
    with pytest.raises(ValueError, match="no checkpoint in this"):
        parse_memory(memory)


def test_a_log_that_was_signed_stays_signed(publisher: Publisher, tmp_path: Path) -> None:
    old = Path(shutil.copy(publisher.root / "log/checkpoint", tmp_path / "old"))
    feed = Path(shutil.copy(publisher.root / "feed.atom", tmp_path / "old.atom"))
    (publisher.root / "log/checkpoint").write_text(old.read_text().partition("\n\n")[0] + "\n\n")
    (publisher.root / "log/keys").unlink()
    for memory in (old, feed):
        assert problems(publisher.root, since=str(memory)) == ["log/checkpoint: is not signed; what you remember was"]
    assert problems(publisher.root)[0] == (
        "feed.atom: has a checkpoint, as only feeds of a signed log have; the log is not signed"
    )


def test_a_log_that_was_signed_is_not_signed_by_another_key(publisher: Publisher, tmp_path: Path) -> None:
    old = Path(shutil.copy(publisher.root / "log/checkpoint", tmp_path / "old"))
    other = make_key(tmp_path / "other", origin=ORIGIN, newsroom=publisher.root)
    (publisher.root / "log/keys").write_text(sign_note(succession(other.key), other.key, other.sign))
    publisher.signer = other
    publisher.publish(feeds=True)
    assert problems(publisher.root) == []
    assert problems(publisher.root, since=str(old)) == ["log/keys: does not have the key that signed what you remember"]


def test_a_memory_that_its_key_did_not_sign_is_found(publisher: Publisher, tmp_path: Path) -> None:
    note = (publisher.root / "log/checkpoint").read_text()
    size, rest = note.splitlines()[1], note.split("\n")
    false = tmp_path / "false"
    empty = b64(sha256(b"").digest())
    false.write_text("\n".join([rest[0], "0", empty, *rest[3:]]))
    assert size == "7"
    assert problems(publisher.root, since=str(false)) == [
        f"log/checkpoint: the signature by {publisher.signer.key} is false"
    ]


def test_the_signature_of_a_witness_is_ignored(publisher: Publisher, tmp_path: Path) -> None:
    checkpoint = publisher.root / "log/checkpoint"
    witness = make_key(tmp_path / "witness", origin="witness.example/w", newsroom=publisher.root)
    note = checkpoint.read_text()
    text = note.partition("\n\n")[0] + "\n"
    second = sign_note(text, witness.key, witness.sign).partition("\n\n")[2]
    checkpoint.write_text(note + second)
    assert problems(publisher.root) == []
    assert problems(publisher.root, since=str(checkpoint)) == []
    checkpoint.write_text(f"{text}\n{second}")
    assert "is not signed by" in problems(publisher.root)[0]


# Leaves and lines by somebody who has the key


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("at", "not a date", "its at is not an instant"),
        ("at", "2026-02-30T08:00:00Z", "its at is not an instant"),
        ("at", "2999-01-01T00:00:00Z", "is dated in the future: 2999-01-01T00:00:00Z"),
        ("at", 5, "a field has another type"),
        ("number", True, "a field has another type"),
        ("number", 1.0, "its fields are not those of one"),
        ("number", [1], "a field has another type"),
        ("number", 7, "is not the next leaf of a story"),
        ("id", {"a": 1}, "a field has another type"),
        ("id", "urn:uuid:x", "its id is not in the form of one"),
        ("kind", "development_guessed", "its kind is not in the form of one"),
        ("digest", "00", "its digest is not in the form of one"),
        ("digest", None, "a field has another type"),
        ("development", "d1", "its development is not in the form of one"),
        ("story", "../../etc", "its story is not in the form of one"),
        ("story", ["fire"], "a field has another type"),
        ("story", "a" * 70, "its story is not in the form of one"),
        ("more", "x", "its fields are not those of one"),
    ],
)
def test_each_field_of_a_leaf_is_validated(publisher: Publisher, field: str, value: object, message: str) -> None:
    publisher.leaves[0][field] = value
    publisher.publish()
    found = problems(publisher.root)
    assert found[0].startswith("leaf 0: ")
    assert message in found[0]


@pytest.mark.parametrize(
    ("field", "value"),
    [("place", False), ("place", 0.0), ("body", []), ("salt", 5), ("salt", "00"), ("withdrawn", []), ("other", 1)],
)
def test_each_field_of_a_line_is_validated(publisher: Publisher, field: str, value: object) -> None:
    lines = publisher.lines("fire")
    lines[0][field] = value
    publisher.put_lines("fire", lines)
    assert problems(publisher.root) == ["stories/fire/updates.jsonl:1: is not in the format of this file"]


@pytest.mark.parametrize("why", ["superseded", "lost"])
def test_texts_that_no_leaf_withdraws_cannot_be_checked(
    publisher: Publisher, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = publisher.lines("fire")
    del lines[1]["salt"]
    lines[1] |= {"withdrawn": why}
    if why == "lost":
        del lines[1]["body"]
    else:
        lines[1]["body"]["headline"] = "Another text"
    publisher.put_lines("fire", lines)
    report = verify(str(publisher.root))
    assert (report.problems, report.unchecked, report.exit_code) == ([], 1, 8)
    assert run(["verify-log", str(publisher.root)]) == 8
    assert main([str(publisher.root)]) == 8
    out = capsys.readouterr().out
    assert out.count("1 text cannot be checked") == 2
    assert "; verified." not in out
    assert run(["verify-log", str(publisher.root), "--json"]) == 8
    assert not json.loads(capsys.readouterr().out)["holds"]


@pytest.mark.parametrize(
    ("story", "number", "why"),
    [("fire", 1, "withheld"), ("fire", 0, "withheld"), ("fire", 3, "withheld"), ("flood", 1, "redacted")],
)
def test_a_text_is_withdrawn_by_a_leaf_on_it_alone(publisher: Publisher, story: str, number: int, why: str) -> None:
    lines = publisher.lines(story)
    lines[number].pop("body", None)
    lines[number].pop("salt", None)
    lines[number]["withdrawn"] = why
    publisher.put_lines(story, lines)
    assert problems(publisher.root) == [
        f"stories/{story}/updates.jsonl:{number + 1}: its body is {why}, but no leaf says so"
    ]


def test_a_redaction_of_a_correction_withdraws_no_report(tmp_path: Path) -> None:
    clock = Clock()
    site = signing(newsroom(tmp_path / "desk", clock), tmp_path / "key")
    with site.ledger() as ledger:
        ledger.append(
            commands.open_story("flood", "Flood"),
            commands.report("flood", "Water", development="d1"),
        )
        site.publish()
        clock.go(HOUR)
        ledger.append(commands.correct("flood", "d1", {"headline": "Much water"}, "It was more.", id="c1"))
        clock.go(HOUR)
        site.publish()
        ledger.append(commands.redact("flood", "A court said so.", event="c1"))
        clock.go(HOUR)
        site.publish()
    assert problems(site.root) == []
    signer = site.signer()
    assert signer is not None
    publisher = Publisher(site.root, signer)
    lines = publisher.lines("flood")
    assert lines[2]["withdrawn"] == "redacted"
    del lines[1]["body"], lines[1]["salt"]
    lines[1]["withdrawn"] = "redacted"
    publisher.put_lines("flood", lines)
    assert problems(site.root) == ["stories/flood/updates.jsonl:2: its body is redacted, but no leaf says so"]


# Feeds and the list of stories


def test_a_checkpoint_of_another_log_in_a_feed_is_found(publisher: Publisher) -> None:
    for path in ("feed.atom", "stories/fire/feed.json"):
        feed = publisher.root / path
        good = feed.read_text()
        size = re.compile(r'(size="|"size": )[0-9]+')
        for other, message in (
            (size.sub(r"\g<1>5", good, count=1), "is not that of the first 5 leaves"),
            (size.sub(r"\g<1>9", good, count=1), "has 9 leaves; the log has 7"),
            (good.replace(f'"{ORIGIN}"', '"x/log"', 1), "its checkpoint is of x/log"),
            (size.sub(r"\g<1>1e3", good, count=1), "is not origin" if "atom" in path else "of other types"),
            ("<feed", "is not") if path.endswith("atom") else ("{", "is not"),
        ):
            feed.write_text(other)
            [problem] = problems(publisher.root)
            assert problem.startswith(f"{path}: ")
            assert message in problem
        feed.write_text(good)


def test_a_feed_of_a_signed_log_has_a_checkpoint(publisher: Publisher) -> None:
    feed = publisher.root / "stories/fire/feed.rss"
    feed.write_text("".join(line for line in feed.read_text().splitlines(True) if "writethru:checkpoint" not in line))
    assert problems(publisher.root) == [
        "stories/fire/feed.rss: has no checkpoint, although the log is signed",
    ]


def test_the_list_of_stories_is_that_of_the_log(publisher: Publisher) -> None:
    opml = publisher.root / "stories.opml"
    good = opml.read_text()
    for other, message in (
        (good.replace("stories/flood/", "stories/mill/"), "does not list the story flood, which is in the log"),
        (good.replace("stories/flood/feed.rss", "x"), "has an outline that is not the feed of one more story"),
        (good.replace("https://news.example/stories/flood", "https://x/stories/flood"), "lists feeds of different"),
        ("", "is not XML"),
    ):
        opml.write_text(other)
        assert problems(publisher.root)[0].startswith(f"stories.opml: {message}")
    opml.unlink()
    assert problems(publisher.root) == ["stories.opml: cannot be read (No such file or directory)"]


# No end


def test_an_endless_log_is_not_begun(publisher: Publisher) -> None:
    note = (publisher.root / "log/checkpoint").read_text().split("\n")
    note[1] = "1000000000000000"
    (publisher.root / "log/checkpoint").write_text("\n".join(note))
    assert problems(publisher.root) == [
        "log/checkpoint: has 1000000000000000 leaves, more than 256000000 bytes; see --max-bytes"
    ]


@pytest.mark.parametrize("path", ["log/checkpoint", "log/keys", "log/tile/entries/000.p/7", "stories.opml"])
def test_a_fifo_is_not_waited_for(publisher: Publisher, path: str) -> None:
    (publisher.root / path).unlink()
    os.mkfifo(publisher.root / path)
    assert problems(publisher.root)[0] == f"{path}: cannot be read (Not a regular file)"


def test_a_device_is_not_read(publisher: Publisher) -> None:
    (publisher.root / "stories/fire/updates.jsonl").unlink()
    (publisher.root / "stories/fire/updates.jsonl").symlink_to("/dev/zero")
    assert problems(publisher.root) == ["stories/fire/updates.jsonl: cannot be read (Not a regular file)"]


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """Serve whatever `answer` sends, and yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(OSError):  # the client has gone
                answer(self)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its interface
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def drip_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1_000):
        handler.wfile.write(b"a")
        time.sleep(0.05)


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
    for _ in range(1_000):
        handler.wfile.write(b"X-A: b\r\n")
        time.sleep(0.05)


def be_silent(_: BaseHTTPRequestHandler) -> None:
    time.sleep(5)


def never_end(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"a" * 65_536)


def redirect_to_ftp(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "ftp://127.0.0.1/x")
    handler.end_headers()


@pytest.mark.parametrize("answer", [drip_body, drip_headers, be_silent])
def test_a_server_that_is_slow_is_left(answer: Callable[[BaseHTTPRequestHandler], None]) -> None:
    began = time.monotonic()
    with answering(answer) as address:
        [problem] = verify(address, max_seconds=0.5).problems
    assert "the check took 0.5 seconds and was ended; see --max-seconds" in str(problem)
    assert time.monotonic() - began < 4


def test_a_server_that_sends_without_end_is_left() -> None:
    with answering(never_end) as address:
        [problem] = verify(address, max_bytes=10_000_000).problems
        assert "more than 10000000 bytes were read and the check was ended; see --max-bytes" in str(problem)
        [problem] = verify(address).problems
        assert "log/checkpoint: has more than" in str(problem)


def test_a_server_redirects_to_http_alone() -> None:
    with answering(redirect_to_ftp) as address:
        [problem] = verify(address).problems
    assert str(problem).startswith("log/checkpoint: cannot be read (")


# What is printed


def test_nothing_that_is_printed_controls_a_terminal(publisher: Publisher, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint = publisher.root / "log/checkpoint"
    evil = "\x1b]0;owned\x07\x9b31m\u202e"
    for text in (f"{evil}\n0\n{b64(sha256(b'').digest())}\n\n", "x"):
        checkpoint.write_text(text)
        (publisher.root / "log/keys").write_text(f"writethru log key\n{evil}+00+AA==\n\n\N{EM DASH} {evil} AA==\n")
        for arguments in ([], ["--json"]):
            run(["verify-log", str(publisher.root), *arguments])
            main([str(publisher.root), *arguments])
    with pytest.raises(SystemExit):
        main([str(publisher.root), "--since", evil])
    run(["verify-log", str(publisher.root), "--since", evil, "--key", evil])
    run(["verify-log", f"{publisher.root}/{evil}"])
    said = capsys.readouterr()
    assert not [char for char in said.out + said.err if not char.isprintable() and char != "\n"]


def test_a_key_with_a_quote_in_its_name_is_printed_quoted() -> None:
    report = Report("", head=Head("a", 0, bytes(32)), key="a';rm${IFS}x;'+00+AA")
    *_, last = report.lines()
    assert last.endswith("""--key 'a'"'"';rm${IFS}x;'"'"'+00+AA'""")


# Anything


def mutated(chance: random.Random, data: bytes) -> bytes:
    """Return `data`, changed in some way."""
    at = chance.randrange(len(data) + 1)
    more = [
        b"\x00",
        b"\xff",
        b"\n",
        b'"',
        b"{",
        b"[" * 3_000,
        b"<",
        b"&a;",
        b"9" * 5_000,
        b"true",
        b"\xed\xa0\x80",
        b"1e9",
    ]
    match chance.randrange(7):
        case 0:
            return data[:at] + chance.choice(more) + data[at:]
        case 1:
            return data[:at] + chance.choice(more) + data[at + chance.randrange(20) :]
        case 2:
            return data[:at]
        case 3:
            lines = data.splitlines(keepends=True)
            chance.shuffle(lines)
            return b"".join(lines)
        case 4:
            lines = data.splitlines(keepends=True)
            return b"".join([*lines, *chance.choices(lines or [b""], k=3)])
        case 5:
            return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
        case _:
            return data.replace(
                *chance.choice([(b"7", b"8"), (b"fire", b"file"), (b"size", b"s"), (b"Z", b""), (b"a", b"")])
            )


def checked_bytes(path: str, data: bytes) -> bytes:
    """Return of a feed what the check reads: what is before its first entry; of other files all."""
    if path.startswith("log/") or path.endswith((".jsonl", ".opml")):
        return data
    marks = (b"<entry>", b"<item>", b'"items": [')
    return min((data.partition(mark)[0] for mark in marks), key=len)


def test_mutated_logs_and_feeds_get_a_right_verdict(
    publisher: Publisher, tmp_path: Path, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    wanted = MUTATIONS_LONG if pytestconfig.getoption("--long") else MUTATIONS
    chance = random.Random(SEED)
    root_ = publisher.root
    ours = [*root_.rglob("feed.*"), *root_.glob("corrections.*"), *root_.rglob("updates.jsonl"), root_ / "stories.opml"]
    paths = sorted([*ours, *(path for path in (root_ / "log").rglob("*") if path.is_file())])
    old = Path(shutil.copytree(root_, tmp_path / "old"))
    heads = Heads()
    for leaf in publisher.leaves:
        heads.add(leaf_hash(encoded(leaf)))
    kinds: Counter[str] = Counter()
    longest = 0.0
    while kinds.total() < wanted:
        path = chance.choice(paths)
        name = str(path.relative_to(root_))
        good = path.read_bytes()
        bad = mutated(chance, good)
        if chance.randrange(4) == 0 and not name.startswith("log/"):  # as memory
            (tmp_path / "kept").write_bytes(bad)
            try:
                report = verify(str(old), since=str(tmp_path / "kept"))
            except ValueError as error:
                kinds["refused memory" if str(error).startswith("no checkpoint in this") else str(error)] += 1
                continue
            since = report.since
            assert since is not None
            kinds["memory"] += 1
            is_prefix = since.origin == ORIGIN and since.size <= len(heads) and since.root == heads.root(since.size)
            assert bool(report.problems) != is_prefix, name
            continue
        path.write_bytes(bad)
        began = time.monotonic()
        report = verify(str(root_))
        longest = max(longest, time.monotonic() - began)
        list(report.lines())
        json.dumps(report.as_json())
        path.write_bytes(good)
        differs = checked_bytes(name, bad) != checked_bytes(name, good)
        if name.startswith("log/") or name.endswith(".jsonl"):
            assert bool(report.problems) == differs, (name, bad[:200])
        elif not differs:
            assert report.problems == [], (name, bad[:200])
        kinds["found" if report.problems else "harmless"] += 1
    assert set(kinds) == {"found", "harmless", "memory", "refused memory"}
    assert longest < SECONDS_MAX
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    record_property("counted", f"{wanted} mutated logs and feeds ({told}); the slowest check took {longest:.1f} s")


def test_hostile_files_take_little_memory(publisher: Publisher) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_MAX, MEMORY_MAX))

    root_ = publisher.root
    for path, data in (
        ("stories/fire/updates.jsonl", b'{"a":' + b"[]," * 12_000_000),
        ("stories/fire/updates.jsonl", b"\n" * 40_000_000),
        ("stories/fire/updates.jsonl", b"{}\n" * 10_000_000),
        ("log/checkpoint", b"\n\n" * 20_000_000),
        ("log/keys", b"writethru log key\n\n" * 2_000_000),
        ("stories.opml", b"<a>" * 10_000_000),
        ("feed.json", b'{"a":[' + b"{}," * 10_000_000),
        ("feed.atom", b"<a " + b"b" * 40_000_000),
        ("log/tile/0/000.p/7", b"a" * 40_000_000),
    ):
        good = (root_ / path).read_bytes()
        (root_ / path).write_bytes(data)
        command = [sys.executable, "-m", "feed.transparency.verifier", str(root_)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, preexec_fn=limit)
        (root_ / path).write_bytes(good)
        assert (ran.returncode, ran.stderr) == (1, ""), path
        assert path in ran.stdout
