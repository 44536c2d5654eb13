"""The entry point of `writethru`. Decides whether `publish` has anything to do before it imports anything else.

Cron runs this every minute, and there is almost never anything to do.
"""

import gc
import os
import sys
import time

from feed.fast_path import idle_reports
from feed.paths import FOLDER_VARIABLE, find_newsroom

GC_THRESHOLD = 20_000, 20, 50
"""Most of what a command makes is kept, so searches for garbage find little: `rebuild` takes 10 % less time and 8 %
more memory. This is set in our own processes alone: a library must not change it for its caller."""
PLUGINS_VARIABLE = "PYDANTIC_DISABLE_PLUGINS"
"""Pydantic looks through every installed package for plugins of its own: a twentieth of the time of a command. None is
used, unless the environment says otherwise."""


def main() -> int:
    """Run the command line and return its exit code."""
    try:
        return _run()
    finally:
        gc.freeze()  # otherwise Python ends by searching all that is left for garbage: 0.4 s after a very long story


def _run() -> int:
    folder = _published_folder(sys.argv[1:])
    if folder is not None and _is_idle(folder, time.time()):
        return 0
    gc.set_threshold(*GC_THRESHOLD)
    os.environ.setdefault(PLUGINS_VARIABLE, "__all__")
    if folder is not None and sys.argv[-1] == "publish":
        from feed.cli.publishing import publish_due  # noqa: PLC0415 - the purpose of this module

        return publish_due(folder)
    from feed.cli.program import run  # noqa: PLC0415 - as above

    return run()


def _is_idle(folder: str, now_s: float) -> bool:
    """Return True if there is nothing to publish, and that is reported where the newsroom wants it."""
    reports = idle_reports(folder, now_s)
    if not reports:
        return reports is not None
    from feed.health.idle import parse_reports, write_idle  # noqa: PLC0415 - most newsrooms have no metrics

    file, heartbeat = parse_reports(reports)
    if file and not write_idle(folder, file, now_s):
        return False
    if heartbeat:
        from feed.health.heartbeat import Heartbeat, warning  # noqa: PLC0415 - it imports more than all else here

        signals = Heartbeat(folder, heartbeat)
        signals.end()
        if why := signals.failure():
            print(warning(why), file=sys.stderr)  # noqa: T201 - click would take longer to import
    return True


def _published_folder(arguments: list[str]) -> str | None:
    """Return the newsroom of a plain `publish`; None for any other command line."""
    match arguments:
        case ["publish"] | ["publish", "-v" | "--verbose"]:
            return find_newsroom(os.environ.get(FOLDER_VARIABLE) or ".")
        case ["-C", folder, "publish"] | ["-C", folder, "publish", "-v" | "--verbose"]:
            return find_newsroom(folder)
        case _:
            return None
