"""Stories folded so far, remembered: asking again costs the events since, and not the whole story."""

from collections import OrderedDict
from collections.abc import Callable

from events.fold.story import StoryFold
from events.model.codec import decode
from events.model.events import EventRedacted
from events.projections.snapshots import freeze, thaw
from events.projections.version import FOLD_VERSION
from events.store.base import Reading, Writing

FOLDS_KEPT_MAX = 256
SNAPSHOT_EVENTS_MIN = 500
SNAPSHOT_SHARE = 10  # kept again when it has grown by a tenth: what keeping costs stays a small part of recording


def _unnoticed(_: StoryFold) -> None:
    """Let a fold go."""


class Folds:
    """The folds of the stories that were asked for last. `leaving` is told of one that makes room for another."""

    def __init__(self) -> None:
        self._folds: OrderedDict[str, tuple[StoryFold, int]] = OrderedDict()
        self._kept_versions: dict[str, int] = {}

    def of(self, reading: Reading, story: str, *, leaving: Callable[[StoryFold], None] = _unnoticed) -> StoryFold:
        """Return the story folded up to what `reading` holds, continued from where it last stopped."""
        fold, position = self._folds.pop(story) if story in self._folds else self._kept(reading, story)
        if fold.version != reading.version(story):
            continued = position > 0
            for row in reading.rows(story, after=position):
                recorded = decode(row)
                if continued and isinstance(recorded.event, EventRedacted):
                    return self.of(reading, story, leaving=leaving)  # anew: this one holds what has been erased since
                fold.apply(recorded)
                position = row.position
        self.put(fold, position, leaving=leaving)
        return fold

    def put(self, fold: StoryFold, position: int, *, leaving: Callable[[StoryFold], None] = _unnoticed) -> None:
        """Remember a story's fold up to `position`."""
        self._folds[fold.story] = (fold, position)
        if len(self._folds) > FOLDS_KEPT_MAX:
            _, (left, _) = self._folds.popitem(last=False)
            leaving(left)

    def remembered(self, story: str) -> StoryFold | None:
        """Return a story's fold as it is remembered, if it is."""
        return self._folds[story][0] if story in self._folds else None

    def forget(self, story: str) -> None:
        """Forget a story's fold: it holds what was erased."""
        self._folds.pop(story, None)

    def clear(self) -> None:
        """Forget all folds."""
        self._folds.clear()
        self._kept_versions.clear()

    def keep_long(self, writing: Writing, story: str) -> None:
        """Keep the remembered fold of a story that has grown much since it was kept last."""
        fold, position = self._folds[story]
        grown = fold.version - self._kept_versions.get(story, 0)
        if grown >= max(SNAPSHOT_EVENTS_MIN, fold.version // SNAPSHOT_SHARE):
            writing.put_snapshot(story, version=FOLD_VERSION, position=position, fold=freeze(fold))
            self._kept_versions[story] = fold.version

    def _kept(self, reading: Reading, story: str) -> tuple[StoryFold, int]:
        """Return the story's kept fold and its position, or a new one."""
        kept = reading.snapshot(story, version=FOLD_VERSION)
        fold = None if kept is None else thaw(kept[1])
        if kept is None or fold is None:
            return StoryFold(story), 0
        self._kept_versions[story] = fold.version
        return fold, kept[0]
