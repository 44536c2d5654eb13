from events.changes import Change
from events.commands import (
    check_fact,
    close_story,
    correct,
    hold,
    open_story,
    pin,
    redact,
    release,
    reopen_story,
    report,
    retract,
    revise_story,
    undo,
    unpin,
)
from events.errors import (
    InvalidError,
    Problem,
    RefusedError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    UnknownStoryError,
    VersionConflictError,
    WritethruError,
)
from events.fold.state import Story
from events.ledger import Ledger
from events.model.events import AnyEvent, Recorded
from events.model.typed_times import TypedTimes
from events.public.sequence import PublicStory
from events.recorder import Appended

__all__ = [
    "AnyEvent",
    "Appended",
    "Change",
    "InvalidError",
    "Ledger",
    "Problem",
    "PublicStory",
    "Recorded",
    "RefusedError",
    "StoreBusyError",
    "StoreDamagedError",
    "StoreError",
    "Story",
    "TypedTimes",
    "UnknownStoryError",
    "VersionConflictError",
    "WritethruError",
    "check_fact",
    "close_story",
    "correct",
    "hold",
    "open_story",
    "pin",
    "redact",
    "release",
    "reopen_story",
    "report",
    "retract",
    "revise_story",
    "undo",
    "unpin",
]
