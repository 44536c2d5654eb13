"""Copies pictures of the newsroom into the output. Their names are the digests of their bytes, so none ever changes."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from events.media import MediaFolder
from feed.output.tree import Tree


def write_pictures(
    tree: Tree, media: MediaFolder, paths: Iterable[str], *, again: bool, updated: datetime
) -> Iterator[str]:
    """Write the pictures that `tree` lacks, or all of them `again`, and yield the paths of those that `media` lacks.

    They are read one at a time, since they are large.
    """
    for path in paths:
        if again or tree.read(path, most=0) is None:
            data = media.read(path.rpartition("/")[2])
            if data is None:
                yield path
            else:
                tree.write(path, data, updated=updated)
