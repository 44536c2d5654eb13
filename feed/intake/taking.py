"""What taking a draft records: which fields of a report a text proves, and what a reprint adds to its source."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from events import commands
from events.errors import InvalidError, Problem
from events.ledger import Ledger
from events.model.events import AnyEvent
from feed.intake.draft_events import event_id_of, event_of
from feed.intake.drafts import AbsenceDraft, Draft, TextDraft
from feed.intake.inbox import Printing
from feed.reading.model import Field
from feed.sync.developments import cell_words
from feed.sync.last_seen import rows_at
from feed.sync.seen import SeenRow

SOURCE: Final = "source."
LISTS: Final = frozenset({"said_by", "facts", "quotes", "expects", "resolves", "corroborates", "disputes", "media"})
"""The fields of a report that are lists: a draft has a field for each part."""
ADVICE: Final = ("changed", "differs", "question", "number", "date", "statement", "published", "author")
"""Fields that no report has: what an editor should know, or decide."""


def source_of(draft: TextDraft) -> dict[str, Any]:
    """Return the source that a report of a draft names; none if the text does not say who published it."""
    fields = (field for field in draft.content.fields if field.name.startswith(SOURCE))
    source = {field.name.removeprefix(SOURCE): field.value for field in fields}
    return source if "name" in source else {}


def report_fields(fields: Iterable[Field]) -> dict[str, Any]:
    """Return the fields of a report that some fields of a draft state, without its source."""
    values: dict[str, Any] = {}
    for field in fields:
        if field.name in LISTS:
            values.setdefault(field.name, []).append(field.value)
        elif field.name not in ADVICE and not field.name.startswith(SOURCE):
            values[field.name] = field.value
    return values


def refuse_decided(draft: Draft) -> None:
    """Raise InvalidError if somebody has decided of a draft."""
    if draft.state != "new":
        message = f"draft {draft.number} was {draft.state} before."
        remedy = "To see those that wait: writethru inbox"
        raise InvalidError(Problem(where="inbox", check="draft", message=message, remedy=remedy))


def outlet_added(ledger: Ledger, draft: TextDraft, printings: Sequence[Printing], outlet: str | None) -> AnyEvent:
    """Return the event that adds a draft's outlet to the source that it is another printing of; InvalidError."""
    event = next((event for printing in printings if (event := event_of(ledger, printing.draft)) is not None), None)
    if event is None:
        message = f"draft {draft.number} is no other printing of a source that was recorded."
        raise _refused(message, "Take the draft that it reprints first, or take this one as a report of its own.")
    name = outlet or str(source_of(draft).get("name", ""))
    if not name:
        raise _refused("the text does not say who printed it.", "Name the outlet.", check="outlet")
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
    return commands.correct(story, development, changes, note, level="clarification", id=event_id_of(ledger, draft))


def rows_of(ledger: Ledger, drafts: Sequence[AbsenceDraft]) -> dict[int, SeenRow]:
    """Return what was seen of the row of each draft when it was made, by the draft's number."""
    by_story: dict[tuple[str, str], list[AbsenceDraft]] = {}
    for draft in drafts:
        by_story.setdefault((draft.table, draft.story), []).append(draft)
    rows: dict[int, SeenRow] = {}
    with ledger.store.reading() as reading:
        for (table, story), members in by_story.items():
            seen = rows_at(reading, table, story, {(draft.identity, draft.last) for draft in members})
            rows |= {draft.number: seen[mark] for draft in members if (mark := (draft.identity, draft.last)) in seen}
    return rows


def absence_line(draft: AbsenceDraft, row: SeenRow | None) -> str:
    """Return what a draft is about: the row or the cell that is gone, and what it said."""
    headline = "" if row is None else row.cells.get("headline", "")
    if not draft.slot:
        return f"row gone: {headline}"
    was = "" if row is None else cell_words(row.cells.get(draft.slot, ""))
    return f"cell emptied: {headline}: {draft.label}, was {was}"


def _refused(message: str, remedy: str, check: str = "reprint") -> InvalidError:
    return InvalidError(Problem(where="inbox", check=check, message=message, remedy=remedy))
