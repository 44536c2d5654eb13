"""The pictures that a ledger names: which are missing, and those that a backup takes along."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from events.errors import Problem
from events.media import BYTES_MAX, FOLDER_NAME, MediaFolder
from events.model.pictures import SCHEME, pictures_in
from events.store.base import Reading
from events.store.picture_table import pictures_in_copy, put_pictures


def named_pictures(reading: Reading) -> set[str]:
    """Return the names of all pictures that any event names, be it public or not."""
    return {name for body in reading.bodies_with(f'"url":"{SCHEME}') for name in pictures_in(body)}


def missing_pictures(names: set[str], media: MediaFolder) -> Iterator[Problem]:
    """Yield a problem for each of the pictures `names` that is missing, or whose bytes have changed."""
    for name in media.missing(names):
        yield Problem(
            where=f"{FOLDER_NAME}/{name}",
            check="picture",
            message="an event names this picture, but the file is missing, or its bytes have changed.",
            remedy="Restore a backup in an empty newsroom, and copy the file from its media/.",
        )


def add_to_copy(path: Path, names: set[str], media: MediaFolder) -> None:
    """Add the pictures `names` to the copy of a ledger in the file `path`."""
    read = ((name, media.read(name)) for name in sorted(names))
    put_pictures(path, ((name, data) for name, data in read if data is not None))


def take_from_copy(path: Path, names: set[str], media: MediaFolder) -> None:
    """Store those of the pictures `names` that the copy of a ledger brings: nobody vouches for what else it has."""
    for name, data in pictures_in_copy(path, most=BYTES_MAX):
        if name in names and sha256(data).hexdigest() == name.partition(".")[0]:
            media.add(data, name)
