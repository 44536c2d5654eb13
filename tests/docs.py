"""The documents of the repository, as the tests read them.

A marker is an HTML comment on a line of its own. It says how the tests make again what it marks. Most mark the fenced
block that begins on the next line:

    <!-- help: report -->            the help of a command; <!-- help --> that of the program
    <!-- run: writethru show … -->   what the command prints in the demo's newsroom; `| head -9` keeps its first lines;
                                     a block that begins with `$ ` shows the command too
    <!-- session -->                 lines that begin with `$ `, each with what it prints, in a newsroom of its own;
                                     beside it, with <!-- session: sync/monday/x.csv -->, files of docs/; those in
                                     web/, as in inbox/web/radio.example/feed.xml, are what addresses hold
    <!-- fold -->                    stories in short notation (tests/notation.py), and the facts of each, in lines that
                                     begin with →
    <!-- public -->                  the same notation, and the public sequence
    <!-- state -->                   the state after all events shown in the document
    <!-- stored -->                  the first of those events, as the ledger stores it
    <!-- test: library -->           Python, run beside a new newsroom; a text block directly below shows what it prints

Others mark everything up to <!-- end -->:

    <!-- manual -->                  the help of the program and of every command
    <!-- demo -->, <!-- tests -->    commands that CI runs

Every block of jsonl, yaml or markdown is a file of events, and is read and folded.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from itertools import chain, pairwise, zip_longest
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from events.files.importer import FORMATS, Format, read_events
from events.ledger import Ledger
from events.model.codec import encode
from tests.builders import SALT, Clock, frozen_at
from tests.demo import FROZEN, Demo
from tests.notation import folded, published

ROOT: Final = Path(__file__).parents[1]
DOCUMENTS: Final = tuple(
    str(path.relative_to(ROOT))
    for pattern in ("*.md", "docs/**/*.md", "events/**/*.md", "feed/**/*.md", "tests/*.md")
    for path in sorted(ROOT.glob(pattern))
)
LANGUAGES: Final[Mapping[str, Format]] = {"jsonl": "jsonl", "yaml": "yaml", "markdown": "md"}
MARKERS_OF_BLOCKS: Final = frozenset({"help", "run", "fold", "public", "state", "stored", "session", "test"})
MARKERS_WITH_END: Final = frozenset({"manual", "demo", "tests"})
END: Final = "<!-- end -->"
JSON_COLUMNS: Final = 116

_MARKER = re.compile(r"<!-- (?P<kind>[a-z]+)(?:: (?P<argument>\S.*))? -->\n?")
_ID = re.compile(r'<a id="([^"]+)">')
_ROW = re.compile(r"^\|(.*)\|$", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")


class Row(NamedTuple):
    """A row of a table: the names in its first cell, and its cells."""

    names: tuple[str, ...]
    cells: tuple[str, ...]


class Marked(NamedTuple):
    """What a marker marks: the lines from `first` up to and without `end`, counted from 0."""

    kind: str
    argument: str
    first: int
    end: int


@cache
def _tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


class Document:
    """A Markdown file, by its path from the root of the repository."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path = ROOT / name
        self.text = self.path.read_text(encoding="utf-8")
        self._lines = [f"{line}\n" for line in self.text.split("\n")]
        self._tokens = _tokens(self.text)

    def renewed(self, folder: Path) -> str:
        """Return the text with everything marked made again; commands run in `folder`, which is empty."""
        makers = self._makers(folder)
        lines = self._lines.copy()
        with frozen_at(FROZEN):
            made = [
                (
                    marked.first,
                    marked.end,
                    makers[marked.kind](marked.argument, "".join(lines[marked.first : marked.end])),
                )
                for marked in self.marked()
                if marked.kind in makers
            ]
        for first, end, text in reversed(made):  # from below, so that the lines above keep their numbers
            lines[first:end] = [text]
        return "".join(lines).removesuffix("\n")

    def marked(self) -> Iterator[Marked]:
        """Yield what each marker marks; ValueError, with file and line, for one that is unknown or marks nothing."""
        comments = [token for token in self._tokens if token.type == "html_block"]
        fences = {_first(token): token for token in self._fences()}
        open_ = False
        for comment, following in zip_longest(comments, comments[1:]):
            marker = _MARKER.fullmatch(comment.content)
            kind, argument = (marker["kind"], marker["argument"] or "") if marker else ("", "")
            if kind in MARKERS_OF_BLOCKS and _end(comment) in fences:
                fence = fences[_end(comment)]
                yield Marked(kind, argument, _first(fence) + 1, _end(fence) - 1)
            elif kind in MARKERS_WITH_END and following and following.content.strip() == END:
                yield Marked(kind, argument, _end(comment), _first(following))
            elif not (open_ and comment.content.strip() == END):
                known = kind in MARKERS_OF_BLOCKS | MARKERS_WITH_END
                problem = "marks nothing" if known else "is no marker"
                raise ValueError(
                    f"{self.name}:{_end(comment)}: {comment.content.strip()} {problem}. See tests/docs.py."
                )
            open_ = kind in MARKERS_WITH_END

    def examples(self) -> Iterator[tuple[Format, str]]:
        """Yield every block that is a file of events, with its format."""
        for fence in self._fences():
            if fence.info in LANGUAGES:
                yield LANGUAGES[fence.info], fence.content

    def library(self) -> Iterator[tuple[str, str | None]]:
        """Yield each tested block of Python, and what it prints if the document shows that."""
        fences = [*self._fences(), None]
        code = {marked.first - 1 for marked in self.marked() if marked.kind == "test"}
        for fence, following in pairwise(fences):
            if fence and _first(fence) in code:
                directly = following and not "".join(self._lines[_end(fence) : _first(following)]).strip()
                yield fence.content, following.content if following and directly and following.info == "text" else None

    def section(self, *names: str) -> str:
        """Return the text below the heading that holds all of `names` in code marks, or that is the one name."""
        headings = [*self._headings()]
        for (heading, inline), following in zip_longest(headings, headings[1:]):
            if inline.content in names or set(names) <= set(_CODE.findall(inline.content)):
                return "".join(self._lines[_end(heading) : _first(following[0]) if following else None])
        raise LookupError(f"{self.name} has no section on {', '.join(names)}")

    def rows(self, *names: str) -> dict[str, Row]:
        """Return the rows of the tables in a section, by each name in their first cells."""
        rows = (_row(found[1]) for found in _ROW.finditer(self.section(*names)))
        return {name: row for row in rows for name in row.names}

    def table(self, section: str) -> dict[str, Row]:
        """Return the rows of the table in a section, by their first cells, without its head."""
        _, _, *rows = (_row(found[1]) for found in _ROW.finditer(self.section(section)))
        return {row.cells[0]: row for row in rows}

    # Links.

    def links(self) -> Iterator[tuple[str, str]]:
        """Yield each link into the repository: the path from this document, and the anchor. Either may be empty."""
        for token in self._inlines():
            target = token.attrs.get("href") or token.attrs.get("src")
            if isinstance(target, str) and not re.match("[a-z]+:", target):
                path, _, anchor = unquote(target).partition("#")
                yield path, anchor

    def anchors(self) -> list[str]:
        """Return what a link into this document may name: each heading, as GitHub spells it, and each `<a id>`."""
        slugs: list[str] = []
        times: Counter[str] = Counter()
        for _, inline in self._headings():
            words = "".join(token.content for token in inline.children or () if token.type in {"text", "code_inline"})
            slug = re.sub(r"[^\w -]", "", words).lower().replace(" ", "-")
            slugs.append(f"{slug}-{times[slug]}" if times[slug] else slug)
            times[slug] += 1
        ids = (_ID.findall(token.content) for token in self._inlines() if token.type == "html_inline")
        return [*slugs, *chain.from_iterable(ids)]

    def _fences(self) -> list[Token]:
        return [token for token in self._tokens if token.type == "fence" and token.level == 0]

    def _headings(self) -> Iterator[tuple[Token, Token]]:
        """Yield each heading, and what it holds."""
        for token, following in pairwise(self._tokens):
            if token.type == "heading_open":
                yield token, following

    def _inlines(self) -> Iterator[Token]:
        return chain.from_iterable(token.children or () for token in self._tokens)

    # What markers make.

    def _makers(self, folder: Path) -> dict[str, Callable[[str, str], str]]:
        demo = Demo(folder)
        return {
            "help": lambda command, _: demo.output(f"writethru {command} --help"),
            "run": demo.block,
            "session": demo.session,
            "fold": lambda _, body: folded(body),
            "public": lambda _, body: published(body),
            "state": lambda _, __: self._state(folder),
            "stored": lambda _, __: self._stored(folder),
            "manual": lambda _, __: demo.manual(),
        }

    def _state(self, folder: Path) -> str:
        with self._ledger(folder) as ledger:
            [story] = ledger.stories()
            state = ledger.story(story).as_json()
        return f"{_compact_json(state)}\n"

    def _stored(self, folder: Path) -> str:
        with self._ledger(folder) as ledger:
            row = encode(next(ledger.events()), salt=SALT)
        return f"salt      {row.salt}\nbody      {row.body}\nenvelope  {row.envelope}\n"

    @contextmanager
    def _ledger(self, folder: Path) -> Iterator[Ledger]:
        """Yield a ledger that holds every event of the examples, in order."""
        with Ledger.create(folder / "examples.db", actor="night desk", clock=Clock(FROZEN)) as ledger:
            for form, text in self.examples():
                ledger.append_all([item.event for item in read_events(text.encode(), name=form, format=form)])
            yield ledger


def _compact_json(value: Any, indent: str = "") -> str:
    """Return `value` as indented JSON in which whatever fits in a line takes one."""
    line = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(indent + line) <= JSON_COLUMNS or not isinstance(value, dict | list):
        return line
    deeper = f"{indent}  "
    if isinstance(value, list):
        parts = [_compact_json(item, deeper) for item in value]
    else:
        parts = [f"{json.dumps(key)}: {_compact_json(value[key], deeper)}" for key in sorted(value)]
    begin, end = "[]" if isinstance(value, list) else "{}"
    return f"{begin}\n" + ",\n".join(f"{deeper}{part}" for part in parts) + f"\n{indent}{end}"


def _first(token: Token) -> int:
    assert token.map is not None
    return token.map[0]


def _end(token: Token) -> int:
    assert token.map is not None
    return token.map[1]


def _row(line: str) -> Row:
    cells = tuple(cell.strip() for cell in re.split(r" \|(?= )", line))
    return Row(tuple(_CODE.findall(cells[0])), cells)


assert set(LANGUAGES.values()) == set(FORMATS.values())
