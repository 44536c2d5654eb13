"""Checks a public log of writethru from its published files alone, as an outsider can.

This file imports nothing else of writethru. Copy it, and run it with Python 3.11 or later:

    python3 verify.py https://news.example/ --key KEY --since CHECKPOINT

It reads the whole log (c2sp.org/tlog-tiles), and checks that the log's key signs the checkpoint, that the log has only
grown since a remembered checkpoint, that each line of each story's updates.jsonl is in the log and none is missing,
that each body is the one that was published, and that the feeds' checkpoints and the list of stories agree with the
log. The format and the check are specified in the README.md beside this file.

Signatures need the package `cryptography`. Exit codes: 0 verified, 1 problems found, 2 usage, 8 some texts cannot be
checked.

It is one long file on purpose: if you do not trust the newsroom, this is all that you have to read.
"""

import argparse
import json
import os
import re
import sys
from array import array
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.client import HTTPException
from itertools import dropwhile
from pathlib import Path
from queue import Empty, Full, Queue
from stat import S_ISREG
from threading import Event, Thread
from time import monotonic
from typing import Any
from urllib import request
from urllib.error import HTTPError
from urllib.parse import urlsplit
from xml.parsers import expat

CHECKPOINT = "log/checkpoint"
KEYS = "log/keys"
STORY_LIST = "stories.opml"
FEEDS = ("feed.atom", "feed.rss", "feed.json")
SITE_FEEDS = (*FEEDS, "corrections.atom", "corrections.rss", "corrections.json")
WRITETHRU = "urn:uuid:5a0b7a5e-3a0f-4d43-9f3b-6f1c2f5d8c11"
SECONDS_MAX = 30
BYTES_MAX = 256_000_000
FILE_BYTES_MAX = 48 * 2**20
FILE_BYTES_START = 64 * 2**10
TEXT_BYTES_MAX = 2**20
LINE_BYTES_MAX = 16 * 2**20
LEAF_BYTES_MAX = 1_000
LEAF_READ_BYTES_MIN = 512
"""What a leaf takes at least in all files together. A log with more leaves than fit is not begun."""
JSON_PARTS_MAX = 300_000
PROBLEMS_MAX = 1_000
SIGNATURES_MAX = 100
CHUNK_BYTES = 64 * 2**10
CLOCK_SKEW = timedelta(days=1)
TRIES = 3
DEPTH_MAX = 64
WIDTH = 256
HASH_BYTES = 32
KEY_ID_BYTES = 4
UNCHECKED = 8
"""The exit code if some texts cannot be checked."""
LEAF_FIELDS = {"at", "development", "digest", "id", "kind", "number", "story"}
LINE_FIELDS = LEAF_FIELDS | {"place", "body", "salt", "withdrawn"}
STORY_KINDS = {"story_opened", "story_revised", "story_closed", "story_reopened"}
TEXT_KINDS = {"development_reported", "development_corrected"}
DEVELOPMENT_KINDS = TEXT_KINDS | {
    *("development_held", "development_released", "development_retracted"),
    *("development_pinned", "development_unpinned", "event_redacted", "overdue"),
}
BACKED = {"withheld": "development_held", "retracted": "development_retracted", "redacted": "event_redacted"}
"""Why a body is not shown, and the kind of the leaf that must say so."""
NOT_BACKED = {"superseded", "lost"}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SLUG_CHARS_MAX = 64
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_NAME = re.compile(r"[^\s+]{1,200}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z")
_ENTRY_ID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SALT = re.compile(r"[0-9a-f]{32}")
_STORY_FEED = re.compile(r"(?P<site>.*)stories/(?P<story>[a-z0-9-]{1,64})/feed\.rss")
_SPACE = re.compile(r"[ \t\r\n]*")
_DASH = "\N{EM DASH} "


# What the check finds


class LogError(Exception):
    """Something in the log is wrong: at `where`, `message`."""

    def __init__(self, where: str, message: str) -> None:
        self.where, self.message = printable(where), printable(message)
        super().__init__(f"{self.where}: {self.message}")


class MissingError(LogError):
    """A file does not exist, or cannot be read."""


class StoppedError(Exception):
    """The check was stopped before its end, which `problem` explains."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(message)
        self.problem = LogError(where, message)


@dataclass(frozen=True)
class Head:
    """The log at some size. `origin` is "" if it is not known."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class Note:
    """A signed note: its text, and (key name, key id and signature) of each signature."""

    text: str
    signatures: list[tuple[str, bytes]]


@dataclass(frozen=True)
class Memory:
    """What somebody remembers of a log: its head, whether it was signed, and the signed checkpoint, if it is one."""

    head: Head
    signed: bool = False
    checkpoint: Note | None = None


@dataclass
class Report:
    """What a check has found at `location`.

    `unchecked`  how many texts are not shown as published, and no leaf says why
    `notes`      what else could not be checked
    """

    location: str
    head: Head | None = None
    key: str | None = None
    memory: Memory | None = None
    stories: int = 0
    bodies: int = 0
    withdrawn: Counter[str] = field(default_factory=Counter)
    unchecked: int = 0
    problems: list[LogError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def since(self) -> Head | None:
        """What is remembered."""
        return None if self.memory is None else self.memory.head

    @property
    def exit_code(self) -> int:
        """0 if everything is verified, 1 if there are problems, 8 if some texts cannot be checked."""
        return 1 if self.problems else UNCHECKED if self.unchecked else 0

    def add(self, where: str, message: str) -> None:
        """Add a problem. StoppedError if there are too many."""
        self.problems.append(LogError(where, message))
        if len(self.problems) >= PROBLEMS_MAX:
            raise StoppedError(where, f"{PROBLEMS_MAX} problems were found; the check ended here")

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON, for programs."""
        return {
            "holds": self.exit_code == 0,
            "log": self.head and {"origin": self.head.origin, "size": self.head.size, "root": b64(self.head.root)},
            "key": self.key,
            "since": self.since and {"size": self.since.size, "root": b64(self.since.root)},
            "stories": self.stories,
            "bodies": self.bodies,
            "withdrawn": dict(sorted(self.withdrawn.items())),
            "problems": [{"where": problem.where, "message": problem.message} for problem in self.problems],
            "notes": [printable(note) for note in self.notes],
        }

    def lines(self) -> Iterator[str]:
        """Yield the report as lines, for people."""
        yield from (str(problem) for problem in self.problems)
        if self.head is not None:
            stories = f"{self.stories} {'story' if self.stories == 1 else 'stories'}"
            yield f"{printable(self.head.origin)}: {self.head.size} leaves of {stories}; {self._result()}."
            withdrawn = ", ".join(f"{count} {why}" for why, count in sorted(self.withdrawn.items()))
            yield f"  Bodies as published: {self.bodies}" + (f"; withdrawn: {withdrawn}." if withdrawn else ".")
        if self.unchecked:
            texts = "1 text" if self.unchecked == 1 else f"{self.unchecked} texts"
            yield f"  {texts} cannot be checked: withdrawn for a reason that no leaf confirms."
        yield from (f"  {printable(note)}" for note in self.notes)
        if self.head is not None and not self.problems:
            if self.since is not None:
                yield f"  Its first {self.since.size} leaves are those that you remember."
            key = " --key '{}'".format(self.key.replace("'", "'\"'\"'")) if self.key else ""
            yield f"  For the next check: --since '{self.head.size} {b64(self.head.root)}'{key}"

    def _result(self) -> str:
        if self.problems:
            return "not verified"
        return "verified" if not self.unchecked else "verified except for texts that cannot be checked"


def printable(text: str) -> str:
    """Return `text` with every character escaped that could control a terminal, or be invisible."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


# The published files


class Budget:
    """How much may be read in all: so many seconds and bytes from now on."""

    def __init__(self, seconds: float = SECONDS_MAX, size: int = BYTES_MAX) -> None:
        self._seconds, self._size = seconds, size
        self._ends = monotonic() + seconds
        self._left = size

    def seconds_left(self, where: str) -> float:
        """Return the seconds that are left; StoppedError if none are."""
        left = self._ends - monotonic()
        if left <= 0:
            raise StoppedError(where, f"the check took {self._seconds:g} seconds and was ended; see --max-seconds")
        return left

    def spend(self, where: str, size: int) -> None:
        """Count `size` bytes, which were read. StoppedError if they are too many, or the time is up."""
        self._left -= size
        if self._left < 0:
            raise StoppedError(
                where, f"more than {self._size} bytes were read and the check was ended; see --max-bytes"
            )
        self.seconds_left(where)

    def expect(self, where: str, leaves: int) -> None:
        """StoppedError if so many leaves cannot be read."""
        if leaves * LEAF_READ_BYTES_MIN > self._size:
            raise StoppedError(where, f"has {leaves} leaves, more than {self._size} bytes; see --max-bytes")


class Files:
    """The files of an output tree, in a folder or on the web."""

    def __init__(self, location: str, budget: Budget | None = None) -> None:
        self.location = location
        self.budget = budget or Budget()
        self.web = urlsplit(location).scheme in {"http", "https"}

    def read(self, path: str) -> bytes:
        """Return a file's bytes, or raise MissingError."""
        data = self._read(path, FILE_BYTES_MAX + 1)
        if len(data) > FILE_BYTES_MAX:
            raise MissingError(path, f"has more than {FILE_BYTES_MAX} bytes")
        return data

    def start(self, path: str) -> bytes:
        """Return the first bytes of a file, or raise MissingError."""
        return self._read(path, FILE_BYTES_START)

    def text(self, path: str) -> str:
        """Return a short file's text; LogError if it is not UTF-8."""
        data = self.read(path)
        if len(data) > TEXT_BYTES_MAX:
            raise LogError(path, f"has more than {TEXT_BYTES_MAX} bytes")
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise LogError(path, "is not UTF-8") from None

    def _read(self, path: str, most: int) -> bytes:
        chunks: list[bytes] = []
        size = 0
        try:
            for chunk in self._web_chunks(path) if self.web else self._chunks(path):
                self.budget.spend(path, len(chunk))
                chunks.append(chunk)
                size += len(chunk)
                if size >= most:
                    break
        except (HTTPException, OSError, ValueError) as error:
            if isinstance(error, HTTPError):
                error.close()
            why = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
            raise MissingError(path, f"cannot be read ({why})") from None
        return b"".join(chunks)[:most]

    def _chunks(self, path: str) -> Iterator[bytes]:
        # Not to wait for a writer, if it is a FIFO; and not to read a device for ever.
        descriptor = os.open(Path(self.location) / path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            if not S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(0, "Not a regular file")
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    def _web_chunks(self, path: str) -> Iterator[bytes]:
        """Yield the chunks that a thread reads: no server can keep us waiting, whatever it sends how slowly."""
        url = f"{self.location.rstrip('/')}/{path}"
        channel: Queue[bytes | Exception | None] = Queue(maxsize=4)
        stopped = Event()
        seconds = self.budget.seconds_left(path)
        Thread(target=_download, args=(url, seconds, channel, stopped), daemon=True).start()
        try:
            while True:
                try:
                    item = channel.get(timeout=self.budget.seconds_left(path))
                except Empty:
                    continue  # and the budget is over
                if item is None:
                    return
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            stopped.set()


def _download(url: str, seconds: float, channel: "Queue[bytes | Exception | None]", stopped: Event) -> None:
    """Put the chunks of what `url` answers into `channel`, then None; or the error."""

    def put(item: bytes | Exception | None) -> None:
        while not stopped.is_set():
            try:
                channel.put(item, timeout=1)
            except Full:
                continue
            return

    try:
        with _opener().open(url, timeout=seconds) as response:
            while not stopped.is_set() and (chunk := response.read1(CHUNK_BYTES)):
                put(chunk)
    except (HTTPException, OSError, ValueError) as error:
        put(error)
    except Exception as error:  # noqa: BLE001 - it is raised again in the thread that waits
        put(OSError(0, type(error).__name__))
    else:
        put(None)


def _opener() -> request.OpenerDirector:
    """Return what opens http and https, and nothing else that a server could redirect to."""
    opener = request.OpenerDirector()
    for handler in (
        *(request.ProxyHandler(), request.HTTPHandler(), request.HTTPSHandler()),
        *(request.HTTPDefaultErrorHandler(), request.HTTPRedirectHandler(), request.HTTPErrorProcessor()),
        request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


# The check


def verify(
    location: str,
    *,
    since: str | None = None,
    key: str | None = None,
    max_seconds: float = SECONDS_MAX,
    max_bytes: int = BYTES_MAX,
) -> Report:
    """Check the output at `location`, a folder or a URL. ValueError if `since` or `key` cannot be parsed.

    `since` is what you remember of the log: a checkpoint, a feed that has one, or "SIZE ROOT". `key` is the verifier
    key that you trust; without it, the first key of the log is. Each may also be the name of a file that holds it.
    """
    memory = None if since is None else parse_memory(_bytes_or_file(since))
    trusted = None if key is None else parse_key(_bytes_or_file(key).decode(errors="replace").strip())
    budget = Budget(max_seconds, max_bytes)
    report = Report(location)
    for _ in range(TRIES):
        files = Files(location, budget)
        report = Report(location, memory=memory)
        check(files, report, trusted)
        if not report.problems or not _has_grown(files, report):
            break  # otherwise it was published while we read it: read it again
    return report


def check(files: Files, report: Report, trusted: "Key | None") -> None:
    """Check everything once, and add what is found to `report`."""
    try:
        note = parse_note(CHECKPOINT, files.text(CHECKPOINT))
        report.head = parse_head(note.text)
        files.budget.expect(CHECKPOINT, report.head.size)
        SignatureCheck(files, report).check(note, report.head, trusted)
        tree = TreeCheck(files, report, report.head)
        leaves = tree.check()
        if leaves is not None:
            stories = StoryCheck(files, report, leaves)
            stories.check()
            if not report.problems:  # otherwise each feed would repeat that the log is another
                FeedCheck(files, report, leaves.heads, signed=bool(note.signatures)).check(leaves.stories, stories.lost)
    except LogError as error:
        report.problems.append(error)
    except StoppedError as stopped:
        report.problems.append(stopped.problem)


def _has_grown(files: Files, report: Report) -> bool:
    """Return True if the checkpoint is another one by now."""
    try:
        return report.head is not None and parse_head(parse_note("", files.text(CHECKPOINT)).text) != report.head
    except (LogError, StoppedError):
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
class SignatureCheck:
    """Checks that each key signs the note that announces the next one, and that the last one signs the checkpoint."""

    files: Files
    report: Report

    def check(self, checkpoint: Note, head: Head, trusted: Key | None) -> None:
        """Check from the `trusted` key on, or without one from the first key on, which then signs itself."""
        memory = self.report.memory
        if not checkpoint.signatures and trusted is None:
            self._check_unsigned()
            if memory is not None and memory.signed:
                raise LogError(CHECKPOINT, "is not signed; what you remember was")
            return
        all_keys = [(number, key, note) for number, (key, note) in enumerate(self._keys(), start=1)]
        keys = all_keys
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

    def check_memory(self, remembered: Note) -> None:
        """Report a problem unless one of the log's keys has signed the checkpoint that is remembered."""
        try:
            keys = [key for key, _ in self._keys()]
        except LogError as error:
            self.report.add(error.where, error.message)
            return
        signers = [key for key in keys if _signatures(remembered, key)]
        if not signers:
            self.report.add(KEYS, "does not have the key that signed what you remember")
        for key in signers:
            self._check_signature(CHECKPOINT, "what you remember", remembered, key)

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
        """Report a problem unless `key` has signed `note`. Signatures by others, such as witnesses, are ignored."""
        signatures = _signatures(note, key)
        if len(signatures) != 1:
            self.report.add(where, f"{what} is not signed by {key}")
            return
        try:
            from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra, and this runs without it
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
        except ImportError:
            self.report.add(where, "its signature cannot be checked without: pip install cryptography")
            return
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signatures[0], note.text.encode())
        except (InvalidSignature, ValueError):
            self.report.add(where, f"the signature by {key} is false")


def _signatures(note: Note, key: Key) -> list[bytes]:
    """Return the signatures of `note` that say that they are by `key`."""
    return [
        signature[KEY_ID_BYTES:]
        for name, signature in note.signatures
        if name == key.name and signature[:KEY_ID_BYTES] == key.id
    ]


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
    if len(signatures) > SIGNATURES_MAX:
        raise LogError(where, f"has more than {SIGNATURES_MAX} signatures")
    return Note(text + "\n", signatures)


def parse_head(text: str) -> Head:
    """Return the head that a checkpoint's text states; LogError if it states none."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not _is_name(lines[0]) or not _SIZE.fullmatch(lines[1]):
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
    if len(material) != 1 + HASH_BYTES or str(key) != line or not _is_name(name):
        raise ValueError(f"{line[:80]!r} is not an Ed25519 verifier key (NAME+ID+BASE64)")
    return key


def parse_since(text: str) -> Head:
    """Return the remembered head of a checkpoint, a feed, or "SIZE ROOT"; ValueError if there is none."""
    return parse_memory(text.encode()).head


def parse_memory(data: bytes) -> Memory:
    """Return what is remembered: a checkpoint, a feed, or "SIZE ROOT". ValueError if there is nothing of the kind."""
    text = data.decode(errors="replace").replace("\r\n", "\n")
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:2]
    try:
        if start[:1] in {b"<", b"\xff", b"\xfe"}:
            return Memory(_expected_head(xml_checkpoint(data, whole=True)[0]), signed=True)
        if start[:1] == b"{":
            return Memory(_expected_head(json_checkpoint(data, whole=True)[0]), signed=True)
        short = re.fullmatch(r"\s*([0-9]{1,16})[\s:]([A-Za-z0-9+/]{43}=)\s*", text)
        if short:
            return Memory(Head("", int(short[1]), b64decode(short[2])))
        if _DASH not in text:
            return Memory(parse_head(text.partition("\n\n")[0].rstrip("\n") + "\n"))
        note = parse_note(CHECKPOINT, text.rstrip("\n") + "\n")
        return Memory(parse_head(note.text), signed=True, checkpoint=note)
    except (LogError, ValueError) as error:
        why = error.message if isinstance(error, LogError) else str(error)
        raise ValueError(
            f"no checkpoint in this ({printable(why)[:200]}): expected one, a feed that has one, or 'SIZE ROOT'"
        ) from None


def _expected_head(head: Head | None) -> Head:
    if head is None:
        raise ValueError("the feed has none")
    return head


def _is_name(text: str) -> bool:
    """Return True if `text` may be the name of a key or a log."""
    return text.isprintable() and _NAME.fullmatch(text) is not None


# The tree: RFC 6962, section 2.1; c2sp.org/tlog-tiles


class Heads:
    """The hashes of a tree's complete subtrees, by level, from which its root at every size follows."""

    def __init__(self) -> None:
        self._levels: list[bytearray] = [bytearray()]

    def __len__(self) -> int:
        """Return the number of leaves."""
        return len(self._levels[0]) // HASH_BYTES

    def add(self, hashed: bytes) -> None:
        """Add the hash of a leaf."""
        index = len(self)
        level = 0
        while True:
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += hashed
            if not index >> level & 1:
                return
            hashed = sha256(b"\x01" + self._levels[level][-2 * HASH_BYTES :]).digest()
            level += 1

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of the complete subtree `index` of 2**level leaves; b"" if there is none."""
        hashes = self._levels[level] if level < len(self._levels) else b""
        return bytes(hashes[index * HASH_BYTES : (index + 1) * HASH_BYTES])

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves."""
        levels = [level for level in range(size.bit_length()) if size >> level & 1]
        peaks = [self.node(level, (size >> level) - 1) for level in levels]
        top = peaks[0] if peaks else sha256(b"").digest()
        for peak in peaks[1:]:
            top = sha256(b"\x01" + peak + top).digest()
        return top


class Leaves:
    """What must be known of all leaves: their hashes, the `stories` that they are of, and what they withdraw.

    `stories`   by story, the index of each of its leaves
    `withdrew`  by story and development, the kinds of the leaves that take its text back; "development_released" too,
                if it is no longer held
    `problems`  what is wrong with leaves
    """

    def __init__(self, latest: datetime) -> None:
        self.heads = Heads()
        self.stories: dict[str, array[int]] = {}
        self.withdrew: dict[tuple[str, str], set[str]] = {}
        self.problems: list[tuple[str, str]] = []
        self._latest = latest
        self._ids: set[bytes] = set()

    def __len__(self) -> int:
        """Return the number of leaves."""
        return len(self.heads)

    def append(self, data: bytes) -> None:
        """Add a leaf."""
        index = len(self.heads)
        self.heads.add(sha256(b"\x00" + data).digest())
        leaf = parse_object(data) if len(data) <= LEAF_BYTES_MAX else {}
        message = leaf_problem(leaf, self._latest) or self._order_problem(leaf)
        if message is None:
            self._ids.add(_identity(leaf))
            self.stories.setdefault(leaf["story"], array("Q")).append(index)
            self._note_withdrawal(leaf)
        elif len(self.problems) < PROBLEMS_MAX:
            self.problems.append((f"leaf {index}", message))

    def _order_problem(self, leaf: dict[str, Any]) -> str | None:
        before = self.stories.get(leaf["story"], ())
        in_order = leaf["number"] == len(before) + 1 and _identity(leaf) not in self._ids
        return None if in_order else "is not the next leaf of a story"

    def _note_withdrawal(self, leaf: dict[str, Any]) -> None:
        if leaf["kind"] in {"development_held", "development_released", "development_retracted", "event_redacted"}:
            kinds = self.withdrew.setdefault((leaf["story"], leaf["development"]), set())
            kinds.add(leaf["kind"])
            if leaf["kind"] == "development_held":
                kinds.discard("development_released")


def _identity(leaf: dict[str, Any]) -> bytes:
    """Return the bytes of a leaf's UUID."""
    return bytes.fromhex(str(leaf["id"]).removeprefix("urn:uuid:").replace("-", ""))


def leaf_problem(leaf: dict[str, Any], latest: datetime) -> str | None:
    """Return what is wrong with a leaf: a field that is missing, or not in its form; None if nothing is."""
    if not LEAF_FIELDS - {"development", "digest"} <= leaf.keys() <= LEAF_FIELDS:
        return "is not a leaf: its fields are not those of one"
    texts = {name: value for name, value in leaf.items() if name != "number"}
    if not all(isinstance(value, str) for value in texts.values()) or type(leaf["number"]) is not int:
        return "is not a leaf: a field has another type"
    kind, development = leaf["kind"], leaf.get("development")
    forms = {
        "story": is_slug(leaf["story"]),
        "number": leaf["number"] > 0,
        "id": _ENTRY_ID.fullmatch(leaf["id"]) is not None,
        "kind": kind in STORY_KINDS | DEVELOPMENT_KINDS,
        "development": (development is None) == (kind in STORY_KINDS) and (development is None or is_slug(development)),
        "digest": "digest" not in leaf or _DIGEST.fullmatch(leaf["digest"]) is not None,
    }
    wrong = next((name for name, right in forms.items() if not right), None)
    if wrong is not None:
        return f"is not a leaf: its {wrong} is not in the form of one"
    try:
        instant = datetime.fromisoformat(leaf["at"]) if _INSTANT.fullmatch(leaf["at"]) else None
    except ValueError:
        instant = None
    if instant is None:
        return "is not a leaf: its at is not an instant"
    return f"is dated in the future: {leaf['at']}" if instant > latest else None


def is_slug(text: str) -> bool:
    """Return True if `text` may be the name of a story or a development."""
    return len(text) <= _SLUG_CHARS_MAX and _SLUG.fullmatch(text) is not None


@dataclass(frozen=True)
class TreeCheck:
    """Checks that the leaves give the hashes in the tiles, the root, and the root that is remembered."""

    files: Files
    report: Report
    head: Head

    def check(self) -> Leaves | None:
        """Return the leaves; None if one could not be read."""
        leaves = Leaves(datetime.now(UTC) + CLOCK_SKEW)
        errors = self.read_leaves(leaves)
        self._check_tiles(leaves.heads)
        for error in errors:  # after the tiles, which name the first leaf that is wrong
            self.report.add(error.where, error.message)
        if len(leaves) < self.head.size:
            return None
        if leaves.heads.root(self.head.size) != self.head.root:
            self.report.add(CHECKPOINT, f"its root is not that of the {self.head.size} leaves")
        self._check_since(leaves.heads)
        return leaves

    def read_leaves(self, leaves: "Leaves | list[bytes]") -> list[LogError]:
        """Read leaves up to the first one that cannot be read, and return what is wrong."""
        errors: list[LogError] = []
        for first, width, path in tile_paths("entries", self.head.size):
            try:
                data, offset = self.files.read(path), 0
            except MissingError as error:
                return [*errors, error]
            self.files.budget.seconds_left(path)
            for index in range(first, first + width):
                length = int.from_bytes(data[offset : offset + 2], "big")
                leaf = data[offset + 2 : offset + 2 + length]
                offset += 2 + length
                if len(data) < offset or not length:
                    return [*errors, LogError(path, f"ends within leaf {index}")]
                leaves.append(leaf)
            if len(data) > offset:
                errors.append(LogError(path, f"has more than the leaves {first} to {first + width - 1}"))
            if len(errors) >= PROBLEMS_MAX:
                return errors
        return errors

    def _check_tiles(self, heads: Heads) -> None:
        """Compare the tiles with the hashes of as many leaves as could be read."""
        level, size = 0, self.head.size
        while size and len(heads) >> 8 * level:
            for first, width, path in tile_paths(str(level), size):
                expected = [heads.node(8 * level, index) for index in range(first, first + width)]
                if not expected[0]:
                    break
                self._check_tile(path, level, first, width, [hashed for hashed in expected if hashed])
            level += 1
            size //= WIDTH

    def _check_tile(self, path: str, level: int, first: int, width: int, expected: list[bytes]) -> None:
        try:
            data = self.files.read(path)
        except MissingError as error:
            self.report.add(error.where, error.message)
            return
        hashes = [data[at : at + HASH_BYTES] for at in range(0, (width + 1) * HASH_BYTES, HASH_BYTES)]
        pairs = enumerate(zip(hashes, expected, strict=False), start=first)
        wrong = next((index for index, (one, other) in pairs if one and one != other), None)
        if wrong is not None:
            what = f"the hash of leaf {wrong}" if level == 0 else f"hash {wrong}"
            self.report.add(path, f"{what} is not that of the leaves")
        elif len(data) != width * HASH_BYTES:
            self.report.add(path, f"does not have {width} hashes")

    def _check_since(self, heads: Heads) -> None:
        memory, head = self.report.memory, self.head
        if memory is None:
            return
        since = memory.head
        if since.origin not in {"", head.origin}:
            message = f"is of {head.origin}; what you remember is of {since.origin}"
        elif since.size > head.size:
            message = f"has {head.size} leaves; you remember {since.size}"
        elif heads.root(since.size) != since.root:
            message = f"its first {since.size} leaves are not those that you remember"
        else:
            if memory.checkpoint is not None:
                SignatureCheck(self.files, self.report).check_memory(memory.checkpoint)
            return
        self.report.add(CHECKPOINT, message)


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


@dataclass
class StoryCheck:
    """Checks that each line of updates.jsonl is its leaf, that none is missing, and that each body has its digest.

    `lost` gets the stories of which nothing is left but leaves.
    """

    files: Files
    report: Report
    leaves: Leaves
    lost: set[str] = field(default_factory=set)

    def check(self) -> None:
        """Check all stories."""
        self.report.stories = len(self.leaves.stories)
        for where, message in self.leaves.problems:
            self.report.add(where, message)
        for story, indexes in sorted(self.leaves.stories.items()):
            lost_before = self.report.withdrawn["lost"]
            try:
                self._check_story(story, indexes)
            except LogError as error:
                self.report.add(error.where, error.message)
            if self.report.withdrawn["lost"] - lost_before == len(indexes):
                self.lost.add(story)

    def _check_story(self, story: str, indexes: Sequence[int]) -> None:
        path = f"stories/{story}/updates.jsonl"
        data = self.files.read(path)
        redactions = Redactions()
        number = offset = 0
        while offset < len(data):
            number += 1
            where = f"{path}:{number}"
            self.files.budget.seconds_left(where)
            end = data.find(b"\n", offset)
            if end < 0:
                raise LogError(where, "does not end with a line feed")
            if number > len(indexes):
                raise LogError(where, "is not in the log")
            update = parse_object(data[offset:end]) if end - offset <= LINE_BYTES_MAX else {}
            offset = end + 1
            if self._is_leaf(where, update, indexes[number - 1]):
                self._check_body(where, update)
                redactions.add(where, update)
        if number < len(indexes):
            raise LogError(f"{path}:{number + 1}", f"is missing: leaf {indexes[number]} of the log")
        for where in redactions.unbacked():
            self.report.add(where, "its body is redacted, but no leaf says so")

    def _is_leaf(self, where: str, update: dict[str, Any], index: int) -> bool:
        """Return True if a line has the leaf `index`; otherwise report a problem."""
        leaf = canonical({name: update[name] for name in update.keys() & LEAF_FIELDS})
        if not update or not update.keys() <= LINE_FIELDS or not _has_line_types(update):
            self.report.add(where, "is not in the format of this file")
        elif update.get("place") != index or sha256(b"\x00" + leaf).digest() != self.leaves.heads.node(0, index):
            self.report.add(where, f"is not leaf {index} of the log")
        else:
            return True
        return False

    def _check_body(self, where: str, update: dict[str, Any]) -> None:
        """Check a body against its digest; or, if it is withdrawn, that a leaf backs that."""
        why = update.get("withdrawn")
        if why is None:
            digest = body_digest(update)
            if digest is None or digest != update.get("digest"):
                self.report.add(where, f"its body is not what was published as leaf {update['place']}")
            else:
                self.report.bodies += 1
            return
        kinds = self.leaves.withdrew.get((update["story"], str(update.get("development"))), set())
        if "salt" in update or (why != "superseded" and "body" in update) or why not in {*BACKED, *NOT_BACKED}:
            self.report.add(where, "says that its body is withdrawn, but shows it")
        elif why in BACKED and (update["kind"] not in TEXT_KINDS or BACKED[why] not in kinds):
            self.report.add(where, f"its body is {why}, but no leaf says so")
        else:
            self.report.withdrawn[why] += 1
            if why in NOT_BACKED or (why == "withheld" and "development_released" in kinds):
                self.report.unchecked += 1


class Redactions:
    """What the lines of a story redact, and what they say is redacted."""

    def __init__(self) -> None:
        self._targets: dict[Any, set[str | None]] = {}
        self._corrections: set[str | None] = set()
        self._redacted: list[tuple[str, Any, str]] = []

    def add(self, where: str, update: dict[str, Any]) -> None:
        """Note what a line has to do with redactions."""
        development = update.get("development")
        if update["kind"] == "event_redacted":
            body = update.get("body")
            entry = body.get("redacts") if isinstance(body, dict) else None
            self._targets.setdefault(development, set()).add(entry if isinstance(entry, str) else None)
        if update["kind"] == "development_corrected":
            self._corrections.add(update["id"])
        if update.get("withdrawn") == "redacted" and update["kind"] in TEXT_KINDS:
            self._redacted.append((where, development, update["id"]))

    def unbacked(self) -> Iterator[str]:
        """Yield where a line is redacted that no redaction names. One that names a report takes its corrections too."""
        for where, development, entry in self._redacted:
            targets = self._targets.get(development, set())
            if targets and entry not in targets and targets <= self._corrections:
                yield where


def _has_line_types(update: dict[str, Any]) -> bool:
    """Return True if the fields that a line adds to its leaf are of their types."""
    return (
        type(update.get("place")) is int
        and isinstance(update.get("body", {}), dict)
        and isinstance(update.get("withdrawn", ""), str)
        and ("salt" not in update or (isinstance(update["salt"], str) and _SALT.fullmatch(update["salt"]) is not None))
    )


def body_digest(update: dict[str, Any]) -> str | None:
    """Return SHA-256(salt ‖ body) in hex; None if one of them is missing or malformed."""
    try:
        return sha256(bytes.fromhex(update["salt"]) + canonical(update["body"])).hexdigest()
    except (KeyError, TypeError, ValueError):
        return None


# The feeds and the list of stories


@dataclass(frozen=True)
class FeedCheck:
    """Checks that the checkpoint of each feed is of this log, and that the list of stories has those of the log."""

    files: Files
    report: Report
    heads: Heads
    signed: bool

    def check(self, stories: "dict[str, array[int]]", lost: set[str]) -> None:
        """Check all feeds and the list. Nobody needs to list the stories that are `lost`."""
        if stories:
            self._check_list(set(stories), lost)
        for path in (*SITE_FEEDS, *(f"stories/{story}/{name}" for story in sorted(stories) for name in FEEDS)):
            try:
                self._check_feed(path)
            except MissingError:
                pass  # a mirror of the log alone has none
            except LogError as error:
                self.report.add(path, error.message)
            except ValueError as error:
                self.report.add(path, str(error))

    def _check_feed(self, path: str) -> None:
        start = self.files.start(path)
        parse = json_checkpoint if path.endswith(".json") else xml_checkpoint
        try:
            head, at_entries = parse(start)
        except ValueError:
            head, at_entries = None, False
        if head is None and not at_entries:  # what comes first is long, or something is wrong
            head, at_entries = parse(self.files.read(path), whole=True)
        if head is None and at_entries and self.signed:
            self.report.add(path, "has no checkpoint, although the log is signed")
        if head is None:
            return
        log = self.report.head
        if not self.signed:
            self.report.add(path, "has a checkpoint, as only feeds of a signed log have; the log is not signed")
        elif log is not None and head.origin != log.origin:
            self.report.add(path, f"its checkpoint is of {head.origin}")
        elif head.size > len(self.heads):
            self.report.add(path, f"its checkpoint has {head.size} leaves; the log has {len(self.heads)}")
        elif self.heads.root(head.size) != head.root:
            self.report.add(path, f"its checkpoint is not that of the first {head.size} leaves")

    def _check_list(self, stories: set[str], lost: set[str]) -> None:
        try:
            listed = listed_stories(self.files.read(STORY_LIST))
        except LogError as error:
            self.report.add(error.where, error.message)
            return
        except ValueError as error:
            self.report.add(STORY_LIST, str(error))
            return
        for story in sorted(stories - lost - listed):
            self.report.add(STORY_LIST, f"does not list the story {story}, which is in the log")
        for story in sorted(listed - stories):
            self.report.add(STORY_LIST, f"lists the story {story}, which is not in the log")


class _Found(Exception):  # noqa: N818 - not an error: expat is left by it
    """The part of a document that matters was read."""


def xml_checkpoint(data: bytes, *, whole: bool = False) -> tuple[Head | None, bool]:
    """Return the checkpoint before the first entry of an Atom or RSS feed, and whether an entry follows.

    ValueError if `data` is not XML (if not `whole`, the beginning of it), has a document type, or more than one
    checkpoint. Nothing after the start of the first entry is read.
    """
    atom, name = "http://www.w3.org/2005/Atom ", f"{WRITETHRU} checkpoint"
    checkpoints: list[dict[str, str]] = []
    path: list[str] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        if tuple(path) in {(f"{atom}feed",), ("rss", "channel")}:
            if element == name:
                checkpoints.append(attributes)
            elif element in {f"{atom}entry", "item"}:
                raise _Found
        _descend(path, element)

    try:
        _parse_xml(data, start, lambda _: path.pop(), whole=whole)
        entry = False
    except _Found:
        entry = True
    if len(checkpoints) > 1:
        raise ValueError("has more than one checkpoint")
    return (_attributes_head(checkpoints[0]) if checkpoints else None), entry


def listed_stories(data: bytes) -> set[str]:
    """Return the stories in an OPML list of their feeds; ValueError if it is not one, or lists one twice."""
    stories: set[str] = set()
    sites: set[str] = set()
    path: list[str] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        if tuple(path) == ("opml", "body") and element == "outline":
            match = _STORY_FEED.fullmatch(attributes.get("xmlUrl", ""))
            if match is None or match["story"] in stories:
                raise ValueError("has an outline that is not the feed of one more story")
            stories.add(match["story"])
            sites.add(match["site"])
        _descend(path, element)

    _parse_xml(data, start, lambda _: path.pop(), whole=True)
    if len(sites) > 1:
        raise ValueError("lists feeds of different sites")
    return stories


def _descend(path: list[str], element: str) -> None:
    path.append(element)
    if len(path) > DEPTH_MAX:
        raise ValueError("is nested too deeply")


def _parse_xml(data: bytes, start: Any, end: Any, *, whole: bool) -> None:
    """Parse XML without document types, so that nothing in it can refer to anything. ValueError if it is not XML."""
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_: object) -> None:
        raise ValueError("has a document type")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, whole)
    except (expat.ExpatError, LookupError) as error:
        raise ValueError(f"is not XML ({error})") from None


def json_checkpoint(data: bytes, *, whole: bool = False) -> tuple[Head | None, bool]:
    """Return the checkpoint of a JSON Feed, and whether it has items; ValueError if it is not one.

    Nothing after the beginning of the items is read, unless `whole`.
    """
    if _is_complex(data):
        raise ValueError("is too complex")
    head, items = None, False
    names: set[str] = set()
    text = data.decode("utf-8-sig", "strict" if whole else "ignore")
    for name, value, at in _members(text, stop=None if whole else "items"):
        if name in names:
            raise ValueError("has a name twice")
        names.add(name)
        if name == "items":
            items = text[at] == "[" and text[_skip(text, at + 1)] != "]"
        if name == "_writethru" and isinstance(value, dict) and "checkpoint" in value:
            head = _attributes_head(value["checkpoint"])
    return head, items


def _members(text: str, *, stop: str | None) -> Iterator[tuple[str, object, int]]:
    """Yield name, value, and the index of the value, of a JSON object's members; end at `stop`, without its value."""
    decoder = json.JSONDecoder()
    at = _skip(text, 0)
    mark = "{"
    try:
        while text[at] == mark:
            at = _skip(text, at + 1)
            if mark == "{" and text[at] == "}":
                break
            name, at = decoder.raw_decode(text, at)
            at = _skip(text, at)
            if text[at] != ":" or not isinstance(name, str):
                break
            at = _skip(text, at + 1)
            if name == stop:
                yield name, None, at
                return
            value, end = decoder.raw_decode(text, at)
            yield name, value, at
            at, mark = _skip(text, end), ","
        if text[at] == "}" and _skip(text, at + 1) == len(text):
            return
    except (IndexError, RecursionError):
        pass
    raise ValueError("is not a JSON object")


def _skip(text: str, at: int) -> int:
    """Return the index of the first character from `at` on that is not white space."""
    match = _SPACE.match(text, at)
    return at if match is None else match.end()


def _attributes_head(value: object) -> Head:
    """Return the head that a feed's checkpoint states; ValueError if it states none."""
    if not isinstance(value, dict) or value.keys() != {"origin", "size", "root"}:
        raise ValueError("has a checkpoint that is not origin, size and root")
    if type(value["size"]) not in {int, str} or not all(isinstance(value[name], str) for name in ("origin", "root")):
        raise ValueError("has a checkpoint of other types")
    try:
        return parse_head(f"{value['origin']}\n{value['size']}\n{value['root']}\n")
    except LogError as error:
        raise ValueError(f"has a checkpoint that cannot be read: {error.message}") from None


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
        case float():
            raise ValueError("has a number that is not an integer")
        case _:
            return value


def parse_object(data: bytes) -> dict[str, Any]:
    """Return the JSON object that `data` is the canonical form of; an empty one if it is not canonical."""
    try:
        value = {} if _is_complex(data) else json.loads(data)
        valid = isinstance(value, dict) and canonical(value) == data
    except (ValueError, RecursionError):
        return {}
    return value if valid else {}


def _is_complex(data: bytes) -> bool:
    """Return True if the values in `data` could take far more memory than `data` itself."""
    return sum(data.count(mark) for mark in (b"{", b"[", b",")) > JSON_PARTS_MAX


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


def _bytes_or_file(argument: str) -> bytes:
    """Return the bytes of the file that `argument` names, otherwise `argument` itself."""
    try:
        path = Path(argument)
        if not path.is_file():
            return argument.encode(errors="replace")
        with path.open("rb") as file:
            return file.read(LINE_BYTES_MAX)
    except (OSError, ValueError):
        return argument.encode(errors="replace")


def main(arguments: list[str] | None = None) -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description="Check a public log of writethru from its published files alone.")
    parser.add_argument("location", metavar="URL|DIR", help="the output: the folder that has log/checkpoint in it")
    parser.add_argument("--since", metavar="CHECKPOINT", help="what you remember: a checkpoint, a feed, or 'SIZE ROOT'")
    parser.add_argument("--key", help="the verifier key that you trust")
    parser.add_argument("--max-seconds", type=float, default=SECONDS_MAX, help="the most time (default: %(default)s)")
    parser.add_argument("--max-bytes", type=int, default=BYTES_MAX, help="the most to read (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    options = parser.parse_args(arguments)
    limits = {"max_seconds": options.max_seconds, "max_bytes": options.max_bytes}
    try:
        report = verify(options.location, since=options.since, key=options.key, **limits)
    except ValueError as error:
        parser.error(str(error))
    text = json.dumps(report.as_json(), indent=2) if options.json else "\n".join(report.lines())
    sys.stdout.write(text.encode("ascii", "backslashreplace").decode() + "\n")
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
