"""The public sequences of long stories in the newsroom's cache, for a process that publishes once, as from cron.

To make one takes all events of the story: five seconds for ten thousand. To load one takes a second. They are files of
their own (feed/README.md#the-cache): what is cached in a ledger may be a stranger's, and these are not checked.
"""

import sys
import zlib
from collections import OrderedDict
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from pydantic import VERSION as PYDANTIC_VERSION

from events.projections.pickles import dump, load
from events.projections.version import FOLD_VERSION
from events.store.base import Reading
from events.system import PRIVATE_MODE, write_atomically
from feed.cache import cache_path, clear_cache, make_cache
from feed.checkpoint import RENDERERS
from feed.config import Config
from feed.paths import CACHE_NAME
from feed.publishing.plan import StorySequence
from feed.publishing.residents import EVENTS_MAX
from feed.publishing.sequences import GrowingSequence

SHAPE: Final = "1"
"""The version of what is pickled. Raise it if a class in it changes."""
EVENTS_MIN: Final = 200
"""From how many events on a story is saved: to make a shorter one takes 0.1 s."""
NEW_EVENTS_MIN: Final = 20
NEW_SHARE: Final = 100
"""One is saved again when the story has grown by a hundredth: to take in so many events costs as much as saving."""
COMPRESSION: Final = 1
"""The fastest: a sixth of the size, in a fifth of the time that pickling takes."""
_MODULES: Final = (
    "events.changes",
    "events.fold.",
    "events.model.",
    "events.public.",
    "feed.entries.",
    "feed.publishing.sequences",
    "feed.syndication.archive",
    "feed.transparency.leaves",
    "feed.transparency.log",
)


class SavedSequences:
    """The sequences that are saved in the newsroom's `folder`, and those of this publication, to be saved."""

    def __init__(self, folder: Path, config: Config) -> None:
        self._folder, self._config = folder, config
        self._sequences: OrderedDict[str, GrowingSequence] = OrderedDict()
        self._saved: dict[str, int] = {}

    def sequence(self, reading: Reading, story: str, *, config: Config, now: datetime) -> StorySequence:
        """Return the sequence of a story: the one that is saved, if it can go on."""
        if reading.version(story) < EVENTS_MIN:
            return GrowingSequence(story, tuple(reading.rows(story)), config=config, now=now).sequence
        growing = self._gone_on(reading, story, now)
        if growing is None:
            growing = GrowingSequence(story, tuple(reading.rows(story)), config=config, now=now)
        self._sequences[story] = growing
        while len(self._sequences) > 1 and sum(each.events for each in self._sequences.values()) > EVENTS_MAX:
            self._sequences.popitem(last=False)  # it is saved when it is published with fewer others
        return growing.with_entries(config)

    @cached_property
    def _made_for(self) -> bytes:
        """A line that differs wherever a saved sequence would: in the configuration, or in the programs."""
        python = "{}.{}".format(*sys.version_info)
        programs = (SHAPE, FOLD_VERSION, RENDERERS, PYDANTIC_VERSION, python)
        return f"{' '.join(programs)} {self._config.digest(signing_key=None)}\n".encode()

    def forget(self) -> None:
        """Remove all that is saved."""
        clear_cache(self._folder)
        self._saved.clear()

    def save(self) -> None:
        """Save the sequences of stories that have grown. One that cannot be saved is made again next time."""
        if self._config.output.folder.partition("/")[0] == CACHE_NAME:
            return  # it is public
        for story, growing in self._sequences.items():
            new_events = growing.events - self._saved.get(story, 0)
            is_due = new_events >= max(NEW_EVENTS_MIN, growing.events // NEW_SHARE)
            if is_due and growing.can_go_on:
                with suppress(OSError, RecursionError):
                    self._write(story, growing)

    def _gone_on(self, reading: Reading, story: str, now: datetime) -> GrowingSequence | None:
        """Return the saved sequence as of `now`; None, and remove it, if it cannot be used."""
        path = cache_path(self._folder, story)
        with suppress(OSError):
            growing = _loaded(path.read_bytes(), self._made_for)
            if growing is not None:
                self._saved[story] = growing.events
                if growing.go_on(reading, now=now):
                    return growing
            self._saved.pop(story, None)
            path.unlink()
        return None

    def _write(self, story: str, growing: GrowingSequence) -> None:
        make_cache(self._folder)
        with write_atomically(cache_path(self._folder, story), mode=PRIVATE_MODE) as part:
            part.write_bytes(self._made_for + zlib.compress(dump(growing), level=COMPRESSION))


def _loaded(data: bytes, made_for: bytes) -> GrowingSequence | None:
    """Return the sequence in the bytes of a file; None if it is made for something else, or damaged."""
    if not data.startswith(made_for):
        return None
    try:
        growing = load(zlib.decompress(data[len(made_for) :]), modules=_MODULES)
    except zlib.error:
        return None
    return growing if isinstance(growing, GrowingSequence) else None
