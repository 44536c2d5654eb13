"""A cache of folded stories: asking again folds only the events since."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from itertools import islice
from typing import NamedTuple

from events.fold.story import StoryFold, fold_of
from events.model.codec import decode
from events.model.events import AnyEvent, EventRedacted, EventUndone
from events.projections.snapshots import freeze, thaw
from events.projections.version import FOLD_VERSION
from events.store.base import Expected, Reading, Writing

EVENTS_MAX = 16_000
"""How many events the cached folds hold together, at most: about 100 MB. A single larger fold is cached too."""
EVENTS_MIN = 10
"""How many events a fold counts for, at least."""
EXPECTED_MAX = 1_000
"""For how many events of an append the store is asked ahead."""
SNAPSHOT_EVENTS_MIN = 500
SNAPSHOT_SHARE = 10
"""A snapshot is replaced when the story has grown by a tenth, so that recording spends little time on it."""


class _Cached(NamedTuple):
    """A fold, the position up to which it is folded, and the events that it counts for."""

    fold: StoryFold
    position: int
    events: int = 0


class Folds:
    """The folds of the stories used last, of `events_max` events together.

    `on_evict` is called with a fold that makes room for others.
    """

    def __init__(self, events_max: int = EVENTS_MAX) -> None:
        self.events_max = events_max
        self._folds: OrderedDict[str, _Cached] = OrderedDict()
        self._events = 0
        self._snapshot_versions: dict[str, int] = {}

    def of(self, reading: Reading, story: str, *, on_evict: Callable[[StoryFold], None] | None = None) -> StoryFold:
        """Return the story folded up to what `reading` holds, continued from the cache or a snapshot."""
        fold, position, _ = self._pop(story) or self._load(reading, story)
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
        self._pop(fold.story)
        events = max(fold.version, EVENTS_MIN)
        self._folds[fold.story] = _Cached(fold, position, events)
        self._events += events
        while self._events > self.events_max and len(self._folds) > 1:
            evicted = self._pop(next(iter(self._folds)))
            if evicted is not None and on_evict is not None:
                on_evict(evicted.fold)

    def expected(self, events: Iterable[AnyEvent]) -> Expected:
        """Return what an append of `events` will ask the store about."""
        first = tuple(islice(events, EXPECTED_MAX))
        stories = {event.story: self._folds.get(event.story) for event in first}
        positions = tuple((story, 0 if cached is None else cached.position) for story, cached in stories.items())
        return Expected(tuple(event.id for event in first if event.id is not None), positions, FOLD_VERSION)

    def peek(self, story: str) -> StoryFold | None:
        """Return a story's fold if it is cached."""
        return self._folds[story].fold if story in self._folds else None

    def forget(self, story: str) -> None:
        """Drop a story's fold, since it holds text that was erased or events that were undone."""
        self._pop(story)
        self._snapshot_versions.pop(story, None)

    def clear(self) -> None:
        """Drop all folds."""
        self._folds.clear()
        self._events = 0
        self._snapshot_versions.clear()

    def update_snapshot(self, writing: Writing, story: str) -> None:
        """Store the cached fold of a story that has grown much since its last snapshot."""
        fold, position, _ = self._folds[story]
        new_events = fold.version - self._snapshot_versions.get(story, 0)
        if new_events >= max(SNAPSHOT_EVENTS_MIN, fold.version // SNAPSHOT_SHARE):
            writing.put_snapshot(story, version=FOLD_VERSION, position=position, fold=freeze(fold))
            self._snapshot_versions[story] = fold.version

    def _pop(self, story: str) -> _Cached | None:
        """Remove a story's fold from the cache, and return it: one that fails halfway must not stay."""
        cached = self._folds.pop(story, None)
        if cached is not None:
            self._events -= cached.events
        return cached

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
