"""What an output tree shows, as its token says, where several hosts publish one ledger, each into a tree of its own.

The token is `RANDOM SIZE LINK SETTINGS`: the size of the public log, the hash over all envelopes up to the newest event
that the tree shows, and a digest of the settings and of the code that made it. So the ledger can tell what a tree
lacks, also if it is an older copy. It says no number that is not public.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple

from events.errors import CacheDamagedError
from events.store.base import Reading
from feed.checkpoint import RENDERERS
from feed.output.tree import Tree
from feed.publishing.remembered import Remembered

NOTHING: Final = "-"
"""The link of a tree that shows no event."""
_DIGITS_MAX: Final = 18


class TreeState(NamedTuple):
    """What a tree shows: the public log up to a size, and all that was public of the events up to a position."""

    position: int
    log_size: int


class Due(NamedTuple):
    """What is due: the stories, sorted, since the publication at `position`.

    behind: what the tree shows, if another one was published since
    """

    position: int
    stories: list[str]
    behind: TreeState | None


class TreeRecord:
    """What a ledger knows of the `tree` that these settings publish, by their `digest`.

    `made_at` is the date of the file with its token. `has_others` if other hosts publish the ledger into trees of their
    own: the checkpoint is of one tree, and so each tree says itself what it shows.
    """

    def __init__(self, tree: Tree, digest: str, *, made_at: datetime, has_others: bool) -> None:
        self._tree, self._digest, self._made_at, self._has_others = tree, digest, made_at, has_others

    def due(self, reading: Reading, base_url: str, now: datetime) -> Due | None:
        """Return what is due at `now`; None if these renderers and settings have not published the tree."""
        remembered = Remembered(reading, base_url)
        try:
            checkpoint = remembered.checkpoint()
            if checkpoint is None or checkpoint["digest"] != self._digest:
                return None
            position, behind, stories = int(checkpoint["position"]), None, {*remembered.due(now)}
            if checkpoint["token"] != self._tree.token:
                behind = state_of(reading, self._tree.token, self._digest) if self._has_others else None
                if behind is None:
                    return None
                position, size = min(position, behind.position), min(remembered.log_size(), behind.log_size)
                stories |= {leaf.story for leaf in reading.leaves(since=size, until=reading.log_size())}
            return Due(position, sorted(stories.union(reading.changed(after=position))), behind)
        except CacheDamagedError:
            return None

    def begin_rebuild(self) -> None:
        """Let the tree say that nobody knows what it shows: it is rebuilt."""
        if self._has_others:
            self._tree.renew_token(made_at=self._made_at)

    def token(self, reading: Reading, state: TreeState | None, *, renews: bool) -> str:
        """Return the token of the tree, which shows `state` now; None if it lacks a story that failed.

        A tree that was written from scratch `renews` it: a copy of the former tree does not pass for it.
        """
        token = None if renews else self._tree.token
        text = state_text(reading, state, self._digest) if state is not None and self._has_others else ""
        before = (token or "").partition(" ")[2]  # empty where the ledger was a file
        if token is None or (self._has_others and (self._tree.changed or before not in {"", text})):
            token = self._tree.renew_token(made_at=self._made_at, state=text)
        return token


def shows_published(reading: Reading, checkpoint: Mapping[str, str], token: str | None) -> bool:
    """Return True if the tree with this token shows what was published last, by this host or another."""
    if checkpoint["token"] == token:
        return True
    state = state_of(reading, token, checkpoint["digest"])
    return state is not None and state.position == int(checkpoint["position"]) and state.log_size == reading.log_size()


def state_text(reading: Reading, state: TreeState, digest: str) -> str:
    """Return what the token of a tree says of it, after the random part. `digest` is that of the settings."""
    link = reading.link(state.position)
    return f"{state.log_size} {NOTHING if link is None else link.hex()} {_settings(digest)}"


def state_of(reading: Reading, token: str | None, digest: str) -> TreeState | None:
    """Return what the tree with this token shows, None if it is not known.

    Nor is it if other settings or other code have made it, or if a text that it shows may have been redacted since.
    """
    match (token or "").split(" "):
        case [_, size, link, settings] if settings == _settings(digest):
            position = _position(reading, link)
            log_size = int(size) if size.isdecimal() and size.isascii() and len(size) <= _DIGITS_MAX else None
            if position is None or log_size is None or log_size > reading.log_size():
                return None
            return None if reading.has_redaction(after=position) else TreeState(position, log_size)
        case _:
            return None


def _position(reading: Reading, link: str) -> int | None:
    if link == NOTHING:
        return 0
    try:
        return reading.linked_position(bytes.fromhex(link))
    except ValueError:
        return None


def _settings(digest: str) -> str:
    return sha256(f"{RENDERERS} {digest}".encode()).hexdigest()
