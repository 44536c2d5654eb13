"""What was found, in one line: ok, warning or bad, and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from events.errors import WritethruError

Status = Literal["ok", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The state of one thing.

    check: the stable name of the thing
    status: ok; warning, if it works for now; bad, if something must be done
    message: what was found
    remedy: what to do; may be ""
    """

    check: str
    status: Status
    message: str
    remedy: str = ""


def ok(check: str, message: str) -> Finding:
    """Return that all is well."""
    return Finding(check, "ok", message)


def warning(check: str, message: str, remedy: str) -> Finding:
    """Return what works for now."""
    return Finding(check, "warning", message, remedy)


def bad(check: str, message: str, remedy: str) -> Finding:
    """Return what must be fixed."""
    return Finding(check, "bad", message, remedy)


def os_error_words(error: OSError) -> str:
    """Return what an error of the system says, and of which file, if it names one."""
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason


def bad_of(check: str, error: WritethruError | OSError) -> Iterator[Finding]:
    """Yield what an error says, as a finding for each of its problems."""
    if isinstance(error, OSError):
        yield bad(check, f"{os_error_words(error)}.", "Check who owns it, and its mode: ls -la")
        return
    for problem in error.problems:
        where = f"{problem.where}: " if problem.where else ""
        yield bad(check, f"{where}{problem.message}", problem.remedy)
