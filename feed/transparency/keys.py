"""SHELL: the key that signs the log. It stands outside the newsroom, which is what gets published and backed up."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from events.errors import Problem, WritethruError
from feed.transparency.note import KEY_BYTES, Key, format_secret, parse_secret

OTHERS = 0o077
"""The permissions that others must not have on a key file."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs."""

    key: Key
    sign: Callable[[bytes], bytes]


def default_place(newsroom: str) -> Path:
    """Return the default path of a newsroom's key: in $XDG_CONFIG_HOME, else ~/.config."""
    configuration = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(configuration) / "writethru" / f"{newsroom}.key"


def make_key(place: Path, *, origin: str, newsroom: Path) -> Signer:
    """Make a new key for the log `origin`, in a new file that nobody else may read, and give it."""
    _refuse_inside(place, newsroom)
    seed = os.urandom(KEY_BYTES)
    signer = _signer(origin, seed)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise _error(place, "there is a file here already; nothing was changed.", "Name another: --key FILE") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(format_secret(signer.key, seed))
        file.flush()
        os.fsync(file.fileno())
    return signer


def load_key(place: Path, *, newsroom: Path) -> Signer:
    """Return the key in the file `place`; WritethruError where it is missing, or readable by others."""
    _refuse_inside(place, newsroom)
    remedy = "Put the key back from where you keep it; see: writethru keygen --help"
    try:
        others = place.stat().st_mode & OTHERS
        line = place.read_text(encoding="utf-8")
        name, key_id, seed = parse_secret(line)
    except OSError as error:
        raise _error(place, f"the key of the public log cannot be read: {error.strerror}.", remedy) from None
    except ValueError:
        raise _error(place, "this holds no key of the public log.", remedy) from None
    if others:
        raise _error(place, "others may read the key of the public log.", f"chmod 600 {place}")
    signer = _signer(name, seed)
    if signer.key.id.hex() != key_id:
        raise _error(place, "the key of the public log is damaged.", remedy)
    return signer


def _signer(name: str, seed: bytes) -> Signer:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - an extra
    except ImportError:
        raise _error(
            "cryptography",
            "signing the public log needs this package, which is not installed.",
            "Install it: pip install 'writethru[log]'; or remove `key` from [log] to publish unsigned.",
        ) from None
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return Signer(Key(name, private.public_key().public_bytes_raw()), private.sign)


def _refuse_inside(place: Path, newsroom: Path) -> None:
    if place.resolve().is_relative_to(newsroom.resolve()):
        raise _error(
            place,
            "a key inside the newsroom would be backed up, and perhaps published, with it.",
            "Keep it elsewhere: writethru keygen --key FILE",
        )


def _error(where: Path | str, message: str, remedy: str) -> WritethruError:
    return WritethruError(Problem(where=str(where), check="key", message=message, remedy=remedy))
