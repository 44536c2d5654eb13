"""Reprints in the inbox: how they are shown beside what they reprint."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from events.ledger import Ledger
from feed.cli.text_drafts import COLUMNS
from feed.intake.draft_events import event_of
from feed.intake.drafts import TextDraft
from feed.intake.inbox import Printing


def printing_line(ledger: Ledger, printing: Printing) -> str:
    """Return what a text is another printing of: a source that was recorded, or another draft."""
    number, event = printing.draft.number, event_of(ledger, printing.draft)
    original = f"draft {number}" if event is None else f"{event.development}'s source in {event.story} (draft {number})"
    return f"Another printing of {original}: {printing.share:.0%} of the shorter text is in the other."


def printing_lines(ledger: Ledger, draft: TextDraft, printings: Sequence[Printing]) -> Iterator[str]:
    """Yield what a draft is another printing of, and that text."""
    for printing in printings:
        yield ""
        yield printing_line(ledger, printing)
        if draft.state == "new" and event_of(ledger, printing.draft) is not None:
            yield f"It is no second source. To add its outlet to that source: writethru take {draft.number} --reprint"
        for paragraph in printing.draft.content.text.split("\n\n"):
            yield textwrap.fill(paragraph, COLUMNS, initial_indent="  | ", subsequent_indent="  | ")


def printings_json(ledger: Ledger, printings: Sequence[Printing]) -> list[dict[str, Any]]:
    """Return them for programs."""
    events = [(printing, event_of(ledger, printing.draft)) for printing in printings]
    return [
        {
            "draft": printing.draft.number,
            "story": None if event is None else event.story,
            "development": None if event is None else event.development,
            "share": round(printing.share, 2),
        }
        for printing, event in events
    ]
