"""What a command prints: data on stdout, messages on stderr, made harmless for a terminal."""

import os
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import click
import orjson

from events.errors import Problem

if TYPE_CHECKING:
    from rich.console import Console

GAP: Final = 2
"""Cells between two columns."""
# Styles of rich's; kept here so that plain output need not import it.
STRONG, FAINT, ALARM, DOUBT, GOOD, TITLE = "bold", "dim", "bold red", "yellow", "green", "bold cyan"

# What a terminal would obey instead of show: C0 and C1 controls save line break and tab, and overrides of direction.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def console(*, stderr: bool = False) -> "Console":
    """Return a console that colours only a terminal, and honours NO_COLOR and COLUMNS."""
    from rich.console import Console  # noqa: PLC0415 - most commands print plainly

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else 80
    return Console(stderr=stderr, highlight=False, width=width, markup=False, emoji=False)


def echo(text: str) -> None:
    """Print data, made harmless for a terminal."""
    click.echo(sanitized(text))


def warn(text: str) -> None:
    """Print a message on stderr."""
    click.echo(sanitized(text), err=True)


def echo_json(value: Any) -> None:
    """Print JSON, keys sorted."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    sys.stdout.buffer.write(orjson.dumps(value, option=options))
    sys.stdout.buffer.flush()


def sanitized(text: str) -> str:
    """Return `text` with what a terminal would obey made visible instead."""
    return _OBEYED.sub("\N{REPLACEMENT CHARACTER}", text)


def problem_lines(problems: Iterable[Problem]) -> str:
    """Return problems as lines for people, each remedy indented below."""
    return "\n".join(str(problem) for problem in problems)
