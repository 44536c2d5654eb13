"""Drafts of what is gone from a table: what is printed of them, and what taking one records."""

from collections.abc import Iterator
from typing import Any, Final

import click

from events.ledger import Ledger
from events.model.edtf import format_instant
from feed.cli.terminal.output import echo
from feed.intake.drafts import AbsenceDraft
from feed.intake.taking import absence_line
from feed.sync.cells import FACT
from feed.sync.developments import cell_words
from feed.sync.seen import SeenRow

TEMPLATE: Final = """\
---
# {about}
# Say in the headline what changed. Nothing is recorded if you close the file without saving it.
headline: ""
{facts}# said_by: ["Jane Doe, harbour master (Port Authority)"]
# sources: [{{name: "", url: ""}}]
---

"""


def absence_lines(draft: AbsenceDraft, row: SeenRow | None) -> Iterator[str]:
    """Yield what is shown of a draft: below what it is about, what was recorded of the row."""
    yield f"Draft {draft.number}, {draft.state if draft.ended_us is None else 'over: it is back in the table'}"
    yield f"  {absence_line(draft, row)}"
    yield f"  missing since {format_instant(draft.made_at)}"
    for slot, cell in {} if row is None else row.cells.items():
        yield f"  {slot.removeprefix(FACT)}: {cell_words(cell)}  ({row.stated_by[slot] if row else ''})"


def consequences(draft: AbsenceDraft) -> Iterator[str]:
    """Yield what taking a draft does to the page, and what dropping it does."""
    if draft.slot:
        yield "take opens a report of what changed, a new entry of the page: unless it says otherwise, the value stays."
    else:
        yield "take opens a report of what changed, a new entry of the page: what the row said stays."
        yield 'take --retract "REASON" withdraws the report of the row: the page says so, and quotes it no more.'
    yield "drop records nothing: the page stays as it is, and shows what is gone from the table."


def absence_json(draft: AbsenceDraft, row: SeenRow | None) -> dict[str, Any]:
    """Return a draft for programs."""
    fields: dict[str, Any] = {
        "number": draft.number,
        "kind": "cell" if draft.slot else "row",
        "state": draft.state,
        "table": draft.table,
        "story": draft.story,
        "since": format_instant(draft.made_at),
        "is_back": draft.ended_us is not None,
    }
    if draft.slot:
        fields["column"] = draft.label
    if row is not None:
        fields |= {"development": row.newest, "headline": row.cells.get("headline")}
        fields |= {"was": cell_words(row.cells.get(draft.slot, ""))} if draft.slot else {}
    return fields


def asked_reason(draft: AbsenceDraft, row: SeenRow | None) -> str | None:
    """Ask whether a row that vanished was wrong; return why it is retracted, or None."""
    echo(absence_line(draft, row))
    if click.confirm("Was it wrong, so that it is retracted? Otherwise you report what changed", err=True):
        return str(click.prompt("Why", err=True))
    return None


def absence_template(ledger: Ledger, draft: AbsenceDraft, row: SeenRow | None) -> str:
    """Return the report that an editor completes: nothing of it is filled in that the table does not prove."""
    keys = _keys(ledger, draft, row)
    lines = "".join(f"#   - {{key: {key}, stance: cannot_confirm}}\n" for key in keys)
    note = f"# To say that a value is no longer known:\n# facts:\n{lines}" if lines else ""
    return TEMPLATE.format(about=" ".join(absence_line(draft, row).split()), facts=note)


def other_developments(ledger: Ledger, draft: AbsenceDraft, row: SeenRow | None) -> list[str]:
    """Return the later developments of a row that still count."""
    if row is None:
        return []
    with ledger.store.reading() as reading:
        records = ledger.folds.of(reading, draft.story).records
    return [name for name, item in records.items() if name.startswith(f"{row.development}-") and item.usable]


def _keys(ledger: Ledger, draft: AbsenceDraft, row: SeenRow | None) -> list[str]:
    """Return the keys of the facts that are gone."""
    slots = [slot for slot in ({} if row is None else row.cells) if slot.startswith(FACT)]
    keys = [slot.removeprefix(FACT) for slot in slots if draft.slot in {"", slot}]
    with ledger.store.reading() as reading:
        fold = ledger.folds.of(reading, draft.story)
    own = [f"{row.development}.{key}" if row is not None else key for key in keys]
    return [name if fold.fact(name) is not None else key for name, key in zip(own, keys, strict=True)]
