"""The commands that publish: publish, which cron runs, and rebuild."""

import signal
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from events.errors import BusyError, WritethruError
from feed.cli.desk import Desk, clock_option, command, pass_desk
from feed.cli.exit_codes import REFUSED, SOME_FAILED
from feed.cli.publishing import BAR_STEPS_MIN, publish_site, report_failures
from feed.cli.terminal.output import echo, quantity, warn
from feed.cli.terminal.progress import progress_bar

if TYPE_CHECKING:
    from feed.site import Published

NOT_WATCHING = "--dry-run, --after-restore, --ledger-is-newest or --clock-is-right"
STOP_S = 1.0
"""How long `--watch` waits for the hub when it is stopped: what is not acknowledged is told after the next start."""


@command()
@click.option("-v", "--verbose", is_flag=True, help="Print the path of each file that is written or removed.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print the paths of what would be written.")
@click.option(
    "--after-restore",
    is_flag=False,
    flag_value="",
    metavar="[URL|DIR|FILE]",
    help="The ledger is a restored, older copy: continue after what was published since, according to the output, or "
    "to the site or copy named here.",
)
@click.option("--ledger-is-newest", is_flag=True, help="Nothing newer than the ledger was published: sign on after it.")
@click.option("--watch", is_flag=True, help="Keep running, and publish each change within a moment.")
@clock_option
@click.pass_context
@pass_desk
def publish(
    desk: Desk,
    /,
    context: click.Context,
    *,
    verbose: bool,
    dry_run: bool,
    after_restore: str | None,
    ledger_is_newest: bool,
    watch: bool,
) -> None:
    """Publish what has changed since the last run.

    This is the line for cron. It prints nothing on success.

    \b
      * * * * *  /path/to/writethru -C /path/to/newsroom publish

    With --watch it runs until SIGTERM or Ctrl-C. It may be killed and restarted at any point, and cron may run beside
    it.
    """
    continues = after_restore is not None or ledger_is_newest
    if watch and (dry_run or continues or desk.clock_is_right):
        raise click.UsageError(f"--watch cannot be used with {NOT_WATCHING}.")
    if watch:
        _watch(desk, verbose=verbose)
        return
    if after_restore is not None and ledger_is_newest:
        raise click.UsageError("--after-restore cannot be used with --ledger-is-newest.")
    if dry_run and continues:
        name = "--ledger-is-newest" if ledger_is_newest else "--after-restore"
        raise click.UsageError(f"{name} cannot be used with --dry-run: it changes the ledger.")
    with progress_bar("Publishing", steps_min=BAR_STEPS_MIN) as progress:
        source = after_restore or after_restore is not None
        options: dict[str, Any] = {"dry_run": dry_run, "after_restore": source, "ledger_is_newest": ledger_is_newest}
        publication = publish_site(desk.site, progress=progress, **options)
    _report(publication, context, verbose=verbose or dry_run)


def _watch(desk: Desk, *, verbose: bool) -> None:
    """Publish until a signal ends it; a publication that is under way is completed first."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    watch_newsroom(desk, stopped=stop.is_set, verbose=verbose)


def watch_newsroom(
    desk: Desk, *, stopped: Callable[[], bool], verbose: bool = False, should_publish: Callable[[], bool] | None = None
) -> None:
    """Publish each change until `stopped` returns True: all that is due, whenever `should_publish` returns True."""
    from feed.cli.mirroring import Mirroring  # noqa: PLC0415 - only here
    from feed.health.hub import HubCalls  # noqa: PLC0415 - only here
    from feed.health.reporting import Reporter  # noqa: PLC0415 - only here
    from feed.watch import Watch  # noqa: PLC0415 - imports everything that publishes

    def report(publication: "Published") -> None:
        for path in publication.changed if verbose else ():
            echo(path)
        report_failures(publication)

    def claim(other: str) -> None:
        stands_by = f"{other} publishes this newsroom. This process stands by, and takes over when that one ends."
        warn(stands_by if other else "This process publishes now.")

    def tick() -> None:
        calls.settle()
        for problem in mirroring.go_on():
            warn(str(problem))

    reporter, calls, mirroring = Reporter(warn), HubCalls(warn), Mirroring(is_resident=True)
    Watch(
        desk.folder,
        publish=lambda site: publish_site(site, reporter=reporter, calls=calls, mirroring=mirroring),
        stopped=stopped,
        on_published=report,
        on_error=warn,
        on_claim=claim,
        on_idle=partial(reporter.idle, str(desk.folder)),
        on_tick=tick,
        **({} if should_publish is None else {"should_publish": should_publish}),
    ).run()
    calls.settle(wait_s=STOP_S)


@command()
@click.option(
    "--verify", is_flag=True, help="Build beside the output instead, and print the path of each file that differs."
)
@click.option("-v", "--verbose", is_flag=True, help="Print the path of each file that is written or removed.")
@clock_option
@click.pass_context
@pass_desk
def rebuild(desk: Desk, /, context: click.Context, *, verify: bool, verbose: bool) -> None:
    """Rebuild the whole output from scratch.

    With --verify, check instead that a rebuild would give the same files.

    \b
      writethru rebuild
      writethru rebuild --verify
    """
    try:
        _rebuild(desk, context, verify=verify, verbose=verbose)
    except BusyError as busy:
        warn(f"{busy}\n  Only the host that publishes can rebuild its output. End that process, or rebuild there.")
        context.exit(REFUSED)


def _rebuild(desk: Desk, context: click.Context, *, verify: bool, verbose: bool) -> None:
    if verify:
        with progress_bar("Building", steps_min=BAR_STEPS_MIN) as progress:
            differing = desk.site.verify_rebuild(progress=progress)
        for path in differing:
            echo(path)
        if differing:
            files = quantity(len(differing), "file differs", "files differ")
            warn(f"{files} from a rebuild. To replace them: writethru rebuild")
            context.exit(REFUSED)
        return
    with progress_bar("Building", steps_min=BAR_STEPS_MIN) as progress:
        publication = publish_site(desk.site, wait=True, everything=True, progress=progress)
    _report(publication, context, verbose=verbose)


def publish_now(desk: Desk) -> None:
    """Publish at once, after recording. Wait for another run to end. Exit as `publish` does."""
    try:
        publication = publish_site(desk.site, wait=True)
    except BusyError:
        return  # another host publishes it
    except (WritethruError, OSError) as error:
        # Not the exit code for "refused": it would invite to record the same again.
        warn(f"Recorded, but not published: {error}\n  When that is fixed: writethru publish")
        click.get_current_context().exit(SOME_FAILED)
    _report(publication, click.get_current_context(), verbose=False)


def _report(publication: "Published", context: click.Context, *, verbose: bool) -> None:
    for path in publication.changed if verbose else ():
        echo(path)
    if code := report_failures(publication):
        context.exit(code)


COMMANDS = (publish, rebuild)
