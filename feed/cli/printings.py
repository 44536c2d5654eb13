"""Reprints in the inbox: how they are shown beside what they reprint, and how their outlet is added to its source."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import click

from events import commands
from events.errors import InvalidError, Problem
from events.ledger import Ledger
from events.model.codec import decode
from events.model.events import AnyEvent, DevelopmentCorrected, DevelopmentReported
from feed.cli.text_drafts import COLUMNS, source_of
from feed.intake.drafts import TextDraft
from feed.intake.inbox import Printing


def printing_line(ledger: Ledger, printing: Printing) -> str:
    """Return what a text is another printing of: a source that was recorded, or another draft."""
    number, event = printing.draft.number, _event_of(ledger, printing.draft)
    original = f"draft {number}" if event is None else f"{event.development}'s source in {event.story} (draft {number})"
    return f"Another printing of {original}: {printing.share:.0%} of the shorter text is in the other."


def printing_lines(ledger: Ledger, draft: TextDraft, printings: Sequence[Printing]) -> Iterator[str]:
    """Yield what a draft is another printing of, and that text."""
    for printing in printings:
        yield ""
        yield printing_line(ledger, printing)
        if draft.state == "new" and _event_of(ledger, printing.draft) is not None:
            yield f"It is no second source. To add its outlet to that source: writethru take {draft.number} --reprint"
        for paragraph in printing.draft.content.text.split("\n\n"):
            yield textwrap.fill(paragraph, COLUMNS, initial_indent="  | ", subsequent_indent="  | ")


def printings_json(ledger: Ledger, printings: Sequence[Printing]) -> list[dict[str, Any]]:
    """Return them for programs."""
    events = [(printing, _event_of(ledger, printing.draft)) for printing in printings]
    return [
        {
            "draft": printing.draft.number,
            "story": None if event is None else event.story,
            "development": None if event is None else event.development,
            "share": round(printing.share, 2),
        }
        for printing, event in events
    ]


def outlet_added(ledger: Ledger, draft: TextDraft, printings: Sequence[Printing], outlet: str | None) -> AnyEvent:
    """Return the event that adds a draft's outlet to the source that it is another printing of."""
    event = next((event for printing in printings if (event := _event_of(ledger, printing.draft)) is not None), None)
    if event is None:
        message = f"draft {draft.number} is no other printing of a source that was recorded."
        raise _refused(message, "Take the draft that it reprints first, or take this one as a report of its own.")
    name = outlet or str(source_of(draft).get("name", ""))
    if not name:
        raise click.UsageError("The text does not say who printed it: --outlet NAME")
    story, development = event.story, str(event.development)
    with ledger.store.reading() as reading:
        record = ledger.folds.of(reading, story).records.get(development)
    if record is None or record.report is None or not record.report.sources:
        message = f"{development} has no source."
        raise _refused(message, f"To add one: writethru correct {story} {development} --source NAME")
    first, *others = record.report.sources
    if name in {first.name, *first.via}:
        raise _refused(f"{development} names {name} already.", f"To be done with it: writethru drop {draft.number}")
    sources = [first.model_copy(update={"via": (*first.via, name)}), *others]
    changes = {"sources": [source.model_dump(mode="json", exclude_none=True) for source in sources]}
    note = f"Also printed by {name}."
    return commands.correct(story, development, changes, note, level="clarification", id=draft.id)


def _event_of(ledger: Ledger, draft: TextDraft) -> DevelopmentReported | DevelopmentCorrected | None:
    """Return the event that taking a draft recorded."""
    with ledger.store.reading() as reading:
        row = reading.row(draft.id)
    event = None if row is None else decode(row).event
    return event if isinstance(event, DevelopmentReported | DevelopmentCorrected) else None


def _refused(message: str, remedy: str) -> InvalidError:
    return InvalidError(Problem(where="inbox", check="reprint", message=message, remedy=remedy))
