"""The command about time: clock."""

import click

from events.errors import ClockError
from events.model.edtf import format_instant
from events.rules.clock import LedgerTime
from feed.cli.desk import Desk, command, confirm, pass_desk, yes_option
from feed.cli.exit_codes import CLOCK, REFUSED
from feed.cli.terminal.output import echo, quantity, warn


@command()
@click.option("--reset", is_flag=True, help="Set the ledger's clock back to this machine's.")
@yes_option
@click.pass_context
@pass_desk
def clock(desk: Desk, /, context: click.Context, *, reset: bool, yes: bool) -> None:
    """Show what the ledger knows of time, or reset its clock.

    The ledger's clock never goes back by itself. If this machine's clock was wrong, and something was recorded or
    published then, the ledger stays ahead, and nothing more is published. First set the machine's clock. Then reset:

    \b
      writethru clock
      writethru clock --reset

    What was published keeps its date. What is recorded from then on has that of the machine's clock.
    """
    with desk.ledger() as ledger:
        time, now = ledger.time(), ledger.clock()
        if reset:
            confirm(f"Is it {format_instant(now)} now?", yes=yes or not time.is_ahead_of(now))
            stories = ledger.reset_clock()
            echo(f"Reset the clock of {quantity(stories, 'story', 'stories')}. Next: writethru publish")
            return
        _print(time, now=format_instant(now))
        problems = time.ahead_problems(now)
        for problem in problems:
            warn(str(problem))
        try:
            time.check_explained(now, desk.newsroom.max_jump)
        except ClockError as error:
            warn(str(error))
            context.exit(CLOCK)
    if problems:
        context.exit(REFUSED)


def _print(time: LedgerTime, *, now: str) -> None:
    instants = {
        "newest event": time.newest_event,
        "last publication": time.published_until,
        "next due": time.next_at,
    }
    echo(f"this machine      {now}")
    for name, at in instants.items():
        echo(f"{name:<18}{'none' if at is None else format_instant(at)}")


COMMANDS = (clock,)
