"""What a publication plans, and what it has written."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, Protocol

from events.public.sequence import PublicStory
from events.store.base import Line, Reading
from feed.config import Config
from feed.entries.model import Entry
from feed.entries.story import StoryEntries
from feed.publishing.attempts import Failure
from feed.publishing.tree_state import TreeState
from feed.transparency.leaves import Update
from feed.transparency.log import KnownLeaves, OtherNewsroomError, PublicLog


class StoryUpdates(NamedTuple):
    """The update of each public item of one story, and the position at which something was last taken back."""

    updates: tuple[Update, ...]
    withdrawn_at: int


class StorySequence(NamedTuple):
    """The same, with the public sequence itself, what was read of its leaves, and if it went on, its entries."""

    updates: tuple[Update, ...]
    withdrawn_at: int
    public: PublicStory
    leaves: KnownLeaves
    entries: StoryEntries | None = None


class SequenceSource(Protocol):
    """Where the public sequence of a story comes from, other than from all its events."""

    def sequence(self, reading: Reading, story: str, *, config: Config, now: datetime) -> StorySequence:
        """Return what is public of `story` at `now`."""


class Plan(NamedTuple):
    """What a publication has to do.

    `head`           the newest position when it was made
    `stories`        the stories that are due, sorted
    `from_scratch`   whether the output is rebuilt; `stories` are then all stories
    `behind`         what the tree shows, if another one was published since: then no file counts as it is
    `withdrawals`    those of them that take something back: they are written first
    `leaves`         how many leaves the public log lacks; the store has staged them
    `sequences`      the sequences of some due stories, so that they are not read twice
    `failures`       why a due story could not be read
    """

    head: int
    stories: tuple[str, ...]
    from_scratch: bool
    behind: TreeState | None = None
    withdrawals: frozenset[str] = frozenset()
    leaves: int = 0
    sequences: Mapping[str, StorySequence] = MappingProxyType({})
    failures: Mapping[str, Failure] = MappingProxyType({})


class Written(NamedTuple):
    """What a publication has written, to be remembered.

    `failed` are (story, why) of stories that were left out, `missing` the paths of pictures that the newsroom lacks,
    `feeds` those of the feeds that changed, `withdrawals` the stories that took something back. `is_behind` if the tree
    had not been what was published last.
    """

    from_scratch: bool
    log_size: int
    lines: tuple[Line, ...] = ()
    newest: tuple[Entry, ...] = ()
    corrections: tuple[Entry, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    withdrawals: frozenset[str] = frozenset()
    is_behind: bool = False


def stage_leaves(reading: Reading, log: PublicLog, story: str, updates: StoryUpdates | StorySequence) -> int | Failure:
    """Stage the leaves that `log` lacks, and return how many they are."""
    try:
        leaves = updates.leaves if isinstance(updates, StorySequence) else None
        missing = log.missing_leaves(story, updates.updates, leaves)
    except OtherNewsroomError:
        raise
    except Exception as error:  # noqa: BLE001 - one bad story never stops the others; `write` reports it
        return Failure.of(error)
    reading.stage_leaves(missing)
    return len(missing)
