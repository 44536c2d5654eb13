"""Rows in columns, for a terminal or for a pipe. A pipe gets them plain, and soon: there may be very many."""

import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

import click

from feed.cli.terminal.output import sanitized

GAP = 2
STRONG, FAINT, ALARM = "bold", "dim", "bold red"


class Cell(NamedTuple):
    """A piece of a row, in a style (of rich's); `aside` is what is said faintly after it."""

    text: str
    style: str = ""
    aside: str = ""

    def __str__(self) -> str:
        """Return it without its style, on one line."""
        text = f"{self.text} {self.aside}" if self.aside else self.text
        return text if text.isprintable() and "  " not in text else " ".join(text.split())


def print_table(rows: Sequence[Sequence[Cell]], *, whole: bool = False) -> None:
    """Print a line for each row. On a terminal the last column ends with the screen.

    What does not fit there is cut off; or, where the `whole` of it matters, goes on below.
    """
    if sys.stdout.isatty() or os.environ.get("FORCE_COLOR"):
        from feed.cli.terminal.layout import aside, print_rows  # noqa: PLC0415 - with what styles

        print_rows([[aside(cell.text, cell.style, cell.aside) for cell in row] for row in rows], whole=whole)
        return
    *columns, last = zip(*([str(cell) for cell in row] for row in rows), strict=True) if rows else [()]
    lines = map((" " * GAP).join, zip(*map(_padded, columns), last, strict=True))
    click.echo(sanitized("".join([f"{line.rstrip()}\n" for line in lines])), nl=False)


def _padded(column: Sequence[str]) -> list[str]:
    """Return the texts of a column, all of one width in cells of a terminal: wide scripts take two a character."""
    if "".join(column).isascii():
        width = max(map(len, column))
        return [text.ljust(width) for text in column]
    from rich.cells import cell_len  # noqa: PLC0415 - for other scripts alone

    widths = [cell_len(text) for text in column]
    widest = max(widths)
    return [text + " " * (widest - width) for text, width in zip(column, widths, strict=True)]
