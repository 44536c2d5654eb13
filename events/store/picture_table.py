"""The pictures in a backup: a table of its own in the copy of the ledger, so that a backup is one file."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import apsw

from events.store.shape import harden
from events.store.sqlite_errors import translate_sqlite_errors

_EXISTS: Final = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'pictures'"


def put_pictures(path: Path, pictures: Iterable[tuple[str, bytes]]) -> None:
    """Add pictures, by name, to the copy of a ledger in the file `path`, instead of those that it has."""
    with translate_sqlite_errors(path, so_far="The copy was not made."), closing(apsw.Connection(str(path))) as copy:
        copy.execute("BEGIN; DROP TABLE IF EXISTS pictures")
        for number, row in enumerate(pictures):
            if number == 0:
                copy.execute("CREATE TABLE pictures(name, data)")
            copy.execute("INSERT INTO pictures VALUES (?, ?)", row)
        copy.execute("COMMIT")


def pictures_in_copy(path: Path, *, most: int) -> Iterator[tuple[str, bytes]]:
    """Yield the pictures in the copy of a ledger, but none of more than `most` bytes. They may be anything."""
    with (
        translate_sqlite_errors(path, so_far=""),
        closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as copy,
    ):
        harden(copy)
        if copy.execute(_EXISTS).get:
            for name, data in copy.execute("SELECT name, data FROM pictures WHERE length(data) <= ?", (most,)):
                if isinstance(name, str) and isinstance(data, bytes):
                    yield name, data
