"""What a command prints: data on stdout, messages on stderr, both without control characters."""

import os
import re
import sys
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from rich.console import Console

DOT: Final = " · "
"""Between parts of one line."""
GAP: Final = 2
"""Cells between two columns."""
# Styles of rich's, defined here so that plain output need not import it.
STRONG, FAINT, ALARM, DOUBT, GOOD, TITLE = "bold", "dim", "bold red", "yellow", "green", "bold cyan"

# What a terminal would obey instead of show: C0 and C1 controls except line break and tab, and overrides of direction.
_CONTROLS: Final = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"


def console(*, stderr: bool = False) -> "Console":
    """Return a rich console that reads no markup, colours only a terminal, and honours NO_COLOR and COLUMNS."""
    from rich.console import Console  # noqa: PLC0415 - it takes 30 ms, and most commands print plain text

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else 80
    return Console(stderr=stderr, highlight=False, width=width, markup=False, emoji=False)


def echo(text: str) -> None:
    """Print a line on stdout."""
    print(sanitize(text), flush=True)  # noqa: T201 - cron's line need not import click


def warn(text: str) -> None:
    """Print a message on stderr."""
    print(sanitize(text), file=sys.stderr, flush=True)  # noqa: T201 - as `echo`


def echo_json(value: Any) -> None:
    """Print indented JSON with sorted keys."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    sys.stdout.buffer.write(orjson.dumps(value, option=options))
    sys.stdout.buffer.flush()


def sanitize(text: str) -> str:
    """Return `text` with a replacement character for each character that a terminal would obey."""
    return re.sub(_CONTROLS, "\N{REPLACEMENT CHARACTER}", text)


def quantity(number: int, noun: str, plural: str = "") -> str:
    """Return such as `1 problem`, `2 problems` or `1,000 stories`."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
