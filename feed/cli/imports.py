"""How the command line imports what takes long."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from events.system import gc_disabled


@contextmanager
def fast_imports() -> Iterator[None]:
    """Import modules without garbage collection, and exclude them from it later: saves 15 ms of 320."""
    with gc_disabled():
        yield
        gc.freeze()
