"""Move a ledger to another store, exact to the byte, while nobody can record."""

from collections.abc import Callable
from itertools import zip_longest
from typing import NamedTuple

from events.errors import StoreDamagedError
from events.projections.version import FOLD_VERSION
from events.store.base import MOVED, Reading, Store
from events.store.copying import copy_everything
from events.store.errors import check_empty


class Moved(NamedTuple):
    """What was moved: how many events, stories, and items of the public log."""

    events: int
    stories: int
    leaves: int


def move(source: Store, target: Store, switch: Callable[[], None]) -> Moved:
    """Copy everything from `source` to the empty store `target`, call `switch`, and let `source` take nothing more.

    `switch` makes the newsroom use `target`. If it, or anything before it, fails, the source stays as it was.
    RefusedError if the target is not empty, StoreDamagedError if the copy is not the same.
    """
    with target.reading() as reading:  # a ledger that was moved away cannot even be opened for writing
        check_empty(reading, target.name, verb="move")
    with source.writing() as before:
        with target.writing() as after:
            check_empty(after, target.name, verb="move")
            copy_everything(before, after, fold_version=FOLD_VERSION)
            if not _is_same(before, after):
                what = "the ledger is damaged, and its copy would differ; nothing was moved."
                raise StoreDamagedError(source.name, what, remedy="To see all damage: writethru verify")
        switch()
        before.put_note(MOVED, target.name)
        return Moved(before.head(), len(before.stories()), before.log_size())


def _is_same(before: Reading, after: Reading) -> bool:
    """Return True if every byte of events, links and the public log is the same."""
    size = max(before.log_size(), after.log_size())
    return (
        all(one == other for one, other in zip_longest(before.raw_rows(), after.raw_rows()))
        and all(one == other for one, other in zip_longest(before.leaves(until=size), after.leaves(until=size)))
        and before.log_keys() == after.log_keys()
    )
