"""The commands by which a person decides: inbox, take, drop."""

from typing import Any, Final

import click

from events import commands
from events.errors import InvalidError, Problem, WritethruError
from events.files.importer import read_events
from events.ledger import Ledger
from events.model.edtf import format_instant
from events.model.events import AnyEvent, DevelopmentReported
from feed.cli.commands.append import print_appended
from feed.cli.commands.publish import publish_now
from feed.cli.desk import HELP_OPTIONS, Desk, command, json_option, on_terminal, pass_desk
from feed.cli.editing import edit_text, save_text
from feed.cli.options import publish_option
from feed.cli.terminal.output import echo, echo_json, warn
from feed.intake.developments import cell_words
from feed.intake.inbox import Draft, Inbox
from feed.intake.last_seen import rows_at
from feed.intake.seen import SeenRow

TEMPLATE: Final = """\
---
# {about}
# Say in the headline what changed. Nothing is recorded if you close the file without saving it.
headline: ""
{facts}# said_by: ["Jane Doe, harbour master (Port Authority)"]
# sources: [{{name: "", url: ""}}]
---

"""


@click.group(invoke_without_command=True, context_settings={"help_option_names": HELP_OPTIONS})
@json_option
@click.pass_context
@pass_desk
def inbox(desk: Desk, /, context: click.Context, *, as_json: bool) -> None:
    """List what waits for a decision.

    sync makes a draft of each row that vanished from a table, and of each cell that was emptied.

    \b
      writethru inbox
      writethru inbox show 3
      writethru take 3
      writethru drop 3
    """
    if context.invoked_subcommand is not None:
        return
    with Inbox(desk.folder) as box, desk.ledger() as ledger:
        drafts = box.drafts()
        seen = _rows_of(ledger, drafts)
    if as_json:
        echo_json([_json(draft, seen.get(draft.number)) for draft in drafts])
        return
    for draft in drafts:
        echo(f"{draft.number:>4}  {draft.story}  {_about(draft, seen.get(draft.number))}")
    if not drafts:
        warn("Nothing waits in the inbox.")


@inbox.command("show", context_settings={"help_option_names": HELP_OPTIONS})
@click.argument("number", type=int)
@json_option
@pass_desk
def show(desk: Desk, /, number: int, *, as_json: bool) -> None:
    """Show one draft, and what was recorded of its row."""
    with Inbox(desk.folder) as box, desk.ledger() as ledger:
        draft = box.draft(number)
        seen = _rows_of(ledger, [draft])
    if as_json:
        echo_json(_json(draft, seen.get(draft.number)))
        return
    row = seen.get(draft.number)
    echo(f"Draft {draft.number}, {draft.state if draft.ended_us is None else 'over: it is back in the table'}")
    echo(f"  {_about(draft, row)}")
    echo(f"  missing since {format_instant(draft.made_at)}")
    for slot, cell in {} if row is None else row.cells.items():
        echo(f"  {slot.removeprefix('fact:')}: {cell_words(cell)}  ({row.stated_by[slot] if row else ''})")


@command()
@click.argument("number", type=int)
@click.option("--headline", help="Record this headline, without an editor.")
@click.option("--retract", "reason", metavar="REASON", help="Retract the row's report instead.")
@publish_option
@pass_desk
def take(desk: Desk, /, number: int, *, headline: str | None, reason: str | None, publish: bool) -> None:
    """Take a draft: report what changed, or retract a row.

    Opens a report in $EDITOR. It records one event, also if it is repeated.

    \b
      writethru take 3
      writethru take 3 --headline "The port no longer names a source"
      writethru take 3 --retract "The row was a duplicate."
    """
    if headline is not None and reason is not None:
        raise click.UsageError("Give --headline or --retract, not both.")
    with Inbox(desk.folder) as box, desk.ledger() as ledger:
        draft = box.draft(number)
        if not _is_recorded(ledger, draft):
            _refuse_decided(draft)
            row = _rows_of(ledger, [draft]).get(number)
            if headline is None and reason is None and not draft.slot and on_terminal():
                reason = _asked_reason(draft, row)
            event = _event(desk, ledger, draft, row, headline=headline, reason=reason)
            print_appended(ledger.append(event)[0], dry_run=False)
            for other in _other_developments(ledger, draft, row) if reason is not None else ():
                warn(f'Of the same row: writethru retract {draft.story} {other} "{reason}"')
        else:
            echo(f"Draft {number} was recorded before; nothing changed.")
        box.mark(draft, "taken")
    if publish:
        publish_now(desk)


@command()
@click.argument("number", type=int)
@pass_desk
def drop(desk: Desk, /, number: int) -> None:
    """Drop a draft: what was recorded stays as it is.

    \b
      writethru drop 3
    """
    with Inbox(desk.folder) as box:
        draft = box.draft(number)
        _refuse_decided(draft)
        box.mark(draft, "dropped")
    echo(f"Draft {number} dropped; nothing was recorded.")


COMMANDS = (inbox, take, drop)


def _refuse_decided(draft: Draft) -> None:
    if draft.state != "new":
        message = f"draft {draft.number} was {draft.state} before."
        remedy = "To see those that wait: writethru inbox"
        raise InvalidError(Problem(where="inbox", check="draft", message=message, remedy=remedy))


def _is_recorded(ledger: Ledger, draft: Draft) -> bool:
    with ledger.store.reading() as reading:
        return reading.row(draft.id) is not None


def _rows_of(ledger: Ledger, drafts: list[Draft]) -> dict[int, SeenRow]:
    """Return what was seen of the row of each draft when it was made, by the draft's number."""
    by_story: dict[tuple[str, str], list[Draft]] = {}
    for draft in drafts:
        by_story.setdefault((draft.table, draft.story), []).append(draft)
    rows: dict[int, SeenRow] = {}
    with ledger.store.reading() as reading:
        for (table, story), members in by_story.items():
            seen = rows_at(reading, table, story, {(draft.identity, draft.last) for draft in members})
            rows |= {draft.number: seen[mark] for draft in members if (mark := (draft.identity, draft.last)) in seen}
    return rows


def _about(draft: Draft, row: SeenRow | None) -> str:
    """Return what a draft is about: the row or the cell that is gone, and what it said."""
    headline = "" if row is None else row.cells.get("headline", "")
    if not draft.slot:
        return f"row gone: {headline}"
    was = "" if row is None else cell_words(row.cells.get(draft.slot, ""))
    return f"cell emptied: {headline}: {draft.label}, was {was}"


def _json(draft: Draft, row: SeenRow | None) -> dict[str, Any]:
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


def _asked_reason(draft: Draft, row: SeenRow | None) -> str | None:
    """Ask whether a row that vanished was wrong; return why it is retracted, or None."""
    echo(_about(draft, row))
    if click.confirm("Was it wrong, so that it is retracted? Otherwise you report what changed", err=True):
        return str(click.prompt("Why", err=True))
    return None


def _event(
    desk: Desk, ledger: Ledger, draft: Draft, row: SeenRow | None, *, headline: str | None, reason: str | None
) -> AnyEvent:
    """Return the event that taking a draft records. Its id derives from the draft."""
    if reason is not None:
        if draft.slot or row is None:
            raise click.UsageError("Only a row that vanished can be retracted. To say what changed: take --headline")
        return commands.retract(draft.story, row.development, reason, id=draft.id)
    if headline is not None:
        return commands.report(draft.story, headline, id=draft.id)
    data = edit_text(_template(draft, row, _keys(ledger, draft, row)), where=f"draft {draft.number}")
    try:
        events = [item.event for item in read_events(data, name="draft.md", story=draft.story, times=desk.file_times)]
    except WritethruError:
        warn(f"Your text is saved in {save_text(data)}. Fix it, and paste it after: writethru take {draft.number}")
        raise
    if len(events) != 1 or not isinstance(events[0], DevelopmentReported):
        raise InvalidError(Problem(where="draft.md", check="draft", message="this is not one report."))
    return events[0].model_copy(update={"id": draft.id})


def _keys(ledger: Ledger, draft: Draft, row: SeenRow | None) -> list[str]:
    """Return the keys of the facts that are gone."""
    slots = [slot for slot in ({} if row is None else row.cells) if slot.startswith("fact:")]
    keys = [slot.removeprefix("fact:") for slot in slots if draft.slot in {"", slot}]
    with ledger.store.reading() as reading:
        fold = ledger.folds.of(reading, draft.story)
    own = [f"{row.development}.{key}" if row is not None else key for key in keys]
    return [name if fold.fact(name) is not None else key for name, key in zip(own, keys, strict=True)]


def _template(draft: Draft, row: SeenRow | None, keys: list[str]) -> str:
    """Return the report that an editor completes: nothing of it is filled in that the table does not prove."""
    lines = "".join(f"#   - {{key: {key}, stance: cannot_confirm}}\n" for key in keys)
    note = f"# To say that a value is no longer known:\n# facts:\n{lines}" if lines else ""
    return TEMPLATE.format(about=" ".join(_about(draft, row).split()), facts=note)


def _other_developments(ledger: Ledger, draft: Draft, row: SeenRow | None) -> list[str]:
    """Return the later developments of a row that still count."""
    if row is None:
        return []
    with ledger.store.reading() as reading:
        records = ledger.folds.of(reading, draft.story).records
    return [name for name, item in records.items() if name.startswith(f"{row.development}-") and item.usable]
