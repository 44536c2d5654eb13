"""How a failure becomes a sentence on stderr and an exit code."""

import errno
from pathlib import Path

from events.errors import BusyError, ClockError, StoreBusyError, StoreDamagedError, WritethruError
from feed.cli.exit_codes import CLOCK, DAMAGED, DONE, LOCKED, REFUSED
from feed.cli.terminal.output import warn


def report_failure(error: WritethruError | OSError) -> int:
    """Print why a command failed and return its exit code."""
    match error:
        case BusyError():
            return DONE  # the publication under way, or cron's next run, does the work
        case WritethruError():
            warn(str(error))
            return _exit_code(error)
        case OSError():
            warn(f"{error.filename or 'output'}: {_os_error_message(error)}")
            return REFUSED


def _exit_code(error: WritethruError) -> int:
    match error:
        case StoreBusyError():
            return LOCKED
        case StoreDamagedError():
            return DAMAGED
        case ClockError():
            return CLOCK
        case _:
            return REFUSED


def _os_error_message(error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "the disk is full. What was recorded is safe. Free some space and run the command again."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "permission denied. Check who owns it and its folder, and their modes: ls -la"
        case errno.ENOENT | errno.ENOTDIR:
            from shlex import quote  # noqa: PLC0415 - only here, and cron's line imports this module

            folder = quote(str(Path(str(error.filename or "")).parent))
            return f"there is no such file or folder. Check the path; create the folder first: mkdir -p {folder}"
        case _:
            return f"{(error.strerror or str(error)).lower()}."
