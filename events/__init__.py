"""What was reported: immutable events, folded into what is known now.

A five-minute tour:

>>> from events import Ledger, open_story, report
>>> ledger = Ledger.create(newsroom)
>>> _ = ledger.append(open_story("harbour-fire", headline="Fire at the harbour"))
>>> story = ledger.story("harbour-fire")
>>> _ = ledger.append(
...     report(story, "Two hurt", said_by=["Fire chief (Port Authority)"], facts=[{"key": "hurt", "value": 2}]),
...     expected_version=story.version,
... )
>>> fact = ledger.story("harbour-fire").fact("hurt")
>>> fact.current.value, fact.standing, fact.origins
(2, 'reported', ('Port Authority',))
>>> ledger.close()

Names are loaded when first used, so that `import events` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from events.fold.diff import Change
    from events.fold.state import Story
    from events.ledger import Appended, Ledger
    from events.model.events import AnyEvent, Recorded
    from events.public.sequence import PublicStory
    from events.recording import (
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
        unpin,
    )

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
    "UnknownStoryError",
    "VersionConflictError",
    "WritethruError",
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
    "unpin",
]
_ROOMS = ("recording", "ledger", "errors", "model", "state", "changes", "public")


def __getattr__(name: str) -> Any:
    """Load the module that holds a public name."""
    if name in __all__:
        for room in _ROOMS:
            module = import_module(f"events.{room}")
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module 'events' has no attribute {name!r}")
