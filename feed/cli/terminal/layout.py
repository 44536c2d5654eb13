"""The layout of a terminal page: pieces of text, safe to print, in two columns of rich's.

No word of an event is read as markup, and no control character reaches the terminal: `piece` sees to both.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import click
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.segment import Segment, SegmentLines
from rich.table import Column, Table
from rich.text import Text

from events.model.edtf import EndOfDay
from events.wording.catalogue import day_words, instant_words
from feed.cli.terminal.output import GAP, TITLE, sanitize

WIDTH_MAX: Final = 120  # longer lines are hard to read, however wide the screen
LEFT: Final = 20
DOT: Final = " · "


def piece(text: str, style: str = "") -> Text:
    """Return `text` on one line, safe to print and styled."""
    return Text(sanitize(" ".join(text.split())), style)


def moment_words(at: datetime) -> str:
    """Return an instant in words; the end of a day, which a day on the command line means, as that day."""
    return day_words(at - timedelta(days=1)) if isinstance(at, EndOfDay) else instant_words(at)


def grid(*widths: int, indented: bool = False) -> Table:
    """Return an empty table without lines, GAP cells between its columns, and before the first if `indented`.

    Its widths are fixed, so that rich does not measure each cell.
    """
    columns = (Column(width=width, overflow="fold", justify="default") for width in widths)
    return Table.grid(*columns, padding=(0, 0, 0, GAP), collapse_padding=False, pad_edge=indented)


def print_on(screen: Console, content: RenderableType, *, width: int) -> None:
    """Print `content` in `width` cells, without space at the ends of lines."""
    lines = [_trim(line) for line in screen.render_lines(content, screen.options.update(width=width), pad=False)]
    with screen.capture() as captured:
        screen.print(SegmentLines(lines, new_lines=True), end="", crop=False)
    # Not by the console itself: if the reader of a pipe has left, rich ends the process with code 1.
    click.echo(captured.get(), nl=False, color=True)


def _trim(line: list[Segment]) -> list[Segment]:
    text = "".join(segment.text for segment in line).rstrip()
    return Segment.adjust_line_length(line, cell_len(text), pad=False)


class Page:
    """Paragraphs and entries, one below the other. An entry has a narrow column to skim, and a wide one to read."""

    def __init__(self, screen: Console) -> None:
        self.screen = screen
        self.width = min(screen.width, WIDTH_MAX)
        self.right = max(self.width - LEFT - 2 * GAP, LEFT)
        self.content: list[RenderableType] = []

    def blank(self) -> None:
        """Leave a line free."""
        self.content.append(Text())

    def title(self, text: str) -> None:
        """Begin a section."""
        self.content += [Text(), Text(text, TITLE), Text()]

    def paragraph(self, text: Text) -> None:
        """Put `text` across the page."""
        self.content.append(Constrain(text, self.width))

    def entry(self, left: Text, *, first: RenderableType, notes: Iterable[Text] = ()) -> None:
        """Put `left` beside `first`, and `notes` below that, indented."""
        entries = self.content[-1] if self.content else None
        if not isinstance(entries, Table):
            entries = grid(LEFT, self.right, indented=True)
            self.content.append(entries)
        entries.add_row(left, Group(first, Padding(Group(*notes), (0, 0, 0, GAP))))

    def table_entry(
        self, left: Text, *, cells: Sequence[Text], shares: Sequence[float], notes: Iterable[Text] = ()
    ) -> None:
        """Put `left` beside several cells, each with its share of the width, and `notes` below them, indented."""
        width = self.right - GAP * (len(cells) - 1)
        row = grid(*(int(width * share) for share in shares))
        row.add_row(*cells)
        self.entry(left, first=row, notes=notes)

    def print(self) -> None:
        """Print the page."""
        print_on(self.screen, Group(*self.content), width=max(self.width, LEFT + self.right + 2 * GAP))
