"""Check a log: its signatures, its tree, its stories and its feeds."""

from .errors import LogError, StoppedError
from .feeds import FeedCheck
from .files import BYTES_MAX, CHECKPOINT, SECONDS_MAX, TRIES, Budget, Files
from .keys import Key, parse_key
from .memory import bytes_or_file, parse_memory
from .notes import SignatureCheck, checkpoint_head, parse_note
from .report import Report
from .stories import StoryCheck
from .tree import TreeCheck


def verify(
    location: str,
    *,
    since: str | None = None,
    key: str | None = None,
    max_seconds: float = SECONDS_MAX,
    max_bytes: int = BYTES_MAX,
) -> Report:
    """Check the output at `location`, a folder or a URL. ValueError if `since` or `key` cannot be parsed.

    `since` is what you remember of the log: a checkpoint, a feed that has one, or "SIZE ROOT". `key` is the verifier
    key that you trust; without it, the first key of the log is. Each may also be the name of a file that holds it.
    """
    memory = None if since is None else parse_memory(bytes_or_file(since))
    trusted = None if key is None else parse_key(bytes_or_file(key).decode(errors="replace").strip())
    budget = Budget(max_seconds, max_bytes)
    report = Report(location)
    for _ in range(TRIES):
        files = Files(location, budget)
        report = Report(location, memory=memory)
        check(files, report, trusted)
        if not report.problems or not _has_grown(files, report):
            break  # otherwise it was published while we read it: read it again
    return report


def check(files: Files, report: Report, trusted: "Key | None") -> None:
    """Check everything once, and add what is found to `report`."""
    try:
        note = parse_note(CHECKPOINT, files.text(CHECKPOINT))
        report.head = checkpoint_head(note.text)
        files.budget.expect(CHECKPOINT, report.head.size)
        SignatureCheck(files, report).check(note, report.head, trusted)
        tree = TreeCheck(files, report, report.head)
        leaves = tree.check()
        if leaves is not None:
            stories = StoryCheck(files, report, leaves)
            stories.check()
            if not report.problems:  # otherwise each feed would repeat that the log is another
                FeedCheck(files, report, leaves.heads, signed=bool(note.signatures)).check(leaves.stories, stories.lost)
    except LogError as error:
        report.problems.append(error)
    except StoppedError as stopped:
        report.problems.append(stopped.problem)


def _has_grown(files: Files, report: Report) -> bool:
    """Return True if the checkpoint is another one by now."""
    try:
        return report.head is not None and checkpoint_head(parse_note("", files.text(CHECKPOINT)).text) != report.head
    except (LogError, StoppedError):
        return False
