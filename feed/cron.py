"""The first thing that runs: asks whether `publish` has anything to do, and imports everything else only if it has.

Cron calls this every minute, for years, and almost always there is nothing to do.
"""

import gc
import os
import sys
import time

from feed.fast_path import nothing_to_do
from feed.paths import FOLDER_VARIABLE, find_newsroom


def main() -> int:
    """Run the command line; give its exit code."""
    folder = _published_folder(sys.argv[1:])
    if folder is not None and nothing_to_do(folder, time.time()):
        return 0
    from feed.cli import run  # noqa: PLC0415 - the point of this module

    try:
        return run()
    finally:
        gc.freeze()  # whatever is left goes with the process: no last search for garbage in it


def _published_folder(arguments: list[str]) -> str | None:
    """Return the newsroom that plain `publish` is about, or None for any other command line."""
    match arguments:
        case ["publish"] | ["publish", "-v" | "--verbose"]:
            return find_newsroom(os.environ.get(FOLDER_VARIABLE) or ".")
        case ["-C", folder, "publish"] | ["-C", folder, "publish", "-v" | "--verbose"]:
            return find_newsroom(folder)
        case _:
            return None
