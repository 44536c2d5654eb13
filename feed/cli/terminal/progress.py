"""A progress bar for long tasks, on a terminal and nowhere else."""

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
"""The shell's convention: the exit code is this, plus the number of the signal."""


@contextmanager
def progress_bar(label: str, *, steps_min: int = 0) -> Iterator[Progress]:
    """Yield a callback that draws a bar on stderr if that is a terminal, and the task has `steps_min` steps or more."""
    with ExitStack() as at_the_end:

        @cache
        def start() -> Progress:
            from rich import progress as rich  # noqa: PLC0415 - most tasks are short

            # As on Ctrl-C, the bar is removed and the cursor shown again: SIGTERM alone would run no `finally`.
            at_the_end.callback(signal.signal, signal.SIGTERM, signal.signal(signal.SIGTERM, _exit))
            columns = rich.TextColumn(label), rich.BarColumn(), rich.MofNCompleteColumn()
            bar = at_the_end.enter_context(rich.Progress(*columns, console=console(stderr=True), transient=True))
            task = bar.add_task("")
            return lambda done, of: bar.update(task, completed=done, total=of)

        def draw(done: int, of: int) -> None:
            if of >= steps_min and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
                start()(done, of)

        yield draw


def _exit(number: int, _: object) -> None:
    sys.exit(ENDED_BY_SIGNAL + number)
