"""The command that records from files: import."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

import click

from events.errors import InvalidError, Problem, WritethruError
from events.files.importer import FILE_BYTES_MAX, STDIN, Incoming, format_of, stream_events
from events.files.json_lines import LINE_BYTES_MAX
from events.ledger import Ledger
from events.lint import LintContext, check_embargoes
from events.model.events import AnyEvent, DevelopmentReported, StoryOpened, StoryRevised
from events.model.typed_times import TypedTimes
from events.recorder import Item
from events.system import gc_disabled
from feed.cli.commands.append import warn_of_unspoken_keys
from feed.cli.commands.publish import publish_now
from feed.cli.desk import Desk, cannot_read, clock_option, command, pass_desk, read_input
from feed.cli.exit_codes import REFUSED
from feed.cli.options import publish_option
from feed.cli.terminal.output import echo, quantity, warn

STREAMED_BYTES_MIN: Final = 8 * 1024 * 1024
"""A JSON Lines file of this size is recorded while it is read, so that memory use stays small.

Nobody else can record meanwhile. A smaller file is read first, which takes up to a second.
"""


ALIASES: Final = {"timeline": "timelinejs", "rss": "feed", "atom": "feed", "jsonfeed": "feed", "json-feed": "feed"}
"""Other names of kinds of files."""


@command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--archive", is_flag=True, help="Announce none of these reports: they fill in the past.")
@click.option(
    "--from",
    "kind",
    type=click.Choice(("timelinejs", "statuspage", "cstate", "feed", *ALIASES), case_sensitive=False),
    metavar="KIND",
    help="Files of another program: timelinejs, statuspage, cstate or feed.",
)
@click.option("--story", metavar="SLUG", help="With --from: the name of the story. Default: made of its title.")
@click.option("--dry-run", is_flag=True, help="Check everything, but record nothing.")
@publish_option
@clock_option
@click.pass_context
@pass_desk
def import_(
    desk: Desk,
    /,
    context: click.Context,
    files: tuple[str, ...],
    *,
    archive: bool,
    kind: str | None,
    story: str | None,
    dry_run: bool,
    publish: bool,
) -> None:
    """Record events from files, also those of other programs.

    Events are in .jsonl, .yaml or .md files. Each file is recorded whole or not at all. With --from, what can be read
    of it is recorded, and the rest is named. Importing it again changes nothing.

    \b
      writethru import monday.yaml tuesday.jsonl
      writethru import --archive last-year.jsonl
      writethru import --archive --from timelinejs timeline.csv
      writethru import --from statuspage incidents.json
    """
    if story is not None and kind is None:
        raise click.UsageError("--story names the story of a file of another program: give --from too.")
    if kind is not None:
        from feed.cli.foreign import record_foreign  # noqa: PLC0415 - most files need none of the importers

        name = ALIASES.get(kind, kind)
        failed = not record_foreign(desk, name, files, story=story, archive=archive, dry_run=dry_run)
    else:
        failed = not _import_files(desk, files, archive=archive, dry_run=dry_run)
    if publish and not dry_run:
        publish_now(desk)
    if failed:
        context.exit(REFUSED)


COMMANDS = (import_,)


def _import_files(desk: Desk, files: tuple[str, ...], *, archive: bool, dry_run: bool) -> bool:
    """Record files of events. Return True if all were recorded."""
    times = desk.file_times
    read: list[tuple[str, Iterator[Incoming]]] = []
    failed = False
    for name in files:
        try:
            most = FILE_BYTES_MAX[format_of(name)] + 1  # one byte more is refused
            items = _stream(name, times) if _is_large(name) else _read(read_input(name, most=most), name, times)
            read.append((name, items))
        except InvalidError as error:
            warn(str(error))
            failed = True
    # A dry run takes all files in one transaction, since a later file may depend on an earlier one.
    batches = [(", ".join(files), _chained(items for _, items in read))] if dry_run and read else read
    with desk.ledger() as ledger:
        for name, items in batches:
            events = map(_as_archive, items) if archive else items
            failed |= not _import(ledger, name, events, dry_run=dry_run)
    return not failed


def _is_large(name: str) -> bool:
    if name == STDIN or format_of(name) != "jsonl":
        return False
    path = Path(name)
    return path.is_file() and path.stat().st_size >= STREAMED_BYTES_MIN


def _stream(name: str, times: TypedTimes) -> Iterator[Incoming]:
    try:
        with Path(name).open("rb") as file:
            yield from stream_events(_lines(file), name=name, times=times)
    except OSError as error:
        raise cannot_read(name, error) from None


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file, and end at one that is too long: it may have no end."""
    while line := file.readline(LINE_BYTES_MAX + 2):
        yield line
        if len(line) > LINE_BYTES_MAX + 1:
            return


def _read(data: bytes, name: str, times: TypedTimes) -> Iterator[Incoming]:
    """Read the whole file now. The events, and then InvalidError with its problems, come when they are asked for."""
    read, invalid = [], None
    try:
        for item in stream_events(data, name=name, times=times):
            read.append(item)  # noqa: PERF402 - list() would lose those before the problems
    except InvalidError as error:
        invalid = error
    return _replayed(read, invalid)


def _replayed(read: list[Incoming], invalid: InvalidError | None) -> Iterator[Incoming]:
    yield from read
    if invalid is not None:
        raise invalid


def _as_archive(item: Incoming) -> Incoming:
    """Return `item`, a report as one of an archive. Its id stays, so that a file is recorded once, either way."""
    if not isinstance(item.event, DevelopmentReported):
        return item
    return replace(item, event=item.event.model_copy(update={"archive": True}))


def _chained(files: Iterable[Iterable[Incoming]]) -> Iterator[Incoming]:
    """Yield the events of all files, and raise InvalidError at the end with the problems of all."""
    problems: list[Problem] = []
    for items in files:
        try:
            yield from items
        except InvalidError as error:
            problems += error.problems
    if problems:
        raise InvalidError(*problems)


@gc_disabled()
def _import(ledger: Ledger, name: str, items: Iterable[Incoming], *, dry_run: bool) -> bool:
    """Record the events of one file, and print the result. Return True if they were recorded."""
    stories: set[str] = set()
    describing: list[AnyEvent] = []

    def located() -> Iterator[Item]:
        for item in items:
            stories.add(item.event.story)
            if isinstance(item.event, StoryOpened | StoryRevised) and item.event.facts:
                describing.append(item.event)
            yield item.event, item.where if item.whole else None, item.recorded_at

    try:
        counts = ledger.append_stream(located(), dry_run=dry_run)
    except WritethruError as error:
        warn(str(error))
        warn(f"{name}: nothing was recorded.")
        return False
    verb = "would be recorded" if dry_run else "recorded"
    echo(f"{name}: {quantity(counts.new, 'event')} {verb}, {counts.skipped:,} skipped (recorded before).")
    if counts.new and not dry_run:
        _warn_of_embargoes(ledger, stories)
        warn_of_unspoken_keys(describing, ledger)
    return True


def _warn_of_embargoes(ledger: Ledger, stories: Iterable[str]) -> None:
    """Warn of each public headline of these stories that says what one under embargo says."""
    with ledger.store.reading() as reading:
        for story in sorted(stories):
            for problem in check_embargoes(LintContext(fold=ledger.folds.of(reading, story), now=ledger.clock())):
                warn(str(problem))
