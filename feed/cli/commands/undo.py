"""The command that takes back what nobody has seen: undo."""

from typing import Any

import click

from events import commands
from feed.cli.commands.append import record
from feed.cli.desk import Desk, command, pass_desk
from feed.cli.options import Mode, recording_options
from feed.cli.terminal.output import warn
from feed.intake.draft_events import reopen_after_undo


@command()
@click.argument("story")
@click.argument("development", required=False)
@click.option("--reason", help="Why, for the desk. It is not published.")
@recording_options
@pass_desk
def undo(desk: Desk, /, *, mode: Mode, **fields: Any) -> None:
    """Take back what was recorded last, before it is published.

    That is the last event of the story, or all events about one development.

    \b
      writethru undo harbour-fire
      writethru undo harbour-fire d2

    The story is then as if they had never been recorded, and their ids are free again. The ledger keeps them: see log
    --undone. What is published can be corrected, held or retracted, but not undone. An undo cannot be undone: record
    again what it took back.
    """
    record(desk, commands.undo(**fields), mode=mode)
    if not mode.dry_run:
        with desk.ledger() as ledger:
            for number in reopen_after_undo(ledger, desk.folder):
                warn(f"Draft {number} waits in the inbox again.")


COMMANDS = (undo,)
