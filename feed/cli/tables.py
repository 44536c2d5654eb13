"""Rows in columns, for a terminal or for a pipe. A pipe gets them plain, and soon: there may be very many."""

import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

import click

from feed.cli.shell import shown

GAP = "  "
STRONG, FAINT, ALARM = "bold", "dim", "bold red"


class Cell(NamedTuple):
    """A piece of a row, in a style (of rich's); `aside` is what is said faintly after it."""

    text: str
    style: str = ""
    aside: str = ""

    def __str__(self) -> str:
        """Give it without its style, on one line."""
        return " ".join(f"{self.text} {self.aside}".split())


def print_table(rows: Sequence[Sequence[Cell]], *, whole: bool = False) -> None:
    """Print a line for each row. On a terminal the last column ends with the screen.

    What does not fit there is cut off; or, where the `whole` of it matters, goes on below.
    """
    if sys.stdout.isatty() or os.environ.get("FORCE_COLOR"):
        from feed.cli.columns import aside, print_rows  # noqa: PLC0415 - with what styles

        print_rows([[aside(cell.text, cell.style, cell.aside) for cell in row] for row in rows], whole=whole)
        return
    table = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(_cells, column)) for column in zip(*table, strict=True)]
    lines = (
        GAP.join(text + " " * (width - _cells(text)) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )
    click.echo(shown("".join(f"{line}\n" for line in lines)), nl=False)


def _cells(text: str) -> int:
    """Give how many cells of a terminal `text` takes: as many as it has characters, save in some scripts."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - for those scripts alone

    return cell_len(text)
