"""The command that puts the output into the mirror, and compares both."""

import click

from events.errors import InvalidError, Problem
from feed.cli.desk import Desk, command, pass_desk
from feed.cli.exit_codes import REFUSED
from feed.cli.extras import mirror_problem
from feed.cli.terminal.output import echo, quantity, warn


@command()
@click.option("--verify", is_flag=True, help="Change nothing: print what is missing, different or extra there.")
@click.option("--everything", is_flag=True, help="Put all files again, whatever is there, even if it is newer.")
@click.option("-v", "--verbose", is_flag=True, help="Print the path of each file that is put or deleted.")
@click.pass_context
@pass_desk
def mirror(desk: Desk, /, context: click.Context, *, verify: bool, everything: bool, verbose: bool) -> None:
    """Compare the mirror with the output, and put what it lacks.

    Each run of publish puts what it has changed, so this is for a mirror that others have changed, or a new one.

    \b
      writethru mirror
      writethru mirror --verify
    """
    if verify and everything:
        raise click.UsageError("--verify cannot be used with --everything.")
    _check(desk)
    if verify:
        _verify(desk, context)
        return
    from feed.mirror.run import Mirror  # noqa: PLC0415 - needs the extra s3

    run = Mirror(is_forced=everything)
    run.request(desk.site, is_overwriting=everything)
    mirrored = run.run(desk.site, wait=True)
    for path in mirrored.changed if verbose else ():
        echo(path)
    if mirrored.why:
        waiting = quantity(mirrored.waiting or 0, "file waits", "files wait")
        warn(f"mirror: {mirrored.why}.\n  {mirrored.remedy or f'{waiting}. Runs of publish try again by themselves.'}")
        context.exit(REFUSED)
    echo(f"{quantity(len(mirrored.changed), 'file', 'files')} put or deleted.")


def _verify(desk: Desk, context: click.Context) -> None:
    from feed.mirror.bucket import MirrorError  # noqa: PLC0415 - needs the extra s3
    from feed.mirror.verify import mirror_problems  # noqa: PLC0415

    count = 0
    try:
        for problem in mirror_problems(desk.site):
            echo(str(problem))
            count += 1
    except MirrorError as error:
        warn(f"mirror: {error}.\n  See: writethru doctor")
        context.exit(REFUSED)
    if count:
        context.exit(REFUSED)
    echo("The mirror has the same files as the output.")


def _check(desk: Desk) -> None:
    """Raise InvalidError if there is no mirror, or what puts files into it is not installed."""
    problem = mirror_problem()
    if desk.site.config.mirror.url is None:
        remedy = "Set `url` in [mirror] of writethru.toml, and publish."
        problem = Problem(where="mirror", check="mirror", message="no mirror is configured.", remedy=remedy)
    if problem is not None:
        raise InvalidError(problem)


COMMANDS = (mirror,)
