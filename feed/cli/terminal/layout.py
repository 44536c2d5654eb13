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
from feed.cli.terminal.output import ALARM, GAP, TITLE, sanitize

WIDTH_MAX: Final = 120  # longer lines are hard to read, however wide the screen
LEFT: Final = 20


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
    """Paragraphs and entries, one below the other. An entry has a narrow column to skim, and a wide one to read.

    `before` has the same page as it is without what is under embargo until some instant, for each such instant. A text
    that is not on it is marked with the instant, since nobody outside may read it before.
    """

    def __init__(self, screen: Console, before: "Sequence[tuple[datetime, Page]]" = ()) -> None:
        self.screen = screen
        self.width = min(screen.width, WIDTH_MAX)
        self.right = max(self.width - LEFT - 2 * GAP, LEFT)
        self.content: list[RenderableType] = []
        self._before = before
        self._texts: set[tuple[str, str]] = set()

    def blank(self) -> None:
        """Leave a line free."""
        self.content.append(Text())

    def title(self, text: str) -> None:
        """Begin a section."""
        self.content += [Text(), Text(text, TITLE), Text()]

    def paragraph(self, text: Text) -> None:
        """Put `text` across the page."""
        until = self._unpublished("", text)
        self.content.append(Constrain(text if until is None else _marked(text, until), self.width))

    def entry(self, left: Text, *, first: Text, notes: Iterable[Text] = (), key: str = "", dated: bool = False) -> None:
        """Put `left` beside `first`, and `notes` below that, indented.

        `key` is what the entry is about, whatever it says. If `dated`, `left` is a date that it may share with others.
        """
        first, *below = self._mark_entry(left, [first, *notes], key, dated=dated)
        self._put(left, first, below)

    def table_entry(
        self, left: Text, *, cells: Sequence[Text], shares: Sequence[float], notes: Iterable[Text] = (), key: str = ""
    ) -> None:
        """Put `left` beside several cells, each with its share of the width, and `notes` below them, indented."""
        width = self.right - GAP * (len(cells) - 1)
        row = grid(*(int(width * share) for share in shares))
        marked = self._mark_entry(left, [*cells, *notes], key)
        row.add_row(*marked[: len(cells)])
        self._put(left, row, marked[len(cells) :])

    def print(self) -> None:
        """Print the page."""
        print_on(self.screen, Group(*self.content), width=max(self.width, LEFT + self.right + 2 * GAP))

    def _put(self, left: Text, first: RenderableType, notes: Iterable[Text]) -> None:
        entries = self.content[-1] if self.content else None
        if not isinstance(entries, Table):
            entries = grid(LEFT, self.right, indented=True)
            self.content.append(entries)
        entries.add_row(left, Group(first, Padding(Group(*notes), (0, 0, 0, GAP))))

    def _mark_entry(self, left: Text, lines: list[Text], key: str, *, dated: bool = False) -> list[Text]:
        """Return the lines of an entry, marked: the first for all that is public with it, and others by themselves.

        What `left` says is marked on a line of its own. Nothing is marked that an entry says already.
        """
        name = key or f"{left.plain}\n{lines[0].plain}"
        ends = [self._unpublished(name, line) for line in lines]
        left_end = None if dated else self._unpublished(name, left)
        covered = {
            until for until in {*ends, left_end} if until is not None and any(_says(line, until) for line in lines)
        }
        marked = []
        for line, until in zip(lines, ends, strict=True):
            marked.append(line if until is None or until in covered else _marked(line, until))
            if until is not None and line is lines[0]:
                covered.add(until)
        if left_end is not None and left_end not in covered:
            marked.append(_marked(left, left_end))
        return marked

    def _unpublished(self, entry: str, text: Text) -> datetime | None:
        """Return until when `text` is on no page that the public may know of; None if it is on all of them."""
        self._texts.add((entry, text.plain))
        ends = (until for until, page in self._before if (entry, text.plain) not in page._texts)  # noqa: SLF001 - a page, too
        return max(ends, default=None)


def _marked(text: Text, until: datetime) -> Text:
    return Text.assemble(text, " ", piece(f"[embargoed until {instant_words(until)}]", ALARM))


def _says(text: Text, until: datetime) -> bool:
    return (
        f"mbargoed until {instant_words(until)}" in text.plain or f"EMBARGO until {instant_words(until)}" in text.plain
    )
