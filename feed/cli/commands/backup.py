"""The commands that keep the ledger: verify, backup, restore."""

import os
from contextlib import closing
from pathlib import Path

import click

from events.errors import Problem, StoreDamagedError, StoreError, WritethruError
from events.files.exported import read_export
from events.integrity import backup as copying
from events.integrity.verify import REMEDY, Verified
from events.integrity.verify import verify as verified_ledger
from events.ledger import Ledger
from events.store.sqlite import SqliteStore
from feed.cli.desk import Desk, command, json_option, pass_desk, read_input
from feed.cli.terminal.output import echo, echo_json, warn
from feed.cli.terminal.progress import bar
from feed.paths import LEDGER_NAME
from feed.transparency.audit import log_damage

DAMAGED = 5
SQLITE_BEGINS = b"SQLite format 3\0"


@command()
@json_option
@click.pass_context
@pass_desk
def verify(desk: Desk, /, context: click.Context, *, as_json: bool) -> None:
    """Read every stored byte of the ledger again; name what is damaged, the first bad position first.

    \b
      writethru verify

    The public log that it keeps is read as well, and held to what stands in the output. Exit code 5 where anything
    is damaged. What was redacted is told as redacted. Nothing is changed.
    """
    with closing(_store(desk)) as store:
        verified = _verified(store)
        problems = (*verified.problems, *_in_log(store, desk))
    if as_json:
        echo_json(
            {
                "events": verified.events,
                "stories": verified.stories,
                "redacted": verified.redacted,
                "problems": [{"where": found.where, "message": found.message} for found in problems],
            }
        )
    elif problems:
        for found in problems:
            echo(str(found))
        count = len(problems)
        warn(f"{count} {'problem' if count == 1 else 'problems'} found.")
    else:
        echo(f"{_held(verified)}: all whole.")
    if problems:
        context.exit(DAMAGED)


@command()
@click.argument("file")
@click.option("--replace", is_flag=True, help="Replace what stands there, once the new copy is whole.")
@pass_desk
def backup(desk: Desk, /, *, file: str, replace: bool) -> None:
    """Copy the ledger to FILE while others write to it, and read the copy again.

    \b
      writethru backup /mnt/backups/ledger-$(date +%F).db

    Keep writethru.toml with it, and the key of the public log: neither is in the ledger.
    """
    with closing(_store(desk)) as store:
        for found in _in_log(store, desk):
            raise StoreDamagedError(found.where, f"a copy of it would be damaged: {found.message}", remedy=found.remedy)
        verified = copying.backup(store, Path(file), replace=replace)
    echo(f"{file}: {_held(verified)}: all whole.")


@command()
@click.argument("file")
@pass_desk
def restore(desk: Desk, /, *, file: str) -> None:
    """Put a backup, or an export of all stories, into the empty ledger here, exact to the byte.

    \b
      writethru restore /mnt/backups/ledger-2026-03-02.db
      writethru restore newsroom.jsonl
    """
    place = desk.newsroom.folder / LEDGER_NAME
    Ledger.create(place).close()
    with closing(SqliteStore(place)) as store:
        if _is_backup(file):
            copying.restore(Path(file), store)
        else:
            copying.restore_rows(read_export(read_input(file), name=file), store)
        verified = _verified(store)
        problems = (*verified.problems, *_in_log(store, desk))
    for found in problems:
        warn(str(found))
    echo(f"Restored: {_held(verified)}. Next: writethru publish")
    echo("If something newer was published, that is refused, and says how to go on.")


def _store(desk: Desk) -> SqliteStore:
    return SqliteStore(desk.folder / LEDGER_NAME)


def _verified(store: SqliteStore) -> Verified:
    """Verify, with a bar on a terminal."""
    with bar("Reading") as progress:
        return verified_ledger(store, progress=progress, processes=len(os.sched_getaffinity(0)))


def _in_log(store: SqliteStore, desk: Desk) -> tuple[Problem, ...]:
    """Return what is wrong with the public log that the ledger keeps."""
    try:
        root = desk.newsroom.root
    except WritethruError:
        root = None  # whatever is wrong with the configuration, the ledger can be read without it
    with store.reading() as reading:
        found = tuple(log_damage(reading, root))
    where = str(store.path)
    return tuple(Problem(where=where, check="verify", message=f"{what}.", remedy=REMEDY) for what in found)


def _held(verified: Verified) -> str:
    erased = f", {verified.redacted:,} of them redacted" if verified.redacted else ""
    events = "event" if verified.events == 1 else "events"
    stories = "story" if verified.stories == 1 else "stories"
    return f"{verified.events:,} {events} in {verified.stories:,} {stories}{erased}"


def _is_backup(file: str) -> bool:
    try:
        with Path(file).open("rb") as opened:
            return opened.read(len(SQLITE_BEGINS)) == SQLITE_BEGINS
    except FileNotFoundError:
        raise StoreError(file, "there is no such file.", check="restore") from None


COMMANDS = (verify, backup, restore)
