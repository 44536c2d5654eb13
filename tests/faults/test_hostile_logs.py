"""Logs and feeds by somebody who wants `verify-log` to err, to hang, or to fill the memory: always a right verdict."""

import json
import re
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from events import commands
from feed.cli.program import run
from feed.transparency.keys import make_key
from feed.transparency.note import sign_note, succession
from feed.transparency.verifier.__main__ import main
from feed.transparency.verifier.check import verify
from feed.transparency.verifier.encoding import b64
from feed.transparency.verifier.keys import Head
from feed.transparency.verifier.memory import parse_memory
from feed.transparency.verifier.report import Report
from tests.builders import HOUR, ORIGIN, Clock, newsroom, signing
from tests.faults.publishers import Publisher, problems

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
