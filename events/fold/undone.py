"""What an undo leaves: the events without those that were taken back (events/README.md#undo). Pure."""

from collections.abc import Iterable

from events.model.events import EventRedacted, EventUndone, Recorded


def without_undone(events: Iterable[Recorded]) -> tuple[Recorded, ...]:
    """Return `events`, in the order of recording, without what was undone, undos, and redactions of undone texts."""
    left: dict[str, Recorded] = {}
    undone: set[str | None] = set()
    for recorded in events:
        match recorded.event:
            case EventUndone() as undo:
                for target in undo_targets(undo, left.values()):
                    undone.add(target.id)
                    del left[target.id]
            case EventRedacted(event=target_id) if target_id in undone:
                pass
            case _:
                left[recorded.id] = recorded
    return tuple(left.values())


def at_version(events: Iterable[Recorded], version: int) -> tuple[Recorded, ...]:
    """Return those of a story's `events` that its `version` was folded from: later undos had taken nothing back."""
    return without_undone(recorded for recorded in events if recorded.version <= version)


def undo_targets(undo: EventUndone, events: Iterable[Recorded]) -> tuple[Recorded, ...]:
    """Return those of `events`, all that were not undone before, that `undo` takes back."""
    if undo.development is None:
        return tuple(event for event in events if event.id == undo.event)
    return tuple(event for event in events if event.development == undo.development)
