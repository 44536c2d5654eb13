"""Checks a public log of writethru from its published files alone, as an outsider can.

This file imports nothing else of writethru: take it alone, and run it with any Python from 3.11 on.

    python3 verify.py https://news.example/ --key KEY --since CHECKPOINT

It reads the whole log (C2SP tlog-tiles), and checks the signature, that the log has only grown since a remembered
checkpoint, that each item of each story's updates.jsonl is in the log and none is missing, and that each body is the
one that was published. Signatures need the package `cryptography`. Exit codes: 0 all holds, 1 it does not, 2 usage.

It is one file on purpose, however long: who does not trust the newsroom reads it, and takes nothing else along.
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
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

FILE_BYTES_MAX = 256 * 2**20
TIMEOUT_S = 30
TRIES = 3
DEPTH_MAX = 64
WIDTH = 256
HASH_BYTES = 32
LEAF_FIELDS = {"at", "development", "digest", "id", "kind", "number", "story"}
LINE_FIELDS = LEAF_FIELDS | {"place", "body", "salt", "withdrawn"}
SAID_BY = {"withheld": "development_held", "retracted": "development_retracted", "redacted": "event_redacted"}
"""Why a body is not shown, and the kind of the public item that must say so."""
UNSAID = {"superseded", "lost"}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_DASH = "\N{EM DASH} "


class Bad(Exception):  # noqa: N818 - what is found bad, at a place, is not an error of this program
    """Something does not hold: at `where`, `message`."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where, self.message = where, message


class Missing(Bad):
    """A file is not there, or cannot be read."""


@dataclass(frozen=True)
class Head:
    """The log at some size. `origin` is "" where it was not told."""

    origin: str
    size: int
    root: bytes


@dataclass
class Report:
    """What was found. All holds where `problems` is empty; `notes` says what could not be checked."""

    place: str
    head: Head | None = None
    key: str | None = None
    since: Head | None = None
    stories: int = 0
    bodies: int = 0
    withdrawn: Counter[str] = field(default_factory=Counter)
    problems: list[Bad] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "holds": not self.problems,
            "log": self.head and {"origin": self.head.origin, "size": self.head.size, "root": _b64(self.head.root)},
            "key": self.key,
            "since": self.since and {"size": self.since.size, "root": _b64(self.since.root)},
            "stories": self.stories,
            "bodies": self.bodies,
            "withdrawn": dict(sorted(self.withdrawn.items())),
            "problems": [{"where": bad.where, "message": bad.message} for bad in self.problems],
            "notes": self.notes,
        }

    def lines(self) -> Iterator[str]:
        """Yield it for people."""
        yield from (str(bad) for bad in self.problems)
        if self.head is not None:
            told = "not all of it holds" if self.problems else "all of it holds"
            stories = f"{self.stories} {'story' if self.stories == 1 else 'stories'}"
            yield f"{self.head.origin}: {self.head.size} items of {stories}; {told}."
            gone = ", ".join(f"{count} {why}" for why, count in sorted(self.withdrawn.items()))
            yield f"  Bodies as they were published: {self.bodies}" + (f"; body withdrawn: {gone}." if gone else ".")
        yield from (f"  {note}" for note in self.notes)
        if self.head is not None and not self.problems:
            if self.since is not None:
                yield f"  The {self.since.size} items remembered are its first {self.since.size}, unchanged."
            yield f"  Remember it: --since '{self.head.size} {_b64(self.head.root)}'" + (
                f" --key '{self.key}'" if self.key else ""
            )


class Files:
    """The files of an output tree, in a folder or on the web."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.web = urlsplit(place).scheme in {"http", "https"}

    def read(self, path: str) -> bytes:
        """Return a file's bytes, or raise Missing."""
        try:
            if self.web:
                with urlopen(f"{self.place.rstrip('/')}/{path}", timeout=TIMEOUT_S) as answer:  # noqa: S310 - see `web`
                    data = bytes(answer.read(FILE_BYTES_MAX + 1))
            else:
                with (Path(self.place) / path).open("rb") as file:
                    data = file.read(FILE_BYTES_MAX + 1)
        except (HTTPException, OSError, ValueError) as error:
            if isinstance(error, HTTPError):
                error.close()
            why = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
            raise Missing(path, f"cannot be read ({why})") from None
        if len(data) > FILE_BYTES_MAX:
            raise Missing(path, "is too large to be true")
        return data

    def text(self, path: str) -> str:
        """Return a file's text; Bad where it is not UTF-8."""
        try:
            return self.read(path).decode()
        except UnicodeDecodeError:
            raise Bad(path, "is not UTF-8") from None


def verify(place: str, *, since: str | None = None, key: str | None = None) -> Report:
    """Check the output at `place`, a folder or a URL, against what is remembered of it. ValueError: no such memory.

    `since` is a checkpoint, a feed that bears one, or "SIZE ROOT": the text, or a file that holds it. So is `key`, the
    verifier key that is trusted; without one, the first key that the log names is.
    """
    remembered = None if since is None else parse_since(_held(since))
    trusted = None if key is None else parse_key(_held(key).strip())
    report = Report(place)
    for _ in range(TRIES):
        files = Files(place)
        report = Report(place, since=remembered)
        _check(files, report, trusted)
        if not report.problems or not _moved_on(files, report):
            break  # else it was published anew while we read it: read once more
    return report


def _check(files: Files, report: Report, trusted: "Key | None") -> None:
    try:
        text, signatures = parse_note("log/checkpoint", files.text("log/checkpoint"))
        report.head = head = parse_head(text)
        _check_signature(files, report, text, signatures, trusted)
        entries: list[bytes] = []
        wrong = _read_entries(files, head.size, entries)
        hashes = [sha256(b"\x00" + entry).digest() for entry in entries]
        _check_tiles(files, hashes, head.size, report)
        report.problems += wrong  # after the tiles: they tell where it begins
        if len(entries) < head.size:
            return
        if tree_root(hashes) != head.root:
            report.problems.append(Bad("log/checkpoint", f"its root is not that of the {head.size} entries"))
        _check_since(hashes, report)
        _check_stories(files, entries, report)
    except Bad as bad:
        report.problems.append(bad)


def _moved_on(files: Files, report: Report) -> bool:
    try:
        return report.head is not None and parse_head(parse_note("", files.text("log/checkpoint"))[0]) != report.head
    except Bad:
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
        return sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    def __str__(self) -> str:
        """Return it in one line."""
        return f"{self.name}+{self.id.hex()}+{_b64(bytes([1]) + self.public)}"


def parse_note(where: str, note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return a note's text, and its signatures as (key name, key id and signature); Bad where it is none."""
    text, blank, rest = note.rpartition("\n\n")
    lines = rest.split("\n")[:-1]
    if not blank or not text or (rest and not rest.endswith("\n")) or re.search(r"[\x00-\x09\x0b-\x1f]", note):
        raise Bad(where, "is not a signed note")
    signatures = []
    for line in lines:
        name, _, signature = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not name:
            raise Bad(where, "holds a line that is no signature")
        signatures.append((name, _unb64(where, signature)))
    return text + "\n", signatures


def parse_head(text: str) -> Head:
    """Return the head that a checkpoint's text states; Bad where it is none."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise Bad("log/checkpoint", "is not origin, size and root, a line each")
    root = _unb64("log/checkpoint", lines[2])
    if len(root) != HASH_BYTES:
        raise Bad("log/checkpoint", "its root is not 32 bytes")
    return Head(lines[0], int(lines[1]), root)


def parse_key(line: str) -> Key:
    """Return the key of a verifier key's line; ValueError where it is none."""
    name, _, rest = line.partition("+")
    _, _, encoded = rest.partition("+")
    try:
        material = _unb64("key", encoded)
    except Bad:
        material = b""
    key = Key(name, material[1:])
    if len(material) != 1 + HASH_BYTES or str(key) != line or not re.fullmatch(r"[^\s+]+", name):
        raise ValueError(f"{line[:80]!r} is not an Ed25519 verifier key (NAME+ID+BASE64)")
    return key


def parse_since(text: str) -> Head:
    """Return the remembered head from a checkpoint, a feed, or "SIZE ROOT"; ValueError where there is none."""
    number, base64 = r"(?P<size>[0-9]{1,16})", r"(?P<root>[A-Za-z0-9+/]{43}=)"
    for form in (
        rf"(?P<origin>[^\n]+)\n{number}\n{base64}\n",
        rf":checkpoint\s[^<>]*?origin=\"(?P<origin>[^\"]*)\"\s+size=\"{number}\"\s+root=\"{base64}\"",
        rf'"checkpoint":\s*{{\s*"origin":\s*"(?P<origin>[^"]*)",\s*"size":\s*{number},\s*"root":\s*"{base64}"',
        rf"\s*(?P<origin>){number}[\s:]{base64}\s*\Z",
    ):
        found = re.match(form, text) or (re.search(form, text) if "checkpoint" in form else None)
        if found:
            return Head(found["origin"], int(found["size"]), b64decode(found["root"]))
    raise ValueError("no checkpoint in this: expected one, a feed that bears one, or 'SIZE ROOT'")


def _check_signature(
    files: Files, report: Report, text: str, signatures: list[tuple[str, bytes]], trusted: Key | None
) -> None:
    if not signatures and trusted is None:
        try:
            files.read("log/keys")
        except Missing:
            report.notes.append("It is not signed: whoever can write these files could have made it up today.")
            return
        raise Bad("log/checkpoint", "is not signed, and the log has keys")
    chain = list(_keys(files))
    places = [number for number, (key, _, _) in enumerate(chain) if key == trusted]
    if trusted is not None and not places:
        raise Bad("log/keys", "does not hold the key that is trusted")
    first = places[0] if places else 0
    for number, (key, said, signed) in enumerate(chain[first:], start=first):
        if key.name != chain[-1][0].name:
            raise Bad("log/keys", f"key {number + 1} is of another log")
        if number > first or trusted is None:
            by = chain[number - 1][0] if number > first else key
            _need_signature("log/keys", f"key {number + 1}", said, signed, by, report)
    if report.head is None or report.head.origin != chain[-1][0].name:
        raise Bad("log/checkpoint", f"is not of {chain[-1][0].name}, as its keys are")
    report.key = str(chain[-1][0])
    _need_signature("log/checkpoint", "it", text, signatures, chain[-1][0], report)
    if trusted is None:
        report.notes.append("Its key is taken on its word: compare it with where the newsroom tells it elsewhere.")


def _keys(files: Files) -> Iterator[tuple[Key, str, list[tuple[str, bytes]]]]:
    """Yield the keys of the log with the note that makes each known, oldest first."""
    parts = files.text("log/keys").split("\n\n")
    for text, signatures in zip(parts[::2], parts[1::2], strict=False):
        title, _, line = text.partition("\n")
        if title != "writethru log key":
            raise Bad("log/keys", "holds something else than keys")
        try:
            key = parse_key(line)
        except ValueError as error:
            raise Bad("log/keys", str(error)) from None
        yield key, *parse_note("log/keys", f"{text}\n\n{signatures.rstrip(chr(10))}\n")
    if len(parts) % 2 or not parts[-1].endswith("\n"):
        raise Bad("log/keys", "ends too early")


def _need_signature(
    where: str, what: str, text: str, signatures: list[tuple[str, bytes]], key: Key, report: Report
) -> None:
    """Note a problem where no signature of `key` is a good one."""
    own = [signature[4:] for name, signature in signatures if name == key.name and signature[:4] == key.id]
    if len(own) != 1 or len(signatures) != 1:
        report.problems.append(Bad(where, f"{what} is not signed by {key}"))
        return
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra, and this runs without it
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    except ImportError:
        report.problems.append(Bad(where, "the signature cannot be checked without: pip install cryptography"))
        return
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(own[0], text.encode())
    except (InvalidSignature, ValueError):
        report.problems.append(Bad(where, f"the signature by {key} is false"))


# The tree: RFC 6962, section 2.1; c2sp.org/tlog-tiles


def tree_root(hashes: list[bytes]) -> bytes:
    """Return the Merkle tree hash of leaves' hashes."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\x01" + tree_root(hashes[:split]) + tree_root(hashes[split:])).digest()


def tile_path(level: str, index: int, width: int) -> str:
    """Return where a tile stands."""
    digits = str(index).zfill(-(-len(str(index)) // 3) * 3)
    *above, last = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    part = "" if width == WIDTH else f".p/{width}"
    return f"log/tile/{level}/{''.join(f'x{three}/' for three in above)}{last}{part}"


def _tiles(level: str, hashes: int) -> Iterator[tuple[int, int, str]]:
    for first in range(0, hashes, WIDTH):
        width = min(WIDTH, hashes - first)
        yield first, width, tile_path(level, first // WIDTH, width)


def _read_entries(files: Files, size: int, entries: list[bytes]) -> list[Bad]:
    """Read the entries of the log, up to the first that cannot be had, and give what is wrong."""
    wrong: list[Bad] = []
    for first, width, path in _tiles("entries", size):
        try:
            data, at = files.read(path), 0
        except Missing as missing:
            return [*wrong, missing]
        for place in range(first, first + width):
            length = int.from_bytes(data[at : at + 2], "big")
            entry = data[at + 2 : at + 2 + length]
            at += 2 + length
            if len(data) < at or not length:
                return [*wrong, Bad(path, f"ends within item {place}")]
            entries.append(entry)
        if len(data) > at:
            wrong.append(Bad(path, f"holds more than the items {first} to {first + width - 1}"))
    return wrong


def _check_tiles(files: Files, hashes: list[bytes], size: int, report: Report) -> None:
    """Compare the tiles of a log of `size` with the hashes of its entries, of as many as could be read."""
    level = 0
    while size and hashes:
        for first, width, path in _tiles(str(level), size):
            wanted = hashes[first : first + width]
            if not wanted:
                return
            try:
                data = files.read(path)
            except Missing as missing:
                report.problems.append(missing)
                continue
            given = [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
            pairs = enumerate(zip(given, wanted, strict=False))
            wrong = next((first + at for at, (one, other) in pairs if one != other), None)
            if wrong is not None:
                what = f"the hash of item {wrong}" if level == 0 else f"hash {wrong}"
                report.problems.append(Bad(path, f"{what} is not that of the entries"))
            elif len(data) != width * HASH_BYTES:
                report.problems.append(Bad(path, f"does not hold {width} hashes"))
        level += 1
        size //= WIDTH
        hashes = [tree_root(hashes[at : at + WIDTH]) for at in range(0, len(hashes) - WIDTH + 1, WIDTH)]


def _check_since(hashes: list[bytes], report: Report) -> None:
    since, head = report.since, report.head
    if since is None or head is None:
        return
    if since.origin not in {"", head.origin}:
        report.problems.append(Bad("log/checkpoint", f"is of {head.origin}; what is remembered is of {since.origin}"))
    elif since.size > head.size:
        report.problems.append(Bad("log/checkpoint", f"has {head.size} items; {since.size} are remembered"))
    elif tree_root(hashes[: since.size]) != since.root:
        report.problems.append(Bad("log/checkpoint", f"its first {since.size} items are not those remembered"))


# The stories: what updates.jsonl tells against what the log holds


def _check_stories(files: Files, entries: list[bytes], report: Report) -> None:
    stories: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    ids: set[str] = set()
    for place, entry in enumerate(entries):
        leaf = object_of(entry)
        story = leaf.get("story")
        logged = stories.setdefault(story, []) if isinstance(story, str) and _SLUG.fullmatch(story) else None
        fit = LEAF_FIELDS - {"development", "digest"} <= leaf.keys() <= LEAF_FIELDS
        if logged is None or not fit or leaf["number"] != len(logged) + 1 or str(leaf["id"]) in ids:
            report.problems.append(Bad(f"item {place}", "is not the next item of a story"))
            continue
        ids.add(str(leaf["id"]))
        logged.append((place, leaf))
    report.stories = len(stories)
    for story, logged in sorted(stories.items()):
        try:
            _check_story(files, story, logged, report)
        except Bad as bad:
            report.problems.append(bad)


def _check_story(files: Files, story: str, logged: list[tuple[int, dict[str, Any]]], report: Report) -> None:
    path = f"stories/{story}/updates.jsonl"
    data = files.read(path)
    lines = data.split(b"\n")
    if lines.pop():
        raise Bad(f"{path}:{len(lines) + 1}", "does not end as a line does")
    said = {(leaf["kind"], leaf.get("development")) for _, leaf in logged}
    for number, line in enumerate(lines, start=1):
        if number > len(logged):
            raise Bad(f"{path}:{number}", "is not in the log")
        place, leaf = logged[number - 1]
        told = object_of(line)
        if not told or not told.keys() <= LINE_FIELDS:
            report.problems.append(Bad(f"{path}:{number}", "is not written as this format has it"))
        elif {name: told[name] for name in told.keys() & LEAF_FIELDS} != leaf or told.get("place") != place:
            report.problems.append(Bad(f"{path}:{number}", f"is not what the log holds as item {place}"))
        else:
            _check_body(f"{path}:{number}", told, said, report)
    if len(lines) < len(logged):
        raise Bad(f"{path}:{len(lines) + 1}", f"is missing: item {logged[len(lines)][0]} of the log")


def _check_body(where: str, line: dict[str, Any], said: set[tuple[str, Any]], report: Report) -> None:
    why = line.get("withdrawn")
    if why is None:
        try:
            salt = bytes.fromhex(line["salt"])
            digest = sha256(salt + canonical(line["body"])).hexdigest()
        except (KeyError, TypeError, ValueError):
            digest = None
        if digest is None or digest != line.get("digest"):
            report.problems.append(Bad(where, f"its body is not what was published as item {line['place']}"))
        else:
            report.bodies += 1
        return
    if "salt" in line or (why != "superseded" and "body" in line) or why not in {*SAID_BY, *UNSAID}:
        report.problems.append(Bad(where, "says that its body is withdrawn, and shows it"))
    elif why in SAID_BY and (SAID_BY[why], line.get("development")) not in said:
        report.problems.append(Bad(where, f"its body is {why}, and no item says so"))
    else:
        report.withdrawn[why] += 1


def canonical(value: object) -> bytes:
    """Return RFC 8785 JSON, for what updates hold: no floats. ValueError where it is nested too deeply."""
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


def object_of(data: bytes) -> dict[str, Any]:
    """Return the JSON object that `data` spells in the one canonical way; an empty one where it does not."""
    try:
        value = json.loads(data)
        fit = isinstance(value, dict) and canonical(value) == data
    except (ValueError, RecursionError):
        return {}
    return value if fit else {}


def _held(given: str) -> str:
    """Return the text in the file that `given` names, or `given` itself."""
    try:
        place = Path(given)
        return place.read_text(encoding="utf-8") if place.is_file() else given
    except (OSError, ValueError):
        return given


def _b64(data: bytes) -> str:
    return b64encode(data).decode()


def _unb64(where: str, text: str) -> bytes:
    try:
        data = b64decode(text.encode(), validate=True)
    except ValueError:
        data = b""
    if not data or _b64(data) != text:
        raise Bad(where, "holds something that is no base64")
    return data


def main(arguments: list[str] | None = None) -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description="Check a public log of writethru from its published files alone.")
    parser.add_argument("place", metavar="URL|DIR", help="the output: where log/checkpoint stands")
    parser.add_argument(
        "--since", metavar="CHECKPOINT", help="what is remembered: a checkpoint, a feed, or 'SIZE ROOT'"
    )
    parser.add_argument("--key", help="the verifier key that is trusted")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    given = parser.parse_args(arguments)
    try:
        report = verify(given.place, since=given.since, key=given.key)
    except ValueError as error:
        parser.error(str(error))
    text = json.dumps(report.as_json(), indent=2) if given.json else "\n".join(report.lines())
    sys.stdout.write(text.encode("ascii", "backslashreplace").decode() + "\n")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
