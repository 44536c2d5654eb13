"""The command `writethru`: its groups, its exit codes, and how errors become sentences."""

import errno
from importlib.metadata import version

import click

from events.errors import StoreBusyError, StoreDamagedError, WritethruError, did_you_mean
from feed.cli import checking, keeping, logging, publishing, reading, recording, repairing, setting_up
from feed.cli.shell import Desk, now, problem_lines, tell
from feed.publish import BusyError

DONE, REFUSED, USAGE, SOME_FAILED, LOCKED, DAMAGED, OVERDUE = range(7)
INTERRUPTED = 130
HELP_OPTIONS = ["-h", "--help"]

SECTIONS = {
    "Set up": setting_up.COMMANDS,
    "Record": (*recording.COMMANDS, *repairing.COMMANDS),
    "Read": reading.COMMANDS,
    "Publish": publishing.COMMANDS,
    "Check": (*checking.COMMANDS, *keeping.COMMANDS, *logging.COMMANDS),
}


class Program(click.Group):
    """A group that lists its commands by purpose, and asks "did you mean"."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click calls it
        """Write the commands section by section."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(command.name or "", command.get_short_help_str(60)) for command in commands])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or fail with the nearest one."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            close = did_you_mean(args[0], self.commands)
            hint = f" Did you mean {close}?" if close else " See: writethru --help"
            ctx.fail(f"there is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=Program,
    context_settings={"help_option_names": HELP_OPTIONS, "max_content_width": 100},
    epilog="Start here: writethru demo. Exit codes: 0 done or nothing to do, 1 refused or problems found, 2 usage, "
    "3 published but some story failed, 4 ledger locked too long, 5 ledger damaged, 6 overdue promises.",
)
@click.option("-C", "folder", metavar="DIR", help="The newsroom; else WRITETHRU_DIR, else this folder or one above.")
@click.version_option(version("writethru"), package_name="writethru")
@click.pass_context
def program(context: click.Context, folder: str | None) -> None:
    """Record the developments of a running story; publish what changed.

    \b
      writethru open harbour-fire "Fire at the harbour"
      writethru report harbour-fire "Two hurt" --said-by "Ana Ruiz, fire chief (Port Authority)" --fact hurt=2
      writethru publish
    """
    context.obj = Desk(folder=folder, now=now())


for _commands in SECTIONS.values():
    for _command in _commands:
        # Each by itself too: click keeps the first help option that it made, whoever called the command.
        _command.context_settings.setdefault("help_option_names", HELP_OPTIONS)
        program.add_command(_command)


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit code; sentences go to stderr."""
    try:
        return int(program.main(arguments, prog_name="writethru", standalone_mode=False) or DONE)
    except click.ClickException as error:
        error.show()
        return USAGE if isinstance(error, click.UsageError) else REFUSED
    except click.Abort:
        return INTERRUPTED
    except BusyError:
        return DONE  # cron's next run will see to it
    except WritethruError as error:
        tell(problem_lines(error.problems))
        return _code(error)
    except OSError as error:
        tell(f"{error.filename or 'output'}: {_os_sentence(error)}")
        return REFUSED


def _code(error: WritethruError) -> int:
    match error:
        case StoreBusyError():
            return LOCKED
        case StoreDamagedError():
            return DAMAGED
        case _:
            return REFUSED


def _os_sentence(error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "the disk is full. What was recorded is safe; make room and run the command again."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "may not be written. Check who owns it: ls -l"
        case _:
            return f"{(error.strerror or str(error)).lower()}."
