"""The command that moves a newsroom's ledger to another store."""

from contextlib import closing, suppress
from pathlib import Path

import click

from events.errors import InvalidError, Problem, RefusedError
from events.integrity.move import move as move_ledger
from events.system import write_atomically
from feed.cli.desk import SIDE_FILES, Desk, command, pass_desk
from feed.cli.terminal.output import echo, quantity
from feed.ledger_table import DEFAULT_SCHEMA, ledger_table, with_ledger
from feed.newsroom import Newsroom
from feed.paths import CONFIG_NAME, LEDGER_NAME

MOVED_NAME = f"{LEDGER_NAME}.moved"


@command()
@click.option("--to", "to", metavar="URL", required=True, help=f"postgresql://HOST/NAME, or {LEDGER_NAME}.")
@click.option("--schema", default=DEFAULT_SCHEMA, show_default=True, help="The schema in that database.")
@pass_desk
def move(desk: Desk, /, *, to: str, schema: str) -> None:
    """Move the ledger to a database, or back into its file.

    \b
      writethru move --to postgresql:///news --schema harbour
      writethru move --to ledger.db

    Events, the public log and what publishing remembers are the same afterwards, to the byte, and writethru.toml names
    the new store. Subscribers notice nothing. The former ledger is kept, and takes nothing more.
    """
    newsroom = desk.site
    table = "" if _is_local(to, newsroom.folder) else ledger_table(to, schema)
    target = _target(newsroom, with_ledger(newsroom.config_text, table))
    if target.address == newsroom.address:
        message, remedy = "the ledger is there already; nothing was moved.", "Name another database or schema."
        raise RefusedError(Problem(where=newsroom.address_name, check="move", message=message, remedy=remedy))
    with newsroom.lock(wait=True):
        with closing(newsroom.store()) as source, closing(target.store(create=True)) as store:
            moved = move_ledger(source, store, lambda: _write(newsroom.folder / CONFIG_NAME, target.config_text))
        former = _set_aside(newsroom)
    contents = f"{quantity(moved.events, 'event')} in {quantity(moved.stories, 'story', 'stories')}"
    echo(f"Moved {contents} and {quantity(moved.leaves, 'item')} of the public log to {target.address_name}.")
    echo(f"Every byte of them is the same. {CONFIG_NAME} names the new ledger; restart publish --watch.")
    echo(f"The former ledger is kept, and takes nothing more: {former}")


def _target(newsroom: Newsroom, text: str) -> Newsroom:
    """Return the newsroom with this configuration; InvalidError about the options if they are wrong."""
    try:
        return Newsroom(newsroom.folder, text, templates=newsroom.templates)
    except InvalidError as error:
        options = {"ledger.url": "--to", "ledger.schema": "--schema"}
        name = error.problems[0].where.rpartition(" ")[2]
        raise InvalidError(*(problem.at(options.get(name, problem.where)) for problem in error.problems)) from None


def _is_local(to: str, folder: Path) -> bool:
    """Return True if the ledger is to be in its file."""
    return "://" not in to and (folder / to).resolve() == (folder / LEDGER_NAME).resolve()


def _write(path: Path, text: str) -> None:
    with write_atomically(path) as part:
        part.write_text(text, encoding="utf-8", newline="")


def _set_aside(newsroom: Newsroom) -> str:
    """Rename a ledger's file that was moved, with its journals, so that nobody opens it. Return where it is."""
    if not isinstance(newsroom.address, Path):
        return f"{newsroom.address_name}. To delete it: DROP SCHEMA {newsroom.address.schema} CASCADE"
    for end in SIDE_FILES:
        with suppress(FileNotFoundError):
            newsroom.address.with_name(f"{LEDGER_NAME}{end}").rename(newsroom.folder / f"{MOVED_NAME}{end}")
    return MOVED_NAME


COMMANDS = (move,)
