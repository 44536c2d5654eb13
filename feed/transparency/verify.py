"""Checks a public log of writethru from its published files alone, as an outsider can.

This file imports nothing else of writethru. Copy it, and run it with Python 3.11 or later:

    python3 verify.py https://news.example/ --key KEY --since CHECKPOINT

It reads the whole log (c2sp.org/tlog-tiles), and checks that the log's key signs the checkpoint, that the log has only
grown since a remembered checkpoint, that each line of each story's updates.jsonl is in the log and none is missing, and
that each body is the one that was published. The format is specified in the README.md beside this file.

Signatures need the package `cryptography`. Exit codes: 0 verified, 1 problems found, 2 usage.

It is one long file on purpose: if you do not trust the newsroom, this is all that you have to read.
"""

import argparse
import json
import re
import sys
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPException
from itertools import dropwhile
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

CHECKPOINT = "log/checkpoint"
KEYS = "log/keys"
FILE_BYTES_MAX = 256 * 2**20
TIMEOUT_S = 30
TRIES = 3
DEPTH_MAX = 64
WIDTH = 256
HASH_BYTES = 32
KEY_ID_BYTES = 4
LEAF_FIELDS = {"at", "development", "digest", "id", "kind", "number", "story"}
LINE_FIELDS = LEAF_FIELDS | {"place", "body", "salt", "withdrawn"}
BACKED_BY = {"withheld": "development_held", "retracted": "development_retracted", "redacted": "event_redacted"}
"""Why a body is not shown, and the kind of the leaf that must say so."""
NOT_BACKED = {"superseded", "lost"}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_DASH = "\N{EM DASH} "


# What the check finds


class LogError(Exception):
    """Something in the log is wrong: at `where`, `message`."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where, self.message = where, message


class MissingError(LogError):
    """A file does not exist, or cannot be read."""


@dataclass(frozen=True)
class Head:
    """The log at some size. `origin` is "" if it is not known."""

    origin: str
    size: int
    root: bytes


@dataclass
class Report:
    """What a check has found at `location`. `notes` say what could not be checked."""

    location: str
    head: Head | None = None
    key: str | None = None
    since: Head | None = None
    stories: int = 0
    bodies: int = 0
    withdrawn: Counter[str] = field(default_factory=Counter)
    problems: list[LogError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON, for programs."""
        return {
            "holds": not self.problems,
            "log": self.head and {"origin": self.head.origin, "size": self.head.size, "root": b64(self.head.root)},
            "key": self.key,
            "since": self.since and {"size": self.since.size, "root": b64(self.since.root)},
            "stories": self.stories,
            "bodies": self.bodies,
            "withdrawn": dict(sorted(self.withdrawn.items())),
            "problems": [{"where": problem.where, "message": problem.message} for problem in self.problems],
            "notes": self.notes,
        }

    def lines(self) -> Iterator[str]:
        """Yield the report as lines, for people."""
        yield from (str(problem) for problem in self.problems)
        if self.head is not None:
            stories = f"{self.stories} {'story' if self.stories == 1 else 'stories'}"
            result = "not verified" if self.problems else "verified"
            yield f"{self.head.origin}: {self.head.size} leaves of {stories}; {result}."
            withdrawn = ", ".join(f"{count} {why}" for why, count in sorted(self.withdrawn.items()))
            yield f"  Bodies as published: {self.bodies}" + (f"; withdrawn: {withdrawn}." if withdrawn else ".")
        yield from (f"  {note}" for note in self.notes)
        if self.head is not None and not self.problems:
            if self.since is not None:
                yield f"  Its first {self.since.size} leaves are those that you remember."
            key = f" --key '{self.key}'" if self.key else ""
            yield f"  For the next check: --since '{self.head.size} {b64(self.head.root)}'{key}"


# The published files


class Files:
    """The files of an output tree, in a folder or on the web."""

    def __init__(self, location: str) -> None:
        self.location = location
        self.web = urlsplit(location).scheme in {"http", "https"}

    def read(self, path: str) -> bytes:
        """Return a file's bytes, or raise MissingError."""
        try:
            if self.web:
                url = f"{self.location.rstrip('/')}/{path}"
                with urlopen(url, timeout=TIMEOUT_S) as response:  # noqa: S310 - the scheme is checked, see `web`
                    data = bytes(response.read(FILE_BYTES_MAX + 1))
            else:
                with (Path(self.location) / path).open("rb") as file:
                    data = file.read(FILE_BYTES_MAX + 1)
        except (HTTPException, OSError, ValueError) as error:
            if isinstance(error, HTTPError):
                error.close()
            why = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
            raise MissingError(path, f"cannot be read ({why})") from None
        if len(data) > FILE_BYTES_MAX:
            raise MissingError(path, f"has more than {FILE_BYTES_MAX} bytes")
        return data

    def text(self, path: str) -> str:
        """Return a file's text; LogError if it is not UTF-8."""
        try:
            return self.read(path).decode()
        except UnicodeDecodeError:
            raise LogError(path, "is not UTF-8") from None


# The check


def verify(location: str, *, since: str | None = None, key: str | None = None) -> Report:
    """Check the output at `location`, a folder or a URL. ValueError if `since` or `key` cannot be parsed.

    `since` is what you remember of the log: a checkpoint, a feed that has one, or "SIZE ROOT". `key` is the verifier
    key that you trust; without it, the first key of the log is. Each may also be the name of a file that holds it.
    """
    remembered = None if since is None else parse_since(_text_or_file(since))
    trusted = None if key is None else parse_key(_text_or_file(key).strip())
    report = Report(location)
    for _ in range(TRIES):
        files = Files(location)
        report = Report(location, since=remembered)
        check(files, report, trusted)
        if not report.problems or not _has_grown(files, report):
            break  # otherwise it was published while we read it: read it again
    return report


def check(files: Files, report: Report, trusted: "Key | None") -> None:
    """Check everything once, and add what is found to `report`."""
    try:
        note = parse_note(CHECKPOINT, files.text(CHECKPOINT))
        report.head = parse_head(note.text)
        SignatureCheck(files, report).check(note, report.head, trusted)
        leaves = TreeCheck(files, report, report.head).check()
        if leaves is not None:
            StoryCheck(files, report, leaves).check()
    except LogError as error:
        report.problems.append(error)


def _has_grown(files: Files, report: Report) -> bool:
    """Return True if the checkpoint is another one by now."""
    try:
        return report.head is not None and parse_head(parse_note("", files.text(CHECKPOINT)).text) != report.head
    except LogError:
        return False


# Checkpoint, keys, signatures: c2sp.org/signed-note, c2sp.org/tlog-checkpoint


@dataclass(frozen=True)
class Key:
    """An Ed25519 verifier key: NAME+ID+BASE64."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that signatures begin with."""
        return sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        """Return the key in one line."""
        return f"{self.name}+{self.id.hex()}+{b64(bytes([1]) + self.public)}"


@dataclass(frozen=True)
class Note:
    """A signed note: its text, and (key name, key id and signature) of each signature."""

    text: str
    signatures: list[tuple[str, bytes]]


@dataclass(frozen=True)
class SignatureCheck:
    """Checks that each key signs the note that announces the next one, and that the last one signs the checkpoint."""

    files: Files
    report: Report

    def check(self, checkpoint: Note, head: Head, trusted: Key | None) -> None:
        """Check from the `trusted` key on, or without one from the first key on, which then signs itself."""
        if not checkpoint.signatures and trusted is None:
            self._check_unsigned()
            return
        keys = [(number, key, note) for number, (key, note) in enumerate(self._keys(), start=1)]
        if trusted is not None:
            keys = list(dropwhile(lambda item: item[1] != trusted, keys))
            if not keys:
                raise LogError(KEYS, "does not have the key that you trust")
        if len({key.name for _, key, _ in keys}) > 1:
            raise LogError(KEYS, "has keys of different logs")
        signer = keys[0][1]
        for number, key, note in keys if trusted is None else keys[1:]:
            self._check_signature(KEYS, f"key {number}", note, signer)
            signer = key
        if head.origin != signer.name:
            raise LogError(CHECKPOINT, f"is not of {signer.name}, as its keys are")
        self.report.key = str(signer)
        self._check_signature(CHECKPOINT, "it", checkpoint, signer)
        if trusted is None:
            self.report.notes.append(
                "Its key is not verified. Compare it with the one that the newsroom shows elsewhere."
            )

    def _check_unsigned(self) -> None:
        try:
            self.files.read(KEYS)
        except MissingError:
            self.report.notes.append("It is not signed. Anybody who can write these files could have made it up.")
        else:
            raise LogError(CHECKPOINT, "is not signed, although the log has keys")

    def _keys(self) -> Iterator[tuple[Key, Note]]:
        """Yield the keys of the log, oldest first, with the note that announces each."""
        parts = self.files.text(KEYS).split("\n\n")
        for text, signatures in zip(parts[::2], parts[1::2], strict=False):
            title, _, line = text.partition("\n")
            if title != "writethru log key":
                raise LogError(KEYS, "has something other than keys")
            try:
                key = parse_key(line)
            except ValueError as error:
                raise LogError(KEYS, str(error)) from None
            yield key, parse_note(KEYS, f"{text}\n\n{signatures.rstrip(chr(10))}\n")
        if len(parts) % 2 or not parts[-1].endswith("\n"):
            raise LogError(KEYS, "ends too early")

    def _check_signature(self, where: str, what: str, note: Note, key: Key) -> None:
        """Report a problem unless `key` has signed `note`, and no other key has."""
        signatures = [
            signature[KEY_ID_BYTES:]
            for name, signature in note.signatures
            if name == key.name and signature[:KEY_ID_BYTES] == key.id
        ]
        if len(signatures) != 1 or len(note.signatures) != 1:
            self.report.problems.append(LogError(where, f"{what} is not signed by {key}"))
            return
        try:
            from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra, and this runs without it
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
        except ImportError:
            self.report.problems.append(
                LogError(where, "its signature cannot be checked without: pip install cryptography")
            )
            return
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signatures[0], note.text.encode())
        except (InvalidSignature, ValueError):
            self.report.problems.append(LogError(where, f"the signature by {key} is false"))


def parse_note(where: str, note: str) -> Note:
    """Return a signed note; LogError if `note` is not one."""
    text, blank, rest = note.rpartition("\n\n")
    lines = rest.split("\n")[:-1]
    if not blank or not text or (rest and not rest.endswith("\n")) or re.search(r"[\x00-\x09\x0b-\x1f]", note):
        raise LogError(where, "is not a signed note")
    signatures = []
    for line in lines:
        name, _, signature = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not name:
            raise LogError(where, "has a line that is not a signature")
        signatures.append((name, unb64(where, signature)))
    return Note(text + "\n", signatures)


def parse_head(text: str) -> Head:
    """Return the head that a checkpoint's text states; LogError if it states none."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise LogError(CHECKPOINT, "is not origin, size and root, one line each")
    root = unb64(CHECKPOINT, lines[2])
    if len(root) != HASH_BYTES:
        raise LogError(CHECKPOINT, "its root is not 32 bytes")
    return Head(lines[0], int(lines[1]), root)


def parse_key(line: str) -> Key:
    """Return the key of a verifier key's line; ValueError if it is not one."""
    name, _, rest = line.partition("+")
    _, _, encoded = rest.partition("+")
    try:
        material = unb64("key", encoded)
    except LogError:
        material = b""
    key = Key(name, material[1:])
    if len(material) != 1 + HASH_BYTES or str(key) != line or not re.fullmatch(r"[^\s+]+", name):
        raise ValueError(f"{line[:80]!r} is not an Ed25519 verifier key (NAME+ID+BASE64)")
    return key


def parse_since(text: str) -> Head:
    """Return the remembered head of a checkpoint, a feed, or "SIZE ROOT"; ValueError if there is none."""
    number, base64 = r"(?P<size>[0-9]{1,16})", r"(?P<root>[A-Za-z0-9+/]{43}=)"
    for form in (
        rf"(?P<origin>[^\n]+)\n{number}\n{base64}\n",
        rf":checkpoint\s[^<>]*?origin=\"(?P<origin>[^\"]*)\"\s+size=\"{number}\"\s+root=\"{base64}\"",
        rf'"checkpoint":\s*{{\s*"origin":\s*"(?P<origin>[^"]*)",\s*"size":\s*{number},\s*"root":\s*"{base64}"',
        rf"\s*(?P<origin>){number}[\s:]{base64}\s*\Z",
    ):
        match = re.match(form, text) or (re.search(form, text) if "checkpoint" in form else None)
        if match:
            return Head(match["origin"], int(match["size"]), b64decode(match["root"]))
    raise ValueError("no checkpoint in this: expected one, a feed that has one, or 'SIZE ROOT'")


# The tree: RFC 6962, section 2.1; c2sp.org/tlog-tiles


@dataclass(frozen=True)
class TreeCheck:
    """Checks that the leaves give the hashes in the tiles, the root, and the root that is remembered."""

    files: Files
    report: Report
    head: Head

    def check(self) -> list[bytes] | None:
        """Return the leaves; None if one could not be read."""
        leaves: list[bytes] = []
        errors = self.read_leaves(leaves)
        hashes = [sha256(b"\x00" + leaf).digest() for leaf in leaves]
        self._check_tiles(hashes)
        self.report.problems += errors  # after the tiles, which name the first leaf that is wrong
        if len(leaves) < self.head.size:
            return None
        if tree_root(hashes) != self.head.root:
            self.report.problems.append(LogError(CHECKPOINT, f"its root is not that of the {self.head.size} leaves"))
        self._check_since(hashes)
        return leaves

    def read_leaves(self, leaves: list[bytes]) -> list[LogError]:
        """Read leaves up to the first one that cannot be read, and return what is wrong."""
        errors: list[LogError] = []
        for first, width, path in tile_paths("entries", self.head.size):
            try:
                data, offset = self.files.read(path), 0
            except MissingError as error:
                return [*errors, error]
            for index in range(first, first + width):
                length = int.from_bytes(data[offset : offset + 2], "big")
                leaf = data[offset + 2 : offset + 2 + length]
                offset += 2 + length
                if len(data) < offset or not length:
                    return [*errors, LogError(path, f"ends within leaf {index}")]
                leaves.append(leaf)
            if len(data) > offset:
                errors.append(LogError(path, f"has more than the leaves {first} to {first + width - 1}"))
        return errors

    def _check_tiles(self, hashes: list[bytes]) -> None:
        """Compare the tiles with the hashes of as many leaves as could be read."""
        level, size = 0, self.head.size
        while size and hashes:
            for first, width, path in tile_paths(str(level), size):
                expected = hashes[first : first + width]
                if not expected:
                    return
                self._check_tile(path, level, first, width, expected)
            level += 1
            size //= WIDTH
            hashes = [tree_root(hashes[at : at + WIDTH]) for at in range(0, len(hashes) - WIDTH + 1, WIDTH)]

    def _check_tile(self, path: str, level: int, first: int, width: int, expected: list[bytes]) -> None:
        try:
            data = self.files.read(path)
        except MissingError as error:
            self.report.problems.append(error)
            return
        hashes = [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
        pairs = enumerate(zip(hashes, expected, strict=False), start=first)
        wrong = next((index for index, (one, other) in pairs if one != other), None)
        if wrong is not None:
            what = f"the hash of leaf {wrong}" if level == 0 else f"hash {wrong}"
            self.report.problems.append(LogError(path, f"{what} is not that of the leaves"))
        elif len(data) != width * HASH_BYTES:
            self.report.problems.append(LogError(path, f"does not have {width} hashes"))

    def _check_since(self, hashes: list[bytes]) -> None:
        since, head = self.report.since, self.head
        if since is None:
            return
        if since.origin not in {"", head.origin}:
            message = f"is of {head.origin}; what you remember is of {since.origin}"
        elif since.size > head.size:
            message = f"has {head.size} leaves; you remember {since.size}"
        elif tree_root(hashes[: since.size]) != since.root:
            message = f"its first {since.size} leaves are not those that you remember"
        else:
            return
        self.report.problems.append(LogError(CHECKPOINT, message))


def tree_root(hashes: list[bytes]) -> bytes:
    """Return the Merkle tree hash of the leaves' hashes."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\x01" + tree_root(hashes[:split]) + tree_root(hashes[split:])).digest()


def tile_path(level: str, index: int, width: int) -> str:
    """Return the path of a tile."""
    digits = str(index).zfill(-(-len(str(index)) // 3) * 3)
    *above, last = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    part = "" if width == WIDTH else f".p/{width}"
    return f"log/tile/{level}/{''.join(f'x{three}/' for three in above)}{last}{part}"


def tile_paths(level: str, hashes: int) -> Iterator[tuple[int, int, str]]:
    """Yield (first index, width, path) of the tiles of a level that has so many `hashes`."""
    for first in range(0, hashes, WIDTH):
        width = min(WIDTH, hashes - first)
        yield first, width, tile_path(level, first // WIDTH, width)


# The stories: each updates.jsonl against the leaves


@dataclass(frozen=True)
class StoryCheck:
    """Checks that each line of updates.jsonl is its leaf, that none is missing, and that each body has its digest."""

    files: Files
    report: Report
    leaves: list[bytes]

    def check(self) -> None:
        """Check all stories."""
        stories = self._leaves_by_story()
        self.report.stories = len(stories)
        for story, leaves in sorted(stories.items()):
            try:
                self._check_story(story, leaves)
            except LogError as error:
                self.report.problems.append(error)

    def _leaves_by_story(self) -> dict[str, list[tuple[int, dict[str, Any]]]]:
        """Return (index, leaf) of the leaves of each story, and report those that do not continue one."""
        stories: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        ids: set[str] = set()
        for index, data in enumerate(self.leaves):
            leaf = parse_object(data)
            story = leaf.get("story")
            before = stories.setdefault(story, []) if isinstance(story, str) and _SLUG.fullmatch(story) else None
            complete = LEAF_FIELDS - {"development", "digest"} <= leaf.keys() <= LEAF_FIELDS
            if before is None or not complete or leaf["number"] != len(before) + 1 or str(leaf["id"]) in ids:
                self.report.problems.append(LogError(f"leaf {index}", "is not the next leaf of a story"))
                continue
            ids.add(str(leaf["id"]))
            before.append((index, leaf))
        return stories

    def _check_story(self, story: str, leaves: list[tuple[int, dict[str, Any]]]) -> None:
        path = f"stories/{story}/updates.jsonl"
        lines = self.files.read(path).split(b"\n")
        if lines.pop():
            raise LogError(f"{path}:{len(lines) + 1}", "does not end with a line feed")
        kinds = {(leaf["kind"], leaf.get("development")) for _, leaf in leaves}
        for number, line in enumerate(lines, start=1):
            where = f"{path}:{number}"
            if number > len(leaves):
                raise LogError(where, "is not in the log")
            index, leaf = leaves[number - 1]
            update = parse_object(line)
            if not update or not update.keys() <= LINE_FIELDS:
                self.report.problems.append(LogError(where, "is not in the format of this file"))
            elif {name: update[name] for name in update.keys() & LEAF_FIELDS} != leaf or update.get("place") != index:
                self.report.problems.append(LogError(where, f"is not leaf {index} of the log"))
            else:
                self._check_body(where, update, kinds)
        if len(lines) < len(leaves):
            raise LogError(f"{path}:{len(lines) + 1}", f"is missing: leaf {leaves[len(lines)][0]} of the log")

    def _check_body(self, where: str, update: dict[str, Any], kinds: set[tuple[str, Any]]) -> None:
        """Check a body against its digest; or, if it is withdrawn, that one of the `kinds` of leaves backs that."""
        why = update.get("withdrawn")
        if why is None:
            digest = body_digest(update)
            if digest is None or digest != update.get("digest"):
                message = f"its body is not what was published as leaf {update['place']}"
                self.report.problems.append(LogError(where, message))
            else:
                self.report.bodies += 1
        elif "salt" in update or (why != "superseded" and "body" in update) or why not in {*BACKED_BY, *NOT_BACKED}:
            self.report.problems.append(LogError(where, "says that its body is withdrawn, but shows it"))
        elif why in BACKED_BY and (BACKED_BY[why], update.get("development")) not in kinds:
            self.report.problems.append(LogError(where, f"its body is {why}, but no leaf says so"))
        else:
            self.report.withdrawn[why] += 1


def body_digest(update: dict[str, Any]) -> str | None:
    """Return SHA-256(salt ‖ body) in hex; None if one of them is missing or malformed."""
    try:
        return sha256(bytes.fromhex(update["salt"]) + canonical(update["body"])).hexdigest()
    except (KeyError, TypeError, ValueError):
        return None


# JSON and base64 that are written in one way only


def canonical(value: object) -> bytes:
    """Return RFC 8785 JSON of what updates hold, which has no floats. ValueError if it is nested too deeply."""
    return json.dumps(_sorted(value), ensure_ascii=False, separators=(",", ":")).encode()


def _sorted(value: object, depth: int = 0) -> object:
    if depth > DEPTH_MAX:
        raise ValueError("nested too deeply")
    match value:
        case dict():
            names = sorted(value, key=lambda name: name.encode("utf-16-be"))
            return {name: _sorted(value[name], depth + 1) for name in names}
        case list():
            return [_sorted(item, depth + 1) for item in value]
        case _:
            return value


def parse_object(data: bytes) -> dict[str, Any]:
    """Return the JSON object that `data` is the canonical form of; an empty one if it is not canonical."""
    try:
        value = json.loads(data)
        valid = isinstance(value, dict) and canonical(value) == data
    except (ValueError, RecursionError):
        return {}
    return value if valid else {}


def b64(data: bytes) -> str:
    """Return base64."""
    return b64encode(data).decode()


def unb64(where: str, text: str) -> bytes:
    """Return the bytes of base64; LogError if `text` is empty or not the canonical form."""
    try:
        data = b64decode(text.encode(), validate=True)
    except ValueError:
        data = b""
    if not data or b64(data) != text:
        raise LogError(where, "has something that is not base64")
    return data


# The program


def _text_or_file(argument: str) -> str:
    """Return the text of the file that `argument` names, otherwise `argument` itself."""
    try:
        path = Path(argument)
        return path.read_text(encoding="utf-8") if path.is_file() else argument
    except (OSError, ValueError):
        return argument


def main(arguments: list[str] | None = None) -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description="Check a public log of writethru from its published files alone.")
    parser.add_argument("location", metavar="URL|DIR", help="the output: the folder that has log/checkpoint in it")
    parser.add_argument("--since", metavar="CHECKPOINT", help="what you remember: a checkpoint, a feed, or 'SIZE ROOT'")
    parser.add_argument("--key", help="the verifier key that you trust")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    options = parser.parse_args(arguments)
    try:
        report = verify(options.location, since=options.since, key=options.key)
    except ValueError as error:
        parser.error(str(error))
    text = json.dumps(report.as_json(), indent=2) if options.json else "\n".join(report.lines())
    sys.stdout.write(text.encode("ascii", "backslashreplace").decode() + "\n")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
