"""The command that lets a table become events: sync."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from shlex import quote
from types import MappingProxyType
from typing import Final

import click

from events.errors import InvalidError, Problem, WritethruError
from events.model.addresses import is_web_address
from events.model.events import AnyEvent
from events.projections.folds import Folds
from events.system import gc_disabled, write_atomically
from feed.cli.commands.publish import publish_now
from feed.cli.desk import Desk, clock_option, command, pass_desk, read_input
from feed.cli.exit_codes import REFUSED
from feed.cli.extras import check_extra
from feed.cli.options import publish_option
from feed.cli.sync_preview import News, Preview
from feed.cli.terminal.output import echo, quantity, warn
from feed.intake.inbox import Inbox
from feed.intake.memory import Memory
from feed.sync.git_history import GitHistory
from feed.sync.key_file import KEY_BYTES, read_key, write_key
from feed.sync.plan import ROWS_MAX
from feed.sync.proposal import propose
from feed.sync.row_names import RowNames, row_names
from feed.sync.sheet_map import MAP_NAME, SheetMap, parse_map
from feed.sync.sync import Result, Syncing
from feed.sync.tables import TABLE_BYTES_MAX, Source, format_of, read_table

PROBLEMS_SHOWN: Final = 100
WORDS_SHOWN: Final = 10
FOLDED_EVENTS_MAX: Final = 2_000
"""Each story is folded once, one after the other: what was folded before only takes memory."""
NO_VALIDATORS: Final[Mapping[str, str]] = MappingProxyType({})


@command()
@click.argument("source", metavar="[FILE|URL]", required=False)
@click.option(
    "--git",
    "git",
    nargs=2,
    metavar="REPO PATH",
    help="Record every commit of a file: its time is when it was reported, its author the actor.",
)
@click.option("--init", "proposes", is_flag=True, help="Write sync.toml: what each column seems to mean.")
@click.option("--map", "map_file", metavar="FILE", help=f"The map. Default: {MAP_NAME} in the newsroom.")
@click.option("--dry-run", is_flag=True, help="Show every event, but record nothing.")
@publish_option
@clock_option
@click.pass_context
@pass_desk
def sync(
    desk: Desk,
    /,
    context: click.Context,
    source: str | None,
    *,
    git: tuple[str, str] | None,
    proposes: bool,
    map_file: str | None,
    dry_run: bool,
    publish: bool,
) -> None:
    """Record what changed in a table that people keep editing.

    It is CSV, TSV, JSON Lines or XLSX. --init writes the map that says what its columns mean. Running it again records
    what has changed since, and nothing else. What the first run brings is not announced.

    \b
      writethru sync --init prisoners.csv
      writethru sync prisoners.csv --dry-run
      writethru sync prisoners.csv
      writethru sync --git ~/data prisoners.csv
    """
    _check_usage(sources=[source, git], proposes=proposes, records=dry_run or publish)
    path = Path(map_file) if map_file else desk.folder / MAP_NAME
    if proposes:
        _propose(desk, source or str(Path(*git or ())), path)
        return
    name, sheet_map = source or (git or ("", ""))[1], _read_map(path)
    events = Preview(desk.now, desk.file_times.zone) if dry_run else News()
    result = _sync(desk, sheet_map, name, GitHistory(*git) if git else None, events.show, dry_run=dry_run)
    _print_result(result, name, events.lines(), dry_run=dry_run)
    if not dry_run and result.left_out and result.plan.first and sheet_map.announce_from is None:
        _warn_of_news((desk.now + timedelta(days=1)).date())
    if publish and not dry_run:
        publish_now(desk)
    _print_next_step(result, dry_run=dry_run, publish=publish)
    if result.problems:
        context.exit(REFUSED)


COMMANDS = (sync,)


def _check_usage(*, sources: list[object], proposes: bool, records: bool) -> None:
    if sources.count(None) != 1:
        raise click.UsageError("Give either FILE|URL, or --git REPO PATH.")
    if proposes and records:
        raise click.UsageError("--init only writes the map: leave out --dry-run and --publish.")


def _propose(desk: Desk, source: str, path: Path) -> None:
    """Write a map for the table, and print what was understood."""
    if path.exists():
        message, remedy = "there is already a map here; nothing was changed.", "Edit it, or name another: --map FILE"
        raise WritethruError(Problem(where=str(path), check="sync", message=message, remedy=remedy))
    table = _source(desk, source)
    if table is None:
        message, remedy = "the server sends nothing.", "Download the table, and name the file."
        raise InvalidError(Problem(where=source, check="address", message=message, remedy=remedy))
    proposal = propose(
        read_table(table.data, table.form, name=source), name=source, times=desk.file_times, now=desk.now
    )
    with write_atomically(path, replace=False) as part:
        part.write_text(proposal.text, encoding="utf-8")
    columns = proposal.understood
    echo(f"Read {source}: {quantity(proposal.rows, 'row')}, {quantity(len(columns), 'column')}.")
    header_chars, words_chars = (max(len(column[index]) for column in columns) for index in (0, 1))
    for header, words, values in columns:
        echo(f"  {header:<{header_chars}}  {words:<{words_chars}}  {values}".rstrip())
    for exception in proposal.exceptions:
        echo(exception)
    if proposal.exceptions:
        echo("Correct these cells in the table first: sync leaves out a whole row while a cell of it cannot be read.")
    for advice in proposal.advice:
        echo(advice)
    option = "" if path == desk.folder / MAP_NAME else f" --map {quote(str(path))}"
    echo(f"Wrote {path}. Read it, change what is wrong, then try: writethru sync {quote(source)}{option} --dry-run")


def _read_map(path: Path) -> SheetMap:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        remedy = "To make one from the table: writethru sync --init FILE"
        raise InvalidError(Problem(where=str(path), check="map", message="there is no map.", remedy=remedy)) from None
    except UnicodeDecodeError:
        message, remedy = "the map is not UTF-8.", "Save it as UTF-8."
        raise InvalidError(Problem(where=str(path), check="map", message=message, remedy=remedy)) from None
    return parse_map(text, where=path.name)


@gc_disabled()
def _sync(
    desk: Desk,
    sheet_map: SheetMap,
    source: str,
    history: GitHistory | None,
    show: Callable[[AnyEvent, bool], None],
    *,
    dry_run: bool,
) -> Result:
    names = _row_names(desk.folder, sheet_map)
    with desk.ledger() as ledger:
        ledger.folds = Folds(FOLDED_EVENTS_MAX)
        syncing = Syncing(
            ledger=ledger,
            sheet_map=sheet_map,
            names=names,
            times=desk.file_times,
            file=source,
            now=ledger.clock(),
            dry_run=dry_run,
            show=show,
        )
        if dry_run:
            return syncing.replay(history) if history else _read_and_run(syncing, _source(desk, source))
        with Inbox(desk.folder) as inbox:
            syncing = replace(
                syncing,
                settle=partial(inbox.settle, sheet_map.table),
                prepare=lambda: write_key(desk.folder, names.key) if names.uses_key else None,
            )
            if history is None and not is_web_address(source):
                return _read_and_run(syncing, _source(desk, source))
            path = f"git:{Path(history.repository).resolve()}:{history.path}" if history else source
            memory = Memory(inbox, ledger, f"{sheet_map.table}:{path}", sheet_map)
            return _synced(desk, syncing, source, history, memory)


def _synced(desk: Desk, syncing: Syncing, source: str, history: GitHistory | None, memory: Memory) -> Result:
    """Record what changed since the source was read last, and remember how far it was read now."""
    last = memory.recall()
    if history is not None:
        result = syncing.replay(history, after=last.get("commit", ""))
        now: Mapping[str, str] = {"commit": result.commit} if result.commit else {}
    else:
        table = _source(desk, source, syncing.sheet_map, validators=last)
        result = _read_and_run(syncing, table)
        now = table.validators if table is not None else {}
    if now and not result.problems:
        memory.remember(now)
    return result


def _read_and_run(syncing: Syncing, table: Source | None) -> Result:
    """Record what changed in a table; nothing, if there is no newer one."""
    if table is None:
        return Result()
    sheet = syncing.sheet_map.sheet
    return syncing.run(lambda: read_table(table.data, table.form, name=syncing.file, sheet=sheet))


def _row_names(folder: Path, sheet_map: SheetMap) -> RowNames:
    """Return what names the rows: with the newsroom's key, or with a new one."""
    return row_names(sheet_map, read_key(folder) or secrets.token_bytes(KEY_BYTES))


def _source(
    desk: Desk, source: str, sheet_map: SheetMap | None = None, *, validators: Mapping[str, str] = NO_VALIDATORS
) -> Source | None:
    """Return a table, None if its server says that it has not changed since `validators` were given."""
    if is_web_address(source):
        check_extra(source, otherwise="Or download the table, and sync the file.")
        from feed.sync.table_address import fetch_table  # noqa: PLC0415 - urllib3 takes 0.1 s, and is an extra

        allow = () if sheet_map is None else sheet_map.allow
        return fetch_table(source, validators=validators, allow=allow, contact=desk.newsroom.config.site.base_url)
    form = format_of(source)
    if form is None:
        remedy = "Name it .csv, .tsv, .jsonl or .xlsx."
        raise InvalidError(Problem(where=source, check="format", message="its name says no format.", remedy=remedy))
    return Source(read_input(source, most=TABLE_BYTES_MAX + 1), form)


def _print_result(result: Result, source: str, events: Iterable[str], *, dry_run: bool) -> None:
    for problem in result.problems[:PROBLEMS_SHOWN]:
        warn(str(problem))
    if len(result.problems) > PROBLEMS_SHOWN:
        warn(f"… and {quantity(len(result.problems) - PROBLEMS_SHOWN, 'more problem')}.")
    plan = result.plan
    for number in plan.erased:
        warn(f"{source}: row {number} was redacted in the ledger, so it is left alone. Delete it from the table.")
    for story, rows in plan.crowded.items():
        warn(
            f"{story} has {rows:,} rows, and more than {ROWS_MAX:,} make its pages slow. "
            'Divide it: mark a column as = "story" in the map, such as a year or a region.'
        )
    for word, rows in list(plan.unlisted.items())[:WORDS_SHOWN]:
        what = "its promise stays" if rows == 1 else "their promises stay"
        warn(
            f"{source}: “{word}” in {quantity(rows, 'row')} is in none of met, partly_met, missed, cancelled: "
            f"{what} open. List it in the map: in one of these, or in open."
        )
    verb = "would be recorded" if dry_run else "recorded"
    left_out = f"{len(result.left_out):,} left out, " if result.left_out else ""
    echo(f"{source}: {quantity(result.rows, 'row')} read, {left_out}{quantity(result.recorded, 'event')} {verb}.")
    for line in events:
        echo(line)
    if result.drafts:
        echo(f"{quantity(result.drafts, 'draft')} made of what is gone from the table. To decide: writethru inbox")


def _print_next_step(result: Result, *, dry_run: bool, publish: bool) -> None:
    """Say what comes after a run that recorded something, or would."""
    if result.recorded and dry_run:
        repair = "repair what is left out, and look again; then " if result.left_out else ""
        echo(f"Next: {repair}the same without --dry-run")
    elif result.recorded and not publish:
        echo("Next: writethru publish")


def _warn_of_news(day: date) -> None:
    """Say what becomes of the rows that a first run left out, and how to prevent it."""
    warn(
        "A row that is left out now is announced as news once it is repaired. To prevent that, repair it before "
        f'anything else changes, and set announce_from = "{day}" in the map for that one run: it announces nothing.'
    )
