"""What every command shares: the newsroom that it works in, one reading of the clock, and how arguments are parsed."""

import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from events.errors import InvalidError, Problem, RefusedError, StoreError, WritethruError
from events.model.edtf import When, end_of_day, instant, parse_when
from events.system import utc_now
from feed.cli.imports import fast_imports
from feed.cli.terminal.output import warn
from feed.paths import CONFIG_NAME, FOLDER_VARIABLE, LEDGER_NAME, find_newsroom

if TYPE_CHECKING:
    from events.ledger import Ledger
    from events.model.typed_times import TypedTimes
    from events.store.base import Store
    from feed.newsroom import Newsroom
    from feed.site import Site

HELP_OPTIONS = ["-h", "--help"]
SIDE_FILES = ("", "-wal", "-shm", "-journal")
"""The ends of the names of the ledger, and of what SQLite puts beside it."""
DATABASE = "postgres"
"""What every address of a database has in it."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


@dataclass(frozen=True)
class Desk:
    """Where and when a command works."""

    named: str | None
    """The folder that -C names."""
    now: datetime
    """The clock, read once, to judge what is due."""
    clock: Callable[[], datetime] | None = None
    """What recording and publishing read, with the lock in hand: others may have recorded since. Default: `now`."""
    clock_is_right: bool = False
    """Whether the editor has said so (events/README.md#the-clock)."""

    @cached_property
    def folder(self) -> Path:
        """The newsroom's folder; StoreError if there is none."""
        start = self.named or os.environ.get(FOLDER_VARIABLE) or "."
        folder = find_newsroom(start)
        if folder is None:
            raise StoreError(
                start,
                "there is no newsroom here, nor in any folder above.",
                remedy=f"Name one with -C DIR or {FOLDER_VARIABLE}=DIR. To create one: writethru init {quote(start)}",
                check="newsroom",
            )
        return Path(folder)

    @cached_property
    def newsroom(self) -> "Newsroom":
        """The newsroom, to read and to record; InvalidError if its configuration is wrong."""
        with fast_imports():
            from feed.newsroom import Newsroom  # noqa: PLC0415 - pydantic models take 150 ms; `stories` needs none

        return Newsroom.open(self.folder, clock=self.clock or self._now, clock_is_right=self.clock_is_right)

    @cached_property
    def site(self) -> "Site":
        """The site, to publish; InvalidError if configuration or templates are wrong."""
        with fast_imports():
            from feed.site import Site  # noqa: PLC0415 - jinja2 and feedgen take 150 ms; most commands need neither

        return Site.open(self.folder, clock=self.clock or self._now, clock_is_right=self.clock_is_right)

    @cached_property
    def times(self) -> "TypedTimes":
        """How the times of options are read: in the newsroom's time zone, today, and aloud."""
        from events.model.typed_times import TypedTimes  # noqa: PLC0415 - most commands have no time to read

        return TypedTimes(zone=self.newsroom.config.recording.zone, now=self.now, notice=_read_aloud)

    @cached_property
    def file_times(self) -> "TypedTimes":
        """How the times of files are read: without a day of their own, which would be another one tomorrow."""
        from events.model.typed_times import TypedTimes  # noqa: PLC0415 - most commands have no time to read

        return TypedTimes(zone=self.newsroom.config.recording.zone)

    def check_copy(self, path: Path) -> None:
        """Raise RefusedError if a copy of the ledger at `path` would replace a file of ours, or be published."""
        from events.media import FOLDER_NAME  # noqa: PLC0415 - most commands copy nothing
        from feed.config import OWN_NAMES  # noqa: PLC0415 - as in `newsroom`

        names = (*OWN_NAMES, FOLDER_NAME, *(f"{LEDGER_NAME}{end}" for end in SIDE_FILES))
        own = [self.folder / name for name in names]
        public = self.folder / "public"
        with suppress(WritethruError):  # a ledger can be copied even if the configuration is wrong
            public, key = self.newsroom.root, self.newsroom.config.log.key
            own += [] if key is None else [self.folder / Path(key).expanduser()]
        message = ""
        if any(path.resolve().is_relative_to(item.resolve()) or _is_same_file(path, item) for item in own):
            message = "this is a file of the newsroom itself, and a copy would replace it."
        elif path.resolve().is_relative_to(public.resolve()):
            message = "this is in the output, so what is not public would be published."
        if message:
            raise RefusedError(Problem(where=str(path), check="file", message=message, remedy="Name another file."))

    def ledger(self) -> "Ledger":
        """Open the ledger."""
        return self.newsroom.ledger()

    def store(self, *, create: bool = False) -> "Store":
        """Open the store of the ledger, which `create` makes: `ledger.db`, unless the configuration has a database.

        Only then it is parsed: `stories` needs nothing else of it, and `verify` also works if it is wrong.
        """
        from events.store import open_store  # noqa: PLC0415 - `init` has no ledger

        with suppress(OSError, UnicodeDecodeError):
            lines = (self.folder / CONFIG_NAME).read_text(encoding="utf-8").splitlines()
            if any(DATABASE in line and not line.startswith("#") for line in lines):
                return self.newsroom.store(create=create)
        return open_store(self.folder / LEDGER_NAME, create=create)

    def _now(self) -> datetime:
        return self.now


def _is_same_file(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


pass_desk = click.make_pass_decorator(Desk)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def command(name: str | None = None) -> Callable[[Callable[..., Any]], click.Command]:
    """Return a decorator that makes a command of a function. Like the program itself, it has -h."""
    return click.command(name, context_settings={"help_option_names": HELP_OPTIONS})


class Group(click.Group):
    """A command with commands of its own, which it names if another one is typed."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command, or fail and name those that there are."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            names = ", ".join(f"{ctx.command_path} {name}" for name in self.commands)
            ctx.fail(f"there is no command {args[0]!r} here. Run: {names}")
        return super().resolve_command(ctx, args)


def parse_instant(text: str) -> datetime:
    """Parse an instant: RFC 3339, a time as people type it, or `now`."""
    try:
        return _instant(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def parse_imprecise_time(text: str) -> When:
    """Parse an imprecise time: EDTF, such as 2015-01, 2015-01-21/2015-01-22 or 2015~, or as people type it."""
    try:
        return parse_when(text)
    except ValueError:
        pass
    try:
        return parse_when(_typed_times().edtf(text))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def parse_day(text: str) -> date:
    """Parse a day, also as people type it; of an instant, its day where it is stated."""
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        pass
    try:
        day = _typed_times().day(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day. Write one such as 2015-01-06.") from None


def parse_instant_or_day(text: str) -> datetime:
    """Parse an instant, or a day, which means its end at 24:00 UTC."""
    try:
        day = _typed_times().day(text) if " " in text else text
        return end_of_day(date.fromisoformat(day)) if _DAY.match(day) else _instant(text)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{error} You can also write a day, such as 2015-01-06: it means its end.") from None


def _instant(text: str) -> datetime:
    if text == "now":
        return utc_now()
    try:
        return instant(text)
    except ValueError:
        return _typed_times().instant(text)


def _typed_times() -> "TypedTimes":
    """Return how the running command reads times. It needs the newsroom's configuration, for the zone."""
    context = click.get_current_context(silent=True)
    desk = context.find_object(Desk) if context else None
    if desk is not None:
        return desk.times
    from events.model.typed_times import TypedTimes  # noqa: PLC0415 - as in Desk.times

    return TypedTimes()


def _read_aloud(text: str, reading: str) -> None:
    warn(f"Read {text} as {reading}.")


def read_input(name: str, *, most: int = -1) -> bytes:
    """Return the bytes of a file, or of stdin for "-", the first `most`; InvalidError if it cannot be read."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(most)
        with Path(name).open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise cannot_read(name, error) from None


def cannot_read(name: str, error: OSError) -> InvalidError:
    """Return the refusal of a file that cannot be read."""
    remedy = "Check its path, who owns it, and its mode: ls -la"
    return InvalidError(Problem(where=name, check="file", message=f"cannot be read: {error.strerror}.", remedy=remedy))


def _set_clock_is_right(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click calls it
    if value:
        context.obj = replace(context.ensure_object(Desk), clock_is_right=True)


clock_option = click.option(
    "--clock-is-right",
    is_flag=True,
    expose_value=False,
    callback=_set_clock_is_right,
    help="The date is right, although nothing was recorded for a long time.",
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask. Scripts are never asked.")


def confirm(question: str, *, yes: bool, show: Callable[[], None] | None = None) -> None:
    """Ask before something that cannot be undone, on a terminal only; click.Abort unless the answer is yes.

    `show` prints what the question is about.
    """
    if not yes and on_terminal():
        if show is not None:
            show()
        click.confirm(question, abort=True, err=True)


def on_terminal() -> bool:
    """Return True if somebody can be asked."""
    return sys.stdin.isatty()
