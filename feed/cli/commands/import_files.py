"""The command that records from files: import."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from events.errors import InvalidError, WritethruError
from events.files.importer import STDIN, Incoming, format_of, read_events, stream_events
from events.ledger import Ledger
from events.system import gc_disabled
from feed.cli.commands.publish import publish_now
from feed.cli.desk import Desk, cannot_read, command, pass_desk, read_input
from feed.cli.exit_codes import REFUSED
from feed.cli.options import publish_option
from feed.cli.terminal.output import echo, quantity, warn

STREAMED_BYTES_MIN: Final = 8 * 1024 * 1024
"""A JSON Lines file of this size is recorded while it is read, so that memory use stays small.

Nobody else can record meanwhile. A smaller file is read first, which takes up to a second.
"""


@command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--dry-run", is_flag=True, help="Check everything, but record nothing.")
@publish_option
@click.pass_context
@pass_desk
def import_(desk: Desk, /, context: click.Context, files: tuple[str, ...], *, dry_run: bool, publish: bool) -> None:
    """Record events from files: .jsonl, .yaml or .md.

    Each file is recorded whole or not at all. Importing it again changes nothing.

    \b
      writethru import monday.yaml tuesday.jsonl
    """
    read: list[tuple[str, Iterable[Incoming]]] = []
    failed = False
    for name in files:
        try:
            read.append((name, _stream(name) if _is_large(name) else read_events(read_input(name), name=name)))
        except InvalidError as error:
            warn(str(error))
            failed = True
    # A dry run takes all files in one transaction, since a later file may depend on an earlier one.
    batches = [(", ".join(files), (item for _, items in read for item in items))] if dry_run and read else read
    with desk.ledger() as ledger:
        for name, items in batches:
            failed |= not _import(ledger, name, items, dry_run=dry_run)
    if publish and not dry_run:
        publish_now(desk)
    if failed:
        context.exit(REFUSED)


COMMANDS = (import_,)


def _is_large(name: str) -> bool:
    if name == STDIN or format_of(name) != "jsonl":
        return False
    path = Path(name)
    return path.is_file() and path.stat().st_size >= STREAMED_BYTES_MIN


def _stream(name: str) -> Iterator[Incoming]:
    try:
        with Path(name).open("rb") as lines:
            yield from stream_events(lines, name=name)
    except OSError as error:
        raise cannot_read(name, error) from None


@gc_disabled()
def _import(ledger: Ledger, name: str, items: Iterable[Incoming], *, dry_run: bool) -> bool:
    """Record the events of one file, and print the result. Return True if they were recorded."""
    try:
        counts = ledger.append_stream(((item.event, item.where) for item in items), dry_run=dry_run)
    except WritethruError as error:
        warn(str(error))
        warn(f"{name}: nothing was recorded.")
        return False
    verb = "would be recorded" if dry_run else "recorded"
    echo(f"{name}: {quantity(counts.new, 'event')} {verb}, {counts.skipped:,} skipped (recorded before).")
    return True
