"""The key that signs the log. It is a file outside the newsroom, since the newsroom is published and backed up."""

import os
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from events.errors import Problem, WritethruError
from feed.transparency.note import KEY_BYTES, format_secret, parse_secret
from feed.transparency.verifier.keys import Key

PERMISSIONS_OF_OTHERS = 0o077
"""The permissions on a key file that only its owner may have."""


class Signer(NamedTuple):
    """A key, and the function that signs with it."""

    key: Key
    sign: Callable[[bytes], bytes]


def default_key_path(newsroom: str) -> Path:
    """Return the default path of a newsroom's key: in $XDG_CONFIG_HOME, otherwise in ~/.config."""
    configuration = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(configuration) / "writethru" / f"{newsroom}.key"


def make_key(path: Path, *, origin: str, newsroom: Path) -> Signer:
    """Make a new key for the log `origin`, write it to a new file that only you may read, and return it."""
    _refuse_inside(path, newsroom)
    seed = os.urandom(KEY_BYTES)
    signer = _signer(origin, seed)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise _error(path, "the file exists, and was not changed.", "Name another file: --key FILE") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(format_secret(signer.key, seed))
        file.flush()
        os.fsync(file.fileno())
    return signer


def load_key(path: Path, *, newsroom: Path) -> Signer:
    """Return the key in the file `path`; WritethruError if it is missing, malformed, or readable by others."""
    _refuse_inside(path, newsroom)
    remedy = "Restore the key from your copy of it. See: writethru keygen --help"
    try:
        others = path.stat().st_mode & PERMISSIONS_OF_OTHERS
        line = path.read_text(encoding="utf-8")
        name, key_id, seed = parse_secret(line)
    except OSError as error:
        raise _error(path, f"the key of the public log cannot be read: {error.strerror}.", remedy) from None
    except ValueError:
        raise _error(path, "this is not a key of the public log.", remedy) from None
    if others:
        raise _error(
            path,
            "other users may read the key of the public log.",
            f"Let only yourself read it: chmod 600 {quote(str(path))}",
        )
    signer = _signer(name, seed)
    if signer.key.id.hex() != key_id:
        raise _error(path, "the key of the public log is damaged.", remedy)
    return signer


def _signer(name: str, seed: bytes) -> Signer:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - an extra
    except ImportError:
        raise _error(
            "cryptography",
            "this package signs the public log, and is not installed.",
            "Install it, in your clone: pip install '.[log]'. Or publish unsigned: remove `key` from [log].",
        ) from None
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return Signer(Key(name, private.public_key().public_bytes_raw()), private.sign)


def _refuse_inside(path: Path, newsroom: Path) -> None:
    if path.resolve().is_relative_to(newsroom.resolve()):
        raise _error(
            path,
            "a key inside the newsroom would be backed up with it, and perhaps published.",
            "Keep the key elsewhere: writethru keygen --key FILE",
        )


def _error(where: Path | str, message: str, remedy: str) -> WritethruError:
    return WritethruError(Problem(where=str(where), check="key", message=message, remedy=remedy))
