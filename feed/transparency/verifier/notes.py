"""Signed notes: checkpoints and keys (c2sp.org/signed-note), and the chain of keys that signs them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile

from .encoding import unb64
from .errors import LogError, MissingError
from .files import CHECKPOINT, KEYS, Files
from .keys import KEY_ID_BYTES, Head, Key, parse_head, parse_key
from .report import Note, Report

SIGNATURES_MAX = 100
DASH = "\N{EM DASH} "


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
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - same
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
        name, _, signature = line.removeprefix(DASH).partition(" ")
        if not line.startswith(DASH) or not name:
            raise LogError(where, "has a line that is not a signature")
        signatures.append((name, unb64(where, signature)))
    if len(signatures) > SIGNATURES_MAX:
        raise LogError(where, f"has more than {SIGNATURES_MAX} signatures")
    return Note(text + "\n", signatures)


def checkpoint_head(text: str) -> Head:
    """Return the head that a checkpoint's text states; LogError if it states none."""
    try:
        return parse_head(text)
    except ValueError as error:
        raise LogError(CHECKPOINT, str(error)) from None
