"""The events that taking drafts recorded. A draft whose event was undone waits again, and is taken as another event."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from events.errors import StoreError
from events.ledger import Ledger
from events.model.codec import decode
from events.model.events import DevelopmentCorrected, DevelopmentReported, Recorded
from events.model.rows import Row
from feed.intake.drafts import Draft
from feed.intake.inbox import Inbox

UNDO: Final = '"type":"event_undone"'
LOOKED_AT: Final = "undone:"
"""Under which name the inbox remembers the newest event among which undos were looked for. No source is called so."""


def event_id_of(ledger: Ledger, draft: Draft) -> str:
    """Return the id of the event that taking a draft records. The ids of undone events stay in the ledger."""
    event_id, number = draft.id, 1
    while (recorded := _recorded(ledger, event_id)) and event_id in ledger.undone(recorded.event.story):
        number += 1
        event_id = f"{draft.id}.{number}"
    return event_id


def is_recorded(ledger: Ledger, draft: Draft) -> bool:
    """Return True if the event that taking a draft records is in the ledger, and was not undone."""
    return _recorded(ledger, event_id_of(ledger, draft)) is not None


def event_of(ledger: Ledger, draft: Draft) -> DevelopmentReported | DevelopmentCorrected | None:
    """Return the event that taking a draft recorded, unless it was undone."""
    recorded = _recorded(ledger, event_id_of(ledger, draft))
    event = None if recorded is None else recorded.event
    return event if isinstance(event, DevelopmentReported | DevelopmentCorrected) else None


def waiting(ledger: Ledger, box: Inbox) -> list[Draft]:
    """Return the drafts that wait for a decision, oldest first, with those whose event was undone."""
    reopen_undone(ledger, box)
    return box.drafts()


def draft_of(ledger: Ledger, box: Inbox, number: int) -> Draft:
    """Return one draft, as it is after undos; InvalidError if there is none of that number."""
    reopen_undone(ledger, box)
    return box.draft(number)


def reopen_undone(ledger: Ledger, box: Inbox) -> list[int]:
    """Let each draft wait again whose event was undone since this was called last, and return their numbers."""
    last, stories = None, set()
    for last in _rows_since(ledger, box.progress(LOOKED_AT)[1]):
        if UNDO in last.envelope:
            stories.add(decode(last).event.story)
    if last is None:
        return []
    ids = {event_id.partition(".")[0] for story in stories for event_id in ledger.undone(story)}
    with box.writing():  # a `take` that records meanwhile marks its draft after this
        reopened = [draft for draft in box.taken_drafts(ids) if not is_recorded(ledger, draft)]
        for draft in reopened:
            box.mark(draft, "new")
        box.remember(LOOKED_AT, {}, decode(last).id)
    return [draft.number for draft in reopened]


def reopen_after_undo(ledger: Ledger, folder: Path) -> list[int]:
    """Do so in the inbox of a folder. If there is none, or it is busy, do nothing: the next look at it does so."""
    if (folder / Inbox.FILE).exists():
        with suppress(StoreError), Inbox(folder) as box:
            return reopen_undone(ledger, box)
    return []


def _recorded(ledger: Ledger, event_id: str) -> Recorded | None:
    with ledger.store.reading() as reading:
        row = reading.row(event_id)
    return None if row is None else decode(row)


def _rows_since(ledger: Ledger, event_id: str) -> Iterator[Row]:
    """Yield the rows after an event. If the ledger does not have it, yield the newest: there may be millions."""
    with ledger.store.reading() as reading:
        row = reading.row(event_id) if event_id else None
        yield from reading.rows(after=reading.head() - 1 if row is None else row.position)
