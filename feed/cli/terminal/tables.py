"""Rows in columns, for a terminal or for a pipe. A pipe gets plain text without importing rich, which takes 40 ms."""

import os
import sys
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import click

from feed.cli.terminal.output import FAINT, GAP, console, sanitize

WRAPPED_CHARS_MIN: Final = 20
_GAP = " " * GAP


class Cell(NamedTuple):
    """The text of one column in one row, and its style in rich's words; `aside` follows it faintly."""

    text: str
    style: str = ""
    aside: str = ""

    def __str__(self) -> str:
        """Return text and aside on one line, without style."""
        text = f"{self.text} {self.aside}" if self.aside else self.text
        return text if text.isprintable() and "  " not in text else " ".join(text.split())


def print_table(rows: Sequence[Sequence[Cell]], *, whole: bool = False) -> None:
    """Print a line for each row. On a terminal the last column is cut off at the right edge; if `whole`, it wraps."""
    if not rows:
        return
    *columns, last = zip(*rows, strict=True)
    lines = zip(*map(_pad, columns), map(str, last), strict=True)
    if sys.stdout.isatty() or os.environ.get("FORCE_COLOR"):
        _print_styled(rows, lines, whole=whole)
    else:
        click.echo(sanitize("".join([f"{_GAP.join(line).rstrip()}\n" for line in lines])), nl=False)


def _pad(column: Sequence[Cell]) -> list[str]:
    """Return the texts of a column, padded to one width in terminal cells: a character of a wide script takes two."""
    texts = list(map(str, column))
    if "".join(texts).isascii():
        width = max(map(len, texts))
        return [text.ljust(width) for text in texts]
    from rich.cells import cell_len  # noqa: PLC0415 - for other scripts alone

    widths = list(map(cell_len, texts))
    widest = max(widths)
    return [text + " " * (widest - width) for text, width in zip(texts, widths, strict=True)]


def _print_styled(rows: Iterable[Sequence[Cell]], lines: Iterable[Sequence[str]], *, whole: bool) -> None:
    """Print `lines`, the padded texts of `rows`, with the styles of their cells.

    A last column that wraps needs a grid of two columns: one for each of ours would take twice as long.
    """
    from rich.console import Group  # noqa: PLC0415 - pipes need no rich
    from rich.text import Text  # noqa: PLC0415 - the same

    from feed.cli.terminal.layout import grid, print_on  # noqa: PLC0415 - the same

    def style_text(text: str, cell: Cell) -> Text:
        piece = Text(sanitize(text), cell.style)
        if cell.aside:
            piece.stylize(FAINT, -len(cell.aside))
        return piece

    screen = console()
    pieces = [list(map(style_text, line, row)) for line, row in zip(lines, rows, strict=True)]
    if not whole:
        gap = Text(_GAP, no_wrap=True, overflow="ellipsis")
        print_on(screen, Group(*map(gap.join, pieces)), width=screen.width)
        return
    pairs = [(Text(_GAP).join(left), last) for *left, last in pieces]
    left_width = pairs[0][0].cell_len
    right_width = max(screen.width - left_width - GAP, WRAPPED_CHARS_MIN)
    table = grid(left_width, right_width)
    for pair in pairs:
        table.add_row(*pair)
    print_on(screen, table, width=left_width + GAP + right_width)
