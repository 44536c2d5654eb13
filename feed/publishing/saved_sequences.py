"""The public sequences of long stories in the newsroom's cache, for a process that publishes once, as from cron.

To make one takes all events of the story: five seconds for ten thousand. To load one takes a second. They are files of
their own (feed/README.md#the-cache): what is cached in a ledger may be a stranger's, and these are not checked.
"""

import gc
import sys
import zlib
from collections import OrderedDict
from collections.abc import Container
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from typing import Final

from events.projections.pickles import dump, load
from events.store.base import Reading
from events.system import gc_disabled
from feed.cache import Cache, programs
from feed.config import Config
from feed.publishing.plan import StorySequence
from feed.publishing.residents import EVENTS_MAX
from feed.publishing.sequences import GrowingSequence

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
    """The sequences that are saved in `cache`, and those of this publication of `config`, to be saved."""

    def __init__(self, cache: Cache, config: Config) -> None:
        self._cache, self._config = cache, config
        self._sequences: OrderedDict[str, GrowingSequence] = OrderedDict()
        self._saved: dict[str, int] = {}
        self._position: int | None = None

    def begin(self, reading: Reading) -> None:
        """Remove what was redacted. Nothing is saved without this, nor if something redacted may be left."""
        self._position = reading.head() if self._cache.forget_redacted(reading) else None

    def sequence(self, reading: Reading, story: str, *, config: Config, now: datetime) -> StorySequence:
        """Return the sequence of a story: the one that is saved, if it can go on."""
        if reading.version(story) < EVENTS_MIN:
            return GrowingSequence(story, tuple(reading.rows(story)), config=config, now=now).sequence
        self._sequences.pop(story, None)
        growing, sequence = self._gone_on(reading, story, now) or self._made(reading, story, now)
        self._sequences[story] = growing
        while len(self._sequences) > 1 and sum(each.events for each in self._sequences.values()) > EVENTS_MAX:
            self._sequences.popitem(last=False)  # it is saved when it is published with fewer others
        return sequence

    def save(self, *, failed: Container[str]) -> bool:
        """Save the sequences of stories that have grown, and have not `failed`. Return True if there are any.

        One that cannot be saved is made again next time.
        """
        if self._position is None:
            return False
        grown = [
            (story, growing)
            for story, growing in self._sequences.items()
            if growing.can_go_on and story not in failed and self._has_grown(story, growing.events)
        ]
        for story, growing in grown:
            with suppress(Exception):  # everything is published: a disk or a memory that is full is no failure
                data = self._made_for + zlib.compress(dump(growing), level=COMPRESSION)
                self._cache.write(story, data, position=self._position)
        return bool(grown)

    def _has_grown(self, story: str, events: int) -> bool:
        return events - self._saved.get(story, 0) >= max(NEW_EVENTS_MIN, events // NEW_SHARE)

    def _made(self, reading: Reading, story: str, now: datetime) -> tuple[GrowingSequence, StorySequence]:
        growing = GrowingSequence(story, tuple(reading.rows(story)), config=self._config, now=now)
        return growing, growing.with_entries(self._config)

    def _gone_on(self, reading: Reading, story: str, now: datetime) -> tuple[GrowingSequence, StorySequence] | None:
        """Return the saved sequence as of `now`; None, and remove it, if it cannot be used."""
        data = self._cache.read(story)
        if data is None:
            return None
        with suppress(Exception):  # whatever is wrong with it: all events say the same
            growing = self._loaded(data)
            if growing is not None and growing.story == story:  # somebody may have copied a file
                self._saved[story] = growing.events
                if growing.go_on(reading, now=now):
                    return growing, growing.with_entries(self._config)
        self._saved.pop(story, None)
        self._cache.remove(story)
        return None

    def _loaded(self, data: bytes) -> GrowingSequence | None:
        """Return the sequence in the bytes of a file; None if it is made for something else, or damaged."""
        if not data.startswith(self._made_for):
            return None
        with gc_disabled():
            growing = load(zlib.decompress(data[len(self._made_for) :]), modules=_MODULES)
            if gc.get_freeze_count() == 0:
                gc.freeze()
                gc.unfreeze()  # it now counts as old: otherwise all of it is searched for garbage at once
        return growing if isinstance(growing, GrowingSequence) else None

    @cached_property
    def _made_for(self) -> bytes:
        """A line that is another one after each upgrade, and if the configuration is another one."""
        python, libraries = "{}.{}".format(*sys.version_info), map(version, ("pydantic", "markdown-it-py"))
        return f"{programs()} {python} {' '.join(libraries)} {self._config.digest(signing_key=None)}\n".encode()
