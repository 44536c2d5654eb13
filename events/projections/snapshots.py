"""Snapshots of folds: a long story is then loaded, which is faster than folding it from scratch.

A snapshot is a cache: it is stored with FOLD_VERSION and the position up to which it was folded, counts as absent if
anything about it is odd, and can be deleted at any time.
"""

from events.fold.story import StoryFold
from events.projections.pickles import dump, load

_MODULES = ("events.fold.", "events.model.")


def freeze(fold: StoryFold) -> bytes:
    """Return `fold` as bytes for `thaw`."""
    fold.facts()  # which the fold caches: they need not be folded after each `thaw`
    return dump(fold)


def thaw(data: bytes) -> StoryFold | None:
    """Return the fold of which `freeze` made `data`, or None if it made none."""
    fold = load(data, modules=_MODULES)
    return fold if isinstance(fold, StoryFold) else None
