"""The command that takes back what nobody has seen: undo."""

from typing import Any

import click

from events import commands
from feed.cli.commands.append import record
from feed.cli.desk import Desk, command, pass_desk
from feed.cli.options import Mode, recording_options


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


COMMANDS = (undo,)
