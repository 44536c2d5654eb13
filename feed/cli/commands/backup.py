"""The commands that verify, back up and restore the ledger."""

from contextlib import closing, suppress
from pathlib import Path

import click

from events.errors import Problem, StoreDamagedError, StoreError, WritethruError
from events.files.exporter import read_export
from events.integrity import backup as copies
from events.integrity.pictures import missing_pictures, named_pictures
from events.integrity.verify import REMEDY, Verified
from events.integrity.verify import verify as verify_store
from events.ledger import ledger_time
from events.media import pictures_of_newsroom
from events.store.base import Store
from events.system import utc_now
from feed.cli.desk import Desk, command, json_option, pass_desk, read_input
from feed.cli.exit_codes import DAMAGED, REFUSED, SOME_FAILED
from feed.cli.terminal.output import echo, echo_json, quantity, warn
from feed.cli.terminal.progress import progress_bar
from feed.publishing import remembered
from feed.transparency.audit import log_damage

CACHE_REMEDY = "Most of it is a cache. To make it again: writethru rebuild. If that does not help, restore a backup."
SQLITE_BEGINS = b"SQLite format 3\0"


@command()
@json_option
@click.pass_context
@pass_desk
def verify(desk: Desk, /, context: click.Context, *, as_json: bool) -> None:
    """Verify every stored byte of the ledger.

    \b
      writethru verify

    Every problem is listed, the first bad position first, and the exit code is 5. The stored public log is verified
    as well, and compared with the output. Redacted events are not problems. Nothing is changed.

    A ledger that is whole, but ahead of this machine's clock, is a problem too; then the exit code is 1.
    """
    with closing(desk.store()) as store:
        verified = _verify(store)
        damage = (
            *verified.problems,
            *_log_problems(store, desk),
            *_picture_problems(store, desk),
            *_cache_problems(store, desk),
        )
        problems = (*damage, *_time_problems(store))
    if as_json:
        echo_json(
            {
                "events": verified.events,
                "stories": verified.stories,
                "redacted": verified.redacted,
                "problems": [{"where": problem.where, "message": problem.message} for problem in problems],
            }
        )
    elif problems:
        for problem in problems:
            echo(str(problem))
        warn(f"{quantity(len(problems), 'problem')} found.")
    else:
        echo(f"{_contents(verified)}: no problems found.")
    if problems:
        context.exit(DAMAGED if damage else REFUSED)


@command()
@click.argument("file")
@click.option("--replace", is_flag=True, help="Replace FILE if it exists, once the new copy is verified.")
@click.pass_context
@pass_desk
def backup(desk: Desk, /, context: click.Context, *, file: str, replace: bool) -> None:
    """Copy ledger and pictures to FILE, and verify the copy.

    \b
      writethru backup /mnt/backups/ledger-$(date +%F).db

    Others may record meanwhile. Back up writethru.toml and the key of the public log as well: neither is in the ledger.
    """
    desk.check_copy(Path(file).absolute())
    with closing(desk.store()) as store:
        for problem in _log_problems(store, desk):
            raise StoreDamagedError(problem.where, f"the ledger is damaged: {problem.message}", remedy=problem.remedy)
        verified = copies.backup(store, Path(file), folder=desk.folder, replace=replace)
    if verified.problems:
        for problem in verified.problems:
            warn(str(problem))
        warn(f"{file}: {_contents(verified)}; without {quantity(len(verified.problems), 'picture')}.")
        context.exit(SOME_FAILED)
    echo(f"{file}: {_contents(verified)}: no problems found.")


@command()
@click.argument("file")
@click.pass_context
@pass_desk
def restore(desk: Desk, /, context: click.Context, *, file: str) -> None:
    """Restore a backup, or an export of all stories.

    The newsroom's ledger must be empty. It becomes the same as the original, byte by byte.

    \b
      writethru restore /mnt/backups/ledger-2026-03-02.db
      writethru restore newsroom.jsonl
    """
    folder = desk.newsroom.folder
    with closing(desk.store(create=True)) as store:
        if _is_backup(file):
            copies.restore(Path(file), store, folder=folder)
        else:
            copies.restore_rows(read_export(read_input(file), name=file), store)
        verified = _verify(store)
        damage = (*verified.problems, *_log_problems(store, desk), *_picture_problems(store, desk))
        problems = (*damage, *_time_problems(store))
    for problem in problems:
        warn(str(problem))
    echo(f"Restored {_contents(verified)}.")
    echo("The ids of all entries derive from `newsroom.id`: put the writethru.toml of its newsroom here.")
    echo("Then: writethru publish. If a newer state of it was published, that refuses, and says what to do.")
    if problems:
        warn(f"It was restored, but {quantity(len(problems), 'problem')} found.")
        context.exit(DAMAGED if damage else REFUSED)


def _verify(store: Store) -> Verified:
    """Verify, with a progress bar on a terminal."""
    with progress_bar("Reading") as progress:
        return verify_store(store, progress=progress)


def _log_problems(store: Store, desk: Desk) -> tuple[Problem, ...]:
    """Return what is wrong with the stored public log."""
    root = None
    with suppress(WritethruError):  # the ledger can be verified even if the configuration is wrong
        root = desk.newsroom.root
    with store.reading() as reading:
        messages = tuple(log_damage(reading, root))
    return tuple(Problem(where=store.name, check="verify", message=f"{text}.", remedy=REMEDY) for text in messages)


def _picture_problems(store: Store, desk: Desk) -> tuple[Problem, ...]:
    """Return which pictures are missing. Where the ledger itself is damaged, that is reported as such."""
    with suppress(StoreDamagedError), store.reading() as reading:
        return tuple(missing_pictures(named_pictures(reading), pictures_of_newsroom(desk.folder)))
    return ()


def _cache_problems(store: Store, desk: Desk) -> tuple[Problem, ...]:
    """Return what is wrong with what publishing has remembered. A backup is whole without it."""
    base_url = None
    with suppress(WritethruError):
        base_url = desk.newsroom.config.site.base_url
    with store.reading() as reading:
        messages = tuple(remembered.damage(reading, base_url, now=desk.now))
    return tuple(
        Problem(where=store.name, check="verify", message=f"{text}.", remedy=CACHE_REMEDY) for text in messages
    )


def _time_problems(store: Store) -> tuple[Problem, ...]:
    """Return what is wrong with the ledger's clock. What cannot be read is damage, and reported as such."""
    with suppress(StoreDamagedError), store.reading() as reading:
        return tuple(problem.at(store.name) for problem in ledger_time(reading).ahead_problems(utc_now()))
    return ()


def _contents(verified: Verified) -> str:
    erased = f", {verified.redacted:,} of them redacted" if verified.redacted else ""
    return f"{quantity(verified.events, 'event')} in {quantity(verified.stories, 'story', 'stories')}{erased}"


def _is_backup(file: str) -> bool:
    try:
        with Path(file).open("rb") as opened:
            return opened.read(len(SQLITE_BEGINS)) == SQLITE_BEGINS
    except FileNotFoundError:
        raise StoreError(file, "there is no such file.", remedy="Check its path: ls -la", check="restore") from None


COMMANDS = (verify, backup, restore)
