"""How far a long task is, shown on a terminal while it lasts, and nowhere else."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Final

from events.system import Progress
from feed.cli.terminal.output import console

ENDED_BY_SIGNAL: Final = 128
"""As a shell tells that a command ended by a signal: by this, and its number."""


@contextmanager
def bar(words: str, *, least: int = 0) -> Iterator[Progress]:
    """Yield what draws a bar on stderr where that is a terminal, once told of a task of `least` steps or more."""
    with ExitStack() as until_done:

        @cache
        def begun() -> Progress:
            from rich import progress as rich  # noqa: PLC0415 - seldom shown

            # Told to end, it ends as by Ctrl-C: the terminal has its cursor back.
            until_done.callback(signal.signal, signal.SIGTERM, signal.signal(signal.SIGTERM, _ended))
            columns = rich.TextColumn(words), rich.BarColumn(), rich.MofNCompleteColumn()
            drawn = until_done.enter_context(rich.Progress(*columns, console=console(stderr=True), transient=True))
            task = drawn.add_task("")
            return lambda done, of: drawn.update(task, completed=done, total=of)

        def heard(done: int, of: int) -> None:
            if of >= least and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
                begun()(done, of)

        yield heard


def _ended(number: int, _: object) -> None:
    sys.exit(ENDED_BY_SIGNAL + number)
