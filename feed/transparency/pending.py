"""SHELL: what the public log is to take in, in its order, however much that is."""

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Final

HELD_MAX: Final = 20_000
"""How many are sorted at a time: some 20 MB."""


@dataclass(frozen=True, slots=True, order=True)
class Unlogged:
    """A public item that the log lacks, in the order in which leaves are added: by instant, story and number."""

    at: datetime
    story: str
    number: int
    entry: str


class Pending:
    """Items that the log lacks, sorted. All but the last `held` wait in sorted runs, each a file without a name."""

    def __init__(self, items: Iterable[Unlogged], *, held: int = HELD_MAX) -> None:
        rest, self._runs = iter(items), list[IO[bytes]]()
        self._held = sorted(islice(rest, held))
        while following := sorted(islice(rest, held)):
            self._runs.append(_written(self._held))
            self._held = following

    def __bool__(self) -> bool:
        """Return True if there are any."""
        return bool(self._held)

    def close(self) -> None:
        """Let go of the files."""
        for run in self._runs:
            run.close()

    def __iter__(self) -> Iterator[Unlogged]:
        return merge(self._held, *map(_read, self._runs))


def _written(run: Iterable[Unlogged]) -> IO[bytes]:
    file = TemporaryFile()  # noqa: SIM115 - `close` closes it
    for item in run:
        pickle.dump(item, file, protocol=pickle.HIGHEST_PROTOCOL)
    return file


def _read(run: IO[bytes]) -> Iterator[Unlogged]:
    run.seek(0)
    while True:
        try:
            item: Unlogged = pickle.load(run)  # noqa: S301 - no one else can write to it
        except EOFError:
            return
        yield item
