"""Mutated logs and feeds: the verdict of the check is right, in time, and in little memory."""

import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from feed.transparency.verifier.check import verify
from feed.transparency.verifier.files import SECONDS_MAX
from feed.transparency.verifier.merkle import Heads, leaf_hash
from tests.builders import ORIGIN
from tests.faults.publishers import Publisher, encoded

SEED = 9162
MUTATIONS, MUTATIONS_LONG = 200, 10_000


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


class Verdicts:
    """Mutates what is published, checks it, and counts the verdicts."""

    def __init__(self, publisher: Publisher, folder: Path) -> None:
        self.root, self._kept = publisher.root, folder / "kept"
        self._old = Path(shutil.copytree(publisher.root, folder / "old"))
        self._heads = Heads()
        for leaf in publisher.leaves:
            self._heads.add(leaf_hash(encoded(leaf)))
        self.kinds: Counter[str] = Counter()
        self.longest_s = 0.0

    def remember(self, bad: bytes) -> None:
        """Check the log with a mutated file as memory."""
        self._kept.write_bytes(bad)
        try:
            report = verify(str(self._old), since=str(self._kept))
        except ValueError as error:
            self.kinds["refused memory" if str(error).startswith("no checkpoint in this") else str(error)] += 1
            return
        since = report.since
        assert since is not None
        self.kinds["memory"] += 1
        is_prefix = since.size <= len(self._heads) and since.root == self._heads.root(since.size)
        assert bool(report.problems) != (since.origin == ORIGIN and is_prefix), bad[:200]

    def publish(self, path: Path, bad: bytes) -> None:
        """Check the log with a mutated file in it."""
        name, good = str(path.relative_to(self.root)), path.read_bytes()
        path.write_bytes(bad)
        began = time.monotonic()
        report = verify(str(self.root))
        self.longest_s = max(self.longest_s, time.monotonic() - began)
        list(report.lines())
        json.dumps(report.as_json())
        path.write_bytes(good)
        differs = checked_bytes(name, bad) != checked_bytes(name, good)
        if name.startswith("log/") or name.endswith(".jsonl"):
            assert bool(report.problems) == differs, (name, bad[:200])
        elif not differs:
            assert report.problems == [], (name, bad[:200])
        self.kinds["found" if report.problems else "harmless"] += 1


def test_mutated_logs_and_feeds_get_a_right_verdict(
    publisher: Publisher, tmp_path: Path, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    wanted = MUTATIONS_LONG if pytestconfig.getoption("--long") else MUTATIONS
    chance, root = random.Random(SEED), publisher.root
    ours = [*root.rglob("feed.*"), *root.glob("corrections.*"), *root.rglob("updates.jsonl"), root / "stories.opml"]
    paths = sorted([*ours, *(path for path in (root / "log").rglob("*") if path.is_file())])
    verdicts = Verdicts(publisher, tmp_path)
    while verdicts.kinds.total() < wanted:
        path = chance.choice(paths)
        bad = mutated(chance, path.read_bytes())
        if chance.randrange(4) == 0 and not path.is_relative_to(root / "log"):
            verdicts.remember(bad)
        else:
            verdicts.publish(path, bad)
    assert set(verdicts.kinds) == {"found", "harmless", "memory", "refused memory"}
    assert verdicts.longest_s < SECONDS_MAX
    words = ", ".join(f"{count} {kind}" for kind, count in sorted(verdicts.kinds.items()))
    record_property(
        "counted", f"{wanted} mutated logs and feeds ({words}); the slowest check took {verdicts.longest_s:.1f} s"
    )
