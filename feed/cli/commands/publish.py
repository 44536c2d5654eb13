"""The commands that publish: publish, which cron runs, and rebuild."""

import signal
from threading import Event
from typing import TYPE_CHECKING

import click

from events.errors import WritethruError
from feed.cli.desk import Desk, command, pass_desk
from feed.cli.terminal.output import echo, warn
from feed.cli.terminal.progress import progress_bar

if TYPE_CHECKING:
    from feed.site import Published

SOME_FAILED = 3
DIFFERS = 1
BAR_STEPS_MIN = 40
"""Two steps a story: less work takes a second or two, and shows no bar."""


@command()
@click.option("-v", "--verbose", is_flag=True, help="Name each file written.")
@click.option("--dry-run", is_flag=True, help="Write nothing; name what would be written.")
@click.option(
    "--after-restore", is_flag=True, help="The ledger is an older copy: go on after what it had published since."
)
@click.option("--watch", is_flag=True, help="Stay, and publish within a moment of whatever is recorded or falls due.")
@click.pass_context
@pass_desk
def publish(
    desk: Desk, /, context: click.Context, *, verbose: bool, dry_run: bool, after_restore: bool, watch: bool
) -> None:
    """Publish what changed since the last time: the line for cron. Silent on success.

    \b
      * * * * *  /path/to/writethru -C /path/to/newsroom publish

    With --watch it stays until it is told to end (SIGTERM, or Ctrl-C). It may be killed and started again at any
    point, and cron may run beside it.
    """
    if watch and (dry_run or after_restore):
        raise click.UsageError("--watch goes with neither --dry-run nor --after-restore.")
    if watch:
        _watch(desk, verbose=verbose)
        return
    if dry_run and after_restore:
        raise click.UsageError("--after-restore keeps what it takes in: it cannot be tried out with --dry-run.")
    with progress_bar("Publishing", steps_min=BAR_STEPS_MIN) as progress:
        publication = desk.site.publish(dry_run=dry_run, after_restore=after_restore, progress=progress)
    _report(publication, context, verbose=verbose or dry_run)


def _watch(desk: Desk, *, verbose: bool) -> None:
    """Publish until a signal ends it; a publication that is under way is completed first."""
    from feed.watch import Watch  # noqa: PLC0415 - imports everything that publishes

    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def report(publication: "Published") -> None:
        for path in publication.changed if verbose else ():
            echo(path)
        _warn_of_failures(publication)

    Watch(desk.folder, stopped=stop.is_set, on_published=report, on_error=warn).run()


@command()
@click.option("--verify", is_flag=True, help="Build beside the output instead, and name every file that differs.")
@click.option("-v", "--verbose", is_flag=True, help="Name each file written.")
@click.pass_context
@pass_desk
def rebuild(desk: Desk, /, context: click.Context, *, verify: bool, verbose: bool) -> None:
    """Build the whole output from nothing; or check that it is what would be built.

    \b
      writethru rebuild
      writethru rebuild --verify
    """
    if verify:
        with progress_bar("Building", steps_min=BAR_STEPS_MIN) as progress:
            differing = desk.site.verify_rebuild(progress=progress)
        for path in differing:
            echo(path)
        if differing:
            warn(f"{len(differing)} files differ from a build from nothing. To mend them: writethru rebuild")
            context.exit(DIFFERS)
        return
    with progress_bar("Building", steps_min=BAR_STEPS_MIN) as progress:
        publication = desk.site.publish(wait=True, everything=True, progress=progress)
    _report(publication, context, verbose=verbose)


def publish_now(desk: Desk) -> None:
    """Publish at once, after recording; waits for a run that is under way. Exits as `publish` does."""
    try:
        publication = desk.site.publish(wait=True)
    except (WritethruError, OSError) as error:
        # The exit code must not read as "refused": recording it again would record it twice.
        warn(f"Recorded, but not published: {error}\n  When that is mended: writethru publish")
        click.get_current_context().exit(SOME_FAILED)
    _report(publication, click.get_current_context(), verbose=False)


def _report(publication: "Published", context: click.Context, *, verbose: bool) -> None:
    for path in publication.changed if verbose else ():
        echo(path)
    _warn_of_failures(publication)
    if publication.failed:
        context.exit(SOME_FAILED)


def _warn_of_failures(publication: "Published") -> None:
    for story, why in publication.failed:
        warn(f"{story}: not published: {why}\n  The other stories were published. See: writethru show {story}")


COMMANDS = (publish, rebuild)
