"""A cache of folded stories: asking again folds only the events since."""

from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from events.fold.story import StoryFold, fold_of
from events.model.codec import decode
from events.model.events import EventRedacted, EventUndone
from events.projections.snapshots import freeze, thaw
from events.projections.version import FOLD_VERSION
from events.store.base import Reading, Writing

FOLDS_MAX = 256
SNAPSHOT_EVENTS_MIN = 500
SNAPSHOT_SHARE = 10
"""A snapshot is replaced when the story has grown by a tenth, so that recording spends little time on it."""


class _Cached(NamedTuple):
    """A fold, and the position up to which it is folded."""

    fold: StoryFold
    position: int


class Folds:
    """The folds of the stories used last. `on_evict` is called with a fold that makes room for another."""

    def __init__(self) -> None:
        self._folds: OrderedDict[str, _Cached] = OrderedDict()
        self._snapshot_versions: dict[str, int] = {}

    def of(self, reading: Reading, story: str, *, on_evict: Callable[[StoryFold], None] | None = None) -> StoryFold:
        """Return the story folded up to what `reading` holds, continued from the cache or a snapshot."""
        fold, position = self._folds.pop(story) if story in self._folds else self._load(reading, story)
        if fold.version != reading.version(story):
            continued = position > 0
            for row in reading.rows(story, after=position):
                recorded = decode(row)
                if continued and isinstance(recorded.event, EventRedacted):
                    # The cached fold holds the erased text. Start from scratch; the snapshot was deleted too.
                    return self.of(reading, story, on_evict=on_evict)
                position = row.position
                if isinstance(recorded.event, EventUndone):
                    # What it takes back is in this fold. Start from scratch, and leave it out.
                    fold, position = refold(reading, story)
                    break
                fold.apply(recorded)
        self.put(fold, position, on_evict=on_evict)
        return fold

    def put(self, fold: StoryFold, position: int, *, on_evict: Callable[[StoryFold], None] | None = None) -> None:
        """Cache a story's fold up to `position`."""
        self._folds[fold.story] = _Cached(fold, position)
        if len(self._folds) > FOLDS_MAX:
            _, evicted = self._folds.popitem(last=False)
            if on_evict is not None:
                on_evict(evicted.fold)

    def peek(self, story: str) -> StoryFold | None:
        """Return a story's fold if it is cached."""
        return self._folds[story].fold if story in self._folds else None

    def forget(self, story: str) -> None:
        """Drop a story's fold, since it holds text that was erased or events that were undone."""
        self._folds.pop(story, None)
        self._snapshot_versions.pop(story, None)

    def clear(self) -> None:
        """Drop all folds."""
        self._folds.clear()
        self._snapshot_versions.clear()

    def update_snapshot(self, writing: Writing, story: str) -> None:
        """Store the cached fold of a story that has grown much since its last snapshot."""
        fold, position = self._folds[story]
        new_events = fold.version - self._snapshot_versions.get(story, 0)
        if new_events >= max(SNAPSHOT_EVENTS_MIN, fold.version // SNAPSHOT_SHARE):
            writing.put_snapshot(story, version=FOLD_VERSION, position=position, fold=freeze(fold))
            self._snapshot_versions[story] = fold.version

    def _load(self, reading: Reading, story: str) -> _Cached:
        """Return the story's snapshot, or an empty fold."""
        snapshot = reading.snapshot(story, version=FOLD_VERSION)
        fold = None if snapshot is None else thaw(snapshot.fold)
        if snapshot is None or fold is None or not _fits(fold, story, reading.version(story)):
            return _Cached(StoryFold(story), 0)
        self._snapshot_versions[story] = fold.version
        return _Cached(fold, snapshot.position)


def refold(reading: Reading, story: str) -> tuple[StoryFold, int]:
    """Return the story folded from scratch, and its newest position: after an undo, which no fold can continue."""
    rows = list(reading.rows(story))
    return fold_of(story, map(decode, rows)), rows[-1].position


def _fits(fold: StoryFold, story: str, version: int) -> bool:
    """Return True if a stored fold can be one of this `story`."""
    stored = getattr(fold, "story", None), getattr(fold, "version", None)
    return stored[0] == story and type(stored[1]) is int and stored[1] <= version
