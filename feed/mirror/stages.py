"""In which order files go to a mirror, so that no reader of it meets a link to a missing one. Pure.

feed/README.md#mirror-order
"""

from collections.abc import Callable, Container, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Final, TypeAlias

from feed.output.headers import INDEX, kind_of
from feed.publishing.mirror_queue import ABSENT
from feed.publishing.render import SITE_FILES, is_story_file

ASSETS, HISTORY, PAGES, STORY_FEEDS, SITE_FEEDS, SITE, FRONT, CHECKPOINT = range(8)
FIRST, WITHDRAWN, GONE, NEW, QUOTING, CHANGED, REMOVED = range(7)
_HISTORY: Final = ("archive", "developments", "history", "history.json", "page")
Step: TypeAlias = tuple[int, int, int]


def stage_of(path: str) -> int:
    """Return the stage of a file: it links to files of earlier stages, and of its own."""
    folder, _, rest = path.partition("/")
    if folder == "assets" or path.endswith((".png", ".jpg")):  # pictures of reports too
        return ASSETS
    if folder == "log":
        return HISTORY if rest.startswith("tile/") else CHECKPOINT if rest == "checkpoint" else SITE
    kind = kind_of(path)
    if folder == "stories":
        name = rest.partition("/")[2]
        if name.partition("/")[0] in _HISTORY:
            return HISTORY
        return STORY_FEEDS if kind is not None and kind.is_topic else PAGES
    if path == INDEX:
        return FRONT  # once it is there, readers find what it links to
    return SITE_FEEDS if kind is not None and kind.is_topic and path in SITE_FILES else SITE


def steps(
    files: Mapping[str, str], *, exists: Container[str], is_urgent: Callable[[str], bool]
) -> list[tuple[Step, list[str]]]:
    """Return the steps in which files go, each with its paths; the next begins once all of one are acknowledged.

    `files` has what the mirror has of each, `exists` what the output has; what it has not is deleted. A file that the
    mirror lacks goes before those that it has: these may link to it, and nothing there links to it yet.
    """

    def step(path: str) -> Step:
        stage, is_new = stage_of(path), files[path] == ABSENT
        is_of_story = path.startswith("stories/")
        if path not in exists:
            return (GONE if is_urgent(path) else REMOVED), 0, 0
        if stage == ASSETS and is_new:
            return FIRST, 0, 0
        if is_urgent(path) and is_of_story:
            return WITHDRAWN, int(not is_new), stage
        if is_new:
            return NEW, 0, stage
        return (QUOTING if is_urgent(path) else CHANGED), 0, stage

    ordered = sorted((step(path), path) for path in files)
    return [(key, [path for _, path in group]) for key, group in groupby(ordered, key=itemgetter(0))]


def is_ours(path: str) -> bool:
    """Return True if a file that the output does not have was one of ours, by its name: of a story, or of the log."""
    folder, _, rest = path.partition("/")
    return path.startswith("log/tile/") or (folder == "stories" and is_story_file(rest.partition("/")[2]))
