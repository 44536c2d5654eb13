"""Lines and columns for a terminal, or for a pipe: words wrapped, styled, and made harmless.

No word of an event is ever read as markup, and none goes out before `shell.shown`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Final

import click
from rich.console import Console
from rich.text import Text

from events.wording.values import day_words, instant_words
from feed.cli.terminal.output import console, sanitized
from feed.cli.terminal.tables import FAINT, GAP

WIDTH_MAX: Final = 120  # longer lines are hard to read, however wide the screen
LEFT: Final = 20
INDENT: Final = 2
NOTE_INDENT: Final = 2

DOUBT, GOOD, TITLE = "yellow", "green", "bold cyan"
DOT: Final = " · "


def piece(text: str, style: str = "") -> Text:
    """Return `text` on one line, harmless and styled."""
    return Text(sanitized(" ".join(text.split())), style)


def aside(text: str, style: str, said: str) -> Text:
    """Return `text` on one line, and what is `said` faintly after it, if anything is."""
    return Text(" ").join([piece(text, style), piece(said, FAINT)] if said else [piece(text, style)])


def moment_words(at: datetime) -> str:
    """Return an instant in words; midnight is the end of the day before, as it is where a day is asked for."""
    ended = at - timedelta(microseconds=1)
    return day_words(ended) if ended.date() != at.date() else instant_words(at)


def print_lines(lines: Iterable[Text], screen: Console) -> None:
    """Print lines as they stand, however long."""
    with screen.capture() as captured:
        for line in lines:
            screen.print(line, no_wrap=True, overflow="ignore", crop=False)
    # Not by the console itself: rich ends the process with code 1 where whoever read our output has left.
    click.echo(captured.get(), nl=False, color=True)


def print_rows(rows: Sequence[Sequence[Text]], *, whole: bool = False) -> None:
    """Print a line for each row, in columns. On a terminal the last column ends with the screen.

    What does not fit there is cut off; or, where the `whole` of it matters, goes on below.
    """
    screen = console()
    widths = [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]
    if screen.is_terminal and widths:
        widths[-1] = max(screen.width - sum(width + GAP for width in widths[:-1]), LEFT if whole else 1)
    lines: list[Text] = []
    for *cells, last in rows:
        said = list(last.wrap(screen, widths[-1])) if whole else [last]
        if not whole:
            last.truncate(widths[-1], overflow="ellipsis")
        lines += _beside([*([cell] for cell in cells), said], widths)
    print_lines(lines, screen)


class Page:
    """Lines laid out one below the other in the width of a screen."""

    def __init__(self, screen: Console) -> None:
        self.screen = screen
        self.width = min(screen.width, WIDTH_MAX)
        self.lines: list[Text] = []
        self.right = max(self.width - INDENT - LEFT - GAP, LEFT)

    def blank(self) -> None:
        """Leave a line free."""
        self.lines.append(Text())

    def title(self, text: str) -> None:
        """Begin a section."""
        self.blank()
        self.lines.append(Text(text, TITLE))
        self.blank()

    def paragraph(self, text: Text) -> None:
        """Put `text` across the page."""
        self.lines += self._wrapped(text, self.width)

    def entry(self, left: Text, *, first: Text, notes: Iterable[Text] = ()) -> None:
        """Put `left` beside `first`, and what is noted of it below, indented."""
        self.table_entry(left, cells=[first], shares=[1], notes=notes)

    def table_entry(
        self, left: Text, *, cells: Sequence[Text], shares: Sequence[float], notes: Iterable[Text] = ()
    ) -> None:
        """Put `left` beside several cells, each with its share of the room, and notes below them, indented."""
        room = self.right - GAP * (len(cells) - 1)
        widths = [int(room * share) for share in shares]
        row = _beside([self._wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)], widths)
        told = [*row, *self._noted(notes)]
        lines = _beside([self._wrapped(left, LEFT), told], [LEFT, self.right])
        self.lines += [Text(" " * INDENT).append_text(line) for line in lines]

    def _noted(self, notes: Iterable[Text]) -> list[Text]:
        return [
            Text(" " * NOTE_INDENT).append_text(line)
            for note in notes
            for line in self._wrapped(note, self.right - NOTE_INDENT)
        ]

    def _wrapped(self, text: Text, width: int) -> list[Text]:
        lines = list(text.wrap(self.screen, width))
        for line in lines:
            line.rstrip()
        return lines


def _beside(columns: Sequence[Sequence[Text]], widths: Sequence[int]) -> list[Text]:
    """Return the lines of several columns as lines across, without space at their ends."""
    lines = []
    for parts in zip_longest(*columns, fillvalue=Text()):
        line = Text()
        for part, width in zip(parts, widths, strict=True):
            line.append_text(part).append(" " * (width - part.cell_len + GAP))
        line.rstrip()
        lines.append(line)
    return lines
