"""What every command shares: the newsroom it works in, one reading of the clock, and how times are told to it."""

import gc
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from events.errors import InvalidError, Problem, StoreError
from events.model.edtf import end_of_day, instant
from events.system import gc_disabled, utc_now
from feed.paths import FOLDER_VARIABLE, find_newsroom

if TYPE_CHECKING:
    from events.ledger import Ledger
    from feed.newsroom import Newsroom
    from feed.site import Site

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


@contextmanager
def importing() -> Iterator[None]:
    """Import modules: they stay, so that no search for garbage need look through them, now or later."""
    with gc_disabled():
        yield
        gc.freeze()


@dataclass(frozen=True)
class Desk:
    """Where a command works. `named` is the folder that -C names, or None; `now` is the clock, read once."""

    named: str | None
    now: datetime

    @cached_property
    def folder(self) -> Path:
        """The newsroom's folder, or StoreError with what to do."""
        start = self.named or os.environ.get(FOLDER_VARIABLE) or "."
        found = find_newsroom(start)
        if found is None:
            raise StoreError(
                start,
                "there is no newsroom here, nor in any folder above.",
                remedy=f"Make one: writethru init {start}, or name it: writethru -C DIR … or {FOLDER_VARIABLE}=DIR",
                check="newsroom",
            )
        return Path(found)

    @cached_property
    def newsroom(self) -> "Newsroom":
        """The newsroom, its configuration checked: all that reading and recording need."""
        with importing():
            from feed.newsroom import Newsroom  # noqa: PLC0415 - not every command needs models, which take a while

        return Newsroom.open(self.folder, clock=lambda: self.now)

    @cached_property
    def site(self) -> "Site":
        """The newsroom that publishes, its configuration and templates checked."""
        with importing():
            from feed.site import Site  # noqa: PLC0415 - it takes longer to import than most commands run

        return Site.open(self.folder, clock=lambda: self.now)

    def ledger(self) -> "Ledger":
        """Open the ledger."""
        return self.newsroom.ledger()


pass_desk = click.make_pass_decorator(Desk)
HELP_OPTIONS = ["-h", "--help"]


def command(name: str | None = None) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a command of a function. It knows -h wherever it is called from, by the program or by itself."""
    return click.command(name, context_settings={"help_option_names": HELP_OPTIONS})


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def now() -> datetime:
    """Read the clock."""
    return utc_now()


def moment(text: str) -> datetime:
    """Read a point in time: RFC 3339 with a zone, `now`, or a day, which means its end at 24:00 UTC."""
    try:
        return end_of_day(date.fromisoformat(text)) if _DAY.match(text) else _instant(text)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{error} A day such as 2015-01-06 will do: it means its end.") from None


def exact(text: str) -> datetime:
    """Read an exact time: RFC 3339 with a zone, or `now`."""
    try:
        return _instant(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _instant(text: str) -> datetime:
    return now() if text == "now" else instant(text)


def read_input(name: str) -> bytes:
    """Return the bytes of a file, or of stdin for "-"; InvalidError where it cannot be read."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise cannot_read(name, error) from None


def cannot_read(name: str, error: OSError) -> InvalidError:
    """Return the refusal of a file that cannot be read."""
    return InvalidError(Problem(where=name, check="file", message=f"cannot be read: {error.strerror}."))
