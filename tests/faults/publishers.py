"""Somebody who has the signing key of a log, and publishes what they like."""

import json
from pathlib import Path
from typing import Any

from feed.transparency.keys import Signer
from feed.transparency.note import sign_note
from feed.transparency.verifier.check import verify
from feed.transparency.verifier.files import Files
from feed.transparency.verifier.keys import Head
from feed.transparency.verifier.memory import parse_since
from feed.transparency.verifier.merkle import last_leaf, leaf_hash, root, subtree_hashes
from feed.transparency.verifier.report import Report
from feed.transparency.verifier.tiles import bundle, tiles
from feed.transparency.verifier.tree import TreeCheck
from tests.builders import ORIGIN

POSE = f'Fire :checkpoint origin="{ORIGIN}" size="0" root="47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="'
POSE_JSON = f'"checkpoint": {{"origin": "{ORIGIN}", "size": 0, "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}}'


class Publisher:
    """Somebody who has the signing key, and publishes the leaves and lines that they like."""

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


def problems(root_: Path, **options: Any) -> list[str]:
    """Return the problems that a check finds."""
    return [str(problem) for problem in verify(str(root_), **options).problems]
