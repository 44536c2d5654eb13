"""A bucket or folder that gets a copy of the output: the one module that imports obstore."""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    NotSupportedError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import LocalStore, ObjectStore, from_url

from feed.config import Config
from feed.mirror.credentials import aws_settings
from feed.output.headers import INDEX
from feed.publishing.mirror_queue import ABSENT, UNKNOWN, Conditions, tag_of

REQUEST_S: Final = 10
"""How long a request may take, its repetitions included."""
CLIENT: Final = {"timeout": timedelta(seconds=REQUEST_S), "connect_timeout": timedelta(seconds=REQUEST_S / 2)}
RETRIES: Final = {"max_retries": 2, "retry_timeout": timedelta(seconds=REQUEST_S)}
TRIES_MAX: Final = 4
OVERWRITE: Final = "overwrite"
NO_TAG: Final = f'"{"0" * 32}"'
REFUSALS: Final = (AlreadyExistsError, PreconditionError, FileNotFoundError)
"""What a conditional put raises if the object is another one than it expects, or there is none."""
_OS_ERROR = re.compile(r"\(os error ([0-9]+)\)")
_STATUS = re.compile(r"status code: ([0-9]{3})")
_MD5 = re.compile(r"[0-9a-f]{32}")


class MirrorError(Exception):
    """Why the mirror did not take something."""


class NewerError(MirrorError):
    """A later publication has put an object."""


class ForeignError(MirrorError):
    """Another newsroom has put an object."""


class OccupiedError(MirrorError):
    """Others have files where this newsroom has put none yet."""


@dataclass(frozen=True, slots=True)
class Remote:
    """An object as the server has it: its tag and version, what it was put with, and its bytes if asked for."""

    tag: str
    version: str | None
    attributes: Mapping[str, str]
    data: bytes = b""

    @property
    def stamp(self) -> tuple[int, int]:
        """The size of the log and the instant that it carries; (0, 0) if writethru has not put it."""
        fields = self.attributes.get("position", ""), self.attributes.get("published", "")
        position, published = (int(text) if text.isascii() and text.isdecimal() else 0 for text in fields)
        return position, published

    @property
    def mode(self) -> Any:
        """What a put that replaces just this object says."""
        return {"e_tag": self.tag} | ({} if self.version is None else {"version": self.version})


class Bucket:
    """The objects at one address. Of its methods, several threads may call any. Each raises MirrorError.

    conditions: what the server makes of conditional writes
    stamp: what each object put carries; none whose stamp is later is replaced or deleted, unless `is_forced`
    has_attributes: whether objects carry anything: files in a folder do not
    address: where it is
    """

    def __init__(self, config: Config, folder: Path, *, is_forced: bool = False) -> None:
        with _translated():
            self._store = _open(config, folder)
        self._newsroom = str(config.newsroom.id)
        prefix, endpoint = getattr(self._store, "prefix", None), config.mirror.endpoint
        self.has_attributes = not isinstance(self._store, LocalStore)
        self.address = f"{config.mirror.url} {endpoint}" if self.has_attributes else str(prefix)
        self.conditions: Conditions = "unknown" if self.has_attributes else "none"
        self.stamp, self._is_forced = (0, 0), is_forced

    def tags(self) -> dict[str, str]:
        """Return the tag of each object by its path."""
        with _translated():
            listed = [item for page in obstore.list(self._store) for item in page]
        return {item["path"]: tag_in(item["e_tag"]) for item in listed}

    def look(self, path: str, *, is_whole: bool = False) -> Remote | None:
        """Return an object, and with `is_whole` its bytes; None if there is none."""
        with _translated():
            try:
                result = obstore.get(self._store, path, options={"head": not is_whole})
                meta = result.meta
                data = bytes(result.bytes()) if is_whole else b""
            except FileNotFoundError:
                return None
        return Remote(meta["e_tag"] or "", meta["version"], dict(result.attributes), data)

    def check_vacant(self, paths: Collection[str]) -> None:
        """Raise OccupiedError if the files there, at `paths`, are of others, before the first of ours is put.

        In a folder any may be. In a bucket, those of others are left alone, but for those with names of ours.
        """
        path = INDEX if self.has_attributes else min(paths, default=INDEX)
        there = self.look(path) if path in paths else None
        if there is not None and "position" not in there.attributes:
            raise OccupiedError(f"{path} is there already, and this newsroom has put nothing there yet")

    def put(self, path: str, data: bytes, headers: Mapping[str, str], *, tag: str) -> bool:
        """Put an object where the server has one with this tag, or none; return False if it has these bytes already.

        Where it has another, look at it, and try again: a run that was killed may have put it.
        """
        mode: Any = "create" if tag == ABSENT else {"e_tag": f'"{tag}"'}
        if self.conditions != "tags" or tag == UNKNOWN:
            mode = OVERWRITE if self.conditions == "none" else self._mode(path)
        for _ in range(TRIES_MAX):
            with _translated():
                try:
                    self._write(path, data, headers, mode)
                except REFUSALS as error:
                    if mode == OVERWRITE:
                        raise
                    there = self.look(path)
                    if there is not None and tag_in(there.tag) == tag_of(data):
                        self._check(path, there)
                        return False
                    if there is None and mode == "create":
                        raise MirrorError("there is no such bucket") from error
                    mode = self._mode(path)
                else:
                    return True
        raise MirrorError(f"another program changes {path} at the same time")

    def delete(self, path: str, *, is_known: bool) -> bool:
        """Delete an object, if it is ours or `is_known` to be; return False if it is left."""
        there = self.look(path)
        if there is not None:
            if not is_known and not self.has_put(there):
                return False
            self._check(path, there)
            with _translated(), suppress(FileNotFoundError):
                obstore.delete(self._store, path)
        return True

    def has_put(self, there: Remote) -> bool:
        """Return True if this newsroom has put an object."""
        return there.attributes.get("newsroom") == self._newsroom

    def probe(self, path: str, data: bytes, headers: Mapping[str, str]) -> None:
        """Learn what the server makes of conditional writes, from an object that was just put: nothing changes."""
        if self.conditions != "unknown":
            return
        try:
            self._write(path, data, headers, {"e_tag": NO_TAG})
        except REFUSALS:
            there = self.look(path)
            self.conditions = "tags" if there and tag_in(there.tag) == tag_of(data) else "versions"
        except (BaseError, NotImplementedError, ValueError):
            self.conditions = "none"
        else:
            self.conditions = "none"

    def _mode(self, path: str) -> Any:
        """Return how to replace what is there; NewerError if that is of a later publication."""
        there = self.look(path)
        if there is None:
            return OVERWRITE if self.conditions == "unknown" else "create"
        self._check(path, there)
        return OVERWRITE if self.conditions == "unknown" else there.mode

    def _check(self, path: str, there: Remote) -> None:
        if self._is_forced:
            return
        if there.attributes.get("newsroom", self._newsroom) != self._newsroom:
            raise ForeignError(f"{path} there is of another newsroom")
        if there.stamp > self.stamp:
            raise NewerError(f"{path} there is of a later publication than this one")

    def _write(self, path: str, data: bytes, headers: Mapping[str, str], mode: Any) -> None:
        position, published = map(str, self.stamp)
        ours = {"position": position, "published": published, "newsroom": self._newsroom}
        attributes = {**headers, **ours} if self.has_attributes else None
        obstore.put(self._store, path, data, attributes=attributes, mode=mode, use_multipart=False)


def _open(config: Config, folder: Path) -> ObjectStore:
    settings = config.mirror
    url = settings.url or ""
    if "://" not in url or url.startswith("file://"):
        path = (folder / Path(url.removeprefix("file://")).expanduser()).resolve()
        output = (folder / config.output.folder).resolve()
        if path == output or path in output.parents or output in path.parents:
            raise MirrorError("its folder and that of the output are one inside the other: name another in mirror.url")
        return LocalStore(path, mkdir=True, automatic_cleanup=True)
    scheme = url.partition("://")[0]
    options: dict[str, Any] = {}
    if scheme == "s3":
        options = {**aws_settings(os.environ), "disable_bulk_delete": True}  # not every server of the protocol has that
    if settings.endpoint is not None:
        options["base_url" if scheme == "gs" else "endpoint"] = settings.endpoint
    if settings.region is not None and scheme == "s3":
        options["region"] = settings.region
    if str(options.get("endpoint") or os.environ.get("AWS_ENDPOINT_URL")).startswith("http://"):
        options["client_options"] = {**CLIENT, "allow_http": True}
    store: ObjectStore = from_url(url, **{"client_options": CLIENT, "retry_config": RETRIES, **options})
    return store


def tag_in(text: str | None) -> str:
    """Return a tag without its quotes; UNKNOWN if it is no MD5: of an object in parts, or encrypted, it is not."""
    tag = (text or "").strip('"')
    return tag if _MD5.fullmatch(tag) else UNKNOWN


@contextmanager
def _translated() -> Iterator[None]:
    """Raise what obstore raises as a MirrorError, without addresses and credentials."""
    try:
        yield
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise MirrorError("its server refuses the credentials, or what they may do") from error
    except FileNotFoundError as error:
        raise MirrorError("there is no such bucket") from error
    except (BaseError, NotSupportedError, NotImplementedError, OSError, ValueError) as error:
        raise MirrorError(_why(str(error))) from error


def _why(text: str) -> str:
    status, fault = _STATUS.search(text), _OS_ERROR.search(text)
    if fault is not None and "HTTP" not in text:
        return f"its folder cannot be written: {os.strerror(int(fault[1]))}"
    if "169.254." in text or "metadata.google" in text:  # where machines in a cloud find their credentials
        return "there are no credentials in the environment, nor in the files of AWS"
    if status is None:
        return "its server cannot be reached"
    return f"its server answers {status[1]}" + (": is its region another one?" if status[1] in {"301", "400"} else "")
