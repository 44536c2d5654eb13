"""The commands by which a person decides: inbox, take, drop."""

from dataclasses import dataclass
from shlex import quote

import click

from events import commands
from events.errors import InvalidError, Problem, WritethruError
from events.ledger import Ledger
from events.model.events import AnyEvent
from feed.cli.absence_drafts import (
    absence_json,
    absence_lines,
    absence_template,
    asked_reason,
    consequences,
    other_developments,
)
from feed.cli.commands.append import print_appended
from feed.cli.commands.publish import publish_now
from feed.cli.desk import HELP_OPTIONS, Desk, Group, command, json_option, on_terminal, pass_desk, read_input
from feed.cli.editing import edit_text, read_report, save_text
from feed.cli.options import publish_option
from feed.cli.printings import printing_lines, printings_json
from feed.cli.terminal.output import echo, echo_json, warn
from feed.cli.text_drafts import text_json, text_line, text_lines, text_template
from feed.intake.draft_events import draft_of, event_id_of, is_recorded, waiting
from feed.intake.drafts import AbsenceDraft, Draft, TextDraft
from feed.intake.inbox import Inbox
from feed.intake.taking import absence_line, outlet_added, refuse_decided, rows_of, source_of
from feed.sync.seen import SeenRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How a person takes a draft: the options of `take`."""

    headline: str | None
    story: str | None
    file: str | None
    reason: str | None


@click.group(cls=Group, invoke_without_command=True, context_settings={"help_option_names": HELP_OPTIONS})
@json_option
@click.pass_context
@pass_desk
def inbox(desk: Desk, /, context: click.Context, *, as_json: bool) -> None:
    """List what waits for a decision.

    intake makes a draft of each new item of a feed. sync makes one of each row that vanished from a table, and of each
    cell that was emptied.

    \b
      writethru inbox
      writethru inbox show 3
      writethru take 3
      writethru drop 3
    """
    if context.invoked_subcommand is not None:
        return
    with Inbox(desk.folder) as box, desk.ledger() as ledger:
        drafts = waiting(ledger, box)
        seen = _rows_of(ledger, drafts)
    if as_json:
        echo_json([_json(draft, seen.get(draft.number), whole=False) for draft in drafts])
        return
    for draft in drafts:
        row = seen.get(draft.number)
        line = text_line(draft) if isinstance(draft, TextDraft) else absence_line(draft, row)
        echo(f"{draft.number:>4}  {draft.story or '-'}  {line}")
    if drafts:
        warn("To see one: writethru inbox show NUMBER. To decide: writethru take NUMBER, or writethru drop NUMBER")
    else:
        warn("Nothing waits in the inbox.")


@inbox.command("show", context_settings={"help_option_names": HELP_OPTIONS})
@click.argument("number", type=int)
@json_option
@pass_desk
def show(desk: Desk, /, number: int, *, as_json: bool) -> None:
    """Show one draft, and what it rests on."""
    with Inbox(desk.folder) as box, desk.ledger() as ledger:
        draft = draft_of(ledger, box, number)
        row = _rows_of(ledger, [draft]).get(number)
        printings = box.printings(draft) if isinstance(draft, TextDraft) else []
        others = printings_json(ledger, printings)
        lines = list(printing_lines(ledger, draft, printings)) if isinstance(draft, TextDraft) else []
    if as_json:
        echo_json(_json(draft, row, whole=True) | ({"reprints": others} if others else {}))
        return
    for line in [*(text_lines(draft) if isinstance(draft, TextDraft) else absence_lines(draft, row)), *lines]:
        echo(line)
    is_back = isinstance(draft, AbsenceDraft) and draft.ended_us is not None
    if draft.state == "new" and not is_back:
        for line in consequences(draft) if isinstance(draft, AbsenceDraft) else ():
            warn(line)
        warn(f"To decide: writethru take {number}, or writethru drop {number}")


@command()
@click.argument("number", type=int)
@click.option("--headline", help="Record this headline, without an editor. Of the draft, only the source is recorded.")
@click.option("--story", metavar="STORY", help="The story that a text belongs to. Default: that of its source.")
@click.option("-f", "--file", "file", metavar="FILE", help="Read the report from a Markdown file, or stdin (-).")
@click.option("--reprint", is_flag=True, help="Add a text's outlet to the source that it is another printing of.")
@click.option("--outlet", metavar="NAME", help="Who printed it, if the text does not say so: only with --reprint.")
@click.option("--retract", "reason", metavar="REASON", help="Retract the row's report instead.")
@publish_option
@pass_desk
def take(
    desk: Desk, /, number: int, *, reprint: bool, outlet: str | None, publish: bool, **options: str | None
) -> None:
    """Take a draft: report it, or retract its row.

    Opens a report in $EDITOR, filled in with what the text proves. It records one event, even if you run it again.

    \b
      writethru take 3
      writethru take 3 --story harbour-fire
      writethru take 3 --headline "The port no longer names a source"
      writethru take 3 --reprint
      writethru take 3 --retract "The row was a duplicate."
    """
    decision = Decision(**options)
    if [decision.headline, decision.file, decision.reason].count(None) < 2:
        raise click.UsageError("Give one of --headline, --file and --retract.")
    if (reprint and any(options.values())) or (outlet is not None and not reprint):
        raise click.UsageError("Give --reprint alone, or with --outlet.")
    with Inbox(desk.folder) as box, desk.ledger() as ledger:
        draft = draft_of(ledger, box, number)
        if is_recorded(ledger, draft):
            echo(f"Draft {number} was recorded before; nothing changed.")
        else:
            refuse_decided(draft)
            if reprint:
                text = _text(draft)
                if outlet is None and not source_of(text):
                    raise click.UsageError("The text does not say who printed it: --outlet NAME")
                _record(ledger, outlet_added(ledger, text, box.printings(text), outlet))
            else:
                _take(desk, ledger, draft, decision)
        box.mark(draft, "taken")
    if publish:
        publish_now(desk)


@command()
@click.argument("number", type=int)
@pass_desk
def drop(desk: Desk, /, number: int) -> None:
    """Drop a draft, and record nothing.

    What was recorded before stays as it is.

    \b
      writethru drop 3
    """
    with Inbox(desk.folder) as box, desk.ledger() as ledger:
        draft = draft_of(ledger, box, number)
        if is_recorded(ledger, draft):  # `take` was killed before it could say so
            box.mark(draft, "taken")
        refuse_decided(box.draft(number))
        box.mark(draft, "dropped")
    echo(f"Draft {number} dropped; nothing was recorded.")


COMMANDS = (inbox, take, drop)


def _rows_of(ledger: Ledger, drafts: list[Draft]) -> dict[int, SeenRow]:
    return rows_of(ledger, [draft for draft in drafts if isinstance(draft, AbsenceDraft)])


def _take(desk: Desk, ledger: Ledger, draft: Draft, decision: Decision) -> None:
    """Record the one event that taking a draft records. Its id derives from the draft."""
    match draft:
        case TextDraft():
            _take_text(desk, ledger, draft, decision)
        case AbsenceDraft():
            _take_absence(desk, ledger, draft, decision)


def _text(draft: Draft) -> TextDraft:
    if isinstance(draft, TextDraft):
        return draft
    raise click.UsageError("Only a text can be another printing of one.")


def _take_text(desk: Desk, ledger: Ledger, draft: TextDraft, decision: Decision) -> None:
    if decision.reason is not None:
        raise _only_rows()
    story = decision.story or draft.story
    if decision.headline is None:
        template = text_template(draft, story=story, stories=list(ledger.stories()))
        _record_edited(desk, ledger, draft, decision.file, template, story)
    elif not story:
        raise click.UsageError("Say which story it belongs to: --story STORY")
    else:
        sources = [source_of(draft)] if source_of(draft) else []
        _record(ledger, commands.report(story, decision.headline, id=event_id_of(ledger, draft), sources=sources))


def _take_absence(desk: Desk, ledger: Ledger, draft: AbsenceDraft, decision: Decision) -> None:
    if decision.story is not None:
        raise click.UsageError("A row belongs to its story: leave out --story.")
    row = rows_of(ledger, [draft]).get(draft.number)
    reason = decision.reason
    if decision.headline is None and decision.file is None and reason is None and not draft.slot and on_terminal():
        reason = asked_reason(draft, row)
    if reason is not None:
        if draft.slot or row is None:
            raise _only_rows()
        _record(ledger, commands.retract(draft.story, row.development, reason, id=event_id_of(ledger, draft)))
        for other in other_developments(ledger, draft, row):
            warn(f"Of the same row: writethru retract {draft.story} {other} {quote(reason)}")
    elif decision.headline is not None:
        _record(ledger, commands.report(draft.story, decision.headline, id=event_id_of(ledger, draft)))
    else:
        _record_edited(desk, ledger, draft, decision.file, absence_template(ledger, draft, row), draft.story)


def _only_rows() -> click.UsageError:
    return click.UsageError("Only a row that vanished can be retracted. To say what changed: take --headline")


def _record_edited(desk: Desk, ledger: Ledger, draft: Draft, file: str | None, template: str, story: str) -> None:
    """Record the report that an editor makes of `template`, or that stands in a file."""
    where, remedy = f"draft {draft.number}", _without_editor(draft)
    data = read_input(file) if file is not None else edit_text(template, where=where, remedy=remedy)
    try:
        name = "draft.md" if file is None else file
        event = read_report(data, name=name, story=story or None, times=desk.file_times)
        _record(ledger, event.model_copy(update={"id": event_id_of(ledger, draft)}))
    except WritethruError:
        if is_recorded(ledger, draft):
            path = file or save_text(data)
            remedy = f"Your text is in {path}. If it says more: writethru report {story or 'STORY'} -f {quote(path)}"
            message = f"somebody else took draft {draft.number} meanwhile."
            raise InvalidError(Problem(where="inbox", check="draft", message=message, remedy=remedy)) from None
        if file is None:
            warn(f"Your text is saved. Fix it, then run: writethru take {draft.number} -f {quote(save_text(data))}")
        raise


def _without_editor(draft: Draft) -> str:
    """Return how a draft is taken where no editor can open."""
    take = f"writethru take {draft.number}"
    is_row = isinstance(draft, AbsenceDraft) and not draft.slot
    retract = f', {take} --retract "REASON"' if is_row else ""
    return f'Use one of: {take} --headline "HEADLINE"{retract}, {take} -f FILE'


def _record(ledger: Ledger, event: AnyEvent) -> None:
    print_appended(ledger.append(event)[0], dry_run=False)


def _json(draft: Draft, row: SeenRow | None, *, whole: bool) -> dict[str, object]:
    match draft:
        case TextDraft():
            return text_json(draft, whole=whole)
        case AbsenceDraft():
            return absence_json(draft, row)
