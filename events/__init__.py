"""What was reported: immutable events, folded into what is known now.

A tour:

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

Names are loaded when first used, so that `import events` is fast, and their types are in `__init__.pyi`.
"""

_MODULES = {
    "AnyEvent": "events.model.events",
    "Appended": "events.recorder",
    "Change": "events.changes",
    "InvalidError": "events.errors",
    "Ledger": "events.ledger",
    "Problem": "events.errors",
    "PublicStory": "events.public.sequence",
    "Recorded": "events.model.events",
    "RefusedError": "events.errors",
    "StoreBusyError": "events.errors",
    "StoreDamagedError": "events.errors",
    "StoreError": "events.errors",
    "Story": "events.fold.state",
    "TypedTimes": "events.model.typed_times",
    "UnknownStoryError": "events.errors",
    "VersionConflictError": "events.errors",
    "WritethruError": "events.errors",
    "check_fact": "events.commands",
    "close_story": "events.commands",
    "correct": "events.commands",
    "hold": "events.commands",
    "open_story": "events.commands",
    "pin": "events.commands",
    "redact": "events.commands",
    "release": "events.commands",
    "reopen_story": "events.commands",
    "report": "events.commands",
    "retract": "events.commands",
    "revise_story": "events.commands",
    "undo": "events.commands",
    "unpin": "events.commands",
}
"""Where each public name is defined."""
__all__ = [*_MODULES]  # noqa: PLE0604 - the keys are strings, which ruff cannot see


def __getattr__(name: str) -> object:
    """Return a public name, from the module that defines it."""
    if name not in _MODULES:
        raise AttributeError(f"module 'events' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - not needed by a cron run

    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(_MODULES)
