"""The command `writethru`: its commands by purpose, and how errors become sentences and exit codes."""

from functools import cache
from importlib import import_module

import click

from events.errors import WritethruError, did_you_mean
from events.system import utc_now
from feed.cli.desk import HELP_OPTIONS, Desk
from feed.cli.exit_codes import DONE, INTERRUPTED, MEANINGS, REFUSED, USAGE
from feed.cli.failures import report_failure
from feed.cli.imports import fast_imports
from feed.paths import FOLDER_VARIABLE

SECTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "Set up": {"setup": ("init", "demo")},
    "Record": {
        "record": ("open", "report", "corroborate", "dispute", "checked", "revise"),
        "picture": ("picture",),
        "import_files": ("import",),
        "sync": ("sync",),
        "sources": ("source", "intake"),
        "read_article": ("read",),
        "inbox": ("inbox", "take", "drop"),
        "correct": ("correct", "hold", "release", "retract", "pin", "unpin", "close", "reopen", "redact"),
        "undo": ("undo",),
    },
    "Read": {"lists": ("stories", "due"), "read": ("show", "log", "since", "export")},
    "Publish": {
        "publish": ("publish", "rebuild"),
        "mirror": ("mirror",),
        "serve": ("serve",),
        "people": ("desk",),
        "config": ("config",),
    },
    "Check": {
        "doctor": ("doctor",),
        "check": ("check",),
        "clock": ("clock",),
        "backup": ("verify", "backup", "restore"),
        "move": ("move",),
        "log": ("verify-log", "keygen"),
    },
}
"""The commands by purpose, then by the module that defines them: a module is imported only if it is needed."""
_MODULES = {name: module for modules in SECTIONS.values() for module, names in modules.items() for name in names}

IRREVERSIBLE = frozenset({"clock", "redact", "release"})
"""Commands that cannot be undone: they are never suggested for a mistyped one."""
SYNONYMS = {
    **dict.fromkeys(("amend", "change", "edit", "fix", "modify"), "correct"),
    **dict.fromkeys(("delete", "remove", "rm", "withdraw"), "retract"),
    **dict.fromkeys(("add", "update"), "report"),
    **dict.fromkeys(("create", "new", "start"), "open"),
    **dict.fromkeys(("list", "ls"), "stories"),
    **dict.fromkeys(("build", "generate", "run"), "publish"),
    **dict.fromkeys(("health", "diagnose"), "doctor"),
    **dict.fromkeys(("host", "server"), "serve"),
    "discard": "undo",
    "recheck": "checked",
    "history": "log",
    "status": "show",
    "unpublish": "hold",
}
"""Names that people try, and the safe command that does what they mean."""


@cache
def command(name: str) -> click.Command:
    """Return the command of that name."""
    with fast_imports():
        commands: tuple[click.Command, ...] = import_module(f"feed.cli.commands.{_MODULES[name]}").COMMANDS
    return next(command for command in commands if command.name == name)


def sections() -> dict[str, list[click.Command]]:
    """Return all commands by purpose."""
    return {
        title: [command(name) for names in modules.values() for name in names] for title, modules in SECTIONS.items()
    }


class Program(click.Group):
    """A group that imports a command when it is called, lists commands by purpose, and corrects misspellings."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """Return the names of all commands."""
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as click calls it
        """Return the command of that name, or None."""
        return command(cmd_name) if cmd_name in _MODULES else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click calls it
        """Write the commands section by section."""
        for title, commands in sections().items():
            with formatter.section(title):
                formatter.write_dl([(command.name or "", command.get_short_help_str(60)) for command in commands])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command, or fail and name the one with the closest name."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            close = SYNONYMS.get(args[0].lower()) or did_you_mean(args[0], _MODULES.keys() - IRREVERSIBLE)
            hint = f" Did you mean {close}?" if close else " See: writethru --help"
            ctx.fail(f"there is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=Program,
    context_settings={"help_option_names": HELP_OPTIONS, "max_content_width": 100},
    epilog="Start here: writethru demo. Exit codes: "
    + "; ".join(f"{code} {meaning}" for code, meaning in MEANINGS.items())
    + ".",
)
@click.option(
    "-C", "folder", metavar="DIR", help=f"The newsroom, or a folder in it. Default: {FOLDER_VARIABLE}, or here."
)
@click.version_option(package_name="writethru")
@click.pass_context
def program(context: click.Context, folder: str | None) -> None:
    """Record the developments of running stories, and publish what changed.

    \b
      writethru open harbour-fire "Fire at the harbour"
      writethru report harbour-fire "Two hurt" --said-by "Ana Ruiz, fire chief (Port Authority)" --fact hurt=2
      writethru publish
    """
    context.obj = Desk(named=folder, now=utc_now(), clock=utc_now)


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code; messages go to stderr."""
    try:
        return int(program.main(arguments, prog_name="writethru", standalone_mode=False) or DONE)
    except click.ClickException as error:
        error.show()
        return USAGE if isinstance(error, click.UsageError) else REFUSED
    except click.Abort:
        return INTERRUPTED
    except (WritethruError, OSError) as error:
        return report_failure(error)
